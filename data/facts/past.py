"""Issues as they were: their project, type, level, resolution and points just before an instant, from history.

Status and sprint have tables of their own (`Dataset.stays`, `sprint_scope`). A field whose history Jira does not
keep, or Throughline does not read, is that of now.
"""

from __future__ import annotations

from copy import copy
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.facts.attributes import attribute
from data.facts.rows import Rows
from data.facts.timelines import Timeline
from data.tables.edits import ATTRIBUTES
from data.tables.tidy import Tables
from data.values.arrays import Codes, Column, Instants, Mask, Numbers, Objects, Positions
from data.values.kept import kept_with_object

if TYPE_CHECKING:
    from data.facts.dataset import Dataset

POINTS = "story_points"
WITH_HISTORY = ("project", "type", "status")  # fields of filters and groups that are looked at as they were
_OF_STATUSES = {"roles", "stays", "back", "begun", "status_now"}  # worked out once, whatever the attributes are


def facts_at(facts: Dataset, edge: int | None) -> Dataset:
    """The same facts of issues as they were just before an instant (µs); None: as they are at now.

    What comes from the history of statuses is the same; what comes of attributes (filters, types, resolutions,
    points) is of that time.
    """
    return facts if edge is None else facts.once(_facts_at, edge)


def _facts_at(facts: Dataset, edge: int) -> Dataset:
    tables = tables_before(facts.tables, edge)
    if tables is facts.tables and not facts.filters.of("status"):
        return facts
    out = copy(facts)
    names = {each.name for each in dataclass_fields(facts)} | _OF_STATUSES
    out.__dict__.update(tables=tables, edge=edge, _kept={})
    for name in facts.__dict__.keys() - names:  # worked out from the attributes of now
        del out.__dict__[name]
    return out


def tables_before(tables: Tables, edge: int) -> Tables:
    """The tables with the attributes and points of issues just before an instant; the same where none changed since."""
    later = [name for name, each in _histories(tables).items() if each.last is not None and each.last >= edge]
    if not later:
        return tables
    issues, fields = tables.issues.copy(deep=False), dict(tables.fields)
    everyone = np.arange(len(issues))
    instants = np.full(len(issues), edge, dtype=np.int64)
    for name in later:
        if name == POINTS:
            fields[POINTS] = points_at(tables, everyone, instants)
            continue
        then = attribute_at(tables, name, everyone, instants)
        if name == "hierarchy":
            issues[name] = then.astype(np.int8)
        else:
            issues[name] = pd.Categorical.from_codes(then, dtype=pd.CategoricalDtype(issues[name].cat.categories))
    return replace(tables, issues=issues, fields=fields)


def attribute_at(tables: Tables, name: str, issue: Positions, instant: Instants) -> Codes:
    """The code of an attribute of each issue just before each instant (of the hierarchy, the level)."""
    column = tables.issues[name]
    now = column.to_numpy() if name == "hierarchy" else column.cat.codes.to_numpy()
    found: Codes = _histories(tables)[name].before(now.astype(np.int64), issue, instant)
    return found


def points_at(tables: Tables, issue: Positions, instant: Instants) -> Numbers:
    """Points of each issue just before each instant; NaN where it had none. Where none are mapped, NaN."""
    now = tables.fields.get(POINTS)
    if now is None:
        return np.full(len(issue), np.nan)
    found: Numbers = _histories(tables)[POINTS].before(now, issue, instant)
    return found


class _History:
    """Changes of one value of issues, ordered by issue and time."""

    def __init__(self, changes: pd.DataFrame, count: int) -> None:
        self.issue, at = changes["issue"].to_numpy(), changes["at"].to_numpy()
        self.source, self.target = changes["source"].to_numpy(), changes["target"].to_numpy()
        self.line = Timeline(self.issue, at)
        self.first = np.full(count, -1, dtype=np.int64)  # where the changes of each issue begin
        self.first[self.issue[::-1]] = np.arange(len(at))[::-1]
        self.last = int(at.max()) if len(at) else None  # instant of the last of all, µs

    def before(self, now: Column, issue: Positions, instant: Instants) -> Column:
        """The value of each issue just before each instant: what the last change before it says; before the first
        change, what that one says it was; without changes, the value of now.
        """
        if self.last is None:
            out: Column = now[issue]
            return out
        place, opening = self.line.last(issue, instant), self.first[issue]
        unchanged = np.where(opening >= 0, self.source[opening], now[issue])
        found: Column = np.where(place >= 0, self.target[place], unchanged)
        return found


