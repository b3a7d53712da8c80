"""Syncs against a small Jira: everything, changes, new fields, and what must not happen."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.sender import RetryPolicy
from data.store import schema
from data.store.issue_store import IssueStore
from data.sync.run import sync
from tests.data.jira.fake import FakeSite, Reply, a_move, an_issue

JQL = "project = A"
SEARCH, BULK = "/rest/api/3/search/jql", "/rest/api/3/changelog/bulkfetch"
TOKEN = "canary-51c2"
LATER = "2025-03-01T10:00:00.000+0100"


@pytest.fixture
def site():
    with FakeSite(250) as site:
        yield site


def run(site, store, **more):
    connection = Connection(site.url, "me@example.org", TOKEN)
    with Jira(
        connection, cancelled=more.get("cancelled", lambda: False), patience=RetryPolicy(tries=2), pause=lambda _: None
    ) as jira:
        return sync(connection, store, jql=more.pop("jql", JQL), jira=jira, **more)


def good(site, store, **more):
    result = run(site, store, **more)
    assert result.error is None
    return result


def count(store, table):
    with store.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def contents(store):
    """All rows that readers see, but for when and how the last sync went."""
    found = {}
    with store.engine.connect() as connection:
        for table in schema.metadata.sorted_tables:
            if table.name not in ("meta", "scope", "tombstone"):
                found[table.name] = sorted(tuple(row) for row in connection.execute(select(table)))
    return found


def values(store, field):
    table = schema.field_value
    with store.engine.connect() as connection:
        rows = connection.execute(select(table.c.issue_id, table.c.value).where(table.c.field_id == field))
        return {row.issue_id: json.loads(row.value) for row in rows}


def searched(site):
    """The bodies of the searches that asked for issues (not only for ids)."""
    return [each.body for each in site.asked if each.path == SEARCH and not set(each.body["fields"]) <= {"id", "key"}]


def edit(site, number, **fields):
    """Somebody changes an issue."""
    site.issues[number]["fields"] |= {"updated": LATER} | fields


# ---- everything


def test_a_full_sync_holds_what_the_site_has(site, store):
    result = good(site, store)
    assert (result.complete, result.mode, result.fetched, result.expected, result.revision) == (
        True,
        "full",
        250,
        250,
        1,
    )
    assert (result.issues, result.changed, result.duplicates, result.warnings) == (250, 250, 0, [])
    assert count(store, schema.issue) == count(store, schema.change) == 250
    assert (count(store, schema.version), count(store, schema.project), count(store, schema.status)) == (1, 1, 2)


def test_it_asks_little_more_than_it_must(site, store):
    result = good(site, store)
    # who and where (2), lists (3), ids (1), their count (1), pages (3), histories (1), versions (1)
    assert result.requests == len(site.asked) == 12
    assert all(each.body.get("expand") is None for each in site.asked if each.path == SEARCH)


def test_readers_see_the_old_revision_until_the_end(site, store):
    good(site, store)
    site.issues.pop(1001)
    seen = []
    good(site, store, full=True, report=lambda _: seen.append(count(store, schema.issue)))
    assert set(seen) == {250}
    assert count(store, schema.issue) == 249


def test_progress_is_told_in_words(site, store):
    said = []
    good(
        site,
        store,
        report=lambda progress: said.append((progress.phase, progress.done, progress.total, progress.message)),
    )
    assert ("reading", 250, 250, "Reading issues: 250 of 250") in said
    assert (said[0][0], said[-1][0]) == ("connecting", "saving")


def test_two_queries_never_mix(site, store):
    good(site, store)
    site.issues = {1001: site.issues[1001]}
    good(site, store, jql="project = A AND labels = x")
    held = {jql: store.scope_for(site.url, jql).issues for jql in (JQL, "project = A AND labels = x")}
    assert list(held.values()) == [250, 1]


def test_the_users_order_is_replaced_by_a_stable_one(site, store):
    good(site, store, jql="project = A ORDER BY rank")
    asked = [each.body["jql"] for each in site.asked if each.path == SEARCH]
    assert asked[0] == "project = A ORDER BY created ASC, id ASC"


# ---- what changed


def test_only_what_changed_is_read_again(site, store):
    good(site, store)
    edit(site, 1007, summary="New words", labels=[], issuelinks=[], status={"id": "1", "name": "To Do"})
    site.histories[1007].append(a_move(1007, at=LATER) | {"id": "999"})
    site.asked.clear()
    result = good(site, store)
    assert (result.mode, result.fetched, result.changed, result.removed, result.revision) == (
        "incremental",
        2,
        1,
        0,
        2,
    ), "and the newest, again"
    assert site.paths[BULK] == 1
    assert count(store, schema.issue) == 250
    assert count(store, schema.change) == 251
    assert store.summaries(1, [1007, 1008]) == {1007: ("A-1007", "New words"), 1008: ("A-1008", "Issue 1008")}


def test_changes_are_asked_for_in_the_accounts_zone_with_an_overlap(site, store):
    good(site, store)
    site.asked.clear()
    good(site, store)
    # the newest `updated` is 2025-01-11 10:00 in Berlin, where the account lives
    assert searched(site)[0]["jql"] == '(project = A) AND updated >= "2025-01-11 09:45" ORDER BY created ASC, id ASC'


def test_what_changes_during_a_sync_is_found_by_the_next(site, store):
    site.issues[1250]["fields"]["updated"] = "2999-01-01T00:00:00.000+0000"  # clocks differ
    good(site, store)
    assert store.scope_for(site.url, JQL).cursor <= datetime.now(UTC).timestamp() * 1_000_000


def test_deleted_and_new_issues_are_noticed_without_being_updated(site, store):
    good(site, store)
    del site.issues[1003]
    site.issues[2000] = an_issue(2000, updated="2020-01-01T00:00:00.000+0000")
    del site.issues[1004]
    result = good(site, store)
    assert (result.mode, result.removed, result.issues) == ("incremental", 2, 249)
    assert set(store.summaries(1, [1003, 1004, 2000])) == {2000}
    with store.engine.connect() as connection:
        left = connection.scalars(select(schema.change.c.issue_id).where(schema.change.c.issue_id.in_([1003, 1004])))
        assert list(left) == []


def test_a_moved_issue_keeps_its_id_and_changes_its_key(site, store):
    good(site, store)
    edit(site, 1009, project={"id": "6", "key": "B", "name": "Beta"})
    site.issues[1009]["key"] = "B-1"
    result = good(site, store)
    assert store.summaries(1, [1009])[1009][0] == "B-1"
    [warning] = result.warnings
    assert warning.startswith("The versions of project B could not be read: Jira does not know that address or item")
    assert "GET /rest/api/3/project/B/version" in warning
    assert [(each["what"], each["names"]) for each in result.unread] == [("versions", ["B"])]
    assert (result.issues, result.complete) == (250, True)


def test_a_released_version_is_noticed_without_any_changed_issue(site, store):
    good(site, store)
    site.versions[0]["releaseDate"] = "2025-02-09"
    site.versions.append({"id": "71", "name": "1.1", "released": False})
    good(site, store)
    with store.engine.connect() as connection:
        dates = connection.execute(select(schema.version.c.name, schema.version.c.release_date)).all()
    assert sorted(tuple(row) for row in dates) == [("1.0", "2025-02-09"), ("1.1", None)]


def test_a_full_sync_is_due_once_a_week(site, store):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    modes = [good(site, store, now=lambda day=day: at + timedelta(days=day)).mode for day in (0, 6, 8, 9)]
    assert modes == ["full", "incremental", "full", "incremental"]


def test_after_any_sync_the_store_equals_a_fresh_one(site, store, tmp_path):
    good(site, store, mapped_fields={"customfield_1"})
    for number in range(1010, 1030):
        edit(site, number, customfield_1=None, labels=["y"])
        site.histories[number].append(a_move(number, at=LATER) | {"id": str(number * 10 + 1)})
    for number in range(1040, 1045):
        del site.issues[number]
    good(site, store, mapped_fields={"customfield_1"})
    fresh = IssueStore(tmp_path / "fresh.sqlite")
    good(site, fresh, mapped_fields={"customfield_1"})
    assert contents(store) == contents(fresh)
    fresh.close()


# ---- newly mapped fields


def test_a_newly_mapped_field_is_filled_in_without_reading_everything(site, store):
    good(site, store)
    before = contents(store)
    site.asked.clear()
    result = good(site, store, mapped_fields={"customfield_3"})
    assert result.mode == "fill"
    assert {tuple(each["fields"]) for each in searched(site) if "updated" not in each["jql"]} == {("customfield_3",)}
    assert sum(len(each.body["issueIdsOrKeys"]) for each in site.asked if each.path == BULK) <= 250
    after = contents(store)
    assert {name: rows for name, rows in after.items() if name != "field_value"} == {
        name: rows for name, rows in before.items() if name != "field_value"
    }


def test_filling_adds_values_and_leaves_the_others(site, store):
    for number in (1001, 1002):
        site.issues[number]["fields"]["customfield_3"] = "2025-01-18T10:00:00.000+0100"
    good(site, store, mapped_fields={"customfield_1"})
    points = values(store, "customfield_1")
    assert len(points) == 250
    assert points[1001] == 0, "nought is a value"
    result = good(site, store, mapped_fields={"customfield_1", "customfield_3"})
    assert result.mode == "fill"
    assert set(values(store, "customfield_3")) == {1001, 1002}
    assert values(store, "customfield_1") == points
    assert store.scope_for(site.url, JQL).lacks({"customfield_1", "customfield_3", "duedate"}) == set()


def test_a_field_that_is_not_asked_for_is_never_emptied(site, store):
    good(site, store, mapped_fields={"customfield_1"})
    edit(site, 1002)
    good(site, store)
    assert len(values(store, "customfield_1")) == 250
    # Mapped again it is read again: it was not kept up to date meanwhile.
    edit(site, 1003, customfield_1=42)
    assert good(site, store, mapped_fields={"customfield_1"}).mode == "fill"
    assert values(store, "customfield_1")[1003] == 42


def test_a_field_that_was_emptied_is_empty(site, store):
    good(site, store, mapped_fields={"customfield_1"})
    edit(site, 1005, customfield_1=None)
    good(site, store, mapped_fields={"customfield_1"})
    assert 1005 not in values(store, "customfield_1")


def test_the_history_of_a_newly_mapped_number_comes_with_it(site, store):
    site.histories[1006].append(a_move(1006, field="customfield_1") | {"id": "77"})
    good(site, store)
    assert count(store, schema.change) == 250
    good(site, store, mapped_fields={"customfield_1"})
    assert count(store, schema.change) == 251


def test_a_mapped_field_that_does_not_exist_is_named(site, store):
    result = good(site, store, mapped_fields={"customfield_99"})
    assert result.warnings == ["The mapped field customfield_99 does not exist on this site."]


# ---- what must not happen


@pytest.mark.parametrize("path", [SEARCH, BULK, "/rest/api/3/field", "/rest/api/3/status", "/rest/api/3/myself"])
def test_a_sync_that_fails_leaves_the_old_data(site, store, path):
    good(site, store)
    before, head = contents(store), store.scope_for(site.url, JQL)
    edit(site, 1001, summary="never seen")
    site.routes[path] = Reply(503)
    result = run(site, store, full=True)
    assert result.error["code"] == "server_trouble"
    assert (result.complete, result.revision, result.issues) == (False, 1, 250)
    after = store.scope_for(site.url, JQL)
    assert contents(store) == before
    assert (after.revision, after.cursor, after.synced_at) == (head.revision, head.cursor, head.synced_at)
    assert after.last_result["error"]["hint"]


def test_a_failure_in_the_middle_leaves_the_old_data(site, store):
    good(site, store)
    before = contents(store)
    answer, pages = site.routes[SEARCH], []

    def breaks(asked):
        pages.append(asked)
        return answer(asked) if len(pages) < 3 else Reply(500)

    site.routes[SEARCH] = breaks
    assert run(site, store, full=True).error["code"] == "server_trouble"
    assert contents(store) == before


def test_a_cancelled_sync_leaves_the_old_data(site, store):
    good(site, store)
    before, steps = contents(store), []
    result = run(site, store, full=True, report=steps.append, cancelled=lambda: len(steps) > 2)
    assert (result.error["code"], result.issues) == ("cancelled", 250)
    assert contents(store) == before


def test_far_fewer_issues_keep_the_old_data_and_say_so(site, store):
    good(site, store)
    for number in range(1001, 1080):
        del site.issues[number]
    for full in (True, False):
        result = run(site, store, full=full)
        assert result.error["code"] == "shrunk"
        assert "171 issues where there were 250" in result.error["message"]
        assert (result.issues, result.removed) == (250, 0)
    assert good(site, store, full=True, accept_fewer=True).issues == 171


def test_some_fewer_issues_are_normal(site, store):
    good(site, store)
    for number in range(1001, 1021):
        del site.issues[number]
    assert good(site, store, full=True).removed == 20


def test_only_one_sync_of_the_same_data_at_a_time(site, store):
    good(site, store)
    with store.lock(1):
        result = run(site, store)
    assert result.error["code"] == "sync_busy"
    assert store.scope_for(site.url, JQL).last_result["error"] is None
    good(site, store)


def test_an_invalid_query_says_what_jira_says(site, store):
    site.routes[SEARCH] = Reply(400, {"errorMessages": ["The value 'Z' does not exist for the field 'project'."]})
    result = run(site, store, jql="project = Z")
    assert result.error["code"] == "bad_query"
    assert "The value 'Z' does not exist" in result.error["message"]
    assert site.paths[SEARCH] == 1


def test_a_foreign_site_is_an_error_not_an_empty_store(store):
    result = sync(
        Connection("http://127.0.0.1:9", "", TOKEN), store, jira=None, now=lambda: datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert result.error["code"] == "unreachable"
    assert result.started_at == "2026-01-01T00:00:00.000Z"


# ---- odd answers


def test_an_issue_of_an_unknown_shape_is_named_and_the_others_arrive(site, store):
    site.issues[1001]["fields"]["created"] = "long ago"
    site.issues[1002]["fields"] = 7
    site.issues[1003]["fields"] |= {
        "status": "Done",
        "labels": "x",
        "issuelinks": {},
        "parent": 5,
        "assignee": [],
        "components": [None],
    }
    site.histories[1004] = [{"id": "1", "created": {}, "items": [{"field": "status", "fieldId": "status"}]}]
    site.histories[1005] = [
        {"id": None, "created": 1_700_000_000, "items": [{"field": "status", "to": 3, "from": None}]}
    ]
    result = run_with_odd_fields(site, store)
    assert result.error is None
    assert (result.fetched, result.complete, result.incomplete_histories) == (248, False, 1)
    said = " ".join(result.warnings)
    assert all(f"A-{number}" in said for number in (1001, 1002, 1004))
    with store.engine.connect() as connection:
        table = schema.issue
        partial = connection.scalars(select(table.c.issue_id).where(~table.c.history_complete)).all()
    assert partial == [1004]


def run_with_odd_fields(site, store):
    """The fake picks fields; one that has no fields at all is sent as it is."""
    answer = site.routes[SEARCH]

    def odd(asked):
        broken = site.issues.pop(1002)
        site.issues[1002] = an_issue(1002)
        found = answer(asked)
        site.issues[1002] = broken
        if not set(asked.body["fields"]) <= {"id", "key"}:
            found["issues"] = [broken if each["id"] == "1002" else each for each in found["issues"]]
        return found

    site.routes[SEARCH] = odd
    return run(site, store)


def test_issues_deleted_between_census_and_page_do_not_stop_the_sync(site, store):
    answer = site.routes[SEARCH]

    def deletes(asked):
        found = answer(asked)
        if set(asked.body["fields"]) <= {"id", "key"}:
            for number in (1100, 1200):
                site.issues.pop(number, None)
        return found

    site.routes[SEARCH] = deletes
    result = good(site, store)
    assert (result.fetched, result.issues, result.complete) == (248, 248, True)
    assert count(store, schema.change) == 248


def test_a_deleted_issue_that_jira_does_not_name_costs_only_itself(site, store):
    answer = site.routes[SEARCH]

    def deletes(asked):
        found = answer(asked)
        if set(asked.body["fields"]) <= {"id", "key"}:
            site.issues.pop(1100, None)
        return Reply(400, {"errorMessages": ["An issue does not exist."]}) if isinstance(found, Reply) else found

    site.routes[SEARCH] = deletes
    assert good(site, store).issues == 249


def test_of_an_issue_that_comes_twice_the_newest_stays(site, store):
    answer = site.routes[SEARCH]

    def twice(asked):
        found = answer(asked)
        if not set(asked.body["fields"]) <= {"id", "key"}:
            row = found["issues"][0]
            newer = row | {"fields": row["fields"] | {"updated": LATER, "summary": "newer"}}
            found["issues"] = [newer, *found["issues"], newer]
        return found

    site.routes[SEARCH] = twice
    result = good(site, store)
    assert (result.fetched, result.duplicates) == (250, 6)
    assert store.summaries(1, [1001])[1001] == ("A-1001", "newer")


def test_without_bulk_fetching_histories_are_read_one_by_one(store):
    with FakeSite(3) as site:
        site.routes[BULK] = Reply(404)
        for number in site.issues:
            page = {"values": site.histories[number], "total": 1, "isLast": True}
            site.routes[f"/rest/api/3/issue/{number}/changelog"] = page
        result = good(site, store)
    assert result.complete
    assert count(store, schema.change) == 3


def test_a_site_that_refuses_the_field_filter_gives_all_changes(store):
    with FakeSite(3) as site:
        answer = site.routes[BULK]
        site.routes[BULK] = lambda asked: Reply(400) if "fieldIds" in asked.body else answer(asked)
        assert good(site, store).complete
    assert count(store, schema.change) == 3


def test_the_token_is_nowhere_in_the_store_or_the_log(site, store, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    good(site, store)
    site.routes[SEARCH] = Reply(401)
    result = run(site, store)
    files = b"".join(each.read_bytes() for each in tmp_path.iterdir() if each.is_file())
    assert TOKEN.encode() not in files
    assert TOKEN not in caplog.text + json.dumps(result.to_dict())
