"""`import`: deployments and incidents out of a file that another system wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import sites
from cli.options import TableOrJson
from cli.printing import as_json, notice
from cli.reading import text_of
from data.values.reported import COLUMNS, REQUIRED, ReportKind

app = typer.Typer(name="import", help="Take deployments and incidents out of a CSV file.", no_args_is_help=True)


def _help(kind: ReportKind) -> str:
    needed = REQUIRED[kind]
    others = [name for name in COLUMNS[kind] if name not in needed and name != "changes"]
    columns = f"Needed columns: {', '.join(needed)}; others: {', '.join(others)}."
    return f"A CSV file with a header (docs/reported.md). {columns}"


Deployments = Annotated[Path, typer.Argument(metavar="FILE", help=_help(ReportKind.DEPLOYMENT))]
Incidents = Annotated[Path, typer.Argument(metavar="FILE", help=_help(ReportKind.INCIDENT))]


@app.command()
def deployments(file: Deployments, format_: TableOrJson = "table") -> int:
    """Take every deployment of a CSV file, or none where a row is wrong. The same file again changes nothing."""
    return _taken("deployment", file, format_)


@app.command()
def incidents(file: Incidents, format_: TableOrJson = "table") -> int:
    """Take every incident of a CSV file, or none where a row is wrong. The same file again changes nothing."""
    return _taken("incident", file, format_)


def _taken(what: str, file: Path, format_: str) -> int:
    text = text_of(file)
    services, snapshot = sites.opened()
    found = services.reported.import_csv(ReportKind(what), text)
    if format_ == "json":
        as_json(found)
    else:
        counts = ", ".join(f"{count:,} {result}" for result, count in found.items())
        print(f"{sum(found.values()):,} {what}{'s' * (sum(found.values()) != 1)} read: {counts}.")
        notice(_where_they_count(snapshot.settings.definitions.delivery_source))
    return 0


def _where_they_count(source: str) -> str:
    """Which numbers the rows change, by the saved definition `delivery_source`."""
    if source == "jira":
        return (
            "They change no number yet: DORA counts them where the definition delivery_source is reported or both; now "
            "it is jira (docs/reported.md)."
        )
    return f"They count in DORA: the definition delivery_source is {source}."
