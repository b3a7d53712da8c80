"""Tidy tables as files: one NumPy file for each type of number, one JSON file of texts, one that describes them.

A column of numbers is a part of the NumPy file of its type. It is read by mapping the file into memory, so that all
processes share it and nothing is copied. Nothing is pickled. Every file's length and checksum (CRC-32) is in the
description.
"""

from __future__ import annotations

import dataclasses
import io
import stat
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.tables.tidy import Tables
from data.values.arrays import Codes, Objects
from data.values.unread import Unread

DESCRIPTION, TEXTS = "tables.json", "texts.json"
FRAMES = (
    "statuses",
    "gone_statuses",
    "issues",
    "changes",
    "edits",
    "sources",
    "flags",
    "labels",
    "components",
    "versions",
    "fix_versions",
    "links",
    "comments",
    "boards",
    "sprints",
    "sprint_moves",
    "sprint_members",
    "estimates",
    "names",
)
# numbers: as they are. categories: codes and the texts they stand for. texts: one a row, or none.
# words, days: codes and the tuples of words or the dates they stand for (-1: none).
Kind = Literal["numbers", "categories", "texts", "words", "days"]


class Broken(Exception):
    """The files are not what was written."""


class Column(msgspec.Struct, frozen=True):
    """How one column is kept. `file`, `first`, `count`: its numbers or codes; `dtype`: of its texts, as pandas calls
    it.
    """

    name: str
    kind: Kind
    file: str = ""
    first: int = 0
    count: int = 0
    dtype: str = ""


class Checked(msgspec.Struct, frozen=True):
    """Length in bytes and CRC-32 of a file's content."""

    size: int
    crc: int


class Description(msgspec.Struct, frozen=True):
    """What the files hold. `about` says of what they are a copy; whoever reads them compares it."""

    about: dict[str, str]
    revision: str
    zone: str
    as_of: int | None
    unread: tuple[Unread, ...]
    date_only: dict[str, bool]
    flag_known: bool
    frames: dict[str, list[Column]]
    fields: list[Column]
    unreadable: list[Column]
    files: dict[str, Checked]


class _Texts(msgspec.Struct):
    """By column: texts (also those that categories stand for, and dates), and tuples of words."""

    texts: dict[str, list[str | None]]
    words: dict[str, list[tuple[str, ...]]]


def write(folder: Path, tables: Tables, about: Mapping[str, str]) -> None:
    """Write the files into an empty folder. Raises OSError, and TypeError for a column that has no place in them."""
    writer = _Writer()
    frames: dict[str, list[Column]] = {}
    for table in FRAMES:
        frame: pd.DataFrame = getattr(tables, table)
        frames[table] = [writer.series(f"{table}.{name}", str(name), frame[name]) for name in frame.columns]
    fields = [writer.values(f"fields.{name}", name, values) for name, values in tables.fields.items()]
    unreadable = [writer.values(f"unreadable.{name}", name, values) for name, values in tables.unreadable.items()]
    writer.write(folder)
    plain = {each.name: getattr(tables, each.name) for each in dataclasses.fields(Tables)}
    kept = {name: plain[name] for name in ("revision", "zone", "as_of", "unread", "flag_known")}
    date_only = {name: bool(value) for name, value in tables.date_only.items()}
    description = Description(
        about=dict(about),
        **kept,
        date_only=date_only,
        frames=frames,
        fields=fields,
        unreadable=unreadable,
        files=writer.files,
    )
    (folder / DESCRIPTION).write_bytes(_sealed(description))


