"""The DORA score says what is missing when too few of its metrics have a number."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from data.charts.registry import CHARTS
from data.services.charts import drawn
from data.values.periods import Period
from tests.builders import DOING, DONE, Item, facts, site
from tests.sample_services import synced_services


def test_any_week_is_drawn_also_with_one_or_two_metrics(tmp_path):
    services = synced_services(tmp_path, 100)
    view = services.view()
    facts, last = services.sites.data(view.snapshot).dataset(view), view.today
    said, notes = [], set()
    for weeks in range(50):
        end: date = last - timedelta(days=7 * weeks)
        for days in (7, 28, 120):  # a frequency has no score in less than 28 days
            drawing = drawn(facts, "dora_score", Period(end - timedelta(days=days - 1), end, "UTC"))
            said.append(drawing.reading or str(drawing.problem))
            notes |= set(drawing.notes)
    assert any(each.startswith("Only") and "are needed for a mean" in each for each in said), said
    assert any(each.startswith("The mean score is") for each in said), said
    why = ", because it has no tier: "
    assert any(f"{why}a frequency needs 28 days of data" in each for each in notes), notes
    assert any(f"{why}too uncertain" in each for each in notes), notes


def test_its_help_says_that_score_and_tier_are_two_scales():
    assert "score and the tier on a card are two different scales" in " ".join(CHARTS["dora_score"].help.split())


def test_lead_time_in_stages_says_whose_wait_for_the_deployment_is_hidden_in_done():
    """One is done a day before it is deployed, one only then, one not at all: each takes as long to production."""
    moves, live = [("2025-03-02", DOING), ("2025-03-04", DONE)], "2025-03-05"
    fields = {"deployed_to_production_date": f"{live} 00:00"}
    items = [
        Item("2025-03-01", moves, fields=fields),
        Item("2025-03-01", [moves[0], (live, DONE)], fields=fields),
        Item("2025-03-01", moves[:1], fields=fields),
    ]
    about = facts(site(*items), now="2025-03-10")
    drawing = drawn(about, "lead_time_stages", Period(date(2025, 3, 5), date(2025, 3, 5), "UTC"))
    [row] = drawing.table()
    assert dict(zip(drawing.columns, row, strict=True))["Until deployed, days"] == pytest.approx((1 + 0 + 3) / 3)
    assert drawing.notes == (
        "Done only when deployed, so the wait for the deployment is part of “until done”: 1 of 3.",
        "Not done, so all the time since the commit is part of “until deployed”: 1 of 3.",
    )
