"""Which items were completed, when they were started and finished, and why some do not count: one set for all flow
metrics.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.facts.columns import (
    BY_END_FIELD,
    BY_RESOLUTION,
    BY_START_FIELD,
    COMPLETED,
    DAY_PRECISION,
    STARTED,
    Column,
    Kind,
    fact,
)
from data.facts.dataset import Dataset
from data.facts.days import backwards, spans
from data.facts.levels import of_level
from data.facts.named_spans import span_times, timed_span
from data.facts.past import facts_at
from data.facts.rows import Rows, Sieve
from data.facts.site_names import resolutions_meant
from data.tables.frames import FOREVER, NEVER
from data.tables.status_intervals import StatusIntervals, crossings, first_stay, last_stay, overlap
from data.values.arrays import Codes, Instants, Mask, Microseconds, Numbers, Positions
from data.values.exclusion import Exclusion


@dataclass(frozen=True)
class Completions:
    """Per issue: when it was started and when it ended, completed or discarded (µs, NEVER), and where those instants
    come from (boolean).
    """

    started: Instants
    completed: Instants  # of discarded issues: when they were discarded
    discarded: Mask  # in a discarded status
    status: Codes  # at that moment; -1 unknown
    unrecorded: Mask  # ended, but no entry into it is recorded: nothing says when work began
    by_resolution: Mask  # of those, completed at resolutiondate
    by_start_field: Mask
    by_end_field: Mask
    undated: int  # done now, and nothing says since when


def completions(facts: Dataset, as_of: int | None = None) -> Completions:
    """Every issue that is done or discarded at `as_of` (µs; None: at now). Mapped date fields win over the status
    history.
    """
    stays, roles, count = facts.stays, facts.roles, len(facts.tables)
    limit = facts.now + 1 if as_of is None else as_of
    status = facts.status_now if as_of is None else stays.status_at(as_of - 1, count)
    is_done, discarded = np.append(roles.done, False)[status], np.append(roles.discarded, False)[status]
    crossing = np.where(discarded, _entries(facts, "discarded", limit), _entries(facts, "done", limit))
    crossed = np.where(crossing >= 0, stays.entered[crossing], NEVER)
    ended = is_done | discarded
    completed = np.where(ended, crossed, NEVER)
    unrecorded = ended & (completed == NEVER)
    fallback = _where_set(facts.field("status_entry_timestamp"), facts.tables.issues["resolved"].to_numpy())
    fallback = np.where(fallback < limit, fallback, NEVER)
    completed = np.where(unrecorded, fallback, completed)
    by_resolution = unrecorded & (completed != NEVER)
    undated = unrecorded & (completed == NEVER) & facts.chosen
    start_field, end_field = facts.field("work_started_date"), facts.field("work_completed_date")
    by_start = np.zeros(count, dtype=bool) if start_field is None else start_field != NEVER
    by_end = np.zeros(count, dtype=bool) if end_field is None else end_field != NEVER
    if end_field is not None:
        # The field wins where it is set: a date still to come says that the item is not finished yet.
        completed = np.where(by_end, np.where(end_field < limit, end_field, NEVER), completed)
    started = _starts(facts, np.where(ended & ~by_end, crossing, -1), completed, limit)
    started[unrecorded] = NEVER
    if start_field is not None:
        started = np.where(by_start, start_field, started)
    undated_count = int(np.count_nonzero(undated & ~by_end))
    guessed = by_resolution & ~by_end
    return Completions(started, completed, discarded, status, unrecorded, guessed, by_start, by_end, undated_count)


def _entries(facts: Dataset, role: str, limit: int) -> Positions:
    """The stay by which each issue came into a role (done, discarded) before `limit` (µs), the last or the first time;
    -1 for none.
    """
    place = facts.once(_crossings, role)
    place = place[facts.stays.entered[place] < limit]
    if facts.definitions.completion == "first":
        place = place[::-1]
    out = np.full(len(facts.tables), -1, dtype=np.int64)
    out[facts.stays.issue[place]] = place  # ordered by time: what is written last stays
    return out


def _crossings(facts: Dataset, role: str) -> Positions:
    """The stays that begin a time in the role."""
    stays = facts.stays
    return np.flatnonzero(crossings(stays, stays.are(facts.roles.done if role == "done" else facts.roles.discarded)))


def _first_stays(facts: Dataset) -> Positions:
    return first_stay(facts.stays, np.ones(len(facts.stays.issue), dtype=bool), len(facts.tables))


def _starts(facts: Dataset, crossing: Positions, completed: Instants, limit: int) -> Instants:
    """When the work that led to each completion began (µs, NEVER): by the stay that completes it, where there is one,
    else by the last one known until the completion, or until `limit`.
    """
    stays, count = facts.stays, len(facts.tables)
    until = np.where(completed != NEVER, completed, limit - 1)
    known = last_stay(stays, stays.entered <= until[stays.issue], count)
    place = np.where(crossing >= 0, crossing, known)
    # Without a stay that is known by then, the first entry decides as ever.
    place = np.where(place >= 0, place, facts.once(_first_stays))
    return facts.begun[place].copy()


def _where_set(wins: Instants | None, otherwise: Instants) -> Instants:
    return otherwise if wins is None else np.where(wins != NEVER, wins, otherwise)


def flow_set(
    facts: Dataset, as_of: int | None = None, since: int | None = None
) -> tuple[Completions, Positions, Sieve]:
    """What velocity, time, efficiency and distribution count: the issues that ended (positions), and the sieve that
    leaves out sub-tasks and epics, discarded issues, resolutions that are no completion, and incomplete histories, in
    this order.

    With `as_of`, filters, levels and resolutions are those of that instant. With `since`, only what ended at that
    instant (µs) or later.
    """
    found, then = known_at(facts, as_of), facts_at(facts, as_of)
    ended = (found.completed != NEVER) & (found.completed >= (NEVER if since is None else since))
    issue = np.flatnonzero(ended & (found.completed <= facts.now) & then.chosen)
    table = then.tables.issues
    sieve = of_level(then, issue)
    drop_discarded(facts, found, issue, sieve)
    codes, names = table["resolution"].cat.codes.to_numpy()[issue], table["resolution"].cat.categories
    for code in resolutions_meant(then.tables, facts.definitions.not_completed_resolutions):
        sieve.drop(codes == code, Exclusion.RESOLUTION, names[code])
    sieve.drop(~table["history_complete"].to_numpy()[issue], Exclusion.INCOMPLETE_HISTORY)
    return found, issue, sieve


def known_at(facts: Dataset, as_of: int | None) -> Completions:
    """The completions, worked out once for all metrics that look at the same instant."""
    return facts.once(completions) if as_of is None else facts.once(completions, as_of)


def drop_discarded(facts: Dataset, completed: Completions, issue: Positions, sieve: Sieve) -> None:
    """Leave out the issues that were discarded, each under the status in which it is."""
    names, status = facts.tables.statuses["name"].to_numpy(dtype=object), completed.status[issue]
    for code in np.flatnonzero(facts.roles.discarded):
        sieve.drop(status == code, Exclusion.DISCARDED, names[code])


def not_completed(facts: Dataset) -> Mask:
    """Issues that ended without being completed: discarded, or done with a resolution that is no completion.
    Boolean.
    """
    found = facts.once(completions)
    column = facts.tables.issues["resolution"]
    codes = resolutions_meant(facts.tables, facts.definitions.not_completed_resolutions)
    refused = np.isin(column.cat.codes.to_numpy(), codes)
    out: Mask = (refused | found.discarded) & (found.completed != NEVER)
    return out


@fact(
    "completed",
    STARTED,
    COMPLETED,
    Column("points", Kind.NUMBER, "its estimate; none where it has none", "points"),
    BY_RESOLUTION,
    BY_END_FIELD,
    title="Completed items",
    at="completion",
)
def completed_rows(facts: Dataset, as_of: int | None = None, since: int | None = None) -> Rows:
    """Completed items at their completion. Columns: started, completed (µs), points, by_resolution, by_end_field."""
    found, issue, sieve = flow_set(facts, as_of, since)
    points = facts_at(facts, as_of).field("story_points")
    return sieve.rows(
        found.completed[issue],
        issue,
        started=found.started[issue],
        completed=found.completed[issue],
        points=np.full(len(issue), np.nan) if points is None else points[issue],
        by_resolution=found.by_resolution[issue],
        by_end_field=found.by_end_field[issue],
    )


@fact(
    "flow_times",
    STARTED,
    COMPLETED,
    Column("days", Kind.NUMBER, "from start to completion", "days"),
    DAY_PRECISION,
    BY_START_FIELD,
    BY_END_FIELD,
    Column("checked", Kind.NUMBER, "the mapped flow time, for comparison", "days"),
    title="Completed items with their flow time",
    at="completion",
)
def flow_time_rows(facts: Dataset, as_of: int | None = None, since: int | None = None) -> Rows:
    """Completed items with a flow time, at their completion; those without one are left out (see `drop_without_span`).
    Where a named span is timed, start and end are those of the span.
    """
    found, issue, sieve = flow_set(facts, as_of, since)
    started, completed = found.started[issue], found.completed[issue]
    plain = day_precision(facts, found)[issue]
    ended, by_start, by_end = completed, found.by_start_field[issue], found.by_end_field[issue]
    if (span := facts.once(timed_span)) is None:
        drop_without_span(facts, found, issue, plain, sieve)
    else:
        limit = facts.now if as_of is None else as_of - 1
        times = span_times(facts, span, np.where(found.by_end_field, limit, found.completed))
        started, ended = times.begun[issue], times.ended[issue]
        plain, by_start, by_end = (np.zeros(len(issue), dtype=bool) for _ in range(3))
        sieve.drop((started == NEVER) & found.unrecorded[issue], Exclusion.NO_HISTORY)
        sieve.drop((started == NEVER) | (ended == NEVER), Exclusion.NOT_THROUGH_SPAN, span.way)
    days = spans(
        started,
        ended,
        plain,
        definition=facts.definitions.durations,
        zone=facts.zone,
        working=facts.definitions.working_time,
    )
    out = days_out(facts, facts.once(out_of_time), issue, started, ended, plain)
    days = np.where(out > 0, np.maximum(days - out, 0), days)
    checked = facts.field("flow_time_days") if span is None else None
    return sieve.rows(
        completed,
        issue,
        started=started,
        completed=ended,
        days=days,
        day_precision=plain,
        by_start_field=by_start,
        by_end_field=by_end,
        checked=np.full(len(issue), np.nan) if checked is None else checked[issue],
    )


def day_precision(facts: Dataset, completed: Completions) -> Mask:
    """Issues whose start or completion is a plain date, boolean."""
    plain = completed.by_start_field & facts.date_only("work_started_date")
    return plain | (completed.by_end_field & facts.date_only("work_completed_date"))


def drop_without_span(facts: Dataset, found: Completions, issue: Positions, plain: Mask, sieve: Sieve) -> None:
    """Leave out completed items whose start is unknown (no history), never was, or lies after the completion: without a
    mapped date that reads \"never in progress\", with one \"completed before it was started\".
    """
    started, completed = found.started[issue], found.completed[issue]
    sieve.drop((started == NEVER) & found.unrecorded[issue], Exclusion.NO_HISTORY).drop(
        started == NEVER, Exclusion.NEVER_IN_PROGRESS
    )
    late = backwards(started, completed, plain, facts.zone)
    by_field = found.by_start_field[issue] | found.by_end_field[issue]
    sieve.drop(late & ~by_field, Exclusion.NEVER_IN_PROGRESS).drop(late, Exclusion.COMPLETED_BEFORE_STARTED)


def out_of_time(facts: Dataset) -> Mask:
    """By stay: time that is no part of flow time, by the definitions in force."""
    out = np.zeros(len(facts.stays.issue), dtype=bool)
    if facts.definitions.subtract_reopened:
        out |= facts.stays.are(facts.roles.ended)
    if facts.definitions.backward_moves == "pause":
        out |= facts.back
    return out


def time_out(facts: Dataset, issue: Positions, started: Instants, completed: Instants) -> Microseconds:
    """µs between start and completion that are no part of flow time."""
    start, end = bounded(started, completed)
    return stayed(facts.stays.within(facts.once(out_of_time)), issue, start, end)


def days_out(
    facts: Dataset,
    chosen: Mask,
    issue: Positions,
    started: Instants,
    completed: Instants,
    plain: Mask,
    definition: str = "",
) -> Numbers:
    """Days between start and completion in the chosen stays, each measured like a duration: dates less dates, working
    time less working time.
    """
    out = np.zeros(len(issue))
    stays = facts.stays.within(chosen)
    if not len(stays.issue):
        return out
    start, end = bounded(started, completed)
    place = np.full(len(facts.tables), -1, dtype=np.int64)
    place[issue] = np.arange(len(issue))
    row = place[stays.issue]
    known = np.flatnonzero(row >= 0)
    row = row[known]
    entered, left = np.maximum(stays.entered[known], start[row]), np.minimum(stays.left[known], end[row])
    inside = left > entered
    row = row[inside]
    rule = facts.definitions
    definition = definition or rule.durations
    each = spans(
        entered[inside],
        left[inside],
        plain[row] | (definition == "inclusive_working_days"),
        # Both ends of the whole count once; what is taken out of its middle has no ends of its own.
        definition={"inclusive_days": "exclusive_days", "inclusive_working_days": "working_days"}.get(
            definition, definition
        ),
        zone=facts.zone,
        working=rule.working_time,
    )
    return np.bincount(row, weights=each, minlength=len(issue)).astype(np.float64)


def bounded(started: Instants, completed: Instants) -> tuple[Instants, Instants]:
    """Start and end of spans that run forward; the others become empty."""
    good = (started != NEVER) & (completed != NEVER) & (started <= completed)
    return np.where(good, started, 0), np.where(good, completed, 0)


def stayed(stays: StatusIntervals, issue: Positions, start: Instants, end: Instants) -> Microseconds:
    """µs of each [start, end) of an issue that lie in that issue's stays."""
    return overlap(issue, start, end, stays.issue, stays.entered, np.minimum(stays.left, FOREVER))
