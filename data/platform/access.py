"""Who may use a dashboard that other machines can reach: names with hashed passwords, a trusted proxy that names the
user, or an OpenID Connect provider.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

from data.platform.openid import OpenId, OpenIdSettingsError, openid_of
from data.values.callers import Role
from data.values.errors import AppError
from data.values.program import COMMAND

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
SHORTEST_SECRET = 16  # characters
SHORTEST_PASSWORD = 10
_KEPT = 256  # remembered good logins: hashing each request's password would cost 60 ms
# Checked where there is nobody of a name, so that this takes as long: made like the others, of bytes that are gone.
_NOBODY = f"scrypt:32768:8:1$nobody${secrets.token_hex(64)}"
_HOW = f"Make a password with: {COMMAND} password (docs/reliability.md has the rest)."


class AccessError(AppError):
    """The dashboard must not be reachable like this; the message says what to do."""

    code = "access"


@dataclass(frozen=True)
class Access:
    """Names with password hashes, and the header by which a proxy at one of `proxies` names its users, if it does.

    `newcomers`: the role of people whom the proxy names and who are not on the list of people; None: they are refused.
    `openid_newcomers`: the same of those whom the OpenID Connect provider names. `session_hours`: without a request,
    after which somebody is signed out.
    """

    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    header: str = ""
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    openid: OpenId | None = None
    newcomers: Role | None = Role.ADMIN
    openid_newcomers: Role | None = Role.VIEWER
    session_hours: float = 12.0

    @property
    def configured(self) -> bool:
        """Whether people sign in even where nobody is on the list of people."""
        return bool(self.users or self.header or self.openid)

    def client_of(self, peer: str | None, forwarded: str) -> str:
        """The address of the person: `peer`, or, where that is a trusted proxy, the last address of X-Forwarded-For
        (`forwarded`) that is none. What stands further left could be made up.

        >>> access = Access(proxies=(ip_network("10.0.0.0/8"),))
        >>> access.client_of("10.0.0.7", "1.1.1.1, 203.0.113.9, 10.0.0.8"), access.client_of("203.0.113.5", "1.1.1.1")
        ('203.0.113.9', '203.0.113.5')
        """
        found = peer or ""
        for each in reversed(forwarded.split(",")):
            if not self.is_proxy(found):
                break
            try:
                found = str(ip_address(each.strip()))
            except ValueError:
                break
        return found

    def is_proxy(self, address: str | None) -> bool:
        """Whether requests from `address` may carry the header.

        >>> Access(header="X-Forwarded-User", proxies=(ip_network("10.0.0.0/8"),)).is_proxy("10.1.2.3")
        True
        """
        try:
            peer = ip_address(address or "")
        except ValueError:
            return False
        peer = getattr(peer, "ipv4_mapped", None) or peer
        return any(peer.version == each.version and peer in each for each in self.proxies)


def access_of(env: Mapping[str, str]) -> Access:
    """What the environment configures. Raises AccessError for what is half configured or unreadable."""
    users: dict[str, str] = {}
    if named := env.get("THROUGHLINE_USERS", "").strip():
        try:
            lines = Path(named).expanduser().read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise AccessError(f"THROUGHLINE_USERS: {named} cannot be read. {_HOW}") from error
        for line in lines:
            if line.strip() and not line.lstrip().startswith("#"):
                users |= _user(line, "THROUGHLINE_USERS")
        if not users:
            raise AccessError(f"THROUGHLINE_USERS: {named} names nobody. {_HOW}")
    if line := env.get("THROUGHLINE_PASSWORD_HASH", "").strip():
        users |= _user(line, "THROUGHLINE_PASSWORD_HASH")
    header = env.get("THROUGHLINE_TRUSTED_PROXY_HEADER", "").strip()
    proxies = [each for each in re.split(r"[,\s]+", env.get("THROUGHLINE_TRUSTED_PROXY", "")) if each]
    if (header and not proxies) or (proxies and not header and not users):
        raise AccessError(
            "A proxy that signs people in needs both THROUGHLINE_TRUSTED_PROXY_HEADER (such as X-Forwarded-User) and "
            "THROUGHLINE_TRUSTED_PROXY (its address)."
        )
    if header and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", header):
        raise AccessError("THROUGHLINE_TRUSTED_PROXY_HEADER is not the name of a header.")
    try:
        openid = openid_of(env)
    except OpenIdSettingsError as error:
        raise AccessError(error.problem) from error
    by_proxy, by_openid = _newcomers(env.get("THROUGHLINE_NEWCOMERS", "").strip().lower())
    networks = tuple(_network(each) for each in proxies)
    return Access(users, header, networks, openid, by_proxy, by_openid, _hours(env))


def _newcomers(said: str) -> tuple[Role | None, Role | None]:
    """The roles of people who are not on the list: named by the proxy, by the provider.

    >>> _newcomers("") == (Role.ADMIN, Role.VIEWER), _newcomers("nobody")
    (True, (None, None))
    """
    if not said:
        return Role.ADMIN, Role.VIEWER  # whom the proxy named could do everything before there were roles
    if said != "nobody" and said not in set(Role):
        raise AccessError(f"THROUGHLINE_NEWCOMERS is none of {', '.join(Role)} and nobody.")
    role = None if said == "nobody" else Role(said)
    return role, role


def _hours(env: Mapping[str, str]) -> float:
    said = env.get("THROUGHLINE_SESSION_HOURS", "").strip()
    if said and not (re.fullmatch(r"\d{1,3}", said) and 1 <= int(said) <= 168):
        raise AccessError("THROUGHLINE_SESSION_HOURS is not a whole number from 1 to 168.")
    return float(said or 12)


def _user(line: str, where: str) -> dict[str, str]:
    name, _, hashed = line.strip().partition(":")
    if not name or not re.fullmatch(r"scrypt:\d+:\d+:\d+\$[^$]+\$[0-9a-f]{64,}", hashed):
        raise AccessError(f"{where} needs name:scrypt:… in each line. {_HOW}")
    return {name: hashed}


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        found = ip_network(text, strict=False)
    except ValueError as error:
        raise AccessError("THROUGHLINE_TRUSTED_PROXY needs addresses such as 10.0.0.7 or 10.0.0.0/24.") from error
    if found.prefixlen == 0:
        raise AccessError("THROUGHLINE_TRUSTED_PROXY would trust everybody; name the address of the proxy.")
    return found


def for_others(bound: str, hosts: Iterable[str]) -> bool:
    """Whether other machines can reach the dashboard: it listens on more than this one, or has names of its own."""
    named = [each.strip() for each in hosts if each.strip() and each.strip().lower() not in LOOPBACK]
    return (bool(bound) and not is_loopback(bound)) or bool(named)


def check(
    access: Access,
    env: Mapping[str, str],
    *,
    bound: str = "",
    hosts: Iterable[str] = (),
    people: Callable[[], bool] = lambda: False,
) -> None:
    """Raises AccessError when others can reach the dashboard (`bound` or `hosts` are not this machine only) without
    authentication, or with a secret that can be guessed. `people`: whether anybody is on the list of people.
    """
    outside = bool(bound) and not is_loopback(bound)
    if not for_others(bound, hosts):
        return
    if not access.configured and not people():
        what = f"Not serving on {bound}" if outside else "THROUGHLINE_HOSTS makes this dashboard public"
        raise AccessError(
            f"{what}: no authentication is configured. Add a person with: {COMMAND} people add NAME --role admin. Or "
            f"set THROUGHLINE_PASSWORD_HASH or THROUGHLINE_USERS, THROUGHLINE_TRUSTED_PROXY_HEADER with "
            f"THROUGHLINE_TRUSTED_PROXY, or THROUGHLINE_OIDC_ISSUER. {_HOW}"
        )
    secret = env.get("THROUGHLINE_SECRET")
    if secret is not None and (len(secret) < SHORTEST_SECRET or len(set(secret)) < SHORTEST_SECRET // 2):
        raise AccessError(
            f"THROUGHLINE_SECRET can be guessed: use {SHORTEST_SECRET} random characters or more, or leave it unset."
        )


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what is bound to `host`.

    >>> [is_loopback(each) for each in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::", "", "metrics.example.org")]
    [True, True, True, False, False, False, False]
    """
    if host.lower() == "localhost":
        return True
    try:
        found = ip_address(host.strip("[]"))
        return (getattr(found, "ipv4_mapped", None) or found).is_loopback
    except ValueError:
        return False


