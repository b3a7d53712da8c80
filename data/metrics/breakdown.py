"""One metric taken apart: step by step through a period, or group by group of its issues. Each part is calculated from
its own issues; no part is a mean of other numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from data.facts.attributes import OF_SPRINTS, attribute
from data.facts.dataset import Dataset
from data.facts.deployment_set import join
from data.facts.members import issues_of, projects_beside_issues
from data.facts.past import WITH_HISTORY, codes_at
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.metrics.catalogue import IssueMetric
from data.metrics.display import display
from data.metrics.measure import instants_of, rows_for, why_nothing
from data.metrics.shares import shares
from data.settings.filter_fields import FILTER_FIELDS
from data.values.arrays import Codes, Instants, Positions
from data.values.errors import NotThere
from data.values.filters import Filter
from data.values.names import name_key
from data.values.numbers import Breakdown, Part
from data.values.periods import Period
from data.values.problem import Problem

STEPS = {"day": "Day", "week": "Week", "month": "Month"}
GROUPS = {
    "project": "Project",
    "type": "Type",
    "status": "Status",
    "assignee": "Assignee",
    "priority": "Priority",
    "team": "Team",
    "component": "Component",
    "label": "Label",
    "sprint": "Sprint",
    "board": "Board",
    "week": "Week",
}
NONE = "none"  # the row of issues that have no such attribute
STANDING = ("project", "type", "component", "label")  # their groups are rows even where they have none
MOST_GROUPS = 100  # the smallest beyond so many are one row together


def steps(period: Period, step: str) -> list[Period]:
    """The days, the calendar weeks (from Monday) or the months of a period; the first and last may be cut off.

    >>> from datetime import date
    >>> [f"{each.first:%d}-{each.last:%d}" for each in steps(Period(date(2025, 1, 4), date(2025, 1, 14)), "week")]
    ['04-05', '06-12', '13-14']
    """
    out, first = [], period.first
    while first <= period.last:
        if step == "day":
            last = first
        elif step == "week":
            last = first + timedelta(days=6 - first.weekday())
        else:
            last = (first.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        last = min(last, period.last)
        out.append(Period(first, last, period.zone))
        first = last + timedelta(days=1)
    return out


def over_time(metric: IssueMetric, facts: Dataset, period: Period, step: str) -> Breakdown:
    """The metric for each day, week or month of the period. Raises LookupError for an unknown step."""
    if step not in STEPS:
        raise NotThere(f"There is no step {step!r}. Choose one of: {', '.join(STEPS)}.")
    if missing := metric.lacking(facts):
        return _without(metric, step, STEPS[step], missing.message)
    parts = [_step(metric, facts, each) for each in steps(period, step)]
    return Breakdown(
        metric=metric.name,
        title=metric.title,
        unit=metric.unit,
        by=step,
        by_title=STEPS[step],
        parts=_with_shares(parts, several=False),
        total=_whole(metric, facts, period),
    )


def _step(metric: IssueMetric, facts: Dataset, period: Period) -> Part:
    asked = MetricQuery(facts, period)
    begun = asked.start <= facts.now
    part = _part(metric, asked, period.label, rows_for(metric, asked) if begun else None)
    return replace(
        part,
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        so_far=begun and asked.end > facts.now,
    )


def _part(metric: IssueMetric, query: MetricQuery, name: str, rows: Rows | None) -> Part:
    value = None if rows is None else metric(rows, query)
    number, unit = ("–", "") if value is None else display(metric.shows, value)
    return Part(
        name=name,
        value=None if value is None else float(value),
        shown=f"{number} {unit}".strip(),
        used=0 if rows is None else rows.used,
        left_out=0 if rows is None else len(rows) - rows.used,
        why="" if value is not None else why_nothing(metric, rows, query),
    )


def _whole(metric: IssueMetric, facts: Dataset, period: Period) -> Part:
    asked = MetricQuery(facts, period)
    return _part(metric, asked, "All", None if asked.start > facts.now else rows_for(metric, asked))


def _with_shares(parts: Sequence[Part], *, several: bool) -> tuple[Part, ...]:
    """The parts with their share of all used rows, in percent; of parts that do not overlap they sum to 100."""
    counts = [each.used for each in parts]
    if several or not sum(counts):
        return tuple(parts)
    return tuple(replace(each, share=share) for each, share in zip(parts, shares(counts), strict=True))


def _without(metric: IssueMetric, by: str, title: str, what: str, todo: str = "") -> Breakdown:
    problem = Problem(what, todo=todo, level="info")
    return Breakdown(metric.name, metric.title, metric.unit, by, title, (), None, problem=problem)


def by_group(metric: IssueMetric, facts: Dataset, period: Period, group: str, most: int = MOST_GROUPS) -> Breakdown:
    """The metric for each project, type, assignee, component, label or sprint of its issues; by week it is `over_time`.

    Raises LookupError for an unknown group.
    """
    if group not in GROUPS and group not in FILTER_FIELDS:
        raise NotThere(f"There is no group {group!r}. Choose one of: {', '.join(GROUPS)}.")
    if group == "week":
        return over_time(metric, facts, period, "week")
    title = GROUPS.get(group) or FILTER_FIELDS[group].title
    if missing := metric.lacking(facts):
        return _without(metric, group, title, missing.message)
    if (field := FILTER_FIELDS[group]).mapped and facts.field(group) is None:
        return _without(
            metric, group, title, f"{field.title} is not mapped.", "Map it in the field mapping, then sync."
        )
    if group in OF_SPRINTS and not len(facts.tables.sprints):
        return _without(
            metric, group, title, "No sprints are known here.", "If this Jira has sprints, sync everything again."
        )
    asked = MetricQuery(facts, period)
    rows = rows_for(metric, asked) if asked.start <= facts.now else None
    found = attribute(facts.tables, group)
    own = rows is not None and of_own_sprint(rows, group)
    members = [] if rows is None else _members(metric, asked, rows, group, most)
    parts = [] if rows is None else _groups(metric, asked, rows, group, members)
    notes = [] if own or group in WITH_HISTORY else [f"By the {title.lower()} that an issue has now."]
    if found.several and not own:
        notes.append(f"An issue with several {title.lower()}s counts in each of them.")
    overlap = rows is not None and sum(len(each.places) for each in members) > len(rows)
    if overlap and not found.several:
        notes.append(
            f"What is made of several issues, such as a release or the recovery of a deployment, counts in the "
            f"{title.lower()} of each of them."
        )
    return Breakdown(
        metric=metric.name,
        title=metric.title,
        unit=metric.unit,
        by=group,
        by_title=title,
        parts=_with_shares(parts, several=found.several or overlap),
        total=_part(metric, asked, "All", rows),
        notes=tuple(notes),
        several=found.several or overlap,
    )


@dataclass(frozen=True)
class _Member:
    """A group: the places of its rows, the codes of the group, and whether it is no group but a rest."""

    name: str
    places: Positions
    codes: tuple[int, ...]  # none: the issues that are in no group
    rest: bool = False


def of_own_sprint(rows: Rows, group: str) -> bool:
    """Whether each row is of one sprint, which then is its group, or whose board is."""
    return group in OF_SPRINTS and "sprint" in rows.columns


def _groups(metric: IssueMetric, query: MetricQuery, rows: Rows, group: str, members: Sequence[_Member]) -> list[Part]:
    """A part for each group, the largest first; last those without one. A group in which nothing happened is a row too,
    where its issues pass the filters: its number is that of the filter.
    """
    own = of_own_sprint(rows, group)
    out = []
    for each in members:
        part = with_heads(rows.take(each.places))
        if metric.compares and not own:
            part = rows_for(metric, MetricQuery(_alone(each, query.facts, group), query.period))
        out.append(replace(_part(metric, query, each.name, part), rest=each.rest))
    return out


def _alone(member: _Member, facts: Dataset, group: str) -> Dataset:
    """The facts of nothing but the issues of a group: filtered to it, since issues may have left it."""
    found = attribute(facts.tables, group)
    if not member.rest:
        return facts.narrowed(facts.filters.also(Filter(group, "in", (member.name,))))
    if not member.codes:
        return facts.narrowed(facts.filters.also(Filter(group, "is_null")))
    out = np.zeros(len(facts.tables), dtype=bool)
    out[found.issue[np.isin(found.code, member.codes)]] = True
    return facts.only(out)


def members_of(metric: IssueMetric, query: MetricQuery, rows: Rows, group: str) -> list[Positions]:
    """Places in the rows of each part of `by_group`, in its order."""
    return [each.places for each in _members(metric, query, rows, group)]


def _members(metric: IssueMetric, query: MetricQuery, rows: Rows, group: str, most: int = MOST_GROUPS) -> list[_Member]:
    """The groups in the order in which they are shown."""
    grouping = attribute(query.facts.tables, group)
    row, code = membership(rows, query.facts, group, instants_of(metric, query, rows))
    order = np.argsort(code, kind="stable")  # within a group the rows stay in order of time
    row, code = row[order], code[order]
    codes, start = np.unique(code, return_index=True)
    ends = np.append(start, len(code))[1:]
    members = {int(each): row[begin:end] for each, begin, end in zip(codes, start, ends, strict=True)}
    nobody = members.pop(-1, None)
    if group in STANDING:
        for each in np.unique(grouping.code[query.facts.chosen[grouping.issue]]).tolist():
            members.setdefault(each, np.zeros(0, dtype=np.int64))
    if grouping.ordered:
        ranked = sorted(members)
    else:
        ranked = sorted(members, key=lambda each: (-len(members[each]), name_key(grouping.names[each])))
    parts = [_Member(grouping.names[each], members[each], (each,)) for each in ranked[:most]]
    if rest := ranked[most:]:
        # An issue that is in several of them counts once among them.
        places = np.unique(np.concatenate([members[each] for each in rest]))
        parts.append(_Member(f"{len(rest)} others", places, tuple(rest), rest=True))
    if nobody is not None:
        parts.append(_Member(NONE, nobody, (), rest=True))
    return parts


def with_heads(rows: Rows) -> Rows:
    """Where several tickets are one deployment, the first of those that are left stands for it."""
    if "head" not in rows.columns or "group" not in rows.columns:
        return rows
    used = np.flatnonzero(rows.reason == 0)
    head = np.zeros(len(rows), dtype=bool)
    head[used[np.unique(rows.columns["group"][used], return_index=True)[1]]] = True
    return Rows(rows.at, rows.subjects, rows.reason, rows.reasons, {**rows.columns, "head": head})


def membership(rows: Rows, facts: Dataset, group: str, instants: Instants | None = None) -> tuple[Positions, Codes]:
    """(row, group) pairs, each once; -1 is no group. A row belongs to the groups of its issues, a version
    or a report to its project too. `instants`: by row, see `instants_of`.
    """
    found = attribute(facts.tables, group)
    if of_own_sprint(rows, group) and found.raw is not None:
        return np.arange(len(rows)), found.raw[rows.columns["sprint"]]
    row, issue = issues_of(facts, rows, instants)
    if instants is None or group not in WITH_HISTORY:
        row, code = join(row, issue, *facts.once(_pairs, group))
    else:
        code = codes_at(facts, group, issue, instants[row])
    if group == "project":
        raw = found.raw if found.raw is not None else np.zeros(0, dtype=np.int64)
        of_version = dict(zip(found.names, raw.tolist(), strict=True))
        owned, names = projects_beside_issues(facts, rows)
        projects = np.array([of_version.get(each, -1) for each in names], dtype=np.int64)
        row, code = np.concatenate((row, owned)), np.concatenate((code, projects))
    alone = np.setdiff1d(np.arange(len(rows)), row)
    row, code = np.concatenate((row, alone)), np.concatenate((code, np.full(len(alone), -1, dtype=np.int64)))
    pairs = np.unique(np.column_stack((row, code)), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _pairs(facts: Dataset, group: str) -> tuple[Positions, Codes]:
    """(issue, code) of a field as it is now; -1 for an issue without a value."""
    if group == "status":
        return np.arange(len(facts.tables)), facts.statuses
    found = attribute(facts.tables, group)
    without = np.ones(len(facts.tables), dtype=bool)
    without[found.issue] = False
    none = np.flatnonzero(without)
    return np.concatenate((found.issue, none)), np.concatenate((found.code, np.full(len(none), -1, dtype=np.int64)))
