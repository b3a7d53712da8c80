"""Sprints for those who ask: boards, a board's sprints with their numbers, one sprint with its issues, files."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.exports.csv import csv_text
from data.exports.xlsx import Sheet, instant, xlsx
from data.facts.dataset import Dataset
from data.facts.sprint_reading import in_points
from data.facts.sprint_statistics import LISTED, PARTS, SUMS, weights_of
from data.platform.logs import SECRETS
from data.services.sites import Sites, browse_url
from data.services.status import StatusService
from data.services.view import Snapshot, View
from data.settings.filter_fields import filter_words
from data.sprints.boards import NoSuchSprint, choices, chosen_board, made_on, of_board
from data.sprints.lists import burnup, issue_lists
from data.sprints.values import TITLES, newest_first, older_than_data, sprint_row, summary
from data.values.arrays import Positions
from data.values.periods import zone_named
from data.values.problem import Problem
from data.values.sprints import BoardChoice, OneSprint, SprintRow, Sprints
from data.values.unread import of_result

MOST_ROWS = 60  # sprints in the page; the file has them all
COLUMNS = (
    "sprint_id", "sprint", "board", "state", "start", "planned_end", "completed_at", "unit", "committed", "added",
    "removed", "completed", "spilled_over", "spillover_ratio", "scope_churn_ratio", "accuracy_abs", "committed_issues",
    "added_issues", "removed_issues", "completed_issues", "spilled_over_issues", "reopened", "blocked_hours", "bugs",
    *(f"z_{name}" for name in PARTS), "sprint_problematic_score", "no_score_because", "left_out", "notes",
    "completed_outside_issues", "discarded_issues",
)  # a table: kept in its rows  # fmt: skip
INSTANTS = frozenset({"start", "planned_end", "completed_at"})


class SprintsService:
    """Boards and sprints of a view."""

    def __init__(self, sites: Sites, status: StatusService) -> None:
        self._sites = sites
        self._status = status

    def page(self, view: View, board: str | None = None) -> Sprints:
        """A board's sprints, by default of the board that closed one last. Raises NoSuchSprint, JiraError."""
        facts = self._sites.data(view.snapshot).dataset(view)
        boards = choices(facts)
        if not boards:
            return Sprints(problem=_nothing(view.snapshot))
        chosen = chosen_board(facts, boards, board)
        places = newest_first(facts, of_board(facts, chosen.id))
        rows = tuple(sprint_row(facts, int(place), chosen.name) for place in places[:MOST_ROWS])
        weights = weights_of(facts)
        return Sprints(
            boards=boards,
            board=chosen,
            unit="points" if in_points(facts) else "issues",
            rows=rows,
            total=len(places),
            summary=summary(facts, places),
            weights=tuple((TITLES[name], weights[name]) for name in PARTS),
            notes=tuple(_notes(facts, places)),
            problem=None if len(places) else _no_sprints(chosen),
        )

    def sprint(self, number: str, view: View) -> OneSprint:
        """One sprint with its issues. Raises NoSuchSprint, JiraError."""
        data = self._sites.data(view.snapshot)
        facts = data.dataset(view)
        ids = facts.tables.sprints["sprint_id"].to_numpy()
        known = number.isdecimal() and len(number) < 19
        found = np.flatnonzero(ids == int(number)).tolist() if known else []
        if not found:
            raise NoSuchSprint("sprint", SECRETS.shorten(number, 20))
        place = int(found[0])
        board = next(each for each in choices(facts) if place in made_on(facts, each.id))
        order = newest_first(facts, made_on(facts, board.id))
        at = int(np.flatnonzero(order == place)[0])
        return OneSprint(
            row=sprint_row(facts, place, board.name),
            unit="points" if in_points(facts) else "issues",
            board=board,
            lists=issue_lists(facts, place, lambda ids: data.summaries(view.snapshot, ids), browse_url(view.snapshot)),
            burnup=burnup(facts, place),
            before=_named(facts, order, at + 1),
            after=_named(facts, order, at - 1),
        )

    def table(self, view: View, board: str | None = None) -> tuple[tuple[str, ...], list[list[Any]]]:
        """All sprints of a board, or of all boards, as columns and rows."""
        facts = self._sites.data(view.snapshot).dataset(view)
        boards = choices(facts)
        wanted = boards if board is None else [chosen_board(facts, boards, board)]
        unit = "points" if in_points(facts) else "issues"
        rows = [
            _cells(sprint_row(facts, int(place), each.name), unit)
            for each in wanted
            for place in newest_first(facts, of_board(facts, each.id))
        ]
        return COLUMNS, rows

    def csv(self, view: View, board: str | None = None, count: int | None = None) -> str:
        """The same as CSV, at most `count` sprints."""
        columns, rows = self.table(view, board)
        return csv_text(columns, rows[:count])

    def why_none(self, view: View) -> str:
        """Why there are no sprints to list."""
        facts = self._sites.data(view.snapshot).dataset(view)
        if len(facts.tables.sprints):
            return "No sprint passes the filters."
        return str(_nothing(view.snapshot))

    def xlsx(self, view: View, board: str | None = None) -> bytes:
        """The same as a workbook, dates in the zone of the page, with a second sheet that says what it is."""
        status = self._status.of(view.snapshot)
        filters = view.filters
        columns, rows = self.table(view, board)
        told = [
            ("Site", status.site_title or status.site_url),
            ("Query", status.jql),
            ("Time zone of all dates", status.zone),
            ("Data as of", instant(status.synced_at) or "not synced yet"),
            *filter_words(filters),
            ("Measured with", "; ".join(f"{name} = {value}" for name, value in filters.definitions)),
        ]
        about = Sheet("About", ("What", "Value"), [each for each in told if each[1]])
        sheets = [Sheet("Sprints", columns, rows, INSTANTS), about]
        return xlsx(sheets, zone_named(status.zone), view.now)


