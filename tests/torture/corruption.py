"""Ways in which a file can be wrong. Each takes a path with good content, and leaves something else there."""

from __future__ import annotations

import json
import os
import random
import socket
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

Wrong = Callable[[Path], None]


def _bytes(content: bytes) -> Wrong:
    def put(path: Path) -> None:
        path.write_bytes(content)

    return put


def _changed(change: Callable[[bytes], bytes]) -> Wrong:
    def put(path: Path) -> None:
        path.write_bytes(change(path.read_bytes()))

    return put


def _instead(make: Callable[[Path], None]) -> Wrong:
    def put(path: Path) -> None:
        path.unlink()
        make(path)

    return put


def _json(change: Callable[[dict], object]) -> Wrong:
    """Another object in place of a JSON file."""

    def put(path: Path) -> None:
        path.write_text(json.dumps(change(json.loads(path.read_text("utf-8")))), "utf-8")

    return put


def _each_value(instead: object) -> Wrong:
    """The outer keys stay, what is under them is of the wrong type."""
    return _json(lambda whole: dict.fromkeys(whole, instead))


def _loop(path: Path) -> None:
    other = path.with_name("loop")
    other.symlink_to(path)
    path.symlink_to(other)


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket may have no more than 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
    finally:
        os.chdir(here)