def hashed(password: str) -> str:
    """The hash to keep instead of the password. Raises ValueError for one that is too short."""
    from werkzeug.security import generate_password_hash

    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"Use {SHORTEST_PASSWORD} characters or more.")
    return generate_password_hash(password, method="scrypt")


class Passwords:
    """Checks passwords; somebody unknown takes as long as a wrong password."""

    def __init__(self, hash_of: Mapping[str, str] | Callable[[str], str | None]) -> None:
        """`hash_of`: the hash of a name, None for nobody."""
        self._hash_of = hash_of.get if isinstance(hash_of, Mapping) else hash_of
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._wrong: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    def remembered(self, name: str, password: str) -> bool:
        """Whether this very login was right before, and the password is still the same."""
        mark = self._mark(name, password)
        with self._lock:
            return mark in self._known

    def was_wrong(self, name: str, password: str) -> bool:
        """Whether this very login was wrong of late: a page that repeats an old password costs nothing and tells
        nothing.
        """
        mark = self._mark(name, password)
        with self._lock:
            return mark in self._wrong

    def right(self, name: str, password: str) -> bool:
        """Whether that is the password of that name. Takes about 60 ms of a core and 32 MB."""
        from werkzeug.security import check_password_hash

        stored, mark = self._hash_of(name), self._mark(name, password)
        matches = check_password_hash(stored or _NOBODY, password)
        good = stored is not None and matches
        with self._lock:
            answers = self._known if good else self._wrong
            answers[mark] = None
            while len(answers) > _KEPT:
                answers.popitem(last=False)
        return good

    def _mark(self, name: str, password: str) -> bytes:
        words = f"{self._hash_of(name) or ''}:{len(name)}:{name}:{password}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, words, hashlib.sha256).digest()
