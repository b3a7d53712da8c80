"""Each request has a name: in the answer, in every line that the log has of it, in what a person is told."""

from __future__ import annotations

import logging
import re
import secrets
import time

from flask import Flask, Response, g, request

from data.logs import REQUEST

log = logging.getLogger(__name__)
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{3,63}")
HEADER = "X-Request-Id"


def name_requests(server: Flask) -> None:
    """Takes the name that a proxy gave, if it is a sane one, else makes one. Register before everything that may refuse."""

    @server.before_request
    def begin() -> None:
        given = request.headers.get(HEADER, "")
        REQUEST.set(given if _SANE.fullmatch(given) else secrets.token_hex(8))
        g.begun = time.perf_counter()

    @server.after_request
    def finish(answer: Response) -> Response:
        answer.headers[HEADER] = request_name()
        if log.isEnabledFor(logging.DEBUG):
            spent = round((time.perf_counter() - g.get("begun", time.perf_counter())) * 1000, 1)
            facts = {"method": request.method, "path": request.path, "status": answer.status_code, "ms": spent}
            log.debug("%s %s %s", request.method, request.path, answer.status_code, extra={"facts": facts})
        return answer

    @server.teardown_request
    def forget(_error: BaseException | None) -> None:
        REQUEST.set("")


def request_name() -> str:
    """The name of the request being answered; a new one outside of any."""
    if not REQUEST.get():
        REQUEST.set(secrets.token_hex(8))
    return REQUEST.get()
