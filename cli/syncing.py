"""`sync`: fetch issues from Jira into the store."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import sites
from cli.failures import FAILED
from cli.options import TableOrJson
from cli.printing import as_json, as_table, columns, notice
from cli.progress import reported

if TYPE_CHECKING:
    from data.issues.sync import SyncResult


def sync(
    full: Annotated[bool, typer.Option("--full", help="Fetch everything again, not only what changed.")] = False,
    format_: TableOrJson = "table",
) -> int:
    """Fetch issues from Jira; afterwards metrics and issues answer from the new data."""
    workspace = sites.opened()
    with reported() as report:
        result = workspace.sync_now(report, full=full)
    if format_ == "json":
        as_json(_plain(result))
    else:
        _table(result)
    for warning in result.warnings:
        notice(warning)
    if result.error:
        notice(_reason(result.error))
    return 0 if result.complete and not result.error else FAILED


def _table(result: SyncResult) -> None:
    modes = {"full": "everything", "incremental": "what changed", "fill": "newly mapped fields"}
    table = columns("Fetched", "Changed", "Duplicates", "Requests", "Read", "Took", right=("Fetched", "Changed"))
    seconds = _seconds(result)
    table.add_row(
        str(result.fetched),
        str(result.changed),
        str(result.duplicates),
        str(result.requests),
        modes.get(result.mode, result.mode),
        "" if seconds is None else f"{seconds:.1f} s",
    )
    below = [f"{result.fetched} issues fetched, {result.changed} changed."]
    if result.incomplete_histories:
        below.append(f"{result.incomplete_histories} issues came without their complete history.")
    as_table(table, below)


def _seconds(result: SyncResult) -> float | None:
    from datetime import datetime

    started, finished = result.started_at, result.finished_at
    if isinstance(started, str) and isinstance(finished, str):
        started, finished = datetime.fromisoformat(started), datetime.fromisoformat(finished)
    if started is None or finished is None:
        return None
    took = finished - started
    return took.total_seconds() if hasattr(took, "total_seconds") else took / 1_000_000


def _plain(value: Any) -> Any:
    """A result as JSON types; instants as ISO 8601."""
    from datetime import datetime

    from data.metrics.answers import iso

    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(each) for each in value]
    return iso(value) if isinstance(value, datetime) else value


def _reason(error: dict[str, Any]) -> str:
    return f"{error.get('message', 'The sync failed.')} {error.get('hint', '')}".strip()
