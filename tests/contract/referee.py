"""What stands between a test and the sample site: a request through the referee, and what the referee says of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import requests

from sample.site import Site


@dataclass(frozen=True)
class Behind:
    """A sample site and the URL at which the referee passes requests on to it."""

    site: Site
    url: str
    api: str

    def ask(self, method: str, path: str, body: Any = None, account: str = "any") -> requests.Response:
        """One request through the referee; `account` is the token."""
        session = requests.Session()
        session.trust_env = False
        if self.api == "3":
            session.auth = ("visitor@sample.invalid", account)
        else:
            session.headers["Authorization"] = f"Bearer {account}"
        return session.request(method, self.url + path, json=body, timeout=60)


def verdict(answer: requests.Response) -> list[str]:
    """What the referee objects to; warnings about status codes that a document leaves out do not count."""
    header = answer.headers.get("sl-violations", "[]")
    found = json.loads(header) if header.startswith("[") else [{"message": header}]
    if answer.status_code in (422, 500):
        found += answer.json().get("validation", [{"message": answer.text}])
    return [f"{each.get('location')}: {each['message']}" for each in found if each.get("severity") != "Warning"]
