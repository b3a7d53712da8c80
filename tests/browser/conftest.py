"""A real browser on the page; it fails on any console error and on any request that leaves the machine."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

os.environ |= {"SE_OFFLINE": "true", "SE_AVOID_STATS": "true"}  # selenium's manager would look for drivers on the web
expect.set_options(timeout=20_000)
LOCAL = {"127.0.0.1", "localhost"}


@pytest.fixture(scope="session")
def site(app: Any) -> Iterator[str]:
    """The address of the app, served for the whole run; `use` chooses the services behind it."""
    server = make_server("127.0.0.1", 0, app.server, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that must stay quiet and at home."""
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(f"console: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("request", lambda asked: wrong.append(f"left the machine: {asked.url}") if _leaves(asked.url) else None)
    page.set_default_timeout(20_000)
    yield page
    assert not wrong


def _leaves(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in LOCAL


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    window = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
    return {**browser_context_args, **window, "reduced_motion": "reduce"}  # nothing slides while it is looked at
