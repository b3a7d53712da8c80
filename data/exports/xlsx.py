"""XLSX files in which text is text, numbers are numbers and dates are dates of the configured zone."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from numbers import Integral, Real
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from data.exports.csv import is_missing

MOST_ROWS = 1_048_575  # below the heading; what a worksheet holds
LONGEST = 32_767  # UTF-16 units in a cell
_MOST_EXACT = 2**53  # a spreadsheet keeps numbers as doubles …
_LARGEST = 9.99e307  # … that are not quite as large as those of others
_YEARS = range(1901, 9999)  # the calendar of spreadsheets is wrong before, and ends after
_WIDEST = 60
_FIXED = {
    "in_memory": True,  # no temporary files with the data of others
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


@dataclass(frozen=True)
class Sheet:
    """A table: its name (31 letters at most), column names, rows. Values of `instants` are ISO 8601 text or aware
    datetimes; they become dates of the zone. `dates`: columns whose text is days (YYYY-MM-DD) or local times."""

    name: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Any]]
    instants: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()


def xlsx(sheets: Iterable[Sheet], zone: ZoneInfo, moment: datetime) -> bytes:
    """A workbook with these sheets; `moment` (aware) is when. Rows beyond what a worksheet holds are left out and the
    last row says so; text beyond what a cell holds is cut and ends in an ellipsis.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _FIXED)
    book.set_properties({"created": moment.astimezone(zone).replace(tzinfo=None)})
    formats = _formats(book)
    names: set[str] = set()
    for each in sheets:
        _write(book.add_worksheet(_sheet_name(each.name, names)), each, zone, formats)
    book.close()
    return out.getvalue()


class Streamed(Protocol):
    """A table whose rows are made while they are written."""

    @property
    def name(self) -> str: ...
    @property
    def headers(self) -> Sequence[str]: ...
    @property
    def rows(self) -> Iterable[Sequence[Any]]: ...
    @property
    def instants(self) -> frozenset[str]: ...


def write_book(
    path: Path,
    tables: Iterable[Streamed],
    about: Mapping[str, Any],
    zone: ZoneInfo,
    moment: datetime,
    counted: Callable[[Iterable[Sequence[Any]]], Iterable[Sequence[Any]]],
) -> None:
    """A workbook in a file, in constant memory: rows go to temporary files beside it at once. A last sheet says what it
    is. Raises OSError.
    """
    import xlsxwriter

    with TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as spool:
        kept = {**_FIXED, "in_memory": False, "constant_memory": True, "tmpdir": spool}
        _fill(xlsxwriter.Workbook(str(path), kept), tables, about, zone, moment, counted)


def _fill(
    book: Any,
    tables: Iterable[Streamed],
    about: Mapping[str, Any],
    zone: ZoneInfo,
    moment: datetime,
    counted: Callable[[Iterable[Sequence[Any]]], Iterable[Sequence[Any]]],
) -> None:
    from xlsxwriter.exceptions import FileCreateError

    book.set_properties({"created": moment.astimezone(zone).replace(tzinfo=None)})
    formats = _formats(book)
    names: set[str] = set()
    rows = 0
    try:
        for each in tables:
            rows += _stream(book.add_worksheet(_sheet_name(each.name, names)), each, zone, formats, counted)
        about_rows = [*((name, _words(value)) for name, value in about.items()), ("Rows", rows)]
        told = Sheet("About", ("What", "Value"), about_rows)
        _stream(book.add_worksheet(_sheet_name("About", names)), told, zone, formats, iter)
    except BaseException:
        for page in book.worksheets():  # their temporary files would stay open
            page.row_data_fh.close()
        raise
    try:
        book.close()
    except FileCreateError as error:
        raise error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError(str(error)) from error


