"""Writes tidy tables into an issue store, row by row, as a sync would have left them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, insert, update

from data.settings.fields import DATES, FIELDS, NUMBERS
from data.store import schema
from data.store.issue_store import IssueStore
from data.tables.tidy import NEVER, Tables

FIELD_IDS = {name: f"customfield_{10_100 + n}" for n, name in enumerate(FIELDS)}
_AT_ONCE = 20_000


def fill(store: IssueStore, tables: Tables, site_url: str, jql: str) -> int:
    """All of `tables` under one new scope of an empty store; gives the scope's number."""
    scope = store.open_scope(site_url, jql)
    ids = tables.issues["issue_id"].tolist()
    with store.engine.begin() as connection:
        _add(connection, schema.status, _statuses(scope, tables))
        types = dict(zip(tables.issues["type"].astype(str), tables.issues["hierarchy"].tolist(), strict=True))
        _add(
            connection,
            schema.issue_type,
            ({"scope": scope, "type_id": n, "name": n, "subtask": h < 0, "hierarchy": h} for n, h in types.items()),
        )
        projects = tables.issues["project"].cat.categories
        _add(connection, schema.project, ({"scope": scope, "project_key": key, "name": key} for key in projects))
        _add(connection, schema.version, _versions(scope, tables))
        _add(connection, schema.issue, _issues(scope, tables, ids))
        _add(connection, schema.change, _changes(scope, tables, ids))
        _add(connection, schema.field_value, _values(scope, tables, ids))
        _add(connection, schema.link, _links(scope, tables, ids))
        _add(connection, schema.comment, _comments(scope, tables, ids))
        head = {
            "revision": 1,
            "zone": tables.zone,
            "synced_at": tables.as_of,
            "cursor": tables.as_of,
            "site_title": "Benchmark",
            "fetched_fields": json.dumps([FIELD_IDS[name] for name in tables.fields]),
        }
        connection.execute(update(schema.scope).where(schema.scope.c.scope == scope).values(**head))
    return scope


def _add(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    rows = iter(rows)
    while part := list(islice(rows, _AT_ONCE)):
        connection.execute(insert(table), part)


def _statuses(scope: int, tables: Tables) -> Iterator[dict[str, Any]]:
    for row in tables.statuses.itertuples():
        yield {"scope": scope, "status_id": row.status_id, "name": row.name, "category": row.category}


def _versions(scope: int, tables: Tables) -> Iterator[dict[str, Any]]:
    for row in tables.versions.itertuples():
        yield {
            "scope": scope,
            "version_id": row.version_id,
            "project_key": row.project,
            "name": row.name,
            "released": bool(row.released),
            "archived": False,
            "release_date": row.release_date.isoformat() if row.release_date else None,
        }


def _issues(scope: int, tables: Tables, ids: list[int]) -> Iterator[dict[str, Any]]:
    labels, components = _lists(tables.labels, len(ids)), _lists(tables.components, len(ids))
    fixed: list[list[int]] = [[] for _ in ids]
    version_ids = tables.versions["version_id"].tolist()
    for issue, version in zip(tables.fix_versions["issue"], tables.fix_versions["version"], strict=True):
        fixed[issue].append(version_ids[version])
    status_ids = tables.statuses["status_id"].tolist()
    for n, row in enumerate(tables.issues.itertuples(index=False)):
        yield {
            "scope": scope,
            "issue_id": ids[n],
            "key": row.key,
            "project_key": row.project,
            "type_id": row.type,
            "status_id": status_ids[row.status],
            "summary": f"Issue {n}",
            "resolution": _word(row.resolution),
            "priority": _word(row.priority),
            "assignee": _word(row.assignee),
            "created": row.created,
            "updated": row.updated,
            "resolved": None if row.resolved == NEVER else row.resolved,
            "labels": json.dumps(labels[n]),
            "components": json.dumps(components[n]),
            "fix_versions": json.dumps(fixed[n]),
            "history_complete": True,
            "comments_complete": True,
        }


def _comments(scope: int, tables: Tables, ids: list[int]) -> Iterator[dict[str, Any]]:
    columns = (tables.comments[name].tolist() for name in ("issue", "at", "author"))
    for n, (issue, at, author) in enumerate(zip(*columns, strict=True)):
        yield {"scope": scope, "issue_id": ids[issue], "comment_id": n, "created": at, "author_id": author}


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _lists(frame: Any, size: int) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in range(size)]
    for issue, name in zip(frame["issue"], frame["name"], strict=True):
        found[issue].append(name)
    return found


def _changes(scope: int, tables: Tables, ids: list[int]) -> Iterator[dict[str, Any]]:
    status_ids, names = tables.statuses["status_id"].tolist(), tables.statuses["name"].tolist()
    columns = (tables.changes[name].tolist() for name in ("issue", "at", "source", "target"))
    for n, (issue, at, source, target) in enumerate(zip(*columns, strict=True)):
        yield {
            "scope": scope,
            "issue_id": ids[issue],
            "history_id": n,
            "item": 0,
            "field": "status",
            "at": at,
            "from_id": status_ids[source],
            "from_name": names[source],
            "to_id": status_ids[target],
            "to_name": names[target],
        }


def _values(scope: int, tables: Tables, ids: list[int]) -> Iterator[dict[str, Any]]:
    for name, values in tables.fields.items():
        kinds = FIELDS[name].kinds
        for n, value in enumerate(values):
            if kinds == DATES:
                text = None if value == NEVER else _jira_instant(int(value))
            elif kinds == NUMBERS:
                text = None if np.isnan(value) else repr(float(value))
            else:
                text = None if value is None else json.dumps({"value": value[0]})
            if text is not None:
                yield {"scope": scope, "issue_id": ids[n], "field_id": FIELD_IDS[name], "value": text}


def _jira_instant(micros: int) -> str:
    at = datetime.fromtimestamp(micros / 1e6, UTC)
    return json.dumps(at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000")


def _links(scope: int, tables: Tables, ids: list[int]) -> Iterator[dict[str, Any]]:
    columns = (tables.links[name].tolist() for name in ("issue", "phrase", "other"))
    for n, (issue, phrase, other) in enumerate(zip(*columns, strict=True)):
        yield {
            "scope": scope,
            "issue_id": ids[issue],
            "link_id": n,
            "phrase": phrase,
            "type_name": "Problem/Incident",
            "other_id": ids[other],
            "other_key": str(ids[other]),
        }
