"""Boards: which there are, which one a link means, and the sprints that were made on it."""

from __future__ import annotations

import numpy as np

from data.facts.attributes import sprints_passing
from data.facts.dataset import Dataset
from data.facts.sprint_statistics import stats
from data.facts.sprint_windows import FUTURE
from data.platform.logs import SECRETS
from data.values.arrays import Positions
from data.values.errors import NotThere
from data.values.names import name_key, same_name
from data.values.problem import Problem
from data.values.sprints import BoardChoice

UNKNOWN = "none"  # the link to sprints of which Jira names no board


class NoSuchSprint(NotThere):
    """A link names a sprint or board that is not in the data."""

    code = "no_such_sprint"

    def __init__(self, what: str, number: str) -> None:
        super().__init__(
            Problem(
                f"There is no {what} {number} in this data.",
                todo="The link may be old, or the query no longer holds its issues; choose one from the list.",
            )
        )


def choices(facts: Dataset) -> tuple[BoardChoice, ...]:
    """Boards with sprints first, by name; those that cannot be read under their number, sprints without board last."""
    tables = facts.tables
    boards, of_sprint = tables.boards, tables.sprints["board_id"].to_numpy()
    known = dict(zip(boards["board_id"].tolist(), boards.itertuples(index=False), strict=True))
    numbers, counts = np.unique(of_sprint[of_sprint >= 0], return_counts=True)
    made = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    found = [
        BoardChoice(str(n), row.name, made.get(n, 0), "Kanban board" if row.kind == "kanban" else "")
        for n, row in known.items()
    ]
    found += [BoardChoice(str(n), f"Board {n}", count, "not readable") for n, count in made.items() if n not in known]
    found.sort(key=lambda each: (not each.sprints, each.note == "not readable", name_key(each.name), each.id))
    if lost := int(np.count_nonzero(of_sprint < 0)):
        found.append(BoardChoice(UNKNOWN, "Unknown board", lost, "Jira names no board"))
    return tuple(found)


def made_on(facts: Dataset, board: str) -> Positions:
    """Positions of the sprints that were made on a board."""
    number = -1 if board == UNKNOWN else int(board)
    return np.flatnonzero(facts.tables.sprints["board_id"].to_numpy() == number)


def of_board(facts: Dataset, board: str) -> Positions:
    """Positions of those sprints of a board that pass the filters of sprint and board."""
    found = made_on(facts, board)
    return found[sprints_passing(facts.tables, facts.filters)[found]]


def board_of(facts: Dataset, asked: str | None) -> BoardChoice | None:
    """The board of a link, by default the one that closed a sprint last; None where there are no boards.

    Raises NoSuchSprint for one that there is not.
    """
    boards = choices(facts)
    return chosen_board(facts, boards, asked) if boards else None


def chosen_board(facts: Dataset, boards: tuple[BoardChoice, ...], asked: str | None) -> BoardChoice:
    """One of these boards, by its number or name. Raises NoSuchSprint."""
    if asked:
        named = (each for each in boards if same_name(each.name, asked))
        found = next((each for each in boards if each.id == asked), None) or next(named, None)
        if found is None:
            raise NoSuchSprint("board", SECRETS.shorten(asked, 20))
        return found
    table, state = facts.tables.sprints, facts.once(stats).windows.state
    begun = np.where(state == FUTURE, np.iinfo(np.int64).min, table["started"].to_numpy())
    passing = sprints_passing(facts.tables, facts.filters)
    if passing.any():
        begun, table = begun[passing], table[passing]
    if not len(begun):
        return boards[0]
    last = int(table["board_id"].iloc[int(np.argmax(begun))])
    return next(each for each in boards if each.id == (UNKNOWN if last < 0 else str(last)))
