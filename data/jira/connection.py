"""Where the Jira site is and who asks: an address that was checked and a token that never shows."""

from __future__ import annotations

import base64
import os
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from data.jira.errors import BadSetting, InvalidUrl
from data.jira.network import Network, is_loopback
from data.platform.logs import SECRETS

# Addresses are often pasted from a page in the middle of Jira: these parts never belong to a context path.
# Cloud's own pages begin with /jira; elsewhere that may be the context path, before Data Center's /servicedesk/….
_PAGE = re.compile(
    r"/(browse|secure|projects|issues|plugins|rest|login\.jsp|jira/(software|core|your-work|people|dashboards|for-you)|"
    r"jira/servicedesk/(c|projects)|servicedesk)(/|$)"
)
_CLOUD_PAGE = re.compile(r"/jira(/|$)")
_CLOUD_HOSTS = (".atlassian.net", ".jira.com", ".jira-dev.com")
_TYPESET = "…“”‘’–—"  # what documents put in place of what is to be typed
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
    network: Network = field(default=Network(), repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", site_url(self.url))
        object.__setattr__(self, "email", self.email.strip())
        object.__setattr__(self, "token", self.token.strip())
        SECRETS.hide(self.token, self.email)
        for name, text in (("The e-mail address", self.email), ("The token", self.token)):
            if wrong := odd_character(text, plain=not self.email):
                raise BadSetting(f"{name} contains {wrong}.", hint="Copy it again, without anything around it.")
        if ":" in self.email:
            raise BadSetting("The e-mail address contains a colon.", hint="Enter the address alone, without the token.")

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


def odd_character(text: str, *, plain: bool) -> str:
    """What in a token or an e-mail address cannot belong there, in words; "" for nothing.

    `plain`: only printable ASCII can be sent, as in a Bearer token.

    >>> odd_character("ATATT3x\u2026", plain=True)
    'a character that no token or e-mail address has (U+2026, HORIZONTAL ELLIPSIS)'
    >>> odd_character("gr\xfcn", plain=False)
    ''
    """
    for each in text:
        if each in "\r\n":
            return "a line break"
        if each == " " and not plain:
            continue  # passwords and user names of Data Center may have blanks
        if each == " ":
            return "a blank"
        if each in _TYPESET or unicodedata.category(each)[0] in "CZ" or (plain and not each.isascii()):
            name = unicodedata.name(each, "")
            said = f"U+{ord(each):04X}{f', {name}' if name else ''}"
            return f"a character that no token or e-mail address has ({said})"
    return ""


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
    is_cloud = host.endswith(_CLOUD_HOSTS)
    if page := (_CLOUD_PAGE.match(path) if is_cloud else None) or _PAGE.search(path):
        path = path[: page.start()]
    where = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{where}{f':{port}' if port else ''}{path.rstrip('/')}"


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
