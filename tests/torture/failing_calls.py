"""Runs with failing_calls.c preloaded: each way of writing, with its n-th system call failing, for each n.

`LD_PRELOAD=… python -m tests.torture.failing_calls <library> <folder> [all]` prints a JSON object, for each way:
runs, the names of the calls that failed, and what went wrong (which should be nothing).
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from data.cache.metric_cache import MetricCache
from data.jira.errors import JiraError
from data.platform.files import locked, write_atomic
from data.settings.connection import TokenError, TokenStore
from data.settings.store import SettingsError, SettingsStore
from data.store import schema
from data.store.issue_store import IssueStore
from tests.torture import writers

ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS)
MOST_CALLS = 2_000
OLD, NEW = 1, 2


@dataclass(frozen=True)
class Way:
    """A way of writing. `write` puts OLD or NEW there, `read` (a fresh look) says which it is."""

    write: Callable[[Path, int], None]
    read: Callable[[Path], int | None]
    may_raise: tuple[type[Exception], ...]
    loses: bool = False  # a cache: what could not be written may be gone
    step: int = 1  # in a short run


def write_file(folder: Path, which: int) -> None:
    with locked(folder / "file"):
        write_atomic(folder / "file", b"%d" % which * 50_000)


def read_file(folder: Path) -> int | None:
    content = (folder / "file").read_bytes()
    assert content in (b"%d" % OLD * 50_000, b"%d" % NEW * 50_000), "torn"
    return int(content[:1])


def write_settings(folder: Path, which: int) -> None:
    store = SettingsStore(folder / "app_settings.json")
    store.save({"counter": which, "filling": "x" * 20_000}, revision=store.load().revision)


def read_settings(folder: Path) -> int | None:
    loaded = SettingsStore(folder / "app_settings.json").load()
    assert loaded.problem is None, loaded.problem
    assert len(loaded.settings.filling) == 20_000
    return loaded.settings.counter


def write_cache(folder: Path, which: int) -> None:
    cache = MetricCache(folder / "metrics_cache.json")
    cache.put(writers.key(0), [writers.value(which)])
    found = cache.get(writers.key(0))
    assert found and found.values[0].value == which, "not even in memory"


def read_cache(folder: Path) -> int | None:
    cache = MetricCache(folder / "metrics_cache.json")
    found = cache.get(writers.key(0))
    assert cache.problem is None, cache.problem
    return int(found.values[0].value) if found else None


def write_token(folder: Path, which: int) -> None:
    TokenStore(folder / "token.json").set(writers.SITE, f"c4nary-t0ken-{which}")


def read_token(folder: Path) -> int | None:
    tokens = TokenStore(folder / "token.json")
    token = tokens.get(writers.SITE)
    assert tokens.problem is None, tokens.problem
    return int(token[-1]) if token else None


def write_issues(folder: Path, which: int) -> None:
    store = IssueStore(folder / "issues.db")
    try:
        scope = store.open_scope(writers.SITE, writers.JQL)
        with store.lock(scope), store.writing(scope) as writer:
            writer.clear(schema.issue, schema.change)
            writer.add(schema.issue, [writers.issue_row(n, which) for n in range(1, 120)])
            writer.add(schema.change, [writers.change_row(n, which) for n in range(1, 120)])
            writer.finish(synced_at=which)
    finally:
        store.close()


def read_issues(folder: Path) -> int | None:
    store = IssueStore(folder / "issues.db")
    try:
        with store.reading() as connection:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
            found = set(connection.execute(text("select updated from issue union select at from change")).scalars())
            count = connection.scalar(text("select count(*) from issue"))
        head = store.scope_for(writers.SITE, writers.JQL)
        assert head is not None
        assert (found, count) == ({head.synced_at}, 119), "torn"
        return head.synced_at
    finally:
        store.close()


WAYS = {
    "one file": Way(write_file, read_file, (OSError,)),
    "settings": Way(write_settings, read_settings, (SettingsError,)),
    "metric cache": Way(write_cache, read_cache, (), loses=True),
    "token": Way(write_token, read_token, (TokenError,)),
    "issue store": Way(write_issues, read_issues, (JiraError,), step=7),
}


class Library:
    def __init__(self, path: str) -> None:
        self._c = ctypes.CDLL(path)
        self._c.last_failed.restype = ctypes.c_char_p

    def during(self, folder: Path, n: int, error: int, forever: bool, action: Callable[[], None]) -> tuple[int, str]:
        """How many calls were made to fail, and the name of the first; `action` may raise."""
        self._c.arm(os.fsencode(folder), n, error, int(forever))
        try:
            action()
        finally:
            failed = self._c.disarm()
            self.failed, self.name = failed, self._c.last_failed().decode()
        return self.failed, self.name


def attempt(library: Library, way: Way, folder: Path, n: int, error: int, forever: bool) -> str | None:
    """One write with its n-th call failing; the call's name, or None once there is no n-th call any more."""
    raised: Exception | None = None
    try:
        library.during(folder, n, error, forever, lambda: way.write(folder, NEW))
    except way.may_raise as problem:
        raised = problem
        assert str(problem).strip(), "an error without words"
        assert "Traceback" not in str(problem)
    found = way.read(folder)
    assert found in ((OLD, NEW, None) if way.loses else (OLD, NEW)), f"neither old nor new: {found}"
    if raised is None and not way.loses:
        assert found == NEW, "acknowledged and lost"
    way.write(folder, NEW)
    assert way.read(folder) == NEW, "the next write did not work"
    left = [each.name for each in folder.iterdir() if each.name.endswith((".tmp", "-journal")) or "broken" in each.name]
    assert not left, f"left behind: {left}"
    return library.name if library.failed else None


def campaign(library: Library, way: Way, folder: Path, everything: bool) -> dict:
    template = folder.with_name(folder.name + "-template")
    template.mkdir()
    way.write(template, OLD)
    runs, names, wrong = 0, Counter(), []
    kinds = [(error, forever) for error in ERRORS for forever in (False, True)]
    for kind in kinds if everything else [None]:
        for n in range(1, MOST_CALLS, 1 if everything else way.step):
            error, forever = kind or kinds[runs % len(kinds)]
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(template, folder)
            runs += 1
            try:
                name = attempt(library, way, folder, n, error, forever)
            except Exception:  # noqa: BLE001 - each is a finding
                told = traceback.format_exc().splitlines()
                wrong.append(f"{errno.errorcode[error]}{' for good' * forever}, call {n} ({library.name}): {told[-1]}")
                name = library.name if library.failed else None
                if len(wrong) == 1:
                    wrong.append("\n".join(told[-25:]))
            if name is None:
                break
            names[name] += 1
    return {"runs": runs, "failed": dict(names), "wrong": wrong}


def main(library: str, folder: str, everything: str = "") -> None:
    loaded = Library(library)
    told = {what: campaign(loaded, way, Path(folder) / what, bool(everything)) for what, way in WAYS.items()}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
