"""Signing in at an OpenID Connect provider: going there, coming back, and being signed out by it."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from callbacks.context import services
from callbacks.login import SIGN_IN, client_address
from callbacks.session_cookie import give_session, is_https, sent_session
from callbacks.sign_in import SIGNED_IN, is_ours, onward, page
from data.services.audit import DONE, DOOR, REFUSED
from data.services.openid_provider import OpenIdError
from data.values.people import SIGN_IN_REFUSED, SignIn

log = logging.getLogger(__name__)
openid = Blueprint("openid", __name__, url_prefix=f"{SIGN_IN}/openid")
STATE = "throughline_sign_in"  # cookie: which sign-in this browser began
_TEN_MINUTES = 600
_PROVIDER = "the OpenID Connect provider"


@openid.get("")
def begin() -> AnyResponse:
    """Go to the provider."""
    try:
        address, state = services().openid.begin(onward())
    except OpenIdError as error:
        return _refused(error)
    answer = Response("", 303, headers={"Location": address})
    answer.set_cookie(
        STATE, state, max_age=_TEN_MINUTES, secure=is_https(), httponly=True, samesite="Lax", path=f"{SIGN_IN}/openid"
    )
    return answer


@openid.get("/back")
def back() -> AnyResponse:
    """Come back with a code, which is good for one session.

    The answer is a page that goes on by itself, not a redirect: a cookie that is only for requests of our own pages
    would not be sent with a request that another site began.
    """
    asked, own = request.args, request.cookies.get(STATE, "")
    try:
        if error := asked.get("error"):
            raise OpenIdError(f"The provider did not sign you in: {error!r:.60}.")
        admitted = services().openid.finish(asked.get("code", ""), asked.get("state", ""), own, asked.get("iss", ""))
    except OpenIdError as error:
        refused = _refused(error)
        refused.delete_cookie(STATE, path=f"{SIGN_IN}/openid")
        return refused
    text = services().sessions.begin(
        admitted.name, SignIn.OPENID, client_address(), before=sent_session(), provider=admitted.provider
    )
    services().audit.note(admitted.name, DOOR, SIGNED_IN, "with OpenID Connect", address=client_address())
    to = admitted.onward if is_ours(admitted.onward) else "/"
    answer = page(heading="Signed in", passwords=False, provider="", onward_at_once=to, links=[("Go on", to)])
    answer.delete_cookie(STATE, path=f"{SIGN_IN}/openid")
    give_session(answer, text)
    return answer


@openid.post("/back-channel")
def back_channel() -> AnyResponse:
    """The provider says that somebody signed out there (Back-Channel Logout 1.0)."""
    try:
        subject, session = services().openid.signed_out(request.form.get("logout_token", ""))
    except OpenIdError as error:
        log.warning("%s", error)
        return Response("", 400)
    issuer = services().people.access.openid
    ended = services().sessions.end_by_provider(issuer.issuer if issuer else "", subject, session)
    services().audit.note(_PROVIDER, DOOR, "signed out by the provider", f"{ended} sessions", DONE, client_address())
    return Response("", 200)


def _refused(error: OpenIdError) -> Response:
    log.warning("sign-in with OpenID Connect: %s", error)
    services().audit.note(
        "somebody", DOOR, SIGN_IN_REFUSED, f"OpenID Connect: {error.problem.why}", REFUSED, client_address()
    )
    return page(str(error), 403)
