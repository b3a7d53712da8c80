"""`query`: a spec from a file or from stdin, as a table, CSV, JSON or the SELECT."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cli.query import _text
from tests.dashboard import command
from tests.forked import forked

Run = Callable[..., subprocess.CompletedProcess[str]]
SPEC = {"metrics": ["flow_velocity", "stuck_count"], "group_by": ["project"], "dates": {"preset": "90d"}}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs `python app.py …` on the sample site, in a home that the tests of this module share."""
    return partial(forked, tmp_path_factory.mktemp("terminal"))


def test_a_spec_is_answered_in_every_format(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(SPEC), "utf-8")
    answer = json.loads(run("query", str(path), "--format", "json").stdout)
    rows = list(csv.DictReader(io.StringIO(run("query", str(path), "--format", "csv").stdout)))
    assert [row["keys"][0] for row in answer["rows"]] == [row["project"] for row in rows] and len(rows) >= 3
    for told, row in zip(answer["rows"], rows, strict=True):
        assert told["cells"][0]["value"] == float(row["flow_velocity"])
        assert told["cells"][0]["used"] == int(row["flow_velocity_used"])
    table = run("query", str(path)).stdout
    assert "Flow velocity" in table and "Stuck items is calculated by its formula." in table
    sql = run("query", str(path), "--sql").stdout
    assert sql.startswith("WITH steps") and "-- $1 = " in sql


def test_a_wrong_spec_ends_with_2_and_names_the_field(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_text(json.dumps({**SPEC, "metrics": ["flow_velocty"]}), "utf-8")
    failed = run("query", str(path))
    assert failed.returncode == 2 and not failed.stdout
    assert "metrics.0: There is no metric 'flow_velocty'. Did you mean “flow_velocity”?" in failed.stderr
    path.write_bytes(b"\xff\xfe\x00")
    assert run("query", str(path)).returncode == 2
    missing = run("query", str(tmp_path / "other.json"))
    assert missing.returncode == 2
    assert missing.stderr.strip() == f"{tmp_path / 'other.json'} cannot be read: No such file or directory."


def test_json_in_place_of_a_file_is_recognised(tmp_path: Path) -> None:
    typed = command(tmp_path, "query", json.dumps(SPEC))
    assert typed.returncode == 2
    assert typed.stderr.strip() == "That looks like JSON: write it into a file, or give - and pipe it."


def test_an_empty_spec_is_told_in_a_sentence(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_text(" \n", "utf-8")
    empty = run("query", str(path))
    assert empty.returncode == 2 and not empty.stdout
    assert empty.stderr.splitlines()[-1] == 'The spec is empty. Write, for example, {"metrics": ["flow_velocity"]}.'


def test_a_terminal_is_told_that_a_spec_is_awaited(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Typed(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, told in ((Typed("{}"), True), (io.StringIO("{}"), False)):
        monkeypatch.setattr("sys.stdin", stream)
        assert _text("-") == "{}"
        assert ("Waiting for a spec on standard input" in capsys.readouterr().err) is told


def test_the_schema_needs_no_data(tmp_path: Path) -> None:
    assert json.loads(command(tmp_path, "query", "--schema").stdout)["title"] == "AnalyticsSpec"
