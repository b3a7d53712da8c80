"""Signing in with OpenID Connect: authorisation code with PKCE, state and nonce.

Followed: OpenID Connect Core 1.0 (sections 3.1.2 and 3.1.3.7), RFC 7636 (PKCE), RFC 9207 (issuer in the answer),
RP-Initiated Logout 1.0 and Back-Channel Logout 1.0. Signatures are checked by joserfc, which is imported when the first
person signs in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from data.platform.openid import OpenId
from data.services.openid_provider import OpenIdError, Provider
from data.services.people import PeopleService
from data.services.sessions import FromProvider
from data.store.people_store import BegunRow, PersonRow, Taken
from data.values.callers import Role
from data.values.json_types import JsonObject
from data.values.people import SignIn, is_name
from data.values.problem import Problem

LONGEST_SIGN_IN = 600_000_000  # µs between leaving for the provider and coming back
MOST_BEGUN = 10_000
_AGAIN = "Sign in again."
_NAMES = ("preferred_username", "email", "sub")


@dataclass(frozen=True)
class Admitted:
    """Somebody whom the provider vouches for. `onward`: where they wanted to go."""

    name: str
    provider: FromProvider
    onward: str


class OpenIdService:
    """The provider that people.access names. Safe in several threads."""

    def __init__(self, people: PeopleService) -> None:
        self._people = people
        self._provider: Provider | None = None

    def begin(self, onward: str) -> tuple[str, str]:
        """(address at the provider, state for a cookie of this browser). Raises OpenIdError, AccessStoreError."""
        provider, settings = self.provider, self._settings
        state, nonce, verifier = (secrets.token_urlsafe(size) for size in (32, 32, 64))
        now = self._people.now()
        row = BegunRow(_digest(state), nonce, verifier, onward, now)
        self._people.store.begin_sign_in(row, now - LONGEST_SIGN_IN, MOST_BEGUN)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": settings.client_id,
            "redirect_uri": settings.redirect,
            "scope": settings.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return _with(provider.endpoint("authorization_endpoint"), asked), state

    def finish(self, code: str, state: str, own_state: str, issuer: str = "") -> Admitted:
        """Who came back from the provider with a code. `own_state`: what the cookie of the browser says; `issuer`: who
        answered, as far as the answer says.

        Raises OpenIdError for an answer that counts for nothing or somebody who may not, AccessStoreError.
        """
        if not state or not hmac.compare_digest(state.encode(), own_state.encode()):
            raise _failed("This sign-in was not begun in this browser.")
        begun = self._people.store.take_sign_in(_digest(state))
        if begun is None or begun.created_at < self._people.now() - LONGEST_SIGN_IN:
            raise _failed("This sign-in took too long, or was finished before.")
        if issuer and issuer != self._settings.issuer:
            raise _failed("Another provider answered than was asked.")
        id_token = self.provider.exchanged(code, begun.verifier)
        claims = self.provider.claims(id_token, self._people.now() // 1_000_000)
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), begun.nonce.encode()):
            raise _failed("The answer of the provider belongs to another sign-in (nonce).")
        name = self._admitted(claims)
        session = str(claims["sid"]) if claims.get("sid") else None
        said = FromProvider(self._settings.issuer, str(claims["sub"]), session, id_token)
        return Admitted(name, said, begun.onward)

    def way_out(self, id_token: str | None) -> str:
        """Where the provider signs people out, too; empty where it does not offer it, or does not answer."""
        try:
            address = self.provider.endpoint("end_session_endpoint", needed=False)
        except OpenIdError:
            return ""
        settings = self._settings
        asked = {"client_id": settings.client_id, "post_logout_redirect_uri": f"{settings.address}/sign-in"}
        return _with(address, asked | ({"id_token_hint": id_token} if id_token else {})) if address else ""

    def signed_out(self, logout_token: str) -> tuple[str | None, str | None]:
        """(subject, session) that the provider signs out. Raises OpenIdError for a token that counts for nothing."""
        return self.provider.logout(logout_token, self._people.now() // 1_000_000)

    @property
    def _settings(self) -> OpenId:
        if self._people.access.openid is None:
            raise OpenIdError("No OpenID Connect provider is configured.")
        return self._people.access.openid

    @property
    def provider(self) -> Provider:
        """The provider, made when it is first needed."""
        if self._provider is None or self._provider.settings != self._settings:
            self._provider = Provider(self._settings)
        return self._provider

    def _admitted(self, claims: JsonObject) -> str:
        """The name under which somebody is on the list, added to it where newcomers may be. Raises OpenIdError."""
        issuer, subject = self._settings.issuer, str(claims["sub"])
        role = self._role(claims)
        found = self._people.by_subject(issuer, subject) or self._expected(claims, issuer, subject)
        if found is None:
            return self._newcomer(claims, issuer, subject, role or self._people.access.openid_newcomers)
        if self._settings.role_claim:
            wanted = role or self._people.access.openid_newcomers
            if wanted is None:
                raise _refused()
            self._people.store.change(found.name, role=wanted)
            self._people.forget()
        if found.disabled_at is not None:
            raise _refused()
        return found.name

    def _expected(self, claims: JsonObject, issuer: str, subject: str) -> PersonRow | None:
        """Somebody whom an admin has put on the list by name, and who comes for the first time."""
        row = next((each for each in self._people.store.people() if each.name == self._name(claims)), None)
        if row is None or row.sign_in != SignIn.OPENID or row.subject is not None:
            return None
        self._people.store.change(row.name, issuer=issuer, subject=subject)
        self._people.forget()
        return row

    def _newcomer(self, claims: JsonObject, issuer: str, subject: str, role: Role | None) -> str:
        name = self._name(claims)
        if role is None:
            raise _refused()
        try:
            self._people.add_from_provider(name, role, issuer, subject)
        except Taken as error:
            raise OpenIdError(
                Problem(
                    f"There is somebody else called “{name}” here.",
                    "Who a person is, the provider says; a name alone proves nothing.",
                    "Ask an admin of this dashboard to rename or remove the other one.",
                )
            ) from error
        return name

    def _name(self, claims: JsonObject) -> str:
        """What somebody is called here. An address that the provider has not verified is no name."""
        wanted = (self._settings.name_claim,) if self._settings.name_claim else _NAMES
        for claim in wanted:
            said = claims.get(claim)
            is_sound = isinstance(said, str) and is_name(said)
            if is_sound and (claim != "email" or claims.get("email_verified") is True):
                return str(said)
        raise OpenIdError(
            Problem(
                "The provider gives you no name that can be used.",
                f"Looked for: {', '.join(wanted)}.",
                "Ask an admin to set THROUGHLINE_OIDC_NAME_CLAIM or the scopes.",
            )
        )

    def _role(self, claims: JsonObject) -> Role | None:
        """The highest role that the provider gives; None where it gives none."""
        said = claims.get(self._settings.role_claim) if self._settings.role_claim else None
        values = said if isinstance(said, list) else [said]
        found = {
            self._settings.roles[each] for each in values if isinstance(each, str) and each in self._settings.roles
        }
        return next((role for role in reversed(Role) if role in found), None)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _with(address: str, asked: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def _failed(why: str) -> OpenIdError:
    return OpenIdError(Problem("You are not signed in.", why, _AGAIN))


def _refused() -> OpenIdError:
    return OpenIdError(
        Problem("You may not use this dashboard.", "You are not among its people.", "Ask one of its admins.")
    )
