"""The subjects that a workspace can speak of, each one small class of its own, made when first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.services.catalogue import Catalogue
    from data.services.charts import Charts
    from data.services.definitions import DefinitionsService
    from data.services.forecast import Forecasts
    from data.services.jtbd import Jtbd
    from data.services.overview import Overview
    from data.services.sprints import Sprints
    from data.services.teams import Teams


class Parts:
    """What doors reach as `workspace.charts`, `workspace.sprints`, …; nothing is imported before it is asked for."""

    @cached_property
    def charts(self) -> Charts:
        """Charts of the tabs, their tables and the issues behind their points."""
        from data.services.charts import Charts

        return Charts(self)

    @cached_property
    def forecasts(self) -> Forecasts:
        """How many by a date, when for so many items."""
        from data.services.forecast import Forecasts

        return Forecasts(self)

    @cached_property
    def sprints(self) -> Sprints:
        """What was planned, added, removed and completed in sprints."""
        from data.services.sprints import Sprints

        return Sprints(self)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Every metric: its definition, its value, over time and by group."""
        from data.services.catalogue import Catalogue

        return Catalogue(self)

    @cached_property
    def definitions(self) -> DefinitionsService:
        """How numbers are measured, in a view and for everybody."""
        from data.services.definitions import DefinitionsService

        return DefinitionsService(self)

    @cached_property
    def teams(self) -> Teams:
        """Saved views by name, side by side."""
        from data.services.teams import Teams

        return Teams(self)

    @cached_property
    def overview(self) -> Overview:
        """What a leader sees first."""
        from data.services.overview import Overview

        return Overview(self)

    @cached_property
    def jtbd(self) -> Jtbd:
        """Jobs to be done: specs, records, register and outcomes."""
        from data.services.jtbd import Jtbd

        return Jtbd(self)


def make_parts(workspace: Parts) -> None:
    """Make all of them now: a server does so before it answers, so that requests that arrive together find them."""
    for name, part in vars(Parts).items():
        if isinstance(part, cached_property):
            getattr(workspace, name)
