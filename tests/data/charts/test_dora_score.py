"""The DORA score says what is missing when too few of its metrics have a number."""

from __future__ import annotations

from datetime import date, timedelta

from data.charts.desk import drawn
from data.charts.registry import CHARTS
from data.periods import Period
from data.views import Filters
from data.workspace import open_workspace
from sample.source import SampleSite


def test_any_week_is_drawn_also_with_one_or_two_metrics(tmp_path):
    env = {"THROUGHLINE_HOME": str(tmp_path / "home"), "THROUGHLINE_SETTINGS": str(tmp_path / "settings.json")}
    workspace = open_workspace(env, sample=SampleSite(issues=100))
    assert workspace.sync_now().error is None
    place, last = workspace.place, workspace.today()
    facts = place.facts(place.loaded().settings, Filters())
    said = []
    for weeks in range(50):
        end: date = last - timedelta(days=7 * weeks)
        drawing = drawn(facts, "dora_score", Period(end - timedelta(days=6), end, "UTC"))
        said.append(drawing.reading or str(drawing.problem))
    assert any(each.startswith("Only") and "are needed for the performance" in each for each in said), said
    assert any(each.startswith("Performance is") for each in said), said


def test_its_help_says_that_score_and_tier_are_two_scales():
    assert "score and the tier on a card are two different scales" in " ".join(CHARTS["dora_score"].help.split())
