"""Forecasts of a workspace on the sample site, end to end."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from data.services.workspace import Workspace, open_workspace
from data.values.filters import Filters
from data.values.forecast import SHARES, ForecastRefused, Question
from sample.source import SampleSite


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("forecasts")
    env = {"THROUGHLINE_HOME": str(folder), "THROUGHLINE_SETTINGS": str(folder / "settings.json")}
    made = open_workspace(env, sample=SampleSite(issues=300))
    assert made.sync_now().error is None
    yield made


def test_history_is_what_flow_velocity_counts(workspace: Workspace):
    answer = workspace.forecasts.answer(Question(items=20))
    period = workspace.period(None, answer.history_start, answer.history_end)
    velocity = next(each for each in workspace.values(period, family="flow") if each.metric_name == "flow_velocity")
    assert answer.completed == velocity.value
    assert dict(answer.left_out) == velocity.details["exclusions"]


def test_definitions_of_the_view_are_obeyed(workspace: Workspace):
    plain = workspace.forecasts.answer(Question(items=20))
    levels = workspace.forecasts.answer(Question(items=20), Filters(definitions=(("all_levels", "true"),)))
    assert levels.completed > plain.completed


def test_versions_and_epics_are_found(workspace: Workspace):
    desk = workspace.forecasts
    versions = desk.open_versions()
    assert versions
    for name in versions:
        assert desk.answer(Question(version=name)).items > 0, "only versions with work left are offered"
    answer = desk.answer(Question(version=versions[0].upper()))
    assert answer.items == len(answer.remaining.keys) > 0
    facts = workspace.facts()
    epics = facts.tables.issues.loc[lambda each: each["hierarchy"] == 1, "key"]
    found = 0
    for key in epics:
        try:
            found += len(desk.answer(Question(epic=key)).remaining.keys)
        except ForecastRefused as refused:
            assert "left" in refused.message or "below" in refused.message
    assert found


def test_csv_holds_answers_and_outcomes(workspace: Workspace):
    rows = list(csv.reader(io.StringIO(workspace.forecasts.csv(Question(items=20)))))
    answer = workspace.forecasts.answer(Question(items=20))
    told = {row[0]: row[1] for row in rows}
    assert [told[f"p{share}"] for share in SHARES] == [answer.answers[share] for share in SHARES]
    assert sum(int(row[2]) for row in rows if row[0] == "outcome") == 10_000


def test_only_one_question_at_a_time(workspace: Workspace):
    with pytest.raises(ForecastRefused, match="one question"):
        workspace.forecasts.answer(Question(items=3, version="1"))


def test_without_data_it_is_refused(tmp_path):
    env = {"THROUGHLINE_HOME": str(tmp_path), "THROUGHLINE_SETTINGS": str(tmp_path / "settings.json")}
    empty = open_workspace(env, sample=SampleSite(issues=300))
    with pytest.raises(ForecastRefused, match="no whole day of history"):
        empty.forecasts.answer(Question(items=3))
