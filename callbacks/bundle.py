"""The page's own stylesheets and scripts, each kind as one file: few requests, kept by the browser until they change.

Every file in ui/assets is about one subject; here they are put together in the order of their names. Bootstrap's
stylesheet and icons come out of the installed package: no copy in the repository, no content network.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

import flask_bootstrap
from flask import Blueprint, Response, abort

from ui.components.icon import ICONS

bundle = Blueprint("bundle", __name__, url_prefix="/bundle")
ASSETS = Path(__file__).parents[1] / "ui" / "assets"
FIRST = "before_paint.js"  # runs before anything is drawn, so it stays a file of its own
SEPARATE = r".*\.(css|js)"  # what Dash shall not put into the page file by file
_PACKAGE = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"


@bundle.get("/<digest>/page.css")
def stylesheet(digest: str) -> Response:
    """Bootstrap 5.3, one rule for each icon, our own rules."""
    return _lasting(digest, _styles(), "text/css")


@bundle.get("/<digest>/page.js")
def script(digest: str) -> Response:
    """What the page does by itself."""
    return _lasting(digest, _scripts(), "text/javascript")


def addresses() -> tuple[str, str]:
    """Where the stylesheet and the script are; the address changes with what they say."""
    return f"/bundle/{_digest(_styles())}/page.css", f"/bundle/{_digest(_scripts())}/page.js"


@cache
def _styles() -> str:
    return "\n".join([_bootstrap(), _icons(), *_own("css")])


@cache
def _scripts() -> str:
    return "\n".join(_own("js"))


def _own(kind: str) -> list[str]:
    return [each.read_text("utf-8") for each in sorted(ASSETS.glob(f"*.{kind}")) if each.name != FIRST]


def _bootstrap() -> str:
    text = (_PACKAGE / "css" / "bootstrap.min.css").read_text("utf-8")
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)


def _icons() -> str:
    sprite = (_PACKAGE / "icons" / "bootstrap-icons.svg").read_text("utf-8")
    rules = []
    for name in ICONS:
        found = re.search(
            rf'<symbol[^>]*viewBox="([^"]+)"[^>]*id="{re.escape(name)}"[^>]*>(.*?)</symbol>', sprite, re.DOTALL
        )
        if found is None:
            raise LookupError(f"Bootstrap Icons has no icon named {name}")
        drawing = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='{found[1]}'>{found[2]}</svg>".replace('"', "'")
        address = quote(drawing, safe="~()*!.'/:;= ,")
        rules.append(f'.icon-{name}{{--icon:url("data:image/svg+xml,{address}")}}')
    return "\n".join(rules)


@cache
def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _lasting(digest: str, text: str, kind: str) -> Response:
    if digest != _digest(text):  # a page of another version: its next reload asks for the right one
        abort(404, "There is no such file in this version. Reload the page.")
    answer = Response(text, mimetype=kind)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
