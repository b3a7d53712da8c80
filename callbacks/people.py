"""The page "People and access": who one is, and for admins people, tokens and the audit log."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from callbacks.bundle import addresses
from callbacks.context import problem_of, services
from callbacks.login import TooEarly, client_address, door
from callbacks.session_cookie import give_session
from callbacks.sign_in import ours_only, templates
from data.platform.access import Access
from data.platform.logs import SECRETS
from data.services.audit import DONE, PAGE, REFUSED
from data.services.people import BadPerson, owner
from data.values.callers import Caller, Role, Scope
from data.values.people import SignIn
from data.values.permissions import CALLBACKS

people = Blueprint("people", __name__, url_prefix="/people")
LINES = 50
ABOUT_ROLES = (
    "Viewers look at everything and make files. Editors also sync, save views, definitions, the field mapping and job "
    "records. Admins also change the connection to Jira, people and tokens, and read the audit log."
)
MAY = {
    Role.VIEWER: "look at everything and make files; to change something, ask an admin",
    Role.EDITOR: "look, make files, sync, and save views, definitions, the field mapping and job records",
    Role.ADMIN: "do everything",
}
HOW = {SignIn.PASSWORD: "with a password", SignIn.OPENID: "with OpenID Connect", SignIn.PROXY: "by the proxy"}
_DONE = {
    "add": "“{}” is added.", "role": "“{}” has another role.", "password": "“{}” has another password.",
    "disable": "“{}” may not sign in any more.", "enable": "“{}” may sign in again.",
    "sign-out": "“{}” is signed out everywhere.", "remove": "“{}” is removed.", "revoke": "The token {} is revoked.",
    "own": "Your password is changed.",
}  # a table: kept in its rows  # fmt: skip


@people.get("")
def show() -> Response:
    """The page."""
    done = _DONE.get(request.args.get("done", ""), "")
    return _page(said=done.format(SECRETS.shorten(request.args.get("name", ""), 100)))


@people.post("")
def change() -> AnyResponse:
    """Do what a form of the page asks; for admins."""
    ours_only()
    form = request.form
    do, name = form.get("do", ""), form.get("name", "").strip()
    g.subject = f"{do} {name}"
    try:
        made = _acted(do, name, form)
    except Exception as error:  # noqa: BLE001 - the page says why
        return _page(problem=str(problem_of(error)[0]), status=400)
    if made:
        return _page(token=made)
    return redirect(f"/people?{urlencode({'done': do, 'name': name})}", 303)


@people.post("/password")
def own_password() -> AnyResponse:
    """Change one's own password, knowing the one before; this browser stays signed in."""
    ours_only()
    caller: Caller = g.caller
    old, new = request.form.get("old", ""), request.form.get("new", "")
    try:
        if "session" not in g or not door().is_right(caller.name, old):
            raise BadPerson("The password now is another.")
        services().people.set_password(caller.name, new)
    except (TooEarly, BadPerson) as error:
        services().audit.note(caller, PAGE, "own password changed", "", REFUSED, client_address())
        return _page(problem=str(error), status=400)
    services().audit.note(caller, PAGE, "own password changed", "", DONE, client_address())
    answer = redirect("/people?done=own", 303)
    give_session(answer, services().sessions.begin(caller.name, SignIn.PASSWORD, client_address()))
    return answer


@people.get("/<role>.css")
def hidden(role: str) -> Response:
    """What somebody of a role does not see, since it would be refused: made of the table that decides."""
    scopes = Role(role).scopes if role in set(Role) else frozenset()
    selectors = []
    for callback in CALLBACKS.values():
        refused = [trigger for trigger, action in callback.by.items() if action.scope not in scopes]
        selectors += [part for each in refused for part in (f"#{each}", f"""[id*='"area":"{each}"']""")]
        selectors += callback.hidden if refused else ()
    rule = f"{', '.join(selectors)} {{ display: none !important; }}\n" if selectors else ""
    return Response(rule, mimetype="text/css")


def _acted(do: str, name: str, form: MultiDict[str, str]) -> str:
    """Do it; the text of a new token, else nothing. Raises BadPerson, BadToken, NotThere, AccessStoreError."""
    found, by = services().people, g.caller.name
    match do:
        case "add":
            role = _role(form)
            if role is not Role.ADMIN and not found.exist() and not found.access.configured:
                raise BadPerson("The first person has to be an admin: nobody could add the others.")
            sign_in = form.get("sign_in", "")
            found.add(
                name,
                role,
                SignIn(sign_in) if sign_in in set(SignIn) else SignIn.PASSWORD,
                form.get("password", ""),
                by=by,
            )  # a table: kept in its rows
        case "role":
            found.set_role(name, _role(form))
        case "password":
            found.set_password(name, form.get("password", ""))
        case "disable" | "enable":
            found.disable(name, do == "disable")
        case "sign-out":
            services().sessions.end_everywhere(name)
        case "remove":
            found.remove(name)
        case "token":
            made_by = owner(by) if g.caller.kind == "user" else by
            scopes = [Scope(each) for each in form.getlist("scope") if each in set(Scope)]
            days = form.get("days", "")
            return services().tokens.make(name, scopes, int(days) if days.isdecimal() else 90, by=made_by)[0]
        case "revoke":
            services().tokens.revoke(name)
        case _:
            raise BadPerson("There is no such action.")
    return ""


def _role(form: MultiDict[str, str]) -> Role:
    said = form.get("role", "")
    if said not in set(Role):
        raise BadPerson(f"A role is one of {', '.join(Role)}.")
    return Role(said)


def _page(*, said: str = "", problem: str = "", token: str = "", status: int = 200) -> Response:
    caller: Caller = g.caller
    access: Access = current_app.extensions["login"]
    session = g.get("session")
    values: dict[str, Any] = {
        "stylesheet": addresses()[0], "said": said, "problem": problem, "token": token, "caller": caller,
        "is_admin": caller.may(Scope.ADMIN), "may": MAY[caller.role] if caller.role else "", "has_session": session,
        "own_password": session is not None and session.sign_in == SignIn.PASSWORD and caller.name not in access.users,
        "roles": list(Role), "scopes": list(Scope), "how": HOW, "about_roles": ABOUT_ROLES, "day": _day,
        "provider": access.openid is not None, "proxy": bool(access.header),
    }  # a table: kept in its rows  # fmt: skip
    if caller.may(Scope.ADMIN):
        values |= {"people": services().people.list(), "tokens": services().tokens.list()[::-1], **_lines()}
    return Response(templates().get_template("people.html").render(values), status, mimetype="text/html")


def _lines() -> dict[str, Any]:
    """The audit log as the address asks for it."""
    who, action, below = (request.args.get(name, "").strip() for name in ("who", "action", "below"))
    before = int(below) if below.isdecimal() and len(below) < 18 else None
    lines = services().audit.lines(LINES, below=before, actor=who, action=action)
    more = {name: value for name, value in (("who", who), ("action", action)) if value}
    older = f"/people?{urlencode(more | {'below': lines[-1].id})}#audit" if len(lines) == LINES else ""
    return {"lines": lines, "who": who, "action": action, "older": older}


def _day(at: str | None) -> str:
    return at[:16].replace("T", " ") if at else ""
