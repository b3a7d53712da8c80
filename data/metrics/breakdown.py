"""One metric taken apart: step by step through a period, or group by group of its issues. Each part is calculated from
its own issues; no part is a mean of other numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pandas as pd

from data.facts.dataset import Dataset
from data.facts.deployments import join
from data.facts.members import issues_of, versions_of
from data.facts.past import attribute_at
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.metrics.catalogue import IssueMetric
from data.metrics.display import display
from data.metrics.measure import instants_of, rows_for, why_nothing
from data.metrics.shares import shares
from data.tables.frames import NEVER
from data.values.arrays import Codes, Instants, Positions
from data.values.errors import NotThere
from data.values.names import name_key, one_spelling
from data.values.numbers import Breakdown, Part
from data.values.periods import Period
from data.values.problem import Problem

STEPS = {"day": "Day", "week": "Week", "month": "Month"}
GROUPS = {
    "project": "Project",
    "type": "Type",
    "assignee": "Assignee",
    "component": "Component",
    "label": "Label",
    "sprint": "Sprint",
    "week": "Week",
}
NONE = "none"  # the row of issues that have no such attribute
MOST_GROUPS = 100  # the smallest beyond so many are one row together


@dataclass(frozen=True)
class Grouping:
    """Which issues belong to which group: pairs of issue and place in `names`. `several`: an issue may be in more than
    one.
    """

    issue: Positions
    code: Codes
    names: tuple[str, ...]
    several: bool = False
    ordered: bool = False  # the names are in an order of their own, first the first
    rank: Codes | None = None  # of sprints: position → group
    fixed_rows: tuple[int, ...] = ()  # groups that are rows even where they have none
    column: str = ""  # of the issues whose history says who belonged where at an instant
    spelling: Codes | None = None  # place in that column → group


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


def by_group(metric: IssueMetric, facts: Dataset, period: Period, group: str) -> Breakdown:
    """The metric for each project, type, assignee, component, label or sprint of its issues; by week it is `over_time`.

    Raises LookupError for an unknown group.
    """
    if group not in GROUPS:
        raise NotThere(f"There is no group {group!r}. Choose one of: {', '.join(GROUPS)}.")
    if group == "week":
        return over_time(metric, facts, period, "week")
    title = GROUPS[group]
    if missing := metric.lacking(facts):
        return _without(metric, group, title, missing.message)
    if group == "sprint" and not len(facts.tables.sprints):
        return _without(
            metric, group, title, "No sprints are known here.", "If this Jira has sprints, sync everything again."
        )
    asked = MetricQuery(facts, period)
    rows = rows_for(metric, asked) if asked.start <= facts.now else None
    found: Grouping = facts.once(grouping, group)
    members = [] if rows is None else _members(metric, asked, rows, found)
    parts = [] if rows is None else _groups(metric, asked, rows, found, members)
    own = found.rank is not None and rows is not None and "sprint" in rows.columns
    notes = [f"By the {title.lower()} that an issue has now."] if group in ("assignee", "sprint") and not own else []
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


def _groups(
    metric: IssueMetric, query: MetricQuery, rows: Rows, grouping: Grouping, members: Sequence[_Member]
) -> list[Part]:
    """A part for each group, the largest first; last those without one. A group in which nothing happened is a row too,
    of those that can be filtered by: its number is that of the filter.
    """
    own = grouping.rank is not None and "sprint" in rows.columns
    out = []
    for each in members:
        part = _with_heads(rows.take(each.places))
        if metric.compares and not own:
            part = rows_for(metric, MetricQuery(_alone(each, query.facts, grouping), query.period))
        out.append(replace(_part(metric, query, each.name, part), rest=each.rest))
    return out


def _alone(member: _Member, facts: Dataset, grouping: Grouping) -> Dataset:
    """The facts of nothing but the issues of a group: filtered to it, where issues may have left it."""
    if grouping.column == "project" and not member.rest:
        return facts.narrowed(replace(facts.filters, projects=(member.name,)))
    if grouping.column == "type" and not member.rest:
        return facts.narrowed(replace(facts.filters, types=(member.name,)))
    out = np.zeros(len(facts.tables), dtype=bool)
    out[grouping.issue[np.isin(grouping.code, member.codes) if member.codes else grouping.code >= 0]] = True
    return facts.only(out if member.codes else ~out)


def members_of(metric: IssueMetric, query: MetricQuery, rows: Rows, group: str) -> list[Positions]:
    """Places in the rows of each part of `by_group`, in its order."""
    return [each.places for each in _members(metric, query, rows, query.facts.once(grouping, group))]


def _members(metric: IssueMetric, query: MetricQuery, rows: Rows, grouping: Grouping) -> list[_Member]:
    """The groups in the order in which they are shown."""
    row, code = _membership(rows, query.facts, grouping, instants_of(metric, query, rows))
    order = np.argsort(code, kind="stable")  # within a group the rows stay in order of time
    row, code = row[order], code[order]
    codes, start = np.unique(code, return_index=True)
    ends = np.append(start, len(code))[1:]
    members = {int(each): row[begin:end] for each, begin, end in zip(codes, start, ends, strict=True)}
    nobody = members.pop(-1, None)
    for each in grouping.fixed_rows:
        members.setdefault(each, np.zeros(0, dtype=np.int64))
    if grouping.ordered:
        ranked = sorted(members)
    else:
        ranked = sorted(members, key=lambda each: (-len(members[each]), name_key(grouping.names[each])))
    parts = [_Member(grouping.names[each], members[each], (each,)) for each in ranked[:MOST_GROUPS]]
    if rest := ranked[MOST_GROUPS:]:
        # An issue that is in several of them counts once among them.
        places = np.unique(np.concatenate([members[each] for each in rest]))
        parts.append(_Member(f"{len(rest)} others", places, tuple(rest), rest=True))
    if nobody is not None:
        parts.append(_Member(NONE, nobody, (), rest=True))
    return parts


def _with_heads(rows: Rows) -> Rows:
    """Where several tickets are one deployment, the first of those that are left stands for it."""
    if "head" not in rows.columns or "group" not in rows.columns:
        return rows
    used = np.flatnonzero(rows.reason == 0)
    head = np.zeros(len(rows), dtype=bool)
    head[used[np.unique(rows.columns["group"][used], return_index=True)[1]]] = True
    return Rows(rows.at, rows.subjects, rows.reason, rows.reasons, {**rows.columns, "head": head})


def _membership(
    rows: Rows, facts: Dataset, found: Grouping, instants: Instants | None = None
) -> tuple[Positions, Codes]:
    """(row, group) pairs, each once; -1 is no group. A row belongs to the groups of its issues, a version to its
    project too. `instants`: by row, see `instants_of`.
    """
    if found.rank is not None and "sprint" in rows.columns:  # rows of sprint metrics are of one sprint each
        return np.arange(len(rows)), found.rank[rows.columns["sprint"]]
    row, issue = issues_of(facts, rows, instants)
    if instants is None or found.spelling is None:
        row, code = join(row, issue, found.issue, found.code)
    else:
        then = attribute_at(facts.tables, found.column, issue, instants[row])
        row, code = row[then >= 0], found.spelling[then[then >= 0]]
    if found is facts.once(grouping, "project"):
        of_version = {name: n for n, name in enumerate(found.names)}
        released, version = versions_of(facts, rows)
        names = facts.tables.versions["project"].to_numpy(dtype=object)[version]
        projects = np.array([of_version.get(each, -1) for each in names], dtype=np.int64)
        row, code = np.concatenate((row, released)), np.concatenate((code, projects))
    alone = np.setdiff1d(np.arange(len(rows)), row)
    row, code = np.concatenate((row, alone)), np.concatenate((code, np.full(len(alone), -1, dtype=np.int64)))
    pairs = np.unique(np.column_stack((row, code)), axis=0)
    return pairs[:, 0], pairs[:, 1]


def grouping(facts: Dataset, group: str) -> Grouping:
    """Who belongs where, from the tables; pairs are ordered by issue. Spellings of one name are one group, as they are
    one filter.
    """
    tables = facts.tables
    if group in ("project", "type", "assignee"):
        column = tables.issues[group].cat
        there = np.flatnonzero(column.codes.to_numpy() >= 0)
        names = [str(each) for each in column.categories]
        code: Codes = column.codes.to_numpy().astype(np.int64)[there]
        spelling = None if group == "assignee" else _spelling(names, code)
        if spelling is not None:
            code = spelling[code]
        if group == "project":  # versions may be of a project without issues
            more = dict.fromkeys(str(each) for each in tables.versions["project"] if str(each) not in set(names))
            names = [*names, *more]
        standing = () if group == "assignee" else _with_chosen(facts, there, code)
        return Grouping(there, code, tuple(names), fixed_rows=standing, column=group, spelling=spelling)
    if group == "sprint":
        return _sprints(facts)
    table: pd.DataFrame = tables.components if group == "component" else tables.labels
    names = [str(each) for each in table["name"].cat.categories]
    code = table["name"].cat.codes.to_numpy().astype(np.int64)
    code = _spelling(names, code)[code] if len(code) else code
    pairs = np.column_stack((table["issue"].to_numpy().astype(np.int64), code))
    pairs = np.unique(pairs.reshape(-1, 2), axis=0)
    standing = _with_chosen(facts, pairs[:, 0], pairs[:, 1])
    return Grouping(pairs[:, 0], pairs[:, 1], tuple(names), several=True, fixed_rows=standing)


def _with_chosen(facts: Dataset, issue: Positions, code: Codes) -> tuple[int, ...]:
    """The groups that have an issue which passes the filters."""
    return tuple(np.unique(code[facts.chosen[issue]]).tolist())


def _spelling(names: Sequence[str], code: Codes) -> Codes:
    """Place of a name → place of the spelling that its group is shown by. Two people may have one name, so not
    theirs.
    """
    return np.array(one_spelling(names, np.bincount(code, minlength=len(names)).tolist()), dtype=np.int64)


def _sprints(facts: Dataset) -> Grouping:
    """Sprints, the newest first; those of one name are told apart by their board."""
    table, members = facts.tables.sprints, facts.tables.sprint_members
    started = table["started"].to_numpy()
    order = np.argsort(np.where(started == NEVER, 1, -started), kind="stable")  # those not started yet come last
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    names = table["name"].astype(str).tolist()
    boards = [*facts.tables.boards["name"].astype(str).tolist(), ""]
    of_board = [boards[each] or f"board {said}" for each, said in zip(table["board"], table["board_id"], strict=True)]
    twice = {name for name, count in Counter(names).items() if count > 1}
    shown = [f"{name} ({board})" if name in twice else name for name, board in zip(names, of_board, strict=True)]
    pairs = np.column_stack((members["issue"].to_numpy(), rank[members["sprint"].to_numpy()])).astype(np.int64)
    pairs = np.unique(pairs.reshape(-1, 2), axis=0)
    return Grouping(pairs[:, 0], pairs[:, 1], tuple(shown[n] for n in order), several=True, ordered=True, rank=rank)
