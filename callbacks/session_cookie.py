"""The cookie that says who is signed in: out of reach of scripts, sent to this dashboard only, and with https only by
https.
"""

from __future__ import annotations

from flask import current_app, request
from werkzeug.wrappers import Response as AnyResponse

from data.platform.access import Access

PLAIN, SECURE = "throughline_session", "__Host-throughline_session"  # browsers let no other host set the second


def is_https() -> bool:
    """Whether the browser came by https: to us, to the trusted proxy, or as THROUGHLINE_ADDRESS says."""
    access: Access = current_app.extensions["login"]
    if request.is_secure or (access.openid is not None and access.openid.address.startswith("https://")):
        return True
    return access.is_proxy(request.remote_addr) and request.headers.get("X-Forwarded-Proto", "").strip() == "https"


def sent_session() -> str:
    """What the browser sent; empty for nothing."""
    return request.cookies.get(SECURE if is_https() else PLAIN, "")


def give_session(answer: AnyResponse, text: str) -> None:
    """Send the cookie. It has no end: the browser forgets it when it is closed, the server when it is too old."""
    secure = is_https()
    answer.set_cookie(SECURE if secure else PLAIN, text, secure=secure, httponly=True, samesite="Lax", path="/")


def take_session(answer: AnyResponse) -> None:
    """Have the browser forget the cookie."""
    secure = is_https()
    answer.delete_cookie(SECURE if secure else PLAIN, secure=secure, httponly=True, samesite="Lax", path="/")
