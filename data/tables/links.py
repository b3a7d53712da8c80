"""Links between issues, read from both of their ends, wherever they are held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from data.store import schema
from data.tables.frames import frame, spelled_once
from data.tables.site_names import SiteNames
from data.values.names import name_key

# The link types that Jira comes with: what one end says and what the other says.
_PAIRS = (
    ("blocks", "is blocked by"),
    ("causes", "is caused by"),
    ("clones", "is cloned by"),
    ("duplicates", "is duplicated by"),
    ("relates to", "relates to"),
    ("split to", "split from"),
    ("implements", "is implemented by"),
    ("tests", "is tested by"),
)
_WELL_KNOWN = {name_key(one): other for pair in _PAIRS for one, other in (pair, pair[::-1])}


def read(connection: Connection, scope: int, number: Mapping[int, int], names: SiteNames) -> pd.DataFrame:
    """issue, phrase (one spelling of each), other (position, -1: not in this data). `number`: issue id → position;
    `names`: what the phrases of link types are now.

    Jira shows a link at both issues, each with its own phrase. An issue that was synced before the link was made has
    it not yet; what its other end holds is then read from here, too.
    """
    table = schema.link
    query = (
        select(
            table.c.issue_id,
            table.c.link_id,
            table.c.phrase,
            table.c.type_name,
            table.c.other_id,
            table.c.type_id,
            table.c.side,
        )
        .where(table.c.scope == scope)
        .order_by(table.c.issue_id, table.c.link_id)
    )
    held = [
        (number[row.issue_id], *_end(row, names), number.get(row.other_id, -1))
        for row in connection.execute(query)
        if row.issue_id in number
    ]
    back = opposites((kind, phrase) for _, phrase, kind, _ in held)
    known = {(issue, other, kind) for issue, _, kind, other in held}
    rows = [(issue, phrase, other) for issue, phrase, _, other in held]
    for issue, phrase, kind, other in held:
        said = back.get((kind, name_key(phrase)))
        if other >= 0 and said is not None and (other, issue, kind) not in known:
            rows.append((other, said, issue))
    rows.sort(key=lambda row: row[0])  # of one issue those that it holds itself come first
    made = frame(rows, issue=np.int32, phrase=object, other=np.int32)
    return made.assign(phrase=spelled_once(made["phrase"]))


def _end(row: Any, names: SiteNames) -> tuple[str, str]:
    """The phrase that one end of a link says now, and its type: the id, or the name where no id is known."""
    named = f"{row.type_id}:{row.side}" if row.type_id else names.known.get(name_key(row.phrase))
    phrase = names.title(named, row.phrase) or row.phrase
    return phrase.strip(), named.partition(":")[0] if named else row.type_name


def opposites(links: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """(type, key of a phrase) → what the other end says, from pairs of (type, phrase) that occur. A type has two
    phrases; where only one of them occurs, the other is known of the types that Jira comes with.

    >>> found = opposites([("Deploys", "ships"), ("Deploys", "is shipped by"), ("Problem", "Causes"), ("Odd", "odd")])
    >>> found["Deploys", "ships"], found["Problem", "causes"], ("Odd", "odd") in found
    ('is shipped by', 'is caused by', False)
    """
    phrases: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for kind, phrase in links:
        phrases[kind].setdefault(name_key(phrase), phrase)
    out = {}
    for kind, said in phrases.items():
        for key in said:
            others = [phrase for each, phrase in said.items() if each != key]
            if len(others) == 1:
                out[kind, key] = others[0]
            elif not others and key in _WELL_KNOWN:
                out[kind, key] = _WELL_KNOWN[key]
    return out
