"""The systems whose webhooks are understood: how each proves that a request is its own, and what its events say.

A source is a row of the table SOURCES. The payloads are those of the documentation that docs/reported.md names.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from data.reported import argocd, cdevents, github, gitlab, jenkins, opsgenie, pagerduty
from data.settings.environment import SHORTEST_SECRET
from data.values.json_types import JsonObject
from data.values.reported import Report

SECRET_HEADER = "X-Throughline-Secret"  # noqa: S105 - the name of a header
Headers = Mapping[str, str]  # names in small letters
Check = Callable[[str, bytes, Headers], bool]  # secret, body, headers


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))


def _hmac(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signed_by_github(secret: str, body: bytes, headers: Headers) -> bool:
    """HMAC-SHA256 of the body in X-Hub-Signature-256."""
    return _same(headers.get("x-hub-signature-256", ""), f"sha256={_hmac(secret, body)}")


def signed_by_pagerduty(secret: str, body: bytes, headers: Headers) -> bool:
    """HMAC-SHA256 of the body among those in X-PagerDuty-Signature, which has one for each secret in use."""
    wanted, given = f"v1={_hmac(secret, body)}", headers.get("x-pagerduty-signature", "").split(",")
    return sum(_same(each.strip(), wanted) for each in given) > 0


def secret_in(header: str) -> Check:
    """The secret itself in a header."""
    return lambda secret, _body, headers: _same(headers.get(header.lower(), ""), secret)


@dataclass(frozen=True)
class Source:
    """One system. `reads`: the reports of an event, none where it is about nothing that is counted here. Raises
    Unreadable.
    """

    name: str
    title: str
    proof: str  # how a request proves where it is from, in words
    check: Check
    reads: Callable[[JsonObject, Headers], list[Report]]

    @property
    def variable(self) -> str:
        """The environment variable that holds its secret, or several with commas between them."""
        return f"THROUGHLINE_WEBHOOK_{self.name.upper()}"


_BY_SECRET = f"the secret in the header `{SECRET_HEADER}`"
SOURCES: Mapping[str, Source] = {
    each.name: each
    for each in (
        Source("github", "GitHub", "HMAC-SHA256 in `X-Hub-Signature-256`", signed_by_github, github.reports),
        Source("gitlab", "GitLab", "the secret in `X-Gitlab-Token`", secret_in("X-Gitlab-Token"), gitlab.reports),
        Source("jenkins", "Jenkins", _BY_SECRET, secret_in(SECRET_HEADER), jenkins.reports),
        Source("argocd", "Argo CD", _BY_SECRET, secret_in(SECRET_HEADER), argocd.reports),
        Source(
            "pagerduty", "PagerDuty", "HMAC-SHA256 in `X-PagerDuty-Signature`", signed_by_pagerduty, pagerduty.reports
        ),
        Source("opsgenie", "Opsgenie", _BY_SECRET, secret_in(SECRET_HEADER), opsgenie.reports),
        Source("cdevents", "CDEvents", _BY_SECRET, secret_in(SECRET_HEADER), cdevents.reports),
    )
}


def secrets_of(source: Source, env: Mapping[str, str]) -> list[str]:
    """The secrets that a source may use, those that are too short left out."""
    given = (each.strip() for each in env.get(source.variable, "").split(","))
    return [each for each in given if len(each) >= SHORTEST_SECRET]


def is_genuine(source: Source, secrets: list[str], body: bytes, headers: Headers) -> bool:
    """Whether one of the secrets was used. Each is tried, so that the time says nothing."""
    return sum(source.check(secret, body, headers) for secret in secrets) > 0
