"""When issues were flagged as impeded, from the history of the flag."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from data.settings.fields import UNTRANSLATED, field_ids, is_flag
from data.store import schema
from data.tables.frames import FOREVER, frame

FLAG_FIELDS = ("flagged", "impediment")  # how changes call it where Jira gives no id


def read_flags(connection: Connection, scope: int, number: Mapping[int, int], fields: list[str]) -> pd.DataFrame:
    """Impediment intervals from the history of the flag."""
    table = schema.change
    query = (
        select(table.c.issue_id, table.c.at, table.c.to_name, table.c.to_id)
        .where(table.c.scope == scope, table.c.field.in_([*fields, *FLAG_FIELDS]))
        .order_by(table.c.issue_id, table.c.at, table.c.history_id, table.c.item)
    )
    rows: list[tuple[int, int, int]] = []
    since: tuple[int, int] | None = None
    for issue_id, at, to_name, to_id in connection.execute(query):
        issue = number.get(issue_id)
        if issue is None:
            continue
        if since and since[0] != issue:
            rows.append((*since, FOREVER))
            since = None
        raised = bool((to_name or "").strip() or (to_id or "").strip("[] "))
        if raised and since is None:
            since = (issue, at)
        elif not raised and since is not None:
            rows.append((*since, at))
            since = None
    if since:
        rows.append((*since, FOREVER))
    return frame(rows, issue=np.int32, start=np.int64, end=np.int64)


def flag_fields(connection: Connection, scope: int, mapping: Mapping[str, str]) -> list[str]:
    """The ids of the fields that are the flag: the mapped one, else those that are called so, in Jira's own language or
    in that of the account.
    """
    if chosen := mapping.get("flagged"):
        return list(field_ids(chosen))
    table = schema.field
    rows = connection.execute(
        select(table.c.field_id, table.c.name, table.c.schema).where(table.c.scope == scope).order_by(table.c.field_id)
    )
    return [row.field_id for row in rows if is_flag(row.name, json.loads(row.schema or "{}").get(UNTRANSLATED, ""))]
