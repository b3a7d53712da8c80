"""Answers that are the same for everybody until something changes: made once, then given as the bytes they are.

The page's frame and the list of callbacks never change while the process runs. The layout changes with what it shows:
the state of the site, what can be filtered by, the quality of the data. These are asked for at every request, and the
layout is made anew as soon as one of them is another.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from dash import Dash
from flask import Response, g

from callbacks.compression import keep_compressed
from callbacks.page import PageContent, page_content
from data.values.callers import Caller

_PAGE, _CALLBACKS, _LAYOUT = "/", "/_dash-dependencies", "/_dash-layout"  # as Dash names these addresses
MOST_PEOPLE = 20  # whose layouts are kept
View = Callable[[], Response]


def keep_answers(app: Dash) -> None:
    """Put kept answers in place of Dash's own. Call when the app is set up and has its layout."""
    server = app.server
    views = server.view_functions
    for endpoint in (_PAGE, _CALLBACKS):
        with server.test_request_context(endpoint):
            answer = server.make_response(views[endpoint]())
        views[endpoint] = _same(endpoint, answer.get_data(), answer.content_type)
    views[_LAYOUT] = KeptLayout(views[_LAYOUT])


def _same(name: str, body: bytes, kind: str) -> View:
    def view() -> Response:
        keep_compressed(name)
        return Response(body, content_type=kind)

    return view


class KeptLayout:
    """The layout as bytes, for everybody who is signed in, as long as what it shows stays equal. Safe in threads."""

    def __init__(self, make: View) -> None:
        """`make`: the view that builds the layout from `g.page_content`."""
        self._make = make
        self._numbers = count()
        self._kept: dict[Caller | None, tuple[PageContent, str, bytes, str]] = {}

    def __call__(self) -> Response:
        content = page_content()
        kept = self._kept.get(content.who)
        if kept is None or kept[0] != content:
            g.page_content = content
            answer = self._make()
            name = f"{_LAYOUT} {next(self._numbers)}"
            kept = (content, name, answer.get_data(), answer.content_type)
            if len(self._kept) >= MOST_PEOPLE:
                self._kept = {}
            self._kept[content.who] = kept
        keep_compressed(kept[1])
        return Response(kept[2], content_type=kept[3])
