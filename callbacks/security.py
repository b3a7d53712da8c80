"""Security headers of every answer, and which requests are refused."""

from __future__ import annotations

from collections.abc import Iterable

from dash import Dash
from flask import Flask, Response, abort, request

from callbacks.bodies import Bodies, Misfit
from callbacks.errors import CALLBACKS, LIBRARIES
from callbacks.programs import for_programs, origin
from data.services.visit import Origin

BACK_CHANNEL = "/sign-in/openid/back-channel"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
MAX_BODY = 1_000_000  # bytes; no callback of ours sends more than a fraction of it
_READS = ("GET", "HEAD", "OPTIONS")
_ANY_PAGE = "/<path:path>"  # how Dash names the address that catches all others


def secure(app: Dash, hosts: Iterable[str] = ()) -> None:
    """Headers on every answer; only known hosts, only our own pages as origin, only sound bodies."""
    server: Flask = app.server
    server.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    allowed = {*LOOPBACK, *(each.strip().lower() for each in hosts if each.strip())}
    policy, bodies = _policy(app), Bodies(app)

    @server.before_request
    def known_host_only() -> None:
        if _host(request.host) not in allowed:
            abort(400, "This address is not served here. Add it to THROUGHLINE_HOSTS if it should be.")
        # programs are asked for a token instead, by the API; the OpenID Connect provider sends something signed
        by_itself = for_programs(request.path) or request.path == BACK_CHANNEL
        if request.method not in _READS and not by_itself and origin() is Origin.OTHER:
            abort(403, "This request came from another site.")

    @server.before_request
    def body_of_a_size_only() -> None:
        size = request.content_length
        if size is None and request.method not in _READS:
            size = len(request.get_data()) + 1  # what says no size is read up to the limit, and cut there
        if size is not None and size > MAX_BODY:
            abort(413, f"The body is too large: {MAX_BODY:,} bytes are the most.")

    @server.before_request
    def known_pages_only() -> Response | None:
        # Dash answers any address with the page, which would show numbers where a person asked for something else
        if request.endpoint == _ANY_PAGE:
            return _no_such_page()
        return None

    @server.before_request
    def sound_body_only() -> None:
        if request.path == CALLBACKS and request.method == "POST":
            try:
                body = request.get_json(force=True, silent=True)
            except RecursionError:
                body = None
            if not bodies.fit(body):
                raise Misfit

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


def _host(host: str) -> str:
    name = host.lower()
    if name.startswith("["):
        return name.split("]")[0] + "]"
    return name.rsplit(":", 1)[0]


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


_PROMISES = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def _with_headers(answer: Response, policy: str) -> Response:
    headers = answer.headers
    there = {name.lower() for name in headers.keys()}  # noqa: SIM118 - headers are pairs, not a dict
    for name, value in {"Content-Security-Policy": policy, **_PROMISES}.items():
        if name.lower() not in there:
            headers.add(name, value)
    path = request.path
    if path.startswith((LIBRARIES, "/assets/")):
        if answer.status_code == 200 and (request.args.get("m") or ".v" in path):
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif for_programs(path) and "ETag" in headers:
        pass  # whoever asks again says what is known, and gets 304
    elif not (path.startswith("/bundle/") and answer.status_code == 200):
        headers["Cache-Control"] = "no-store"
    return answer
