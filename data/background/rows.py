"""Rows of the table of background tasks, as they are stored and as values."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from dataclasses import asdict
from typing import Any

from data.values.background import BackgroundTask, TaskState
from data.values.json_types import JsonObject
from data.values.problem import Problem

SECOND = 1_000_000


def hash_of_spec(spec: JsonObject) -> str:
    """Equal for equal specs, whatever the order of their names."""
    return hashlib.sha256(json.dumps(spec, sort_keys=True, default=str).encode()).hexdigest()


def owner_name() -> str:
    """A name that nobody has had: of one taking of one task."""
    return secrets.token_hex(12)


def wall() -> int:
    """Now by the clock of the machine, µs: leases follow it."""
    return time.time_ns() // 1000


def micros(seconds: float) -> int:
    """Seconds as µs."""
    return round(seconds * SECOND)


def error_text(code: str, problem: Problem | None) -> str | None:
    """A failure as it is stored."""
    return None if problem is None else json.dumps({"code": code, **asdict(problem)})


def task_of(row: Any) -> BackgroundTask:
    """A row of the table as a value."""
    error = json.loads(row["error"]) if row["error"] else {}
    code = str(error.pop("code", ""))
    return BackgroundTask(
        id=row["id"], site=row["site"], kind=row["kind"], state=TaskState(row["state"]), spec=json.loads(row["spec"]),
        tries=row["tries"], due=row["due"], created_by=row["created_by"], created_at=row["created_at"],
        version=row["version"], progress=row["progress"], cancelling=row["cancelling"], started_at=row["started_at"],
        ended_at=row["ended_at"], details=json.loads(row["details"] or "{}"),
        result=json.loads(row["result"]) if row["result"] else None, code=code,
        problem=Problem(**error) if error else None,
    )  # a table: kept in its rows  # fmt: skip
