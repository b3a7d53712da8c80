"""The issues of one sprint under the headings committed, added, removed, completed, spilled over; and its burn-up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data.facts.dataset import Dataset
from data.facts.sprint_scope import REASONS, Scope, amounts_at, done_before, in_points, scope, stints
from data.facts.sprint_windows import FUTURE, windows
from data.sprints.values import instant
from data.tables.frames import NEVER
from data.values.arrays import Numbers, Positions
from data.values.sprints import Burnup, IssueList, SprintIssue

Summaries = Callable[[list[int]], dict[int, tuple[str, str]]]
MOST_ISSUES = 200  # in one list
_STEPS = 60  # points of a burn-up
LISTS = (
    ("committed", "Committed", "In the sprint at its start, and not done before."),
    ("added", "Added", "Came in after the start and stayed."),
    ("removed", "Removed", "Was committed and taken out before the close."),
    ("completed", "Completed", "In the sprint and done just before its close, added ones included."),
    ("spilled", "Spilled over", "Committed, still in the sprint and not done at its close."),
)


def issue_lists(facts: Dataset, place: int, summaries: Summaries, site: str) -> tuple[IssueList, ...]:
    """Lists that have issues, those left out at the end. `site`: where issues are read, "" for nowhere."""
    found = facts.once(scope)
    mine = np.flatnonzero(found.sprint == place)
    ids = facts.tables.issues["issue_id"].to_numpy()
    told = _Told(facts, found, summaries(ids[found.issue[mine]].tolist()), site)
    counted = mine[found.reason[mine] == 0]
    lists = [told.list(*head, rows=counted[found[head[0]][counted]]) for head in LISTS]
    out = mine[found.reason[mine] != 0]
    lists.append(told.list("left_out", "Left out", "Not in any of these numbers.", rows=out))
    return tuple(each for each in lists if each.total)


class _Told:
    """Rows of the scope as plain values."""

    def __init__(self, facts: Dataset, found: Scope, summaries: dict[int, tuple[str, str]], site: str) -> None:
        self.facts, self.found, self.summaries, self.site = facts, found, summaries, site

    def list(self, name: str, title: str, help: str, rows: Positions) -> IssueList:
        found, tables = self.found, self.facts.tables
        amounts = {
            "added": found.at_add,
            "carried": found.at_add,
            "removed": found.at_remove,
            "completed": found.at_close,
        }
        amount = amounts.get(name, found.at_start)
        total = 0.0 if name == "left_out" else float(amount[rows].sum())
        rows = rows[np.argsort(tables.issues["issue_id"].to_numpy()[found.issue[rows]], kind="stable")]
        return IssueList(
            name, title, help, total, len(rows), tuple(self._issue(int(n), amount, name) for n in rows[:MOST_ISSUES])
        )

    def _issue(self, row: int, amount: Numbers, name: str) -> SprintIssue:
        issue = int(self.found.issue[row])
        table = self.facts.tables.issues
        key = str(table["key"].iloc[issue])
        status = int(table["status"].iloc[issue])
        names = self.facts.tables.statuses["name"]
        return SprintIssue(
            key=key,
            url=f"{self.site}/browse/{key}" if self.site else "",
            summary=self.summaries.get(int(table["issue_id"].iloc[issue]), ("", ""))[1],
            type=str(table["type"].iloc[issue]),
            status=str(names.iloc[status]) if status >= 0 else "",
            amount=float(amount[row]) if in_points(self.facts) and name != "left_out" else None,
            note=self._note(row, name),
        )

    def _note(self, row: int, name: str) -> str:
        found = self.found
        if found.reason[row]:
            return REASONS[int(found.reason[row])]
        if name == "completed":
            return "added" if found["added"][row] else "done before the start" if found["done_before"][row] else ""
        if name == "committed":
            outcomes = ("completed", "removed", "spilled", "refused")
            words = ("completed", "removed", "spilled over", "closed without being completed")
            return next((word for each, word in zip(outcomes, words, strict=True) if found[each][row]), "")
        if name == "added":
            return "completed" if found["completed"][row] else "not done" if found["unfinished"][row] else ""
        return ""


def burnup(facts: Dataset, place: int) -> Burnup:
    """Scope and completed work at up to 60 instants between start and close (or now)."""
    open_, found = facts.once(windows), facts.once(scope)
    start, close = int(open_.start[place]), int(open_.close[place])
    if not open_.readable[place] or open_.state[place] == FUTURE or start == NEVER:
        return Burnup()
    mine = np.flatnonzero((found.sprint == place) & (found.reason == 0))
    issues = found.issue[mine]
    refused = np.zeros(len(facts.tables), dtype=bool)
    refused[issues[found["refused"][mine]]] = True
    # Read one tick after the start, then in equal steps up to just before the close.
    instants = np.unique(np.linspace(start + 1, close, _STEPS).astype(np.int64))
    every = facts.once(stints)
    every = every.take((every.sprint == place) & np.isin(every.issue, issues))
    issue, when = np.repeat(every.issue, len(instants)), np.tile(instants, len(every.issue))
    inside = (np.repeat(every.start, len(instants)) < when) & (when <= np.repeat(every.end, len(instants)))
    amount = np.where(inside, amounts_at(facts, issue, when), 0.0)
    done = done_before(facts, issue, when)
    step = np.tile(np.arange(len(instants)), len(every.issue))
    total = np.bincount(step, weights=amount, minlength=len(instants))
    finished = np.bincount(step, weights=np.where(done & ~refused[issue], amount, 0.0), minlength=len(instants))
    return Burnup(tuple(instant(int(each)) or "" for each in instants), tuple(total.tolist()), tuple(finished.tolist()))
