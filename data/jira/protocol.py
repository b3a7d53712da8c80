"""How to ask Jira and how to understand its answers. No I/O: client.py does the talking."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from data.jira import answers
from data.jira.answers import Account, Changelog, ChangePage, History, Issue, IssueHistories, Page, ServerInfo
from data.jira.errors import BadAnswer, NotAuthorized
from data.jira.instants import instant
from data.jira.surrogates import without_half_characters
from data.platform.logs import SECRETS

PAGE = 100  # issues a page on Cloud once fields are asked for
ID_PAGE = 5_000  # issues a page on Cloud for ids only
DC_PAGE = 500  # what we ask of Data Center; it may grant less
DC_ID_PAGE = 1_000
CHANGE_ISSUES = 1_000  # issues in one bulk fetch of changelogs
CHANGE_PAGE = 10_000  # histories a page there
CHANGE_FIELDS = 10  # field ids that may be named there
VERSION_PAGE = 50

T = TypeVar("T")


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
    path = f"/rest/api/{api}/project/{project}/version"
    return Request("GET", path, {"startAt": start, "maxResults": VERSION_PAGE})


def all_versions(api: str, project: str) -> Request:
    return Request("GET", f"/rest/api/{api}/project/{project}/versions")


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


# ---- answers


def decode(body: bytes, kind: type[T] | Any = Any) -> T:
    """The JSON as `kind`. Raises BadAnswer, which callers may retry."""
    try:
        try:
            return msgspec.json.decode(body, type=kind)
        except msgspec.DecodeError:
            mended = without_half_characters(body)
            if mended == body:
                raise
            return msgspec.json.decode(mended, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadAnswer("Jira’s answer is not the JSON we expect.") from error


class _RawPage(msgspec.Struct):
    issues: list[msgspec.Raw]
    next_token: str | None = msgspec.field(default=None, name="nextPageToken")
    last: bool | None = msgspec.field(default=None, name="isLast")
    total: int | None = None


def read_search(body: bytes, headers: Mapping[str, str]) -> Page:
    """One page of a search, Cloud or Data Center. Raises NotAuthorized, BadAnswer."""
    page = decode(body, _RawPage)
    if not page.issues and headers.get("X-Seraph-LoginReason", "").upper() == "AUTHENTICATED_FAILED":
        raise NotAuthorized()
    issues, odd = [], []
    for raw in page.issues:
        try:
            issues.append(_issue_decoder.decode(raw))
        except (msgspec.DecodeError, UnicodeDecodeError):
            odd.append(_rough_key(raw))
    if page.last is False and not page.next_token:
        raise BadAnswer("Jira says that more issues follow, but not how to get them.")
    return Page(issues, None if page.last else page.next_token or None, page.total, odd)


_issue_decoder = msgspec.json.Decoder(Issue)


def _rough_key(raw: bytes | msgspec.Raw) -> str:
    """What to call an issue that cannot be read."""
    found = re.search(rb'"key"\s*:\s*"([^"]{1,255})"', bytes(raw)[:4000])
    return found[1].decode("utf-8", "replace") if found else "an issue without a key"


def after(page: Page, at: str | int | None) -> str | int | None:
    """Where the next page begins, None after the last. Trusts what came, not what was asked for."""
    if page.next_token is not None:
        return page.next_token
    came = len(page.issues) + len(page.odd)
    if page.total is None or not came:
        return None
    reached = (at if isinstance(at, int) else 0) + came
    return reached if reached < page.total else None


class _RawHistories(msgspec.Struct):
    issue_id: Any = msgspec.field(name="issueId")
    histories: list[History] = msgspec.field(default_factory=list, name="changeHistories")


class _RawChangePage(msgspec.Struct):
    issues: list[_RawHistories] = msgspec.field(name="issueChangeLogs")
    next_token: str | None = msgspec.field(default=None, name="nextPageToken")


def read_bulk_changelogs(body: bytes) -> ChangePage:
    """One page of changelogs of many issues. Raises BadAnswer."""
    page = decode(body, _RawChangePage)
    return ChangePage([IssueHistories(str(each.issue_id), each.histories) for each in page.issues], page.next_token)


class _RawValues(msgspec.Struct):
    values: list[msgspec.Raw] | None = None
    histories: list[msgspec.Raw] | None = None
    last: bool | None = msgspec.field(default=None, name="isLast")
    total: int | None = None


def read_issue_changelog(body: bytes) -> Changelog:
    """One page of `GET issue/{id}/changelog`; `total` counts all pages. Raises BadAnswer."""
    page = decode(body, _RawValues)
    rows = page.values if page.values is not None else page.histories
    if rows is None:
        raise BadAnswer("Jira’s answer is not the history we expect.")
    return Changelog([decode(bytes(raw), History) for raw in rows], page.total)


def read_list(body: bytes) -> tuple[list[dict], bool]:
    """The rows of a plain array or of a page with `values`, and whether this was the last page."""
    found = decode(body)
    if isinstance(found, list):
        return [each for each in found if isinstance(each, dict)], True
    if not isinstance(found, dict) or not isinstance(found.get("values"), list):
        raise BadAnswer("Jira’s answer is not the list we expect.")
    rows = [each for each in found["values"] if isinstance(each, dict)]
    done = found.get("startAt", 0) + len(found["values"])
    last = found.get("isLast")
    if last is None:
        last = done >= found.get("total", done)
    return rows, bool(last) or not found["values"]


def read_server_info(body: bytes) -> ServerInfo:
    """Raises BadAnswer when it is JSON, but not Jira's."""
    found = decode(body)
    if not isinstance(found, dict) or not ("version" in found or "deploymentType" in found):
        raise BadAnswer("The address answers, but not like a Jira site.", hint="Check the address of the site.")
    cloud = str(found.get("deploymentType", "Server")).lower() == "cloud"
    return ServerInfo(
        flavour="cloud" if cloud else "dc",
        title=SECRETS.clean(str(found.get("serverTitle") or "Jira")),
        base_url=SECRETS.clean(str(found.get("displayUrl") or found.get("baseUrl") or "")),
        version=str(found.get("version") or ""),
        at=instant(found.get("serverTime")),
    )


