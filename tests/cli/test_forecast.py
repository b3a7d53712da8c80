"""`forecast` on services with fixed answers, and once on a real one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from data.services.forecast import ForecastService
from data.services.view import View
from data.values.backtest import Backtest
from data.values.day_spans import day_spans
from data.values.filters import Filters, only
from data.values.forecast import SHARES, Forecast, ForecastRefused, Question, Remaining
from tests.cli.conftest import Terminal
from tests.cli.fakes import FakeServices

WHEN = Forecast(
    kind="when",
    items=60,
    by=None,
    answers={50: "2026-02-10", 70: "2026-02-12", 85: "2026-02-16", 95: None},
    reached={50: 51.0, 70: 70.2, 85: 84.8},
    seed=7,
    trials=10_000,
    history_start="2025-11-02",
    history_end="2026-01-30",
    zone="Europe/Berlin",
    today="2026-01-31",
    horizon="2031-01-30",
    daily=(2, 0, 3),
    left_out=(("sub-task", 4),),
    outcomes=(("2026-02-10", 9_000), ("2026-02-12", 1_000)),
    backtest=Backtest(40, 10, {50: 20, 70: 29, 85: 34, 95: 39}, "2025-03-01", "2026-01-30"),
    notes=("A note.",),
)
HOW_MANY = replace(WHEN, kind="how_many", items=None, by="2026-03-01", answers={50: 90, 70: 80, 85: 70, 95: 55})


class FakeForecast(ForecastService):
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Question, Filters]] = []
        self.made: Forecast | Exception = WHEN

    def answer(self, question: Question, view: View) -> Forecast:
        self.asked.append((question, view.filters))
        if isinstance(self.made, Exception):
            raise self.made
        return self.made

    def csv(self, question: Question, view: View) -> str:
        self.asked.append((question, view.filters))
        return "what,value,trials\r\np50,2026-02-10,\r\n"


@pytest.fixture
def forecasts(services: FakeServices) -> FakeForecast:
    services.forecast = found = FakeForecast()
    return found


def test_json_has_the_four_answers_and_what_they_rest_on(terminal: Terminal, forecasts: FakeForecast) -> None:
    said = terminal("forecast", "--items", "60", "--seed", "7", "--history", "30", "--format", "json")
    made = json.loads(said.out)
    assert (said.code, said.err) == (0, "")
    assert [made[f"p{share}"] for share in SHARES] == ["2026-02-10", "2026-02-12", "2026-02-16", None]
    assert (made["seed"], made["trials"]) == (7, 10_000)
    assert (made["history_start"], made["history_end"]) == ("2025-11-02", "2026-01-30")
    assert made["backtest"]["p85_held_percent"] == 85
    assert forecasts.asked == [(Question(items=60, seed=7, history=30), Filters())]


def test_by_a_date(terminal: Terminal, forecasts: FakeForecast) -> None:
    forecasts.made = HOW_MANY
    made = json.loads(terminal("forecast", "--by", "2026-03-01", "--format", "json").out)
    assert [made[f"p{share}"] for share in SHARES] == [90, 80, 70, 55]
    assert forecasts.asked[0][0].by == date(2026, 3, 1)


def test_how_likely_so_many_by_a_date(terminal: Terminal, forecasts: FakeForecast) -> None:
    forecasts.made = replace(HOW_MANY, kind="how_likely", items=85, chance=61.25)
    said = terminal("forecast", "--by", "2026-03-01", "--items", "85")
    assert "61 % chance: 85 items or more by 1 Mar 2026." in said.out
    assert forecasts.asked[0][0] == Question(items=85, by=date(2026, 3, 1))
    made = json.loads(terminal("forecast", "--by", "2026-03-01", "--items", "85", "--format", "json").out)
    assert (made["question"], made["chance_percent"]) == ("how_likely", 61.25)


def test_days_sample_draw_and_unit_reach_the_service(terminal: Terminal, forecasts: FakeForecast) -> None:
    terminal(
        "forecast",
        "--items",
        "3",
        "--days-off",
        "2026-12-21..2027-01-01",
        "--days-off",
        "2027-01-06",
        "--sample",
        "2026-01-01..2026-03-31",
        "--without",
        "2026-02-02",
        "--draw",
        "plain",
        "--unit",
        "points",
    )
    question = forecasts.asked[0][0]
    assert question.off == day_spans("2026-12-21..2027-01-01, 2027-01-06")
    assert (question.sample,) == day_spans("2026-01-01..2026-03-31")
    assert (question.without, question.draw, question.unit) == (day_spans("2026-02-02"), "plain", "points")


def test_filters_and_definitions_reach_the_service(terminal: Terminal, forecasts: FakeForecast) -> None:
    terminal("forecast", "--version", "2.0", "--project", "SHOP", "--set", "completion:first", "--set", "zone:UTC")
    question, filters = forecasts.asked[0]
    assert question == Question(version="2.0")
    assert filters == Filters(only(project=("SHOP",)).where, (("completion", "first"), ("zone", "UTC")))


def test_the_table_says_it_in_words(terminal: Terminal, forecasts: FakeForecast) -> None:
    forecasts.made = replace(WHEN, remaining=Remaining("Version 2.0", ("SHOP-1", "SHOP-2"), 3, (("sub-task", 1),)))
    out = " ".join(terminal("forecast", "--version", "2.0").out.split())
    for words in (
        "Version 2.0: 60 items left, 3 done. When is it done?",
        "by 16 Feb 2026",
        "after 30 Jan 2031",
        "10,000 trials, seed 7",
        "40 windows",
        "85 %: 85 % (85 %)",
        "about 10 separate ones",
        "70.2 %",
        "A note.",
        "To do: SHOP-1, SHOP-2",
        "1 left out (sub-task)",
    ):
        assert words in out


def test_csv(terminal: Terminal, forecasts: FakeForecast) -> None:
    assert terminal("forecast", "--epic", "SHOP-9", "--format", "csv").out.startswith("what,value,trials")
    assert forecasts.asked[0][0].epic == "SHOP-9"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--items", "3", "--version", "2.0"],
        ["--items", "3", "--days-off", "Xmas"],
        ["--items", "3", "--draw", "blindly"],
        ["--by", "2026-03-01", "--sample", "2026-02-01..2026-01-01"],
        ["--items", "0"],
        ["--by", "soon"],
        ["--items", "3", "--seed", "-1"],
        ["--items", "3", "--history", "0"],
        ["--items", "3", "--set", "completion"],
    ],
)
def test_what_is_typed_wrongly_is_one_line_and_exit_2(
    terminal: Terminal, forecasts: FakeForecast, words: list[str]
) -> None:
    said = terminal("forecast", *words)
    assert (said.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert not forecasts.asked


def test_a_refusal_is_one_line_and_exit_1(terminal: Terminal, forecasts: FakeForecast) -> None:
    forecasts.made = ForecastRefused("Too little.", "Take more.")
    said = terminal("forecast", "--items", "3")
    assert (said.code, said.out, said.err) == (1, "", "Too little. Take more.\n")


def test_a_site_never_synced_is_exit_3(terminal: Terminal, services: FakeServices, forecasts: FakeForecast) -> None:
    services.synced_at = None
    assert terminal("forecast", "--items", "3").code == 3