def read(folder: Path, about: Mapping[str, str]) -> Tables | None:
    """The tables that `write` was given; None where there are none. Raises Broken, also where they are of another
    thing.

    Numbers stay in their files (`mmap`) and cannot be written to. A file may be removed while it is in use.
    """
    try:
        description = _unsealed(_file(folder / DESCRIPTION).read_bytes())
    except FileNotFoundError as error:
        if not folder.exists():
            return None
        raise Broken(f"{DESCRIPTION} is missing") from error
    except OSError as error:
        raise Broken(str(error)) from error
    if description.about != dict(about) or tuple(description.frames) != FRAMES:
        raise Broken("a copy of something else")
    try:
        reader = _Reader(folder, description.files)
        return Tables(
            revision=description.revision,
            zone=description.zone,
            as_of=description.as_of,
            fields={column.name: reader.values(f"fields.{column.name}", column) for column in description.fields},
            date_only=description.date_only,
            unreadable={each.name: reader.values(f"unreadable.{each.name}", each) for each in description.unreadable},
            flag_known=description.flag_known,
            unread=description.unread,
            **{table: reader.frame(table, columns) for table, columns in description.frames.items()},
        )
    except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
        raise Broken(f"{type(error).__name__}: {error}") from error


def _sealed(description: Description) -> bytes:
    """JSON with its own checksum in front."""
    body = msgspec.json.encode(description)
    return b"%08x\n" % zlib.crc32(body) + body


def _unsealed(content: bytes) -> Description:
    seal, _, body = content.partition(b"\n")
    if seal != b"%08x" % zlib.crc32(body):
        raise Broken(f"{DESCRIPTION} is not what was written")
    try:
        return msgspec.json.decode(body, type=Description)
    except msgspec.MsgspecError as error:
        raise Broken(f"{DESCRIPTION} cannot be read: {error}") from error


