"""Numbers of every sprint at once: sums, ratios, z-scores on its board, and the problematic score with its parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.facts.dataset import Dataset
from data.facts.sprint_scope import REASONS, Scope, scope
from data.facts.sprint_windows import Windows, windows
from data.platform.telemetry import span
from data.settings.parts import SprintWeights
from data.values.arrays import Codes, Counts, Mask, Numbers

# Parts of the score: the names of their weights, and of the metric that says the same of a period.
PARTS = {
    "spillover": "spillover_ratio",
    "churn": "scope_churn_ratio",
    "reopened": "reopened_count",
    "blocked": "blocked_hours",
    "bugs": "bug_count",
    "accuracy": "accuracy_abs",
}
DEFAULT_WEIGHTS = SprintWeights().model_dump()
FEWEST = 3  # fewer sprints give no z-score
SUMS = ("committed", "added", "removed", "completed", "spilled")
LISTED = ("outside", "discarded")  # counted, and in no sum


@dataclass(frozen=True)
class Stats:
    """One value a sprint; NaN where there is none.

    sums, counts: committed, added, removed, completed, spilled in points (or issues), and always in issues; counts
    also of outside and discarded.
    measures: spillover, churn, accuracy (ratios), reopened, bugs (issues), blocked (hours), committed, completed.
    group: the board as a number, -1 where it is not known. mean, sd, z: of each measure on that board.
    """

    windows: Windows
    scope: Scope
    sums: dict[str, Numbers]
    counts: dict[str, Numbers]
    extra: dict[str, Numbers]
    measures: dict[str, Numbers]
    group: Codes
    size: Counts  # sprints of the board that z-scores are made of
    mean: dict[str, Numbers]
    sd: dict[str, Numbers]
    z: dict[str, Numbers]
    score: Numbers

    def __len__(self) -> int:
        return len(self.group)

    def left_out(self) -> Counts:
        """How many issues are left out, by sprint (rows) and reason (columns, as in REASONS)."""
        width = len(REASONS)
        flat = np.bincount(self.scope.sprint * width + self.scope.reason, minlength=len(self) * width)
        return flat.reshape(len(self), width)


@span("calculation", family="sprints")
def stats(facts: Dataset) -> Stats:
    """All sprints of the view."""
    open_, found = facts.once(windows), facts.once(scope)
    count = len(open_)
    counted = found.reason == 0

    def total(values: Numbers) -> Numbers:
        out = np.bincount(found.sprint, weights=values, minlength=count).astype(float)
        out[~open_.readable] = np.nan
        return out

    sums = {name: total(found.amount(name)) for name in SUMS}
    counts = {name: total(found[name] & counted) for name in (*SUMS, *LISTED)}
    both = found["committed"] & found["at_close"] & counted
    extra = {
        "reestimated": total(np.where(both, found.at_close - found.at_start, 0.0)),
        "unestimated": total(found.unestimated & found["at_close"] & counted),
        "unfinished": total(found["unfinished"] & counted),
    }
    measures = {
        **ratios(sums),
        "reopened": total(np.where(counted, found.reopened, 0)),
        "blocked": total(np.where(counted, found.blocked, 0.0)),
        "bugs": total(found.bug & (found["committed"] | found["added"]) & counted),
        "committed": sums["committed"],
        "completed": sums["completed"],
    }
    group = _groups(facts)
    eligible = open_.counts & (group >= 0)
    scores = {name: z_scores(values, group, eligible) for name, values in measures.items()}
    z = {name: each[2] for name, each in scores.items()}
    return Stats(
        open_,
        found,
        sums,
        counts,
        extra,
        measures,
        group,
        _sizes(group, eligible),
        {name: each[0] for name, each in scores.items()},
        {name: each[1] for name, each in scores.items()},
        z,
        weighed(z, weights_of(facts)),
    )


def ratios(sums: dict[str, Numbers]) -> dict[str, Numbers]:
    """Spillover, churn and accuracy; NaN where nothing was committed.

    >>> made = ratios({name: np.array([float(n)]) for name, n in zip(SUMS, (10, 2, 1, 8, 3))})
    >>> [round(float(made[name][0]), 3) for name in ("spillover", "churn", "accuracy")]
    [0.3, 0.3, 0.2]
    """
    committed = np.where(sums["committed"] > 0, sums["committed"], np.nan)
    return {
        "spillover": sums["spilled"] / committed,
        "churn": (sums["added"] + sums["removed"]) / committed,
        "accuracy": np.abs(sums["completed"] - sums["committed"]) / committed,
    }


def z_scores(values: Numbers, group: Codes, eligible: Mask) -> tuple[Numbers, Numbers, Numbers]:
    """Mean, sample standard deviation and z of each value among those of its group; NaN where there is none.

    Only eligible values that are there count; fewer than 3 of them in a group ⇒ NaN; all alike ⇒ 0.

    >>> one = np.zeros(4, dtype=int); yes = np.ones(4, dtype=bool)
    >>> z_scores(np.array([1.0, 2.0, 3.0, np.nan]), one, yes)[2].tolist()
    [-1.0, 0.0, 1.0, nan]
    """
    means, deviations, out = (np.full(len(values), np.nan) for _ in range(3))
    used = np.flatnonzero(eligible & ~np.isnan(values))
    if not len(used):
        return means, deviations, out
    here, those = values[used], group[used]
    width = int(those.max()) + 1
    count = np.bincount(those, minlength=width)
    mean = np.bincount(those, weights=here, minlength=width) / np.maximum(count, 1)
    low, high = np.full(width, np.inf), np.full(width, -np.inf)
    np.minimum.at(low, those, here)
    np.maximum.at(high, those, here)
    alike = low == high  # rounding would give a tiny deviation, and that a huge z
    mean[alike] = low[alike]
    spread = np.bincount(those, weights=(here - mean[those]) ** 2, minlength=width)
    sd = np.where(alike, 0.0, np.sqrt(spread / np.maximum(count - 1, 1)))
    enough = count[those] >= FEWEST
    at, those, here = used[enough], those[enough], here[enough]
    means[at], deviations[at] = mean[those], sd[those]
    out[at] = np.divide(here - mean[those], sd[those], out=np.zeros(len(at)), where=sd[those] > 0)
    return means, deviations, out


def weights_of(facts: Dataset) -> dict[str, float]:
    """Part of the score → its weight; together 1."""
    chosen = facts.definitions.sprint_weights
    return {name: float(getattr(chosen, name)) for name in PARTS}


def weighed(z: dict[str, Numbers], weights: dict[str, float]) -> Numbers:
    """Σ weight × z; NaN where a part that weighs anything is missing."""
    used = [weights[name] * z[name] for name in PARTS if weights[name]]
    return np.sum(used, axis=0) if used else np.zeros(len(z["spillover"]))


def _groups(facts: Dataset) -> Codes:
    """The board of each sprint as a number from 0, also one that cannot be read; -1 where Jira names none."""
    board = facts.tables.sprints["board_id"].to_numpy()
    known = np.unique(board[board >= 0])
    return np.where(board >= 0, np.searchsorted(known, board), -1)


def _sizes(group: Codes, eligible: Mask) -> Counts:
    count = np.bincount(group[eligible], minlength=int(group.max(initial=-1)) + 1)
    return np.where(group >= 0, np.append(count, 0)[group], 0)
