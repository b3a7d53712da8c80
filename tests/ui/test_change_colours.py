"""Better and worse: the colour of a change says what its words say, wherever a change is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from data.values.jobs import OutcomeRow
from data.values.teams import Compared
from tests.fake_jobs import MOST, OVERVIEW, outcome
from tests.fake_services import FakeServices
from tests.fake_values import metric_value
from ui import detail
from ui.components.metric_card import metric_card
from ui.tabs import jobs_tables, teams
from ui.url import PageView

SERVICES = FakeServices()
VIEW = SERVICES.view("30d")
PERIOD = VIEW.period


def value(verdict: str | None, **more: Any) -> Any:
    if verdict == "unchanged":
        more |= {"trend_direction": "flat", "trend_percentage": 0.0}
    return metric_value("flow_time", PERIOD, trend_verdict=verdict, **more)


def row(verdict: str | None) -> OutcomeRow:
    more = {"trend_direction": "flat", "trend_percentage": 0.0} if verdict == "unchanged" else {}
    return outcome("a", "A", MOST, trend_verdict=verdict, **more)


def figures(verdict: str | None) -> Any:
    page = SERVICES.numbers.detail("flow_time", VIEW)
    return detail.figures_section(replace(page, value=value(verdict)), SERVICES.status.of(VIEW.snapshot))


PLACES: dict[str, Callable[[str | None], Any]] = {
    "card": lambda verdict: metric_card(value(verdict), href="?"),
    "page of a number": figures,
    "saved views": lambda verdict: teams._cell(Compared(value(verdict), 9), 1.0),
    "outcomes": lambda verdict: jobs_tables.trend(row(verdict)),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("verdict", "colour", "others"),
    [
        ("better", "better", ("worse", "neutral", "unchanged")),
        ("worse", "worse", ("better", "neutral", "unchanged")),
        ("unchanged", "unchanged", ("better", "worse", "neutral")),
        (None, "neutral", ("better", "worse", "unchanged")),
    ],
)
def test_the_colour_says_what_the_words_say(place: str, verdict: str | None, colour: str, others: tuple[str, ...]):
    shown = json.dumps(PLACES[place](verdict), cls=PlotlyJSONEncoder)
    assert f"change-{colour}" in shown
    assert [each for each in others if f"change-{each}" in shown] == []
    if verdict:
        assert verdict in shown.replace(f"change-{verdict}", "")


@pytest.mark.parametrize(
    ("effect", "verdict", "words", "colour"),
    [
        (70.0, "better", "↓ 70 % eased", "better"),
        (-12.0, "worse", "↑ 12 % worse", "worse"),
        (70.0, "within_noise", "↓ 70 % less, within noise", "neutral"),
        (-12.0, "cannot_tell", "↑ 12 % more", "neutral"),
        (0.0, "within_noise", "unchanged", "unchanged"),
    ],
)
def test_a_painpoint_that_hurts_less_beyond_chance_is_better(effect: float, verdict: str, words: str, colour: str):
    row = replace(OVERVIEW.painpoints[0], effectiveness=effect, verdict=verdict)
    shown = json.dumps(
        jobs_tables.painpoints(replace(OVERVIEW, painpoints=(row,)), PageView()),
        cls=PlotlyJSONEncoder,
        ensure_ascii=False,
    )
    assert words in shown
    assert f'"change change-{colour}"' in shown
