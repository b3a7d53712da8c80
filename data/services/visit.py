"""What the server hands to the API with each request: the services, and who asks from where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from data.services.services import Services
from data.values.callers import Caller

VISIT = "throughline.visit"  # under this name it is in the environ of WSGI


class Origin(StrEnum):
    """Which page sent a request, as far as the browser says."""

    OURS = "ours"
    OTHER = "other"  # a page of another site
    UNSAID = "unsaid"  # programs say nothing


@dataclass(frozen=True)
class Visit:
    """One request. `caller`: None where nobody known asks; `refused`: why a token that was sent counts for nothing.
    `address`: of the machine that asks, as far as trusted proxies tell.
    """

    services: Services
    caller: Caller | None
    origin: Origin
    address: str
    refused: str = ""
