"""Dates and definitions that cannot be: the page says why once, at the top, and what cannot be saved says why."""

from __future__ import annotations

from typing import Any

import pytest

from callbacks.cards import show_family
from callbacks.catalogue import show_catalogue
from callbacks.charts import show_chart
from callbacks.definitions import show_chips
from callbacks.forecast import show_forecast
from callbacks.jobs import show_jobs
from callbacks.page import show_period
from callbacks.sprints import show_sprints
from data.services.services import Services
from tests.callbacks.acting import acting, words
from tests.sample_services import synced_services

BAD = "&set=cfd:nonsense"
BACKWARDS = "&from=2026-02-01&to=2026-01-01"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return synced_services(tmp_path_factory.mktemp("definitions"), 60)


def below(services: Services, asked: str) -> str:
    """What stands below the rows of period and definitions, on every tab that shows either."""
    tabs: dict[str, Any] = {
        "catalogue": show_catalogue,
        "sprints": show_sprints,
        "forecast": show_forecast,
        "jobs": lambda view: show_jobs(view, None, None),
        "dora": lambda view: show_family("dora", view, None),
        "flow": lambda view: show_chart({**view, "chart": "cumulative_flow"}),
    }
    with acting(services):
        return "\n".join(words(show({"query": f"?tab={tab}{asked}", "revision": "1"})) for tab, show in tabs.items())


def test_why_a_definition_cannot_be_is_said_once(services):
    with acting(services):
        row = words(show_chips({"query": f"?{BAD}"}))
    assert row.count("cannot be “nonsense”") == 1
    text = below(services, BAD)
    assert "cannot be “" not in text and "It can be" not in text
    assert text.count("The reason is above.") == 5 and text.count("No chart: the reason is above.") == 1


def test_why_a_period_cannot_be_is_said_once(services):
    with acting(services):
        *_, row = show_period({"query": f"?{BACKWARDS}"})
    assert "Swap the two dates" in row
    text = below(services, BACKWARDS)
    assert "Swap" not in text and "before it starts" not in text
    assert "No chart: the reason is above." in text


def test_what_cannot_be_saved_for_everybody_says_why(services):
    with acting(services):
        *_, good, title, note = show_chips({"query": "?set=cfd:backfill"})
        *_, bad, why, shown = show_chips({"query": f"?{BAD}"})
    assert (good, title, note) == (False, "", "Others see the saved definitions.")
    assert bad and why == shown and "removed" in why
