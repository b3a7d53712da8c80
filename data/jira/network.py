"""How requests reach Jira: which certificates are trusted, which one is shown, and through which proxy, if any."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from data.jira.errors import BadSetting
from data.platform.logs import SECRETS

if TYPE_CHECKING:
    import requests

PEM = "It is a text file with lines such as -----BEGIN CERTIFICATE-----; ask those who run the network for it."


@dataclass(frozen=True)
class Value:
    """A value, and what people call the place where they set it."""

    text: str = ""
    name: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Value()


@dataclass(frozen=True, repr=False)
class Network:
    """Checked when made. Raises BadSetting, which names the value.

    `ca_bundle`: a PEM file or a folder of certificate authorities that are trusted instead of the usual ones.
    `client_cert`, `client_key`: PEM files of a certificate to show; without `client_key` the first file holds both.
    `proxy`: http:// or https:// address of an HTTP proxy; the connection to Jira is encrypted through it, so that it
    never sees a request or a token.
    """

    proxy: Value = NOTHING
    ca_bundle: Value = NOTHING
    client_cert: Value = NOTHING
    client_key: Value = NOTHING

    def __post_init__(self) -> None:
        if self.proxy:
            check_proxy(self.proxy)
        if self.ca_bundle:
            check_ca_bundle(self.ca_bundle)
        if self.client_key and not self.client_cert:
            raise BadSetting(
                f"{self.client_key.name} is set without a certificate.", hint="Set JIRA_CLIENT_CERT too, or unset it."
            )
        if self.client_cert:
            check_client_cert(self.client_cert, self.client_key)

    def apply(self, session: requests.Session, url: str) -> None:
        """Makes a session that asks `url` use it. This machine is always asked directly. Raises BadSetting."""
        if self.ca_bundle:
            session.verify = self.ca_bundle.text
        if self.client_cert:
            cert, key = self.client_cert.text, self.client_key.text
            session.cert = (cert, key) if key else cert
        parts = urlsplit(url)
        if self.proxy and not is_loopback(parts.hostname or ""):
            if parts.scheme != "https":
                raise BadSetting(
                    f"{self.proxy.name} is for https addresses only: with http the proxy could read the token.",
                    hint="Use the https address of Jira, or no proxy.",
                )
            session.proxies = {"https": self.proxy.text}

    def proxy_shown(self) -> str:
        """Host and port of the proxy, for messages; "" without one."""
        return urlsplit(self.proxy.text).netloc.rpartition("@")[2]


def is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_proxy(value: Value) -> None:
    """Raises BadSetting for what is no address of a proxy; hides its password from every text from now on."""
    hint = "Write it like http://proxy.example.org:3128, with http:// or https:// and the port."
    try:
        parts = urlsplit(value.text)
        host, port, password = parts.hostname, parts.port, parts.password
    except ValueError:
        raise BadSetting(f"{value.name} is not an address.", hint=hint) from None
    if password:
        SECRETS.hide(unquote(password), unquote(parts.username or ""))
        SECRETS.hide(password)
    if parts.scheme not in ("http", "https"):
        raise BadSetting(f"{value.name} does not start with http:// or https://.", hint=hint)
    if not host or any(each.isspace() for each in value.text):
        raise BadSetting(f"{value.name} is not an address.", hint=hint)
    if not port:
        raise BadSetting(f"{value.name} has no port.", hint=hint)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise BadSetting(f"{value.name} has something after the port.", hint=hint)


def check_ca_bundle(value: Value) -> None:
    """Raises BadSetting for what holds no certificates."""
    path = _there(value)
    try:
        found = path.stat()
        _load(path, (found.st_mtime_ns, found.st_size))
    except (OSError, ValueError):
        raise BadSetting(f"{value.name} names a file that holds no certificates: {path}.", hint=PEM) from None


@lru_cache(maxsize=8)
def _load(path: Path, _version: tuple[int, int]) -> None:
    """Once for each version of a file: a bundle of 150 certificates takes 10 ms, and every command asks several times.
    Raises OSError or ValueError, and then asks again the next time."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if path.is_dir():
        context.load_verify_locations(capath=str(path))
    else:
        context.load_verify_locations(cafile=str(path))


def check_client_cert(cert: Value, key: Value) -> None:
    """Raises BadSetting for a certificate or key that is missing, cannot be read, or does not belong to the other."""
    path, key_path = _there(cert), _there(key) if key else None
    for value, each in ((cert, path), (key, key_path)):
        if each is not None and each.is_dir():
            raise BadSetting(f"{value.name} names a folder: {each}.", hint=PEM)
    asked: list[None] = []

    def passphrase() -> str:
        asked.append(None)
        return ""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_cert_chain(path, key_path, password=passphrase)
    except (OSError, ValueError):
        names = f"{cert.name} and {key.name} name" if key else f"{cert.name} names"
        if asked:
            raise BadSetting(
                f"The key that {(key or cert).name} names is protected by a passphrase.",
                hint="Give a key without one, in a file that only you can read.",
            ) from None
        what = (
            "files that are not a certificate and its key"
            if key
            else "a file that does not hold a certificate and its key"
        )
        raise BadSetting(f"{names} {what}.", hint=PEM) from None


def _there(value: Value) -> Path:
    path = Path(value.text).expanduser()
    try:
        found = path.exists()
        if found and not path.is_dir():
            path.open("rb").close()
    except (OSError, ValueError):
        raise BadSetting(
            f"{value.name} names a file that cannot be read: {path}.", hint="Give this user permission to read it."
        ) from None
    if not found:
        raise BadSetting(f"{value.name} names a file that is not there: {path}.", hint="Correct the path, or unset it.")
    return path
