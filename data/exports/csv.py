"""CSV that spreadsheets read as data: RFC 4180, and no text cell that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

from data.values.csv_style import STYLES as STYLES
from data.values.csv_style import CsvStyle, style_in_force

BOM = "\ufeff"
# Spaces of all kinds and characters that do not show: a spreadsheet skips them, so do we when looking for a formula.
_BLANKS = (
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x20\\x7f-\\xa0\\xad\\u1680\\u180e"
    "\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u2064\\u3000\\ufeff]*"
)
_FORMULA = re.compile(_BLANKS + "[=+\\-@\\uff1d\\uff0b\\uff0d\\uff20\\t]")
_CELL_FORMULA = re.compile(_BLANKS + "[=+\\-@\\uff1d\\uff0b\\uff0d\\uff20\\t\\r\\n]")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?")
_LINE_END = re.compile("(\r\n|\r|\n)")


def csv_text(headers: Sequence[str], rows: Iterable[Sequence[Any]], *, style: CsvStyle | None = None) -> str:
    """The table as CSV text with CRLF line ends, in the style in force where none is given.

    Numbers and dates stay as they are (instants in ISO 8601, UTC); None and not-a-number are empty cells; text that
    would be a formula gets a leading apostrophe. For Excel the text begins with the mark by which Excel knows UTF-8,
    and instants are written as spreadsheets read them.

    >>> csv_text(["key", "days"], [["A-1", -1.5], ["=1+1", None]])
    "key,days\\r\\nA-1,-1.5\\r\\n'=1+1,\\r\\n"
    >>> csv_text(["at", "days"], [["2026-01-31T10:00:00.000Z", 1.5]], style=STYLES["excel-semicolon"])
    '\\ufeffat;days\\r\\n2026-01-31 10:00:00;1,5\\r\\n'
    """
    style = style or style_in_force()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", delimiter=style.separator)
    written = spreadsheet_cell(style) if style.for_excel else cell
    writer.writerow([cell(each) for each in headers])
    writer.writerows([written(each) for each in row] for row in rows)
    return (BOM if style.for_excel else "") + out.getvalue()


def spreadsheet_cell(style: CsvStyle) -> Callable[[Any], str]:
    """Cells with the decimal sign of the style, and instants as spreadsheets take them for dates."""

    def written(value: Any) -> str:
        text = cell(value)
        if isinstance(value, str | datetime):
            return f"{text[:10]} {text[11:19]}" if _INSTANT.fullmatch(text) else text
        return text.replace(".", style.decimal) if isinstance(value, Real | Decimal) else text

    return written


def neutral(text: str) -> str:
    """`text` such that no line of it is a formula.

    >>> neutral("fine\\n @SUM(A1)")
    "fine\\n' @SUM(A1)"
    """
    if text[:1].isalnum() and "\n" not in text and "\r" not in text:  # nearly every cell; no formula begins so
        return text
    parts = _LINE_END.split(text)  # line, line end, line, …
    safe = "".join(f"'{part}" if n % 2 == 0 and _FORMULA.match(part) else part for n, part in enumerate(parts))
    return f"'{safe}" if _CELL_FORMULA.match(safe) else safe


def cell(value: Any) -> str:
    """A value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return neutral(value if value.isascii() else value.encode("utf-8", "replace").decode())
    if type(value) is int:  # not True and False, which are numbers too
        return str(value)
    if hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    if is_missing(value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        return repr(float(value))
    return neutral(str(value))


def is_missing(value: Any) -> bool:
    """None, not-a-number, not-a-time: they differ from themselves, or refuse to be compared at all."""
    try:
        return value is None or bool(value != value)
    except (TypeError, ArithmeticError):
        return True


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
