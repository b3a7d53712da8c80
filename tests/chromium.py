"""Where the machine's own Chromium is, and the flags with which tests, benchmarks and screenshots start it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

SHELL = "chromium-headless-shell"  # the same engine without windows; a page costs it about two thirds
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# Nothing leaves the machine: every name but this machine's resolves to nothing.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def executable() -> str | None:
    """Path of the browser: CHROMIUM if set, else SHELL, else the first of NAMES that exists; None when there is
    none.
    """
    return _first(SHELL, *NAMES)


def driven() -> str | None:
    """Like `executable`, but never SHELL, which chromedriver does not start."""
    return _first(*NAMES)


def _first(*names: str) -> str | None:
    for name in (os.environ.get("CHROMIUM", ""), *names):
        found = shutil.which(name) if name else None
        if found:
            return str(Path(found))
    return None
