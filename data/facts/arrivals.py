"""What comes in and what goes out: issues at their creation, issues at their closing, whatever became of them."""

from __future__ import annotations

import numpy as np

from data.facts.columns import (
    BY_END_FIELD,
    BY_RESOLUTION,
    COMPLETED,
    CREATED,
    DAY_PRECISION,
    STARTED,
    Column,
    Kind,
    fact,
)
from data.facts.completions import completions, flow_set, known_at
from data.facts.dataset import Dataset
from data.facts.days import backwards, spans
from data.facts.levels import of_level, recorded
from data.facts.past import facts_at
from data.facts.rows import Rows, Sieve
from data.tables.frames import NEVER
from data.values.exclusion import Exclusion


@fact("created", CREATED, COMPLETED, title="Issues created", at="creation")
def created_rows(facts: Dataset, as_of: int | None = None, since: int | None = None) -> Rows:
    """Issues at their creation. Columns: started (created), completed (µs, NEVER)."""
    then, created = facts_at(facts, as_of), facts.tables.issues["created"].to_numpy()
    issue = np.flatnonzero(then.chosen & (created <= facts.now) & (created >= (NEVER if since is None else since)))
    completed = facts.once(completions).completed[issue]
    return of_level(then, issue).rows(created[issue], issue, started=created[issue], completed=completed)


@fact(
    "closed",
    CREATED,
    COMPLETED,
    Column("resolution", Kind.TEXT, "its resolution"),
    BY_RESOLUTION,
    BY_END_FIELD,
    title="Issues closed, whatever their resolution",
    at="closing",
)
def closed_rows(facts: Dataset, as_of: int | None = None, since: int | None = None) -> Rows:
    """Issues at the instant they were closed, whatever their resolution. Columns: started (created), completed,
    resolution (words), by_resolution, by_end_field."""
    found, then = known_at(facts, as_of), facts_at(facts, as_of)
    ended = (found.completed != NEVER) & (found.completed >= (NEVER if since is None else since))
    issue = np.flatnonzero(ended & (found.completed <= facts.now) & then.chosen)
    table = then.tables.issues
    words = np.append(np.asarray(table["resolution"].cat.categories, dtype=object), "no resolution")
    return recorded(then, issue).rows(
        found.completed[issue],
        issue,
        started=table["created"].to_numpy()[issue],
        completed=found.completed[issue],
        resolution=words[table["resolution"].cat.codes.to_numpy()[issue]],
        by_resolution=found.by_resolution[issue],
        by_end_field=found.by_end_field[issue],
    )


@fact(
    "created_and_closed",
    Column("closed", Kind.FLAG, "the row is the closing, not the creation"),
    CREATED,
    COMPLETED,
    title="Issues created and issues closed, one row each",
    at="creation or closing",
)
def both_rows(facts: Dataset, as_of: int | None = None, since: int | None = None) -> Rows:
    """Created and closed rows in one; an issue that was both is there twice. Columns: closed (boolean), started,
    completed.
    """
    came = facts.once(created_rows) if as_of is None else created_rows(facts, as_of, since)
    went = closed_rows(facts, as_of, since)
    sieve = Sieve(len(came) + len(went))
    left_out = np.concatenate([np.array(part.reasons, dtype=object)[part.reason] for part in (came, went)])
    for why in dict.fromkeys((*came.reasons[1:], *went.reasons[1:])):
        sieve.drop_as(left_out == why, why)
    return sieve.rows(
        np.concatenate((came.at, went.at)),
        np.concatenate((came.issue, went.issue)),
        closed=np.repeat([False, True], [len(came), len(went)]),
        started=np.concatenate((came.columns["started"], went.columns["started"])),
        completed=np.concatenate((came.columns["completed"], went.columns["completed"])),
    )


@fact(
    "completed_points",
    Column("points", Kind.NUMBER, "its estimate", "points"),
    STARTED,
    COMPLETED,
    title="Completed items with story points",
    at="completion",
)
def point_rows(facts: Dataset, as_of: int | None = None, since: int | None = None) -> Rows:
    """Completed items that have story points. Columns: points, started, completed."""
    found, issue, sieve = flow_set(facts, as_of, since)
    field = facts_at(facts, as_of).field("story_points")
    points = np.full(len(issue), np.nan) if field is None else field[issue]
    facts.drop_unreadable(sieve, "story_points", issue)
    sieve.drop(np.isnan(points), Exclusion.NO_STORY_POINTS).drop(points < 0, Exclusion.NEGATIVE_STORY_POINTS)
    return sieve.rows(
        found.completed[issue], issue, points=points, started=found.started[issue], completed=found.completed[issue]
    )


@fact(
    "lead_times",
    Column("days", Kind.NUMBER, "from creation to completion", "days"),
    DAY_PRECISION,
    CREATED,
    COMPLETED,
    BY_RESOLUTION,
    BY_END_FIELD,
    title="Completed items with their lead time",
    at="completion",
)
def lead_rows(facts: Dataset, as_of: int | None = None, since: int | None = None) -> Rows:
    """Completed items with the time since they were created. Columns: days, day_precision, started (created),
    completed, by_resolution, by_end_field.
    """
    found, issue, sieve = flow_set(facts, as_of, since)
    created, completed = facts.tables.issues["created"].to_numpy()[issue], found.completed[issue]
    plain = found.by_end_field[issue] & facts.date_only("work_completed_date")
    sieve.drop(backwards(created, completed, plain, facts.zone), Exclusion.COMPLETED_BEFORE_CREATED)
    rule = facts.definitions
    days = spans(created, completed, plain, definition=rule.durations, zone=facts.zone, working=rule.working_time)
    return sieve.rows(
        completed,
        issue,
        days=days,
        day_precision=plain,
        started=created,
        completed=completed,
        by_resolution=found.by_resolution[issue],
        by_end_field=found.by_end_field[issue],
    )
