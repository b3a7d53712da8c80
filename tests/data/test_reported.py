"""What other systems report is counted once, whatever the order in which it comes, and gives the numbers of Jira."""

from __future__ import annotations

import itertools
import random
import statistics
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.facts.same_deployments import NEAR, NEAR_UNNAMED, Told, groups_of
from data.reported.given import BadGiven, report_given
from data.reported.sources import SOURCES, is_genuine
from data.services.reported import BadReport, NoSecret, NotGenuine, ReportedService
from data.store.reported_store import ReportedStore
from data.tables.deliveries import deliveries_of
from data.values.errors import NotThere
from data.values.reported import Report, ReportKind, ReportResult, ReportState, folded, project_names
from tests import webhook_payloads as payloads
from tests.builders import Item, ask, site
from tests.webhook_payloads import SECRET, SHA, Event, sent

OCTOBER = ("2026-10-01", "2026-10-31")
DEPLOYMENT, INCIDENT = ReportKind.DEPLOYMENT, ReportKind.INCIDENT
PROOFS = ("X-Hub-Signature-256", "X-PagerDuty-Signature", "X-Gitlab-Token", "X-Throughline-Secret")
ENV = {source.variable: SECRET for source in SOURCES.values()}


def us(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1_000_000)


@pytest.fixture
def service(tmp_path: Path) -> ReportedService:
    return service_in(tmp_path)


def service_in(folder: Path, env: dict[str, str] = ENV) -> ReportedService:
    now = datetime(2026, 11, 28, tzinfo=UTC)
    return ReportedService(ReportedStore(folder / "reported.db"), env, lambda: now, lambda: "https://jira.example.org")


def known(service: ReportedService) -> list[Report]:
    return service.store.read("https://jira.example.org")[1]


