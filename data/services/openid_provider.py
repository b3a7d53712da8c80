"""One OpenID Connect provider: its addresses, its keys, and what it has signed."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import requests

from data.platform.openid import OpenId, OpenIdSettingsError, sound_address
from data.values.errors import AppError
from data.values.json_types import JsonObject
from data.values.problem import Problem

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

log = logging.getLogger(__name__)
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]  # never a shared secret
_TIMEOUT = (5.0, 10.0)  # seconds to connect, to answer
_LASTING = 3_600.0  # seconds after which the addresses are asked for again
_BETWEEN_KEYS = 10.0  # seconds: strangers who send tokens with unknown keys do not make us ask more often
_LEEWAY = 60  # seconds that clocks may differ
_LOGOUT_SECONDS = 300
_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class OpenIdError(AppError):
    """Somebody could not sign in with OpenID Connect; the message says why."""

    code = "openid"


class Provider:
    """Asks one provider. Safe in several threads."""

    def __init__(self, settings: OpenId) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._found: tuple[float, JsonObject] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._logouts: dict[str, int] = {}

    def endpoint(self, name: str, *, needed: bool = True) -> str:
        """An address of the provider. Empty for one that it does not have and that is not `needed`. Raises
        OpenIdError.
        """
        said = self._discovered().get(name)
        if not isinstance(said, str) or not said:
            if needed:
                raise _trouble(f"It does not say its {name}.")
            return ""
        try:
            return sound_address(said, name, query=True)
        except OpenIdSettingsError as error:
            raise _trouble(f"{error}") from error

    def exchanged(self, code: str, verifier: str) -> str:
        """The id token for a code. Raises OpenIdError."""
        settings = self.settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": settings.redirect,
            "code_verifier": verifier,
            "client_id": settings.client_id,
        }
        methods = self._discovered().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic = None
        if settings.client_secret and isinstance(methods, list) and "client_secret_basic" in methods:
            from urllib.parse import quote

            basic = (quote(settings.client_id, safe=""), quote(settings.client_secret, safe=""))
        elif settings.client_secret:
            form["client_secret"] = settings.client_secret
        said = self._json("POST", self.endpoint("token_endpoint"), form, basic)
        token = said.get("id_token")
        if not isinstance(token, str) or not token:
            raise _trouble("It gave no id token for the code.")
        return token

    def claims(self, token: str, now: int) -> JsonObject:
        """What an id token says, if the provider signed it, for us, and it is in force. `now`: seconds since 1970.
        Raises OpenIdError.
        """
        found = self._signed(token)
        audience = found.get("aud")
        several = isinstance(audience, list) and len(audience) > 1
        if (several or "azp" in found) and found.get("azp") != self.settings.client_id:
            raise _wrong("it is for another application (azp)")
        if not isinstance(found.get("exp"), int | float) or not isinstance(found.get("iat"), int | float):
            raise _wrong("it does not say how long it is in force")
        if float(found["exp"]) <= now - _LEEWAY:
            raise _wrong("it has expired")
        if float(found["iat"]) > now + _LEEWAY:
            raise _wrong("it is from the future; compare the clocks of both machines")
        return found

    def logout(self, token: str, now: int) -> tuple[str | None, str | None]:
        """(subject, session) of a logout token; each is taken once. Raises OpenIdError."""
        found = self._signed(token, needs_subject=False)
        events, issued, number = found.get("events"), found.get("iat"), found.get("jti")
        subject, session = (str(found[name]) if found.get(name) else None for name in ("sub", "sid"))
        if not isinstance(events, dict) or _EVENT not in events or "nonce" in found:
            raise _wrong("it is no logout token")
        if not isinstance(issued, int | float) or abs(issued - now) > _LOGOUT_SECONDS or not (subject or session):
            raise _wrong("it is too old, or says nobody")
        with self._lock:
            self._logouts = {each: at for each, at in self._logouts.items() if at > now - 2 * _LOGOUT_SECONDS}
            if not isinstance(number, str) or number in self._logouts:
                raise _wrong("it was sent before")
            self._logouts[number] = now
        return subject, session

    def _signed(self, token: str, *, needs_subject: bool = True) -> JsonObject:
        """What a token says, if the provider signed it, for us. Raises OpenIdError."""
        try:
            from joserfc import jwt
            from joserfc.errors import JoseError
        except ImportError as error:
            raise OpenIdError(
                Problem("OpenID Connect needs the Python package joserfc.", "", "Install requirements-extras.txt.")
            ) from error
        try:
            try:
                found = jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS)
            except (JoseError, ValueError):  # perhaps with a key that is new since
                if not self._renew_keys():
                    raise
                found = jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            log.warning("a token of the provider was refused: %s", type(error).__name__)
            raise _wrong("its signature is none of the provider's") from error
        claims: JsonObject = dict(found.claims)
        audience = claims.get("aud")
        if claims.get("iss") != self.settings.issuer:
            raise _wrong("another provider made it")
        if self.settings.client_id not in (audience if isinstance(audience, list) else [audience]):
            raise _wrong("it is for another application")
        if needs_subject and (not isinstance(claims.get("sub"), str) or not claims["sub"]):
            raise _wrong("it says nobody")
        return claims

    def _key_set(self) -> KeySet:
        with self._lock:
            known = self._keys
        if known is None:
            self._read_keys()
            with self._lock:
                known = self._keys
        if known is None:
            raise _trouble("It gives no keys.")
        return known[1]

    def _renew_keys(self) -> bool:
        """Ask for the keys again, unless that was done just now; whether it was."""
        with self._lock:
            if self._keys is not None and time.monotonic() - self._keys[0] < _BETWEEN_KEYS:
                return False
        self._read_keys()
        return True

    def _read_keys(self) -> None:
        from joserfc.jwk import KeySet

        said = self._json("GET", self.endpoint("jwks_uri"))
        keys = said.get("keys")
        listed = [each for each in keys if isinstance(each, dict)] if isinstance(keys, list) else []
        usable = [each for each in listed if each.get("kty") in ("RSA", "EC") and each.get("use", "sig") == "sig"]
        if not usable:
            raise _trouble("It gives no keys.")
        found = KeySet.import_key_set({"keys": usable})
        with self._lock:
            self._keys = (time.monotonic(), found)

    def _discovered(self) -> JsonObject:
        """What the provider says of itself, asked for once an hour. Raises OpenIdError."""
        with self._lock:
            known = self._found
        if known is not None and time.monotonic() - known[0] < _LASTING:
            return known[1]
        address = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        found = self._json("GET", address)
        if found.get("issuer") != self.settings.issuer:
            raise _trouble(f"It calls itself otherwise than THROUGHLINE_OIDC_ISSUER: {found.get('issuer')!r:.100}.")
        with self._lock:
            self._found = (time.monotonic(), found)
        return found

    def _json(
        self, method: str, address: str, form: dict[str, str] | None = None, basic: tuple[str, str] | None = None
    ) -> JsonObject:
        """What the provider answers. Neither what is sent nor the answer gets into a message. Raises OpenIdError."""
        with requests.Session() as session:
            session.trust_env = False
            session.verify = self.settings.ca_bundle or True
            try:
                answer = session.request(
                    method, address, data=form, auth=basic, timeout=_TIMEOUT, allow_redirects=False,
                    headers={"Accept": "application/json"},
                )  # a table: kept in its rows  # fmt: skip
                found = answer.json() if answer.status_code == 200 else None
            except (requests.RequestException, ValueError) as error:
                raise _trouble(f"It cannot be asked ({type(error).__name__}).") from error
        if not isinstance(found, dict):
            raise _trouble(f"It answered with status {answer.status_code}.")
        return found


def _trouble(why: str) -> OpenIdError:
    return OpenIdError(Problem("The OpenID Connect provider cannot be used.", why, "Try again, or ask an admin."))


def _wrong(why: str) -> OpenIdError:
    return OpenIdError(
        Problem("You are not signed in.", f"What the provider sent counts for nothing: {why}.", "Sign in again.")
    )
