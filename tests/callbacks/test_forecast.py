"""The forecast tab on the sample site: question in the URL, answer, refusals, file."""

from __future__ import annotations

from html import unescape

import pytest

from callbacks.charts import show_chart
from callbacks.forecast import show_forecast
from data.services.services import Services, open_services
from data.values.backtest import past_words
from data.values.filters import Filters, only
from data.values.forecast_words import told
from data.values.teams import TeamView
from sample.source import SampleSite
from tests.callbacks.acting import acting, words
from tests.sample_services import environment, synced_services


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return synced_services(tmp_path_factory.mktemp("forecast-tab"))


def shown(services: Services, query: str) -> str:
    with acting(services):
        body, charts_hidden = show_forecast({"query": query, "revision": "1"})
    assert charts_hidden == ("forecast-headline" not in words(body)), "a refusal is said once, without charts"
    return words(body)


def test_without_a_question_it_says_how_many_in_30_days(services):
    assert "85 % chance: " in shown(services, "?tab=forecast")
    assert "items or more by" in shown(services, "?tab=forecast")


def test_the_question_is_the_url(services):
    assert "When are 12 more items done?" in shown(services, "?tab=forecast&items=12")
    version = services.forecast.open_versions(services.view())[0]
    assert f"Version {version}: " in shown(services, f"?tab=forecast&version={version}")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("items=none", "Give a whole number"),
        ("items=0", "0 items cannot be forecast"),
        ("by=2001-01-01", "lies in the past"),
        ("by=soon", "YYYY-MM-DD"),
        ("items=3&history=1", "two days with completions"),
        ("version=nonesuch", "There is no version 'nonesuch'"),
        ("epic=X-1", "There is no issue 'X-1'"),
        ("items=3&sample=soon", "is not a day"),
        ("items=3&off=2026-12-24..2026-12-20", "Swap the two days"),
        ("items=3&draw=blindly", "Days are drawn weekdays or plain"),
        ("items=3&unit=hours", "items or points"),
        ("version=1&teams=Nobody|Somebody", "There is no saved view"),
        ("items=3&label=nonesuch", "Nothing in the data matches the filters"),
        ("items=3&set=nonesuch:1", "The reason is above."),
    ],
)
def test_what_cannot_be_answered_says_why(services, query, said):
    assert said in shown(services, f"?tab=forecast&{query}")
    assert "That did not work" not in shown(services, f"?tab=forecast&{query}")


def test_several_teams_share_a_delivery(services):
    snapshot = services.snapshot()
    for name, project in (("Shop team", "SHOP"), ("Pay team", "PAY")):
        services.teams.save(TeamView(name=name, period="90d", filters=only(project=(project,))), snapshot)
    with acting(services):
        body, charts_hidden = show_forecast({"query": "?tab=forecast&teams=Shop team=9|pay team=4", "revision": "1"})
        charts = [
            words(show_chart({"chart": name, "query": "?tab=forecast&teams=Shop team=9|pay team=4"}))
            for name in ("forecast_outcomes", "forecast_history")
        ]
    said = words(body)
    assert not charts_hidden
    assert "At least half of the trials" in charts[0]
    assert all(line in charts[0] for line in ("Shop team: 9 items, alone by ", "Pay team: 4 items, alone by "))
    assert "a week on average" in charts[1]
    assert "When are 2 teams done with 13 items?" in said
    assert "Shop team: 9 items, alone by " in said
    assert "Pay team: 4 items, alone by " in said


def test_before_the_first_sync(tmp_path):
    env = environment(tmp_path)
    assert "There are no issues yet" in shown(open_services(env, sample=SampleSite(issues=300)), "?tab=forecast")


@pytest.mark.parametrize("name", ["forecast_outcomes", "forecast_history"])
@pytest.mark.parametrize("query", ["?tab=forecast", "?tab=forecast&items=12", "?tab=forecast&items=x"])
def test_charts_answer_the_same_question(services, name, query):
    with acting(services):
        chart = words(show_chart({"query": query, "revision": "1", "chart": name}))
    assert "That did not work" not in chart
    assert ("Give a whole number" in chart) == query.endswith("x")


def test_charts_say_what_the_forecast_says(services):
    question = (("items", "12"),)
    made = services.forecast.answer(services.forecast.question(question, services.view()), services.view())
    outcomes = services.charts.answer("forecast_outcomes", services.view("30d"), options=question)
    assert sum(row[1] for row in outcomes.rows) == made.trials
    assert sum(outcomes.series[0].y) == pytest.approx(100, abs=0.1)
    assert [line.at for line in outcomes.lines] == list(made.answers.values())
    history = services.charts.answer("forecast_history", services.view("30d"), options=question)
    whole = 7 * len(history.rows)
    assert sum(row[2] for row in history.rows) == sum(made.daily[-whole:])
    for first, _, count in history.rows:
        behind = services.charts.issues("forecast_history", first, services.view("30d"), options=question, used=True)
        assert behind.total == count, first


def test_the_file(services, client, use):
    use(services)
    answer = client.get("/export/forecast.csv?tab=forecast&items=12")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.text.startswith("what,value,trials")
    assert client.get("/export/forecast.csv?tab=forecast&items=x").status_code == 400


def test_the_history_says_which_days_are_not_in_the_average(services):
    def answer(days):
        question = (("items", "5"), ("history", str(days)))
        return services.charts.answer("forecast_history", services.view("30d"), options=question)

    weeks = sum(row[2] for row in answer(84).rows)
    assert not any("less than a week" in each for each in answer(84).notes)
    found = answer(90)
    [note] = [each for each in found.notes if "less than a week" in each]
    whole = int(found.reading.partition(" items in 90 days")[0])
    assert note.startswith("The first 6 days, ") and f" less than a week: their {whole - weeks} item" in note


def test_page_terminal_and_report_say_the_same_sentences(services):
    asked = (("items", "12"), ("seed", "3"))
    view = services.view(filters=Filters())
    text = told(services.forecast.answer(services.forecast.question(asked, view), view))
    page = shown(services, "?tab=forecast&items=12&seed=3")
    report = unescape(services.overview.html(view, options=asked))
    for said in (text.question, text.headline.removesuffix("."), *(each for row in text.rows for each in row)):
        assert said in page, said
        assert said in report, said
    for said in text.sentences:
        assert said in report, said
        if not said.startswith(("Would it have held", "Answers held")):  # the page has a heading and a table of these
            assert said in page, said
    assert past_words(services.forecast.answer(services.forecast.question(asked, view), view).backtest) in page


def test_a_report_without_enough_history_says_why_there_is_no_forecast(services):
    nobody = services.view(filters=only(label=("nonesuch",)))
    report = unescape(services.overview.html(nobody))
    assert "There is no forecast." in report
    assert "Nothing in the data matches the filters" in report
