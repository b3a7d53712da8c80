"""The issues of one sprint under headings such as committed, added, removed and completed; and its burn-up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data.facts.dataset import Dataset
from data.facts.past import attribute_at
from data.facts.sprint_reading import in_points, read
from data.facts.sprint_scope import REASONS, Scope, scope
from data.facts.sprint_stints import Stints, stints
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
    ("completed", "Completed", "Became done while in the sprint, still in it and done just before its close."),
    ("spilled", "Spilled over", "Committed, still in the sprint and neither done nor discarded at its close."),
    (
        "outside",
        "Completed outside of this sprint",
        "Done just before its close, but became so before the start, before it came in, or while it was not in "
        "the sprint. "
        "In none of the sums of what was added, completed or spilled over.",
    ),
    (
        "discarded",
        "Discarded",
        (
            "In the sprint at its close with a status or resolution that is no completion: neither completed nor "
            "spilled over."
        ),
    ),
)
_BY_CLOSE = "In the sprint and done just before its close, added ones and those that were done before included."


def issue_lists(facts: Dataset, place: int, summaries: Summaries, site: str) -> tuple[IssueList, ...]:
    """Lists that have issues, those left out at the end. `site`: where issues are read, "" for nowhere."""
    found = facts.once(scope)
    mine = np.flatnonzero(found.sprint == place)
    ids = facts.tables.issues["issue_id"].to_numpy()
    told = _Told(facts, found, summaries(ids[found.issue[mine]].tolist()), site)
    counted = mine[found.reason[mine] == 0]
    by_close = facts.definitions.sprint_completion == "done_at_close"
    lists = []
    for name, title, words in LISTS:
        words = _BY_CLOSE if name == "completed" and by_close else words
        lists.append(told.list(name, title, words, rows=counted[found[name][counted]]))
    out = mine[found.reason[mine] != 0]
    lists.append(told.list("left_out", "Left out", "Not in any of these numbers.", rows=out))
    return tuple(each for each in lists if each.total)


class _Told:
    """Rows of the scope as plain values."""

    def __init__(self, facts: Dataset, scope: Scope, summaries: dict[int, tuple[str, str]], site: str) -> None:
        self.facts, self.found, self.summaries, self.site = facts, scope, summaries, site

    def list(self, name: str, title: str, help: str, rows: Positions) -> IssueList:
        found, tables = self.found, self.facts.tables
        amount = found.estimate(name)
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
            type=self._type(row),
            status=str(names.iloc[status]) if status >= 0 else "",
            amount=float(amount[row]) if in_points(self.facts) and name != "left_out" else None,
            note=self._note(row, name),
        )

    def _type(self, row: int) -> str:
        """The type that the issue had just before the close."""
        issue, sprint = self.found.issue[[row]], self.found.sprint[[row]]
        close = self.facts.once(windows).close[sprint]
        [code] = attribute_at(self.facts.tables, "type", issue, close).tolist()
        return str(self.facts.tables.issues["type"].cat.categories[code]) if code >= 0 else ""

    def _note(self, row: int, name: str) -> str:
        found = self.found
        if found.reason[row]:
            return REASONS[int(found.reason[row])]
        if name == "completed":
            return "added" if found["added"][row] else "done before the start" if found["done_before"][row] else ""
        if name == "outside":
            return self._outside(row)
        outcomes = {
            "committed": ("completed", "removed", "spilled", "outside", "discarded"),
            "added": ("completed", "unfinished", "discarded"),
            "discarded": ("committed", "added"),
        }
        return next((_WORDS[each] for each in outcomes.get(name, ()) if found[each][row]), "")

    def _outside(self, row: int) -> str:
        """Where an issue was completed that became done outside of the sprint."""
        found, other = self.found, int(self.found.other[row])
        if other >= 0:
            return f"counted in {self.facts.tables.sprints['name'].iloc[other]}"
        return "done before the start" if found["done_before"][row] else "done while not in the sprint"


_WORDS = {
    "completed": "completed",
    "removed": "removed",
    "spilled": "spilled over",
    "outside": "completed outside of this sprint",
    "discarded": "discarded",
    "unfinished": "not done",
    "committed": "committed",
    "added": "added",
}


def burnup(facts: Dataset, place: int) -> Burnup:
    """Scope and completed work at up to 60 instants between start and close (or now): at each of them what the sprint
    would have if it were closed then.
    """
    open_, found = facts.once(windows), facts.once(scope)
    start, close = int(open_.start[place]), int(open_.close[place])
    if not open_.readable[place] or open_.state[place] == FUTURE or start == NEVER:
        return Burnup()
    mine = np.flatnonzero((found.sprint == place) & (found.reason == 0))
    # Read one tick after the start, then in equal steps up to just before the close.
    instants = np.unique(np.linspace(start + 1, close, _STEPS).astype(np.int64))
    every = facts.once(stints)
    every = every.take((every.sprint == place) & np.isin(every.issue, found.issue[mine]))
    # The same stints once for each instant, as if each were a sprint of its own.
    count = len(instants)
    issue, step = np.repeat(every.issue, count), np.tile(np.arange(count), len(every.issue))
    tiled = Stints(issue, step, np.repeat(every.start, count), np.repeat(every.end, count))
    order = np.lexsort((tiled.start, step, issue))
    tiled, when = tiled.take(order), instants[step[order]]
    begun = (tiled.start < when) & (tiled.end > start)
    tiled, when = tiled.take(begun), when[begun]
    made = read(facts, tiled, np.full(len(when), start, dtype=np.int64), when)
    # What is counted in another sprint is in no sum of this one.
    other = np.zeros(len(facts.tables), dtype=bool)
    other[found.issue[mine[found.other[mine] >= 0]]] = True
    flags = made.flags
    inside = (flags["committed"] & flags["at_close"]) | (flags["added"] & ~other[made.issue])
    if facts.definitions.sprint_completion == "done_at_close":  # what was done before counts as completed there
        inside = flags["at_close"]
    done = flags["completed"] & ~other[made.issue]
    total, finished = (
        np.bincount(made.sprint, weights=np.where(flag, made.at_close, 0.0), minlength=count) for flag in (inside, done)
    )
    return Burnup(tuple(instant(int(each)) or "" for each in instants), tuple(total.tolist()), tuple(finished.tolist()))
