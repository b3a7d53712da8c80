"""Saved views of teams: kept by name, put side by side, handed on as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from data.services.definitions import DefinitionsService
from data.services.numbers import NumbersService
from data.services.sites import Sites
from data.services.view import Snapshot, View
from data.settings.filter_fields import filters_for
from data.settings.model import Settings
from data.settings.overrides import BadOverride, with_overrides
from data.teams.content import BadView, free_name, name_of, read, same, to_bytes
from data.teams.store import NoSuchView, TeamsError, TeamStore
from data.values.filters import BadFilter, only
from data.values.metric_value import MetricValue
from data.values.problem import Problem
from data.values.switches import Switch
from data.values.teams import Compared, ComparedRow, Comparison, Difference, Imported, TeamList, TeamView

FEWEST, MOST = 2, 6


class TeamsService:
    """Saved views of the site in force."""

    def __init__(self, sites: Sites, numbers: NumbersService, definitions: DefinitionsService) -> None:
        self._sites = sites
        self._numbers = numbers
        self._definitions = definitions

    def list(self, snapshot: Snapshot) -> TeamList:
        """Every saved view by name; one that asks for what cannot be any more says so."""
        found, problem = self._store(snapshot).load()
        saved = snapshot.settings
        views = [replace(each, problem=_broken(saved, each)) for each in found.views]
        return TeamList(tuple(sorted(views, key=lambda each: same(each.name))), found.revision, problem)

    def get(self, name: str, snapshot: Snapshot) -> TeamView:
        """Raises NoSuchView."""
        known = self.list(snapshot).views
        found = next((each for each in known if same(each.name) == same(name)), None)
        if found is None:
            raise NoSuchView(name, (each.name for each in known))
        return found

    def save(self, view: TeamView, snapshot: Snapshot, seen: int | None = None) -> TeamView:
        """Keep a view under its name; `seen`: the revision of the one that it replaces.

        Raises BadView for a name that cannot be, BadSwitch, PeriodError, NameTaken, TeamConflict, TeamsError.
        """
        view = replace(view, name=name_of(view.name))
        view_of(view, snapshot)
        return self._store(snapshot).save(view, seen)

    def delete(self, name: str, snapshot: Snapshot, seen: int | None = None) -> TeamView:
        """Raises NoSuchView, TeamConflict, TeamsError."""
        return self._store(snapshot).delete(name, seen)

    def export(self, snapshot: Snapshot, names: Sequence[str] | None = None) -> str:
        """Views as JSON that `import_` reads, here or elsewhere. Raises NoSuchView."""
        views = self.list(snapshot).views if names is None else tuple(self.get(each, snapshot) for each in names)
        return to_bytes(views, 1).decode("utf-8")

    def import_(self, data: str | bytes, snapshot: Snapshot) -> Imported:
        """Add the views of a file. One that is there already is left alone, a name in use gets a number behind it.

        Raises BadView for a file that is none of ours, TeamsError.
        """
        found = read(data)
        saved = snapshot.settings
        problems = list(found.problems)
        good: list[TeamView] = []
        for each in found.views:
            wrong = _broken(saved, each)
            if wrong:
                problems.append(f"“{each.name}” is left out: {wrong.what} {wrong.todo}".strip())
            else:
                good.append(replace(each, name=free_name(each.name, (one.name for one in good))))
        added = self._store(snapshot).add(good) if good else ()
        return Imported(tuple(each.name for each in added), len(good) - len(added), tuple(problems))

    def compare(self, names: Sequence[str], snapshot: Snapshot) -> Comparison:
        """The DORA and Flow metrics of two to six views, side by side. Raises NoSuchView, TeamsError, PeriodError."""
        if not FEWEST <= len(names) <= MOST:
            raise TeamsError(Problem(f"{len(names)} views are chosen.", todo=f"Choose {FEWEST} to {MOST}."))
        views = tuple(self.get(each, snapshot) for each in names)
        for each in views:
            if each.problem:
                raise TeamsError(
                    Problem(
                        f"“{each.name}” cannot be measured.", each.problem.what, "Save it again, or choose another."
                    )
                )
        asked = [view_of(each, snapshot) for each in views]
        answers = [{value.metric_name: value for value in self._numbers.values(each)} for each in asked]
        measured = [{name: self._definitions.of_metric(name, each) for name in answers[0]} for each in asked]
        rows = tuple(
            ComparedRow(
                metric=name,
                title=str(value.details.get("title") or name),
                cells=tuple(_cell(answer[name]) for answer in answers),
                differences=_differences([each[name] for each in measured]),
            )
            for name, value in answers[0].items()
        )
        days = tuple((each.period.first.isoformat(), each.period.last.isoformat()) for each in asked)
        return Comparison(views, days, rows)

    def _store(self, snapshot: Snapshot) -> TeamStore:
        sample = self._sites.sample if snapshot.is_sample else None
        first = tuple(
            TeamView(name, "90d", filters=only(project=(project,)))
            for name, project in (sample.teams if sample else ())
        )
        return TeamStore(self._sites.data(snapshot).folder / "teams.json", self._sites.clock, first)


def view_of(saved: TeamView, snapshot: Snapshot) -> View:
    """A saved view as a question of today. Raises PeriodError, BadOverride, StoreError."""
    return snapshot.view(saved.period, saved.first, saved.last, saved.filters, saved.name)


def _broken(saved: Settings, view: TeamView) -> Problem | None:
    try:
        with_overrides(saved, view.filters.definitions)
        filters_for(view.filters, saved.mapping)
    except (BadOverride, BadFilter) as error:
        return Problem(error.message, todo=error.hint)
    return None


def _differences(measured: Sequence[tuple[Switch, ...]]) -> tuple[Difference, ...]:
    """Definitions of one metric that are not the same for all."""
    return tuple(
        Difference(each[0].title, tuple(one.words for one in each))
        for each in zip(*measured, strict=True)
        if len({one.value for one in each}) > 1
    )


def _cell(value: MetricValue) -> Compared:
    return Compared(value, int(value.details.get("used", value.total_issue_count - value.excluded_issue_count)))


__all__ = ["BadView", "TeamsService"]
