"""Which Jira field gave the values, where a mapping names several in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd
from sqlalchemy import Connection, select

from data.settings.fields import FIELDS, field_ids
from data.store import schema
from data.tables.frames import frame
from data.tables.mapped_fields import filled

_COLUMNS = {"field": object, "name": object, "issues": "int64"}


def no_sources() -> pd.DataFrame:
    """The table of a site on which each mapping names one field."""
    return frame([], **_COLUMNS)


def read(connection: Connection, scope: int, mapping: Mapping[str, str], number: Mapping[int, int]) -> pd.DataFrame:
    """field (our name), name (of the Jira field), issues (that have their value from it), in the order of the
    mapping; only of mappings that name several fields.
    """
    several = {name: named for name, named in mapping.items() if name in FIELDS and len(field_ids(named)) > 1}
    if not several:
        return no_sources()
    table = schema.field
    known = connection.execute(select(table.c.field_id, table.c.name).where(table.c.scope == scope))
    titles = {row.field_id: row.name for row in known}
    rows = []
    for name, named in several.items():
        counts = Counter(jira for jira, _ in filled(connection, scope, named, number).values())
        rows += [(name, titles.get(jira, jira), counts[jira]) for jira in field_ids(named)]
    return frame(rows, **_COLUMNS)
