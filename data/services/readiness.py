"""Whether the dashboard can do its work right now, asked by machines every few seconds: cheap, and Jira is not called."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.jira.errors import JiraError

if TYPE_CHECKING:
    from data.services.workspace import Workspace

LEAST_FREE = 50_000_000  # bytes; a sync and the caches need room
_JIRA = {"failed": "degraded", "done": "ok"}


def readiness(workspace: Workspace) -> dict[str, Any]:
    """{ready, stores, last_sync, disk, jira}: plain words and numbers, no paths, no names."""
    folder = _folder(workspace)
    disk = _disk(workspace)
    store, last = "ok", None
    try:
        place = workspace.place
        place.synced()
        status = workspace.status()
        last, settings = status.synced_at, "read-only" if status.read_only else "ok"
        state = status.sync.state
        cache = "degraded" if place.cache.stats()["problem"] else "ok"
    except (JiraError, OSError) as error:
        store, settings, cache, state = getattr(error, "code", "unusable"), "unknown", "unknown", "unknown"
    return {
        "ready": folder in ("ok", "read-only") and store == "ok" and disk["state"] == "ok",
        "stores": {"folder": folder, "issues": store, "settings": settings, "cache": cache},
        "last_sync": last,
        "disk": disk,
        "jira": _JIRA.get(state, "unknown"),
    }


def _folder(workspace: Workspace) -> str:
    if workspace.home.is_read_only:
        return "read-only"
    try:
        with tempfile.TemporaryFile(dir=workspace.home.path) as probe:
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


def _disk(workspace: Workspace) -> dict[str, Any]:
    free = free_bytes(workspace.home.path)
    if free is None:
        return {"state": "unknown", "free_mb": None}
    return {"state": "ok" if free >= LEAST_FREE else "full", "free_mb": free // 1_000_000}
