"""Hands what programs ask to the API, and finds out who they are: a token, somebody signed in, or this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from werkzeug.wrappers import Response as AnyResponse

from callbacks.compression import keep_compressed
from callbacks.context import services
from data.platform.access import Access
from data.services.visit import VISIT, Origin, Visit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Wsgi = Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]
KEPT = ("/api/metrics", "/api/v1/metrics")  # the same bytes as long as nothing changes: compressed once
PLACES = ("/api", "/analytics")
_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


def for_programs(path: str) -> bool:
    """Whether an address belongs to the API.

    >>> [for_programs(each) for each in ("/api/v1/metrics", "/api", "/apiary", "/analytics/jobs")]
    [True, True, False, True]
    """
    return path.startswith(tuple(f"{each}/" for each in PLACES)) or path in PLACES


def mount(server: Flask, programs: Wsgi) -> None:
    """Answer the addresses of programs with another WSGI application."""
    server.extensions["programs"] = programs

    def programs_answer(rest: str = "") -> AnyResponse:
        del rest
        environ = request.environ | {VISIT: _visit()}
        if request.method not in ("GET", "HEAD", "OPTIONS"):  # its stream may have been read already
            body = request.get_data()
            environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        answer = Response.from_app(programs, environ)
        if request.path in KEPT and "ETag" in answer.headers:  # it is a digest of the body
            keep_compressed(answer.headers["ETag"])
        return answer

    for place in PLACES:
        for n, rule in enumerate((place, f"{place}/", f"{place}/<path:rest>")):
            server.add_url_rule(
                rule, f"programs {place} {n}", programs_answer, methods=_METHODS, provide_automatic_options=False
            )


def is_mounted(server: Flask) -> bool:
    """Whether programs get an answer that asks for a token itself."""
    return "programs" in server.extensions


def origin() -> Origin:
    """Which page sent the request, as far as the browser says."""
    site, named = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and named is None:
        return Origin.UNSAID
    if site not in (None, "same-origin", "none"):
        return Origin.OTHER
    try:
        is_ours = named is None or urlsplit(named).netloc.lower() == request.host.lower()
    except ValueError:
        is_ours = False
    return Origin.OURS if is_ours else Origin.OTHER


def _visit() -> Visit:
    access: Access = current_app.extensions["login"]
    address = access.client_of(request.remote_addr, request.headers.get("X-Forwarded-For", ""))
    return Visit(services(), g.get("caller"), origin(), address, g.get("refused", ""))
