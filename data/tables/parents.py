"""What each issue belongs to: its parent, and in Data Center the epic that its field Epic Link names."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from data.jira.fields import is_epic_link
from data.store import schema
from data.values.arrays import Positions
from data.values.names import name_key


def with_epics(connection: Connection, scope: int, issues: pd.DataFrame) -> pd.DataFrame:
    """The issues with the epic as parent (its id) where Jira names an epic and no parent; epics outside the data: 0."""
    links = _epic_keys(connection, scope)
    if not links:
        return issues
    ids, parent = issues["issue_id"].to_numpy(), issues["parent"].to_numpy().copy()
    place = {issue_id: n for n, issue_id in enumerate(ids.tolist())}
    by_key = {name_key(key): issue_id for key, issue_id in zip(issues["key"], ids.tolist(), strict=True)}
    for issue_id, key in links:
        n = place.get(issue_id)
        if n is not None and parent[n] == 0:
            parent[n] = by_key.get(name_key(key), 0)
    column: Positions = np.asarray(parent, dtype=np.int64)
    return issues.assign(parent=column)


def _epic_keys(connection: Connection, scope: int) -> list[tuple[int, str]]:
    """(issue id, key of its epic), from every field that is an Epic Link."""
    field, value = schema.field, schema.field_value
    known = connection.execute(
        select(field.c.field_id, field.c.name, field.c.custom, field.c.schema).where(field.c.scope == scope)
    )
    fields = [row.field_id for row in known if is_epic_link(row.name, row.schema, custom=row.custom)]
    if not fields:
        return []
    rows = connection.execute(
        select(value.c.issue_id, value.c.value)
        .where(value.c.scope == scope, value.c.field_id.in_(fields))
        .order_by(value.c.issue_id, value.c.field_id)
    )
    read = [(row.issue_id, json.loads(row.value)) for row in rows]
    return [(issue_id, key) for issue_id, key in read if isinstance(key, str)]
