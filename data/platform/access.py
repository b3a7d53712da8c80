"""Who may use a dashboard that other machines can reach: names with hashed passwords, or a trusted proxy that names the
user.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

from data.values.errors import AppError
from data.values.program import COMMAND

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
SHORTEST_SECRET = 16  # characters
SHORTEST_PASSWORD = 10
_KEPT = 256  # remembered good logins: hashing each request's password would cost 60 ms
_HOW = f"Make a password with: {COMMAND} password (docs/reliability.md has the rest)."


class AccessError(AppError):
    """The dashboard must not be reachable like this; the message says what to do."""

    code = "access"


@dataclass(frozen=True)
class Access:
    """Names with password hashes, and the header by which a proxy at one of `proxies` names its users, if it does."""

    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    header: str = ""
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def configured(self) -> bool:
        return bool(self.users or self.header)

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
    return Access(users, header, tuple(_network(each) for each in proxies))


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


def check(access: Access, env: Mapping[str, str], *, bound: str = "", hosts: Iterable[str] = ()) -> None:
    """Raises AccessError when others can reach the dashboard (`bound` or `hosts` are not this machine only) without
    authentication, or with a secret that can be guessed.
    """
    named = [each.strip() for each in hosts if each.strip() and each.strip().lower() not in LOOPBACK]
    outside = bool(bound) and not is_loopback(bound)
    if not outside and not named:
        return
    if not access.configured:
        what = f"Not serving on {bound}" if outside else "THROUGHLINE_HOSTS makes this dashboard public"
        raise AccessError(
            f"{what}: no authentication is configured. Set THROUGHLINE_PASSWORD_HASH or THROUGHLINE_USERS, or "
            f"THROUGHLINE_TRUSTED_PROXY_HEADER with THROUGHLINE_TRUSTED_PROXY. {_HOW}"
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

    def __init__(self, users: Mapping[str, str]) -> None:
        self._users = dict(users)
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._wrong: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()
        self._nobody = next(iter(self._users.values()), "")

    def remembered(self, name: str, password: str) -> bool:
        """Whether this very login was right before."""
        with self._lock:
            return self._mark(name, password) in self._known

    def was_wrong(self, name: str, password: str) -> bool:
        """Whether this very login was wrong of late: a page that repeats an old password costs nothing and tells
        nothing.
        """
        with self._lock:
            return self._mark(name, password) in self._wrong

    def right(self, name: str, password: str) -> bool:
        """Whether that is the password of that name. Takes about 60 ms of a core and 32 MB."""
        from werkzeug.security import check_password_hash

        stored = self._users.get(name)
        matches = check_password_hash(stored or self._nobody, password)
        good = stored is not None and matches
        with self._lock:
            answers = self._known if good else self._wrong
            answers[self._mark(name, password)] = None
            while len(answers) > _KEPT:
                answers.popitem(last=False)
        return good

    def _mark(self, name: str, password: str) -> bytes:
        words = f"{len(name)}:{name}:{password}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, words, hashlib.sha256).digest()
