"""What resolutions and link types are called, and what they were called before: people rename them, Jira translates
them, and their ids stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from data.store import schema
from data.tables.frames import frame
from data.values.names import name_key

RESOLUTION, LINK = "resolution", "link"
_COLUMNS = {"kind": object, "named": object, "name": object, "current": bool, "place": np.int32}


@dataclass(frozen=True)
class SiteNames:
    """Names of one kind. `titles`: id → its name now; `known`: key of a name → the id that has it, else had it."""

    titles: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)

    def title(self, named: str | None, name: str | None) -> str | None:
        """The name now of what has this id; of what has none (it was read before ids were kept), of what has or had
        this name. Where that is not known, the name itself.

        >>> names = SiteNames({"7": "Abgelehnt"}, {"abgelehnt": "7", "rejected": "7"})
        >>> names.title("7", "Rejected"), names.title(None, "REJECTED"), names.title("8", "Rejected")
        ('Abgelehnt', 'Abgelehnt', 'Rejected')
        """
        if not named and name:
            named = self.known.get(name_key(name))
        return self.titles.get(named or "", name)


def no_names() -> pd.DataFrame:
    """The frame of a site of which only names are known."""
    return frame([], **_COLUMNS)


def read(connection: Connection, scope: int) -> pd.DataFrame:
    """All names of resolutions and link types (see `Tables.names`); their places are not known yet."""
    table = schema.known_name
    query = (
        select(table.c.kind, table.c.named, table.c.name, table.c.current)
        .where(table.c.scope == scope)
        .order_by(table.c.kind, table.c.named, table.c.current.desc(), table.c.name)
    )
    return frame([(*row, -1) for row in connection.execute(query)], **_COLUMNS)


def of_kind(names: pd.DataFrame, kind: str) -> SiteNames:
    """The names of one kind."""
    rows = names[names["kind"] == kind]
    titles, known = {}, {}
    for current in (False, True):  # who has a name now comes before who had it
        some = rows[rows["current"] == current]
        for named, name in zip(some["named"].tolist(), some["name"].tolist(), strict=True):
            known[name_key(name)] = named
            if current:
                titles[named] = name
    return SiteNames(titles, known)


def placed(names: pd.DataFrame, categories: Mapping[str, pd.Index]) -> pd.DataFrame:
    """The frame with the place of each row among the categories of its kind's column: of the name that its id has now;
    where that is not known, of the row's own. -1: no issue has it.
    """
    at = np.full(len(names), -1, dtype=np.int32)
    for kind, column in categories.items():
        titles = of_kind(names, kind).titles
        places = {name_key(str(each)): n for n, each in reversed(list(enumerate(column)))}
        rows = zip(names["kind"].tolist(), names["named"].tolist(), names["name"].tolist(), strict=True)
        for row, (each, named, name) in enumerate(rows):
            if each == kind:
                at[row] = places.get(name_key(titles.get(named, name)), -1)
    return names.assign(place=at)
