"""How CSV files are written: as programs read them, or as a spreadsheet of one's own language opens them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from data.values.errors import AppError
from data.values.names import name_key
from data.values.problem import Problem


class NoSuchStyle(AppError, ValueError):
    """An address or a command asks for a style that there is not."""

    code = "csv_style"
    usage = True


@dataclass(frozen=True)
class CsvStyle:
    """`for_excel`: with the mark by which Excel knows UTF-8, and instants as `2026-01-31 10:00:00` (UTC), which
    spreadsheets take for dates; programs get ISO 8601.
    """

    name: str
    words: str
    separator: str = ","
    decimal: str = "."
    for_excel: bool = False


STYLES = {
    each.name: each
    for each in (
        CsvStyle("plain", "For programs: commas, decimal point"),
        CsvStyle("excel", "For Excel in English: commas, decimal point", for_excel=True),
        CsvStyle("excel-semicolon", "For Excel with a decimal comma: semicolons", ";", ",", for_excel=True),
    )
}
PLAIN = STYLES["plain"]
_style: ContextVar[CsvStyle] = ContextVar("csv_style", default=PLAIN)


def style_named(name: str | None) -> CsvStyle:
    """A style by its name in any case; none is plain. Raises NoSuchStyle.

    >>> style_named("Excel-Semicolon").separator, style_named(None).name
    (';', 'plain')
    """
    found = STYLES.get(name_key(name or PLAIN.name))
    if found is None:
        raise NoSuchStyle(Problem("There is no such style of CSV.", todo=f"Choose one of: {', '.join(STYLES)}."))
    return found


def style_in_force() -> CsvStyle:
    """The style that the request or command at hand asked for."""
    return _style.get()


@contextmanager
def csv_written(style: CsvStyle) -> Iterator[None]:
    """Inside of it all CSV is written in this style; other threads are not concerned."""
    token = _style.set(style)
    try:
        yield
    finally:
        _style.reset(token)