@kept_with_object
def _histories(tables: Tables) -> dict[str, _History]:
    edits, count = tables.edits, len(tables)
    attribute = edits["attribute"].to_numpy()
    found = {name: _History(edits[attribute == n], count) for n, name in enumerate(ATTRIBUTES)}
    return {**found, POINTS: _History(tables.estimates, count)}


def codes_at(facts: Dataset, field: str, issue: Positions, instant: Instants) -> Codes:
    """The code, among the names of its attribute, of a field with a history for each issue just before each instant;
    -1 where it had none.
    """
    found = attribute(facts.tables, field)
    raw = np.append(found.raw if found.raw is not None else [], -1).astype(np.int64)
    if field == "status":
        return raw[status_at(facts, issue, instant)]
    return raw[attribute_at(facts.tables, field, issue, instant)]


def status_at(facts: Dataset, issue: Positions, instant: Instants) -> Codes:
    """The status of each issue (place in the table of statuses) just before each instant; -1 before it was created."""
    stays = facts.stays
    place = facts.once(_stays_in_time).last(issue, instant)
    codes: Codes = np.append(stays.status, -1).astype(np.int64)[place]
    return codes


def _stays_in_time(facts: Dataset) -> Timeline:
    return Timeline(facts.stays.issue, facts.stays.entered)


def chosen_at(facts: Dataset, issue: Positions, instant: Instants, *, of_sprints: bool = False) -> Mask:
    """Whether each issue passes the filters just before each instant; fields without a history are those of now.

    `of_sprints`: filters of sprint and board are not asked, since they are of the sprints that the rows are of.
    """
    keep = (facts.chosen_beside_sprints if of_sprints else facts.chosen_now)[issue]
    for each in facts.filters.of(*WITH_HISTORY):
        passes = attribute(facts.tables, each.field).passes(each, codes_at(facts, each.field, issue, instant))
        keep = keep & passes
    return keep


def names_of(facts: Dataset, name: str, rows: Rows, instants: Instants | None = None) -> Objects:
    """The project or type of the issue of each row just before instants (µs), by default those at which the rows were
    seen, else now; "" for rows without an issue.
    """
    issue, column = rows.issue, facts.tables.issues[name].cat
    words: Objects = np.append(np.asarray(column.categories, dtype=object), "")
    instants = rows.columns.get("seen") if instants is None else instants
    if instants is None:
        codes: Codes = np.append(column.codes.to_numpy(), -1)[issue]
    else:
        codes = attribute_at(facts.tables, name, np.maximum(issue, 0), instants)
    return words[np.where(issue >= 0, codes, -1)]


Cut = tuple[Positions, Instants, Instants]  # row, start, end


def cut(facts: Dataset, issue: Positions, start: Instants, end: Instants) -> Cut:
    """Spans [start, end) of issues, cut where project, type or level changed inside: which span each piece is of, and
    from when to when, in the order of the spans.
    """
    edits = facts.tables.edits
    named = edits["attribute"].to_numpy() != ATTRIBUTES.index("resolution")
    if not named.any():
        return np.arange(len(issue)), start, end
    owner, at = edits["issue"].to_numpy()[named], edits["at"].to_numpy()[named]
    line = Timeline(owner, at)
    first = line.before(issue, start + 1)
    count = np.maximum(line.before(issue, end) - first, 0)
    row = np.repeat(np.arange(len(issue)), count + 1)
    part = np.arange(len(row)) - np.repeat(np.cumsum(count + 1) - count - 1, count + 1)
    edge = np.append(at, 0)
    begin = np.where(part > 0, edge[first[row] + part - 1], start[row])
    stop = np.where(part < count[row], edge[np.minimum(first[row] + part, len(at))], end[row])
    real = (stop > begin) | (count[row] == 0)
    return row[real], begin[real], stop[real]
