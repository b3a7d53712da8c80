"""`sprints` in the terminal, and filters of every field there: on the sample site."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from functools import partial
from subprocess import CompletedProcess

import pytest

from sample.source import TEAMS
from tests.forked import forked

Run = Callable[..., "CompletedProcess[str]"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs `python app.py …` on the sample site, in a home that the tests of this module share."""
    return partial(forked, tmp_path_factory.mktemp("sprints"))


def test_the_three_formats_list_the_same_sprints(run: Run) -> None:
    rows = json.loads(run("sprints", "--format", "json").stdout)
    assert len(rows) > 10 and len({row["board"] for row in rows}) > 1
    written = list(csv.DictReader(io.StringIO(run("sprints", "--format", "csv").stdout)))
    assert [row["sprint_id"] for row in written] == [str(row["sprint_id"]) for row in rows]
    assert list(written[0]) == list(rows[0])
    table = run("sprints", "--limit", "3", COLUMNS="100")
    assert f"3 of {len(rows)} shown; --limit 0 shows all." in table.stderr
    assert rows[0]["board"].split()[0] in table.stdout
    for row in rows[:3]:
        assert row["sprint"] in table.stdout and (row["completed_at"] or row["state"])[:10] in table.stdout


def test_a_board_is_named_or_numbered(run: Run) -> None:
    rows = json.loads(run("sprints", "--format", "json").stdout)
    board = rows[0]["board"]
    mine = [row for row in rows if row["board"] == board]
    assert json.loads(run("sprints", "--board", board.upper(), "--format", "json").stdout) == mine
    wrong = run("sprints", "--board", "nowhere")
    assert wrong.returncode != 0 and "There is no board nowhere" in wrong.stderr


def test_filters_of_sprint_and_board_choose_sprints(run: Run) -> None:
    rows = json.loads(run("sprints", "--format", "json").stdout)
    one = rows[1]
    found = json.loads(
        run(
            "sprints", "--filter", f"sprint={one['sprint']}", "--filter", f"board={one['board']}", "--format", "json"
        ).stdout
    )
    assert found == [one]
    others = json.loads(run("sprints", "--filter", f"board!={one['board']}", "--format", "json").stdout)
    assert others == [row for row in rows if row["board"] != one["board"]]
    none = run("sprints", "--filter", "sprint=", "--format", "json")
    assert json.loads(none.stdout) == [] and "No sprint passes the filters." in none.stderr


@pytest.mark.parametrize("field", ["assignee", "status", "priority"])
def test_a_filter_is_the_row_of_the_group(run: Run, field: str) -> None:
    words = ("metrics", "--metric", "flow_velocity", "--format", "json")
    parts = json.loads(run(*words, "--by", field).stdout)["parts"]
    name = next(each["name"] for each in parts if each["name"] != "none")
    [wanted] = [each["value"] for each in parts if each["name"] == name]
    [only] = json.loads(run(*words, "--filter", f"{field}={name}").stdout)
    [others] = json.loads(run(*words, "--filter", f"{field}!={name}").stdout)
    [whole] = json.loads(run(*words).stdout)
    assert only["value"] == wanted and only["value"] + others["value"] == whole["value"]


def test_mistakes_in_filters_are_told(run: Run) -> None:
    field = run("metrics", "--filter", "assigne=Ann")
    assert field.returncode == 2 and "Did you mean “assignee”?" in field.stderr
    unmapped = run("metrics", "--filter", "team=Blue")
    assert unmapped.returncode == 2 and "Team is not mapped" in unmapped.stderr
    name = run("metrics", "--filter", "priority=Hihg")
    assert name.returncode == 0 and "There is no priority 'Hihg' in the data. Did you mean 'High'?" in name.stderr


def test_a_saved_view_holds_every_filter(run: Run) -> None:
    saved = run(
        "teams", "save", "Night shift", "--filter", "priority!=Low", "--filter", "assignee=", "--project", "SHOP"
    )
    assert saved.returncode == 0, saved.stderr
    listed = {each["name"]: each for each in json.loads(run("teams", "list", "--format", "json").stdout)}
    assert set(listed) == {"Night shift", *(name for name, _ in TEAMS)}  # those that the sample site has, and this one
    view = listed["Night shift"]
    assert view["filters"] == [
        {"field": "assignee", "op": "is_null"},
        {"field": "priority", "op": "not_in", "value": ["Low"]},
        {"field": "project", "op": "in", "value": ["SHOP"]},
    ]
    assert "priority is not Low" in run("teams", "list").stdout
