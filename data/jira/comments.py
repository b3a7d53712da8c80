"""Comments as Jira writes them: the comment field of an issue, and the pages of all comments of one. Texts are
skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from data.jira.answers import Comment, CommentPage
from data.jira.endpoints import Request
from data.jira.entities import whole
from data.jira.instants import instant_of_field
from data.jira.protocol import check_place, decode

PAGE = 500  # what we ask for; the site may grant less
FIELD = "comment"


def page(api: str, issue_id: int, start: int) -> Request:
    """A page of the comments of an issue, oldest first."""
    params = {"startAt": start, "maxResults": PAGE, "orderBy": "created"}
    return Request("GET", f"/rest/api/{api}/issue/{issue_id}/comment", params)


class _RawComment(msgspec.Struct):
    id: Any = None
    created: Any = None
    author: Any = None


class _RawComments(msgspec.Struct):
    comments: list[_RawComment]
    total: int | None = None
    start: int | None = msgspec.field(default=None, name="startAt")


def read_page(body: bytes, start: int = 0) -> CommentPage:
    """The page of an issue's comments that begins at `start`. Raises BadAnswer."""
    found = decode(body, _RawComments)
    check_place(start, found.start, found.total, len(found.comments))
    rows = _comments((each.id, each.created, each.author) for each in found.comments)
    return CommentPage(rows, found.total, len(found.comments))


def of_field(value: Any) -> CommentPage | None:
    """What an issue shows of its comments, often only some of them; None where it shows nothing.

    >>> of_field({"comments": [{"id": "7", "created": "1970-01-01T00:00:01Z"}], "total": 3})
    CommentPage(comments=[Comment(id=7, created=1000000, author=None)], total=3, comment_count=1)
    """
    if isinstance(value, CommentPage):  # it was read already
        return value
    if not isinstance(value, Mapping) or not isinstance(value.get("comments"), list):
        return None
    rows = [each for each in value["comments"] if isinstance(each, Mapping)]
    total = value.get("total")
    found = _comments((each.get("id"), each.get("created"), each.get("author")) for each in rows)
    return CommentPage(
        found, total if isinstance(total, int) and not isinstance(total, bool) else None, len(value["comments"])
    )


def is_whole(shown: CommentPage) -> bool:
    """Whether these are all comments. A list that does not say how many there are may be cut.

    >>> is_whole(CommentPage([], 0, 0)), is_whole(CommentPage([], None, 0))
    (True, False)
    """
    return shown.total is not None and shown.comment_count <= shown.total <= len({each.id for each in shown.comments})


def _comments(rows: Iterable[tuple[Any, Any, Any]]) -> list[Comment]:
    """Those whose id and date can be read; what cannot be read makes the list shorter than its total."""
    found = []
    for number, created, author in rows:
        key, at = whole(number), instant_of_field(created)
        if key is not None and at is not None:
            found.append(Comment(key, at, _account(author)))
    return found


def _account(author: Any) -> str | None:
    if not isinstance(author, Mapping):
        return None
    found = author.get("accountId") or author.get("key") or author.get("name")
    return None if found is None else str(found)
