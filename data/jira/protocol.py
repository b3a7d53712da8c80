"""How to understand Jira's answers. No I/O: client.py does the talking, endpoints.py says what may be asked."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, overload

import msgspec

from data.jira.answers import (
    Account,
    Changelog,
    ChangePage,
    History,
    Issue,
    IssueHistories,
    ListPage,
    Page,
    ServerInfo,
)
from data.jira.entities import whole
from data.jira.errors import BadAnswer, NotAuthorized
from data.jira.instants import instant
from data.jira.nesting import MOST_BYTES, Place, cut_deep
from data.jira.surrogates import without_half_characters
from data.platform.logs import SECRETS

SAME_PAGE = "Jira sends the same page again, whatever page it is asked for."

T = TypeVar("T")


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


def read_rows(
    rows: Iterable[Any], read: Callable[[Mapping[str, Any]], Row | None], *, all_needed: bool = False
) -> list[Row]:
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
