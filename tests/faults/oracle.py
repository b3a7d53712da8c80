"""Compares an issue store with the test site: row by row, field by field, change by change."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import select

from data.store import schema
from data.store.issue_store import IssueStore
from tests.faults.pages import Limits
from tests.faults.site import FLAGGED, POINTS, SECOND, SEVERITY, SIZE, SPRINT, Site, Ticket

PROJECTS = ("ALPHA", "BETA")
ADDRESS = "https://tests.example.org"  # under which stores know the site, whatever port it has
JQL = "project in (ALPHA, BETA)"
_ESTIMATES_AND_CHOICES = {POINTS, SIZE, SEVERITY}  # whose histories are kept while they are mapped
_KEPT = {"status", "resolution", "assignee", "fixVersions", "issuetype", "project", "labels", SPRINT, FLAGGED}
# Where a history has no field id, the store has the name in small letters; the field's id for versions.
_NAMED = {
    "fix version": "fixVersions",
    "flagged": FLAGGED,
    "sprint": SPRINT,
    "story points": POINTS,
    "size": SIZE,
    "severity": SEVERITY,
}
_MEANT = {
    "Fix Version": "fixVersions",
    "Flagged": FLAGGED,
    "Sprint": SPRINT,
    "Story Points": POINTS,
    "Size": SIZE,
    "Severity": SEVERITY,
}
_TABLES = (
    "issue",
    "change",
    "field_value",
    "link",
    "version",
    "status",
    "project",
    "sprint",
    "sprint_issue",
    "comment",
)
Rows = Counter


def differences(
    site: Site,
    store: IssueStore,
    site_url: str,
    *,
    mapped: Collection[str] = (),
    limits: Limits | None = None,
    cloud: bool = True,
    projects: Collection[str] = PROJECTS,
    jql: str = JQL,
    strict: bool = False,
    unread: Collection[str] = (),
) -> list[str]:
    """What the store has and the site has not, or the other way round; nothing is good.

    `unread`: kinds of lists that Jira refused to this account, as the sync names them; they are not compared.
    `strict`: no project too many. Links are compared where both ends are found by the query: what becomes of the others
    leaves no trace, see test_scenarios_issues.
    """
    limits = limits or Limits()
    scope = store.scope_for(site_url, jql)
    if scope is None:
        return ["the store does not know the query"]
    with site.lock:
        want = expected(site, mapped, limits, cloud, projects)
    got = held(store, scope.scope, mapped)
    ours = {row[0] for row in want["issue"]} | {row[0] for row in got["issue"]}
    for rows in (want, got):
        rows["link"] = Counter({row: count for row, count in rows["link"].items() if row[4] in ours})
        if "comments" in unread:  # then nobody knows whether those of an issue are complete
            rows["issue"] = Counter({(*row[:-1], None): count for row, count in rows["issue"].items()})
    found = []
    for name in _TABLES:
        if f"{name}s" in unread or (name == "sprint" and "boards" in unread):
            continue
        if lacking := want[name] - got[name]:
            found += [f"{name}: not held: {row}" for row in list(lacking)[:4]] + [f"{name}: {lacking.total()} missing"]
        if name in ("project", "sprint") and not strict:
            continue
        if surplus := got[name] - want[name]:
            found += [f"{name}: too much: {row}" for row in list(surplus)[:4]] + [f"{name}: {surplus.total()} too many"]
    return found


def expected(
    site: Site, mapped: Collection[str], limits: Limits, cloud: bool, projects: Collection[str]
) -> dict[str, Rows]:
    """The rows that a store must hold, by table."""
    ours = [each for each in site.tickets.values() if each.project in projects and not each.hidden]
    used = {each.project for each in ours}
    values = sorted(set(mapped) | {FLAGGED})
    return {
        "issue": Counter(_issue(site, each) for each in ours),
        "change": Counter(row for each in ours for row in _changes(each, mapped, limits)),
        "field_value": Counter(row for each in ours for row in _values(site, each, values, cloud)),
        "link": Counter(
            (each.id, number, "is blocked by" if inward else "blocks", "Blocks", other, site.tickets[other].key)
            for each in ours
            for number, other, inward in each.links
            if other in site.tickets
        ),
        "version": Counter(
            (number, owner, name, released, day)
            for number, (owner, name, released, day) in site.versions.items()
            if owner in used
        ),
        "status": Counter((str(number), *row) for number, row in site.statuses.items()),
        "project": Counter((name, site.projects[name]) for name in used),
        # The only board is that of ALPHA.
        "sprint": Counter((number, *row, 1) for number, row in site.sprints.items() if "ALPHA" in used),
        "sprint_issue": Counter((number, each.id) for each in ours for number in set(each.custom[SPRINT])),
        "comment": Counter((each.id, *row) for each in ours for row in each.comments),
    }


def _issue(site: Site, each: Ticket) -> tuple:
    return (
        each.id,
        each.key,
        each.project,
        str(each.type),
        str(each.status),
        each.summary,
        each.resolution,
        each.priority,
        each.assignee,
        site.people.get(each.assignee or ""),
        each.parent,
        each.created,
        each.updated,
        each.resolved,
        each.due,
        tuple(each.labels),
        tuple(each.components),
        tuple(each.versions),
        True,
        True,
    )


def _changes(each: Ticket, mapped: Collection[str], limits: Limits) -> Iterator[tuple]:
    kept = _KEPT | (_ESTIMATES_AND_CHOICES & set(mapped))
    for entry in each.histories:
        at = entry.at // SECOND * SECOND if limits.created == "s" else entry.at
        for item in entry.items:
            meant = item.get("fieldId") or _MEANT.get(item["field"], item["field"])
            if meant in kept:
                yield each.id, entry.id, meant, at, item["from"], item["fromString"], item["to"], item["toString"]


def _values(site: Site, each: Ticket, names: Collection[str], cloud: bool) -> Iterator[tuple]:
    for name in names:
        value = site.custom_value(each, name, cloud)
        if value is not None and value not in ("", []):
            yield each.id, name, json.dumps(value, sort_keys=True)


# ---- the store


def held(store: IssueStore, scope: int, mapped: Collection[str]) -> dict[str, Rows]:
    """The rows of the store in the same shape. Key changes have no field id, so not every answer shows them."""
    with store.engine.connect() as connection:
        rows = {name: _rows(connection, getattr(schema, name), scope) for name in _TABLES}
    return {
        "issue": Counter(_held_issue(each) for each in rows["issue"]),
        "change": Counter(
            (
                each["issue_id"],
                each["history_id"],
                _NAMED.get(each["field"], each["field"]),
                each["at"],
                each["from_id"],
                each["from_name"],
                each["to_id"],
                each["to_name"],
            )
            for each in rows["change"]
            if each["field"] != "key" and _is_mapped(each["field"], mapped)
        ),
        "field_value": Counter(
            (each["issue_id"], each["field_id"], json.dumps(json.loads(each["value"]), sort_keys=True))
            for each in rows["field_value"]
            if each["field_id"] in (*mapped, FLAGGED)
        ),
        "link": Counter(
            tuple(each[name] for name in ("issue_id", "link_id", "phrase", "type_name", "other_id", "other_key"))
            for each in rows["link"]
        ),
        "version": Counter(
            tuple(each[name] for name in ("version_id", "project_key", "name", "released", "release_date"))
            for each in rows["version"]
        ),
        "status": Counter((each["status_id"], each["name"], each["category"]) for each in rows["status"]),
        "project": Counter((each["project_key"], each["project_id"]) for each in rows["project"]),
        "sprint": Counter(
            (each["sprint_id"], each["name"], each["state"], each["board_id"]) for each in rows["sprint"]
        ),
        "sprint_issue": Counter((each["sprint_id"], each["issue_id"]) for each in rows["sprint_issue"]),
        "comment": Counter(
            tuple(each[name] for name in ("issue_id", "comment_id", "created", "author_id")) for each in rows["comment"]
        ),
    }


def _is_mapped(name: str, mapped: Collection[str]) -> bool:
    """Histories of fields that were mapped once may stay."""
    meant = _NAMED.get(name, name)
    return meant not in _ESTIMATES_AND_CHOICES or meant in mapped


def _held_issue(each: dict[str, Any]) -> tuple:
    names = (
        "issue_id",
        "key",
        "project_key",
        "type_id",
        "status_id",
        "summary",
        "resolution",
        "priority",
        "assignee_id",
        "assignee",
        "parent_id",
        "created",
        "updated",
        "resolved",
        "due",
    )
    lists = (tuple(json.loads(each[name])) for name in ("labels", "components", "fix_versions"))
    return (*(each[name] for name in names), *lists, bool(each["history_complete"]), each["comments_complete"])


def _rows(connection: Any, table: Any, scope: int) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(table).where(table.c.scope == scope)).mappings()]


def snapshot(store: IssueStore, site_url: str, jql: str = JQL) -> list:
    """All that readers see of a query, to find out whether it changed; without how the last sync ended."""
    scope = store.scope_for(site_url, jql)
    if scope is None or not scope.revision:
        return []
    with store.engine.connect() as connection:
        found = [
            [table.name, *sorted(map(repr, _plain(connection, table.name, scope.scope)))]
            for table in schema.metadata.sorted_tables
            if "scope" in table.c and table.name != "scope"
        ]
    return [scope.revision, scope.issues, scope.synced_at, scope.cursor, *found]


def _plain(connection: Any, table: str, scope: int) -> Iterable[tuple]:
    """The rows as they lie in the file: reading them as values takes five times as long, and is not needed to
    compare.
    """
    return connection.exec_driver_sql(f'SELECT * FROM "{table}" WHERE scope = ?', (scope,))  # noqa: S608 -- a name of ours
