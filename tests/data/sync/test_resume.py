"""A sync that breaks off goes on where it was; readers and other queries are not disturbed; boards, sprints,
tombstones.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from data.jira import sprints
from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.sender import RetryPolicy
from data.store import schema
from data.store.issue_store import IssueStore
from data.sync import fetch
from data.sync.run import sync
from sample.generator import generate
from sample.server import SampleServer
from tests.data.jira.fake import FakeSite, Reply, a_move

JQL = "project = A"
SEARCH = "/rest/api/3/search/jql"
AT = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.fixture
def site():
    with FakeSite(1950) as site:
        yield site


def run(site, store, **more):
    with Jira(Connection(site.url, "", "t"), patience=RetryPolicy(tries=1), pause=lambda _: None) as jira:
        return sync(jira.connection, store, jql=more.pop("jql", JQL), jira=jira, **{"now": lambda: AT} | more)


def rows(store, table, scope=1):
    with store.engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(select(table).where(table.c.scope == scope)))


def breaks_after(site, pages):
    """From so many pages of issues on, Jira is down; gives back what mends it."""
    good, seen = site.routes[SEARCH], []

    def answer(asked):
        if not set(asked.body["fields"]) <= {"id", "key"}:
            seen.append(asked)
        return good(asked) if len(seen) <= pages else Reply(503)

    site.routes[SEARCH] = answer
    return lambda: site.routes.update({SEARCH: good})


def pages_asked(site):
    return [each for each in site.asked if each.path == SEARCH and "id in (" in each.body["jql"]]


def test_what_was_read_is_not_read_again(site, store):
    mend = breaks_after(site, 12)
    assert run(site, store).error["code"] == "server_trouble"
    assert rows(store, schema.issue) == []
    mend()
    site.asked.clear()
    result = run(site, store)
    assert (result.error, result.complete, result.issues) == (None, True, 1950)
    assert result.resumed >= 100
    assert len(pages_asked(site)) <= 17
    assert not list(store.path.parent.glob("*.staged*"))


def test_what_changed_since_the_first_try_is_read_again(site, store, tmp_path):
    mend = breaks_after(site, 12)
    run(site, store)
    mend()
    for number in (1001, 1150, 1449):
        site.issues[number]["fields"] |= {"summary": "new", "updated": "2025-03-25T10:00:00.000+0100"}
        site.histories[number].append(a_move(number) | {"id": str(number * 10 + 1)})
    del site.issues[1002]
    assert run(site, store).error is None
    fresh = IssueStore(tmp_path / "fresh.sqlite")
    run(site, fresh)
    for table in (schema.issue, schema.change, schema.field_value):
        assert rows(store, table) == rows(fresh, table)
    fresh.close()


@pytest.mark.parametrize("how", ["late", "another query", "another mapping"])
def test_what_does_not_fit_is_read_anew(site, store, how):
    mend = breaks_after(site, 12)
    run(site, store)
    mend()
    more = {"late": {"now": lambda: AT + timedelta(hours=25)}, "another query": {"jql": "project = A AND x"}}
    result = run(site, store, **more.get(how, {"mapped_fields": {"customfield_1"}}))
    assert (result.error, result.resumed, result.issues) == (None, 0, 1950)


def test_a_broken_file_of_an_earlier_try_costs_only_that_try(site, store):
    store.path.with_name("issues.sqlite.1.staged").write_bytes(b"no database at all" * 400)
    assert run(site, store).error is None


def test_filling_in_goes_on_too(site, store):
    run(site, store)
    mend = breaks_after(site, 12)
    assert run(site, store, mapped_fields={"customfield_1"}).error
    mend()
    site.asked.clear()
    result = run(site, store, mapped_fields={"customfield_1"})
    assert (result.error, result.mode) == (None, "fill")
    assert result.resumed >= 100
    assert len(rows(store, schema.field_value)) == 1950


def test_another_query_can_be_synced_meanwhile(site, store):
    inside = []

    def report(progress):
        if progress.phase == "reading" and not inside:
            inside.append(run(site, store, jql="project = B"))

    assert run(site, store, report=report).error is None
    assert inside[0].error is None


def test_removed_issues_stay_known_until_they_are_back(site, store):
    run(site, store)
    gone = site.issues.pop(1007)
    assert run(site, store).removed == 1
    assert [row[1:3] for row in rows(store, schema.tombstone)] == [(1007, "A-1007")]
    site.issues[1007] = gone
    result = run(site, store)
    assert (result.issues, rows(store, schema.tombstone)) == (1950, [])


def test_removed_issues_are_forgotten_after_half_a_year(site, store):
    run(site, store)
    site.issues.pop(1007)
    assert run(site, store).removed == 1
    for days, known in ((179, 1), (181, 0)):
        assert run(site, store, now=lambda days=days: AT + timedelta(days=days)).error is None
        assert len(rows(store, schema.tombstone)) == known


def test_a_large_site_is_counted_and_its_ids_are_read_once_a_day(site, store, monkeypatch):
    """A count cannot see that one came for one that went; the ids can."""
    monkeypatch.setattr(fetch, "_FEW_CENSUS", 0)
    run(site, store)
    old = site.issues.pop(1900)["fields"] | {"updated": "2025-01-02T10:00:00.000+0100"}
    site.issues[7000] = {"id": "7000", "key": "A-7000", "fields": old}
    site.asked.clear()
    assert run(site, store, now=lambda: AT + timedelta(hours=23)).issues == 1950
    assert [each.path for each in site.asked].count("/rest/api/3/search/approximate-count") == 1
    assert {row[1] for row in rows(store, schema.issue)} >= {1900}
    result = run(site, store, now=lambda: AT + timedelta(hours=25))
    assert (result.error, result.removed, result.issues) == (None, 1, 1950)
    assert {row[1] for row in rows(store, schema.issue)} == set(site.issues)


@pytest.mark.parametrize("flavour", ["cloud", "dc"])
def test_boards_and_sprints_are_those_of_the_site(store, flavour):
    site = generate(200, seed=3)
    with SampleServer(site, flavour=flavour) as server:
        result = sync(Connection(server.url, "", "t"), store, jql="created >= 2000-01-01")
    assert result.complete, result
    assert [row[1] for row in rows(store, schema.board)] == sorted(row["id"] for row in site.boards)
    want = sorted((row["id"], row["boardId"], row["name"], row["state"]) for row in site.sprints)
    assert [row[1:5] for row in rows(store, schema.sprint)] == want
    field = site.custom("gh-sprint")
    inside = {(each["id"], issue.id) for issue in site.issues for each in issue.fields.get(field) or []}
    assert {row[1:] for row in rows(store, schema.sprint_issue)} == inside
    assert inside


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_site_without_jira_software_is_a_warning(site, store, status):
    site.fields.append(
        {
            "id": "customfield_9",
            "name": "Sprint",
            "custom": True,
            "schema": {"type": "array", "custom": "com.pyxis.greenhopper.jira:gh-sprint"},
        }
    )
    site.issues[1001]["fields"]["customfield_9"] = [{"id": 5, "name": "S", "state": "active", "boardId": 2}]
    site.routes["/rest/agile/1.0/board"] = Reply(status, {})
    result = run(site, store)
    assert result.error is None
    assert "boards of project A" in result.warnings[0]
    assert [row[1:5] for row in rows(store, schema.sprint)] == [(5, 2, "S", "active")]


@pytest.mark.parametrize("name", ["Plain", "A, b", "x [y] z", "a=b,c", "=1+1", "ends ]"])
def test_sprint_names_of_data_center(name):
    text = (
        f"com.atlassian.greenhopper.service.sprint.Sprint@1fdd[id=5820,rapidViewId=7,state=CLOSED,name={name},startDate=2025-01-01T08:00:00.000Z,endDate=<null>,completeDate=<null>,sequence=5820,goal=g,"
        " [h]]"
    )
    found = sprints.of_field(text)
    assert (found.id, found.board, found.state, found.name, found.ends) == (5820, 7, "closed", name, None)