# What each source says: the payload, and the facts that it makes, worked out by hand.
STORIES: dict[str, tuple[list[Event], Report]] = {
    "github": (
        [
            payloads.github("queued", "2026-10-05T14:21:00Z"),
            payloads.github("in_progress", "2026-10-05T14:22:00Z"),
            payloads.github("success", "2026-10-05T14:30:00Z"),
            payloads.github("success", "2026-10-05T14:31:00Z"),
            payloads.github("inactive", "2026-10-09T08:00:00Z"),
        ],
        Report(
            DEPLOYMENT, "github", "acme/shop/145988746", ReportState.DEPLOYED, us("2026-10-05T14:31:00Z"),
            project="acme/shop", environment="production", commit=SHA, began_at=us("2026-10-05T14:20:00Z"),
            ended_at=us("2026-10-05T14:30:00Z"), url="https://github.com/acme/shop/actions/runs/7",
        ),
    ),
    "gitlab": (
        [
            payloads.gitlab("running", "2026-10-05 16:20:00 +0200"),
            payloads.gitlab("failed", "2026-10-05 16:25:00 +0200"),
            payloads.gitlab("running", "2026-10-05 16:26:00 +0200"),
            payloads.gitlab("success", "2026-10-05 16:30:00 +0200"),
        ],
        Report(
            DEPLOYMENT, "gitlab", "acme/shop/15", ReportState.DEPLOYED, us("2026-10-05T14:30:00Z"),
            project="acme/shop", environment="production", version="v1.4.0", commit=SHA,
            ended_at=us("2026-10-05T14:30:00Z"), url="https://gitlab.example.org/acme/shop/-/jobs/796",
        ),
    ),
    "jenkins": (
        [
            payloads.jenkins("STARTED", "", 1_791_210_000_000, ENVIRONMENT="production", VERSION="1.4"),
            payloads.jenkins("COMPLETED", "SUCCESS", 1_791_210_600_000, ENVIRONMENT="production", VERSION="1.4"),
            payloads.jenkins("FINALIZED", "SUCCESS", 1_791_210_605_000, ENVIRONMENT="production", VERSION="1.4"),
            payloads.jenkins("COMPLETED", "SUCCESS", 1_791_210_605_000, number=8),
        ],
        Report(
            DEPLOYMENT, "jenkins", "shop-deploy/7", ReportState.DEPLOYED, 1_791_210_605_000_000,
            project="shop-deploy", environment="production", version="1.4", commit=SHA,
            ended_at=1_791_210_600_000_000, url="https://jenkins.example.org/job/shop-deploy/7/",
        ),
    ),
    "argocd": (
        [
            payloads.argocd("Running", "2026-10-05T14:20:00Z", None),
            payloads.argocd("Succeeded", "2026-10-05T14:20:00Z", "2026-10-05T14:30:00Z"),
        ],
        Report(
            DEPLOYMENT, "argocd", f"argocd/shop@{us('2026-10-05T14:20:00Z')}", ReportState.DEPLOYED,
            us("2026-10-05T14:30:00Z"), project="shop", environment="production", commit=SHA,
            began_at=us("2026-10-05T14:20:00Z"), ended_at=us("2026-10-05T14:30:00Z"),
            url="https://argocd.example.org/applications/shop",
        ),
    ),
    "pagerduty": (
        [
            payloads.pagerduty("incident.triggered", "2026-10-05T15:00:01Z"),
            payloads.pagerduty("incident.acknowledged", "2026-10-05T15:05:00Z"),
            payloads.pagerduty("incident.resolved", "2026-10-05T15:30:00Z"),
            payloads.pagerduty("incident.reopened", "2026-10-05T15:40:00Z"),
            payloads.pagerduty("incident.annotated", "2026-10-05T15:50:00Z"),
            payloads.pagerduty("incident.resolved", "2026-10-05T16:20:00Z"),
        ],
        Report(
            INCIDENT, "pagerduty", "PGR0VU2", ReportState.RESOLVED, us("2026-10-05T16:20:00Z"), project="shop",
            began_at=us("2026-10-05T15:00:00Z"), ended_at=us("2026-10-05T16:20:00Z"),
            url="https://acme.pagerduty.com/incidents/PGR0VU2",
        ),
    ),
    "opsgenie": (
        [
            payloads.opsgenie("Create", 1_791_212_400),
            payloads.opsgenie("AddNote", 1_791_213_000),
            payloads.opsgenie("Close", 1_791_216_000),
        ],
        Report(
            INCIDENT, "opsgenie", "052652ac-5d1c-464a-812a-7dd18bbfba8c", ReportState.RESOLVED,
            us("2026-10-05T16:00:00Z"), project="shop", began_at=us("2026-10-05T15:00:00Z"),
            ended_at=us("2026-10-05T16:00:00Z"),
        ),
    ),
    "cdevents": (
        [
            payloads.cdevents(
                "service.deployed", "2026-10-05T14:30:00.315384Z", environment={"id": "production"},
                artifactId="pkg:oci/shop@1.4.0",
            ),
            payloads.cdevents("build.finished", "2026-10-05T14:29:00Z"),
        ],
        Report(
            DEPLOYMENT, "cdevents", "/cd/pipeline#271069a8", ReportState.DEPLOYED, us("2026-10-05T14:30:00.315384Z"),
            project="shop", environment="production", version="1.4.0", ended_at=us("2026-10-05T14:30:00.315384Z"),
        ),
    ),
}  # a table: kept in its rows  # fmt: skip


@pytest.mark.parametrize("source", STORIES)
def test_events_of_a_source_make_the_facts_that_its_documentation_means(service: ReportedService, source: str) -> None:
    events, expected = STORIES[source]
    for each in events:
        service.receive(*sent(each))
    assert known(service) == [expected]


@pytest.mark.parametrize("source", STORIES)
def test_reordered_doubled_and_replayed_events_make_the_same_facts(tmp_path: Path, source: str) -> None:
    events, expected = STORIES[source]
    shuffled = random.Random(5)  # noqa: S311 - no secret
    for n, order in enumerate(itertools.islice(itertools.permutations(events), 0, 120, 7)):
        service = service_in(tmp_path / str(n))
        for each in (*order, *shuffled.sample(events, len(events)), order[0]):
            service.receive(*sent(each))
        assert known(service) == [expected]


