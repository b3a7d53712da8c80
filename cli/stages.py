"""`stages`: when each item entered each stage of the workflow, as flow tools read it. It only reads the store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import sites
from cli.failures import CommandFailed
from cli.numbers import warn_of_unknown as warn_of_unknown
from cli.options import (
    Components,
    CsvStyleName,
    First,
    Labels,
    Last,
    Projects,
    Sets,
    Types,
    Where,
    csv_as,
    filters_of,
    view_of,
)
from cli.printing import as_text
from data.services.files import write_file

STDOUT = "-"


def stages(
    first: First = None,
    last: Last = None,
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write it, .csv or .xlsx; - for the terminal."),
    ] = STDOUT,
    project: Projects = None,
    type_: Types = None,
    label: Labels = None,
    component: Components = None,
    where: Where = None,
    sets: Sets = None,
    csv: CsvStyleName = "plain",
) -> int:
    """Write a row for each item with the day on which it entered each stage, as ActionableAgile and jira-agile-metrics
    read it.
    """
    services, snapshot = sites.with_data()
    filters = filters_of(project, type_, label, component, where, sets)
    warn_of_unknown(services, snapshot, filters)
    view = view_of(snapshot, first, last, filters)
    with csv_as(csv):
        if output == STDOUT:
            as_text(services.stages.csv(view))
            return 0
        path = Path(output)
        if path.suffix.lower() == ".xlsx":
            made = services.downloads.xlsx(services.stages.sheet(view), view)
        else:
            made = services.stages.csv(view).encode()
    try:
        write_file(path, made)
    except OSError as error:
        raise CommandFailed(
            f"The stages could not be written to {path}: {error.strerror}. Choose another --output."
        ) from error
    print(f"{path}: {view.period.label}, {len(made):,} bytes.")
    return 0
