"""The services answers every door from the same data, and says what is missing."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.jira.errors import InvalidUrl, JiraError
from data.services.services import open_services
from data.settings.connection import HomeError
from data.settings.store import Conflict, Invalid
from data.values.filters import only
from data.values.metric_value import ErrorState
from data.values.periods import PeriodError
from sample.generator import generate
from sample.server import BAD_TOKEN, SampleServer
from sample.source import SampleSite
from tests.sample_services import environment
from tests.some import some

SAMPLE = SampleSite(issues=240)


@pytest.fixture(scope="module")
def served():
    """A Jira Cloud on this machine."""
    with SampleServer(generate(160, seed=3, until=datetime.now(UTC).date())) as server:
        yield server


@pytest.fixture
def env(tmp_path):
    return environment(tmp_path)


@pytest.fixture(scope="module")
def synced(tmp_path_factory):
    """The state folder of the sample site after its first sync; who uses it takes a copy."""
    folder = tmp_path_factory.mktemp("synced")
    env = environment(folder)
    made = open_services(env, sample=SAMPLE)
    assert made.sync.run(made.snapshot()).error is None
    return folder / "home"


@pytest.fixture
def services(env, synced):
    """On the sample site, synced."""
    shutil.copytree(synced, env["THROUGHLINE_HOME"])
    return open_services(env, sample=SAMPLE)


@pytest.fixture
def connected(env, served):
    """On a configured site, not synced yet."""
    return open_services({**env, "JIRA_URL": served.url, "JIRA_EMAIL": "me@example.org", "JIRA_TOKEN": "good"})


def names(values):
    return [value.metric_name for value in values]


def test_without_a_site_the_sample_fills_all_ten_cards(services):
    values = services.numbers.values(services.view("90d"))
    assert len(values) == 10
    assert {value.error_state for value in values} == {ErrorState.SUCCESS}


def test_a_hundred_entries_of_the_sample_fit_into_the_cache_file(services, env):
    """Each of the size that the numbers of a site with people, releases and sprints have (D-10, D-14)."""
    for family in ("dora", "flow"):
        for period in ("7d", "30d", "90d"):
            services.numbers.answer(family, services.view(period))
    [path] = Path(env["THROUGHLINE_HOME"]).rglob("metrics_cache.json")
    entries = json.loads(path.read_text("utf-8"))["entries"]
    assert len(entries) == 6
    assert 100 * max(len(json.dumps(each, ensure_ascii=False)) for each in entries.values()) < 480_000


def test_the_sample_never_writes_the_users_settings(services, tmp_path):
    revision = services.snapshot().settings_revision
    services.field_mapping.save({"definitions": {"percentile": "nearest_rank"}}, revision, services.snapshot())
    assert not (tmp_path / "app_settings.json").exists()
    assert services.snapshot().settings.definitions.percentile == "nearest_rank"


def test_a_configured_site_never_uses_the_sample(connected, served):
    status = connected.status.of(connected.snapshot())
    assert (status.is_sample, status.configured, status.synced_at) == (False, True, None)
    assert connected.sync.run(connected.snapshot()).fetched > 100
    status = connected.status.of(connected.snapshot())
    assert status.site_url == served.url
    assert status.issue_count > 100
    assert status.first_day < status.last_day


def test_before_the_first_sync_no_number_is_invented(connected):
    values = connected.numbers.values(connected.view("30d"))
    assert all(value.value is None for value in some(values, 5))


def test_a_second_answer_comes_from_the_cache_and_a_sync_makes_it_stale(services):
    view = services.view("30d")
    first = services.numbers.answer("dora", view)
    assert first.state == "calculated"
    again = services.numbers.answer("dora", view)
    assert again.state == "fresh"
    assert [value.to_dict() for value in again.values] == [value.to_dict() for value in first.values]
    services.sync.run(services.snapshot())
    view = services.view("30d")
    assert services.numbers.answer("dora", view, stale_ok=True).state == "stale"
    assert services.numbers.answer("dora", view).state == "calculated"


def test_a_changed_mapping_is_another_question(services):
    view = services.view("90d")
    before = services.numbers.answer("dora", view).values[0]
    services.field_mapping.save(
        {"dora_flow_config": {"field_mappings": {"dora": {"deployment_date": None}}}},
        services.snapshot().settings_revision,
        services.snapshot(),
    )
    after = services.numbers.answer("dora", services.view("90d"))
    assert after.state == "calculated"
    assert after.values[0].details["source"] == "versions"
    assert before.details["source"] == "issues"


def test_preview_shows_what_a_save_would_change_and_changes_nothing(services):
    view = services.view("90d")
    patch = {"dora_flow_config": {"field_mappings": {"dora": {"deployment_date": None}}}}
    changed = services.field_mapping.preview(patch, view)
    assert "deployment_frequency" in names(after for _, after in changed)
    assert services.numbers.answer("dora", view).values[0].details["source"] == "issues"
    assert services.field_mapping.preview({}, view) == []


def test_preview_refuses_a_setting_that_is_none(services):
    with pytest.raises(Invalid):
        services.field_mapping.preview({"definitions": {"percentile": "roughly"}}, services.view("30d"))


def test_of_two_editors_one_wins_and_the_other_learns_which_value_differs(services):
    revision = services.snapshot().settings_revision
    services.field_mapping.save({"definitions": {"tier_year": 2021}}, revision, services.snapshot())
    with pytest.raises(Conflict) as caught:
        services.field_mapping.save({"definitions": {"tier_year": 2024}}, revision, services.snapshot())
    assert caught.value.fields == ["definitions.tier_year"]
    assert services.snapshot().settings.definitions.tier_year == 2021


def test_a_newly_mapped_field_is_filled_in_without_reading_everything(connected):
    connected.sync.run(connected.snapshot())
    name = next(each for each in connected.field_mapping.suggestions(connected.snapshot())["deployment_date"])
    view = connected.view("90d")
    before = connected.numbers.answer("dora", view).values[0]
    connected.field_mapping.save(
        {"dora_flow_config": {"field_mappings": {"dora": {"deployment_date": name.field_id}}}},
        connected.snapshot().settings_revision,
        connected.snapshot(),
    )
    assert connected.sync.wait(30).state == "done"
    assert connected.background.tasks(connected.snapshot(), most=1)[0].result["mode"] == "fill"
    after = connected.numbers.answer("dora", connected.view("90d")).values[0]
    assert (before.details["source"], after.details["source"]) == ("versions", "issues")
    assert after.value > 0
    metadata = connected.snapshot().settings.dora_flow_config.field_metadata[name.field_id]
    assert metadata["type"] in ("date", "datetime")


def test_a_mapped_field_that_is_not_fetched_yet_says_so(connected):
    connected.sync.run(connected.snapshot())
    field = connected.field_mapping.suggestions(connected.snapshot())["deployment_date"][0].field_id
    patch = {
        "dora_flow_config": {"field_mappings": {"dora": {"deployment_date": field}}},
        "definitions": {"deployment_source": "issues"},
    }
    _, after = next(
        pair
        for pair in connected.field_mapping.preview(patch, connected.view("90d"))
        if pair[1].metric_name == "deployment_frequency"
    )
    assert after.error_state == ErrorState.MISSING_MAPPING
    assert "not fetched yet" in after.error_message


@pytest.mark.parametrize("metric", ["deployment_frequency", "flow_time", "flow_load", "lead_time_for_changes"])
def test_the_issues_behind_a_number_are_those_it_counts(services, metric):
    view = services.view("90d")
    value = services.numbers.detail(metric, view).value
    page = services.numbers.issue_page(metric, view, count=10_000)
    assert page.total == value.total_issue_count
    assert sum(not row.used for row in page.rows) == value.excluded_issue_count
    for reason, count in value.details["exclusions"].items():
        assert services.numbers.issue_page(metric, view, reason=reason).total == count


def test_issues_are_sorted_paged_and_searched(services):
    view = services.view("90d")
    rows = services.numbers.issue_page("flow_time", view, count=10_000, sort=("value", "desc"), used=True).rows
    spans = [row.value for row in rows]
    assert spans == sorted(spans, reverse=True)
    pages = [services.numbers.issue_page("flow_time", view, first=n, count=7, sort=("key", "asc")).rows for n in (0, 7)]
    assert len({row.key for page in pages for row in page}) == 14
    wanted = rows[0]
    found = services.numbers.issue_page("flow_time", view, text=wanted.key.lower())
    assert wanted.key in {row.key for row in found.rows}
    with pytest.raises(LookupError):
        services.numbers.issue_page("flow_time", view, sort=("colour", "asc"))


def test_only_the_issues_that_hold_the_text_are_found(services):
    view = services.view("90d")
    rows = services.numbers.issue_page("flow_time", view, count=10_000).rows
    for text in (rows[0].key, rows[0].key.lower(), rows[0].summary[:9].upper(), rows[0].type, "no such text"):
        wanted = {
            row.key
            for row in rows
            if any(text.lower() in part.lower() for part in (row.key, row.type, row.status, row.project, row.summary))
        }
        found = services.numbers.issue_page("flow_time", view, count=10_000, text=f" {text} ")
        assert {row.key for row in found.rows} == wanted, text
        assert found.total == len(found.rows) == len(wanted)
    assert services.numbers.issue_page("flow_time", view, count=10_000, text="  ").rows == rows
    assert services.numbers.issue_page("flow_time", view, text="no such text").total == 0


@pytest.mark.parametrize("column", ["key", "summary", "start", "end", "value", "used", "type", "reason"])
def test_a_column_sorts_both_ways_and_what_is_missing_comes_last(services, column):
    view = services.view("90d")
    up, down = (
        services.numbers.issue_page("flow_time", view, count=10_000, sort=(column, direction)).rows
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


def test_csv_holds_the_exact_numbers(services):
    view = services.view("90d")
    rows = list(csv.DictReader(io.StringIO(services.numbers.csv_all(view))))
    values = services.numbers.values(view)
    assert [row["metric_name"] for row in rows] == names(values)
    assert [float(row["value"]) for row in rows] == [value.value for value in values]
    one = list(csv.DictReader(io.StringIO(services.numbers.csv_metric("flow_time", view))))
    assert [row["metric_name"] for row in one] == ["flow_time"]
    issues = list(csv.DictReader(io.StringIO(services.numbers.csv_issues("flow_time", view))))
    assert len(issues) == next(value for value in values if value.metric_name == "flow_time").total_issue_count


def test_filters_leave_only_what_they_name(services):
    view = services.view("90d")
    project = services.numbers.choices(services.snapshot()).of("project")[0][0]
    page = services.numbers.issue_page("flow_velocity", view.narrowed(only(project=(project,))), count=10_000)
    assert page.total > 0
    assert {row.project for row in page.rows} == {project}


def test_an_empty_period_offers_one_with_data(services):
    old = services.view(None, "2015-01-01", "2015-01-31")
    answer = services.numbers.answer("flow", old)
    assert all(value.error_state == ErrorState.NO_DATA for value in answer.values)
    first, last = answer.suggestion
    there = services.numbers.answer("flow", services.view(None, first, last))
    assert any(value.value is not None for value in there.values)
    assert services.numbers.answer("flow", old).suggestion == (first, last)  # also when it comes from the cache


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("2026-02-01", "2026-01-01", "before it starts"),
        ("2024-01-01", "2025-06-01", "at most 366"),
        ("tomorrow", "2026-01-01", "YYYY-MM-DD"),
        ("2026-01-01", None, "both"),
    ],
)
def test_a_period_that_is_none_says_why(services, first, last, says):
    with pytest.raises(PeriodError, match=says):
        services.view(None, first, last)


def test_old_data_starts_one_sync_when_the_page_opens(env):
    clock = [datetime.now(UTC)]
    made = open_services(env, sample=SAMPLE, clock=lambda: clock[0])
    assert made.sync.ensure_fresh(made.snapshot())
    assert made.sync.wait(30).state == "done"
    assert not made.sync.ensure_fresh(made.snapshot())
    clock[0] += timedelta(hours=25)
    assert made.status.of(made.snapshot()).stale
    assert made.sync.ensure_fresh(made.snapshot())
    assert made.sync.wait(30).state == "done"


def test_a_refused_token_fails_with_what_to_do_and_keeps_the_data(connected, env, served):
    connected.sync.run(connected.snapshot())
    refused = open_services({**env, "JIRA_URL": served.url, "JIRA_EMAIL": "me@example.org", "JIRA_TOKEN": BAD_TOKEN})
    result = refused.sync.run(refused.snapshot())
    assert result.error["code"] == "not_authorized"
    assert refused.status.of(refused.snapshot()).issue_count > 100
    refused.sync.start(refused.snapshot())
    state = refused.sync.wait(30)
    assert state.state == "failed"
    assert "token" in str(state.problem)
    assert BAD_TOKEN not in str(state.problem)
    assert state.problem in refused.status.of(refused.snapshot()).problems  # the page says so, whatever tab is open
    assert not refused.sync.ensure_fresh(refused.snapshot())  # opening the page again does not hammer Jira


def test_connecting_keeps_the_token_out_of_the_settings(env, served, tmp_path):
    made = open_services(env, sample=SAMPLE)
    report = made.connection.test(served.url, "me@example.org", "secret-token", "", made.snapshot())
    assert report.ok, report.problem
    made.connection.connect(served.url, "me@example.org", "secret-token", "", made.snapshot())
    assert made.sync.wait(30).state == "done"
    assert not made.status.of(made.snapshot()).is_sample
    assert made.connection.form(made.snapshot()).token_present
    text = (tmp_path / "app_settings.json").read_text()
    assert "secret-token" not in text
    assert json.loads(text)["jira"]["url"] == served.url


def test_connection_tests_say_what_is_wrong(env, served):
    made = open_services(env, sample=SAMPLE)
    assert "token" in str(made.connection.test(served.url, "me@example.org", BAD_TOKEN, "", made.snapshot()).problem)
    assert not made.connection.test("http://127.0.0.1:9", "me@example.org", "x", "", made.snapshot()).ok
    assert not made.connection.test("ftp://nowhere", "", "x", "", made.snapshot()).ok
    with pytest.raises(InvalidUrl):
        made.connection.connect("ftp://nowhere", "", "x", "", made.snapshot())


def test_without_site_and_sample_the_next_step_is_named(env):
    made = open_services(env)
    with pytest.raises(JiraError, match="JIRA_URL"):
        made.sync.run(made.snapshot())
    assert made.status.of(made.snapshot()).issue_count == 0


def test_a_state_folder_that_is_a_file_is_refused_with_what_to_do(env, tmp_path):
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(HomeError, match="THROUGHLINE_HOME"):
        open_services(env, sample=SAMPLE)


def test_the_doctor_finds_what_is_wrong(services, connected):
    assert all(check.ok is not False for check in services.doctor.examine(services.snapshot()))
    failed = {check.name for check in connected.doctor.examine(connected.snapshot()) if check.ok is False}
    assert failed == {"Data"}


def test_a_field_of_another_type_or_none_at_all_does_not_fit(services):
    fields = {field.name: field for field in services.field_mapping.jira_fields(services.snapshot())}
    points = fields["Story Points"].id
    assert "needs" in services.field_mapping.check("deployment_date", points, services.snapshot()).what
    assert services.field_mapping.check("story_points", points, services.snapshot()) is None
    assert "no field" in services.field_mapping.check("story_points", "customfield_99999", services.snapshot()).what
    assert services.field_mapping.check("deployment_date", "summary", services.snapshot()) is not None


def test_days_before_the_querys_reach_are_not_compared(services):
    """The default query holds issues updated in the last 365 days; a year before them is not whole."""
    last = services.view().today - timedelta(days=1)
    year = services.view(None, (last - timedelta(days=299)).isoformat(), last.isoformat())
    value = services.numbers.detail("flow_velocity", year).value
    assert value.value > 0
    assert value.details["previous_value"] is None
    assert value.details["previous_complete"] is False
    assert None in value.details["sparkline"]
    beyond = services.view(None, (last - timedelta(days=365)).isoformat(), last.isoformat())
    assert any(
        "Not complete" in note for note in services.numbers.detail("flow_velocity", beyond).value.details["notes"]
    )


def test_the_quality_of_the_data_is_that_of_the_last_sync(services):
    quality = services.status.quality(services.snapshot())
    assert quality.sync["mode"] == "full"
    assert quality.sync["issues"] == services.status.of(services.snapshot()).issue_count
    doubts = [each.title for each in quality.findings if each.level not in ("ok", "info")]
    [doubt] = doubts
    assert re.fullmatch(r"Production impact: values that are not understood \(“Minor”\)", doubt)


def test_before_the_first_sync_nothing_is_found(connected):
    assert connected.status.quality(connected.snapshot()).sync is None
    assert connected.status.quality(connected.snapshot()).findings == ()


def test_a_field_that_is_empty_everywhere_is_found(services):
    revision = services.snapshot().settings_revision
    mapping = {"dora_flow_config": {"field_mappings": {"jtbd": {"persona": "customfield_99999"}}}}
    services.field_mapping.save(mapping, revision, services.snapshot())
    assert "Mapped and not read yet: Persona" in [
        each.title for each in services.status.quality(services.snapshot()).findings
    ]
    services.sync.wait(30)
    assert "Mapped but always empty: Persona" in [
        each.title for each in services.status.quality(services.snapshot()).findings
    ]
    assert services.status.quality(services.snapshot()).level == "warning"


def test_rows_say_what_they_add_to_the_number(services):
    view = services.view("90d")
    failed = services.numbers.issue_page("change_failure_rate", view, count=10_000, sort=("outcome", "asc")).rows
    value = services.numbers.detail("change_failure_rate", view).value
    assert sum(row.outcome == "failed" for row in failed) == value.details["failed"] > 0
    assert all(not row.outcome for row in failed if not row.used)
    kinds = services.numbers.issue_page("flow_distribution", view, count=10_000, used=True).rows
    counts = services.numbers.detail("flow_distribution", view).value.details["counts"]
    assert sum(row.outcome == "Technical Debt" for row in kinds) == counts["Technical_Debt"]
    assert "outcome" in services.numbers.csv_issues("flow_distribution", view).splitlines()[0]
