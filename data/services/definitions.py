"""How the numbers of a view are measured: which definitions are in force, where they differ from the saved ones, and how
they become everybody's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from data.settings.definitions import expanded, switch, table, value_of
from data.settings.overrides import BadOverride, patch_of, with_overrides
from data.settings.store import Saved
from data.values.errors import NotThere
from data.values.filters import Filters
from data.values.problem import Problem
from data.values.switches import ChosenDefinition, Switch

if TYPE_CHECKING:
    from data.services.workspace import Workspace
    from data.settings.model import Settings

NO_FILTERS = Filters()


class DefinitionsService:
    """Definitions of one workspace, as people read them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def of(self, names: Iterable[str], filters: Filters = NO_FILTERS) -> tuple[Switch, ...]:
        """Definitions in force in a view, by name or group, with what else they could be. Raises BadSwitch."""
        saved = self._saved()
        settings, statuses = with_overrides(saved, filters.definitions), self._statuses()
        jiras = self._jiras()
        return tuple(
            replace(switch(name, settings, saved, statuses), follows=jiras.get(name, ()))
            for name in expanded(names)
            if name in table()
        )

    def of_metric(self, metric: str, filters: Filters = NO_FILTERS) -> tuple[Switch, ...]:
        """The definitions that a number obeys. Raises LookupError, BadSwitch."""
        from data.metrics import CATALOG

        if metric not in CATALOG:
            raise NotThere(f"There is no metric {metric!r}.")
        return self.of(CATALOG[metric].switches, filters)

    def words_of(self, metric: str, filters: Filters = NO_FILTERS) -> str:
        """The definitions that a number obeys, in one line; empty where the view asks for what cannot be."""
        from data.metrics import CATALOG

        saved = self._saved()
        try:
            settings = with_overrides(saved, filters.definitions)
        except BadOverride:
            return ""
        names = [each for each in expanded(CATALOG[metric].switches) if each in table()] if metric in CATALOG else []
        if settings.definitions.durations != "working_days":
            names = [each for each in names if not each.startswith("working_time.")]
        values = {name: value_of(settings, name) for name in names}
        listed = any(table()[name].names_of == "statuses" and value for name, value in values.items())
        statuses = self._statuses() if listed else {}  # asks for the tables: only where names are needed
        return "; ".join(
            f"{table()[name].title}: {table()[name].said(value, statuses)}" for name, value in values.items()
        )

    def chosen(self, filters: Filters) -> tuple[ChosenDefinition, ...]:
        """What a view measures otherwise than saved. A choice that cannot be says why instead of a value; never raises
        for what an address may hold.
        """
        saved, statuses = self._saved(), self._statuses()
        return tuple(_chosen(saved, statuses, filters.definitions, each) for each in filters.definitions)

    def save(self, filters: Filters, revision: int) -> Saved | None:
        """Make the definitions of a view everybody's; None where they are already. `revision`: of the settings shown.

        Raises BadSwitch, Conflict, Invalid or ReadOnly; then nothing was written.
        """
        patch = patch_of(self._saved(), filters.definitions)
        return self._workspace.save(patch, revision) if patch else None

    def _saved(self) -> Settings:
        return self._workspace.settings()[0]

    def _statuses(self) -> dict[str, str]:
        return {each.id: each.name for each in self._workspace.statuses()}

    def _jiras(self) -> dict[str, tuple[str, ...]]:
        """What Jira's own categories say where no statuses are chosen."""
        found = self._workspace.statuses()
        return {
            name: tuple(each.id for each in found if each.category == category)
            for name, category in (("workflow.started", "indeterminate"), ("workflow.done", "done"))
        }


def _chosen(
    saved: Settings, statuses: dict[str, str], everything: tuple[tuple[str, str], ...], pair: tuple[str, str]
) -> ChosenDefinition:
    """One choice, judged together with the others: the end of a day depends on its start."""
    name, text = pair
    try:
        settings = with_overrides(saved, everything)
    except BadOverride as error:
        if error.name == name:
            return ChosenDefinition(name, text, _title(name), text, "", Problem(error.message, error.hint))
        try:
            settings = with_overrides(saved, [pair])
        except BadOverride as alone:
            return ChosenDefinition(name, text, _title(name), text, "", Problem(alone.message, alone.hint))
    found = switch(name, settings, saved, statuses)
    return ChosenDefinition(name, text, found.title, found.words, found.saved_words)


def _title(name: str) -> str:
    return table()[name].title if name in table() else name
