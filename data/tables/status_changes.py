"""The statuses of one scope and the changes between them, with the statuses that Jira no longer lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from data.store import schema
from data.tables.frames import columns_of, frame
from data.tables.gone_statuses import Gone, assumed, no_gone, resolving_entries
from data.values.names import name_key


def read_statuses(connection: Connection, scope: int) -> pd.DataFrame:
    """The statuses that Jira lists, by their ids; the position of a row is the code of its status."""
    table = schema.status
    rows = connection.execute(
        select(table.c.status_id, table.c.name, table.c.category)
        .where(table.c.scope == scope)
        .order_by(table.c.status_id)
    ).all()
    return pd.DataFrame([tuple(row) for row in rows], columns=["status_id", "name", "category"])


def read_changes(
    connection: Connection, scope: int, statuses: pd.DataFrame, issues: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The status changes of the given issues, all statuses that they name, and what is assumed about those that Jira no
    longer lists (the tables `changes`, `statuses` and `gone` of `data.tables.tidy.Tables`).
    """
    table = schema.change
    query = (
        select(table.c.issue_id, table.c.at, table.c.from_id, table.c.to_id, table.c.from_name, table.c.to_name)
        .where(table.c.scope == scope, table.c.field == "status")
        .order_by(table.c.issue_id, table.c.at, table.c.history_id, table.c.item)
    )
    ids, at, from_id, to_id, from_name, to_name = columns_of(connection, query, 6)
    codes, gone = status_codes(statuses, [*zip(from_id, from_name, strict=True), *zip(to_id, to_name, strict=True)])
    source = [codes[status_key(*each)] for each in zip(from_id, from_name, strict=True)]
    target = [codes[status_key(*each)] for each in zip(to_id, to_name, strict=True)]
    statuses, assumptions = _with_gone(connection, scope, statuses, issues, gone, target)
    known = issues["issue_id"].to_numpy()
    owner = np.array(ids, dtype=np.int64)
    place = np.searchsorted(known, owner)
    here = (
        (place < len(known)) & (known[np.minimum(place, max(len(known) - 1, 0))] == owner) if len(known) else place < 0
    )
    changes = pd.DataFrame(
        {
            "issue": place.astype(np.int32),
            "at": np.array(at, dtype=np.int64),
            "source": np.array(source, dtype=np.int16),
            "target": np.array(target, dtype=np.int16),
        }
    )
    return changes if here.all() else changes[here].reset_index(drop=True), statuses, assumptions


def _with_gone(
    connection: Connection,
    scope: int,
    statuses: pd.DataFrame,
    issues: pd.DataFrame,
    gone: Sequence[tuple[str, str]],
    targets: Sequence[int],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All statuses, those that Jira no longer lists after the others; and what is assumed about these."""
    if not gone:
        return statuses, no_gone()
    visits = np.bincount(np.array(targets, dtype=np.int64), minlength=len(statuses)).tolist()
    entries = resolving_entries(connection, scope, issues, [status_id for status_id, _ in gone], statuses)
    rows, assumptions = [], []
    for n, (status_id, name) in enumerate(gone):
        own = entries["status_id"] == status_id if status_id else entries["name"].map(name_key) == name_key(name)
        lost = Gone(status_id or name, name, int(own.sum()), int(entries["resolving"][own].sum()))
        taken = assumed(lost, statuses, visits)
        spelled = name if taken.like < 0 else str(statuses["name"].iloc[taken.like])
        rows.append((lost.status_id, spelled, taken.category))
        assumptions.append((len(statuses) + n, str(taken.reason), lost.entries, lost.resolving, taken.like))
    kinds = {"status": np.int16, "reason": object, "entries": np.int64, "resolving": np.int64, "like": np.int16}
    everything = pd.concat([statuses, pd.DataFrame(rows, columns=statuses.columns)], ignore_index=True)
    return everything, frame(assumptions, **kinds)


def status_key(status_id: str | None, name: str | None) -> tuple[str, str]:
    """What tells a status in histories: its id; where Jira gave none, its name."""
    return (status_id, "") if status_id else ("", name_key(name or ""))


def status_codes(
    statuses: pd.DataFrame, seen: Iterable[tuple[str | None, str | None]]
) -> tuple[dict[tuple[str, str], int], list[tuple[str, str]]]:
    """The code of every (id, name) that histories give, and id and name of the statuses that Jira no longer has, which
    come after the others in the order in which they are first seen. A status that is named without its id is the one
    of the same name that Jira has.
    """
    codes = {(str(status_id), ""): n for n, status_id in enumerate(statuses["status_id"])}
    named = {name_key(name): n for n, name in reversed(list(enumerate(statuses["name"])))}
    gone: list[tuple[str, str]] = []
    for status_id, name in dict.fromkeys(seen):
        key = status_key(status_id, name)
        if key not in codes:
            same = None if status_id else named.get(name_key(name or ""))
            codes[key] = len(statuses) + len(gone) if same is None else same
            if same is None:
                gone.append((status_id or "", name or status_id or "no name"))
    return codes, gone
