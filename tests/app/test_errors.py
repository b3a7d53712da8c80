"""One tree of errors: what people are told of each is the same in page and terminal, and says what to do."""

from __future__ import annotations

import errno
import importlib
import inspect
import os
import pkgutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import callbacks
import data
from callbacks.context import problem_of as in_page
from cli.failures import guarded
from data.jtbd.register import Register, read_register, write_register
from data.settings.connection import Home, HomeError
from data.settings.store import ReadOnly, SettingsStore
from data.store.record_problems import RecordsError
from data.teams.store import TeamsError, TeamStore
from data.values.errors import AppError, code_of, problem_of

# Raised and caught inside data/: what people meet instead is in the tree.
INNER = {
    "NoSuchPoint",
    "LockBusy",
    "NotAFile",
    "Unreadable",
    "Broken",
    "UnknownVersion",
    "Misfit",
    "NewerSchema",
    "MayNotWrite",
    "MigrationFailed",
    "TaskCancelled",
    "TaskFailed",
    "BadGiven",
    "Taken",
    "TooEarly",
}


def exceptions() -> dict[str, type[BaseException]]:
    """Every exception class that data/ and callbacks/ define, but for private ones."""
    found: dict[str, type[BaseException]] = {}
    for top in (data, callbacks):
        for module in pkgutil.walk_packages(top.__path__, f"{top.__name__}."):
            for name, each in vars(importlib.import_module(module.name)).items():
                if inspect.isclass(each) and issubclass(each, BaseException) and each.__module__ == module.name:
                    found[name] = each
    return {name: each for name, each in found.items() if not name.startswith("_")}


def test_what_people_may_see_is_in_the_tree():
    found = exceptions()
    assert len(found) > 30
    outside = {name for name, each in found.items() if not issubclass(each, AppError)}
    assert outside <= INNER, "give it what, why, what to do and a code: data/values/errors.py"


def test_codes_are_words_and_no_two_families_share_one():
    families: dict[str, set[str]] = {}
    for each in exceptions().values():
        if issubclass(each, AppError):
            assert each.code.replace("_", "").isalpha() and each.code.islower(), each
            families.setdefault(each.code, set()).add(next(c for c in each.__mro__ if "code" in vars(c)).__name__)
    assert {code: names for code, names in families.items() if len(names) > 1} == {}


def in_terminal(error: Exception, capsys: pytest.CaptureFixture[str]) -> str:
    """The line on stderr that the error becomes."""

    def fail() -> None:
        raise error

    assert guarded(fail) in (1, 2)
    return capsys.readouterr().err.strip()


def full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def settings_are_not_saved(folder: Path, broken: pytest.MonkeyPatch) -> Exception:
    store = SettingsStore(folder / "app_settings.json")
    broken.setattr("data.settings.store.write_atomic", full)
    with pytest.raises(ReadOnly) as caught:
        store.save({"definitions": {"zone": "UTC"}}, revision=store.load().revision)
    return caught.value


def settings_are_read_only(folder: Path, broken: pytest.MonkeyPatch) -> Exception:
    path = folder / "app_settings.json"
    path.write_text('{"format": 999, "revision": 4}')
    store = SettingsStore(path)
    with pytest.raises(ReadOnly) as caught:
        store.save({"definitions": {"zone": "UTC"}}, revision=store.load().revision)
    return caught.value


def views_are_not_saved(folder: Path, broken: pytest.MonkeyPatch) -> Exception:
    from data.values.teams import TeamView

    store = TeamStore(folder / "teams.json", clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    broken.setattr("data.teams.store.write_atomic", full)
    with pytest.raises(TeamsError) as caught:
        store.add([TeamView("Payments")])
    return caught.value


def the_home_is_a_file(folder: Path, broken: pytest.MonkeyPatch) -> Exception:
    (folder / "home").write_text("not a folder")
    with pytest.raises(HomeError) as caught:
        Home.of({"THROUGHLINE_HOME": str(folder / "home")}).ensure()
    return caught.value


def records_cannot_be_opened(folder: Path, broken: pytest.MonkeyPatch) -> Exception:
    from data.store.record_store import RecordStore

    (folder / "jobs.db").mkdir()
    with pytest.raises(RecordsError) as caught:
        RecordStore(folder / "jobs.db").note("anything")
    return caught.value


def the_register_is_not_written(folder: Path, broken: pytest.MonkeyPatch) -> Exception:
    broken.setattr("data.jtbd.register.write_atomic", full)
    with pytest.raises(OSError) as caught:
        write_register(folder / "register.md", Register())
    assert read_register(folder / "register.md") == Register()
    return caught.value


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (settings_are_not_saved, ("not saved", "No space left on device", "has space")),
        (settings_are_read_only, ("newer version",)),
        (views_are_not_saved, ("not changed", "No space left on device", "has space")),
        (the_home_is_a_file, ("state folder", "THROUGHLINE_HOME")),
        (records_cannot_be_opened, ("job records", "Check")),
        (the_register_is_not_written, ("The disk is full.", "Free some space")),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_page_and_terminal_say_the_same_and_what_to_do(make, words, tmp_path, monkeypatch, capsys):
    with monkeypatch.context() as broken:
        error = make(tmp_path, broken)
    with Flask("test").test_request_context():
        problem, request_id = in_page(error)
    assert request_id == "", "nobody has to look into a log for this"
    assert problem.what and problem.todo, problem
    said = in_terminal(error, capsys)
    for part in (problem.what, problem.why, problem.todo):
        assert part in said
    for each in words:
        assert each in said
    assert "Something went wrong inside" not in said and "Unexpected" not in said


def test_what_nobody_foresaw_is_told_with_a_request_id_and_not_explained(capsys):
    with Flask("test").test_request_context():
        problem, request_id = in_page(RuntimeError("inner words"))
    assert request_id and "inner words" not in str(problem)
    assert code_of(RuntimeError("x")) == "unexpected" and problem_of(RuntimeError("x")) is None
    assert "Unexpected error (RuntimeError)" in in_terminal(RuntimeError("x"), capsys)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EMFILE, errno.EIO])
def test_what_the_system_refuses_is_explained(number):
    problem = problem_of(OSError(number, os.strerror(number), "/somewhere/teams.json"))
    assert problem is not None and problem.what.startswith("teams.json") and problem.why and problem.todo
    assert code_of(OSError(number, "")) == "system"
    assert "/somewhere" not in str(problem), "the page shows no paths of the machine"
