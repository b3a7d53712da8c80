"""Reads an XLSX file with nothing but a ZIP and an XML reader: cells with their type, and what must not be in it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ESCAPE = re.compile(r"_x([0-9A-F]{4})_")


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """Sheet name → rows of values: str, float, bool, datetime or None. Raises where a cell is a formula or a link."""
    files = parts(content)
    assert not [name for name in files if re.search(r"vba|external|activeX|embedd|calcChain|worksheets/_rels", name)]
    for name, part in files.items():
        assert b"<!DOCTYPE" not in part, name
        assert b"http://evil" not in part or name.endswith("sharedStrings.xml"), name
    words = _strings(files.get("xl/sharedStrings.xml"))
    dated = _dates(files["xl/styles.xml"])
    book = ElementTree.fromstring(files["xl/workbook.xml"])  # noqa: S314 - ours
    names = [each.attrib["name"] for each in book.iter(f"{_MAIN}sheet")]
    return {name: _rows(files[f"xl/worksheets/sheet{n}.xml"], words, dated) for n, name in enumerate(names, 1)}


def _strings(part: bytes | None) -> list[str]:
    if part is None:
        return []
    found = []
    for each in ElementTree.fromstring(part).findall(f"{_MAIN}si"):  # noqa: S314
        assert [child.tag for child in each] == [f"{_MAIN}t"], "text with markup in it"
        found.append(_ESCAPE.sub(lambda said: chr(int(said[1], 16)), each[0].text or ""))
    return found


def _dates(part: bytes) -> list[bool]:
    """For each style whether it shows a number as a date."""
    styles = ElementTree.fromstring(part)  # noqa: S314
    formats = {each.attrib["numFmtId"]: each.attrib["formatCode"] for each in styles.iter(f"{_MAIN}numFmt")}
    cells = styles.find(f"{_MAIN}cellXfs")
    assert cells is not None
    return ["yyyy" in formats.get(each.attrib["numFmtId"], "") for each in cells]


def _rows(part: bytes, words: list[str], dated: list[bool]) -> list[list[Any]]:
    page = ElementTree.fromstring(part)  # noqa: S314
    assert page.find(f"{_MAIN}hyperlinks") is None
    found = []
    for row in page.iter(f"{_MAIN}row"):
        values: dict[int, Any] = {}
        for cell in row:
            assert cell.find(f"{_MAIN}f") is None, "a formula"
            inner = cell.find(f"{_MAIN}v")
            if inner is None or inner.text is None:
                continue
            values[_column(cell.attrib["r"])] = _value(cell.attrib, inner.text, words, dated)
        found.append([values.get(n) for n in range(max(values, default=-1) + 1)])
    return found


def _value(attributes: dict[str, str], text: str, words: list[str], dated: list[bool]) -> Any:
    match attributes.get("t", "n"):
        case "s":
            return words[int(text)]
        case "b":
            return text == "1"
        case "n":
            number = float(text)
            if not dated[int(attributes.get("s", "0"))]:
                return number
            return datetime(1899, 12, 30) + timedelta(milliseconds=round(number * 86_400_000))  # noqa: DTZ001 - local
    raise AssertionError(f"a cell of type {attributes['t']}")


def _column(reference: str) -> int:
    n = 0
    for letter in reference.rstrip("0123456789"):
        n = n * 26 + ord(letter) - 64
    return n - 1
