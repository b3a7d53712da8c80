"""How pages of Jira follow each other, where they end, and when they repeat without end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from data.jira import answers, protocol
from data.jira.answers import History, Page
from data.jira.entities import whole
from data.jira.errors import BadAnswer, JiraError

_MOST_RESTARTS, _MOST_EMPTY = 3, 10  # of one query: begun anew, and pages in a row that bring nothing
Token = TypeVar("Token", bound=str | int)


class CountsRestarts(Protocol):
    """Who counts how often a query was begun anew."""

    restarts: int


class Beginnings:
    """With which issue each page of Data Center begins: pages at two places do not begin with the same one."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def twice(self, page: Page, at: str | int | None) -> bool:
        """Whether a page at another place began with the same issue."""
        if isinstance(at, str) or not page.issues:
            return False
        place = at or 0
        return self._places.setdefault(protocol.nameless(page.issues[0].id), place) != place


class PageCursor:
    """Follows the tokens of a query's pages, and says when to begin anew: a token that was seen, or is refused."""

    def __init__(self, jira: CountsRestarts) -> None:
        self._jira, self._restarts, self._empty = jira, 0, 0
        self._seen: set[str | int] = set()

    def onward(self, token: Token, brought: bool) -> Token | None:
        """Where to go on after a page that `brought` something or not; None to begin anew. Raises BadAnswer."""
        self._empty = 0 if brought else self._empty + 1
        if token in self._seen or self._empty > _MOST_EMPTY:
            self.anew(BadAnswer("The pages of Jira’s answer lead round in circles."))
            return None
        self._seen.add(token)
        return token

    def refused(self, token: str | int | None, error: JiraError) -> None:
        """Begins anew where the page after a token was refused: it may have expired. Raises what the first page
        says.
        """
        if token is None:
            raise error
        self.anew(error)

    def anew(self, error: JiraError) -> None:
        """Begins the query anew, at most three times; then raises the error."""
        self._restarts += 1
        if self._restarts > _MOST_RESTARTS:
            raise error
        self._jira.restarts += 1
        self._seen.clear()
        self._empty = 0


def name_of_row(row: Any, otherwise: str) -> str:
    number = row.get("id") if isinstance(row, dict) else None
    return str(number) if isinstance(number, str | int) else otherwise


def is_whole(page: answers.ListPage, reached: int, *, brought: bool) -> bool:
    """Whether a list ends with this page, after `reached` entries. Raises BadAnswer where its end cannot be right."""
    more = page.last is False or (page.total is not None and reached < page.total)
    if page.row_count and brought:
        # A page that tells neither its total nor whether it is the last leads to one more.
        return not more and not (page.last is None and page.total is None)
    if page.row_count and more:
        raise BadAnswer(protocol.SAME_PAGE)
    if page.total is not None and reached < page.total:
        raise BadAnswer("Jira does not give the whole list.")
    return True


def merge(into: dict[str, History], histories: Iterable[History]) -> None:
    """Adds the entries by their id; one that spans two pages gets the items of both."""
    for each in histories:
        number = whole(each.id)
        key = f"#{len(into)}" if number is None else str(number)
        if key not in into:
            into[key] = each
        elif each.items != into[key].items:
            into[key].items = [*into[key].items, *(item for item in each.items if item not in into[key].items)]
