"""The terminal as a person uses it: its own process, the sample site, the real store."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import requests

from data.values.metric_value import MetricValue
from tests.dashboard import command, dashboard
from tests.forked import forked

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs `python app.py …` in a home that the tests of this module share; keywords are environment variables."""
    return partial(command, tmp_path_factory.mktemp("terminal"))


@pytest.fixture(scope="module")
def again(run: Run) -> Run:
    """The same for a command that another test here runs with `run`, without importing everything once more."""
    return partial(forked, *run.args)


def test_without_jira_the_sample_site_answers_all_ten(run: Run) -> None:
    done = run("metrics", "--format", "json")
    values = [MetricValue.from_dict(row) for row in json.loads(done.stdout)]
    assert done.returncode == 0
    assert "sample site" in done.stderr
    assert len(values) == 10
    assert {value.metric_type for value in values} == {"dora", "flow"}
    assert all(value.ok for value in values)


def test_sync_then_issues_behind_a_number(run: Run, again: Run) -> None:
    result = json.loads(run("sync", "--format", "json").stdout)
    assert result["complete"] is True
    assert result["fetched"] > 300
    rows = json.loads(run("issues", "--metric", "flow_velocity", "--format", "json").stdout)
    [velocity] = [
        value
        for value in json.loads(again("metrics", "--family", "flow", "--format", "json").stdout)
        if value["metric_name"] == "flow_velocity"
    ]
    assert sum(row["used"] for row in rows) == velocity["value"]
    assert len(rows) == velocity["total_issue_count"]


def test_a_configured_site_never_synced_is_not_called(again: Run) -> None:
    done = again("metrics", JIRA_URL="http://127.0.0.1:9", JIRA_TOKEN="x")
    assert (done.returncode, done.stdout) == (3, "")
    assert "sync" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_site_that_does_not_answer_is_one_clear_sentence(again: Run) -> None:
    done = again("sync", JIRA_URL="http://127.0.0.1:9", JIRA_TOKEN="secret-token")
    assert done.returncode == 1
    assert "could not be reached" in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret-token" not in done.stderr


def test_doctor_is_content_with_the_sample_site(run: Run) -> None:
    done = run("doctor", "--format", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout)


def test_a_home_that_cannot_be_made_is_said(again: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = again("metrics", THROUGHLINE_HOME=str(tmp_path / "file" / "home"))
    assert done.returncode == 1
    assert "THROUGHLINE_HOME" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_said_before_anything_slow(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", PORT=str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "PORT=" in done.stderr
    assert "in use" in done.stderr


def test_serve_answers_on_the_address_it_prints(tmp_path: Path) -> None:
    with dashboard(tmp_path) as address:
        assert address.startswith("http://127.0.0.1:")
        assert "Throughline" in requests.get(address, timeout=60).text
