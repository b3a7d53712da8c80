"""`sync`: fetch issues from Jira into the store."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli import sites
from cli.failures import FAILED
from cli.options import TableOrJson
from cli.printing import as_json, as_table, columns, notice
from cli.progress import reported
from cli.stopping import stopped_by_signals

if TYPE_CHECKING:
    from data.sync.run import SyncResult


def sync(
    full: Annotated[bool, typer.Option("--full", help="Fetch everything again, not only what changed.")] = False,
    format_: TableOrJson = "table",
) -> int:
    """Fetch issues from Jira; afterwards metrics and issues answer from the new data."""
    services, snapshot = sites.opened()
    with stopped_by_signals(services.sync.cancel) as told, reported() as report:
        result = services.sync.run(snapshot, report, full=full)
    if told.code and result.error and result.error.get("code") == "cancelled":
        return told.code
    if format_ == "json":
        as_json(result.to_dict())
    elif not result.error:
        _table(result)
    for warning in result.warnings:
        notice(warning)
    if result.error:
        notice(sites.reason(result.error))
    return 0 if result.complete and not result.error else FAILED


def _table(result: SyncResult) -> None:
    modes = {"full": "everything", "incremental": "what changed", "fill": "newly mapped fields"}
    numbers = ("Fetched", "Changed", "Removed", "Held now", "Requests", "Took")
    table = columns("Read", *numbers, right=numbers)
    took = datetime.fromisoformat(result.finished_at) - datetime.fromisoformat(result.started_at)
    counts = (result.fetched, result.changed, result.removed, result.issues, result.requests)
    table.add_row(modes.get(result.mode, result.mode), *map(str, counts), f"{took.total_seconds():.1f} s")
    below = [f"{result.fetched} issues fetched, {result.changed} changed."]
    if result.incomplete_histories:
        below.append(f"{result.incomplete_histories} issues came without their complete history.")
    as_table(table, below)
