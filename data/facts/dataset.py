"""The facts of one question: tables, settings, filters and now; what several metrics share is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from data.facts.attributes import OF_SPRINTS, attribute, passing
from data.facts.days import calendar
from data.facts.past import WITH_HISTORY, tables_before
from data.facts.rows import Sieve
from data.settings.fields import FIELDS
from data.settings.model import Definitions, Workflow
from data.tables.deliveries import NO_DELIVERIES, Deliveries
from data.tables.frames import NEVER
from data.tables.status_intervals import Roles, StatusIntervals, first_entry, moved_back, roles, start_of_run
from data.tables.tidy import Tables, microseconds
from data.values.arrays import Codes, Column, Instants, Mask, Positions
from data.values.exclusion import Exclusion
from data.values.filters import Filters
from data.values.names import places_of
from data.values.periods import first_instant, local_date, zone_named
from data.values.typography import listed

T = TypeVar("T")


@dataclass
class Dataset:
    """`now` in µs UTC. `pending`: our fields that are mapped but not fetched yet. `complete_from`: the instant (µs)
    since which the query holds every issue; None: always. `complete_until`: the instant (µs) up to which the query
    takes new issues; None: without end. `begins`: what `complete_from` is a bound on, "created" or "updated".
    `conditions`:
    what
    else the query looks at; with one of them it vouches for nothing beyond what it returned.
    """

    tables: Tables
    definitions: Definitions
    workflow: Workflow
    now: int
    filters: Filters = field(default_factory=Filters)
    mapping: dict[str, str] = field(default_factory=dict)
    pending: frozenset[str] = frozenset()
    complete_from: int | None = None
    within: Mask | None = None  # the only issues that count, beside the filters; None: all
    complete_until: int | None = None
    begins: str = "updated"
    conditions: tuple[str, ...] = ()
    deliveries: Deliveries = NO_DELIVERIES  # what other systems report, where the settings take it
    by_reports: bool = False  # what happened is known by reports, not by the query
    reports_since: int | None = None  # first instant (µs) of reports that count beside Jira; no change over it is told
    edge: int | None = None  # the issues are seen as they were just before this instant (µs); None: at now
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """What was edited after `now` has not been edited yet."""
        self.tables = tables_before(self.tables, self.now + 1)

    @property
    def zone(self) -> str:
        """The zone of days, weeks and months."""
        return self.definitions.zone or self.tables.zone

    def once(self, make: Callable[..., T], *args: Hashable) -> T:
        """make(self, *args), worked out the first time only."""
        key = (make.__module__, make.__qualname__, *args)
        if key not in self._kept:
            self._kept[key] = make(self, *args)
        kept: T = self._kept[key]
        return kept

    def field(self, name: str) -> Column | None:
        """Values of one of our mapped fields, aligned with the issues; None: not mapped."""
        if self.date_only(name) and self.zone != self.tables.zone:
            return self.once(_days_here, name)
        return self.tables.fields.get(name)

    def unreadable(self, name: str) -> Mask:
        """By issue, whether it has a value in one of our mapped fields that cannot be read."""
        found = self.tables.unreadable.get(name)
        return np.zeros(len(self.tables), dtype=bool) if found is None else found

    def drop_unreadable(self, sieve: Sieve, name: str, issue: Positions) -> None:
        """Leave out the rows of issues whose value in one of our fields cannot be read; before they would seem
        empty.
        """
        sieve.drop(self.unreadable(name)[issue] & (issue >= 0), Exclusion.UNREADABLE, FIELDS[name].title)

    def date_only(self, name: str) -> bool:
        """Whether Jira gave plain dates for a mapped field."""
        return bool(self.tables.date_only.get(name))

    @cached_property
    def roles(self) -> Roles:
        flow = self.workflow
        return roles(
            self.tables,
            started=flow.started,
            active=flow.active,
            waiting=flow.waiting,
            done=flow.done,
            blocked=self.definitions.blocked_statuses,
            discarded=flow.discarded,
        )

    @cached_property
    def stays(self) -> StatusIntervals:
        return StatusIntervals.from_tables(self.tables)

    @cached_property
    def back(self) -> Mask:
        """By stay: in a status before the start, after the issue had been in progress."""
        return moved_back(self.stays, self.stays.are(self.roles.progress), self.stays.are(self.roles.before))

    @cached_property
    def begun(self) -> Instants:
        """By stay: when the work that it belongs to began (µs, NEVER), by the rule for items that are moved back."""
        progress = self.stays.are(self.roles.progress)
        if self.definitions.backward_moves == "restart":
            return start_of_run(self.stays, progress, self.back)
        return first_entry(self.stays, progress, len(self.tables))[self.stays.issue]

    @cached_property
    def chosen(self) -> Mask:
        """Issues that pass the filters, boolean."""
        keep = self.chosen_now.copy()
        for each in self.filters.of(*WITH_HISTORY):
            found = attribute(self.tables, each.field)
            keep &= found.passes(each, self.statuses if each.field == "status" else None)
        return keep

    @cached_property
    def chosen_now(self) -> Mask:
        """Issues that pass the filters of fields that are looked at as they are now. Boolean."""
        keep = passing(self.tables, self.filters.without(*WITH_HISTORY).where)
        return keep if self.within is None else keep & self.within

    @cached_property
    def chosen_beside_sprints(self) -> Mask:
        """The same without the filters of sprint and board. Boolean."""
        return self.narrowed(self.filters.without(*OF_SPRINTS)).chosen_now

    @cached_property
    def status_now(self) -> Codes:
        """Status code of each issue at `now`. The issue's own status decides, unless `now` lies before its last
        change.
        """
        current: Codes = self.tables.issues["status"].to_numpy()
        last = np.full(len(self.tables), NEVER, dtype=np.int64)
        np.maximum.at(last, self.stays.issue, self.stays.entered)
        if (last <= self.now).all():
            return current
        return np.where(last <= self.now, current, self.stays.status_at(self.now, len(self.tables)))

    @cached_property
    def statuses(self) -> Codes:
        """The code of the status of each issue, among the names of its attribute, at the instant that these facts are
        seen from; -1: none.
        """
        edge = self.edge
        status = self.status_now if edge is None else self.stays.status_at(edge - 1, len(self.tables))
        raw = attribute(self.tables, "status").raw
        return np.append(raw if raw is not None else [], -1).astype(np.int64)[status]

    def only(self, issues: Mask) -> Dataset:
        """The same question of fewer issues: those of the mask that pass the filters."""
        within = issues if self.within is None else self.within & issues
        return self._asking(replace(self, within=within, _kept={}))

    def narrowed(self, filters: Filters) -> Dataset:
        """The same question with other filters."""
        return self._asking(replace(self, filters=filters, _kept={}))

    def _asking(self, other: Dataset) -> Dataset:
        for name in (
            "roles",
            "stays",
            "back",
            "begun",
            "status_now",
        ):  # these do not depend on which issues are asked for
            if name in self.__dict__:
                other.__dict__[name] = self.__dict__[name]
        return other

    def named(self, table: pd.DataFrame, names: tuple[str, ...] | list[str]) -> Mask:
        """Issues that have one of the names (any case) in a table of labels or components, boolean."""
        codes = places_of(names, table["name"].cat.categories)
        out = np.zeros(len(self.tables), dtype=bool)
        out[table["issue"].to_numpy()[np.isin(table["name"].cat.codes.to_numpy(), codes)]] = True
        return out

    def of_type(self, names: list[str]) -> Mask:
        """Issues whose type has one of the names (any case), boolean."""
        return self._in_column("type", names)

    def _in_column(self, column_name: str, names: Iterable[str]) -> Mask:
        """Issues with one of the names (any spelling that is the same name) in a column of the issue table, boolean."""
        column = self.tables.issues[column_name]
        codes = places_of(names, column.cat.categories)
        return np.isin(column.cat.codes.to_numpy(), codes)

    def role_at(self, instant: int, role: Mask) -> Mask:
        """Whether each issue was in a status of the role at an instant (µs), from history."""
        return np.append(role, False)[self.stays.status_at(instant, len(self.tables))]

    @cached_property
    def activity(self) -> Instants:
        """Instants at which anything is known to have happened, sorted: creations, status changes, resolutions."""
        issues, keep = self.tables.issues, self.chosen
        changes = self.tables.changes
        resolved = issues["resolved"].to_numpy()[keep]
        return np.sort(
            np.concatenate(
                (
                    issues["created"].to_numpy()[keep],
                    changes["at"].to_numpy()[keep[changes["issue"].to_numpy()]],
                    resolved[resolved != NEVER],
                )
            )
        )

    def known_to(self, switches: Iterable[str]) -> Dataset:
        """The same question by what a number with these definitions rests on: where deployments and incidents are taken
        from other systems alone, their reports say what is known of when, and not the query.
        """
        source = self.definitions.delivery_source
        if source == "jira" or self.by_reports or "delivery_source" not in switches:
            return self
        return self.once(_by_reports) if source == "reported" else self.once(_by_both)

    @cached_property
    def known_until(self) -> int:
        """The instant (µs) up to which what happened is known: the last sync, or now."""
        if self.by_reports:
            return self.now
        ends = (self.now, self.tables.as_of, self.complete_until)
        return min(each for each in ends if each is not None)

    def knows(self, start: int, end: int) -> bool:
        """Whether nothing found in [start, end) means that nothing happened: some of it lies in the days that the query
        vouches for. A query with other conditions knows only of times in which something that it returned happened.
        """
        if not (self.deliveries if self.by_reports else len(self.tables)):
            return False
        if self.conditions:
            return self.active_between(start, end)
        if self.complete_from is not None and end <= self.complete_from:
            return False
        return start <= self.known_until

    def knows_all(self, start: int, end: int) -> bool:
        """Whether the query vouches for all of [start, end)."""
        begun = self.complete_from is None or start >= self.complete_from
        if self.by_reports and not self.deliveries:
            return False
        if self.reports_since is not None and start < self.reports_since:
            return False
        return begun and end <= self.known_until and not self.conditions

    def why_not_all(self, start: int, end: int) -> str:
        """Why the query does not vouch for all of [start, end), as the end of a sentence; empty where it does."""
        if self.knows_all(start, end):
            return ""
        if self.reports_since is not None and start < self.reports_since:
            return f"reports of other systems begin on {self._day(self.reports_since)}, before that Jira alone counts"
        since = self.complete_from
        return self.why_unknown(since if since is not None and start < since else end)

    def why_unknown(self, end: int) -> str:
        """Why nothing is known of a period up to `end` (µs), as the end of a sentence."""
        day = self._day
        if self.by_reports:
            if not self.deliveries:
                return "nothing has been reported yet"
            return f"reports begin on {day(self.deliveries.since)}"
        if not len(self.tables):
            return "no issue is there yet"
        if self.conditions:
            return f"the query also looks at {listed(self.conditions)}, so only what it returned is known"
        if self.complete_from is not None and end <= self.complete_from:
            return f"the query holds only issues {self.begins} since {day(self.complete_from)}"
        if self.known_until == self.complete_until:
            return f"the query holds only issues created before {day(self.complete_until)}"
        return f"the last sync was on {day(self.known_until)}"

    def _day(self, instant: int) -> str:
        """A day in words."""
        return f"{local_date(datetime.fromtimestamp(instant / 1e6, UTC), zone_named(self.zone)):%-d %b %Y}"

    def active_between(self, start: int, end: int) -> bool:
        """Whether anything happened in [start, end)."""
        low, high = np.searchsorted(self.activity, [start, end], side="left")
        return bool(high > low)


def _by_both(facts: Dataset) -> Dataset:
    """The same question, which knows since when reports count too."""
    since = facts.deliveries.since if facts.deliveries else None
    return facts._asking(replace(facts, reports_since=since))


def _by_reports(facts: Dataset) -> Dataset:
    """The same question, of which reports say what is known."""
    since = facts.deliveries.since if facts.deliveries else None
    return facts._asking(
        replace(facts, by_reports=True, complete_from=since, complete_until=None, begins="reported", conditions=())
    )


def _days_here(facts: Dataset, name: str) -> Instants:
    """A field of plain dates, each at the first instant of its day in the zone of the settings.

    The tables hold it at the first instant in the zone of the account; a value with a time of day stays as it is.
    """
    out, zone = facts.tables.fields[name].copy(), zone_named(facts.zone)
    known = np.flatnonzero(out != NEVER)
    days, into = calendar(facts.tables.zone, out).into_day(out[known])
    known, days = known[into == 0], days[into == 0]
    distinct, place = np.unique(days, return_inverse=True)
    starts = [microseconds(first_instant(date.fromordinal(int(day)), zone)) for day in distinct]
    out[known] = np.array(starts, dtype=np.int64)[place]
    return out
