"""What we may ask Jira: each request as a value, and the JQL in it. No I/O: sender.py sends them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from data.jira.errors import NotFound

PAGE = 100  # issues a page on Cloud once fields are asked for
ID_PAGE = 5_000  # issues a page on Cloud for ids only
DC_PAGE = 500  # what we ask of Data Center; it may grant less
DC_ID_PAGE = 1_000
CHANGE_ISSUES = 1_000  # issues in one bulk fetch of changelogs
CHANGE_PAGE = 10_000  # histories a page there
CHANGE_FIELDS = 10  # field ids that may be named there
VERSION_PAGE = 50
CREATE_PAGE = 200  # the most that Cloud allows


@dataclass(frozen=True)
class Request:
    """One question to Jira: `path` below the site's address."""

    method: str
    path: str
    params: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] | None = None


# ---- queries


def without_order(jql: str) -> str:
    """The JQL without its ORDER BY; quoted text is left alone.

    >>> without_order('text ~ "order by me" ORDER  BY created DESC')
    'text ~ "order by me"'
    """
    for match in re.finditer(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\border\s+by\b""", jql, re.IGNORECASE):
        if match[0][0] not in "\"'":
            return jql[: match.start()].strip()
    return jql.strip()


def in_order(jql: str, also: str = "") -> str:
    """The JQL (and `also`) in an order that does not change while pages are read.

    >>> in_order("project = A ORDER BY rank", "updated >= -1d")
    '(project = A) AND updated >= -1d ORDER BY created ASC, id ASC'
    """
    return f"{narrowed(jql, also)} ORDER BY created ASC, id ASC".strip()


def narrowed(jql: str, also: str = "") -> str:
    """The JQL without its order, and `also`.

    >>> narrowed("a = 1 OR b = 2 ORDER BY rank", "c = 3")
    '(a = 1 OR b = 2) AND c = 3'
    """
    plain = without_order(jql)
    if not also:
        return plain
    return f"({plain}) AND {also}" if plain else also


def with_ids(issue_ids: Sequence[int]) -> str:
    """The query for certain issues.

    >>> with_ids([7, 8])
    'id in (7, 8) ORDER BY created ASC, id ASC'
    """
    return in_order(f"id in ({', '.join(map(str, issue_ids))})")


# ---- requests


def server_info(api: str) -> Request:
    return Request("GET", f"/rest/api/{api}/serverInfo")


def myself(api: str) -> Request:
    return Request("GET", f"/rest/api/{api}/myself")


def listing(api: str, what: str) -> Request:
    """`what`: field, status, issuetype or (Data Center) project."""
    return Request("GET", f"/rest/api/{api}/{what}")


def project_page(start: int) -> Request:
    return Request("GET", "/rest/api/3/project/search", {"startAt": start, "maxResults": 100})


def versions(api: str, project: str, start: int) -> Request:
    path = f"/rest/api/{api}/project/{_piece(project)}/version"
    return Request("GET", path, {"startAt": start, "maxResults": VERSION_PAGE})


def all_versions(api: str, project: str) -> Request:
    return Request("GET", f"/rest/api/{api}/project/{_piece(project)}/versions")


def create_fields(api: str, project: str, type_id: str, start: int) -> Request:
    """The fields of the form that creates an issue of a type in a project."""
    path = f"/rest/api/{api}/issue/createmeta/{_piece(project)}/issuetypes/{_piece(type_id)}"
    return Request("GET", path, {"startAt": start, "maxResults": CREATE_PAGE})


def _piece(name: str) -> str:
    """A name as one piece of a path. Raises NotFound for what no path can hold as a name.

    >>> _piece("A B/../C")
    'A%20B%2F..%2FC'
    """
    if not name.strip("."):
        raise NotFound(f"Jira has no project with the key “{name}”.")
    return quote(name, safe="")


def cloud_search(
    jql: str, fields: Sequence[str], token: str | None = None, *, size: int = PAGE, expand_changelog: bool = False
) -> Request:
    body: dict[str, Any] = {"jql": jql, "fields": list(fields), "maxResults": size}
    if expand_changelog:
        body["expand"] = "changelog"
    if token is not None:
        body["nextPageToken"] = token
    return Request("POST", "/rest/api/3/search/jql", body=body)


def dc_search(
    jql: str, fields: Sequence[str], start: int, *, size: int = DC_PAGE, expand_changelog: bool = False
) -> Request:
    body: dict[str, Any] = {"jql": jql, "fields": list(fields), "startAt": start, "maxResults": size}
    if expand_changelog:
        body["expand"] = ["changelog"]
    return Request("POST", "/rest/api/2/search", body=body)


def count(jql: str) -> Request:
    return Request("POST", "/rest/api/3/search/approximate-count", body={"jql": without_order(jql)})


def bulk_changelogs(issue_ids: Sequence[int], field_ids: Sequence[str] = (), token: str | None = None) -> Request:
    body: dict[str, Any] = {"issueIdsOrKeys": [str(each) for each in issue_ids], "maxResults": CHANGE_PAGE}
    if field_ids and len(field_ids) <= CHANGE_FIELDS:
        body["fieldIds"] = list(field_ids)
    if token is not None:
        body["nextPageToken"] = token
    return Request("POST", "/rest/api/3/changelog/bulkfetch", body=body)


def issue_changelog(issue_id: int, start: int) -> Request:
    return Request("GET", f"/rest/api/3/issue/{issue_id}/changelog", {"startAt": start, "maxResults": 100})
