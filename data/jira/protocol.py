"""How to ask Jira and how to understand its answers. No I/O: client.py does the talking."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, overload
from urllib.parse import quote

import msgspec

from data.jira import answers
from data.jira.answers import (
    Account,
    Changelog,
    ChangePage,
    History,
    Issue,
    IssueHistories,
    JiraField,
    ListPage,
    Page,
    ServerInfo,
)
from data.jira.errors import BadAnswer, NotAuthorized, NotFound
from data.jira.fields import kind_of
from data.jira.instants import instant
from data.jira.nesting import MOST_BYTES, Place, cut_deep
from data.jira.surrogates import without_half_characters
from data.platform.logs import SECRETS

PAGE = 100  # issues a page on Cloud once fields are asked for
ID_PAGE = 5_000  # issues a page on Cloud for ids only
DC_PAGE = 500  # what we ask of Data Center; it may grant less
DC_ID_PAGE = 1_000
CHANGE_ISSUES = 1_000  # issues in one bulk fetch of changelogs
CHANGE_PAGE = 10_000  # histories a page there
SAME_PAGE = "Jira sends the same page again, whatever page it is asked for."
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
    path = f"/rest/api/{api}/project/{_piece(project)}/version"
    return Request("GET", path, {"startAt": start, "maxResults": VERSION_PAGE})


def all_versions(api: str, project: str) -> Request:
    return Request("GET", f"/rest/api/{api}/project/{_piece(project)}/versions")


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


# ---- answers


# What a shape that we do not know may cause in code that reads it.
ODD = (TypeError, ValueError, AttributeError, KeyError, OverflowError, RecursionError)
_MARK = b"\xef\xbb\xbf"  # the byte order mark of UTF-8, which some proxies put before the JSON
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, ValueError)


@overload
def decode(body: bytes | msgspec.Raw, kind: type[T]) -> T: ...
@overload
def decode(body: bytes | msgspec.Raw, kind: Any = Any) -> Any: ...
def decode(body: bytes | msgspec.Raw, kind: Any = Any) -> Any:
    """The JSON as `kind`; what is nested too deeply is null. Raises BadAnswer, which callers may retry."""
    return _decode(body, _decoder(kind))[0]


_decoders: dict[object, msgspec.json.Decoder[Any]] = {}
_one_at_a_time = threading.Lock()


def _decoder(kind: type[T] | Any) -> msgspec.json.Decoder[T]:
    """The decoder of a type, made once and by one thread: msgspec works out the fields of a struct when it first meets
    it, and two threads that do so at the same moment can end the process.
    """
    with _one_at_a_time:
        if kind not in _decoders:
            _decoders[kind] = msgspec.json.Decoder(kind)
        return _decoders[kind]


def _decode(body: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[T]) -> tuple[T, list[Place]]:
    """What the JSON says, and where something was nested too deeply for any reader. Raises BadAnswer."""
    places: list[Place] = []
    for mend in (_plain, _mended, _shallow):
        try:
            text, places = mend(body)
            return decoder.decode(text), places
        except RecursionError:
            if len(bytes(body)) > MOST_BYTES:
                break
        except _UNREADABLE:
            continue
    raise BadAnswer("Jira’s answer is not the JSON we expect.")


def _plain(body: bytes | msgspec.Raw) -> tuple[bytes | msgspec.Raw, list[Place]]:
    return (body.removeprefix(_MARK) if isinstance(body, bytes) else body), []


def _mended(body: bytes | msgspec.Raw) -> tuple[bytes, list[Place]]:
    return without_half_characters(bytes(body).removeprefix(_MARK)), []


def _shallow(body: bytes | msgspec.Raw) -> tuple[bytes, list[Place]]:
    return cut_deep(_mended(body)[0])


class _WholePage(msgspec.Struct):
    issues: list[Issue]
    next_token: str | None = msgspec.field(default=None, name="nextPageToken")
    last: bool | None = msgspec.field(default=None, name="isLast")
    total: int | None = None
    start: int | None = msgspec.field(default=None, name="startAt")


class _RawPage(msgspec.Struct):
    issues: list[msgspec.Raw]
    next_token: str | None = msgspec.field(default=None, name="nextPageToken")
    last: bool | None = msgspec.field(default=None, name="isLast")
    total: int | None = None
    start: int | None = msgspec.field(default=None, name="startAt")


_page_decoder = msgspec.json.Decoder(_WholePage)
_raw_page_decoder = msgspec.json.Decoder(_RawPage)
_issue_decoder = msgspec.json.Decoder(Issue)
_SKIPPED = b"comment"  # the field whose depths nobody reads: texts of comments


def read_search(body: bytes, headers: Mapping[str, str]) -> Page:
    """One page of a search, Cloud or Data Center. Raises NotAuthorized, BadAnswer."""
    page: _WholePage | _RawPage
    odd: list[str] = []
    try:
        page = whole_page = _page_decoder.decode(body)
        issues = whole_page.issues
    except (*_UNREADABLE, RecursionError):
        raw_page, places = _decode(body, _raw_page_decoder)
        page = raw_page
        issues, odd = _one_by_one(raw_page.issues, places)
    if not page.issues and headers.get("X-Seraph-LoginReason", "").upper() == "AUTHENTICATED_FAILED":
        raise NotAuthorized()
    if page.last is False and not page.next_token:
        raise BadAnswer("Jira says that more issues follow, but not how to get them.")
    return Page(issues, None if page.last else page.next_token or None, page.total, odd, page.start)


def _one_by_one(rows: Sequence[msgspec.Raw], places: Iterable[Place]) -> tuple[list[Issue], list[str]]:
    """The issues that can be read, and what to call the others."""
    issues, odd = [], []
    cut = {place[1] for place in places if place[:1] == (b"issues",) and place[2:] != (b"fields", _SKIPPED)}
    for number, raw in enumerate(rows):
        try:
            if number in cut:
                raise BadAnswer
            issues.append(_decode(raw, _issue_decoder)[0])
        except BadAnswer:
            odd.append(_rough_name(raw))
    return issues, odd


def _rough_name(raw: bytes | msgspec.Raw) -> str:
    """What to call an issue that cannot be read."""
    text = bytes(raw)[:4000]
    if found := re.search(rb'"key"\s*:\s*"([^"]{1,255})"', text):
        return found[1].decode("utf-8", "replace")
    found = re.search(rb'"id"\s*:\s*"?([^",}\s]{1,255})[",}\s]', text)
    return nameless(found[1].decode("utf-8", "replace") if found else "")


def nameless(number: object) -> str:
    """What to call an issue without a key.

    >>> nameless("10001"), nameless("")
    ('the issue with the id 10001', 'an issue without a key')
    """
    if isinstance(number, int) and abs(number) < 10**40:
        number = str(number)
    return (
        f"the issue with the id {SECRETS.shorten(number, 40)}"
        if isinstance(number, str) and number
        else "an issue without a key"
    )


def after(page: Page, at: str | int | None) -> str | int | None:
    """Where the next page begins, None after the last. Trusts what came, not what was asked for.

    Where a total cannot be right (less than what came) or is missing, only an empty page is the end.
    """
    if page.next_token is not None:
        return page.next_token
    came = len(page.issues) + len(page.odd)
    if (page.total is None and page.start is None) or not came:
        return None
    reached = (at if isinstance(at, int) else 0) + came
    return None if reached == page.total else reached


def has_odd_total(page: Page, at: str | int | None) -> bool:
    """Whether the page counts fewer issues than it sends itself: then nobody can say whether they are all."""
    came = len(page.issues) + len(page.odd)
    start = at if isinstance(at, int) else 0
    return page.total is not None and (page.total < 0 or (came > 0 and start + came > page.total))


class _RawHistories(msgspec.Struct):
    issue_id: Any = msgspec.field(name="issueId")
    histories: list[History] = msgspec.field(name="changeHistories")


class _IssueOnly(msgspec.Struct):
    issue_id: Any = msgspec.field(name="issueId")


class _ChangePage(msgspec.Struct):
    issues: list[_RawHistories] = msgspec.field(name="issueChangeLogs")
    next_token: str | None = msgspec.field(default=None, name="nextPageToken")


class _RawChangePage(msgspec.Struct):
    issues: list[msgspec.Raw] = msgspec.field(name="issueChangeLogs")
    next_token: str | None = msgspec.field(default=None, name="nextPageToken")


_change_decoder = msgspec.json.Decoder(_ChangePage)
_raw_change_decoder = msgspec.json.Decoder(_RawChangePage)
_histories_decoder = msgspec.json.Decoder(_RawHistories)


def read_bulk_changelogs(body: bytes) -> ChangePage:
    """One page of changelogs of many issues; `odd`: ids of those whose histories cannot be read. Raises BadAnswer."""
    rows: list[_RawHistories] = []
    odd: list[int] = []
    try:
        page = _change_decoder.decode(body)
        rows, following = page.issues, page.next_token
    except (*_UNREADABLE, RecursionError):
        raw_page, _ = _decode(body, _raw_change_decoder)
        following = raw_page.next_token
        for raw in raw_page.issues:
            try:
                rows.append(_decode(raw, _histories_decoder)[0])
            except BadAnswer:
                odd.append(_issue_id(decode(raw, _IssueOnly).issue_id))
    return ChangePage([IssueHistories(_issue_id(row.issue_id), row.histories) for row in rows], following, odd)


def _issue_id(value: object) -> int:
    number = whole(value)
    if number is None:
        raise BadAnswer("Jira sent a history, but not of which issue.")
    return number


class _RawValues(msgspec.Struct):
    values: list[msgspec.Raw] | None = None
    histories: list[msgspec.Raw] | None = None
    last: bool | None = msgspec.field(default=None, name="isLast")
    total: int | None = None
    start: int | None = msgspec.field(default=None, name="startAt")


def read_issue_changelog(body: bytes, start: int = 0) -> Changelog:
    """The page of `GET issue/{id}/changelog` that begins at `start`; `total` counts all pages. Raises BadAnswer."""
    page = decode(body, _RawValues)
    rows = page.values if page.values is not None else page.histories
    if rows is None:
        raise BadAnswer("Jira’s answer is not the history we expect.")
    check_place(start, page.start, page.total, len(rows))
    return Changelog([decode(raw, History) for raw in rows], page.total)


def check_place(start: int, told: int | None, total: int | None, came: int) -> None:
    """Raises BadAnswer for a page that is not the one that was asked for, or whose total cannot be right."""
    if told is not None and told != start:
        raise BadAnswer("Jira sent another page than the one that was asked for.")
    if total is not None and (total < 0 or (came and start + came > total)):
        raise BadAnswer("Jira sent more than it counts, so nobody can tell whether it is all.")


def check_search_place(page: Page, start: int) -> Page:
    """The page of a search on Data Center that was to begin at `start`. Raises BadAnswer where it is another one."""
    if page.start is not None and page.start != start:
        raise BadAnswer("Jira sent another page than the one that was asked for.")
    if page.total is not None and not page.issues and not page.odd and page.total > start:
        raise BadAnswer("Jira says that more issues follow, but sends none.")
    return page


class _RawList(msgspec.Struct):
    values: list[Any]
    start: int | None = msgspec.field(default=None, name="startAt")
    total: int | None = None
    last: bool | None = msgspec.field(default=None, name="isLast")


def read_list(body: bytes, start: int = 0) -> ListPage:
    """The rows of a plain array, or of the page with `values` that begins at `start`. Raises BadAnswer."""
    found: list[Any] | _RawList = decode(body, list[Any] | _RawList)
    if isinstance(found, list):
        return ListPage(found, len(found), True, None)
    check_place(start, found.start, found.total, len(found.values))
    return ListPage(found.values, len(found.values), found.last, found.total)


Row = TypeVar("Row")


def read_rows(rows: Iterable[Any], read: Callable[[Mapping[str, Any]], Row | None], *, all_needed: bool = False) -> list[Row]:  # fmt: skip
    """What `read` makes of the rows; one that cannot be read is left out, or raises BadAnswer where all are needed."""
    found: list[Row] = []
    for row in rows:
        try:
            made = read(row) if isinstance(row, dict) else None
        except ODD:
            made = None
        if made is not None:
            found.append(made)
        elif all_needed:
            raise BadAnswer("Jira’s list has an entry that cannot be read.")
    return found


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
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise BadAnswer("Jira did not say how many issues there are.")
    return number


_CATEGORIES = {"new": "new", "indeterminate": "indeterminate", "done": "done", "undefined": "new"}
_CATEGORY_IDS: dict[int | None, str] = {1: "new", 2: "new", 3: "done", 4: "indeterminate"}


def status(row: Mapping[str, Any]) -> answers.Status | None:
    """A status from the list or from an issue; None if it has no id."""
    category = row.get("statusCategory")
    category = category if isinstance(category, dict) else {}
    known = _CATEGORIES.get(str(category.get("key"))) or _CATEGORY_IDS.get(whole(category.get("id")), "indeterminate")
    if row.get("id") is None:
        return None
    return answers.Status(str(row["id"]), str(row.get("name") or row["id"]), known)


def jira_field(row: Mapping[str, Any]) -> JiraField | None:
    """A field of the site with the kind that its schema tells; None without an id."""
    if not row.get("id"):
        return None
    if not isinstance(row.get("name"), str | None):
        return None
    given = row.get("schema")
    plain = str | int | float | None
    schema = (
        {name: value for name, value in given.items() if isinstance(value, plain)} if isinstance(given, dict) else {}
    )
    number, name = str(row["id"]), str(row.get("name") or row["id"])
    custom = bool(row.get("custom", number.startswith("customfield_")))
    return JiraField(number, name, custom, kind_of(schema, (), number), schema)


def issue_type(row: Mapping[str, Any]) -> answers.IssueType | None:
    """A type from the list or from an issue; None if it has no id."""
    if row.get("id") is None:
        return None
    return answers.IssueType(
        str(row["id"]),
        str(row.get("name") or row["id"]),
        bool(row.get("subtask")),
        whole(row.get("hierarchyLevel")),
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


def whole(value: object) -> int | None:
    """A 64-bit number from "10001" or 10001, else None.

    >>> whole("10001"), whole(10001), whole("9" * 30), whole(True), whole("1.5")
    (10001, 10001, None, None, None)
    """
    if isinstance(value, str):
        if len(value) > 20 or not value.isascii() or not value.removeprefix("-").isdigit():
            return None
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        return None
    return number if -(2**63) <= number < 2**63 else None


def _plain_date(value: Any) -> str | None:
    return value[:10] if isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}", value) else None
