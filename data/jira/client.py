"""What we ask a Jira site for: complete answers, page by page, whatever flavour it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from data.jira import answers, comments, create_fields, endpoints, entities, http_errors, protocol, sprints
from data.jira.answers import Account, History, Issue, JiraField, Page, ServerInfo
from data.jira.connection import Connection
from data.jira.create_fields import CreateField
from data.jira.errors import BadAnswer, BadQuery, JiraError, NotFound, NotJira
from data.jira.paging import Beginnings, PageCursor, is_whole, merge, name_of_row
from data.jira.sender import Answer, RetryPolicy, Sender, never

_MOST_PAGES = 2_000  # of a list
Row = TypeVar("Row")
ReadRow = Callable[[Mapping[str, Any]], Row | None]


class Jira:
    """One site, read only. Every method raises JiraError, whose `hint` says what to do. Safe in several threads."""

    def __init__(
        self,
        connection: Connection,
        *,
        timeout: tuple[float, float] = (5, 30),
        cancelled: Callable[[], bool] = never,
        patience: RetryPolicy | None = None,
        pause: Callable[[float], None] | None = None,
    ) -> None:
        self.connection = connection
        self._sender = Sender(
            connection, patience=patience or RetryPolicy(timeout=timeout), cancelled=cancelled, pause=pause
        )
        self._info: ServerInfo | None = None
        self._account: Account | None = None
        self._connecting = threading.Lock()
        self.restarts = 0  # how often a query was begun anew because its pages led nowhere

    @property
    def requests(self) -> int:
        """How many requests were sent, tries included."""
        return self._sender.requests

    def tell(self, tell: Callable[[str], None]) -> None:
        """`tell` is told from now on what requests wait for: a pause that Jira asked for, or a free slot."""
        self._sender.tell = tell

    def close(self) -> None:
        self._sender.close()

    def __enter__(self) -> Jira:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- who and where

    def server_info(self) -> ServerInfo:
        """Cloud or Data Center, and what it is called."""
        if self._info is None:
            self._info = self._ask_server_info()
        return self._info

    def myself(self) -> Account:
        """Whose token this is. A public site may answer a bad token with fewer issues, but not here."""
        if self._account is None:
            api = "3" if self.server_info().flavour == "cloud" else "2"
            self._account = self._sender.read(
                endpoints.myself(api), lambda answer: protocol.read_myself(answer.body, answer.headers)
            )
        return self._account

    def _ask_server_info(self) -> ServerInfo:
        for api in ("3", "2"):
            try:
                return self._sender.read(endpoints.server_info(api), _server_info)
            except NotFound as error:
                if api == "2":
                    raise NotJira("The address answers, but there is no Jira.") from error
            except BadAnswer as error:
                if error.message == BadAnswer.default or api == "2":
                    raise NotJira(error.message, hint=error.hint) from error
        raise NotJira

    @property
    def _api(self) -> str:
        """The interface's version, once we know that the token is good."""
        with self._connecting:
            self.myself()
        return "3" if self.server_info().flavour == "cloud" else "2"

    @property
    def cloud(self) -> bool:
        return self._api == "3"

    # ---- lists

    def fields(self) -> list[JiraField]:
        """All fields, with the kind their schema tells ("other" where it tells none). Raises BadAnswer where one
        lacks.
        """
        return self._list(endpoints.listing(self._api, "field"), entities.jira_field, all_needed=True)

    def statuses(self) -> list[answers.Status]:
        """All statuses with their category."""
        return self._list(endpoints.listing(self._api, "status"), entities.status)

    def issue_types(self) -> list[answers.IssueType]:
        """All issue types."""
        return self._list(endpoints.listing(self._api, "issuetype"), entities.issue_type)

    def projects(self) -> list[answers.Project]:
        """The projects that this account may see."""
        if self.cloud:
            return self._paged(endpoints.project_page, entities.project)
        return self._list(endpoints.listing("2", "project"), entities.project)

    def versions(self, project_key: str) -> list[answers.Version]:
        """All versions of a project; NotFound when it is hidden or gone."""
        api = self._api

        def read(row: Mapping[str, Any]) -> answers.Version | None:
            return entities.version(row, project_key)

        try:
            return self._list(endpoints.all_versions(api, project_key), read, all_needed=True)
        except NotFound:
            return self._paged(lambda start: endpoints.versions(api, project_key, start), read, all_needed=True)

    def create_fields(self, project: str, type_id: str) -> list[CreateField]:
        """The fields of the form that creates an issue of a type (its id) in a project (its key or id).

        Cloud answers with none where the account may not create issues. Raises NotFound, Forbidden, BadAnswer.
        """
        api = self._api
        return self._paged(
            lambda start: endpoints.create_fields(api, project, type_id, start),
            create_fields.create_field,
            page_of=_create_page_at,
        )

    def boards(self, project_key: str) -> list[answers.Board]:
        """The boards of a project. Raises NotFound or Forbidden where Jira Software is missing or closed to us."""
        return self._paged(
            lambda start: sprints.boards(project_key, start),
            lambda row: sprints.board(row, project_key),
            all_needed=True,
        )

    def sprints(self, board_id: int) -> list[answers.Sprint]:
        """The sprints of a board; none for a board that has no sprints."""
        try:
            return self._paged(
                lambda start: sprints.board_sprints(board_id, start),
                lambda row: sprints.sprint(row, board_id),
                all_needed=True,
            )
        except JiraError as error:
            if error.status == 400:
                return []
            raise

    def approximate_count(self, jql: str) -> int:
        """How many issues the query finds; exact on Data Center."""
        if self.cloud:
            request = endpoints.count(jql)
        else:
            request = endpoints.dc_search(endpoints.without_order(jql), ["id"], 0, size=0)
        return self._sender.read(request, lambda answer: protocol.read_count(answer.body), query=True)

    def _list(self, request: endpoints.Request, read: ReadRow[Row], *, all_needed: bool = False) -> list[Row]:
        return self._sender.read(
            request,
            lambda answer: protocol.read_rows(protocol.read_list(answer.body).rows, read, all_needed=all_needed),
        )

    def _paged(
        self,
        ask: Callable[[int], endpoints.Request],
        read: ReadRow[Row],
        *,
        all_needed: bool = False,
        page_of: Callable[[int, Answer], answers.ListPage] | None = None,
    ) -> list[Row]:
        """All pages of a list. Raises BadAnswer where it does not end, or its pages are not all of it."""
        found: dict[str, Any] = {}
        start = 0
        for _ in range(_MOST_PAGES):
            page = self._sender.read(ask(start), partial(page_of or _page_at, start))
            before, start = len(found), start + page.row_count
            found |= {name_of_row(row, f"row {start} {place}"): row for place, row in enumerate(page.rows)}
            if is_whole(page, start, brought=len(found) > before):
                return protocol.read_rows(found.values(), read, all_needed=all_needed)
        raise BadAnswer("Jira’s list does not end.")

    # ---- issues

    def page(
        self,
        query: str,
        fields: Sequence[str],
        at: str | int | None = None,
        *,
        size: int | None = None,
        expand_changelog: bool = False,
    ) -> Page:
        """One page. `at`: the token of the page before (Cloud), or how many issues came before (Data Center)."""
        start = at if isinstance(at, int) else 0
        if self.cloud:
            request = endpoints.cloud_search(
                query,
                fields,
                at if isinstance(at, str) else None,
                size=size or endpoints.PAGE,
                expand_changelog=expand_changelog,
            )
        else:
            request = endpoints.dc_search(
                query, fields, start, size=size or endpoints.DC_PAGE, expand_changelog=expand_changelog
            )

        def read(answer: Answer) -> Page:
            page = protocol.read_search(answer.body, answer.headers)
            return page if self.cloud else protocol.check_search_place(page, start)

        return self._sender.read(request, read, query=True)

    def pages(
        self, query: str, fields: Sequence[str], *, size: int | None = None, expand_changelog: bool = False
    ) -> Iterator[Page]:
        """All pages of a query, one after the other. Where its tokens lead nowhere it begins anew: issues come again.

        Raises BadAnswer where the pages stay the same whatever is asked for.
        """
        at: str | int | None = None
        trail = PageCursor(self)
        begins = Beginnings()
        while True:
            try:
                page = self.page(query, fields, at, size=size, expand_changelog=expand_changelog)
            except BadQuery as error:
                trail.refused(at, error)
                at = None
                continue
            if begins.twice(page, at):
                trail.anew(BadAnswer(protocol.SAME_PAGE))
                at = None
                continue
            yield page
            following = protocol.after(page, at)
            if following is None:
                return
            at = trail.onward(following, bool(page.issues or page.odd))

    def search(
        self,
        jql: str,
        fields: Sequence[str],
        *,
        expand_changelog: bool = False,
        also: str = "",
        size: int | None = None,
    ) -> Iterator[Page]:
        """Pages of all issues that the query (and `also`) finds, in a stable order.

        An issue that moves while we read may come twice: keep the one with the newest `updated`.
        """
        return self.pages(endpoints.in_order(jql, also), fields, size=size, expand_changelog=expand_changelog)

    def newest(self, jql: str, fields: Sequence[str], most: int) -> Iterator[Issue]:
        """At most `most` issues, the last updated first."""
        query = f"{endpoints.without_order(jql)} ORDER BY updated DESC, id DESC".strip()
        seen: set[int] = set()
        largest = (
            endpoints.DC_PAGE if not self.cloud else endpoints.ID_PAGE if list(fields) == ["id"] else endpoints.PAGE
        )
        for page in self.pages(query, fields, size=min(most, largest)):
            for issue in page.issues:
                number = entities.whole(issue.id)
                if number is not None and number not in seen and len(seen) < most:
                    seen.add(number)
                    yield issue
            if len(seen) >= most:
                return

    # ---- changelogs (Cloud; Data Center gives them with the issues)

    def changelogs(self, issue_ids: Sequence[int], field_ids: Sequence[str] = ()) -> dict[int, list[History]]:
        """Complete histories by issue id, at most 1,000 issues; an issue without changes has an empty list.

        Issues whose histories cannot be read are left out.
        Raises NotFound where the site (or a proxy before it) does not know bulk fetching.
        """
        found: dict[int, dict[str, History]] = {}
        unreadable: set[int] = set()
        token: str | None = None
        trail = PageCursor(self)
        while True:
            if token is None:
                found, unreadable = {each: {} for each in issue_ids}, set()
            request = endpoints.bulk_changelogs(issue_ids, field_ids, token)
            try:
                page = self._sender.read(request, lambda answer: protocol.read_bulk_changelogs(answer.body))
            except JiraError as error:
                if error.status != 400:
                    raise
                trail.refused(token, error)
                token = None
                continue
            for each in page.issues:
                if each.issue_id in found:
                    merge(found[each.issue_id], each.histories)
            unreadable |= set(page.odd)
            if not page.next_token:
                return {number: list(each.values()) for number, each in found.items() if number not in unreadable}
            token = trail.onward(page.next_token, bool(page.issues or page.odd))

    def changelog(self, issue_id: int) -> list[History]:
        """The complete history of one Cloud issue, 100 entries a request. Raises BadAnswer where it is not complete."""
        found: dict[str, History] = {}
        start = 0
        while True:
            page = self._sender.read(
                endpoints.issue_changelog(issue_id, start),
                partial(_changelog_at, start),
            )
            before, start = len(found), start + len(page.histories)
            merge(found, page.histories)
            if page.total is not None and start >= page.total and len(found) >= page.total:
                return list(found.values())
            if not page.histories and page.total is None:
                return list(found.values())
            if len(found) == before:
                raise BadAnswer("Jira does not give the whole history of an issue.")

    # ---- comments

    def comments(self, issue_id: int) -> answers.CommentPage:
        """All comments of an issue; fewer than their total where Jira does not give the rest. Raises NotFound."""
        api = self._api
        found: dict[int, answers.Comment] = {}
        came = 0
        for _ in range(_MOST_PAGES):
            page = self._sender.read(comments.page(api, issue_id, came), partial(_comments_at, came))
            before = len(found)
            found |= {each.id: each for each in page.comments}
            came += page.comment_count
            if len(found) == before or (page.total is not None and came >= page.total):
                # Without a total an empty page is the end.
                return answers.CommentPage(list(found.values()), came if page.total is None else page.total, came)
        raise BadAnswer("Jira’s list of comments does not end.")


def _changelog_at(start: int, answer: Answer) -> answers.Changelog:
    return protocol.read_issue_changelog(answer.body, start)


def _comments_at(start: int, answer: Answer) -> answers.CommentPage:
    return comments.read_page(answer.body, start)


def _page_at(start: int, answer: Answer) -> answers.ListPage:
    return protocol.read_list(answer.body, start)


def _create_page_at(start: int, answer: Answer) -> answers.ListPage:
    return create_fields.read_page(answer.body, start)


def _server_info(answer: Answer) -> ServerInfo:
    info = protocol.read_server_info(answer.body)
    moment = http_errors.server_time(answer.headers)
    if moment is None:
        return info
    return ServerInfo(info.flavour, info.title, info.base_url, info.version, round(moment.timestamp() * 1_000_000))


__all__ = ["Jira", "JiraError"]
