"""Whether the dashboard can do its work right now, asked by machines every few seconds: cheap, and Jira is not
called.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from data.jira.errors import JiraError
from data.services.sites import Sites
from data.services.status import StatusService
from data.services.view import Snapshot
from data.settings.connection import Home

LEAST_FREE = 50_000_000  # bytes; a sync and the caches need room
_JIRA = {"failed": "degraded", "done": "ok"}


class ReadinessService:
    """Answers probes. What it says holds no paths and no names."""

    def __init__(self, sites: Sites, status: StatusService) -> None:
        self._sites = sites
        self._status = status

    def ready(self, snapshot: Snapshot) -> dict[str, Any]:
        """{ready, stores, last_sync, disk, jira}: plain words and numbers."""
        folder, disk = _folder(self._sites.home), _disk(self._sites.home.path)
        store, last = "ok", None
        try:
            _ = snapshot.synced
            status = self._status.of(snapshot)
            last, settings = status.synced_at, "read-only" if status.read_only else "ok"
            state = status.sync.state
            cache = "degraded" if self._sites.data(snapshot).cache.stats()["problem"] else "ok"
        except (JiraError, OSError) as error:
            store, settings, cache, state = getattr(error, "code", "unusable"), "unknown", "unknown", "unknown"
        return {
            "ready": folder in ("ok", "read-only") and store == "ok" and disk["state"] == "ok",
            "stores": {"folder": folder, "issues": store, "settings": settings, "cache": cache},
            "last_sync": last,
            "disk": disk,
            "jira": _JIRA.get(state, "unknown"),
        }


def _folder(home: Home) -> str:
    if home.is_read_only:
        return "read-only"
    try:
        with tempfile.TemporaryFile(dir=home.path) as probe:
            probe.write(b"ready?")
            probe.flush()
    except OSError:
        return "unusable"
    return "ok"


def free_bytes(folder: Path) -> int | None:
    """How much a file there could still hold; None where the system does not say."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _disk(home: Path) -> dict[str, Any]:
    free = free_bytes(home)
    if free is None:
        return {"state": "unknown", "free_mb": None}
    return {"state": "ok" if free >= LEAST_FREE else "full", "free_mb": free // 1_000_000}
