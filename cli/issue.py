"""`issue`: the history of one issue, and what the numbers of a period do with it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli import sites
from cli.options import First, Last, Sets, TableOrJson, filters_of, view_of
from cli.printing import as_json, as_table, columns
from data.values.amounts import number

if TYPE_CHECKING:
    from data.values.issue_history import IssueHistory, Stay


def issue(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The key of the issue, for example SHOP-12.")],
    first: First = None,
    last: Last = None,
    sets: Sets = None,
    format_: TableOrJson = "table",
) -> int:
    """Print the history of one issue: statuses, blocks, sprints, deployments, and its part in each number."""
    services, snapshot = sites.with_data()
    view = view_of(snapshot, first, last, filters_of(None, None, None, None, None, sets))
    history = services.issue_history.of(key, view)
    if format_ == "json":
        as_json(asdict(history))
        return 0
    _table(history, view.period.label)
    return 0


def _table(history: IssueHistory, period: str) -> None:
    table = columns("What", "Counts as", "From", "To", "Days", right=("Days",), wrap=("What",))
    table.title = f"{history.key} {history.summary}"
    for each in (*history.stays, *history.blocked, *history.sprints):
        table.add_row(each.name, each.kind, _minute(each.start), _end(each), number(each.days, 2))
    for event in history.deployments:
        table.add_row(event.name, "deployment", _minute(event.at), "", "")
    below = [f"In the numbers of {period} (times are UTC):" if history.counted else f"In no number of {period}."]
    for part in history.counted:
        value = "" if part.value is None else f", with {number(part.value, 3)} {part.unit}"
        below.append(f"  {part.title}: {f'counts{value}' if part.used else f'left out: {part.reason}'}")
    as_table(table, below)


def _minute(instant: str) -> str:
    return instant[:16].replace("T", " ")


def _end(stay: Stay) -> str:
    return _minute(stay.end) if stay.end else "now"
