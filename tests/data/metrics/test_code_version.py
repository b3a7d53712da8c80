"""A number in the cache belongs to the code that made it: another formula, another key."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from data.metrics import code_version as module
from data.metrics.code_version import code_version
from data.metrics.registry import ISSUE_METRICS

ROOT = Path(__file__).parents[3]


def edited(name: str, old: str, new: str, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of data/ in which one file says something else."""
    shutil.copytree(ROOT / "data", into / "data", ignore=shutil.ignore_patterns("__pycache__"))
    path = into.joinpath(*name.split(".")).with_suffix(".py")
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    monkeypatch.setattr(module, "_DATA", into / "data")
    module._imports.cache_clear()


@pytest.fixture(autouse=True)
def forgets():
    yield
    module._imports.cache_clear()


@pytest.mark.parametrize(
    ("changed", "old", "new"),
    [
        ("data.metrics.flow.flow_velocity", '"""', '"""Other words. '),
        ("data.facts.completions", "stayed", "stayed_there"),
        ("data.tables.status_intervals", "import numpy as np", "import numpy as np  # other"),
    ],
)
def test_a_change_anywhere_below_a_metric_changes_its_version(changed, old, new, tmp_path, monkeypatch):
    before = code_version(["data.metrics.flow.flow_velocity"])
    edited(changed, old, new, tmp_path, monkeypatch)
    assert code_version(["data.metrics.flow.flow_velocity"]) != before


def test_a_change_elsewhere_does_not(tmp_path, monkeypatch):
    before = code_version(["data.metrics.flow.flow_velocity"])
    edited("data.metrics.dora.lead_time_for_changes", '"""', '"""Other words. ', tmp_path, monkeypatch)
    assert code_version(["data.metrics.flow.flow_velocity"]) == before


def test_the_version_of_every_metric_covers_the_file_of_its_formula():
    for metric in ISSUE_METRICS.values():
        assert metric.formula.__module__ in module._reached([metric.formula.__module__]), metric.name
        assert len(module._reached([metric.formula.__module__])) > 5, "its facts and tables belong to it"


def test_an_upgrade_on_the_same_state_folder_shows_the_number_of_the_new_formula(tmp_path):
    """Two checkouts, one THROUGHLINE_HOME: the second one does not answer with what the first one left."""
    checkout, home = tmp_path / "checkout", tmp_path / "home"
    checkout.mkdir()
    for part in ("data", "sample", "examples", "callbacks", "ui", "cli"):
        shutil.copytree(ROOT / part, checkout / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("app.py", "assembly.py", "pyproject.toml"):
        shutil.copy(ROOT / part, checkout / part)
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith(("JIRA_", "THROUGHLINE_"))},
        "THROUGHLINE_HOME": str(home),
        "THROUGHLINE_SETTINGS": str(tmp_path / "settings.json"),
        "PYTHONPATH": str(checkout),
    }

    def run(*words: str) -> str:
        command = [sys.executable, "app.py", *words]
        done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def velocity() -> float:
        answer = json.loads(run("metrics", "--metric", "flow_velocity", "--format", "json"))
        values = answer if isinstance(answer, list) else answer["metrics"]
        return next(each["value"] for each in values if each["metric_name"] == "flow_velocity")

    run("sync")
    first = velocity()
    cached = next(home.rglob("metrics_cache.json")).read_text("utf-8")
    assert "flow_velocity" in cached, "the number is in the cache"
    path = checkout / "data/metrics/flow/flow_velocity.py"
    text = path.read_text("utf-8")
    assert "return query.count(rows)" in text
    path.write_text(text.replace("return query.count(rows)", "return query.count(rows) + 1000"), "utf-8")
    assert velocity() == first + 1000