def read_myself(body: bytes, headers: Mapping[str, str]) -> Account:
    """Raises NotAuthorized when Jira took us for nobody."""
    found = decode(body)
    failed = headers.get("X-Seraph-LoginReason", "").upper() == "AUTHENTICATED_FAILED"
    known = isinstance(found, dict) and any(found.get(name) for name in ("accountId", "name", "key", "displayName"))
    if failed or not known:
        raise NotAuthorized()
    return Account(
        zone=SECRETS.clean(str(found.get("timeZone") or "UTC")),
        name=SECRETS.clean(str(found.get("displayName") or found.get("name") or found.get("accountId"))),
    )


def read_count(body: bytes) -> int:
    found = decode(body)
    number = found.get("count", found.get("total")) if isinstance(found, dict) else None
    if not isinstance(number, int):
        raise BadAnswer("Jira did not say how many issues there are.")
    return number


_CATEGORIES = {"new": "new", "indeterminate": "indeterminate", "done": "done", "undefined": "new"}
_CATEGORY_IDS = {1: "new", 2: "new", 3: "done", 4: "indeterminate"}


def status(row: Mapping[str, Any]) -> answers.Status | None:
    """A status from the list or from an issue; None if it has no id."""
    category = row.get("statusCategory")
    category = category if isinstance(category, dict) else {}
    known = _CATEGORIES.get(str(category.get("key"))) or _CATEGORY_IDS.get(category.get("id"), "indeterminate")
    if row.get("id") is None:
        return None
    return answers.Status(str(row["id"]), str(row.get("name") or row["id"]), known)


def issue_type(row: Mapping[str, Any]) -> answers.IssueType | None:
    level = row.get("hierarchyLevel")
    if row.get("id") is None:
        return None
    return answers.IssueType(
        str(row["id"]),
        str(row.get("name") or row["id"]),
        bool(row.get("subtask")),
        level if isinstance(level, int) and not isinstance(level, bool) else None,
    )


def project(row: Mapping[str, Any]) -> answers.Project | None:
    number = whole(row.get("id"))
    if not row.get("key"):
        return None
    return answers.Project(number if number is not None else 0, str(row["key"]), str(row.get("name") or row["key"]))


def version(row: Mapping[str, Any], project_key: str) -> answers.Version | None:
    number = whole(row.get("id"))
    if number is None:
        return None
    return answers.Version(
        id=number,
        project=project_key,
        name=str(row.get("name") or number),
        released=row.get("released") is True,
        archived=row.get("archived") is True,
        release_date=_plain_date(row.get("releaseDate")),
        start_date=_plain_date(row.get("startDate")),
    )


def whole(value: Any) -> int | None:
    """A 64-bit number from "10001" or 10001, else None."""
    try:
        number = int(value) if not isinstance(value, bool) and value is not None else None
    except (TypeError, ValueError, OverflowError):
        return None
    return number if number is not None and -(2**63) <= number < 2**63 else None


def _plain_date(value: Any) -> str | None:
    return value[:10] if isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}", value) else None
