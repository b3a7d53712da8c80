"""What every answer of the server promises to the browser, and which requests are not answered at all."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from urllib.parse import urlsplit

from dash import Dash
from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
MAX_BODY = 1_000_000  # bytes; no callback of ours sends more than a fraction of it
_CALLBACKS = "/_dash-update-component"
_LIBRARIES = "/_dash-component-suites/"
_ANY_PAGE = "/<path:path>"  # how Dash names the address that catches all others


def secure(app: Dash, hosts: Iterable[str] = ()) -> None:
    """Headers on every answer; only known hosts, only our own pages as origin, only sound bodies."""
    server: Flask = app.server
    server.config.setdefault("MAX_CONTENT_LENGTH", MAX_BODY)
    allowed = {*LOOPBACK, *(each.strip().lower() for each in hosts if each.strip())}
    policy = _policy(app)

    @server.before_request
    def known_host_only() -> None:
        if _host(request.host) not in allowed:
            abort(400, "This address is not served here. Add it to THROUGHLINE_HOSTS if it should be.")
        origin = request.headers.get("Origin")
        unsafe = request.method not in ("GET", "HEAD", "OPTIONS")
        if unsafe and origin and urlsplit(origin).netloc.lower() != request.host.lower():
            abort(403, "This request came from another site.")

    @server.before_request
    def known_pages_only() -> Response | None:
        # Dash answers any address with the page, which would show numbers where a person asked for something else
        if request.endpoint == _ANY_PAGE:
            return _no_such_page()
        return None

    @server.before_request
    def sound_body_only() -> None:
        if request.path == _CALLBACKS and request.method == "POST":
            body = request.get_json(force=True, silent=True)
            if not _is_callback(body) or body["output"] not in app.callback_map:
                abort(400, "Not a callback of this page. Reload it.")

    @server.errorhandler(Exception)
    def refused(error: Exception) -> Response | tuple[Response, int]:
        return _refused(error)

    @server.after_request
    def promise(answer: Response) -> Response:
        return _with_headers(answer, policy)


def _no_such_page() -> Response:
    words = "There is no page at this address."
    body = (
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta name="color-scheme" content="light dark"><title>{words}</title>'
        f'<body style="font: 16px/1.5 system-ui, sans-serif; margin: 48px auto; max-width: 36rem; padding: 0 16px">'
        f'<h1 style="font-size: 20px">{words}</h1><p><a href="/">Open the dashboard</a></p></body></html>'
    )
    return Response(body, 404, mimetype="text/html")


def _refused(error: Exception) -> Response | tuple[Response, int]:
    """A sentence, never a page of Python. What a callback raises ends in the boundary; what is left on its
    address is a body that fits no callback, and Dash raises for a library that it does not have."""
    if isinstance(error, HTTPException):
        answer = error.get_response()
        answer.set_data(f"{error.description}\n")
        answer.mimetype = "text/plain"
        return answer
    if request.path == _CALLBACKS:
        log.warning("a body that fits no callback: %s", type(error).__name__)
        return Response("Not a callback of this page. Reload it.\n", mimetype="text/plain"), 400
    if request.path.startswith(_LIBRARIES):
        log.warning("no such library or file: %s", type(error).__name__)
        return Response("There is no such file.\n", mimetype="text/plain"), 404
    log.error("request failed: %s", request.path, exc_info=error)
    return Response("That did not work. The log has the details.\n", mimetype="text/plain"), 500


def _host(host: str) -> str:
    name = host.lower()
    if name.startswith("["):
        return name.split("]")[0] + "]"
    return name.rsplit(":", 1)[0]


def _is_callback(body: object) -> bool:
    return (
        isinstance(body, dict)
        and isinstance(body.get("output"), str)
        and isinstance(body.get("inputs"), list)
        and isinstance(body.get("outputs"), dict | list)
        and all(isinstance(each, list | dict) for each in body["inputs"])
    )


def _policy(app: Dash) -> str:
    scripts = " ".join(["'self'", *(f"'{each}'" if not each.startswith("'") else each for each in app.csp_hashes())])
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def _with_headers(answer: Response, policy: str) -> Response:
    headers = answer.headers
    headers.setdefault("Content-Security-Policy", policy)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    path = request.path
    if path.startswith((_LIBRARIES, "/assets/")):
        if answer.status_code == 200 and (request.args.get("m") or ".v" in path):
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif not (path.startswith("/bundle/") and answer.status_code == 200):
        headers["Cache-Control"] = "no-store"
    return answer