def _huge(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(200_000_000)  # sparse


# For any file.
FILES: dict[str, Wrong] = {
    "empty": _bytes(b""),
    "one byte": _bytes(b"{"),
    "cut in half": _changed(lambda old: old[: len(old) // 2]),
    "last byte missing": _changed(lambda old: old.rstrip()[:-1]),
    "doubled": _changed(lambda old: old + old),
    "rubbish after the end": _changed(lambda old: old + b"\x00\xff rubbish"),
    "zeros": _changed(lambda old: bytes(len(old))),
    "zeros in the middle": _changed(lambda old: old[:100] + bytes(100) + old[200:]),
    "binary": _changed(lambda old: random.Random(1).randbytes(len(old))),  # noqa: S311
    "gzip": _bytes(b"\x1f\x8b\x08\x00" + b"\x42" * 500),
    "UTF-16": _changed(lambda old: old.decode("utf-8", "replace").encode("utf-16")),
    "Latin-1": _bytes('{"jira": {"jql": "größer"}, "tokens": {"ä": "ö"}}'.encode("latin-1")),
    "a web page": _bytes(b"<!DOCTYPE html><html><body>Log in</body></html>"),
    "merge conflict": _changed(lambda old: b"<<<<<<< HEAD\n" + old + b"=======\n" + old + b">>>>>>> x\n"),
    "a folder": _instead(lambda path: path.mkdir()),
    "a full folder": _instead(lambda path: (path / "inside").mkdir(parents=True)),
    "a pipe": _instead(lambda path: os.mkfifo(path)),
    "a socket": _instead(_socket),
    "a device": _instead(lambda path: path.symlink_to("/dev/zero")),
    "a link to nothing": _instead(lambda path: path.symlink_to(path.with_name("nowhere") / "file")),
    "links in circles": _instead(_loop),
    "huge": _huge,
}

# For our JSON files besides.
JSONS: dict[str, Wrong] = {
    "byte order mark": _changed(lambda old: b"\xef\xbb\xbf" + old),
    "byte order mark twice": _changed(lambda old: b"\xef\xbb\xbf\xef\xbb\xbf" + old),
    "a list": _bytes(b"[1, 2]"),
    "null": _bytes(b"null"),
    "a number": _bytes(b"12"),
    "a text": _bytes(b'"text"'),
    "an empty object": _bytes(b"{}"),
    "all null": _each_value(None),
    "all lists": _each_value([[]]),
    "all numbers": _each_value(-1),
    "all texts": _each_value("x"),
    "all objects": _each_value({"x": {"y": [None]}}),
    "deep lists": _bytes(b"[" * 100_000 + b"]" * 100_000),
    "deep objects": _bytes(b'{"jira":' * 50_000 + b"1" + b"}" * 50_000),
    "deep below a known key": _json(lambda whole: whole | {"jira": _nested(200), "entries": _nested(200)}),
    "NaN": _bytes(b'{"revision": NaN, "sync": {"max_age_hours": NaN}, "entries": NaN, "tokens": NaN}'),
    "Infinity": _bytes(b'{"revision": -Infinity, "entries": {"x": Infinity}, "tokens": {"x": Infinity}}'),
    "huge numbers": _bytes(b'{"revision": 1e999, "format": 1e400, "entries": {"x": 1e999}, "tokens": {"x": 1e999}}'),
    "endless digits": _bytes(b'{"revision": ' + b"9" * 10_000 + b', "tokens": {"x": ' + b"9" * 10_000 + b"}}"),
    "huge revision": _json(lambda whole: whole | {"revision": 10**300, "format": -1}),
    "negative revision": _json(lambda whole: whole | {"revision": -5}),
    "duplicate keys": _bytes(
        b'{"revision": 1, "revision": 2, "entries": {}, "entries": [], "tokens": {}, "tokens": 1}'
    ),
    "lone surrogates": _bytes(
        b'{"jira": {"jql": "\\ud800"}, "entries": {"\\udfff": {}}, "tokens": {"\\ud800": "\\udc00"}}'
    ),
    "a NUL in a text": _json(lambda whole: whole | {"jira": {"jql": "\0", "url": "https://\0"}}),
    "comments": _changed(lambda old: b"// ours\n" + old),
    "single quotes": _changed(lambda old: old.replace(b'"', b"'")),
    "trailing comma": _changed(lambda old: old.rstrip().rstrip(b"}") + b",}"),
    "newer version": _json(lambda whole: whole | {"format": 99, "cache_version": "99.0"}),
    "version of another type": _json(lambda whole: whole | {"format": ["1"], "cache_version": {"a": 1}}),
    "a very long text": _json(lambda whole: whole | {"jira": {"jql": "x" * 3_000_000}, "more": "y" * 3_000_000}),
    "many keys": _json(lambda whole: whole | {"entries": {str(n): n for n in range(20_000)}}),
}


def _nested(levels: int) -> object:
    whole: object = 1
    for _ in range(levels):
        whole = {"x": [whole]}
    return whole


def _page(number: int, change: Callable[[bytes], bytes]) -> Wrong:
    """Another page of an SQLite file; pages have 4096 bytes and count from 0."""

    def put(path: Path) -> None:
        whole = bytearray(path.read_bytes())
        start = number * 4096
        whole[start : start + 4096] = change(bytes(whole[start : start + 4096]))
        path.write_bytes(whole)

    return put


def _header(offset: int, content: bytes) -> Wrong:
    return _page(0, lambda page: page[:offset] + content + page[offset + len(content) :])


def _beside(end: str, content: Callable[[Path], bytes]) -> Wrong:
    return lambda path: _write(path.with_name(path.name + end), content(path)) and None


def _write(path: Path, content: bytes) -> bool:
    path.write_bytes(content)
    return True


def _sql(*statements: str) -> Wrong:
    def put(path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.execute("pragma writable_schema=on")
        for each in statements:
            connection.execute(each)
        connection.commit()
        connection.close()

    return put


def _wal(change: Callable[[bytes], bytes]) -> Wrong:
    """A write-ahead log with a change that is not in the main file yet, damaged."""

    def put(path: Path) -> None:
        writing = sqlite3.connect(path)
        writing.execute("pragma journal_mode=wal")
        writing.execute("pragma wal_autocheckpoint=0")
        writing.execute("update issue set summary = summary || ' changed'")
        writing.commit()
        log = path.with_name(path.name + "-wal").read_bytes()
        main = path.read_bytes()
        writing.close()
        path.write_bytes(main)
        path.with_name(path.name + "-wal").write_bytes(change(log))

    return put


# For the issue store besides.
DATABASES: dict[str, Wrong] = {
    "not SQLite": _header(0, b"Not SQLite 3\0"),
    "another page size": _header(16, struct.pack(">H", 1024)),
    "page size of none": _header(16, struct.pack(">H", 3)),
    "file format of the future": _header(18, b"\x09\x09"),
    "wrong reserved space": _header(20, b"\xff"),
    "schema format of the future": _header(44, struct.pack(">I", 99)),
    "text as UTF-16": _header(56, struct.pack(">I", 2)),
    "free list in circles": _header(32, struct.pack(">II", 2, 900)),
    "first page gone": _page(0, lambda page: bytes(len(page))),
    "schema page broken": _page(0, lambda page: page[:100] + b"\xff" * (len(page) - 100)),
    "second page gone": _page(1, lambda page: bytes(len(page))),
    "fifth page random": _page(4, lambda page: random.Random(2).randbytes(len(page))),  # noqa: S311
    "all pages but the first gone": _changed(lambda old: old[:4096] + bytes(len(old) - 4096)),
    "cut at a page": _changed(lambda old: old[: 4096 * 3]),
    "cut within a page": _changed(lambda old: old[: 4096 * 6 + 77]),
    "log of rubbish": _beside("-wal", lambda _: b"rubbish" * 1000),
    "empty log": _beside("-wal", lambda _: b""),
    "log with a broken header": _wal(lambda log: b"\0" * 32 + log[32:]),
    "log with a broken frame": _wal(lambda log: log[:60] + b"\xff" * 30 + log[90:]),
    "log cut short": _wal(lambda log: log[: len(log) // 2 + 13]),
    "log is a folder": lambda path: path.with_name(path.name + "-wal").mkdir(),
    "index of rubbish": _beside("-shm", lambda _: b"\xff" * 32_768),
    "hot journal of rubbish": _beside("-journal", lambda _: b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\xff" * 5000),
    "newer version": _sql("update meta set value = '99' where name = 'schema_version'"),
    "older version": _sql("update meta set value = '1' where name = 'schema_version'"),
    "version of words": _sql("update meta set value = 'two' where name = 'schema_version'"),
    "version is missing": _sql("delete from meta"),
    "no tables": _sql(
        *(f"drop table {name}" for name in ("meta", "scope", "issue", "change", "field_value", "link", "version"))
    ),
    "a table is missing": _sql('drop table "change"'),
    "the scope table is missing": _sql("drop table scope"),
    "a column is missing": _sql("drop index issue_by_key", "alter table issue drop column key"),
    "a table is a view": _sql("drop table status", "create view status as select 1 as scope"),
    "database of somebody else": _sql("drop table meta", "drop table scope", "create table scope (name text)"),
    "instants are words": _sql("update issue set created = 'yesterday', updated = 'today'"),
    "instants are bytes": _sql("update issue set created = x'00ff'", "update change set at = x'00ff'"),
    "instants out of this world": _sql(
        "update issue set created = 9223372036854775807, updated = -9223372036854775808"
    ),
    "instants are fractions": _sql("update issue set created = 1.5e300, resolved = 1e18"),
    "changes out of this world": _sql("update change set at = 9223372036854775807"),
    "names are bytes": _sql("update issue set key = x'ff', summary = x'fe', project_key = x'fd', type_id = x'fc'"),
    "texts are not UTF-8": _sql("update issue set summary = cast(x'ff80c0' as text), status_id = cast(x'ff' as text)"),
    "lists are no JSON": _sql("update issue set labels = '{', components = '', fix_versions = '[\"x\"]'"),
    "lists are numbers": _sql("update issue set labels = '3', components = 'null', fix_versions = '[[1]]'"),
    "scope of no JSON": _sql("update scope set fetched_fields = '{', last_result = 'x'"),
    "scope of other JSON": _sql("update scope set fetched_fields = '{\"a\": 1}', last_result = '[1]'"),
    "scope of words": _sql("update scope set synced_at = 'now', revision = 'x', full_at = 'y', cursor = 'z'"),
    "scope out of this world": _sql("update scope set synced_at = 9223372036854775807, cursor = -9223372036854775808"),
    "a zone of nowhere": _sql("update scope set zone = 'Mars/Base'"),
    "a zone of bytes": _sql("update scope set zone = x'ff00'"),
    "field values are no JSON": _sql("update field_value set value = '{[', field_id = field_id"),
    "field values of another type": _sql("update field_value set value = '{\"a\": [1e999]}'"),
    "statuses are gone": _sql("delete from status", "delete from issue_type"),
    "a category of its own": _sql("update status set category = 'x', name = x'ff'"),
    "changes of nobody": _sql("update change set issue_id = -issue_id"),
    "links of bytes": _sql("update link set phrase = x'ff', other_id = 'x'"),
    "dates are words": _sql("update version set release_date = 'soon', released = 'x'"),
}
