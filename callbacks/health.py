"""Two addresses for monitors: whether the process is alive, and whether it can work. Their answers contain no path and
no name.
"""

from __future__ import annotations

import logging

from flask import Blueprint, Response, current_app, g, jsonify

from callbacks.context import services

log = logging.getLogger(__name__)
health = Blueprint("health", __name__)


@health.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 when numbers can be shown, 503 when the stores, the state folder or the disk stand in the way.

    A Jira that does not answer is told as degraded: the numbers of the last sync are still there.
    """
    try:
        found = services().readiness.ready(services().snapshot())
    except Exception as error:
        log.error("readiness could not be told", exc_info=error)
        found = {"ready": False}
    code = 200 if found["ready"] else 503
    if current_app.extensions["login"].configured and not g.get("user"):
        found = {"ready": found["ready"]}  # the rest is for those who signed in
    return jsonify(found), code
