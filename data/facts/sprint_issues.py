"""What the sprint metrics look at: every issue of every closed sprint, at the instant of its close."""

from __future__ import annotations

import numpy as np

from data.facts.attributes import sprints_passing
from data.facts.columns import Column, Kind, fact
from data.facts.dataset import Dataset
from data.facts.query import MetricQuery, Missing
from data.facts.rows import Rows, Sieve
from data.facts.sprint_reading import in_points
from data.facts.sprint_scope import EXCLUDED, scope
from data.facts.sprint_statistics import LISTED, SUMS, stats
from data.facts.sprint_windows import BEFORE_DATA, CLOSED, PROBLEMS
from data.facts.switches import FINISHED
from data.values.details import Details
from data.values.exclusion import Exclusion

SWITCHES = (*FINISHED, "not_completed_resolutions", "sprint_completion")
NOTHING = "No sprint was closed between these dates."
NOTHING_COMMITTED = "No sprint was closed between these dates, or nothing was committed in them."


@fact(
    "sprint_issues",
    Column("sprint", Kind.CODE, "place in the table of sprints"),
    Column("planned", Kind.NUMBER, "committed at the start", "points, or issues where points are not mapped"),
    Column("added", Kind.NUMBER, "added after the start", "points, or issues where points are not mapped"),
    Column("removed", Kind.NUMBER, "removed after the start", "points, or issues where points are not mapped"),
    Column("done", Kind.NUMBER, "completed in the sprint", "points, or issues where points are not mapped"),
    Column(
        "spilled",
        Kind.NUMBER,
        "committed, still in it and neither done nor discarded at the close",
        "points, or issues where points are not mapped",
    ),
    Column("outside", Kind.FLAG, "done at the close, but completed outside of this sprint"),
    Column("discarded", Kind.FLAG, "discarded at the close"),
    Column("score", Kind.NUMBER, "problematic score of the sprint", "score"),
    Column("started", Kind.INSTANT, "start of the sprint"),
    Column("completed", Kind.INSTANT, "close of the sprint"),
    title="Issues of closed sprints",
    at="close of the sprint",
)
def sprint_rows(facts: Dataset) -> Rows:
    """One row for each issue of a closed sprint, at its close. Columns: sprint (position), planned, added, removed,
    done, spilled (points where mapped, else 1 for each issue), outside, discarded (boolean), score (of the sprint,
    NaN for none), started, completed (µs).
    """
    found, made = facts.once(scope), facts.once(stats)
    window = made.windows
    part = found.reason != 0
    for name in (*SUMS, *LISTED):
        part = part | found[name]
    asked = (window.state == CLOSED) & sprints_passing(facts.tables, facts.filters)
    kept = np.flatnonzero(part & asked[found.sprint])
    sprint, issue, reason = found.sprint[kept], found.issue[kept], found.reason[kept]
    sieve = Sieve(len(kept))
    for n, why in enumerate(EXCLUDED, 1):
        sieve.drop(reason == n, why)
    sieve.drop(window.problem[sprint] == BEFORE_DATA, Exclusion.OF_A_SPRINT, PROBLEMS[BEFORE_DATA])
    amounts = {name: found.amount(name)[kept] for name in SUMS}
    summed = np.any([found[name][kept] for name in SUMS], axis=0)
    sieve.drop(found["discarded"][kept] & ~summed, Exclusion.DISCARDED_IN_SPRINT)
    sieve.drop(found["outside"][kept] & ~summed, Exclusion.COMPLETED_OUTSIDE)
    return sieve.rows(
        window.close[sprint],
        issue,
        sprint=sprint,
        planned=amounts["committed"],
        added=amounts["added"],
        removed=amounts["removed"],
        done=amounts["completed"],
        spilled=amounts["spilled"],
        outside=found["outside"][kept],
        discarded=found["discarded"][kept],
        score=made.score[sprint],
        started=window.start[sprint],
        completed=window.close[sprint],
    )


def no_points(facts: Dataset) -> Missing | None:
    """What to map before there are story points."""
    if in_points(facts):
        return None
    return Missing("Map “Story points” to count what is planned in points.", ("story_points",))


def part_in(rows: Rows) -> list[str]:
    """What each issue was in its sprint, in words."""
    words = (
        ("planned", "committed"),
        ("added", "added"),
        ("removed", "removed"),
        ("done", "completed"),
        ("spilled", "spilled over"),
        ("outside", "completed outside of this sprint"),
        ("discarded", "discarded"),
    )
    return [", ".join(word for name, word in words if rows.columns[name][n]) or "no estimate" for n in range(len(rows))]


def unit_of(query: MetricQuery) -> str:
    """points | issues"""
    return "points" if in_points(query.facts) else "issues"


def sprints_in(rows: Rows, query: MetricQuery) -> str:
    """3 sprints of 2 boards that closed in the period."""
    places = np.unique(rows["sprint"])
    boards = len(set(query.facts.tables.sprints["board_id"].to_numpy()[places].tolist()))
    of_boards = f" of {boards} boards" if boards > 1 else ""
    return f"{len(places)} sprint{'s' * (len(places) != 1)}{of_boards} that closed in the period"


def explained(rows: Rows, query: MetricQuery, *steps: str) -> Details:
    """What the detail says of a ratio of sums: of how many sprints it is, what it counts in, and how it was
    calculated.
    """
    notes = [f"{sprints_in(rows, query)}, in {unit_of(query)}."]
    if not in_points(query.facts):
        notes.append("Story points are not mapped.")
    if len(np.unique(rows["sprint"])) > 1:
        steps = (*steps, "Sums over all of them, so that a small sprint weighs little.")
    return {"notes": notes, "steps": list(steps)}


def points_explained(rows: Rows, query: MetricQuery, amount: str, done_to_them: str) -> Details:
    """What the detail says of a sum of points: the points of each sprint. `done_to_them`: committed, completed …"""
    each = np.bincount(np.unique(rows["sprint"], return_inverse=True)[1], weights=rows[amount]) if rows.used else ()
    if not len(each):
        return {"notes": ["No sprint."], "steps": [f"0 points {done_to_them}."]}
    terms = " + ".join(f"{n:g}" for n in each[:12]) + (" + …" if len(each) > 12 else "")
    return {
        "notes": [f"{sprints_in(rows, query)}, {np.mean(each):.3g} points each."],
        "steps": [f"{terms} = {np.sum(each):g} points {done_to_them}."],
    }
