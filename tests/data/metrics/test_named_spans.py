"""A named span says from which statuses to which an item is timed: the same completed items, other times."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from data.charts.registry import ISSUE_CHARTS
from data.facts.ages import aged_in_span
from data.facts.load import at_snapshot, load_rows
from data.facts.named_spans import timed_words
from data.facts.query import MetricQuery
from data.services.charts import drawn
from data.settings.model import Definitions, Settings
from data.settings.overrides import BadOverride, with_overrides
from tests.builders import DOING, DONE, REVIEW, TODO, WAITING, Item, ask, facts, period, site

SPANS = ["development: In Progress -> In Review", "review: In Review → Done", "all: To Do -> Done; Closed"]
STRAIGHT = Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-05", REVIEW), ("2025-01-09", DONE)])
BACK = Item(
    "2025-01-01",
    [
        ("2025-01-02", DOING),
        ("2025-01-03", REVIEW),
        ("2025-01-04", DOING),
        ("2025-01-08", REVIEW),
        ("2025-01-10", DONE),
    ],
)
UNSEEN = Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-06", DONE)])  # without a review


def timed(span: str, *items: Item, **more: Any) -> Any:
    return ask("flow_time", site(*items), "2025-01-01", "2025-01-31", spans=SPANS, timed_span=span, **more)


@pytest.mark.parametrize(
    ("span", "days"),
    [("", 7), ("development", 3), ("Development", 3), ("review", 4), ("all", 8), ("x: In Progress -> Done", 7)],
)
def test_a_span_times_from_its_first_statuses_to_its_last(span: str, days: float) -> None:
    assert timed(span, STRAIGHT).value == days


def test_it_ends_with_the_last_entry_into_its_end() -> None:
    assert timed("development", BACK).value == 6  # 2 to 8 January: back in progress is part of it


def test_what_did_not_pass_through_it_is_left_out_with_the_reason() -> None:
    found = timed("development", STRAIGHT, UNSEEN)
    assert (found.value, found.details["used"]) == (3, 1)
    assert found.details["exclusions"] == {"did not go from In Progress to In Review": 1}


def test_the_items_are_those_of_flow_velocity_whatever_is_timed() -> None:
    tables = site(STRAIGHT, BACK, UNSEEN)
    counts = {
        span: (found.total_issue_count, ask("flow_velocity", tables, "2025-01-01", "2025-01-31").value)
        for span in ("", "development", "review")
        for found in [timed(span, STRAIGHT, BACK, UNSEEN)]
    }
    assert set(counts.values()) == {(3, 3)}


def test_an_item_counts_when_it_is_completed_not_when_the_span_ends() -> None:
    late = Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-05", REVIEW), ("2025-02-09", DONE)])
    assert timed("development", late).value is None
    february = ask("flow_time", site(late), "2025-02-01", "2025-02-28", spans=SPANS, timed_span="development")
    assert february.value == 3


def test_a_card_says_what_is_timed() -> None:
    found = timed("development", STRAIGHT)
    assert found.details["count_words"] == "median of 1 item, development"
    assert "Timed is development: from In Progress to In Review." in found.details["notes"]


def test_a_status_that_is_not_there_is_told() -> None:
    about = facts(site(STRAIGHT), spans=["odd: In Progress -> Nowhere"], timed_span="odd")
    assert "There is no status “Nowhere” here." in timed_words(about)


def test_ages_count_from_the_beginning_of_the_span_and_others_are_left_out() -> None:
    items = (
        Item("2025-01-01", [("2025-01-02", DOING)]),  # in it
        Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-05", REVIEW)]),  # through
        Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-05", REVIEW), ("2025-01-07", DOING)]),  # again in it
        Item("2025-01-01", [("2025-01-03", WAITING)]),  # never in it
        Item("2025-01-01", [("2025-01-03", WAITING), ("2025-01-06", DOING)]),
    )
    about = facts(site(*items), now="2025-01-11", spans=SPANS, timed_span="development")
    query = MetricQuery(about, period("2025-01-01", "2025-01-31"))
    found = aged_in_span(at_snapshot(about.once(load_rows), query), query)
    used = found.reason == 0
    ages = dict(zip(found.issue[used].tolist(), np.round(found.columns["age"][used], 6).tolist(), strict=True))
    assert ages == {0: 9, 2: 9, 4: 5}
    assert found.exclusions() == {"not in the span development": 2}


@pytest.mark.parametrize("chart", ["cycle_time_scatter", "cycle_time_histogram", "ageing_work", "time_in_status"])
def test_charts_of_times_say_the_same(chart: str) -> None:
    about = facts(site(STRAIGHT, BACK, UNSEEN), now="2025-01-11", spans=SPANS, timed_span="development")
    assert chart in ISSUE_CHARTS
    assert drawn(about, chart, period("2025-01-01", "2025-01-31")) is not None
    if chart == "cycle_time_scatter":
        drawing = drawn(about, chart, period("2025-01-01", "2025-01-31"))
        assert [row[-1] for row in drawing.table()] == [6, 3]
        assert "Timed is development: from In Progress to In Review." in drawing.notes


def test_the_default_is_as_before() -> None:
    assert timed("", BACK).value == ask("flow_time", site(BACK), "2025-01-01", "2025-01-31").value == 8
    assert TODO and timed_words(facts(site(BACK))) == []


@pytest.mark.parametrize(
    ("spans", "chosen", "words"),
    [
        (["development"], "", "is not a span"),
        ([": A -> B"], "", "A span has no name"),
        (["x: A -> a"], "", "begins and ends in"),
        (["x: A -> B", "X: A -> C"], "", "Two spans are named"),
        (["development: A -> B"], "developmnt", "Did you mean “development”"),
        ([], "development", "None is defined"),
    ],
)
def test_what_is_no_span_is_refused(spans: list[str], chosen: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Definitions(spans=spans, timed_span=chosen)


def test_a_link_times_a_span_of_the_settings_or_its_own() -> None:
    saved = Settings(definitions=Definitions(spans=SPANS))
    assert with_overrides(saved, [("timed_span", "review")]).definitions.timed_span == "review"
    assert with_overrides(Settings(), [("timed_span", "x: A -> B")]).definitions.timed_span == "x: A -> B"
    with pytest.raises(BadOverride, match="Did you mean “review”"):
        with_overrides(saved, [("timed_span", "revew")])
