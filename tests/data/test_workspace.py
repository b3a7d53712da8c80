"""The workspace answers every door from the same data, and says what is missing."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from data.jira.errors import InvalidUrl, JiraError
from data.services.workspace import open_workspace
from data.settings.connection import HomeError
from data.settings.store import Conflict, Invalid
from data.values.filters import Filters
from data.values.metric_value import ErrorState
from data.values.periods import PeriodError
from sample.generator import generate
from sample.server import BAD_TOKEN, SampleServer
from sample.source import SampleSite
from tests.some import some

SAMPLE = SampleSite(issues=240)


@pytest.fixture(scope="module")
def served():
    """A Jira Cloud on this machine."""
    with SampleServer(generate(160, seed=3, until=datetime.now(UTC).date())) as server:
        yield server


@pytest.fixture
def env(tmp_path):
    return {"THROUGHLINE_HOME": str(tmp_path / "home"), "THROUGHLINE_SETTINGS": str(tmp_path / "app_settings.json")}


@pytest.fixture(scope="module")
def synced(tmp_path_factory):
    """The state folder of the sample site after its first sync; who uses it takes a copy."""
    folder = tmp_path_factory.mktemp("synced")
    env = {"THROUGHLINE_HOME": str(folder / "home"), "THROUGHLINE_SETTINGS": str(folder / "app_settings.json")}
    assert open_workspace(env, sample=SAMPLE).sync_now().error is None
    return folder / "home"


@pytest.fixture
def workspace(env, synced):
    """On the sample site, synced."""
    shutil.copytree(synced, env["THROUGHLINE_HOME"])
    return open_workspace(env, sample=SAMPLE)


@pytest.fixture
def connected(env, served):
    """On a configured site, not synced yet."""
    return open_workspace({**env, "JIRA_URL": served.url, "JIRA_EMAIL": "me@example.org", "JIRA_TOKEN": "good"})


def names(values):
    return [value.metric_name for value in values]


def test_without_a_site_the_sample_fills_all_ten_cards(workspace):
    values = workspace.values(workspace.period("90d"))
    assert len(values) == 10
    assert {value.error_state for value in values} == {ErrorState.SUCCESS}


def test_the_sample_never_writes_the_users_settings(workspace, tmp_path):
    _, revision, _ = workspace.settings()
    workspace.save({"definitions": {"percentile": "nearest_rank"}}, revision)
    assert not (tmp_path / "app_settings.json").exists()
    assert workspace.settings()[0].definitions.percentile == "nearest_rank"


def test_a_configured_site_never_uses_the_sample(connected, served):
    status = connected.status()
    assert (status.is_sample, status.configured, status.synced_at) == (False, True, None)
    assert connected.sync_now().fetched > 100
    status = connected.status()
    assert status.site_url == served.url
    assert status.issue_count > 100
    assert status.first_day < status.last_day


def test_before_the_first_sync_no_number_is_invented(connected):
    values = connected.values(connected.period("30d"))
    assert all(value.value is None for value in some(values, 5))


def test_a_second_answer_comes_from_the_cache_and_a_sync_makes_it_stale(workspace):
    period = workspace.period("30d")
    first = workspace.answer("dora", period)
    assert first.state == "calculated"
    again = workspace.answer("dora", period)
    assert again.state == "fresh"
    assert [value.to_dict() for value in again.values] == [value.to_dict() for value in first.values]
    workspace.sync_now()
    assert workspace.answer("dora", period, stale_ok=True).state == "stale"
    assert workspace.answer("dora", period).state == "calculated"


def test_a_changed_mapping_is_another_question(workspace):
    period = workspace.period("90d")
    before = workspace.answer("dora", period).values[0]
    workspace.save(
        {"dora_flow_config": {"field_mappings": {"dora": {"deployment_date": None}}}}, workspace.settings()[1]
    )
    after = workspace.answer("dora", period)
    assert after.state == "calculated"
    assert after.values[0].details["source"] == "versions"
    assert before.details["source"] == "issues"


def test_preview_shows_what_a_save_would_change_and_changes_nothing(workspace):
    period = workspace.period("90d")
    patch = {"dora_flow_config": {"field_mappings": {"dora": {"deployment_date": None}}}}
    changed = workspace.preview(patch, period)
    assert "deployment_frequency" in names(after for _, after in changed)
    assert workspace.answer("dora", period).values[0].details["source"] == "issues"
    assert workspace.preview({}, period) == []


def test_preview_refuses_a_setting_that_is_none(workspace):
    with pytest.raises(Invalid):
        workspace.preview({"definitions": {"percentile": "roughly"}}, workspace.period("30d"))


def test_of_two_editors_one_wins_and_the_other_learns_which_value_differs(workspace):
    _, revision, _ = workspace.settings()
    workspace.save({"definitions": {"tier_year": 2021}}, revision)
    with pytest.raises(Conflict) as caught:
        workspace.save({"definitions": {"tier_year": 2024}}, revision)
    assert caught.value.fields == ["definitions.tier_year"]
    assert workspace.settings()[0].definitions.tier_year == 2021


def test_a_newly_mapped_field_is_filled_in_without_reading_everything(connected):
    connected.sync_now()
    name = next(each for each in connected.suggestions()["deployment_date"])
    period = connected.period("90d")
    before = connected.answer("dora", period).values[0]
    connected.save(
        {"dora_flow_config": {"field_mappings": {"dora": {"deployment_date": name.field_id}}}}, connected.settings()[1]
    )
    assert connected.job.wait(30).state == "done"
    assert connected.job.result.mode == "fill"
    after = connected.answer("dora", period).values[0]
    assert (before.details["source"], after.details["source"]) == ("versions", "issues")
    assert after.value > 0
    metadata = connected.settings()[0].dora_flow_config.field_metadata[name.field_id]
    assert metadata["type"] in ("date", "datetime")


def test_a_mapped_field_that_is_not_fetched_yet_says_so(connected):
    connected.sync_now()
    field = connected.suggestions()["deployment_date"][0].field_id
    patch = {
        "dora_flow_config": {"field_mappings": {"dora": {"deployment_date": field}}},
        "definitions": {"deployment_source": "issues"},
    }
    _, after = next(
        pair
        for pair in connected.preview(patch, connected.period("90d"))
        if pair[1].metric_name == "deployment_frequency"
    )
    assert after.error_state == ErrorState.MISSING_MAPPING
    assert "not fetched yet" in after.error_message


@pytest.mark.parametrize("metric", ["deployment_frequency", "flow_time", "flow_load", "lead_time_for_changes"])
def test_the_issues_behind_a_number_are_those_it_counts(workspace, metric):
    period = workspace.period("90d")
    value = workspace.detail(metric, period).value
    page = workspace.issue_page(metric, period, count=10_000)
    assert page.total == value.total_issue_count
    assert sum(not row.used for row in page.rows) == value.excluded_issue_count
    for reason, count in value.details["exclusions"].items():
        assert workspace.issue_page(metric, period, reason=reason).total == count


def test_issues_are_sorted_paged_and_searched(workspace):
    period = workspace.period("90d")
    rows = workspace.issue_page("flow_time", period, count=10_000, sort=("value", "desc"), used=True).rows
    spans = [row.value for row in rows]
    assert spans == sorted(spans, reverse=True)
    pages = [workspace.issue_page("flow_time", period, first=n, count=7, sort=("key", "asc")).rows for n in (0, 7)]
    assert len({row.key for page in pages for row in page}) == 14
    wanted = rows[0]
    found = workspace.issue_page("flow_time", period, text=wanted.key.lower())
    assert wanted.key in {row.key for row in found.rows}
    with pytest.raises(LookupError):
        workspace.issue_page("flow_time", period, sort=("colour", "asc"))


def test_only_the_issues_that_hold_the_text_are_found(workspace):
    period = workspace.period("90d")
    rows = workspace.issue_page("flow_time", period, count=10_000).rows
    for text in (rows[0].key, rows[0].key.lower(), rows[0].summary[:9].upper(), rows[0].type, "no such text"):
        wanted = {
            row.key
            for row in rows
            if any(text.lower() in part.lower() for part in (row.key, row.type, row.status, row.project, row.summary))
        }
        found = workspace.issue_page("flow_time", period, count=10_000, text=f" {text} ")
        assert {row.key for row in found.rows} == wanted, text
        assert found.total == len(found.rows) == len(wanted)
    assert workspace.issue_page("flow_time", period, count=10_000, text="  ").rows == rows
    assert workspace.issue_page("flow_time", period, text="no such text").total == 0


@pytest.mark.parametrize("column", ["key", "summary", "start", "end", "value", "used", "type", "reason"])
def test_a_column_sorts_both_ways_and_what_is_missing_comes_last(workspace, column):
    period = workspace.period("90d")
    up, down = (
        workspace.issue_page("flow_time", period, count=10_000, sort=(column, direction)).rows
        for direction in ("asc", "desc")
    )
    assert {row.key for row in up} == {row.key for row in down}

    def known(rows):
        cells = [getattr(row, column) for row in rows]
        places = [n for n, cell in enumerate(cells) if cell is not None]
        if column in ("start", "end", "value"):
            assert places == list(range(len(places))), "what is missing comes last"
        return [cells[n] for n in places]

    if column == "key":
        numbers = [(row.key.rpartition("-")[0], int(row.key.rpartition("-")[2])) for row in up]
        assert numbers == sorted(numbers)
    else:
        first, last = (
            [str(cell).casefold() if isinstance(cell, str) else cell for cell in known(rows)] for rows in (up, down)
        )
        ascending = sorted(first, key=lambda cell: not cell) if column == "used" else sorted(first)
        assert first == ascending
        assert last == ascending[::-1]


def test_csv_holds_the_exact_numbers(workspace):
    period = workspace.period("90d")
    rows = list(csv.DictReader(io.StringIO(workspace.csv_all(period))))
    values = workspace.values(period)
    assert [row["metric_name"] for row in rows] == names(values)
    assert [float(row["value"]) for row in rows] == [value.value for value in values]
    one = list(csv.DictReader(io.StringIO(workspace.csv_metric("flow_time", period))))
    assert [row["metric_name"] for row in one] == ["flow_time"]
    issues = list(csv.DictReader(io.StringIO(workspace.csv_issues("flow_time", period))))
    assert len(issues) == next(value for value in values if value.metric_name == "flow_time").total_issue_count


def test_filters_leave_only_what_they_name(workspace):
    period = workspace.period("90d")
    project = workspace.choices().projects[0][0]
    page = workspace.issue_page("flow_velocity", period, Filters(projects=(project,)), count=10_000)
    assert page.total > 0
    assert {row.project for row in page.rows} == {project}


def test_an_empty_period_offers_one_with_data(workspace):
    old = workspace.period(None, "2015-01-01", "2015-01-31")
    answer = workspace.answer("flow", old)
    assert all(value.error_state == ErrorState.NO_DATA for value in answer.values)
    first, last = answer.suggestion
    there = workspace.answer("flow", workspace.period(None, first, last))
    assert any(value.value is not None for value in there.values)
    assert workspace.answer("flow", old).suggestion == (first, last)  # also when it comes from the cache


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [("2026-02-01", "2026-01-01", "before it starts"), ("2024-01-01", "2025-06-01", "at most 366"), ("tomorrow", "2026-01-01", "YYYY-MM-DD"), ("2026-01-01", None, "both")],
)  # fmt: skip
def test_a_period_that_is_none_says_why(workspace, first, last, says):
    with pytest.raises(PeriodError, match=says):
        workspace.period(None, first, last)


def test_old_data_starts_one_sync_when_the_page_opens(env):
    clock = [datetime.now(UTC)]
    made = open_workspace(env, sample=SAMPLE, clock=lambda: clock[0])
    assert made.ensure_fresh()
    assert made.job.wait(30).state == "done"
    assert not made.ensure_fresh()
    clock[0] += timedelta(hours=25)
    assert made.status().stale
    assert made.ensure_fresh()
    assert made.job.wait(30).state == "done"


def test_a_refused_token_fails_with_what_to_do_and_keeps_the_data(connected, env, served):
    connected.sync_now()
    refused = open_workspace({**env, "JIRA_URL": served.url, "JIRA_EMAIL": "me@example.org", "JIRA_TOKEN": BAD_TOKEN})
    result = refused.sync_now()
    assert result.error["code"] == "not_authorized"
    assert refused.status().issue_count > 100
    refused.start_sync()
    state = refused.job.wait(30)
    assert state.state == "failed"
    assert "token" in str(state.problem)
    assert BAD_TOKEN not in str(state.problem)
    assert state.problem in refused.status().problems  # the page says so, whatever tab is open
    assert not refused.ensure_fresh()  # opening the page again does not hammer Jira


def test_connecting_keeps_the_token_out_of_the_settings(env, served, tmp_path):
    made = open_workspace(env, sample=SAMPLE)
    form = made.connection()
    report = made.test_connection(served.url, "me@example.org", "secret-token")
    assert report.ok, report.problem
    made.connect(served.url, "me@example.org", "secret-token", "", form.revision)
    assert made.job.wait(30).state == "done"
    assert not made.status().is_sample
    assert made.connection().token_present
    text = (tmp_path / "app_settings.json").read_text()
    assert "secret-token" not in text
    assert json.loads(text)["jira"]["url"] == served.url


def test_connection_tests_say_what_is_wrong(env, served):
    made = open_workspace(env, sample=SAMPLE)
    assert "token" in str(made.test_connection(served.url, "me@example.org", BAD_TOKEN).problem)
    assert not made.test_connection("http://127.0.0.1:9", "me@example.org", "x").ok
    assert not made.test_connection("ftp://nowhere", "", "x").ok
    with pytest.raises(InvalidUrl):
        made.connect("ftp://nowhere", "", "x", "", made.connection().revision)


def test_without_site_and_sample_the_next_step_is_named(env):
    made = open_workspace(env)
    with pytest.raises(JiraError, match="JIRA_URL"):
        made.sync_now()
    assert made.status().issue_count == 0


def test_a_state_folder_that_is_a_file_is_refused_with_what_to_do(env, tmp_path):
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(HomeError, match="THROUGHLINE_HOME"):
        open_workspace(env, sample=SAMPLE)


def test_the_doctor_finds_what_is_wrong(workspace, connected):
    assert all(check.ok is not False for check in workspace.doctor())
    failed = {check.name for check in connected.doctor() if check.ok is False}
    assert failed == {"Data"}


def test_a_field_of_another_type_or_none_at_all_does_not_fit(workspace):
    fields = {field.name: field for field in workspace.jira_fields()}
    points = fields["Story Points"].id
    assert "needs" in workspace.check("deployment_date", points).what
    assert workspace.check("story_points", points) is None
    assert "no field" in workspace.check("story_points", "customfield_99999").what
    assert workspace.check("deployment_date", "summary") is not None


def test_days_before_the_querys_reach_are_not_compared(workspace):
    """The default query holds issues updated in the last 365 days; a year before them is not whole."""
    last = workspace.today() - timedelta(days=1)
    year = workspace.period(None, (last - timedelta(days=299)).isoformat(), last.isoformat())
    value = workspace.detail("flow_velocity", year).value
    assert value.value > 0
    assert value.details["previous_value"] is None
    assert value.details["previous_complete"] is False
    assert None in value.details["sparkline"]
    beyond = workspace.period(None, (last - timedelta(days=365)).isoformat(), last.isoformat())
    assert any("Not complete" in note for note in workspace.detail("flow_velocity", beyond).value.details["notes"])


def test_the_quality_of_the_data_is_that_of_the_last_sync(workspace):
    quality = workspace.quality()
    assert quality.sync["mode"] == "full"
    assert quality.sync["issues"] == workspace.status().issue_count
    assert quality.level in ("ok", "info"), [each.title for each in quality.findings]


def test_before_the_first_sync_nothing_is_found(connected):
    assert connected.quality().sync is None
    assert connected.quality().findings == ()


def test_a_field_that_is_empty_everywhere_is_found(workspace):
    _, revision, _ = workspace.settings()
    mapping = {"dora_flow_config": {"field_mappings": {"jtbd": {"persona": "customfield_99999"}}}}
    workspace.save(mapping, revision)
    assert "Mapped and not read yet: Persona" in [each.title for each in workspace.quality().findings]
    workspace.job.wait(30)
    assert "Nothing is filled in: Persona" in [each.title for each in workspace.quality().findings]
    assert workspace.quality().level == "warning"


def test_rows_say_what_they_add_to_the_number(workspace):
    period = workspace.period("90d")
    failed = workspace.issue_page("change_failure_rate", period, count=10_000, sort=("outcome", "asc")).rows
    value = workspace.detail("change_failure_rate", period).value
    assert sum(row.outcome == "failed" for row in failed) == value.details["failed"] > 0
    assert all(not row.outcome for row in failed if not row.used)
    kinds = workspace.issue_page("flow_distribution", period, count=10_000, used=True).rows
    counts = workspace.detail("flow_distribution", period).value.details["counts"]
    assert sum(row.outcome == "Technical Debt" for row in kinds) == counts["Technical_Debt"]
    assert "outcome" in workspace.csv_issues("flow_distribution", period).splitlines()[0]
