"""Gives each request an id, which is in the answer, in its lines of the log, and in messages to people."""

from __future__ import annotations

import logging
import re
import secrets
import time
from contextlib import ExitStack

from flask import Flask, Response, g, request

from data.platform.logs import REQUEST
from data.platform.telemetry import keep_sending, listening, span

log = logging.getLogger(__name__)
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{3,63}")
HEADER = "X-Request-Id"
_CALLBACK = "_dash-update-component"
_PATTERN, _TYPE = re.compile(r"\{[^{}]*\}"), re.compile(r'"(?:area|type)":"([a-z0-9-]+)"')
_IDS = re.compile(r"[A-Za-z0-9_.@-]+")


def name_requests(server: Flask) -> None:
    """Takes the name that a proxy gave, if it is a sane one, else makes one. Register before everything that may
    refuse.
    """
    keep_sending()

    @server.before_request
    def begin() -> None:
        given = request.headers.get(HEADER, "")
        REQUEST.set(given if _SANE.fullmatch(given) else secrets.token_hex(8))
        g.begun = time.perf_counter()
        if request.path.endswith(_CALLBACK) and listening():
            g.open = ExitStack()
            g.told = g.open.enter_context(span("callback"))

    @server.after_request
    def finish(answer: Response) -> Response:
        answer.headers[HEADER] = request_name()
        if "told" in g:
            asked = request.get_json(silent=True)
            output = asked.get("output") if isinstance(asked, dict) else None
            g.told |= {"callback": _component(output), "http.status_code": answer.status_code}
        if log.isEnabledFor(logging.DEBUG):
            spent = round((time.perf_counter() - g.get("begun", time.perf_counter())) * 1000, 1)
            facts = {"method": request.method, "path": request.path, "status": answer.status_code, "ms": spent}
            log.debug("%s %s %s", request.method, request.path, answer.status_code, extra={"facts": facts})
        return answer

    @server.teardown_request
    def forget(_error: BaseException | None) -> None:
        REQUEST.set("")
        if "open" in g:
            g.open.close()


def _component(output: object) -> str:
    """What a callback fills: ids of components, without what a pattern says of one of them.

    >>> _component("cards-dora.children"), _component('{"index":"my view","type":"chart-body"}.figure'), _component(7)
    ('cards-dora.children', 'chart-body.figure', '')
    """
    if not isinstance(output, str):
        return ""
    plain = _PATTERN.sub(lambda found: "".join(_TYPE.findall(found[0])[:1]) or "pattern", output[:2000])
    return plain if _IDS.fullmatch(plain) else ""


def request_name() -> str:
    """The name of the request being answered; a new one outside of any."""
    if not REQUEST.get():
        REQUEST.set(secrets.token_hex(8))
    return REQUEST.get()
