"""`import`: deployments and incidents out of a file that another system wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import sites
from cli.failures import USAGE, CommandFailed
from cli.options import TableOrJson
from cli.printing import as_json

app = typer.Typer(name="import", help="Take deployments and incidents out of a CSV file.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file with a header (docs/reported.md).")]


@app.command()
def deployments(file: File, format_: TableOrJson = "table") -> int:
    """Take every deployment of a CSV file, or none where a row is wrong. The same file again changes nothing."""
    return _taken("deployment", file, format_)


@app.command()
def incidents(file: File, format_: TableOrJson = "table") -> int:
    """Take every incident of a CSV file, or none where a row is wrong. The same file again changes nothing."""
    return _taken("incident", file, format_)


def _taken(what: str, file: Path, format_: str) -> int:
    from data.values.reported import ReportKind

    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "It is not written in UTF-8"
        raise CommandFailed(f"{file} cannot be read: {why}.", USAGE) from error
    services, _ = sites.opened()
    found = services.reported.import_csv(ReportKind(what), text)
    if format_ == "json":
        as_json(found)
    else:
        counts = ", ".join(f"{count:,} {result}" for result, count in found.items())
        print(f"{sum(found.values()):,} {what}{'s' * (sum(found.values()) != 1)} read: {counts}.")
    return 0
