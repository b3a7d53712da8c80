"""Tables on stdout: short ones are laid out, long ones are written line by line, and both say the same."""

from __future__ import annotations

import pytest
from rich.table import Table

from cli.printing import MANY, as_table, columns, lines_of


def made(rows: int) -> Table:
    """Rows with a number, a name in wide letters here and there, and words."""
    table = columns("Number", "Name", "Used as", right=("Number",), wrap=("Used as",))
    for n in range(rows):
        table.add_row(str(n), "名前" if n % 7 == 0 else f"name {n}", "one thing, another thing")
    return table


def test_a_long_table_has_a_line_for_each_row_and_its_columns_stand_below_each_other(
    capsys: pytest.CaptureFixture[str],
):
    as_table(made(MANY + 1), ["That is all."])
    heading, *rows, last = capsys.readouterr().out.splitlines()
    assert (heading.split(), len(rows), last) == (["Number", "Name", "Used", "as"], MANY + 1, "That is all.")
    assert rows[3] == "     3  name 3    one thing, another thing"
    assert rows[7] == "     7  名前      one thing, another thing"


def test_long_and_short_tables_say_the_same(capsys: pytest.CaptureFixture[str]):
    as_table(made(MANY))
    short = capsys.readouterr().out
    assert "─" in short, "laid out"
    said = [line.split() for line in short.splitlines() if line.strip(" ─")]
    assert said == [line.split() for line in lines_of(made(MANY))]
