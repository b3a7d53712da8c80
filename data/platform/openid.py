"""How an OpenID Connect provider is asked who somebody is: what the environment says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from data.values.callers import Role
from data.values.errors import AppError

SCOPES = "openid profile email"
_HOSTS_OF_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


class OpenIdSettingsError(AppError):
    """What is set cannot be used; the message names the variable."""

    code = "openid_settings"


@dataclass(frozen=True)
class OpenId:
    """One provider. `address`: of this dashboard, as browsers reach it. `name_claim`: empty: the first that there is of
    preferred_username, email, sub. `roles`: value of `role_claim` → role.
    """

    issuer: str
    client_id: str
    address: str
    client_secret: str = field(default="", repr=False)
    name_claim: str = ""
    role_claim: str = ""
    roles: Mapping[str, Role] = field(default_factory=dict)
    scopes: str = SCOPES
    ca_bundle: str = ""

    @property
    def name(self) -> str:
        """What people know the provider by: its host."""
        return urlsplit(self.issuer).hostname or self.issuer

    @property
    def redirect(self) -> str:
        """Where the provider sends people back to."""
        return f"{self.address}/sign-in/openid/back"


def openid_of(env: Mapping[str, str]) -> OpenId | None:
    """The provider that the environment names; None for none. Raises OpenIdSettingsError for half of one."""

    def said(name: str) -> str:
        return env.get(name, "").strip()

    issuer, client = said("THROUGHLINE_OIDC_ISSUER"), said("THROUGHLINE_OIDC_CLIENT_ID")
    if not issuer and not client:
        return None
    if not issuer or not client or not said("THROUGHLINE_ADDRESS"):
        raise OpenIdSettingsError(
            "OpenID Connect needs THROUGHLINE_OIDC_ISSUER, THROUGHLINE_OIDC_CLIENT_ID and THROUGHLINE_ADDRESS."
        )
    return OpenId(
        sound_address(issuer, "THROUGHLINE_OIDC_ISSUER"),
        client,
        sound_address(said("THROUGHLINE_ADDRESS"), "THROUGHLINE_ADDRESS").rstrip("/"),
        said("THROUGHLINE_OIDC_CLIENT_SECRET"),
        said("THROUGHLINE_OIDC_NAME_CLAIM"),
        said("THROUGHLINE_OIDC_ROLE_CLAIM"),
        _roles(said("THROUGHLINE_OIDC_ROLES")),
        said("THROUGHLINE_OIDC_SCOPES") or SCOPES,
        env.get("REQUESTS_CA_BUNDLE", "").strip() or env.get("SSL_CERT_FILE", "").strip(),
    )


def sound_address(text: str, variable: str, *, query: bool = False) -> str:
    """Raises OpenIdSettingsError for what is no address, or one on whose way others could read or change."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if (
        not host
        or parts.scheme not in ("http", "https")
        or (parts.query and not query)
        or parts.fragment
        or parts.username
    ):
        raise OpenIdSettingsError(f"{variable} needs an address such as https://id.example.org.")
    if parts.scheme == "http" and host not in _HOSTS_OF_THIS_MACHINE:
        raise OpenIdSettingsError(f"{variable} has to begin with https://.")
    return text


def _roles(text: str) -> dict[str, Role]:
    """Pairs of a value of the claim and a role.

    >>> _roles("leads=admin, staff=viewer") == {"leads": Role.ADMIN, "staff": Role.VIEWER}
    True
    """
    found = {}
    for pair in filter(None, (each.strip() for each in re.split(r"[,\n]", text))):
        value, _, role = (each.strip() for each in pair.rpartition("="))
        if not value or role not in set(Role):
            raise OpenIdSettingsError(f"THROUGHLINE_OIDC_ROLES needs value=role pairs; roles are {', '.join(Role)}.")
        found[value] = Role(role)
    return found
