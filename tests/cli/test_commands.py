"""`sync`, `fields`, `doctor` and `sample`, and what every command promises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli import serving
from cli.failures import CommandFailed
from data.jira.errors import NotAuthorized
from data.values.quality import Finding, Quality
from data.values.status import Check
from tests.cli.conftest import Terminal
from tests.cli.fakes import FakeServices

CHECKOUT = Path(__file__).resolve().parents[2]


def test_sync_prints_how_many_issues_it_fetched(terminal: Terminal, services: FakeServices) -> None:
    said = terminal("sync", "--full")
    assert said.code == 0
    assert "120 issues fetched, 118 changed" in said.out
    assert said.err == "Fetching issues\n"
    assert services.asked == [("sync", True)]


def test_sync_as_json_is_its_result(terminal: Terminal) -> None:
    result = json.loads(terminal("sync", "--format", "json").out)
    assert (result["fetched"], result["requests"], result["error"]) == (120, 5, None)


def test_a_refused_token_is_one_line_and_exit_1(terminal: Terminal, services: FakeServices) -> None:
    services.sync_error = NotAuthorized()
    said = terminal("sync")
    assert (said.code, said.out) == (1, "")
    assert "Jira refused the e-mail address or token." in said.err
    assert "Traceback" not in said.err


def test_a_sync_that_failed_says_why_and_exits_1(terminal: Terminal, services: FakeServices) -> None:
    services.sync_failure = {"code": "shrunk", "message": "Far fewer issues.", "hint": "Check the query."}
    said = terminal("sync", "--format", "json")
    assert said.code == 1
    assert said.err.splitlines()[-1] == "Far fewer issues. Check the query."
    assert json.loads(said.out)["error"]["code"] == "shrunk"
    services.is_sample, services.synced_at = True, None
    assert terminal("metrics").code == 1


def test_ctrl_c_gives_130(terminal: Terminal, services: FakeServices) -> None:
    services.sync_error = KeyboardInterrupt()
    said = terminal("sync")
    assert said.code == 130
    assert "Interrupted" in said.err


def test_an_unexpected_error_is_one_line_unless_debugging(
    terminal: Terminal, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.sync_error = RuntimeError("two\nlines")
    said = terminal("sync")
    assert said.code == 1
    assert "Unexpected error (RuntimeError): two lines." in said.err
    monkeypatch.setenv("THROUGHLINE_DEBUG", "1")
    with pytest.raises(RuntimeError):
        terminal("sync")


def test_a_folder_without_permission_is_named(terminal: Terminal, services: FakeServices) -> None:
    services.sync_error = PermissionError(13, "Permission denied", "/srv/state")
    said = terminal("sync").err
    assert "This account may not use it." in said
    assert "(/srv/state)" in said


def test_fields_show_coverage_and_what_they_are_suggested_for(terminal: Terminal) -> None:
    rows = json.loads(terminal("fields", "--format", "json").out)
    by_id = {row["id"]: row for row in rows}
    assert by_id["customfield_10001"]["coverage"] == {
        "set": 412,
        "of": 800,
        "examples": ["2026-01-02"],
        "values": [],
        "types": [],
    }
    assert [each["field"] for each in by_id["customfield_10001"]["suggested_for"]] == ["deployment_date"]
    assert by_id["created"]["suggested_for"] == []
    table = terminal("fields").out
    assert "412/800" in table
    assert table.index("customfield_10001") < table.index("created")


def test_quality_lists_the_findings_of_the_page_the_worst_first(
    terminal: Terminal, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = (Finding("Some words", None, "Little.", "Read them.", "info"), Finding("60 at once", 60, "Much.", "Look."))
    monkeypatch.setattr(services.status, "quality", lambda _: Quality(None, found), raising=False)
    said = json.loads(terminal("quality", "--format", "json").out)
    assert said["level"] == "warning"
    assert [(each["title"], each["issues"]) for each in said["findings"]] == [("60 at once", 60), ("Some words", None)]
    table = terminal("quality").out
    assert table.index("Warning: 60 at once") < table.index("Good to know: Some words")
    assert "Much." in table and "Look." in table


def test_doctor_exits_1_on_a_failed_check_and_only_then(terminal: Terminal, services: FakeServices) -> None:
    services.checks = [Check("Settings", True, "Read."), Check("Jira", None, "Not asked.")]
    assert (terminal("doctor").code, terminal("doctor").err) == (0, "")
    services.checks.append(Check("Token", False, "None is stored.", "Set JIRA_TOKEN."))
    said = terminal("doctor")
    assert said.code == 1
    for row in (
        ("Settings", "ok", "Read."),
        ("Jira", "skipped", "Not asked."),
        ("Token", "failed", "None is stored. Set JIRA_TOKEN."),
    ):
        assert any(all(part in line for part in row) for line in said.out.splitlines()), row
    assert said.err == "1 of 3 checks failed: Token.\n"
    assert [row["ok"] for row in json.loads(terminal("doctor", "--format", "json").out)] == [True, None, False]


def test_replay_files_need_data(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("sample", "--fields", str(tmp_path))
    assert said.code == 2
    assert "--data" in said.err


def test_the_sample_command_fails_in_words(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise CommandFailed("Port 4020 is in use.")

    monkeypatch.setattr(serving, "_serve_sample", refuse)
    assert terminal("sample").err == "Port 4020 is in use.\n"


def test_version_names_the_project(terminal: Terminal) -> None:
    assert terminal("version").out.startswith("throughline ")


@pytest.mark.parametrize("command", ["", "serve", "sync", "metrics", "issues", "fields", "doctor", "sample", "version"])
def test_help_is_there_and_imports_nothing_heavy(command: str) -> None:
    program = (
        "import sys; from cli import main; code = main(sys.argv[1:]);"
        "heavy = {'dash', 'pandas', 'numpy', 'sqlalchemy', 'flask', 'plotly', 'requests'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else code)"
    )
    words = [command, "--help"] if command else ["--help"]
    done = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=CHECKOUT, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"python app.py {command}".strip() in done.stdout


def test_a_reader_that_stops_early_is_no_error() -> None:
    program = "import sys; from cli.failures import guarded; sys.exit(guarded(lambda: print('line\\n' * 100_000)))"
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert (running.stderr.read(), running.wait(60)) == (b"", 0)


def test_colours_only_on_a_terminal(terminal: Terminal, services: FakeServices) -> None:
    assert os.environ.get("FORCE_COLOR") is None
    services.checks = [Check("Settings", True, "Read.")]
    assert "\x1b" not in terminal("metrics").out + terminal("doctor").out
