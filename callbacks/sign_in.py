"""Signing in with name and password, and signing out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, redirect, request
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from callbacks.context import services
from callbacks.login import SIGN_IN, TooEarly, client_address, door
from callbacks.programs import origin
from callbacks.session_cookie import give_session, sent_session, take_session
from data.platform.access import Access
from data.services.audit import DOOR
from data.services.visit import Origin
from data.values.callers import Caller
from data.values.people import SignIn

sign_ins = Blueprint("sign_in", __name__, url_prefix=SIGN_IN)
UI = Path(__file__).parents[1] / "ui"
SIGNED_IN, SIGNED_OUT, SIGNED_OUT_EVERYWHERE = "signed in", "signed out", "signed out everywhere"
_WRONG = "That name and password do not belong together."


@cache
def templates() -> Environment:
    """The templates of pages that stand by themselves; what they are given is escaped."""
    return Environment(loader=FileSystemLoader(UI / "pages"), autoescape=select_autoescape(), trim_blocks=True)


@sign_ins.get("")
def show() -> AnyResponse:
    """The form; whoever is signed in goes on at once."""
    if g.get("caller") is not None:
        return redirect(onward(), 303)
    return page()


@sign_ins.post("")
def sign_in() -> AnyResponse:
    """Compare name and password; then the browser has a session of its own."""
    ours_only()
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    try:
        if not door().takes_passwords or not door().is_right(name, password):
            return page(_WRONG, 401, name=name)
    except TooEarly as early:
        refused = page(str(early), 429, name=name)
        refused.headers["Retry-After"] = str(early.seconds)
        return refused
    text = services().sessions.begin(name, SignIn.PASSWORD, client_address(), before=sent_session())
    services().audit.note(name, DOOR, SIGNED_IN, "with a password", address=client_address())
    answer = redirect(onward(), 303)
    give_session(answer, text)
    return answer


@sign_ins.post("/out")
def sign_out() -> AnyResponse:
    """End the session of this browser, or with `everywhere=1` all of this person; then the provider is told, too."""
    ours_only()
    caller: Caller | None = g.get("caller")
    if caller is None or "session" not in g:
        return page(said=["You were not signed in with a session here."], heading="Nothing to sign out of")
    everywhere = request.form.get("everywhere") == "1"
    if everywhere:
        services().sessions.end_everywhere(caller.name)
    else:
        services().sessions.end(sent_session())
    services().audit.note(caller, DOOR, SIGNED_OUT_EVERYWHERE if everywhere else SIGNED_OUT, address=client_address())
    session = g.session
    way_out = services().openid.way_out(session.id_token) if session.sign_in == SignIn.OPENID else ""
    answer = page(
        said=["You are signed out of Throughline."],
        heading="Signed out",
        onward_at_once=way_out,
        links=[("Sign out of the provider too", way_out)] if way_out else [],
    )
    take_session(answer)
    return answer


def page(problem: str = "", status: int = 200, *, heading: str = "Sign in", name: str = "", **more: Any) -> Response:
    """The page for those who are not signed in. `more`: further values of the template."""
    access: Access = current_app.extensions["login"]
    values = {
        "said": (), "links": (), "provider": access.openid.name if access.openid else "", "onward_at_once": "",
        "passwords": door().takes_passwords,
    } | more  # a table: kept in its rows  # fmt: skip
    text = (
        templates()
        .get_template("sign_in.html")
        .render(heading=heading, problem=problem, name=name, onward=onward(), style=style(), mark=_mark(), **values)
    )
    return Response(text, status, mimetype="text/html")


def onward() -> str:
    """Where to go on: an address of this dashboard, whatever was asked for."""
    asked = request.values.get("onward", "/")
    return asked if is_ours(asked) else "/"


def is_ours(address: str) -> bool:
    """Whether an address stays on this dashboard.

    >>> [is_ours(each) for each in ("/?tab=flow", "//other.example", "/\\\\other.example", "https://other.example")]
    [True, False, False, False]
    """
    return bool(re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", address)) and "\\" not in address and len(address) < 8_000


def ours_only() -> None:
    """Refuse what no page of this dashboard sent: browsers send cookies with requests of any page."""
    if origin() is not Origin.OURS:
        abort(403, "This request did not come from a page of this dashboard. Open the page and try again.")


@cache
def style() -> Markup:
    """The colours of the page, following the system: the stylesheet of the page itself is for those who signed in."""
    tokens = (UI / "assets" / "throughline.css").read_text("utf-8")
    light, dark = (_block(tokens, selector) for selector in (":root", '[data-bs-theme="dark"]'))
    colours = f":root {{{light}}} @media (prefers-color-scheme: dark) {{:root {{{dark}}}}}"
    return Markup(f"{colours}\n{(UI / 'pages' / 'sign_in.css').read_text('utf-8')}")  # noqa: S704 - our own files


def _block(stylesheet: str, selector: str) -> str:
    """What a rule of a stylesheet says."""
    return stylesheet.partition(f"{selector} {{\n")[2].partition("\n}")[0]


@cache
def _mark() -> Markup:
    return Markup((UI / "assets" / "mark.svg").read_text("utf-8"))  # noqa: S704 - our own file
