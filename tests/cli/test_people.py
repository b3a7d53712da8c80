"""`people` and `audit` in the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import main
from data.services.audit import open_audit

PASSWORD = "correct horse battery"


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("THROUGHLINE_HOME", str(tmp_path))
    for name in ("THROUGHLINE_USERS", "THROUGHLINE_PASSWORD_HASH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("cli.sites._services", _services)
    return tmp_path


def _services() -> object:
    from assembly import services

    return services()


def typed(monkeypatch: pytest.MonkeyPatch, words: str, *command: str) -> int:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{words}\n"))
    return main(command)


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    assert main(["people", "list", "--format", "json"]) == 0
    return {each["name"]: each for each in json.loads(capsys.readouterr().out)}


def test_people_are_added_changed_and_removed(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, PASSWORD, "people", "add", "ada", "--role", "admin") == 0
    assert "has to sign in" in capsys.readouterr().err
    assert typed(monkeypatch, PASSWORD, "people", "add", "ann") == 0
    assert main(["people", "role", "ann", "editor"]) == 0
    assert main(["people", "disable", "ann"]) == 0
    found = listed(capsys)
    assert {name: (each["role"], each["disabled"]) for name, each in found.items()} == {
        "ada": ("admin", False), "ann": ("editor", True),
    }  # fmt: skip
    assert main(["people", "enable", "ann"]) == 0
    assert typed(monkeypatch, "another long password", "people", "password", "ann") == 0
    assert main(["people", "sign-out", "ann"]) == 0
    assert main(["people", "remove", "ann"]) == 0
    assert set(listed(capsys)) == {"ada"}
    assert main(["people", "remove", "ada"]) == 0
    assert "nobody has to sign in" in capsys.readouterr().err
    noted = [each.subject for each in open_audit({"THROUGHLINE_HOME": str(home)}).lines()]
    assert noted[::-1] == [
        "add ada", "add ann", "role ann", "disable ann", "enable ann", "password ann", "sign-out ann", "remove ann",
        "remove ada",
    ]  # fmt: skip


def test_what_cannot_be_is_refused_and_says_why(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, "short", "people", "add", "ada", "--role", "admin") == 2
    assert "too short" in capsys.readouterr().err
    assert typed(monkeypatch, PASSWORD, "people", "add", "a:b") == 2
    assert typed(monkeypatch, PASSWORD, "people", "add", "ada", "--role", "admin") == 0
    assert typed(monkeypatch, PASSWORD, "people", "add", "ann") == 0
    capsys.readouterr()
    assert main(["people", "remove", "ada"]) == 2
    assert "Nobody would be left" in capsys.readouterr().err
    assert main(["people", "role", "nobody", "viewer"]) == 1


def test_people_of_the_password_file_are_admins_and_are_changed_there(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from data.platform.access import hashed

    monkeypatch.setenv("THROUGHLINE_PASSWORD_HASH", f"bob:{hashed(PASSWORD)}")
    found = listed(capsys)["bob"]
    assert (found["role"], found["in_file"]) == ("admin", True)
    assert main(["people", "role", "bob", "viewer"]) == 2
    assert "Change it there" in capsys.readouterr().err
    assert typed(monkeypatch, PASSWORD, "people", "add", "Bob") == 2


def test_the_audit_log_is_read_by_person_and_action(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    audit = open_audit({"THROUGHLINE_HOME": str(home)})
    audit.note("ada", "page", "view saved", address="10.0.0.7")
    audit.note("ann", "api", "start sync", result="refused")
    assert main(["audit", "--who", "ann", "--format", "json"]) == 0
    [line] = json.loads(capsys.readouterr().out)
    assert (line["actor"], line["action"], line["result"]) == ("ann", "start sync", "refused")
    assert main(["audit"]) == 0
    assert "view saved" in capsys.readouterr().out


def test_lists_that_no_site_is_asked_for_do_not_tell_of_the_sample_site(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["people", "list"], ["audit"]):
        assert main(words) == 0
        assert "No Jira configured" not in capsys.readouterr().err


def test_a_filter_that_no_line_fits_is_not_an_empty_log(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit"]) == 0
    told = capsys.readouterr()
    assert "Nothing is noted yet." in told.out + told.err
    assert main(["audit", "--who", "nobody"]) == 0
    told = capsys.readouterr()
    assert "No line fits." in told.out + told.err
