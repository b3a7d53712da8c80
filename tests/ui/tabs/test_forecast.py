"""The tab "Forecast" from plain values."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from plotly.utils import PlotlyJSONEncoder

from data.values.backtest import Backtest, confidence_words, past_words
from data.values.forecast import Remaining, TeamPart
from data.values.problem import Problem
from tests.cli.test_forecast import HOW_MANY, WHEN
from ui.tabs.forecast import forecast_page, headline
from ui.url import PageView, parse


def words(component) -> str:
    return json.dumps(component, cls=PlotlyJSONEncoder, ensure_ascii=False)


def page(answer, view: PageView = PageView(tab="forecast"), browse: str = "https://jira.example"):  # noqa: B008 - a plain value
    return words(forecast_page(answer, view, ("2.0",), "2026-01-31", browse))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (WHEN, "85 % chance: by 16 Feb 2026"),
        (HOW_MANY, "85 % chance: 70 items or more by 1 Mar 2026"),
        (
            replace(WHEN, answers={50: "2026-02-10", 70: None, 85: None, 95: None}),
            "85 % chance: later than 30 Jan 2031",
        ),
    ],
)
def test_the_answer_comes_first_in_words(answer, said):
    assert headline(answer) == said
    assert said in page(answer)


def test_every_answer_and_what_it_rests_on_is_there():
    shown = page(replace(WHEN, steps=("A step with figures.",)))
    for said in (
        "by 10 Feb 2026",
        "by 12 Feb 2026",
        "after 30 Jan 2031",
        "Drawn from 5 items",
        "3 whole days; 4 items left out",
        "seed 7",
        "A note.",
        "A step with figures.",
        "held in 85 % of 40 windows",
        "84.8 % of the trials",
        "not within five years",
        "about 10 separate ones",
        "/export/forecast.csv?tab=forecast",
    ):
        assert said in shown, said


def test_how_likely_is_answered_first():
    answer = replace(HOW_MANY, kind="how_likely", items=85, chance=61.25)
    assert headline(answer) == "61 % chance: 85 items or more by 1 Mar 2026"
    assert headline(replace(answer, chance=99.99)).startswith("Over 99 % chance")
    assert headline(replace(answer, chance=0.0)).startswith("Under 1 % chance")
    assert "How likely are 85 items completed from now until 1 Mar 2026?" in page(answer)


def test_an_overconfident_past_is_said_beside_the_answer():
    test = Backtest(
        40,
        10,
        {50: 9, 70: 15, 85: 20, 95: 30},
        "2025-03-01",
        "2026-01-30",
        stated=dict.fromkeys((50, 70, 85, 95), 86.0),
    )
    shown = page(replace(WHEN, backtest=test))
    assert "Overconfident in the past: the 85 % answer held in 50 %" in shown
    assert "it promised 86 %" in shown


def test_days_can_be_taken_out_and_put_back():
    answer = replace(
        WHEN,
        history_start="2026-01-28",
        daily=(2, 0, 3),
        in_sample=(True, False, False),
        off=("2026-01-30..2026-02-01",),
        worked=None,
    )
    shown = page(answer, parse("?tab=forecast&items=60&without=2026-01-29"))
    assert "1 day of 3 is drawn from." in shown
    assert '"href": "?tab=forecast&items=60&without=2026-01-28..2026-01-29"' in shown, "a click takes 28 Jan out too"
    assert '"href": "?tab=forecast&items=60"' in shown, "a click puts 29 Jan back"
    assert "Fri 30 Jan 2026: 3 items; a day off, not drawn" in shown
    assert "Days off, neither worked nor drawn: 30 Jan – 1 Feb 2026." in shown


def test_what_is_asked_stands_in_the_forms():
    view = parse("?tab=forecast&version=2.0&history=30&seed=7&project=SHOP")
    shown = page(WHEN, view)
    assert '"value": "2.0"' in shown
    assert '"value": "30"' in shown
    assert '"value": "7"' in shown
    assert "/export/forecast.csv?tab=forecast&project=SHOP&history=30&seed=7&version=2.0" in shown


def test_several_teams_are_told_one_by_one():
    parts = (TeamPart("Web", 40, "2026-02-09", 71.4), TeamPart("Mobile", 20, None, 30.0))
    answer = replace(WHEN, teams=parts, by="2026-02-20", chance=81.0)
    view = parse("?tab=forecast&teams=Web=40|Mobile=20&by=2026-02-20")
    shown = page(answer, view)
    assert "When are 2 teams done with 60 items?" in shown
    assert "81 % chance that all are done by 20 Feb 2026." in shown
    assert "Web: 40 items, alone by 9 Feb 2026 (85 %), the last in 71 % of the trials." in shown
    assert "Mobile: 20 items, alone after 30 Jan 2031" in shown
    assert shown.count('"value": "2026-02-20"') == 1, "the date stands in the form of the teams only"


def test_a_refusal_keeps_the_forms():
    shown = page(Problem("Too little history.", todo="Take more."), parse("?tab=forecast&items=7"))
    assert "Too little history." in shown
    assert "Take more." in shown
    assert '"value": "7"' in shown


def test_what_is_left_is_named_and_linked():
    keys = tuple(f"SHOP-{n}" for n in range(1, 41))
    answer = replace(WHEN, items=40, remaining=Remaining("Version <b>2</b>", keys, 3, (("sub-task", 2),)))
    shown = page(answer)
    assert "https://jira.example/browse/SHOP-30" in shown
    assert "SHOP-31" not in shown
    assert "and 10 more" in shown
    assert "2 sub-task" in shown
    assert "Version <b>2</b>: 40 items left, 3 done." in shown, "text of the data is text"
    assert "/browse/" not in page(answer, browse="")


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (Backtest(0, 0, dict.fromkeys((50, 70, 85, 95), 0)), "not enough data before the history"),
        (Backtest(0, 0, dict.fromkeys((50, 70, 85, 95), 0), waiting=4), "the dates have not come"),
        (Backtest(40, 10, {50: 9, 70: 15, 85: 20, 95: 30}, "2025-03-01", "2026-01-30"), "Overconfident"),
        (Backtest(40, 30, {50: 39, 70: 40, 85: 40, 95: 40}, "2025-03-01", "2026-01-30"), "Underconfident"),
        (Backtest(40, 3, {50: 39, 70: 40, 85: 40, 95: 40}, "2025-03-01", "2026-01-30"), "too few to say"),
        (Backtest(40, 20, {50: 20, 70: 28, 85: 34, 95: 38}, "2025-03-01", "2026-01-30"), "As good as its word"),
        (
            Backtest(
                40, 20, {50: 20, 70: 28, 85: 34, 95: 38}, "2025-03-01", "2026-01-30", loss=1.5, naive=2.0, unit="days"
            ),
            "Mean pinball loss: 1.50 days; a naive forecast, in which the average pace goes on, has 2.00. "
            "This one is 25 % better",
        ),
        (Backtest(40, 3, {50: 20, 70: 28, 85: 34, 95: 38}, "2025-03-01", "2026-01-30"), "a hint, not proof"),
    ],
)
def test_the_backtest_is_said_honestly(test, said):
    assert said in f"{confidence_words(test)} {past_words(test)}"


def test_the_date_is_picked_from_a_calendar_and_written_in_words():
    """The browser would show 11/12/2026 or 12/11/2026, as its language has it: ui/assets/days.js writes 11 Dec 2026."""
    text = page(HOW_MANY)
    assert text.count('"day-field"') == text.count('"type": "date"') == text.count('"day-words"') == 3
    assert f'"value": "{HOW_MANY.by}"' in text


def test_the_form_names_a_version_with_work_left_or_none():
    for versions, named in (((), '"placeholder": ""'), (("3.1",), '"placeholder": "3.1"')):
        shown = words(forecast_page(Problem("No."), PageView(tab="forecast"), versions, "2026-01-31", ""))
        assert named in shown
