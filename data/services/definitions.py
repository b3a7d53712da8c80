"""How the numbers of a view are measured: which definitions are in force, where they differ from the saved ones, and
how they become everybody's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from data.metrics.registry import CATALOG
from data.services.field_mapping import FieldMappingService
from data.services.view import Snapshot, View
from data.settings.definitions import expanded, table, value_of
from data.settings.model import Settings
from data.settings.overrides import BadOverride, patch_of, with_overrides
from data.settings.store import Saved
from data.settings.switching import switch
from data.values.errors import NotThere
from data.values.fields import StatusInfo
from data.values.filters import Filters
from data.values.problem import Problem
from data.values.switches import ChosenDefinition, Switch


class DefinitionsService:
    """Definitions of the site in force, as people read them."""

    def __init__(self, mapping: FieldMappingService) -> None:
        self._mapping = mapping

    def of(self, names: Iterable[str], view: View) -> tuple[Switch, ...]:
        """Definitions in force in a view, by name or group, with what else they could be. Raises JiraError."""
        saved, known = view.snapshot.settings, self._mapping.statuses(view.snapshot)
        called, jiras = self._names(known, view.snapshot), _by_category(known)
        return tuple(
            replace(switch(name, view.settings, saved, called), follows=jiras.get(name, ()))
            for name in expanded(names)
            if name in table()
        )

    def of_metric(self, metric: str, view: View) -> tuple[Switch, ...]:
        """The definitions that a number obeys. Raises LookupError, JiraError."""
        if metric not in CATALOG:
            raise NotThere(f"There is no metric {metric!r}.")
        return self.of(CATALOG[metric].switches, view)

    def words_of(self, metric: str, view: View) -> str:
        """The definitions that a number obeys, in one line. Raises JiraError."""
        settings = view.settings
        obeyed = [each for each in expanded(CATALOG[metric].switches) if each in table()] if metric in CATALOG else []
        if settings.definitions.durations not in ("working_days", "inclusive_working_days"):
            obeyed = [each for each in obeyed if not each.startswith("working_time.")]
        values = {name: value_of(settings, name) for name in obeyed}
        with_ids = ("statuses", "resolutions", "links")
        listed = any(table()[name].names_of in with_ids and value for name, value in values.items())
        # The tables are asked for only where names are needed.
        names = self._names(self._mapping.statuses(view.snapshot), view.snapshot) if listed else {}
        return "; ".join(
            f"{table()[name].title}: {table()[name].in_words(value, names)}" for name, value in values.items()
        )

    def chosen(self, filters: Filters, snapshot: Snapshot) -> tuple[ChosenDefinition, ...]:
        """What a view measures otherwise than saved. A choice that cannot be says why instead of a value; never raises
        for what an address may hold.
        """
        if not filters.definitions:
            return ()
        names = self._names(self._mapping.statuses(snapshot), snapshot)
        return tuple(_chosen(snapshot.settings, names, filters.definitions, each) for each in filters.definitions)

    def _names(self, statuses: Iterable[StatusInfo], snapshot: Snapshot) -> dict[str, str]:
        """What ids are called; statuses as lists show them."""
        return self._mapping.titles(snapshot) | {each.id: each.name for each in statuses}

    def save(self, filters: Filters, snapshot: Snapshot, revision: int) -> Saved | None:
        """Make the definitions of a view everybody's; None where they are already. `revision`: of the settings shown.

        Raises BadOverride, Conflict, Invalid or ReadOnly; then nothing was written.
        """
        patch = patch_of(snapshot.settings, filters.definitions)
        return self._mapping.save(patch, revision, snapshot) if patch else None


def _by_category(statuses: Sequence[StatusInfo]) -> dict[str, tuple[str, ...]]:
    """What Jira's own categories and the names of statuses say where none are chosen."""
    usual = (("workflow.started", "indeterminate"), ("workflow.done", "done"), ("workflow.discarded", "discarded"))
    return {name: tuple(each.id for each in statuses if each.usual == phase) for name, phase in usual}


def _chosen(
    saved: Settings, names: dict[str, str], everything: tuple[tuple[str, str], ...], pair: tuple[str, str]
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
    found = switch(name, settings, saved, names)
    return ChosenDefinition(name, text, found.title, found.words, found.saved_words)


def _title(name: str) -> str:
    return table()[name].title if name in table() else name
