"""`report`: the overview of a period as one HTML file that opens without a network. It only reads the store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import sites
from cli.failures import CommandFailed
from cli.numbers import warn_of_unknown
from cli.options import Components, First, Labels, Last, Projects, Sets, Types, Where, filters_of, view_of
from data.services.files import write_file

STDOUT = "-"


def report(
    first: First = None,
    last: Last = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to write it; - for the terminal. Default: throughline_report_FROM_TO.html in this folder.",
        ),
    ] = None,
    project: Projects = None,
    type_: Types = None,
    label: Labels = None,
    component: Components = None,
    where: Where = None,
    sets: Sets = None,
) -> int:
    """Write the overview of a period as one HTML file that opens without a network."""
    services, snapshot = sites.with_data()
    filters = filters_of(project, type_, label, component, where, sets)
    warn_of_unknown(services, snapshot, filters)
    view = view_of(snapshot, first, last, filters)
    made, period = services.overview.html(view), view.period
    if output == STDOUT:
        sys.stdout.write(made)
        return 0
    path = Path(output or f"throughline_report_{period.first}_{period.last}.html")
    try:
        write_file(path, made.encode())
    except OSError as error:
        raise CommandFailed(
            f"The report could not be written to {path}: {error.strerror}. Choose another --output."
        ) from error
    print(f"{path}: {period.label}, {len(made.encode()):,} bytes. It opens in any browser, without a network.")
    return 0