@pytest.mark.parametrize("source", STORIES)
def test_forged_events_are_refused_and_change_nothing(service: ReportedService, source: str) -> None:
    event = STORIES[source][0][-1]
    _, body, headers = sent(event)
    forgeries = [
        sent(event, secret="0123456789abcdef-another")[2],
        {name: value for name, value in headers.items() if "Signature" not in name and SECRET not in value},
        {**headers, **dict.fromkeys(PROOFS, "")},
    ]
    for each in forgeries:
        with pytest.raises(NotGenuine):
            service.receive(source, body, each)
    if source in ("github", "pagerduty"):
        with pytest.raises(NotGenuine):
            service.receive(source, body.replace(b"shop", b"shoq"), headers)
    assert known(service) == []
    assert service.store.counts("https://jira.example.org") == []


def test_a_source_without_a_secret_or_with_a_short_one_is_refused(tmp_path: Path) -> None:
    event = STORIES["github"][0][0]
    for env in ({}, {"THROUGHLINE_WEBHOOK_GITHUB": ""}, {"THROUGHLINE_WEBHOOK_GITHUB": "short"}):
        with pytest.raises(NoSecret):
            service_in(tmp_path, env).receive(*sent(event, secret=env.get("THROUGHLINE_WEBHOOK_GITHUB", "")))


def test_while_one_secret_replaces_another_both_count() -> None:
    source, body, headers = sent(STORIES["github"][0][0])
    folded_headers = {name.lower(): value for name, value in headers.items()}
    assert is_genuine(SOURCES[source], ["another-secret-of-length", SECRET], body, folded_headers)
    assert not is_genuine(SOURCES[source], ["another-secret-of-length"], body, folded_headers)


def test_an_unknown_source_is_told_which_there_are(service: ReportedService) -> None:
    with pytest.raises(NotThere, match="github, gitlab"):
        service.receive("sourceforge", b"{}", {})


def test_events_about_something_else_are_ignored_and_counted(service: ReportedService) -> None:
    _, body, headers = sent(("github", {"zen": "Design for failure."}, {"X-GitHub-Event": "ping"}))
    assert service.receive("github", body, headers) == []
    service.receive(*sent(STORIES["pagerduty"][0][4]))
    states = {each.source: each for each in service.sources()}
    assert states["github"].results == {"ignored": 1}
    assert states["pagerduty"].results == {"ignored": 1}
    assert states["gitlab"].results == {} and states["gitlab"].secret_set


@pytest.mark.parametrize("source", STORIES)
def test_an_event_that_lacks_what_it_needs_is_refused_and_changes_nothing(
    service: ReportedService, source: str
) -> None:
    name, payload, headers = STORIES[source][0][0]
    for path in paths_of(payload):
        broken = without(payload, path)
        try:
            service.receive(*sent((name, broken, headers)))
        except BadReport as error:
            assert "cannot be read" in str(error)
    for body in (b"", b"[]", b"{", b"\xff", b'{"a":' * 5_000):
        headers = sent_raw(source, body)
        with pytest.raises(BadReport):
            service.receive(source, body, headers)


def sent_raw(source: str, body: bytes) -> dict[str, str]:
    import hashlib
    import hmac

    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {
        "X-Hub-Signature-256": f"sha256={digest}",
        "X-PagerDuty-Signature": f"v1={digest}",
        "X-Gitlab-Token": SECRET,
        "X-Throughline-Secret": SECRET,
    }


