"""What callbacks share: the services, the question that a page asks, and what to say when something goes wrong."""

from __future__ import annotations

import logging

from dash import set_props
from flask import current_app, g, has_request_context
from werkzeug.exceptions import HTTPException

from callbacks.requests import request_name
from data.services.services import Services
from data.services.view import Snapshot, View
from data.settings.overrides import BadOverride
from data.values.errors import code_of
from data.values.errors import problem_of as known_problem
from data.values.filters import BadFilter
from data.values.periods import PeriodError
from data.values.problem import Problem
from ui import ids
from ui.components.notice import notice
from ui.url import PageView

log = logging.getLogger(__name__)

SERVICES = "services"


def services() -> Services:
    """The services that create_app attached to this server."""
    found: Services = current_app.extensions[SERVICES]
    return found


def known_metric(name: str | None) -> str | None:
    """The name under which the metric is shown, if the catalogue has it."""
    from data.services.catalogue import metric_titles, shown_name

    return shown_name(name) if name and name in metric_titles() else None


def question_of(page: PageView, snapshot: Snapshot | None = None) -> View:
    """What a page asks, of a site as it is now or as it was looked at. Raises PeriodError, BadOverride, BadFilter with
    what to change, StoreError, HomeError.
    """
    if page.period is None and not (page.first and page.last):
        raise PeriodError("A period needs two dates. Fill in both From and To.")
    snapshot = snapshot or services().snapshot()
    return snapshot.view(page.period, page.first, page.last, page.filters)


def problem_of(error: Exception) -> tuple[Problem, str]:
    """The error in words for a person, and a request id when only the log knows more.

    A refusal of the request itself (HTTPException) is raised again: `callbacks.errors` answers it.
    """
    if isinstance(error, HTTPException):
        raise error
    if has_request_context():  # the audit log says that it did not work
        g.failed = code_of(error)
    if (known := known_problem(error)) is not None:
        return known, ""
    request_id = request_name()
    log.error("callback failed, request %s", request_id, exc_info=error)
    return (
        Problem(
            "That did not work.",
            "Something went wrong inside the program; your data is unchanged.",
            "Try again; if it stays, look into the log for this request.",
            level="danger",
        ),
        request_id,
    )


def said_above(error: Exception) -> Problem | None:
    """What a tab says of dates or definitions that cannot be: their own rows at the top of the page say why, once for
    all. None for any other error.
    """
    if isinstance(error, PeriodError):
        return Problem("Nothing can be shown for these dates.", todo="The reason is above.", level="info")
    if isinstance(error, BadOverride | BadFilter):
        return Problem("Nothing can be shown as this link asks.", todo="The reason is above.", level="info")
    return None


def problem_in_tab(error: Exception) -> tuple[Problem, str]:
    """Like `problem_of`, for a place below the rows that say what is wrong with dates and definitions."""
    above = said_above(error)
    return (above, "") if above else problem_of(error)


def show_error(error: Exception) -> None:
    """Say what happened; leave every output as it was. Dash calls this for any callback that raises."""
    problem, request_id = problem_of(error)
    set_props(ids.Page.NOTICES, {"children": notice(problem, request_id=request_id)})
