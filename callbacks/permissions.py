"""Asks data.values.permissions before the page is answered, and notes in the audit log what was done."""

from __future__ import annotations

import json
from typing import Any

from dash import Dash
from flask import Flask, Response, abort, g, request

from callbacks.context import services
from callbacks.errors import CALLBACKS as ADDRESS
from callbacks.login import client_address
from callbacks.programs import for_programs
from data.services.audit import DONE, PAGE, REFUSED
from data.values.callers import Caller, Role, least_role
from data.values.permissions import CALLBACKS, PAGES, UNKNOWN, Action, Callback

_SCOPE_WORDS = {"read": "look at this", "export": "make files", "write": "change this", "admin": "do this"}


def check_permissions(app: Dash) -> None:
    """Before each request of the page: may the caller do that? After it: note it, if it changes something. Register
    when the body has been checked.
    """
    server: Flask = app.server
    named = {output: name_of(each) for output, each in app.callback_map.items()}

    @server.before_request
    def allowed_only() -> None:
        caller: Caller | None = g.get("caller")
        if for_programs(request.path) or caller is None:  # the API asks for itself; the login let nobody else pass
            return
        for action in _actions(named):
            g.action = action
            if not caller.may(action.scope):
                role = least_role(action.scope)
                abort(
                    403, f"To {_SCOPE_WORDS[action.scope]} you have to be {_one(role)}. Ask an admin of this dashboard."
                )

    @server.after_request
    def note(answer: Response) -> Response:
        action: Action | None = g.get("action")
        if action is not None and action.noted and request.method != "HEAD":
            services().audit.note(g.caller, PAGE, action.noted, g.get("subject", ""), _result(answer), client_address())
        return answer


def refusal(action: Action) -> str:
    """Why somebody may not do it, and what to do."""
    needed = _one(least_role(action.scope))
    return f"To {_SCOPE_WORDS[action.scope]} you have to be {needed}. Ask an admin of this dashboard."


def name_of(callback: dict[str, Any]) -> str:
    """A callback as data.values.permissions names it: module.function; empty for one that runs in the browser."""
    function = callback.get("callback")
    function = getattr(function, "__wrapped__", function)
    if function is None:
        return ""
    return f"{function.__module__.removeprefix('callbacks.')}.{function.__name__}"


def _actions(named: dict[str, str]) -> list[Action]:
    """What the request does, what needs most last."""
    if request.path != ADDRESS or request.method != "POST":
        return [PAGES.get(request.endpoint or "", UNKNOWN)] if request.endpoint else []
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        return [UNKNOWN]
    found = CALLBACKS.get(named.get(body.get("output", ""), ""), Callback(UNKNOWN))
    changed = [_trigger(each) for each in body.get("changedPropIds") or [""]]
    return sorted({found.action(each) for each in changed}, key=_weight)


def _weight(action: Action) -> tuple[bool, int]:
    return bool(action.noted), list(Role).index(least_role(action.scope))


def _trigger(changed: str) -> str:
    """The id of what changed, without the property; of a pattern its area.

    >>> _trigger("header-sync.n_clicks"), _trigger('{"area":"task-cancel","index":"a.b"}.n_clicks'), _trigger("")
    ('header-sync', 'task-cancel', '')
    """
    component = changed.rpartition(".")[0]
    if not component.startswith("{"):
        return component
    found = json.loads(component)
    return str(found.get("area", ""))


def _result(answer: Response) -> str:
    if answer.status_code == 403:
        return REFUSED
    if g.get("failed"):
        return f"failed: {g.failed}"
    return DONE if answer.status_code < 400 else f"failed: {answer.status_code}"


def _one(role: str) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}"
