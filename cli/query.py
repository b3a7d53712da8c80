"""`query`: answers a spec, from a file or from stdin."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli import sites
from cli.failures import USAGE, CommandFailed
from cli.options import CsvStyleName, csv_as
from cli.printing import as_json, as_table, as_text, columns, notice
from cli.reading import text_of
from data.values.program import COMMAND

if TYPE_CHECKING:
    from data.values.query_answer import QueryAnswer


_EXAMPLE = f"""echo '{{"metrics": ["flow_velocity"]}}' | {COMMAND} query -"""
SPEC_HELP = f"A file with the spec; without it, or with -, it is read from standard input. Example: {_EXAMPLE}"


def query(
    spec: Annotated[str, typer.Argument(metavar="SPEC.json", help=SPEC_HELP)] = "-",
    format_: Annotated[Literal["table", "json", "csv"], typer.Option("--format", help="How to print it.")] = "table",
    csv: CsvStyleName = "plain",
    sql: Annotated[bool, typer.Option("--sql", help="Print the SELECT and its parameters, not the numbers.")] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of specs, and answer nothing.")
    ] = False,
) -> int:
    """Answer a spec: metrics of the catalogue by time and by groups, each row with what was used and left out."""
    if schema:
        from data.services.query import QueryService

        as_json(QueryService.schema())
        return 0
    text = _text(spec)
    services, snapshot = sites.with_data()
    found = services.query.answer(services.query.read(text), snapshot)
    if sql:
        as_text(f"{found.sql}\n" + "".join(f"-- ${n} = {each!r}\n" for n, each in enumerate(found.parameters, 1)))
    elif format_ == "json":
        as_json(asdict(found))
    elif format_ == "csv":
        from data.services.query import csv_of

        with csv_as(csv):
            as_text(csv_of(found))
    else:
        _table(found)
    return 0


def _text(spec: str) -> str:
    """The text of a spec. Raises CommandFailed where it cannot be read."""
    if spec == "-":
        if sys.stdin.isatty():
            notice(f"Waiting for a spec on standard input; Ctrl-D ends it. Example: {_EXAMPLE}")
        return sys.stdin.read()
    if spec.lstrip().startswith(("{", "[")) and not os.path.lexists(spec):
        raise CommandFailed("That looks like JSON: write it into a file, or give - and pipe it.", USAGE)
    return text_of(Path(spec))


def _table(found: QueryAnswer) -> None:
    """A line for each row and metric."""
    groups, before = [title for _, title in found.columns], ["Before"] if found.compared else []
    many = len(found.metrics) > 1
    value = "Value" if many else found.metrics[0].title
    right = [value, *before, "Used", "Left out"]
    table = columns(*groups, *(["Metric"] if many else []), *right, right=right, wrap=[*groups, "Metric"])
    table.title = f"{found.period} · {found.zone}" + (f", compared with {found.compared}" if found.compared else "")
    for row in found.rows:
        for n, (metric, each) in enumerate(zip(found.metrics, row.cells, strict=True)):
            keys = ["" if n else key or "none" for key in row.keys]
            then = [each.before_shown or "–"] if found.compared else []
            table.add_row(
                *keys, *([metric.title] if many else []), each.shown, *then, f"{each.used:,}", f"{each.left_out:,}"
            )
    below = [each.lacking for each in found.metrics if each.lacking]
    told = [each for each in found.metrics if each.why_not_sql]
    below += [f"{each.title} is calculated by its formula. {each.why_not_sql}" for each in told]
    as_table(table, [*found.notes, *below])
