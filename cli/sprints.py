"""`sprints`: every sprint with its numbers, as the tab Sprints has them. Only reads the store."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import sites
from cli.numbers import EVERY, SHOWN, warn_of_unknown
from cli.options import (
    AnyFormat,
    Components,
    CsvStyleName,
    Labels,
    Projects,
    Sets,
    Types,
    Where,
    csv_as,
    filters_of,
    view_of,
)
from cli.printing import as_json, as_table, as_text, columns, notice

if TYPE_CHECKING:
    from data.services.services import Services
    from data.services.view import View

# Column of the file → heading in the terminal, where room is short.
_AMOUNTS = {
    "committed": "Committed",
    "added": "Added",
    "removed": "Removed",
    "completed": "Done",
    "spilled_over": "Spilled",
}


def sprints(
    board: Annotated[
        str | None, typer.Option("--board", metavar="NAME", help="Only sprints of this board: its name or number.")
    ] = None,
    project: Projects = None,
    type_: Types = None,
    label: Labels = None,
    component: Components = None,
    where: Where = None,
    sets: Sets = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=0, help="At most so many; 0 is all. Default: 50 in a table, else all."),
    ] = None,
    format_: AnyFormat = "table",
    csv: CsvStyleName = "plain",
) -> int:
    """Print the sprints of all boards, the newest of each board first: what was committed, added, removed, completed
    and spilled over, in points where they are mapped, else in issues.
    """
    services, snapshot = sites.with_data()
    filters = filters_of(project, type_, label, component, where, sets)
    view = view_of(snapshot, None, None, filters)
    warn_of_unknown(services, snapshot, filters)
    if limit is None:
        limit = SHOWN if format_ == "table" else 0
    names, rows = services.sprints.table(view, board)
    shown = rows[: limit or EVERY]
    if format_ == "csv":
        with csv_as(csv):
            as_text(services.sprints.csv(view, board, limit or EVERY))
    elif format_ == "json":
        as_json([dict(zip(names, row, strict=True)) for row in shown])
    else:
        _table(services, view, [dict(zip(names, row, strict=True)) for row in shown])
    if len(shown) < len(rows):
        notice(f"{len(shown)} of {len(rows)} shown; --limit 0 shows all.")
    if not rows:
        notice(services.sprints.why_none(view))
    return 0


def _table(services: Services, view: View, rows: list[dict[str, Any]]) -> None:
    numbers = (*_AMOUNTS.values(), "Score")
    table = columns("Sprint", "Closed", *numbers, right=numbers, wrap=("Sprint",))
    status = services.status.of(view.snapshot)
    unit = rows[0]["unit"] if rows else "issues"
    table.title = f"Sprints, in {unit} · {status.site_title or status.site_url}"
    for board, its in groupby(rows, key=itemgetter("board")):
        table.add_row(f"{board}:")
        for row in its:
            table.add_row(
                row["sprint"],
                row["completed_at"][:10] if row["completed_at"] else row["state"],
                *(_number(row[each]) for each in _AMOUNTS),
                _number(row["sprint_problematic_score"], digits=2),
            )
    as_table(table)


def _number(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{value:.{digits}f}".rstrip("0").rstrip(".")