class _Writer:
    """Takes columns and puts them into files."""

    def __init__(self) -> None:
        self.texts = _Texts({}, {})
        self.files: dict[str, Checked] = {}
        self._numbers: dict[str, list[NDArray[Any]]] = {}

    def series(self, key: str, name: str, series: pd.Series) -> Column:
        if isinstance(series.dtype, pd.CategoricalDtype):
            categories = series.cat.categories
            self.texts.texts[key] = _all_texts(key, categories.tolist())
            return self._column(name, "categories", series.cat.codes.to_numpy(), str(categories.dtype))
        if isinstance(series.dtype, pd.StringDtype):
            self.texts.texts[key] = _all_texts(key, series.astype(object).where(series.notna(), None).tolist())
            return Column(name, "texts", dtype=str(series.dtype))
        return self.values(key, name, series.to_numpy())

    def values(self, key: str, name: str, values: NDArray[Any]) -> Column:
        if values.dtype != object:
            return self._column(name, "numbers", values)
        listed = values.tolist()
        kinds = {type(value) for value in listed} - {type(None)}
        if kinds <= {str}:
            self.texts.texts[key] = listed
            return Column(name, "texts", dtype="object")
        codes: dict[Any, int] = {}
        coded = np.array([-1 if value is None else codes.setdefault(value, len(codes)) for value in listed], np.int32)
        if kinds == {tuple}:
            self.texts.words[key] = list(codes)
            return self._column(name, "words", coded)
        if kinds == {date}:
            self.texts.texts[key] = [day.isoformat() for day in codes]
            return self._column(name, "days", coded)
        raise TypeError(f"{key} holds {', '.join(sorted(kind.__name__ for kind in kinds))}")

    def _column(self, name: str, kind: Kind, values: NDArray[Any], dtype: str = "") -> Column:
        """The values, little-endian, after those of the same type that are there already."""
        if values.dtype.kind not in "biuf":
            raise TypeError(f"{name} holds {values.dtype}")
        file = f"{values.dtype.name}.npy"
        held = self._numbers.setdefault(file, [])
        first = sum(map(len, held))
        held.append(np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<")))
        return Column(name, kind, file, first, len(values), dtype)

    def write(self, folder: Path) -> None:
        """Raises OSError."""
        for name, held in self._numbers.items():
            header = io.BytesIO()
            shape = (sum(map(len, held)),)
            np.lib.format.write_array_header_1_0(
                header, {"descr": held[0].dtype.str, "fortran_order": False, "shape": shape}
            )
            size, crc = 0, 0
            with (folder / name).open("xb") as file:
                parts: list[bytes | memoryview] = [header.getvalue()]
                parts += [values.data.cast("B") for values in held if len(values)]
                for part in parts:
                    file.write(part)
                    size, crc = size + len(part), zlib.crc32(part, crc)
            self.files[name] = Checked(size, crc)
        content = msgspec.json.encode(self.texts)
        (folder / TEXTS).write_bytes(content)
        self.files[TEXTS] = Checked(len(content), zlib.crc32(content))


class _Reader:
    """Gives columns of files whose checksums are right. Raises Broken, OSError, ValueError."""

    def __init__(self, folder: Path, files: Mapping[str, Checked]) -> None:
        content = _file(folder / TEXTS).read_bytes()
        if Checked(len(content), zlib.crc32(content)) != files[TEXTS]:
            raise Broken(f"{TEXTS} is not what was written")
        self.texts = msgspec.json.decode(content, type=_Texts)
        self._numbers = {name: _mapped(folder / name, told) for name, told in files.items() if name != TEXTS}

    def frame(self, table: str, columns: Sequence[Column]) -> pd.DataFrame:
        found = {column.name: self.column(f"{table}.{column.name}", column) for column in columns}
        return pd.DataFrame(found, copy=False)

    def column(self, key: str, column: Column) -> pd.Series | pd.Categorical[Any] | NDArray[Any]:
        if column.kind == "categories":
            categories = pd.Index(self.texts.texts[key], dtype=column.dtype)
            codes = _within(self._values(column), len(categories))
            return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(categories), validate=False)
        if column.kind == "texts":
            return pd.Series(self.texts.texts[key], dtype=column.dtype)
        return self.values(key, column)

    def values(self, key: str, column: Column) -> NDArray[Any]:
        if column.kind == "numbers":
            return self._values(column)
        if column.kind == "texts":
            return _objects(self.texts.texts[key])
        if column.kind == "words":
            return _decoded(self._values(column), self.texts.words[key])
        if column.kind == "days":
            return _decoded(self._values(column), [date.fromisoformat(day or "") for day in self.texts.texts[key]])
        raise Broken(f"{key} cannot be {column.kind} here")

    def _values(self, column: Column) -> NDArray[Any]:
        found = self._numbers[column.file][column.first : column.first + column.count]
        if len(found) != column.count:
            raise Broken(f"{column.file} is too short")
        return found


def _mapped(path: Path, told: Checked) -> NDArray[Any]:
    """The numbers of a file, which stay there. The checksum comes first: NumPy is shown nothing that we did not
    write.
    """
    content = np.memmap(_file(path), np.uint8, "r")
    if Checked(content.nbytes, zlib.crc32(content.data)) != told:
        raise Broken(f"{path.name} is not what was written")
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def _file(path: Path) -> Path:
    """The path of an ordinary file. Raises Broken for a pipe, which would make us wait, a folder or a device."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise Broken(f"{path.name} is not a file")
    return path


def _all_texts(key: str, values: list[Any]) -> list[str | None]:
    if any(value is not None and not isinstance(value, str) for value in values):
        raise TypeError(f"{key} holds what is no text")
    return values


def _objects(values: Sequence[object]) -> Objects:
    """An array of objects; NumPy itself would make rows of tuples of one length."""
    made = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        made[place] = value
    return made


def _decoded(codes: Codes, values: Sequence[object]) -> Objects:
    """What the codes stand for; the last one, so that -1 finds it, is None."""
    found: Objects = _objects([*values, None])[_within(codes, len(values))]
    return found


def _within(codes: Codes, count: int) -> Codes:
    """The codes. Raises Broken where one stands for nothing."""
    if len(codes) and not -1 <= codes.min() <= codes.max() < count:
        raise Broken("a code that stands for nothing")
    return codes
