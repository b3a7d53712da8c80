"""Tables of any length to a file, row by row, in the memory of a few rows.

The file appears under its name when it is whole: it is written beside it, made durable, and renamed. Rows are counted
and bytes hashed while they are written.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from data.exports.csv import BOM, is_missing, neutral, spreadsheet_cell
from data.exports.csv import cell as csv_cell
from data.exports.xlsx import write_book
from data.platform.files import sync_folder, temporary_beside
from data.values.csv_style import PLAIN, CsvStyle
from data.values.json_types import JsonObject

_CHUNK = 1_000  # rows between two looks at whether the work shall go on
_BUFFER = 1 << 20
Row = Sequence[Any]


@dataclass(frozen=True)
class Table:
    """A table whose rows are made while they are written: its name (31 letters at most), column names, rows, and the
    columns whose values are instants (ISO 8601 text or aware datetimes). `length`: how many rows, if known.
    """

    name: str
    headers: Sequence[str]
    rows: Iterable[Row]
    instants: frozenset[str] = frozenset()
    length: int | None = None


@dataclass(frozen=True)
class Export:
    """What goes into a file. `about`: what it is, for people and programs."""

    tables: Sequence[Table]
    about: JsonObject
    zone: ZoneInfo
    moment: datetime
    style: CsvStyle = PLAIN  # of CSV, alone or in an archive


@dataclass
class Follow:
    """Told after every thousand rows, and how many bytes there may be. `rows` raises what shall end the work."""

    rows: Callable[[int], None] = lambda _: None
    most_bytes: int | None = None
    over: Callable[[], Exception] = lambda: OSError("too large")
    count: int = field(default=0)

    def of(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, counted."""
        for row in rows:
            yield row
            self.count += 1
            if self.count % _CHUNK == 0:
                self.rows(self.count)


class _Hashed(io.RawIOBase):
    """A file that hashes what is written to it, and ends at a limit."""

    def __init__(self, file: IO[bytes], follow: Follow) -> None:
        self._file, self._follow = file, follow
        self.digest, self.size = hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self.size += len(content)
        if self._follow.most_bytes is not None and self.size > self._follow.most_bytes:
            raise self._follow.over()
        self.digest.update(content)
        self._file.write(content)
        return len(content)


@dataclass(frozen=True)
class Written:
    """A file that is whole."""

    rows: int
    size: int
    sha256: str