def paths_of(payload: object, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(payload, dict):
        return []
    own = [(*before, str(name)) for name in payload]
    return own + [path for name in payload for path in paths_of(payload[name], (*before, str(name)))]


def without(payload: dict, path: tuple[str, ...]) -> dict:
    out = dict(payload)
    if len(path) == 1:
        del out[path[0]]
    else:
        out[path[0]] = without(out[path[0]], path[1:])
    return out


reports = st.builds(
    Report,
    st.just(DEPLOYMENT),
    st.just("ci"),
    st.just("1"),
    st.sampled_from([ReportState.RUNNING, ReportState.NOT_DEPLOYED, ReportState.DEPLOYED]),
    st.integers(0, 20),
    version=st.sampled_from(["", "1", "2"]),
    ended_at=st.sampled_from([None, 3, 9]),
)


@settings(max_examples=60)
@given(st.lists(reports, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_what_reports_say_together_depends_on_no_order(found: list[Report], chance: random.Random) -> None:
    other = [*found, chance.choice(found)]
    chance.shuffle(other)
    assert folded(other) == folded(found)
    newest = max(each.at for each in found)
    assert folded(found).at == newest


def test_an_older_state_never_replaces_a_newer_one(service: ReportedService) -> None:
    base = {"source": "ci", "id": "7", "environment": "production", "started_at": "2026-10-05T14:00:00Z"}
    done = {**base, "deployed_at": "2026-10-05T14:30:00Z"}
    assert service.add(DEPLOYMENT, done).result == "created"
    assert service.add(DEPLOYMENT, {**base, "state": "running"}).result == "older"
    assert service.add(DEPLOYMENT, done).result == "repeated"
    fixed = {**done, "deployed_at": "2026-10-05T14:10:00Z"}
    assert service.add(DEPLOYMENT, fixed).result == "older"
    assert service.add(DEPLOYMENT, {**fixed, "updated_at": "2026-10-06T09:00:00Z"}).result == "updated"
    [found] = known(service)
    assert found.ended_at == us("2026-10-05T14:10:00Z")
    assert service.store.revision("https://jira.example.org") == 2


@pytest.mark.parametrize(
    ("line", "column", "rows"),
    [
        (3, "deployed_at", "ci,1,production,2026-10-05T14:30:00Z\nci,2,production,yesterday\n"),
        (2, "environment", "ci,1,,2026-10-05T14:30:00Z\n"),
        (2, "source", "a source,1,production,2026-10-05T14:30:00Z\n"),
        (2, "id", f"ci,{'x' * 256},production,2026-10-05T14:30:00Z\n"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_of_the_file_is_taken(
    service: ReportedService, line: int, column: str, rows: str
) -> None:
    with pytest.raises(BadReport, match=f"Line {line}, column {column}"):
        service.import_csv(DEPLOYMENT, f"source,id,environment,deployed_at\n{rows}")
    assert known(service) == []


def test_a_column_that_nobody_knows_is_named(service: ReportedService) -> None:
    with pytest.raises(BadReport, match=r"column deployer in the header .* needed are source, id, environment"):
        service.import_csv(
            DEPLOYMENT, "source,id,environment,deployed_at,deployer\nci,1,prod,2026-10-05T14:30:00Z,Ann\n"
        )


def test_up_to_ten_mistakes_of_a_file_are_told_at_once(service: ReportedService) -> None:
    rows = "".join(f"ci,{n},production,yesterday,deployed\n" for n in range(11))
    with pytest.raises(BadReport) as failed:
        service.import_csv(
            DEPLOYMENT,
            f"source,id,environment,deployed_at,state\nci,a,prod,2026-10-05T14:30:00Z,{'x' * 60}\n{rows}",
        )
    told = str(failed.value)
    assert told.startswith("12 lines cannot be used. Line 2, column state: it is “" + "x" * 40 + "”, which is none of ")
    assert "Line 11, column deployed_at: it is not a date and time; write it like 2026-11-02T09:30:00Z" in told
    assert "Line 12" not in told and "and 2 more." in told
    assert known(service) == []


def test_a_file_taken_twice_counts_once(service: ReportedService) -> None:
    rows = "phone;1;2026-10-05T15:00:00Z;2026-10-05 16:00:00\nphone;2;2026-10-06T15:00Z;\n"
    text = f"source;id;started_at;resolved_at\n{rows}"
    assert service.import_csv(INCIDENT, text) == {"created": 2}
    assert service.import_csv(INCIDENT, text) == {"repeated": 2}
    assert [each.state for each in known(service)] == [ReportState.RESOLVED, ReportState.OPEN]


def test_projects_are_named_in_pairs() -> None:
    with pytest.raises(ValueError, match="acme/shop -> SHOP"):
        project_names(["acme/shop"])


# Numbers. The second calculation is plain Python on plain values.


def deployed(number: int, at: str, committed: str | None = None, **more: object) -> Report:
    said: dict = {"source": "ci", "id": str(number), "environment": "production", "deployed_at": at, "project": "A"}
    if committed:
        said |= {"committed_at": committed, "commit": f"{number:040x}"}
    return report_given(DEPLOYMENT, said | more)


def happened(number: int, began: str, resolved: str | None, **more: object) -> Report:
    said: dict = {"source": "alerts", "id": str(number), "started_at": began, "project": "A"}
    return report_given(INCIDENT, said | ({"resolved_at": resolved} if resolved else {}) | more)


def value(metric: str, reported: list[Report], *items: Item, mapped: tuple[str, ...] = (), **definitions: object):
    definitions = {"delivery_source": "reported", **definitions}
    tables = site(*items, mapped=mapped)
    return ask(metric, tables, *OCTOBER, now="2026-11-20T00:00", deliveries=deliveries_of(reported), **definitions)


DAYS = [(f"2026-10-{day:02d}T09:00:00Z", f"2026-10-{day + day % 5:02d}T{day % 24:02d}:30:00Z") for day in range(2, 26)]


def test_commit_to_deployment_gives_the_lead_times_that_jira_gives() -> None:
    """The same 24 changes as fields of issues and as reported deployments."""
    items = [
        Item("2026-09-01", fields={"code_commit_date": one, "deployed_to_production_date": two}) for one, two in DAYS
    ]
    mapped = ("code_commit_date", "deployed_to_production_date")
    jira = value("lead_time_for_changes", [], *items, mapped=mapped, delivery_source="jira")
    theirs = value("lead_time_for_changes", [deployed(n, two, one) for n, (one, two) in enumerate(DAYS)])
    plain = [(us(two) - us(one)) / 86_400_000_000 for one, two in DAYS]
    kept = [each for each in plain if each >= 0]
    assert theirs.value == jira.value == pytest.approx(statistics.median(kept))
    assert theirs.excluded_issue_count == jira.excluded_issue_count == len(plain) - len(kept)
    assert theirs.performance_tier == jira.performance_tier
    assert any("ci (" in note for note in theirs.details["notes"])


def test_reported_deployments_count_as_a_plain_count_does() -> None:
    found = [deployed(n, two) for n, (_, two) in enumerate(DAYS)]
    found += [
        deployed(90, "2026-10-09T09:00:00Z", environment="staging"),
        deployed(91, "2026-10-09T09:00:00Z", state="not_deployed"),
        deployed(92, "2026-12-24T09:00:00Z"),
        deployed(93, "2026-09-30T23:59:59Z"),
    ]
    inside = sum(us("2026-10-01T00:00Z") <= us(two) < us("2026-11-01T00:00Z") for _, two in DAYS)
    answer = value("deployment_frequency", found)
    assert answer.value == pytest.approx(inside / 31)
    assert answer.details["exclusions"] == {"not production": 1, "did not reach its environment": 1}


def test_nothing_reported_is_no_zero() -> None:
    answer = value("deployment_frequency", [])
    assert answer.value is None
    assert answer.error_state == "missing_mapping"
    assert "No deployment has been reported yet" in str(answer.error_message)


def test_no_deployment_in_covered_days_is_zero_and_before_the_first_report_unknown() -> None:
    assert value("deployment_frequency", [deployed(1, "2026-09-01T09:00:00Z")]).value == 0
    assert value("deployment_frequency", [deployed(1, "2026-11-05T09:00:00Z")]).value is None


def test_failures_and_recoveries_are_those_of_the_incidents_that_name_a_deployment() -> None:
    found = [deployed(n, f"2026-10-{n:02d}T10:00:00Z") for n in range(1, 11)]
    caused = {"caused_by_source": "ci"}
    found += [
        happened(1, "2026-10-02T10:30:00Z", "2026-10-02T13:00:00Z", caused_by_id="2", **caused),
        happened(2, "2026-10-04T10:30:00Z", "2026-10-04T18:00:00Z", caused_by_id="4", **caused),
        happened(3, "2026-10-05T10:30:00Z", "2026-10-05T11:00:00Z", caused_by_id="5", state="withdrawn", **caused),
        happened(4, "2026-10-06T10:30:00Z", "2026-10-06T11:00:00Z"),
    ]
    assert value("mean_time_to_recovery", found).value == pytest.approx(statistics.median([3.0, 8.0]))
    answer = value("change_failure_rate", found)
    assert answer.details["failed"] == 2


def test_a_withdrawn_incident_hurts_no_deployment() -> None:
    found = [deployed(1, "2026-10-01T10:00:00Z"), deployed(2, "2026-10-02T10:00:00Z")]
    found += [
        happened(1, "2026-10-01T10:30:00Z", "2026-10-01T11:00:00Z", caused_by_source="ci", caused_by_id="1"),
        happened(2, "2026-10-02T10:30:00Z", None, state="withdrawn", caused_by_source="ci", caused_by_id="2"),
    ]
    assert value("change_failure_rate", found).value == 50


def test_a_pipeline_that_ended_well_says_nothing_of_failures() -> None:
    """Otherwise everybody without incidents would be told 0 %."""
    answer = value("change_failure_rate", [deployed(1, "2026-10-01T10:00:00Z")])
    assert answer.value is None
    said = [deployed(n, f"2026-10-0{n}T10:00:00Z", outcome="failed" if n == 1 else "worked") for n in (1, 2, 3, 4)]
    assert value("change_failure_rate", said).value == 25


@pytest.mark.parametrize("order", [1, -1])
def test_what_jira_and_others_tell_is_counted_once_where_both_count(order: int) -> None:
    tickets = [
        Item("2026-09-01", project="A", type="Deployment", fields={"deployment_date": f"2026-10-{n:02d}T10:00:00Z"})
        for n in range(1, 11)
    ]
    theirs = [
        *[deployed(n, f"2026-10-{n:02d}T10:05:00Z") for n in range(1, 6)],  # the same, five minutes later
        *[deployed(n, f"2026-10-{n:02d}T20:00:00Z") for n in range(6, 9)],  # others
        *[deployed(n, f"2026-10-{n - 10:02d}T10:05:00Z", project="B") for n in range(11, 14)],  # of another project
    ][::order]
    answer = value("deployment_frequency", theirs, *tickets, mapped=("deployment_date",), delivery_source="both")
    assert answer.value == pytest.approx((10 + 3 + 3) / 31)
    assert any("5 of them are told by several sources" in note for note in answer.details["notes"])


def test_no_change_is_told_over_the_first_report_where_both_count() -> None:
    """Otherwise the first week of reports would look like an improvement."""
    tickets = [
        Item("2026-08-01", project="A", type="Deployment", fields={"deployment_date": f"2026-{month:02d}-10T10:00:00Z"})
        for month in (9, 10)
    ]
    late = [deployed(n, f"2026-10-{n:02d}T20:00:00Z") for n in range(2, 20)]
    both = {"mapped": ("deployment_date",), "delivery_source": "both"}
    answer = value("deployment_frequency", late, *tickets, **both)
    assert answer.details["trend_direction"] is None
    assert "reports of other systems begin on 2 Oct 2026" in answer.details["trend_reason"]
    early = [deployed(99, "2026-08-20T20:00:00Z"), *late]
    assert value("deployment_frequency", early, *tickets, **both).details["trend_direction"] == "up"
    assert value("deployment_frequency", [], *tickets, **both).details["trend_direction"] == "flat"


def test_rework_is_known_only_of_reports_that_name_issues() -> None:
    bug, story = Item("2026-09-01", project="A", type="Bug"), Item("2026-09-01", project="A", type="Story")
    keys = [str(each) for each in site(bug, story).issues["key"]]
    found = [
        deployed(1, "2026-10-02T10:00:00Z", issues=[keys[0]]),
        deployed(2, "2026-10-03T10:00:00Z", issues=keys),
        deployed(3, "2026-10-04T10:00:00Z"),
    ]
    answer = value("deployment_rework_rate", found, bug, story, rework_version_types=["Bug"])
    assert answer.value == 50
    assert answer.excluded_issue_count == 1


def test_projects_are_compared_by_the_names_of_the_settings() -> None:
    ticket = Item("2026-09-01", project="A", type="Deployment", fields={"deployment_date": "2026-10-01T10:00:00Z"})
    theirs = [deployed(1, "2026-10-01T10:05:00Z", project="acme/shop")]
    both = {"mapped": ("deployment_date",), "delivery_source": "both"}
    assert value("deployment_frequency", theirs, ticket, **both).value == pytest.approx(2 / 31)
    both |= {"reported_projects": ["acme/shop -> A"]}
    assert value("deployment_frequency", theirs, ticket, **both).value == pytest.approx(1 / 31)


told = st.builds(
    Told,
    st.sampled_from(["jira", "ci", "cd"]),
    st.integers(0, 40).map(lambda hours: hours * 3_600_000_000 // 4),
    st.sampled_from(["a", "b"]),
    versions=st.sampled_from([frozenset(), frozenset({"1"}), frozenset({"2"})]),
    commit=st.sampled_from(["", "aaaaaaaa", "bbbbbbbb"]),
)


@settings(max_examples=100)
@given(st.lists(told, max_size=9))
def test_a_group_holds_one_of_each_source_and_only_what_is_alike(found: list[Told]) -> None:
    groups = groups_of(found)
    assert len(groups) == len(found)
    assert sorted(set(groups)) == list(range(len(set(groups))))
    for number in set(groups):
        members = [each for each, group in zip(found, groups, strict=True) if group == number]
        assert len({each.source for each in members}) == len(members)
        assert len({each.project for each in members}) == 1
        assert max(each.at for each in members) - min(each.at for each in members) <= 2 * NEAR
    for one, two in itertools.combinations(found, 2):
        close = abs(one.at - two.at) <= NEAR_UNNAMED
        alone = sum(each.project == one.project for each in found) == 2
        if one.source != two.source and one.project == two.project and close and alone:
            known_apart = (one.versions and two.versions and one.versions != two.versions) or (
                not (one.versions and two.versions) and one.commit and two.commit and one.commit != two.commit
            )
            assert (groups[found.index(one)] == groups[found.index(two)]) is not bool(known_apart)


def test_bad_values_name_themselves() -> None:
    good = {"source": "ci", "id": "1", "environment": "production", "deployed_at": "2026-10-05T14:30:00Z"}
    for name, said in (
        ("outcome", "perhaps"),
        ("state", "open"),
        ("committed_at", "12"),
        ("id", "a\nb"),
        ("hello", "x"),
    ):
        with pytest.raises(BadGiven) as error:
            report_given(DEPLOYMENT, {**good, name: said})
        assert error.value.name == name


def test_a_store_survives_another_process_and_a_restart(tmp_path: Path) -> None:
    one, two = service_in(tmp_path), service_in(tmp_path)
    good = {"source": "ci", "id": "1", "environment": "production", "deployed_at": "2026-10-05T14:30:00Z"}
    assert one.add(DEPLOYMENT, good).result == ReportResult.CREATED
    assert two.add(DEPLOYMENT, good).result == ReportResult.REPEATED
    assert len(known(service_in(tmp_path))) == 1
