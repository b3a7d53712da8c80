"""Bootstrap's stylesheet and icons out of the installed package: no copy in the repository, no content network."""

from __future__ import annotations

import re
from functools import cache
from importlib import metadata
from pathlib import Path
from urllib.parse import quote

import flask_bootstrap
from flask import Blueprint, Response

from ui.components.icon import ICONS

library = Blueprint("library", __name__, url_prefix="/library")
_PACKAGE = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
VERSION = metadata.version("bootstrap-flask")


@library.get("/<version>/bootstrap.css")
def bootstrap(**_version: str) -> Response:
    """Bootstrap 5.3; the version in the address makes it cacheable for ever."""
    return _css(_bootstrap_text())


@library.get("/<version>/icons.css")
def icons(**_version: str) -> Response:
    """One rule for each icon that the page may show."""
    return _css(_icons_text())


@cache
def _bootstrap_text() -> str:
    text = (_PACKAGE / "css" / "bootstrap.min.css").read_text("utf-8")
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)


@cache
def _icons_text() -> str:
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


def _css(text: str) -> Response:
    answer = Response(text, mimetype="text/css")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
