"""Jobs as the services offer them, on the sample site and on a site of one's own."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from data.jtbd.register import RegisterError
from data.metrics.registry import CATALOG
from data.services.services import open_services
from data.store.record_problems import RecordsError
from data.values.filters import only
from data.values.metric_value import MetricValue
from data.values.problem import Problem
from data.values.records import JobCompletion
from sample.generator import generate
from sample.server import SampleServer
from sample.source import SampleSite
from tests.sample_services import environment

NAMES = ["job_completion_rate", "outcome_achievement", "opportunity_score", "painpoint_resolution"]
SPEC = """@prefix tl: <urn:throughline:jtbd:> . @prefix : <urn:x:> .
:job-buy-fast a tl:Job ; tl:title "Buy" ; tl:outcome :fast ; tl:label "jtbd-buy-fast" .
:fast a tl:Outcome ; tl:direction "minimise" ; tl:metric "time" ; tl:target 5 ; tl:importance 9 ; tl:satisfaction 3 .
"""


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    """The sample site with its example, synced once for this module; tests only read."""
    made = open_services(environment(tmp_path_factory.mktemp("jobs")), sample=SampleSite(issues=600))
    assert made.sync.run(made.snapshot()).error is None
    return made


def test_specs_and_records_are_read_ahead_and_what_is_wrong_with_them_waits(tmp_path):
    made = open_services(environment(tmp_path), sample=SampleSite(issues=50))
    file = made.sites.home.sample / "jobs_example.db"
    made.warm()
    assert file.is_file()
    broken = open_services(environment(tmp_path / "other"), sample=SampleSite(issues=50))
    (broken.sites.home.sample / "jobs_example.db").mkdir(parents=True)
    broken.warm()
    with pytest.raises(RecordsError):
        broken.jobs.storage(broken.snapshot()).records()


def test_on_first_visit_the_tab_is_full(services):
    found = services.jobs.overview(services.view("30d"))
    assert found.is_example
    assert (len(found.jobs), len(found.outcomes), len(found.painpoints), len(found.register)) == (5, 13, 6, 5)
    assert all((found.times, found.satisfaction, found.landscape, found.forces, found.checks, found.quality))
    assert found.spec_problems == found.notes == ()
    assert [row.job_id for row in found.investment][-1] == ""
    assert sum(row.items for row in found.investment) > 10
    from_jira = [row for row in found.outcomes if row.source == "jira" and row.actual is not None]
    assert from_jira, "an outcome's actual value comes from Jira through its binding"
    assert {row.opportunity.band for row in found.outcomes} >= {"extreme", "overserved"}


def test_the_bound_value_is_the_catalogues(services):
    view = services.view("90d")
    row = next(row for row in services.jobs.overview(view).outcomes if row.outcome_id == "out-wishes-delivered")
    [value] = [
        each.value
        for each in services.numbers.answer("flow", view.narrowed(only(label=("jtbd-buy-fast",)))).values
        if each.metric_name == "flow_time"
    ]
    assert (row.binding, row.actual) == ("flow_time of label jtbd-buy-fast", value)


def test_a_bound_outcome_is_judged_as_its_metric_is(services):
    seen = set()
    for name in ("7d", "30d"):
        view = services.view(name)
        for row in services.jobs.overview(view).outcomes:
            if row.source != "jira" or row.actual is None:
                continue
            filters = services.jobs.overview(view).bound[row.outcome_id]
            values = services.numbers.answer(CATALOG[row.metric].family, view.narrowed(filters)).values
            [told] = [each.details for each in values if each.metric_name == row.metric]
            lower, minimise = CATALOG[row.metric].lower_is_better, row.direction == "minimise"
            wanted = told["trend_verdict"]
            if lower is not None and lower != minimise:
                wanted = {"better": "worse", "worse": "better"}.get(wanted, wanted)
            if lower is not None:
                assert row.trend_verdict == wanted, row
                seen.add(wanted)
            assert row.trend_direction == told["trend_direction"]
    assert seen


def test_cards_are_metric_values_and_come_from_the_cache(services):
    view = services.view("30d")
    first = services.numbers.answer("jtbd", view)
    again = services.numbers.answer("jtbd", view)
    assert [each.metric_name for each in first.values] == NAMES
    assert {each.metric_type for each in first.values} == {"jtbd"}
    assert all(each.ok and MetricValue.from_dict(each.to_dict()) == each for each in first.values)
    assert (again.state, again.values) == ("fresh", first.values)
    best = first.values[2].details
    assert (best["band"], best["outcome_id"]) == ("extreme", "out-late-costs")
    entries = json.loads((services.sites.data(services.snapshot()).folder / "metrics_cache.json").read_text())[
        "entries"
    ]
    assert any(name.startswith(f"jtbd_{view.period.first.isoformat()}_") for name in entries)


def test_another_persona_is_another_question(services):
    view = services.view("30d")
    everybody, one = services.jobs.answer(view), services.jobs.answer(view, persona="Accountant")
    assert everybody.values[0].details["used"] > one.values[0].details["used"] > 0
    only = services.jobs.overview(view, job="job-close-books")
    assert [row.job_id for row in only.jobs] == [row.job_id for row in only.investment] == ["job-close-books"]
    assert {row.job_id for row in only.outcomes} == {"job-close-books"}


def test_records_behind_a_number(services):
    view = services.view("30d")
    row = next(row for row in services.jobs.overview(view).jobs if row.job_id == "job-close-books")
    page = services.jobs.record_page("job", view, about="job-close-books", count=1000)
    assert page.total == row.tracked == len(page.rows)
    assert sum(each.source == "jira" for each in page.rows) == row.from_jira > 0
    assert all(each.key for each in page.rows if each.source == "jira")
    assert list(page.rows) == sorted(page.rows, key=lambda each: each.at, reverse=True)
    assert (
        services.jobs.record_page("job", view, first=5, count=3).rows[0]
        == services.jobs.record_page("job", view, count=9).rows[5]
    )
    for kind in ("outcome", "painpoint", "time", "satisfaction"):
        assert services.jobs.record_page(kind, view).total > 0
    with pytest.raises(LookupError, match="no kind"):
        services.jobs.record_page("walk", view)


@pytest.mark.parametrize(
    "table",
    [
        "jobs",
        "outcomes",
        "painpoints",
        "times",
        "satisfaction",
        "landscape",
        "investment",
        "register",
        "quality",
        "records",
    ],
)
def test_every_table_is_csv(services, table):
    rows = list(csv.DictReader(io.StringIO(services.jobs.csv(table, services.view("30d")))))
    assert len(rows) >= 3
    assert all(None not in row for row in rows)


def test_json_and_markdown(services):
    view = services.view("30d")
    data = json.loads(json.dumps(services.jobs.dashboard(view), allow_nan=False))
    assert data["outcomes"][0]["outcome_id"] == "out-late-costs"
    report = services.jobs.report(view)
    for words in (
        "# Jobs to be done",
        "Extreme opportunity",
        "## Where delivery went",
        "JTBD-01",
        "✓ Core jobs addressed",
    ):
        assert words in report


def test_the_examples_register_is_not_written(services):
    with pytest.raises(RegisterError, match="example"):
        services.jobs.storage(services.snapshot()).new_job("A", "s", "p", "5 ms")


def test_choices_name_what_can_be_chosen(services):
    found = services.jobs.choices(services.snapshot())
    assert ("job-buy-fast", "Buy again in a minute") in found.jobs
    assert "search" in found.features


# ---- a site of one's own


@pytest.fixture(scope="module")
def served():
    with SampleServer(generate(120, seed=5, until=datetime.now(UTC).date())) as server:
        yield server


@pytest.fixture
def connected(tmp_path, served):
    (tmp_path / "jtbd").mkdir()
    (tmp_path / "jtbd" / "a.ttl").write_text(SPEC)
    return open_services({**environment(tmp_path), "JIRA_URL": served.url, "JIRA_TOKEN": "good"}, sample=SampleSite())


def test_the_example_never_mixes_with_real_data(connected):
    assert not connected.jobs.storage(connected.snapshot()).is_example
    view = connected.view("30d")
    found = connected.jobs.overview(view)
    assert [row.job_id for row in found.jobs] == ["job-buy-fast"]
    assert sum(row.tracked for row in found.jobs) == 0
    assert (found.investment, found.register) == ((), ())
    assert "Without issues from Jira" in found.notes[0]
    states = {each.metric_name: each.error_state for each in connected.jobs.answer(view).values}
    assert states == {NAMES[0]: "no_data", NAMES[1]: "no_data", NAMES[2]: "success", NAMES[3]: "no_data"}


def test_labels_tie_issues_to_jobs_after_a_sync(connected):
    connected.sync.run(connected.snapshot())
    found = connected.jobs.overview(connected.view("90d"))
    assert found.jobs[0].from_jira == found.jobs[0].tracked > 0
    assert found.investment[0].job_id == "job-buy-fast"


def test_tracking_changes_the_numbers_at_once(connected):
    view, jobs = connected.view("7d"), connected.jobs
    before = jobs.revision(view.snapshot)
    assert jobs.answer(view).values[0].value is None
    jobs.storage(view.snapshot).track_job("Buy", "ann", "cart", duration=5)
    assert jobs.revision(view.snapshot) != before
    [rate] = [each for each in jobs.answer(view).values if each.metric_name == "job_completion_rate"]
    assert (rate.value, rate.details["low_confidence"]) == (100, True)
    assert jobs.overview(view).jobs[0].median_seconds == 5


def test_a_job_that_was_started_is_finished(connected):
    storage = connected.jobs.storage(connected.snapshot())
    storage.track_job("job-buy-fast", "ann", "cart", "started", at=storage.now - 60_000_000)
    storage.track_job("job-buy-fast", "ann", "cart", "in_progress")
    done = storage.track_job("job-buy-fast", "ann", "cart", "completed")
    [row] = storage.store.query_jobs()
    assert row.status == "completed"
    assert row.duration_seconds == done.duration_seconds == pytest.approx(60, abs=5)


def test_a_double_click_is_stored_once(connected):
    storage = connected.jobs.storage(connected.snapshot())
    for _ in range(2):
        storage.track_outcome("fast", 4, event_id="form-1")
    [row] = storage.store.query("outcome")
    assert (row.achievement_rate, row.status, row.expected_value) == (125, "exceeded", 5)


def test_a_specs_change_is_seen_without_a_command(connected, tmp_path):
    view = connected.view("30d")
    assert connected.jobs.overview(view).spec_problems == ()
    (tmp_path / "jtbd" / "b.ttl").write_text(
        "@prefix tl: <urn:throughline:jtbd:> .\n<urn:x:new> a tl:Outcome ; tl:title ] ."
    )
    found = connected.jobs.overview(view)
    assert found.spec_problems[0].startswith("b.ttl, line 2:")
    assert [row.job_id for row in found.jobs] == ["job-buy-fast"]


def test_old_records_go_in_a_daily_run_and_by_command_and_never_by_reading(tmp_path, served):
    now = [datetime.now(UTC)]
    env = {**environment(tmp_path), "JIRA_URL": served.url, "JIRA_TOKEN": "x"}
    space = open_services(env, clock=lambda: now[0])
    shelf = space.jobs.storage(space.snapshot())
    shelf.add([JobCompletion("a", "p", "f", "started", shelf.now - days * 86_400_000_000) for days in (1, 80, 89)])
    now[0] += timedelta(days=3)
    again = open_services(env, clock=lambda: now[0])
    for read in (
        again.jobs.storage(again.snapshot()).specs,
        again.jobs.storage(again.snapshot()).records,
        again.jobs.storage(again.snapshot()).revision,
    ):
        read()
    assert again.jobs.storage(again.snapshot()).store.counts()["job"] == 3, "reading removes nothing"
    [before] = [each for each in again.doctor.examine(again.snapshot()) if each.name == "Records of jobs"]
    assert "Retention has not run yet" in before.message
    again.warm()  # as a server does when it starts
    assert again.jobs.storage(again.snapshot()).store.counts()["job"] == 2
    run = again.jobs.storage(again.snapshot()).store.last_retention(again.snapshot().site.url)
    assert (run.total, run.removed["job"], run.days, run.ran_at) == (1, 1, 90, again.jobs.storage(again.snapshot()).now)
    [told] = [each for each in again.doctor.examine(again.snapshot()) if each.name == "Records of jobs"]
    assert "1 record older than 90 days was removed (job 1)" in told.message
    now[0] += timedelta(days=9, hours=23)
    again.jobs.retain(again.snapshot())
    assert again.jobs.storage(again.snapshot()).store.counts()["job"] == 1, "a day later it runs again"
    assert again.jobs.retain(again.snapshot()) is None, "once a day"
    assert again.jobs.storage(again.snapshot()).remove_old(5).total == 1


def test_a_sync_removes_old_records_and_a_failed_run_is_no_failed_sync(tmp_path, served, monkeypatch, caplog):
    space = open_services({**environment(tmp_path), "JIRA_URL": served.url, "JIRA_TOKEN": "x"})
    shelf = space.jobs.storage(space.snapshot())
    shelf.add([JobCompletion("a", "p", "f", "started", shelf.now - 92 * 86_400_000_000)])
    with monkeypatch.context() as patched:
        patched.setattr(type(shelf), "retain", broken_records)
        assert space.sync.run(space.snapshot()).error is None
    assert (shelf.store.counts()["job"], "the disk is full" in caplog.text) == (1, True)
    assert space.sync.run(space.snapshot()).error is None
    assert shelf.store.counts()["job"] == 0


def broken_records(_):
    raise RecordsError(Problem("The store of job records cannot be written.", "the disk is full"))


def test_a_folder_of_ones_own_wins_on_the_sample_site_and_sees_no_sample_issues(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.ttl").write_text(SPEC)
    space = open_services(
        {**environment(tmp_path), "THROUGHLINE_JTBD": str(tmp_path / "own")}, sample=SampleSite(issues=100)
    )
    space.sync.run(space.snapshot())
    found = space.jobs.overview(space.view("30d"))
    assert (found.is_example, [row.job_id for row in found.jobs], found.investment) == (False, ["job-buy-fast"], ())


def test_the_linear_formula_is_a_setting(connected):
    revision = connected.snapshot().settings_revision
    connected.field_mapping.save({"jtbd": {"opportunity": "linear"}}, revision, connected.snapshot())
    row = connected.jobs.overview(connected.view("30d")).outcomes[0]
    assert (row.opportunity.score, row.opportunity.clamped, row.opportunity.linear) == (15, 15, 15)
    assert connected.jobs.overview(connected.view("30d")).formula == "linear"