def _nothing(snapshot: Snapshot) -> Problem:
    """Why there are neither boards nor sprints."""
    head = snapshot.synced
    refused = [each for each in of_result(head.last_result if head else None) if each.what == "boards"]
    if refused:
        return Problem("Jira did not show any boards.", refused[0].why, f"{refused[0].todo} Then sync.")
    return Problem(
        "There are no boards and no sprints in this data.",
        "The projects of the query have no board, or this Jira has no Jira Software.",
        "If the team works in sprints, check that the query names its projects and that this account may see them.",
        "info",
    )


def _named(facts: Dataset, order: Positions, at: int) -> tuple[str, str] | None:
    if not 0 <= at < len(order):
        return None
    row = facts.tables.sprints.iloc[int(order[at])]
    return str(row["sprint_id"]), str(row["name"])


def _no_sprints(board: BoardChoice) -> Problem:
    if board.note == "Kanban board":
        return Problem(
            f"{board.name} is a Kanban board: it has no sprints.",
            "",
            "The Flow tab measures work without sprints.",
            "info",
        )
    return Problem(
        f"No sprint was made on {board.name} yet.",
        "A sprint belongs to the board on which it was made.",
        "Plan one in Jira, or choose another board; then sync.",
        "info",
    )


def _notes(facts: Dataset, places: Positions) -> list[str]:
    notes = []
    if "story_points" in facts.pending:
        notes.append("Story points are mapped but not fetched yet: counted in issues until the next sync.")
    elif not in_points(facts):
        notes.append("Counted in issues. Map “Story points” to count in points.")
    if old := older_than_data(facts, places):
        notes.append(
            f"{old} sprint{'s' * (old != 1)} started before the first day that the query covers: shown, but in "
            "no average and no score."
        )
    if facts.filters:
        notes.append("Only issues that match the filters are counted.")
    return notes


def _cells(row: SprintRow, unit: str) -> list[Any]:
    part = {each.name: each for each in row.parts}
    return [
        int(row.id),
        row.name,
        row.board,
        row.state,
        row.start,
        row.ends,
        row.close,
        unit,
        *(getattr(row, name) for name in SUMS),
        row.spillover,
        row.churn,
        row.accuracy,
        *(row.issues.get(name) if row.committed is not None else None for name in SUMS),
        *(part[name].value for name in ("reopened", "blocked", "bugs")),
        *(part[name].z for name in PARTS),
        row.score,
        row.no_score,
        "; ".join(f"{why}: {n}" for why, n in row.left_out),
        " ".join(row.notes),
        *(row.issues.get(name) if row.committed is not None else None for name in LISTED),
    ]
