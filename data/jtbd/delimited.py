"""Tables in text: cells between commas, semicolons or tabs, numbers with decimal points or commas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from typing import Any

from data.values.records import RecordError

_DELIMITERS = ",;\t"
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")  # 1,234 is a thousand, or a little more than one
_POINTS, _COMMAS = (re.compile(rf"[+-]?\d{{1,3}}(\{one}\d{{3}})+\{other}\d+") for one, other in (".,", ",."))
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_NAMED = re.compile(r"[sS][eE][pP]=(.)\r?\n")  # how a spreadsheet is told what stands between cells
_FORMULA = re.compile(r"'\s*[=+\-@\t\r\n]")


def rows_of_table(text: str, numbers: Collection[str]) -> Iterator[tuple[int, dict[str, Any], bool]]:
    """Of each row: its line, its cells that are not empty by column, whether the columns of `numbers` have decimal
    commas.

    Raises ValueError, csv.Error with the line.

    >>> list(rows_of_table("kind;actual_value\\noutcome;3,5", ["actual_value"]))
    [(2, {'kind': 'outcome', 'actual_value': '3,5'}, True)]
    """
    told, skipped = text, 0
    delimiter = None
    if named := _NAMED.match(told):
        delimiter, told, skipped = named[1], told[named.end() :], 1
    rows = csv.DictReader(io.StringIO(told, newline=""), delimiter=delimiter or _delimiter(told), strict=True)
    rows.fieldnames = [str(each).strip() for each in rows.fieldnames or ()]
    twice = sorted({each for each in rows.fieldnames if each and list(rows.fieldnames).count(each) > 1})
    if twice:
        raise ValueError(f"line {1 + skipped} names the column {twice[0]} twice.")
    found: list[tuple[int, dict[str, Any]]] = []
    for row in rows:
        if None in row:
            raise ValueError(f"line {rows.line_num + skipped} has more cells than the header.")
        values = {name: _cell(value) for name, value in row.items() if value is not None}
        if values := {name: value for name, value in values.items() if value != ""}:
            found.append((rows.line_num + skipped, values))
    comma = any(_is_decimal_comma(str(values.get(name, ""))) for _, values in found for name in numbers)
    for line, values in found:
        yield line, values, comma


def _delimiter(text: str) -> str:
    """What the header has most of between its names."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    outside = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=outside.count)


def _cell(value: str) -> str:
    """Without the apostrophe that exports put before what a spreadsheet would take for a formula."""
    return value[1:] if _FORMULA.match(value) else value


def _is_decimal_comma(text: str) -> bool:
    text = text.strip()
    sure = _DECIMAL_COMMA.fullmatch(text) and not _THOUSANDS.fullmatch(text)
    return bool(sure or _POINTS.fullmatch(text))


def plain_number(name: str, value: Any, comma: bool) -> Any:
    """A number of a cell with a decimal point; what is no number stays. `comma`: other cells have decimal commas.

    Raises RecordError for what can be read in two ways.

    >>> plain_number("a", "3,5", True), plain_number("a", "1.234,5", True), plain_number("a", "1,234.5", False)
    ('3.5', '1234.5', '1234.5')
    >>> plain_number("a", "1,234", False)
    Traceback (most recent call last):
    data.values.records.RecordError: a is '1,234', which can be read in two ways. Write 1234 or 1.234.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if _POINTS.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    if _COMMAS.fullmatch(text):
        return text.replace(",", "")
    if _THOUSANDS.fullmatch(text) and ("," in text) != comma:
        whole, part = re.split("[.,]", text)
        mark = "," if comma else "."
        raise RecordError(
            f"{name} is {text!r}, which can be read in two ways. Write {whole}{part} or {whole}{mark}{part}."
        )
    return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else value


def day_first(value: Any) -> Any:
    """A day in the German way as ISO 8601 text; anything else as it is.

    >>> day_first("20.11.2026 9:05"), day_first("1.2.2026"), day_first("2026-11-20")
    ('2026-11-20T09:05:00', '2026-02-01', '2026-11-20')
    """
    found = _DAY_FIRST.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return value
    day, month, year, hour, minute, second = found.groups()
    date = f"{year}-{int(month):02}-{int(day):02}"
    return date if hour is None else f"{date}T{int(hour):02}:{minute}:{second or '00'}"
