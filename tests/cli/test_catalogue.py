"""The catalogue in the terminal: every metric listed, any of them asked for, whole and taken apart."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

from cli import numbers, options
from data.metrics.breakdown import GROUPS, STEPS
from data.metrics.catalogue import metric_families
from data.metrics.registry import CATALOG
from data.values.metric_value import MetricValue
from tests.cli.conftest import Terminal
from tests.dashboard import command
from tests.forked import forked

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs `python app.py …` on the sample site, in a home that the tests of this module share."""
    return partial(forked, tmp_path_factory.mktemp("terminal"))


def test_the_options_offer_what_there_is() -> None:
    assert get_args(options.FamilyName) == metric_families()
    assert get_args(numbers.Group) == tuple(GROUPS)
    assert get_args(numbers.Step) == tuple(STEPS)


def test_the_catalogue_lists_every_metric_without_data(tmp_path: Path) -> None:
    listed = json.loads(command(tmp_path, "catalogue", "--format", "json").stdout)
    assert [each["name"] for each in listed] == list(CATALOG)
    assert all(each["formula"] and each["version"] for each in listed)
    assert {each["family"] for each in listed if not each["definitions"]} == {"jtbd"}


def test_it_is_searched_by_every_word(run: Run) -> None:
    found = [each["name"] for each in json.loads(run("catalogue", "--search", "WIP stuck", "--format", "json").stdout)]
    assert found == ["stuck_count"]
    none = run("catalogue", "--search", "zebra")
    assert none.returncode == 0 and "No metric has 'zebra'" in none.stderr


def test_a_family_of_the_catalogue_and_one_metric_of_it(run: Run) -> None:
    family = [
        MetricValue.from_dict(row)
        for row in json.loads(run("metrics", "--family", "capacity", "--format", "json").stdout)
    ]
    assert [each.metric_name for each in family] == ["blocked_hours", "wip", "stuck_count", "wip_no_assignee"]
    [one] = json.loads(run("metrics", "--metric", "wip", "--format", "json").stdout)
    assert one["value"] == family[1].value


def test_a_metric_by_group_and_over_time(run: Run) -> None:
    groups = json.loads(run("metrics", "--metric", "created", "--by", "project", "--format", "json").stdout)
    assert groups["by"] == "project" and len(groups["parts"]) > 1
    assert sum(each["value"] for each in groups["parts"]) == groups["total"]["value"]
    weeks = json.loads(run("metrics", "--metric", "created", "--over", "week", "--format", "json").stdout)
    assert sum(each["value"] for each in weeks["parts"]) == weeks["total"]["value"] == groups["total"]["value"]
    assert weeks["parts"][0]["from"] == weeks["from"] and weeks["parts"][-1]["to"] == weeks["to"]
    days = [(date.fromisoformat(each["from"]), date.fromisoformat(each["to"])) for each in weeks["parts"]]
    assert len(days) > 1 and all(last + timedelta(days=1) == first for (_, last), (first, _) in pairwise(days))
    told = run("metrics", "--metric", "created", "--by", "project")
    assert all(each["name"] in told.stdout for each in groups["parts"]) and "All" in told.stdout
    rows = list(
        csv.DictReader(io.StringIO(run("metrics", "--metric", "created", "--by", "type", "--format", "csv").stdout))
    )
    assert rows[-1]["name"] == "All" and sum(float(row["value"]) for row in rows[:-1]) == float(rows[-1]["value"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--metric", "wpi"], "Did you mean wip"),
        (["--by", "project"], "Say which: --metric"),
        (["--over", "week"], "Say which: --metric"),
        (["--metric", "wip", "--by", "type", "--over", "day"], "not both"),
        (["--metric", "wip", "--family", "capacity"], "not both"),
        (["--metric", "wip", "--by", "colour"], "'colour' is not one of"),
    ],
)
def test_what_does_not_fit_is_said(terminal: Terminal, words: list[str], said: str) -> None:
    answer = terminal("metrics", *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_a_family_that_is_none_is_said(terminal: Terminal) -> None:
    answer = terminal("catalogue", "--family", "speed")
    assert answer.code == 2 and "'speed' is not one of" in answer.err
