"""The subjects that a workspace can speak of, each one small class of its own, made when first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.charts.desk import Charts
    from data.forecast.desk import Forecasts
    from data.jtbd.desk import Jtbd
    from data.measuring import Measuring
    from data.metrics.desk import Catalogue
    from data.overview.desk import Overview
    from data.sprints.desk import Sprints
    from data.teams.desk import Teams


class Parts:
    """What doors reach as `workspace.charts`, `workspace.sprints`, …; nothing is imported before it is asked for."""

    @cached_property
    def charts(self) -> Charts:
        """Charts of the tabs, their tables and the issues behind their points."""
        from data.charts.desk import Charts

        return Charts(self)

    @cached_property
    def forecasts(self) -> Forecasts:
        """How many by a date, when for so many items."""
        from data.forecast.desk import Forecasts

        return Forecasts(self)

    @cached_property
    def sprints(self) -> Sprints:
        """What was planned, added, removed and completed in sprints."""
        from data.sprints.desk import Sprints

        return Sprints(self)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Every metric: its definition, its value, over time and by group."""
        from data.metrics.desk import Catalogue

        return Catalogue(self)

    @cached_property
    def definitions(self) -> Measuring:
        """How numbers are measured, in a view and for everybody."""
        from data.measuring import Measuring

        return Measuring(self)

    @cached_property
    def teams(self) -> Teams:
        """Saved views by name, side by side."""
        from data.teams.desk import Teams

        return Teams(self)

    @cached_property
    def overview(self) -> Overview:
        """What a leader sees first."""
        from data.overview.desk import Overview

        return Overview(self)

    @cached_property
    def jtbd(self) -> Jtbd:
        """Jobs to be done: specs, records, register and outcomes."""
        from data.jtbd.desk import Jtbd

        return Jtbd(self)


def make_parts(workspace: Parts) -> None:
    """Make all of them now: a server does so before it answers, so that requests that arrive together find them."""
    for name, part in vars(Parts).items():
        if isinstance(part, cached_property):
            getattr(workspace, name)
