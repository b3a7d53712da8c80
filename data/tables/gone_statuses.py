"""Statuses that histories name and Jira no longer lists: what each of them is taken for, decided once for all its
entries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import Connection, or_, select

from data.store import schema
from data.tables.frames import NEVER, frame
from data.values.names import is_named, name_key, name_keys
from data.values.status_names import Reason, reason_in_words, says_discarded, says_done, says_not_started

RESOLVING = 0.8  # share of its entries with whose resolution work ended, from which on a status counts as done
SOON = 60_000_000  # µs between an entry and the resolution date, up to which the two belong together


@dataclass(frozen=True)
class Gone:
    """A status that Jira no longer lists. entries: changes that lead to it; resolving: those that set a resolution with
    which work ended.
    """

    status_id: str
    name: str
    entries: int = 0
    resolving: int = 0


@dataclass(frozen=True)
class Taken:
    """A row of the frame: the status by its code, and why it is taken for what it is."""

    status: int
    reason: Reason
    entries: int
    resolving: int
    like: int

    @property
    def why(self) -> str:
        """The reason as people read it."""
        return reason_in_words(self.reason, self.entries, self.resolving)

    def agreeing(self, category: str) -> float | None:
        """The share of its entries that fit what it is taken for: those with whose resolution work ended where it is
        done, the others where it is not. None where no entry is known.

        >>> done = Taken(9, Reason.RESOLVES, 40, 38, -1)
        >>> done.agreeing("done"), done.agreeing("indeterminate"), Taken(9, Reason.NOTHING, 0, 0, -1).agreeing("new")
        (0.95, 0.05, None)
        """
        if not self.entries:
            return None
        fit = self.resolving if category == "done" else self.entries - self.resolving
        return fit / self.entries


def rows_of(gone: pd.DataFrame) -> list[Taken]:
    """The rows of the frame, in its order."""
    columns = (gone[name].tolist() for name in ("status", "reason", "entries", "resolving", "like"))
    return [Taken(status, Reason(reason), *counts) for status, reason, *counts in zip(*columns, strict=True)]


@dataclass(frozen=True)
class Assumed:
    """What a status is taken for. category: new, indeterminate or done (discarded ones count as done, and their name
    tells them apart); like: code of the status of the same name, -1 for none.
    """

    category: str
    reason: Reason
    like: int = -1


def assumed(status: Gone, living: pd.DataFrame, visits: Sequence[int]) -> Assumed:
    """What a status is taken for. living: statuses that Jira has (name, category); visits: how many changes lead to
    each.

    >>> living = pd.DataFrame({"name": ["Open", "Done"], "category": ["new", "done"]})
    >>> assumed(Gone("9", "DONE"), living, [3, 4])
    Assumed(category='done', reason=<Reason.SAME_NAME: 'same_name'>, like=1)
    >>> assumed(Gone("9", "Ended", 10, 8), living, [3, 4]).reason
    <Reason.RESOLVES: 'resolves'>
    >>> assumed(Gone("9", "Ended", 10, 7), living, [3, 4]).category
    'indeterminate'
    """
    if says_discarded(status.name, "done"):
        return Assumed("done", Reason.DISCARDED_NAME)
    same = [n for n, name in enumerate(living["name"]) if name_key(str(name)) == name_key(status.name)]
    if same:
        like = max(same, key=lambda n: (visits[n], -n))
        several = len({str(living["category"].iloc[n]) for n in same}) > 1
        return Assumed(str(living["category"].iloc[like]), Reason.AMBIGUOUS if several else Reason.SAME_NAME, like)
    if status.entries and status.resolving >= RESOLVING * status.entries:
        return Assumed("done", Reason.RESOLVES)
    if says_done(status.name):
        return Assumed("done", Reason.DONE_NAME)
    if says_not_started(status.name):
        return Assumed("new", Reason.NOT_STARTED_NAME)
    return Assumed("indeterminate", Reason.NOTHING)


def no_gone() -> pd.DataFrame:
    """The frame of a site all of whose statuses are there."""
    return frame([], status=np.int16, reason=object, entries=np.int64, resolving=np.int64, like=np.int16)


def resolving_entries(
    connection: Connection, scope: int, issues: pd.DataFrame, ids: Sequence[str], living: pd.DataFrame
) -> pd.DataFrame:
    """Changes that lead to these statuses, and those that name a status without its id, with whether each set a
    resolution with which work ended: status_id, name, resolving. Those of issues that are held.

    A change sets a resolution where the same entry of the history does, or the resolution date is within a minute of
    it. Work went on where the issue's next change leads to one of the `living` statuses that is not done, and
    leaves the resolution as it is: some workflows set one in the middle. A reopening takes it away.
    """
    table = schema.change
    wanted = [each for each in ids if each]
    visits = or_(table.c.to_id.in_(wanted), table.c.to_id.is_(None), table.c.to_id == "")
    visitors = select(table.c.issue_id).where(table.c.scope == scope, table.c.field == "status", visits)
    query = (
        select(table.c.issue_id, table.c.history_id, table.c.field, table.c.at, table.c.to_id, table.c.to_name)
        .where(table.c.scope == scope, table.c.field.in_(("status", "resolution")), table.c.issue_id.in_(visitors))
        .order_by(table.c.issue_id, table.c.at, table.c.history_id, table.c.item)
    )
    rows = connection.execute(query).all()
    resolution = {
        (row.issue_id, row.history_id): bool(row.to_id or row.to_name) for row in rows if row.field != "status"
    }
    moves = [row for row in rows if row.field == "status"]
    unfinished = living[living["category"] != "done"]
    working, named = set(unfinished["status_id"].astype(str)), name_keys(unfinished["name"])
    dates: Mapping[int, int] = dict(zip(issues["issue_id"].tolist(), issues["resolved"].tolist(), strict=True))
    found, here = [], frozenset(wanted)
    for n, row in enumerate(moves):
        if row.issue_id not in dates or (row.to_id and row.to_id not in here):
            continue
        date = dates[row.issue_id]
        sets = resolution.get((row.issue_id, row.history_id), False) or (date != NEVER and abs(date - row.at) <= SOON)
        after = moves[n + 1] if n + 1 < len(moves) and moves[n + 1].issue_id == row.issue_id else None
        went_on = (
            after is not None
            and (after.to_id in working if after.to_id else is_named(after.to_name or "", named))
            and resolution.get((after.issue_id, after.history_id), True)  # False: taken away
        )
        found.append((str(row.to_id or ""), str(row.to_name or ""), sets and not went_on))
    return frame(found, status_id=object, name=object, resolving=bool)
