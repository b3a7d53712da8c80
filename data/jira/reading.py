"""Reads all issues of a query with their complete histories: several requests side by side, never more than four."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from data.jira import comments, endpoints, protocol
from data.jira.answers import CommentPage, History, Page
from data.jira.census import name_of, number_of
from data.jira.client import Jira
from data.jira.crew import Crew
from data.jira.errors import BadAnswer, BadQuery, Blocked, CrossSite, Forbidden, JiraError, NotFound
from data.jira.paging import Beginnings, PageCursor
from data.jira.sender import never

_MOST_SPLITS = 100  # of refused pages; more are no accident
_MOST_UNREADABLE = 10  # histories of single issues; more are no accident
Histories = dict[int, list[History]]


@dataclass(frozen=True)
class Census:
    """The ids of all issues that the query found; `odd`: what to call those whose id cannot be read."""

    ids: tuple[int, ...]
    odd: tuple[str, ...] = ()


@dataclass(frozen=True)
class CountWarning:
    """Why nobody can say whether all issues came."""

    text: str


@dataclass(frozen=True)
class Comments:
    """The comments of an issue whose page showed only some of them. `updated`: of the issue, as that page said it.

    `page` is None where they may not be read; `error` says why.
    """

    issue_id: int
    updated: Any
    page: CommentPage | None
    error: JiraError | None = None


Reading = Page | Histories | Census | Comments | CountWarning
ODD_TOTAL = "Jira sends more issues than it counts, so nobody can tell whether they are all."


def read(
    jira: Jira,
    jql: str,
    fields: Sequence[str],
    *,
    histories: Sequence[str] | None,
    also: str = "",
    few: bool = False,
    having: Collection[int] = (),
    storied: Collection[int] = (),
    cancelled: Callable[[], bool] = never,
) -> Iterator[Reading]:
    """Pages of issues, and complete histories by issue id, as they arrive, in any order.

    `histories`: ids of the fields whose changes are needed, None for no histories. Data Center sends them inside the
    pages, complete. On Cloud one quick census of ids goes first, so that the pages can travel side by side and issues
    that change meanwhile cannot slip from one page into another; `few` leaves it out, for queries that find little.
    Issues in `having` are not asked for again, nor histories of those in `storied`: what an earlier try brought.
    """
    with Crew(cancelled) as crew:
        kind = (
            _SideBySide if having or storied else _DataCenter if not jira.cloud else _OneByOne if few else _SideBySide
        )
        work = kind(jira, crew, endpoints.in_order(jql, also), list(fields), histories)
        work.having = frozenset(having)
        work.asked.update(storied)
        yield from work.run()


def read_these(
    jira: Jira,
    issue_ids: Iterable[int],
    fields: Sequence[str],
    *,
    histories: Sequence[str] | None,
    having: Collection[int] = (),
    storied: Collection[int] = (),
    cancelled: Callable[[], bool] = never,
) -> Iterator[Reading]:
    """The same for issues whose ids are known; those that are gone meanwhile are left out."""
    with Crew(cancelled) as crew:
        work = _SideBySide(jira, crew, "", list(fields), histories)
        work.having = frozenset(having)
        work.asked.update(storied)
        work.ask_for(sorted(issue_ids))
        yield from work.collect()


@dataclass(frozen=True)
class _Part:
    """A piece of the reading: a page of a query, from `at`; `ids` when the query asks for certain issues."""

    query: str
    at: str | int | None = None
    ids: tuple[int, ...] = ()
    is_census: bool = False
    end: int = 0  # Data Center: where the next piece begins


class _Reading:
    def __init__(self, jira: Jira, crew: Crew, query: str, fields: list[str], histories: Sequence[str] | None) -> None:
        self.jira, self.crew, self.query, self.fields, self.histories = jira, crew, query, fields, histories
        self.waiting: list[int] = []  # issues whose histories were not asked for yet
        self.asked: set[int] = set()
        self.having: frozenset[int] = frozenset()
        self.trail = PageCursor(jira)
        self.tokens: set[tuple[Any, ...]] = set()
        self.splits = 0
        self.beginnings = Beginnings()
        self.repeats = 0  # pages that began like one at another place
        self.commented: set[tuple[Any, ...]] = set()

    def _check_place(self, page: Page, at: str | int | None) -> None:
        """Raises BadAnswer where pages stay the same whatever is asked for; issues that move may do that to one."""
        if self.beginnings.twice(page, at):
            self.repeats += 1
            if self.repeats > 1:
                raise BadAnswer(protocol.SAME_PAGE)

    def _ask_comments(self, page: Page) -> None:
        """Asks for the comments of the issues that show only some of theirs; in the page they are read from here on."""
        if comments.FIELD not in self.fields:
            return
        for issue in page.issues:
            shown, number = comments.of_field(issue.fields.get(comments.FIELD)), number_of(issue)
            if shown is None:
                continue
            issue.fields[comments.FIELD] = shown
            if number is None or comments.is_whole(shown):
                continue
            updated = issue.fields.get("updated")
            if (number, str(updated)) not in self.commented:
                self.commented.add((number, str(updated)))
                self.crew.start("comments", comments_of, self.jira, number, updated)

    def _ask(self, part: _Part, **more: Any) -> None:
        mark = (part.query, part.at)
        if mark in self.tokens:
            return  # a token that comes twice would lead round in circles
        self.tokens.add(mark)
        self.crew.start(part, self.jira.page, part.query, self.fields, part.at, **more)

    def _ask_histories(self, numbers: Iterable[int], *, rest: bool) -> None:
        """Asks in bulk as soon as there are enough issues; `rest`: also for the last few."""
        if self.histories is None:
            return
        for number in numbers:
            if number not in self.asked:
                self.asked.add(number)
                self.waiting.append(number)
        most = endpoints.CHANGE_ISSUES
        while len(self.waiting) >= most or (rest and self.waiting):
            some, self.waiting = self.waiting[:most], self.waiting[most:]
            self.crew.start("histories", changelogs, self.jira, some, self.histories)


class _OneByOne(_Reading):
    """Cloud, each page leads to the next."""

    def run(self) -> Iterator[Reading]:
        self._go(None)
        for part, done in self.crew.results():
            if isinstance(part, str):
                yield done.result()
                continue
            try:
                page = done.result()
            except BadQuery as error:
                self.trail.refused(part.at, error)
                self._go(None)
                continue
            self._ask_comments(page)
            yield page
            at = protocol.after(page, part.at)
            if at is not None:
                self._go(self.trail.onward(at, bool(page.issues or page.odd)))
            self._ask_histories(_ids(page), rest=at is None)

    def _go(self, at: str | int | None) -> None:
        self.crew.start(_Part(self.query, at), self.jira.page, self.query, self.fields, at)


class _SideBySide(_Reading):
    """Cloud: the ids first, then pages and histories at once."""

    def run(self) -> Iterator[Reading]:
        found: dict[int, None] = {}
        odd: dict[str, None] = {}
        self._census(None)
        for part, done in self.crew.results():
            if not (isinstance(part, _Part) and part.is_census):
                yield from self._result(part, done)
                continue
            try:
                page = done.result()
            except BadQuery as error:
                self.trail.refused(part.at, error)
                self._census(None)
                continue
            self._check_place(page, part.at)
            new = [number for number in _ids(page) if number not in found]
            found.update(dict.fromkeys(new))
            odd |= dict.fromkeys([*page.odd, *(name_of(issue) for issue in page.issues if number_of(issue) is None)])
            if protocol.has_odd_total(page, part.at):
                yield CountWarning(ODD_TOTAL)
            at = protocol.after(page, part.at)
            if at is None:
                yield Census(tuple(found), tuple(odd))
            else:
                self._census(self.trail.onward(at, bool(page.issues)))
            self.ask_for(new)

    def collect(self) -> Iterator[Reading]:
        """What comes of `ask_for`."""
        for part, done in self.crew.results():
            yield from self._result(part, done)

    def ask_for(self, numbers: Sequence[int]) -> None:
        """Starts reading these issues."""
        # Histories are the longest answers: begun first, they do not keep everybody waiting at the end.
        if self.jira.cloud:
            self._ask_histories(numbers, rest=True)
        size = endpoints.PAGE if self.jira.cloud else endpoints.DC_PAGE // 5
        numbers = [each for each in numbers if each not in self.having]
        for start in range(0, len(numbers), size):
            self._ask_some(tuple(numbers[start : start + size]))

    def _ask_without_lost(self, ids: tuple[int, ...], error: BadQuery) -> None:
        """Jira refuses ids that do not exist any more: those that it names are left out, else halves are tried."""
        gone = {int(each) for each in re.findall(r"\d+", error.message)} & set(ids)
        if gone:
            self._ask_some(tuple(each for each in ids if each not in gone))
            return
        self.splits += 1
        if self.splits > _MOST_SPLITS:
            raise error
        middle = len(ids) // 2
        for half in (ids[:middle], ids[middle:]) if middle else ():
            self._ask_some(half)

    def _census(self, at: str | int | None) -> None:
        part = _Part(self.query, at, is_census=True)
        size = endpoints.ID_PAGE if self.jira.cloud else endpoints.DC_ID_PAGE
        self.crew.start_next(part, self.jira.page, self.query, ["id"], at, size=size)

    def _ask_some(self, ids: tuple[int, ...], at: str | int | None = None) -> None:
        if ids:
            inline = self.histories is not None and not self.jira.cloud
            self._ask(_Part(endpoints.with_ids(ids), at, ids), expand_changelog=inline)

    def _result(self, part: _Part | str, done: Future[Any]) -> Iterator[Reading]:
        if isinstance(part, str):
            yield done.result()
            return
        try:
            page = done.result()
        except BadQuery as error:
            self._ask_without_lost(part.ids, error)
            return
        if part.ids:  # what nobody asked for may be another issue under a wrong id
            page.issues = [issue for issue in page.issues if (number := number_of(issue)) is None or number in part.ids]
        self._ask_comments(page)
        yield page
        if (at := protocol.after(page, part.at)) is None:
            return
        # It granted less than we asked for. The others by name, not by token: no token can lead astray.
        came = set(_ids(page))
        if came:
            self._ask_some(tuple(each for each in part.ids if each not in came))
        else:
            self._ask_some(part.ids, at)


class _DataCenter(_Reading):
    """Data Center: the first page tells how many there are, then the others travel side by side."""

    def run(self) -> Iterator[Reading]:
        inline = self.histories is not None
        self._ask(_Part(self.query), expand_changelog=inline)
        for part, done in self.crew.results():
            page = done.result()
            if isinstance(part, str):
                yield page
                continue
            self._ask_comments(page)
            yield page
            self._check_place(page, part.at)
            if protocol.has_odd_total(page, part.at):
                yield CountWarning(ODD_TOTAL)
            for following in self._following(page, part):
                self._ask(following, expand_changelog=inline)

    def _following(self, page: Page, part: _Part) -> Iterator[_Part]:
        """The pieces to ask for after this one. Without a total that can be right, one after the other to an empty
        page.
        """
        came = len(page.issues) + len(page.odd)
        start = part.at if isinstance(part.at, int) else 0
        if part.at is None and came and page.total is not None and page.total > came:
            for begin in range(came, page.total, came):
                yield _Part(self.query, begin, end=min(begin + came, page.total))
        elif part.end:
            if came and start + came < part.end:  # it granted less this time
                yield _Part(self.query, start + came, end=part.end)
        elif (at := protocol.after(page, part.at)) is not None:
            yield _Part(self.query, at)


def changelogs(jira: Jira, issue_ids: Sequence[int], field_ids: Sequence[str]) -> Histories:
    """Complete histories of Cloud issues: in bulk, or one by one where a proxy does not let bulk fetching through."""
    try:
        return jira.changelogs(issue_ids, field_ids)
    except (NotFound, Blocked, CrossSite):
        return _one_by_one(jira, issue_ids)
    except JiraError as error:
        if error.status != 400 or not field_ids:
            raise
        return jira.changelogs(issue_ids)  # it does not know one of the fields: then the changes of all fields


def _one_by_one(jira: Jira, issue_ids: Sequence[int]) -> Histories:
    """Without those of issues that are gone meanwhile, or that cannot be read."""
    found: Histories = {}
    unreadable = 0
    for each in issue_ids:
        try:
            found[each] = jira.changelog(each)
        except NotFound:
            continue
        except BadAnswer:
            unreadable += 1
            if unreadable > _MOST_UNREADABLE:
                raise
    return found


def comments_of(jira: Jira, issue_id: int, updated: Any) -> Comments:
    """All comments of an issue, as far as this account may read them and they can be read."""
    try:
        return Comments(issue_id, updated, jira.comments(issue_id))
    except (NotFound, Forbidden) as error:
        return Comments(issue_id, updated, None, error)
    except BadAnswer:
        return Comments(issue_id, updated, None)


def _ids(page: Page) -> list[int]:
    return [number for issue in page.issues if (number := number_of(issue)) is not None]