def _words(value: Any) -> Any:
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that a worksheet may have, and that no other has.

    >>> taken = set()
    >>> _sheet_name("Flow: load / days", taken), _sheet_name("flow  load   days", taken)
    ('Flow load days', 'flow load days 2')
    """
    clean = " ".join(re.sub(r"[\[\]:*?/\\']", " ", text_of(title)).split())[:31] or "Table"
    name, n = clean, 1
    while name.lower() in taken:
        n += 1
        name = f"{clean[: 30 - len(str(n))]} {n}"
    taken.add(name.lower())
    return name


def _stream(
    page: Any,
    sheet: Streamed,
    zone: ZoneInfo,
    formats: dict[str, Any],
    counted: Callable[[Iterable[Sequence[Any]]], Iterable[Sequence[Any]]],
) -> int:
    """Rows beyond what a worksheet holds are counted and said, not written."""
    for column, name in enumerate(sheet.headers):
        page.set_column(column, column, min(max(len(name) + 3, 14), _WIDEST))
    page.freeze_panes(1, 0)
    for column, name in enumerate(sheet.headers):
        page.write_string(0, column, text_of(name), formats["head"])
    moments = [name in sheet.instants for name in sheet.headers]
    row = 0
    for row, values in enumerate(counted(sheet.rows), 1):
        if row < MOST_ROWS:
            for column, value in enumerate(values):
                _put(page, row, column, instant(value) if moments[column] else value, zone, formats)
    if row >= MOST_ROWS:
        words = f"{row - MOST_ROWS + 1} more rows do not fit into a worksheet; the CSV has them."
        page.write_string(MOST_ROWS, 0, words)
    if row:
        page.autofilter(0, 0, min(row, MOST_ROWS), len(sheet.headers) - 1)
    return row


def _formats(book: Any) -> dict[str, Any]:
    return {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
    }


def _write(page: Any, sheet: Sheet, zone: ZoneInfo, formats: dict[str, Any]) -> None:
    widths = [len(each) + 3 for each in sheet.headers]
    for column, name in enumerate(sheet.headers):
        page.write_string(0, column, text_of(name), formats["head"])
    moments = [name in sheet.instants for name in sheet.headers]
    days = [name in sheet.dates for name in sheet.headers]
    held = len(sheet.rows) if len(sheet.rows) <= MOST_ROWS else MOST_ROWS - 1
    for row, values in enumerate(sheet.rows[:held], 1):
        for column, value in enumerate(values):
            cell = instant(value) if moments[column] else dated(value) if days[column] else value
            shown = _put(page, row, column, cell, zone, formats)
            if row <= 200:
                widths[column] = max(widths[column], shown + 1)
    if held < len(sheet.rows):
        page.write_string(
            held + 1, 0, f"{len(sheet.rows) - held} more rows do not fit into a worksheet; the CSV has them."
        )
    for column, width in enumerate(widths):
        page.set_column(column, column, min(width, _WIDEST))
    page.freeze_panes(1, 0)
    if sheet.rows:
        page.autofilter(0, 0, held, len(sheet.headers) - 1)


def _put(page: Any, row: int, column: int, value: Any, zone: ZoneInfo, formats: dict[str, Any]) -> int:
    """Write one cell by its type; how many letters wide it looks."""
    if hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    if is_missing(value):
        return 0
    if isinstance(value, bool):
        page.write_boolean(row, column, value)
        return 5
    if isinstance(value, datetime) and value.year in _YEARS:
        local = value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value
        page.write_datetime(row, column, local, formats["moment"])
        return 19
    if isinstance(value, date) and not isinstance(value, datetime) and value.year in _YEARS:
        page.write_datetime(row, column, value, formats["day"])
        return 10
    if _is_number(value):
        page.write_number(row, column, value)
        return len(f"{value:.6g}")
    words = text_of(value.isoformat() if isinstance(value, date) else str(value))
    if words:
        page.write_string(row, column, words)
    return len(words)


def _is_number(value: Any) -> bool:
    if isinstance(value, Integral):
        return abs(int(value)) <= _MOST_EXACT
    return isinstance(value, Real | Decimal) and math.isfinite(value) and abs(float(value)) < _LARGEST


def text_of(text: str) -> str:
    """`text` as a cell can hold it: valid Unicode, not too long, and never taken for markup of the library.

    >>> text_of("\\ud800"), text_of("<r>x</r>")
    ('?', '<r>x</r> ')
    """
    clean = text.encode("utf-8", "replace").decode()
    if len(clean) > LONGEST // 2 and len(clean.encode("utf-16-le")) // 2 > LONGEST:
        clean = clean.encode("utf-16-le")[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"
    if clean.startswith("<r>") and clean.endswith("</r>"):
        return clean + " "  # XlsxWriter would write it into the file as it is
    return clean


def instant(value: Any) -> Any:
    """ISO 8601 with an offset as an aware datetime; anything else as it is.

    >>> instant("2026-01-31T10:00:00.000Z").isoformat(), instant("=1"), instant(None)
    ('2026-01-31T10:00:00+00:00', '=1', None)
    """
    if not isinstance(value, str):
        return value
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return value
    return found if found.tzinfo else value


_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?")


def dated(value: Any) -> Any:
    """Text that is a day or a time of a day as such; anything else as it is.

    >>> dated("2026-01-31"), dated("2026-01-31T10:00"), dated("2026-02-31"), dated(3)
    (datetime.date(2026, 1, 31), datetime.datetime(2026, 1, 31, 10, 0), '2026-02-31', 3)
    """
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return value
    try:
        return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    except ValueError:
        return value


def date_columns(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> frozenset[str]:
    """The columns that hold days or times and nothing else (empty cells aside)."""
    found = []
    for n, name in enumerate(headers):
        values = [row[n] for row in rows if row[n] not in (None, "")]
        if values and all(isinstance(each, date) or isinstance(dated(each), date) for each in values):
            found.append(name)
    return frozenset(found)
