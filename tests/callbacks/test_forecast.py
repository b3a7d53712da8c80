"""The forecast tab on the sample site: question in the URL, answer, refusals, file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callbacks.charts import show_chart
from callbacks.forecast import show_forecast
from data.services.workspace import Workspace, open_workspace
from sample.source import SampleSite
from tests.callbacks.acting import acting, words


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("forecast-tab")
    env = {"THROUGHLINE_HOME": str(folder), "THROUGHLINE_SETTINGS": str(folder / "settings.json")}
    made = open_workspace(env, sample=SampleSite(issues=300))
    assert made.sync_now().error is None
    yield made


def shown(workspace: Workspace, query: str) -> str:
    with acting(workspace):
        body, charts_hidden = show_forecast({"query": query, "revision": "1"})
    assert charts_hidden == ("forecast-headline" not in words(body)), "a refusal is said once, without charts"
    return words(body)


def test_without_a_question_it_says_how_many_in_30_days(workspace):
    assert "85 % chance: " in shown(workspace, "?tab=forecast")
    assert "items or more by" in shown(workspace, "?tab=forecast")


def test_the_question_is_the_url(workspace):
    assert "When are 12 more items done?" in shown(workspace, "?tab=forecast&items=12")
    version = workspace.forecasts.open_versions()[0]
    assert f"Version {version}: " in shown(workspace, f"?tab=forecast&version={version}")


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
        ("items=3&label=nonesuch", "Nothing in the data matches the filters"),
        ("items=3&set=nonesuch:1", "The reason is above."),
    ],
)
def test_what_cannot_be_answered_says_why(workspace, query, said):
    assert said in shown(workspace, f"?tab=forecast&{query}")
    assert "That did not work" not in shown(workspace, f"?tab=forecast&{query}")


def test_before_the_first_sync(tmp_path):
    env = {"THROUGHLINE_HOME": str(tmp_path), "THROUGHLINE_SETTINGS": str(tmp_path / "settings.json")}
    assert "There are no issues yet" in shown(open_workspace(env, sample=SampleSite(issues=300)), "?tab=forecast")


@pytest.mark.parametrize("name", ["forecast_outcomes", "forecast_history"])
@pytest.mark.parametrize("query", ["?tab=forecast", "?tab=forecast&items=12", "?tab=forecast&items=x"])
def test_charts_answer_the_same_question(workspace, name, query):
    with acting(workspace):
        chart = words(show_chart({"query": query, "revision": "1", "chart": name}))
    assert "That did not work" not in chart
    assert ("Give a whole number" in chart) == query.endswith("x")


def test_charts_say_what_the_forecast_says(workspace):
    question = (("items", "12"),)
    made = workspace.forecasts.answer(workspace.forecasts.question(question))
    outcomes = workspace.charts.answer("forecast_outcomes", workspace.period("30d"), options=question)
    assert sum(row[1] for row in outcomes.rows) == made.trials
    assert sum(outcomes.series[0].y) == pytest.approx(100, abs=0.1)
    assert [line.at for line in outcomes.lines] == list(made.answers.values())
    history = workspace.charts.answer("forecast_history", workspace.period("30d"), options=question)
    whole = 7 * len(history.rows)
    assert sum(row[2] for row in history.rows) == sum(made.daily[-whole:])
    for first, _, count in history.rows:
        behind = workspace.charts.issues(
            "forecast_history", first, workspace.period("30d"), options=question, used=True
        )
        assert behind.total == count, first


def test_the_file(workspace, client, use):
    use(workspace)
    answer = client.get("/export/forecast.csv?tab=forecast&items=12")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.text.startswith("what,value,trials")
    assert client.get("/export/forecast.csv?tab=forecast&items=x").status_code == 400


def test_the_history_says_which_days_are_not_in_the_average(workspace):
    def answer(days):
        question = (("items", "5"), ("history", str(days)))
        return workspace.charts.answer("forecast_history", workspace.period("30d"), options=question)

    weeks = sum(row[2] for row in answer(84).rows)
    assert not any("whole week" in each for each in answer(84).notes)
    found = answer(90)
    [note] = [each for each in found.notes if "whole week" in each]
    whole = int(found.reading.partition(" items in 90 days")[0])
    assert note.startswith("The first 6 days, ") and f" no whole week: with {whole - weeks} item" in note
