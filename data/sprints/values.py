"""Numbers of sprints as the plain values that doors show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from data.facts.dataset import Dataset
from data.facts.days import percentile
from data.facts.sprint_reading import in_points
from data.facts.sprint_scope import REASONS
from data.facts.sprint_statistics import FEWEST, LISTED, PARTS, SUMS, Stats, ratios, stats, weights_of
from data.facts.sprint_windows import ACTIVE, BEFORE_DATA, CLOSED, PROBLEMS, STATES
from data.tables.frames import NEVER
from data.values.arrays import Positions
from data.values.metric_value import iso
from data.values.sprints import Part, SprintRow, Summary

TITLES = {
    "spillover": "Spilled over",
    "churn": "Scope change",
    "reopened": "Reopened",
    "blocked": "Blocked time",
    "bugs": "Bugs",
    "accuracy": "Distance from the plan",
}
UNITS = {
    "spillover": "share",
    "churn": "share",
    "reopened": "times",
    "blocked": "hours",
    "bugs": "issues",
    "accuracy": "share",
}
AT_CLOSE = ("spilled", "spillover", "accuracy")  # not known before a sprint is closed
RECENT = 6  # sprints that the summary speaks of
PERCENTILES = (15, 50, 85)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(us: int) -> str | None:
    """ISO 8601; None for NEVER."""
    return None if us == NEVER else iso(_EPOCH + timedelta(microseconds=int(us)))


def number(value: float) -> float | None:
    """None for NaN."""
    return None if np.isnan(value) else float(value)


def sprint_row(facts: Dataset, place: int, board: str) -> SprintRow:
    """The sprint at a position."""
    found, table = facts.once(stats), facts.tables.sprints
    weights = weights_of(facts)
    closed = found.windows.state[place] == CLOSED
    measures = {
        name: number(each[place]) if closed or name not in AT_CLOSE else None for name, each in found.measures.items()
    }
    parts = tuple(
        Part(
            name,
            TITLES[name],
            measures[name],
            UNITS[name],
            number(found.mean[name][place]),
            number(found.sd[name][place]),
            number(found.z[name][place]),
            weights[name],
        )
        for name in PARTS
    )
    problem = PROBLEMS[found.windows.problem[place]]
    return SprintRow(
        id=str(table["sprint_id"].iloc[place]),
        name=str(table["name"].iloc[place]),
        board=board,
        state=STATES[found.windows.state[place]],
        start=instant(table["started"].iloc[place]),
        ends=instant(table["ends"].iloc[place]),
        close=instant(table["completed"].iloc[place]) if closed else None,
        **{name: number(found.sums[name][place]) if closed or name not in AT_CLOSE else None for name in SUMS},
        **{name: measures[name] for name in ("spillover", "churn", "accuracy")},
        score=number(found.score[place]),
        parts=parts,
        issues={name: int(np.nan_to_num(found.counts[name][place])) for name in (*SUMS, *LISTED)},
        notes=tuple(_notes(facts, found, place)),
        left_out=tuple((REASONS[n], int(each)) for n, each in enumerate(found.left_out()[place]) if n and each),
        problem=problem[:1].upper() + problem[1:],
        no_score=_no_score(found, place, parts),
    )


def _no_score(stats: Stats, place: int, parts: tuple[Part, ...]) -> str:
    """Why a sprint has no problematic score; empty where it has one."""
    if not np.isnan(stats.score[place]):
        return ""
    state, problem = stats.windows.state[place], int(stats.windows.problem[place])
    if problem:
        return f"{PROBLEMS[problem][:1].upper()}{PROBLEMS[problem][1:]}."
    if state != CLOSED:
        return "It is still open." if state == ACTIVE else "It has not started."
    if stats.group[place] < 0:
        return "Jira does not say on which board it was made, so there is nothing to compare it with."
    missing = [each.title.lower() for each in parts if each.weight and each.value is None]
    if missing:
        return f"Nothing was committed, so there is no {_listed(missing)}."
    return f"The board has fewer than {FEWEST} closed sprints to compare with."


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _notes(facts: Dataset, stats: Stats, place: int) -> list[str]:
    extra = {name: float(np.nan_to_num(each[place])) for name, each in stats.extra.items()}
    unit = "points" if in_points(facts) else "issues"
    notes = []
    if extra["reestimated"]:
        notes.append(f"Estimates of what was committed changed by {extra['reestimated']:+g} {unit} in all.")
    if extra["unestimated"]:
        notes.append(f"{_issues(extra['unestimated'], 'has', 'have')} no estimate at the end: 0 points.")
    outside, discarded = (float(np.nan_to_num(stats.counts[name][place])) for name in LISTED)
    if outside:
        notes.append(
            f"{_issues(outside, 'was', 'were')} completed outside of this sprint: before it came in, before the "
            "start, or "
            "while it was not in it. Not in the sum of what was completed."
        )
    if discarded:
        notes.append(f"{_issues(discarded, 'was', 'were')} discarded: neither completed nor spilled over.")
    return notes


def _issues(count: float, one: str, many: str) -> str:
    return f"{count:.0f} issue {one}" if count == 1 else f"{count:.0f} issues {many}"


def summary(facts: Dataset, places: Positions) -> Summary | None:
    """The last closed sprints among these (positions, the newest first); None without any."""
    found = facts.once(stats)
    closed = places[found.windows.counts[places]]
    if not len(closed):
        return None
    last, method = closed[:RECENT], facts.definitions.percentile
    velocity, every = found.sums["completed"][last], found.sums["completed"][closed]
    shares = pooled(found, last)
    return Summary(
        sprints=len(last),
        mean=float(velocity.mean()),
        low=float(velocity.min()),
        high=float(velocity.max()),
        spillover=shares["spillover"],
        churn=shares["churn"],
        accuracy=shares["accuracy"],
        all_sprints=len(closed),
        percentiles=tuple((share, percentile(every, share, method) or 0.0) for share in PERCENTILES),
    )


def pooled(stats: Stats, places: Positions) -> dict[str, float | None]:
    """Spillover, churn and accuracy of several sprints together: sums over sums, so that a small sprint weighs
    little.
    """
    sums = {name: np.array([np.nansum(each[places])]) for name, each in stats.sums.items()}
    away = np.nansum(np.abs(stats.sums["completed"][places] - stats.sums["committed"][places]))
    made = ratios(sums)
    made["accuracy"] = np.divide(away, sums["committed"], out=np.full(1, np.nan), where=sums["committed"] > 0)
    return {name: number(each[0]) for name, each in made.items()}


def newest_first(facts: Dataset, places: Positions) -> Positions:
    """Future sprints, then active ones, then closed ones, the newest of each first."""
    found, table = facts.once(stats), facts.tables.sprints
    key = np.where(found.windows.state == CLOSED, table["completed"].to_numpy(), table["started"].to_numpy())
    key = np.where(key == NEVER, table["started"].to_numpy(), key)
    order = np.lexsort((table["sprint_id"].to_numpy()[places], key[places], -found.windows.state[places]))
    return places[order[::-1]]


def older_than_data(facts: Dataset, places: Positions) -> int:
    """Sprints that began before the query holds everything."""
    return int(np.count_nonzero(facts.once(stats).windows.problem[places] == BEFORE_DATA))
