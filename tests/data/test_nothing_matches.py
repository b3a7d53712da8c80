"""An account or a query that brings no issue, an address as pasted, zones as Jira writes them, a clock that is
wrong.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cli import main, sites
from data.jira.connection import site_url
from data.services.services import Services, open_services
from data.sync.fetch import jql_instant
from data.values.periods import PeriodError, first_instant, known_zone, zone_named
from tests.callbacks.acting import words
from tests.data.jira.fake import MYSELF, FakeSite, Reply
from tests.sample_services import environment
from ui.modals.connection import report
from ui.words import moment

COUNT = "/rest/api/3/search/approximate-count"


@pytest.fixture
def site():
    with FakeSite(0) as site:
        yield site


@pytest.fixture
def env(site: FakeSite, tmp_path: Path) -> dict[str, str]:
    return environment(
        tmp_path, JIRA_URL=site.url, JIRA_EMAIL="me@example.org", JIRA_TOKEN="canary-51c2", JIRA_JQL="project = A"
    )


def ask(services: Services, site: FakeSite):
    return services.connection.test(site.url, "me@example.org", "canary-51c2", "project = A", services.snapshot())


@pytest.mark.parametrize(
    ("count", "said"),
    [
        ({"count": 0}, "matches no issue that this account may see (Jira counts 0 issues for it)"),
        ({"count": 12}, "Jira counts 12 issues for the query “project = A”, but shows none to this account"),
        (Reply(403, {}), "matches no issue that this account may see."),
    ],
)
def test_an_empty_result_names_query_permissions_and_jiras_count(site, env, count, said, monkeypatch, capsys):
    site.routes[COUNT] = count
    services = open_services(env)
    result = services.sync.run(services.snapshot())
    assert (result.error, result.issues) == (None, 0)
    assert said in " ".join(result.warnings)
    again = services.sync.run(services.snapshot())
    assert again.mode == "incremental" and said in " ".join(again.warnings)
    found = ask(services, site)
    assert found.ok and said in str(found.problem)
    assert said in words(report(found))
    wrong = {each.name: each.message for each in services.doctor.examine(services.snapshot()) if each.ok is False}
    assert said in wrong["Last sync"] and said in wrong["Jira"]
    assert "No issue is held" in wrong["Data"]
    [finding] = [
        each for each in services.status.quality(services.snapshot()).findings if each.title == "No issue is held"
    ]
    assert said in finding.effect or said.split(",")[0] in finding.effect
    monkeypatch.setattr(sites, "_services", lambda: services)
    main(["sync"])
    assert said.split(" (")[0] in " ".join(capsys.readouterr().err.split())


def test_a_count_that_says_more_than_came_is_not_complete(site, env):
    site.routes[COUNT] = {"count": 12}
    fresh = open_services(env)
    assert not fresh.sync.run(fresh.snapshot()).complete


def test_a_connection_test_says_how_many_issues_the_query_matches(env, tmp_path):
    with FakeSite(30) as site:
        services = open_services({**env, "JIRA_URL": site.url})
        found = ask(services, site)
        assert (found.ok, found.problem, found.matches) == (True, None, 30)
        assert "Issues of the query" in words(report(found)) and "30" in words(report(found))
        assert (
            "The query matches 30 issues."
            in {each.name: each.message for each in services.doctor.examine(services.snapshot())}["Jira"]
        )
        site.routes[COUNT] = Reply(403, {})
        assert (ask(services, site).ok, ask(services, site).matches) == (True, None)


@pytest.mark.parametrize(
    ("pasted", "address"),
    [
        ("https://jira.example.org/jira/servicedesk/customer/portal/7", "https://jira.example.org/jira"),
        ("https://jira.example.org/jira/servicedesk/agent/HELP/queues", "https://jira.example.org/jira"),
        ("https://jira.example.org/jira/servicedesk", "https://jira.example.org/jira"),
        ("https://jira.example.org/servicedesk/customer/portals", "https://jira.example.org"),
        ("https://jira.example.org/help/servicedesk/customer/portals", "https://jira.example.org/help"),
        ("https://jira.example.org/jira/servicedesk/projects/HELP/queues", "https://jira.example.org"),
        (
            "https://example.atlassian.net/jira/servicedesk/projects/HELP/queues/custom/1",
            "https://example.atlassian.net",
        ),
        ("https://example.atlassian.net/jira/servicedesk", "https://example.atlassian.net"),
        ("https://example.atlassian.net/jira", "https://example.atlassian.net"),
        ("https://example.atlassian.net/servicedesk/customer/portals", "https://example.atlassian.net"),
        ("https://api.atlassian.com/ex/jira/1-2", "https://api.atlassian.com/ex/jira/1-2"),
    ],
)
def test_a_pasted_page_of_service_management_keeps_the_context_path(pasted, address):
    assert site_url(pasted) == address


@pytest.mark.parametrize(
    ("name", "hours"),
    [("GMT+03:00", 3), ("GMT-03:30", -3.5), ("UTC+5", 5), ("GMT+0545", 5.75), ("UTC-11:00", -11), ("GMT+00:00", 0)],
)
def test_a_fixed_zone_is_understood_everywhere(name, hours):
    distance = timedelta(hours=hours)
    assert datetime(2026, 7, 1, tzinfo=zone_named(name)).utcoffset() == distance
    assert (zone_named(name).key, known_zone(name)) == (name, name)
    assert first_instant(date(2026, 7, 1), zone_named(name)) == datetime(2026, 7, 1, tzinfo=UTC) - distance
    assert (
        jql_instant(1_800_000_000_000_000, name)
        == f"{datetime.fromtimestamp(1_800_000_000, UTC) + distance:%Y-%m-%d %H:%M}"
    )
    assert moment("2026-07-01T12:00:00Z", name).endswith(f"{datetime(2026, 7, 1, 12, tzinfo=UTC) + distance:%H:%M}")


@pytest.mark.parametrize("name", ["GMT+25:00", "GMT+03:75", "GMT+", "GMT+3:0", "+03:00 GMT", "Mars/Base"])
def test_what_is_no_zone_is_none(name):
    with pytest.raises(PeriodError):
        zone_named(name)
    assert known_zone(name) == "UTC"


@pytest.mark.parametrize("zone", ["GMT+03:00", "Mars/Base"])
def test_the_zone_of_the_account_is_used_or_told(site, env, zone):
    site.routes["/rest/api/3/myself"] = MYSELF | {"timeZone": zone}
    services = open_services(env)
    warnings = " ".join(services.sync.run(services.snapshot()).warnings)
    understood = zone == "GMT+03:00"
    assert ("Mars/Base" in warnings and "UTC" in warnings) != understood
    assert services.snapshot().zone() == (zone if understood else "UTC")
    assert services.view("7d").zone == services.status.of(services.snapshot()).zone == services.snapshot().zone()


def test_a_last_sync_in_the_future_draws_a_remark_and_is_not_taken_for_fresh(env):
    now = datetime.now(UTC)
    clock = [now + timedelta(days=2, hours=1)]
    with FakeSite(30) as site:
        services = open_services({**env, "JIRA_URL": site.url}, clock=lambda: clock[0])
        assert services.sync.run(services.snapshot()).complete
        assert not services.status.of(services.snapshot()).stale
        clock[0] = now
        assert services.status.of(services.snapshot()).stale
        found = {each.title for each in services.status.quality(services.snapshot()).findings}
        assert "The last sync lies 2 days in the future" in found
        wrong = {each.name: each.message for each in services.doctor.examine(services.snapshot()) if each.ok is False}
        assert "lies in the future" in wrong["Data"]
        clock[0] = now + timedelta(days=2, hours=1) - timedelta(minutes=5)  # clocks differ a little
        assert not services.status.of(services.snapshot()).stale
        assert not any("future" in each.title for each in services.status.quality(services.snapshot()).findings)