def write(path: Path, kind: str, export: Export, follow: Follow) -> Written:
    """Write an export to `path` as `kind` (csv, zip, json, jsonl, xlsx). Raises OSError and what `follow` raises;
    then no file is left.
    """
    with whole(path) as temporary:
        if kind == "xlsx":
            write_book(temporary, export.tables, export.about, export.zone, export.moment, follow.of)
            size, digest = measured(temporary, follow)
        else:
            with temporary.open("wb", buffering=_BUFFER) as raw:
                hashed = _Hashed(raw, follow)
                _WRITERS[kind](io.BufferedWriter(hashed, _BUFFER), export, follow)
                size, digest = hashed.size, hashed.digest.hexdigest()
    return Written(follow.count, size, digest)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A temporary file beside `path`, which becomes it when the block ends well; otherwise nothing is left."""
    temporary = temporary_beside(path)
    try:
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def measured(path: Path, follow: Follow) -> tuple[int, str]:
    """Size and SHA-256 of a file. Raises what `follow` says where it is too large."""
    size = path.stat().st_size
    if follow.most_bytes is not None and size > follow.most_bytes:
        raise follow.over()
    with path.open("rb") as file:
        return size, hashlib.file_digest(file, "sha256").hexdigest()


def _csv(out: IO[bytes], export: Export, follow: Follow) -> None:
    _csv_table(out, export.tables[0], follow, export.style)
    out.flush()


def _csv_table(out: IO[bytes], table: Table, follow: Follow, style: CsvStyle) -> None:
    text = io.TextIOWrapper(out, "utf-8", newline="", write_through=False)
    written = spreadsheet_cell(style) if style.for_excel else _plain_cell
    if style.for_excel:
        text.write(BOM)
    writer = csv.writer(text, lineterminator="\r\n", delimiter=style.separator)
    writer.writerow([csv_cell(each) for each in table.headers])
    writer.writerows([written(each) for each in row] for row in follow.of(table.rows))
    text.flush()
    text.detach()


def _plain_cell(value: Any) -> Any:
    """A cell of a CSV file: text without formulas, numbers and instants as text."""
    kind = type(value)
    if kind is str:
        return neutral(value) if value.isascii() else csv_cell(value)
    return value if kind is int or value is None else csv_cell(value)


def _zip(out: IO[bytes], export: Export, follow: Follow) -> None:
    """One CSV file for each table, and what the export is as JSON."""
    moment = export.moment.timetuple()[:6]
    with zipfile.ZipFile(out, "w") as archive:
        names: set[str] = set()
        for n, table in enumerate(export.tables, 1):
            name = _file_name(table.name) or f"table_{n}"
            name = name if name not in names else f"{name}_{n}"
            names.add(name)
            with archive.open(_member(f"{name}.csv", moment), "w", force_zip64=True) as member:
                _csv_table(io.BufferedWriter(_Kept(member), _BUFFER), table, follow, export.style)
        about = json.dumps({**export.about, "rows": follow.count}, ensure_ascii=False, indent=1, default=_json)
        archive.writestr(_member("about.json", moment), about)
    out.flush()


def _member(name: str, moment: tuple[int, ...]) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, (moment[0], moment[1], moment[2], moment[3], moment[4], moment[5]))
    found.compress_type = zipfile.ZIP_DEFLATED
    return found


class _Kept(io.RawIOBase):
    """A member of an archive behind a text wrapper, which must not be closed with it."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        return self._member.write(content)


def _file_name(title: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in title.lower()).split())


def _json_lines(out: IO[bytes], export: Export, follow: Follow) -> None:
    """One object a line. Where there are several tables, each says which it is of."""
    several = len(export.tables) > 1
    for table in export.tables:
        head = [("table", table.name)] if several else []
        for row in follow.of(table.rows):
            out.write(_object([*head, *zip(table.headers, row, strict=True)]) + b"\n")
    out.flush()


def _json_document(out: IO[bytes], export: Export, follow: Follow) -> None:
    """{"about": …, "tables": [{"name": …, "columns": […], "rows": […], "count": n}, …], "count": n}."""
    out.write(b'{"about":' + _dumped(export.about) + b',"tables":[')
    for n, table in enumerate(export.tables):
        before = follow.count
        out.write(b"," if n else b"")
        out.write(b'{"name":' + _dumped(table.name) + b',"columns":' + _dumped(list(table.headers)) + b',"rows":[\n')
        for k, row in enumerate(follow.of(table.rows)):
            out.write((b",\n" if k else b"") + _object(zip(table.headers, row, strict=True)))
        out.write(b'\n],"count":%d}' % (follow.count - before))
    out.write(b'],"count":%d}\n' % follow.count)
    out.flush()


def _object(cells: Iterable[tuple[str, Any]]) -> bytes:
    return _dumped(dict(cells))


def _json(value: Any) -> Any:
    """What JSON has no word for."""
    if hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    if is_missing(value):
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, tuple | frozenset | set):
        return list(value)
    return str(value) if not isinstance(value, int | float | bool) else value


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_json, allow_nan=False).encode


def _dumped(value: Any) -> bytes:
    try:
        return _encode(value).encode("utf-8", "replace")
    except ValueError:  # not-a-number and infinity have no place in JSON
        return _encode(_finite(value)).encode("utf-8", "replace")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list | tuple) else value


_WRITERS: dict[str, Callable[[IO[bytes], Export, Follow], None]] = {
    "csv": _csv,
    "zip": _zip,
    "json": _json_document,
    "jsonl": _json_lines,
}
