"""Puts answers on stdout as table, JSON or CSV, and everything else on stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from data.platform.logs import SECRETS

if TYPE_CHECKING:
    from rich.table import Table

PIPED_WIDTH = 100  # columns when nobody is watching; COLUMNS changes it
MANY = 300  # rows from which a table is written line by line: laying out each cell takes a second for a thousand rows
_GAP = "  "


def notice(text: str) -> None:
    """Tell the person something that is not the answer."""
    print(SECRETS.clean(text), file=sys.stderr, flush=True)


def as_json(value: Any) -> None:
    """Print plain values as indented JSON. Text stays readable; NaN is refused (ValueError)."""
    print(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def as_text(text: str) -> None:
    """Print text that is complete already, such as CSV."""
    sys.stdout.write(text)
    sys.stdout.flush()


def columns(*names: str, right: Sequence[str] = (), wrap: Sequence[str] = (), cut: str = "") -> Table:
    """An empty table with these headings; those in `right` hold numbers, those in `wrap` may take several lines, and
    `cut` gets the room that is left, on one line. The others are never broken.
    """
    from rich import box
    from rich.table import Table

    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        expand=bool(cut),
        title_justify="left",
        title_style="bold",
        header_style="bold",
    )
    for name in names:
        table.add_column(
            name,
            justify="right" if name in right else "left",
            no_wrap=name not in wrap,
            overflow="ellipsis" if name == cut else "fold",
            ratio=1 if name == cut else None,
        )
    return table


def as_table(table: Table, below: Iterable[str] = ()) -> None:
    """Print a table, and below it the sentences that belong to the answer. Colours only on a terminal."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else PIPED_WIDTH
    console = Console(width=width, highlight=False, markup=False)
    if table.row_count > MANY:
        as_text("".join(f"{line}\n" for line in lines_of(table)))
    else:
        console.print(table)
    for sentence in below:
        console.print(sentence, soft_wrap=not sys.stdout.isatty())


def lines_of(table: Table) -> Iterator[str]:
    """A long table as lines: a heading and one line for each row, columns as wide as their longest cell."""
    from rich.cells import cell_len

    parts = [[str(column.header), *(str(cell).replace("\n", " ") for cell in column.cells)] for column in table.columns]
    widths = [max(map(cell_len, part)) for part in parts]
    right = [column.justify == "right" for column in table.columns]
    for row in zip(*parts, strict=True):
        gaps = [" " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        cells = [gap + cell if at_right else cell + gap for cell, gap, at_right in zip(row, gaps, right, strict=True)]
        yield _GAP.join(cells).rstrip()
