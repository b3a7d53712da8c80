"""What the charts of sprints share: which board's sprints, their names on an axis, and the issues behind each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from data.charts.catalogue import ChartQuery
from data.charts.drawing import Drawing, Drilldown, by_code, nothing
from data.facts.columns import Subject
from data.facts.dataset import Dataset
from data.facts.rows import Rows, Subjects
from data.facts.sprint_reading import in_points
from data.facts.sprint_scope import REASONS, scope
from data.facts.sprint_statistics import Stats, stats
from data.sprints.boards import board_of, of_board
from data.sprints.values import newest_first
from data.values.arrays import Positions
from data.values.sprints import BoardChoice

BOARD = "board"  # name in the view
DRAWN = 20  # the newest sprints; the table has all
WORDS = {
    "committed": "committed",
    "added": "added",
    "removed": "removed",
    "completed": "completed",
    "spilled": "spilled over",
}


@dataclass(frozen=True)
class Board:
    """The closed sprints of a board whose numbers stand, the oldest first. `first`: place of the first that is
    drawn.
    """

    facts: Dataset
    choice: BoardChoice
    places: Positions  # positions in the table of sprints
    ids: list[str]
    names: list[str]
    stats: Stats

    @property
    def unit(self) -> str:
        return "points" if in_points(self.facts) else "issues"

    @property
    def first(self) -> int:
        return max(len(self.places) - DRAWN, 0)

    @property
    def labels(self) -> list[str]:
        """The names on the axis: no two alike, without the words that all begin with."""
        head = _shared_head(self.names)
        twice = Counter(self.names)
        return [
            f"{name.removeprefix(head)} ({number})" if twice[name] > 1 else name.removeprefix(head)
            for name, number in zip(self.names, self.ids, strict=True)
        ]

    @property
    def axis(self) -> str:
        """What the labels left away."""
        head = _shared_head(self.names).strip()
        return f"{head} …" if head else "Sprints, by their close"

    @property
    def thinned(self) -> str:
        return (
            f"The last {DRAWN} of {len(self.places)} closed sprints are drawn; the table has all." if self.first else ""
        )

    def sums(self, name: str) -> list[float]:
        """A sum of each sprint, in points or issues."""
        out: list[float] = self.stats.sums[name][self.places].tolist()
        return out

    def issues(self, name: str) -> list[int]:
        """How many issues of each sprint have a flag."""
        out: list[int] = self.stats.counts[name][self.places].astype(np.int64).tolist()
        return out


def _shared_head(names: list[str]) -> str:
    """
    >>> _shared_head(["SHOP Sprint 1", "SHOP Sprint 12"]), _shared_head(["Sprint 1"]), _shared_head(["A 1", "A"])
    ('SHOP Sprint ', '', '')
    >>> _shared_head(["Sprint ", "Sprint 1"])  # nothing would be left of one of them
    ''
    """
    if len(set(names)) < 2:
        return ""
    low, high = min(names), max(names)
    same = next((n for n, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), len(low))
    head = low[:same].rpartition(" ")
    return head[0] + head[1] if all(len(each) > len(head[0]) + 1 for each in names) and head[1] else ""


def board_asked(query: ChartQuery) -> Board | Drawing:
    """The board that the view names, by default the one that closed a sprint last; or why there is nothing to draw.

    Raises NoSuchSprint for a board that there is not.
    """
    facts = query.facts
    choice = board_of(facts, query.option(BOARD) or None)
    if choice is None:
        return nothing("There are no boards and no sprints in this data.")
    made = facts.once(stats)
    order = newest_first(facts, of_board(facts, choice.id))
    places = order[made.windows.counts[order]][::-1]
    if not len(places):
        return nothing(
            f"No sprint of {choice.name} has been closed yet (in the data).", todo="Choose another board above."
        )
    table = facts.tables.sprints
    ids, names = table["sprint_id"].to_numpy()[places], table["name"].to_numpy(dtype=object)[places]
    return Board(facts, choice, places, [str(each) for each in ids], [str(each) for each in names], made)


def issues_behind(board: Board, *flags: str) -> Drilldown:
    """Points that stand for the issues of a sprint with one of these flags: "<sprint>", or "<sprint>|<flag>" for one
    flag.

    Issues that no number counts stand with their sprint too, with the reason.
    """
    found = board.facts.once(scope)
    place = np.full(len(board.stats), -1, dtype=np.int64)
    place[board.places] = np.arange(len(board.places))
    mine = place[found.sprint] >= 0
    kept = [np.flatnonzero(mine & (found[flag] | (found.reason != 0))) for flag in flags]
    chosen = np.concatenate(kept)
    part = np.repeat(np.arange(len(flags)), [len(each) for each in kept])
    if len(flags) > 1:  # those left out are in no part: they stand there once
        once = (found.reason[chosen] == 0) | (part == 0)
        chosen, part = chosen[once], part[once]
    amount = np.concatenate([found.amount(flag) for flag in flags]).reshape(len(flags), -1)[part, chosen]
    close = board.stats.windows.close[found.sprint[chosen]]
    order = np.argsort(close, kind="stable")
    chosen, part, amount, close = chosen[order], part[order], amount[order], close[order]
    rows = Rows(
        close,
        Subjects.all(Subject.ISSUE, found.issue[chosen]),
        found.reason[chosen].astype(np.int16),
        REASONS,
        {"amount": amount, "part": part},
    )
    tokens = [token_of(each, flag, flags) for each in board.ids for flag in flags]
    code = place[found.sprint[chosen]] * len(flags) + part
    named = dict(zip(board.ids, board.names, strict=True))

    def label(token: str) -> str:
        sprint, _, flag = token.partition("|")
        return f"{named[sprint]}: {WORDS[flag or flags[0]]}"

    return by_code(rows, code, tokens).showing(
        label=label,
        values="amount",
        unit=board.unit if board.unit == "points" else "",
        outcome_title="In the sprint",
        outcome=lambda some: [WORDS[flags[n]] for n in some.columns["part"].tolist()],
    )


def token_of(sprint: str, flag: str, flags: tuple[str, ...]) -> str:
    """The token of a sprint's issues with one flag."""
    return sprint if len(flags) == 1 else f"{sprint}|{flag}"


def links(board: Board, flag: str, flags: tuple[str, ...]) -> list[str]:
    """Tokens of the sprints that have such issues; "" for the others."""
    counts = board.stats.counts[flag][board.places]
    return [token_of(each, flag, flags) if n else "" for each, n in zip(board.ids, counts.tolist(), strict=True)]
