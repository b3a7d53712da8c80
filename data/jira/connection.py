"""Where the Jira site is and who asks: an address that was checked and a token that never shows."""

from __future__ import annotations

import base64
import ipaddress
import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from data.jira.errors import InvalidUrl
from data.platform.logs import SECRETS

# Addresses are often pasted from a page in the middle of Jira: these parts never belong to a context path.
_PAGE = re.compile(r"/(browse|secure|projects|issues|plugins|rest|login\.jsp|jira/(software|core|servicedesk|your-work|people|dashboards|for-you))(/|$)")  # fmt: skip
LONGEST_SHOWN = 200  # characters of an address in a message
_DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, repr=False)
class Connection:
    """One site and account. Empty `email`: the token is sent as Bearer (Data Center). Raises InvalidUrl.

    >>> Connection("example.atlassian.net/browse/ABC-1", "me@example.org", "secret")
    Connection(url='https://example.atlassian.net', email='me@example.org')
    """

    url: str
    email: str = ""
    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", site_url(self.url))
        object.__setattr__(self, "email", self.email.strip())
        object.__setattr__(self, "token", self.token.strip())
        SECRETS.hide(self.token, self.email)
        if any(ord(each) < 32 or ord(each) == 127 for each in self.email + self.token):
            raise InvalidUrl(
                "The e-mail address or the token contains a line break.", hint="Paste them again, without line breaks."
            )

    def __repr__(self) -> str:
        return f"Connection(url={self.url!r}, email={self.email!r})"

    @property
    def authorization(self) -> str:
        """The value of the Authorization header; empty without a token."""
        if not self.token:
            return ""
        if not self.email:
            return f"Bearer {self.token}"
        return "Basic " + base64.b64encode(f"{self.email}:{self.token}".encode()).decode("ascii")


def site_url(text: str) -> str:
    """The address in one spelling, without a trailing slash. Raises InvalidUrl that says what to enter.

    Plain http is for this machine only, unless JIRA_ALLOW_HTTP=1.

    >>> site_url(" https://Example.org/jira/browse/X-1 ")
    'https://example.org/jira'
    """
    text = text.strip()
    if not text:
        raise InvalidUrl("The address of the Jira site is missing.")
    if "://" not in text:
        if re.fullmatch(r"[\w-]+", text) and text.lower() != "localhost":  # a host like that needs its https://
            raise InvalidUrl(f"{_shown(text)} is not the address of a Jira site.")
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise InvalidUrl(f"{_shown(text)} is not an address.") from error
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\]", text):
        raise InvalidUrl(f"{_shown(text)} is not an address that starts with https://.")
    if parts.username is not None or parts.password is not None:
        raise InvalidUrl(
            "The address contains a user name or password.", hint="Enter them in their own boxes, not in the address."
        )
    if parts.scheme == "http" and not is_loopback(host) and os.environ.get("JIRA_ALLOW_HTTP") != "1":
        raise InvalidUrl(
            f"{_shown(text)} is not encrypted, so the token could be read on its way.",
            hint="Use https://. Where that is impossible, set JIRA_ALLOW_HTTP=1.",
        )
    path = parts.path
    if page := _PAGE.search(path):
        path = path[: page.start()]
    where = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{where}{f':{port}' if port else ''}{path.rstrip('/')}"


def is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _shown(text: str) -> str:
    """The address as far as it is safe to repeat: without what could be a password."""
    return repr(SECRETS.shorten(re.sub(r"//[^/]*@", "//", text), LONGEST_SHOWN))


def site_key(url: str) -> str:
    """One spelling for the same site, of any text: as the client would spell it, without default port or user name.

    >>> site_key(" HTTPS://Example.Atlassian.net:443/ ") == site_key("example.atlassian.net/browse/ABC-1")
    True
    """
    text = url.strip().rstrip("/")
    with suppress(InvalidUrl):
        text = site_url(text)
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return text
    if not parts.scheme or not host:
        return text
    host = f"[{host}]" if ":" in host else host
    shown_port = "" if port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{port}"
    return f"{parts.scheme}://{host}{shown_port}{parts.path.rstrip('/')}"
