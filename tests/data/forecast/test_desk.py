"""Forecasts of a services on the sample site, end to end."""

from __future__ import annotations

import csv
import io

import pytest

from data.services.services import Services, open_services
from data.values.filters import Filters
from data.values.forecast import SHARES, ForecastRefused, Question
from sample.source import SampleSite
from tests.sample_services import environment, synced_services


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return synced_services(tmp_path_factory.mktemp("forecasts"))


def test_history_is_what_flow_velocity_counts(services: Services):
    answer = services.forecast.answer(Question(items=20), services.view())
    view = services.view(None, answer.history_start, answer.history_end)
    velocity = next(
        each for each in services.numbers.values(view, family="flow") if each.metric_name == "flow_velocity"
    )
    assert answer.completed == velocity.value
    assert dict(answer.left_out) == velocity.details["exclusions"]


def test_definitions_of_the_view_are_obeyed(services: Services):
    plain = services.forecast.answer(Question(items=20), services.view())
    levels = services.forecast.answer(
        Question(items=20), services.view(filters=Filters(definitions=(("all_levels", "true"),)))
    )
    assert levels.completed > plain.completed


def test_versions_and_epics_are_found(services: Services):
    forecast, view = services.forecast, services.view()
    versions = forecast.open_versions(view)
    assert versions
    for name in versions:
        assert forecast.answer(Question(version=name), view).items > 0, "only versions with work left are offered"
    answer = forecast.answer(Question(version=versions[0].upper()), view)
    assert answer.items == len(answer.remaining.keys) > 0
    facts = services.sites.data(view.snapshot).dataset(view)
    epics = facts.tables.issues.loc[lambda each: each["hierarchy"] == 1, "key"]
    found = 0
    for key in epics:
        try:
            found += len(forecast.answer(Question(epic=key), view).remaining.keys)
        except ForecastRefused as refused:
            assert "left" in refused.message or "below" in refused.message
    assert found


def test_csv_holds_answers_and_outcomes(services: Services):
    rows = list(csv.reader(io.StringIO(services.forecast.csv(Question(items=20), services.view()))))
    answer = services.forecast.answer(Question(items=20), services.view())
    told = {row[0]: row[1] for row in rows}
    assert [told[f"p{share}"] for share in SHARES] == [answer.answers[share] for share in SHARES]
    assert sum(int(row[2]) for row in rows if row[0] == "outcome") == 10_000


def test_only_one_question_at_a_time(services: Services):
    with pytest.raises(ForecastRefused, match="one question"):
        services.forecast.answer(Question(items=3, version="1"), services.view())


def test_without_data_it_is_refused(tmp_path):
    env = environment(tmp_path)
    empty = open_services(env, sample=SampleSite(issues=300))
    with pytest.raises(ForecastRefused, match="no whole day of history"):
        empty.forecast.answer(Question(items=3), empty.view())
