"""One metric, one card, in any of its outcomes (D-06, D-08, D-09)."""

from __future__ import annotations

import json

import pytest
from dash import html
from plotly.utils import PlotlyJSONEncoder

from tests.fake_services import FakeServices
from tests.fake_values import metric_value, without_value
from ui import ids
from ui.components.metric_card import metric_card, period_days, skeletons

PERIOD = FakeServices().view("30d").period


def texts(component) -> list[str]:
    """Every text that a person would read."""
    found = [component] if isinstance(component, str) else []
    for child in _children(component):
        found += texts(child)
    return found


def _children(component):
    children = getattr(component, "children", None)
    if isinstance(component, list | tuple):
        return component
    return children if isinstance(children, list | tuple) else [children] if children is not None else []


def said(value, **more) -> str:
    return " | ".join(texts(metric_card(value, href="?metric=x", **more)))


def as_json(component) -> str:
    return json.dumps(component.to_plotly_json(), cls=PlotlyJSONEncoder)


def test_number_with_unit_tier_change_and_counts():
    words = said(metric_value("lead_time_for_changes", PERIOD))
    for part in (
        "Lead time for changes",
        "2.4",
        "days",
        "High",
        "18 % better",
        "41 used",
        "3 left out",
        "Proxy: from work started",
    ):
        assert part in words


def test_whole_card_is_one_link():
    card = metric_card(metric_value("flow_time", PERIOD), href="?metric=flow_time")
    heading = card.children[0]
    assert isinstance(heading, html.H3)
    assert isinstance(heading.children, html.A)
    assert heading.children.href == "?metric=flow_time"


@pytest.mark.parametrize("tier", ["Elite", "High", "Medium", "Low"])
def test_tier_is_a_word_and_a_colour(tier):
    from data.values.metric_value import TIER_COLORS

    card = as_json(
        metric_card(
            metric_value("flow_time", PERIOD, performance_tier=tier, performance_tier_color=TIER_COLORS[tier]), href="?"
        )
    )
    assert f"tier-{tier.lower()}" in card
    assert f'"{tier}"' in card


@pytest.mark.parametrize(
    ("verdict", "mood", "other"),
    [("better", "better", "worse"), ("worse", "worse", "better"), (None, "neutral", "better")],
)
def test_the_colour_of_a_change_says_what_its_words_say(verdict, mood, other):
    card = as_json(metric_card(metric_value("flow_time", PERIOD, trend_verdict=verdict), href="?"))
    assert f'"change change-{mood}"' in card
    assert f"change-{other}" not in card


def test_no_tier_no_badge():
    assert "tier" not in as_json(metric_card(metric_value("flow_time", PERIOD), href="?"))


def test_few_are_said_to_be_few():
    assert "Low confidence: fewer than 5 used" in said(metric_value("flow_time", PERIOD, used=3, low_confidence=True))


@pytest.mark.parametrize(
    ("metric", "meaning"), [("flow_load", "What is counted is exact"), ("flow_time", "One more or less")]
)
def test_the_tooltip_says_what_few_mean_for_a_count_and_for_an_estimate(metric, meaning):
    few = metric_value(metric, PERIOD, used=3, low_confidence=True)
    assert f"\\n{meaning}" in as_json(metric_card(few, href="?"))
    assert meaning not in as_json(metric_card(metric_value(metric, PERIOD), href="?"))


def test_missing_mapping_says_which_field_and_has_the_button():
    value = without_value(
        "change_failure_rate",
        PERIOD,
        "missing_mapping",
        "Map a field to see this.",
        needs=["deployment_successful"],
        needs_titles=["Deployment successful"],
    )
    card = metric_card(value, href="?")
    assert "Deployment successful" in texts(card)
    assert "Configure mappings" in texts(card)
    assert json.dumps(ids.configure("change_failure_rate")) in json.dumps(json.loads(as_json(card)))


def test_no_data_says_which_days_have_some_and_offers_them():
    value = without_value("flow_time", PERIOD, "no_data", "Nothing was completed in this period.")
    words = said(
        value, covered="The data covers 3 Feb – 16 Nov 2026.", action=html.A("Show 18 Oct – 16 Nov 2026", href="?x")
    )
    for part in ("Nothing was completed", "The data covers", "Show 18 Oct"):
        assert part in words


def test_error_says_what_to_do_and_names_the_request():
    value = without_value(
        "flow_time", PERIOD, "calculation_error", "This number could not be calculated.", request_id="4f2a"
    )
    words = said(value)
    for part in ("could not be calculated", "Sync again", "4f2a"):
        assert part in words


def test_distribution_shows_all_four():
    words = said(metric_value("flow_distribution", PERIOD))
    for part in ("Feature", "Defect", "Risk", "Technical debt", "57.8 %", "14.1 %"):
        assert part in words


def test_markup_in_words_stays_text():
    card = metric_card(metric_value("flow_time", PERIOD, title="<b>x</b>", notes=["<script>"]), href="?")
    assert "<b>x</b>" in texts(card)
    assert "dangerously" not in as_json(card)


def test_days_of_a_period_across_a_clock_change():
    assert period_days(metric_value("flow_time", PERIOD)) == 30


def test_skeletons_are_cards():
    grid = skeletons(6)
    assert len(grid.children) == 6
    assert getattr(grid, "aria-busy") == "true"
