"""A small OpenID Connect provider on 127.0.0.1: real keys, real codes, and every answer can be bent by a test."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "throughline", "a-client-secret-of-some-length"


class TestProvider:
    """`claims`: of the person who signs in next; `bend`: changes the claims of the id token; `key`: what signs."""

    __test__ = False

    def __init__(self) -> None:
        self.keys = [self.new_key()]
        self.published = list(self.keys)
        self.claims: dict[str, Any] = {"sub": "s-1", "preferred_username": "ada", "sid": "p-1"}
        self.bend: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
        self.algorithm = "RS256"
        self.now: Callable[[], float] = time.time
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def new_key() -> RSAKey:
        return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"}, auto_kid=False)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def visit(self, address: str) -> dict[str, str]:
        """What a browser comes back with when the person has signed in at the authorisation endpoint."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def signed(self, claims: dict[str, Any]) -> str:
        if self.algorithm == "none":
            parts = ({"alg": "none"}, claims)
            return ".".join(_base64(json.dumps(each).encode()) for each in parts) + "."
        if self.algorithm == "HS256":  # signed with the public key, as if it were a secret
            from joserfc.jwk import OctKey

            public = OctKey.import_key(self.keys[0].as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": self.keys[0].kid}, claims, public, algorithms=["HS256"])
        return jwt.encode({"alg": self.algorithm, "kid": self.keys[0].kid}, claims, self.keys[0])

    def _token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)  # a code is good once
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or authorization != f"Basic {basic}":
            return 400, {"error": "invalid_grant"}
        challenge = _base64(hashlib.sha256(form["code_verifier"].encode()).digest())
        if challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(self.now())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        return 200, {"id_token": self.signed(self.bend(claims | self.claims)), "token_type": "Bearer"}

    def _handler(provider) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                provider.asked.append((path, {}))
                if path == "/.well-known/openid-configuration":
                    names = ("authorization", "token", "end_session")
                    ends = {f"{name}_endpoint": f"{provider.issuer}/{name}" for name in names}
                    self._say(200, {"issuer": provider.issuer, "jwks_uri": f"{provider.issuer}/keys", **ends})
                elif path == "/keys":
                    self._say(200, {"keys": [each.as_dict(private=False) for each in provider.published]})
                else:
                    self._say(404, {})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                provider.asked.append((self.path, form))
                self._say(*provider._token(form, self.headers.get("Authorization", "")))

            def _say(self, status: int, found: dict[str, Any]) -> None:
                body = json.dumps(found).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
