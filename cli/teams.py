"""`teams`: saved views by name, put side by side, handed on as JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import sites
from cli.failures import FAILED, USAGE, CommandFailed
from cli.options import Components, First, Labels, Last, Projects, Sets, TableOrJson, Types, Where, filters_of
from cli.printing import as_json, as_table, as_text, columns, notice
from cli.reading import bytes_of
from data.values.change import tier_words
from data.values.names import name_key
from data.values.program import COMMAND

if TYPE_CHECKING:
    from data.values.teams import Compared, Comparison, TeamView

app = typer.Typer(name="teams", help="Saved views of teams: keep, compare, hand on.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the saved view.")]


@app.command("list")
def list_(format_: TableOrJson = "table") -> int:
    """List the saved views."""
    services, snapshot = sites.opened()
    found = services.teams.list(snapshot)
    if found.problem:
        notice(str(found.problem))
    if format_ == "json":
        as_json([_plain(each) for each in found.views])
        return 0
    table = columns("Name", "Days", "Filters", "Measured with", wrap=("Name", "Filters", "Measured with"))
    for each in found.views:
        table.add_row(each.name, _days(each), _filters(each), _definitions(each))
    below = [] if found.views else [f"No view is saved yet. Save one: {COMMAND} teams save NAME --project KEY"]
    as_table(table, [*below, *(f"{each.name}: {each.problem}" for each in found.views if each.problem)])
    return 0


@app.command()
def save(
    name: Name,
    period: Annotated[str | None, typer.Option("--period", metavar="NAME", help="7d, 30d (default) or 90d.")] = None,
    first: First = None,
    last: Last = None,
    project: Projects = None,
    type_: Types = None,
    label: Labels = None,
    component: Components = None,
    where: Where = None,
    sets: Sets = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the view that has this name.")] = False,
) -> int:
    """Save days, filters and definitions under a name."""
    from data.values.teams import TeamView

    if period and (first or last):
        raise CommandFailed("Give --period, or --from and --to, not both.", USAGE)
    if bool(first) != bool(last):
        raise CommandFailed("Two dates are needed: --from and --to.", USAGE)
    services, snapshot = sites.opened()
    filters = filters_of(project, type_, label, component, where, sets)
    view = TeamView(name, None if first else period or "30d", first, last, filters)
    known = next((each for each in services.teams.list(snapshot).views if name_key(each.name) == name_key(name)), None)
    if known and not replace:
        raise CommandFailed(
            f"There is a saved view “{known.name}” already. Replace it with --replace, or use another name."
        )
    made = services.teams.save(view, snapshot, known.revision if known else None)
    notice(f"Saved “{made.name}”.")
    return 0


@app.command()
def delete(name: Name) -> int:
    """Delete a saved view."""
    services, snapshot = sites.opened()
    notice(f"Deleted “{services.teams.delete(name, snapshot).name}”.")
    return 0


@app.command()
def compare(
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="Two to six saved views.")],
    format_: TableOrJson = "table",
) -> int:
    """Put the DORA and Flow numbers of two to six views side by side."""
    services, snapshot = sites.with_data()
    found = services.teams.compare(names, snapshot)
    if format_ == "json":
        as_json(_compared(found))
        return 0
    table = columns("Metric", *(each.name for each in found.views), wrap=("Metric", *(e.name for e in found.views)))
    table.add_row("Days", *(f"{first} to {last}" for first, last in found.days))
    for row in found.rows:
        table.add_row(row.title, *map(_cell, row.cells))
    below = [
        f"Not comparable: {row.title}. {each.title}: "
        + "; ".join(f"{view.name}: {words}" for view, words in zip(found.views, each.words, strict=True))
        + "."
        for row in found.rows
        for each in row.differences
    ]
    as_table(table, below)
    return 0


@app.command()
def export(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME…", help="Which views. Default: all.")] = None,
) -> int:
    """Print saved views as JSON that `teams import` reads."""
    services, snapshot = sites.opened()
    as_text(services.teams.export(snapshot, names or None))
    return 0


@app.command("import")
def import_(
    path: Annotated[
        str, typer.Argument(metavar="FILE", help="A file made by `teams export`; - reads what is piped in.")
    ],
) -> int:
    """Add the views of a file; a name that is in use gets a number behind it."""
    services, snapshot = sites.opened()
    data = sys.stdin.buffer.read() if path == "-" else bytes_of(Path(path))
    found = services.teams.import_(data, snapshot)
    for each in found.added:
        notice(f"Added “{each}”.")
    if found.duplicates:
        notice(f"{found.duplicates} there already.")
    for each in found.problems:
        notice(each)
    return FAILED if found.problems and not found.added and not found.duplicates else 0


def _plain(view: TeamView) -> dict[str, Any]:
    filters = view.filters
    return {
        "name": view.name,
        "period": view.period,
        "first": view.first,
        "last": view.last,
        "filters": filters.to_json(),
        "definitions": dict(filters.definitions),
        "changed_at": view.changed_at,
    }


def _days(view: TeamView) -> str:
    return f"last {view.period[:-1]} days" if view.period else f"{view.first} to {view.last}"


def _filters(view: TeamView) -> str:
    return "; ".join(f"{each.field} {each.words}" for each in view.filters.where) or "all issues"


def _definitions(view: TeamView) -> str:
    return ", ".join(f"{name}={value}" for name, value in view.filters.definitions) or "as saved"


def _cell(cell: Compared) -> str:
    value = cell.value
    if value.value is None:
        return f"– {value.error_message or ''}".strip()
    shown = f"{value.details.get('display_value') or value.value} {value.details.get('display_unit') or value.unit}"
    tier = f", {tier_words(value)}" if value.performance_tier else ""
    return f"{shown.strip()}{tier} ({cell.used} used)"


def _compared(comparison: Comparison) -> dict[str, Any]:
    return {
        "views": [
            {"name": view.name, "first": first, "last": last}
            for view, (first, last) in zip(comparison.views, comparison.days, strict=True)
        ],
        "metrics": [
            {
                "metric": row.metric,
                "comparable": not row.differences,
                "differences": {each.title: list(each.words) for each in row.differences},
                "values": [cell.value.to_dict() for cell in row.cells],
            }
            for row in comparison.rows
        ],
    }
