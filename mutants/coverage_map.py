"""Which tests run which line: a plugin of pytest that records it, and the map that is read from its records.

`python -m pytest -p mutants.coverage_map …` with MUTANTS_MAP=<folder> writes two files a process there: `lines.<id>`,
data of coverage.py whose contexts are test functions, and `seconds.<id>.json`, how long each of them took; failed ones
are left out.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

import coverage
import pytest
from coverage.exceptions import CoverageException

VARIABLE = "MUTANTS_MAP"
FOLDERS = ("api", "data", "callbacks", "cli")


class Recorder:
    """Gives each test function a context of its own, from its fixtures to its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.coverage = coverage.Coverage(
            data_file=str(folder / f"lines.{os.getpid()}"), source=[*FOLDERS], config_file=False, messages=False
        )
        self.coverage.set_option("run:disable_warnings", ["module-not-imported"])
        self.process = os.getpid()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self.coverage.switch_context(function_of(item.nodeid))
        try:
            return (yield)
        finally:
            self.coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = function_of(report.nodeid)
        self.seconds[name] += report.duration
        if report.failed:
            self.failed.add(name)

    def pytest_unconfigure(self) -> None:
        if os.getpid() != self.process:
            return  # a child that a test forked
        self.coverage.stop()
        self.coverage.save()
        passed = {name: round(taken, 3) for name, taken in self.seconds.items() if name not in self.failed}
        (self.folder / f"seconds.{self.process}.json").write_text(json.dumps(passed))


def function_of(nodeid: str) -> str:
    """The test function, without the parameters of one run.

    >>> function_of("tests/test_a.py::test_b[1-x]")
    'tests/test_a.py::test_b'
    """
    return nodeid.partition("[")[0]


@dataclass
class CoverageMap:
    """Test functions by line, and how many seconds each takes (all its parameters together)."""

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)  # path from the top of the tree → line → tests

    def tests(self, path: str, first: int, last: int) -> list[str]:
        """Tests that run a line of `first` to `last`; where none does, but the file is imported, all that run any of
        it.
        """
        by_line = self.lines.get(path, {})
        own = {test for line in range(first, last + 1) for test in by_line.get(line, ())}
        if not own and all(line in by_line for line in range(first, last + 1)):
            own = {test for tests in by_line.values() for test in tests}
        return self.in_order(path, own)

    def in_order(self, path: str, tests: Iterable[str]) -> list[str]:
        """Tests that are likely to notice first: of the same name, of the same folder, quick ones before slow ones."""
        return sorted(tests, key=lambda test: (-likeness(path, test), self.seconds.get(test, 0.0), test))

    def nearby(self, path: str) -> list[str]:
        """Tests of the same part of the product, for lines that only a child process runs."""
        most = max((likeness(path, test) for test in self.seconds), default=0)
        return self.in_order(path, (test for test in self.seconds if most and likeness(path, test) == most))


@lru_cache(maxsize=100_000)
def likeness(path: str, test: str) -> int:
    """How much the file of a test is named like a file of the product.

    >>> likeness("data/facts/load.py", "tests/data/facts/test_load.py::test_a")
    5
    >>> likeness("data/facts/load.py", "tests/cli/test_numbers.py::test_a")
    0
    """
    product, other = PurePosixPath(path), PurePosixPath(test.partition("::")[0])
    folders, others = product.parts[:-1], other.parts[1:-1] if other.parts[0] == "tests" else other.parts[:-1]
    same = 0
    for one, another in zip(folders, others, strict=False):
        if one != another:
            break
        same += 1
    named = other.stem.removeprefix("test_") in (product.stem, *folders[1:])
    return same + (3 if named or path == str(other) else 0)


@dataclass
class NameMap(CoverageMap):
    """Test files by the names of modules alone: no map is needed, but tests elsewhere that would notice are not met."""

    imports: dict[str, set[str]] = field(default_factory=dict)  # module, dotted → test files that import it

    def tests(self, path: str, first: int, last: int) -> list[str]:  # noqa: ARG002 - any line of the file
        """The file itself for its examples, tests that import it, and those named like it."""
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        near = [test for test in self.seconds if likeness(path, test) >= 3]
        return self.in_order(path, {path, *self.imports.get(module, ()), *(near or self.nearby(path))})


def by_name(top: Path) -> NameMap:
    """A map that is made in no time, from what the test files import."""
    found = NameMap()
    for file in sorted((top / "tests").rglob("test_*.py")):
        name = file.relative_to(top).as_posix()
        if "/browser/" in name or "/torture/" in name or "/contract/" in name:
            continue
        found.seconds[name] = 10.0
        for match in re.finditer(
            r"^(?:from|import) ((?:\w|\.)+)(?: import ([^(\n]+))?", file.read_text("utf-8"), re.MULTILINE
        ):
            names = [each.strip() for each in (match[2] or "").split(",")]
            for module in (match[1], *(f"{match[1]}.{each}" for each in names if each)):
                found.imports.setdefault(module, set()).add(name)
    return found


def read_map(folder: Path) -> CoverageMap:
    """The map of all records in a folder."""
    found = CoverageMap()
    for each in sorted(folder.glob("seconds.*.json")):
        found.seconds |= json.loads(each.read_text())
    for each in sorted(folder.glob("lines.*")):
        data = coverage.CoverageData(str(each))
        try:
            data.read()
        except (CoverageException, sqlite3.Error):
            continue  # of a process that was ended
        for file in data.measured_files():
            path = _from_top(file)
            into = found.lines.setdefault(path, {})
            for line, contexts in data.contexts_by_lineno(file).items():
                into.setdefault(line, set()).update(name for name in contexts if name in found.seconds)
    return found


def _from_top(file: str) -> str:
    """The path from the top of the tree that the tests ran in."""
    parts = PurePosixPath(file).parts
    place = max((n for n, part in enumerate(parts) if part in FOLDERS and _is_top(parts[:n])), default=0)
    return "/".join(parts[place:])


@lru_cache(maxsize=1_000)
def _is_top(parts: tuple[str, ...]) -> bool:
    return Path(*parts, "conftest.py").is_file()


def summary(found: CoverageMap) -> str:
    """What the map holds, in words."""
    counts = Counter(bool(tests) for by_line in found.lines.values() for tests in by_line.values())
    return f"{len(found.seconds):,} test functions; {counts[True]:,} lines that one of them runs"


def pytest_configure(config: pytest.Config) -> None:
    """Records from now on; before any module of the product is imported."""
    folder = os.environ.get(VARIABLE)
    if folder:
        recorder = Recorder(Path(folder))
        config.pluginmanager.register(recorder, "mutants-recorder")
        recorder.coverage.start()
