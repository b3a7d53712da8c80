"""The generated site, synced as Cloud and as Data Center: the store equals the site, also after changes."""

from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.errors import NotAuthorized
from data.jira.fields import suggestions
from data.settings.fields import FIELDS
from data.store import schema
from data.store.issue_store import IssueStore
from data.sync.field_usage import candidates, coverage
from data.sync.run import sync
from sample.company import PEOPLE
from sample.generator import generate
from sample.preset import preset
from sample.server import BAD_TOKEN, SampleServer

ALL = "created >= 2000-01-01"
HOME = "http://127.0.0.1:1"
FLAVOURS = ["cloud", "dc"]


@pytest.fixture(scope="module")
def site():
    return generate(320, seed=3, until=date(2026, 1, 31))


def run(site, store, flavour, **more):
    with SampleServer(site, flavour=flavour) as server:
        result = sync(Connection(server.url, "me@example.org", "secret"), store, jql=ALL, known_as=HOME, **more)
    assert result.error is None, result.error
    assert result.complete, result.warnings
    return result


def rows(store, query):
    with store.engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(query))


def micros(text):
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)


def held(store):
    """What the store has, in plain values: issues, status changes, links, versions, labels."""
    issue, change, link, version = (getattr(schema, name).c for name in ("issue", "change", "link", "version"))
    comment = schema.comment.c
    moves = select(change.issue_id, change.at, change.from_id, change.to_id).where(change.field == "status")
    return {
        "issues": rows(store, select(issue.issue_id, issue.key, issue.created, issue.updated, issue.status_id)),
        "labels": [(number, json.loads(text)) for number, text in rows(store, select(issue.issue_id, issue.labels))],
        "moves": rows(store, moves),
        "links": rows(store, select(link.issue_id, link.phrase, link.other_key)),
        "versions": rows(store, select(version.version_id, version.name, version.released)),
        "comments": rows(store, select(comment.issue_id, comment.comment_id, comment.created, comment.author_id)),
    }


def in_site(site):
    found = {"issues": [], "labels": [], "moves": [], "links": [], "versions": [], "comments": []}
    for issue in site.issues:
        f = issue.fields
        found["issues"].append((issue.id, issue.key, micros(f["created"]), micros(f["updated"]), f["status"]["id"]))
        found["labels"].append((issue.id, list(f.get("labels") or [])))
        for history in issue.changes():
            for item in history["items"]:
                if item.get("fieldId", item["field"]) == "status":
                    found["moves"].append((issue.id, micros(history["created"]), item["from"], item["to"]))
        for n, (at, person) in enumerate(zip(issue.comments[::2], issue.comments[1::2], strict=True)):
            found["comments"].append((issue.id, issue.id * 1000 + n, at * 1_000_000, PEOPLE[person]["accountId"]))
        for each in f.get("issuelinks") or []:
            side = "inward" if "inwardIssue" in each else "outward"
            found["links"].append((issue.id, each["type"][side], each[f"{side}Issue"]["key"]))
    for project in site.projects:
        for each in project.get("versions", []):
            found["versions"].append((int(each["id"]), each["name"], each["released"]))
    return {name: sorted(part) for name, part in found.items()}


def mapped(site):
    parts = preset(site)["dora_flow_config"]["field_mappings"]
    return {name: jira for part in parts.values() for name, jira in part.items()}


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_store_equals_the_site(site, store, flavour):
    result = run(site, store, flavour, mapped_fields=set(mapped(site).values()))
    want = in_site(site)
    assert held(store) == want
    assert len(want["moves"]) > 320, "the site has histories"
    assert len(want["comments"]) > 320, "the site has comments"
    assert result.incomplete_comments == 0
    assert result.fetched == 320
    assert store.scope_for(HOME, ALL).flavour == flavour


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_mapped_values_arrive_as_the_site_has_them(site, store, flavour):
    fields = mapped(site)
    run(site, store, flavour, mapped_fields=set(fields.values()))
    value = schema.field_value.c
    for jira in (fields["deployment_date"], fields["story_points"], fields["deployment_successful"]):
        found = rows(store, select(value.issue_id, value.value).where(value.field_id == jira))
        assert [row[0] for row in found] == sorted(
            issue.id for issue in site.issues if issue.fields.get(jira) is not None
        )
        assert found


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_flags_and_their_history_are_kept_without_being_mapped(site, store, flavour):
    run(site, store, flavour)
    flag = next(row["id"] for row in site.fields if row["name"] == "Flagged")
    change = schema.change.c
    found = rows(store, select(change.issue_id, change.at).where(change.field.in_([flag, "flagged"])))
    want = [
        (issue.id, micros(history["created"]))
        for issue in site.issues
        for history in issue.changes()
        for item in history["items"]
        if item["field"] == "Flagged"
    ]
    assert found == sorted(want)
    assert found


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_after_changes_an_incremental_sync_makes_them_equal_again(site, store, flavour):
    run(site, store, flavour)
    later = copy.deepcopy(site)
    later.__dict__.pop("by_id", None)
    later.__dict__.pop("by_key", None)
    moved, gone = later.issues[10], later.issues[20]
    done = next(row for row in later.statuses if row["statusCategory"]["key"] == "done")
    at = "2026-01-31T12:00:00.000+0000"
    item = {"field": "status", "fieldId": "status", "from": moved.fields["status"]["id"], "to": done["id"]}
    moved.add_history({"id": "990001", "created": at, "items": [item]})
    moved.fields |= {"updated": at, "status": done, "labels": ["changed"]}
    later.issues.remove(gone)
    result = run(later, store, flavour)
    assert (result.mode, result.removed, result.issues) == ("incremental", 1, 319)
    assert result.fetched < 100
    assert held(store) == in_site(later)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_newly_mapped_field_gives_the_same_as_a_full_sync(site, store, flavour, tmp_path):
    fields = set(mapped(site).values())
    run(site, store, flavour)
    before = held(store)
    assert run(site, store, flavour, mapped_fields=fields).mode == "fill"
    assert held(store) == before
    fresh = IssueStore(tmp_path / "fresh.sqlite")
    run(site, fresh, flavour, mapped_fields=fields)
    for table in (schema.field_value, schema.change):
        assert rows(store, select(table)) == rows(fresh, select(table))
    fresh.close()


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_documented_bad_token_is_refused_before_anything_is_read(site, store, flavour):
    with SampleServer(site, flavour=flavour) as server:
        result = sync(Connection(server.url, "me@example.org", BAD_TOKEN), store, jql=ALL)
        assert (result.error["code"], server.requests) == ("not_authorized", 1)
        with Jira(Connection(server.url, "", BAD_TOKEN)) as jira, pytest.raises(NotAuthorized):
            jira.projects()


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_suggestions_find_the_fields_of_the_site(site, flavour):
    with SampleServer(site, flavour=flavour) as server, Jira(Connection(server.url, "", "secret")) as jira:
        fields = jira.fields()
        used = coverage(jira, ALL, candidates(fields))
        found = suggestions(FIELDS.values(), fields, used)
        assert {each.key for each in jira.projects()} == {row["key"] for row in site.projects}
    for ours, jira_field in mapped(site).items():
        assert found[ours][0][0] == jira_field, ours
    assert max(each.of for each in used.values()) == 320
    assert all(len(each.examples) <= 3 for each in used.values())


def test_coverage_looks_at_the_newest_issues_only(site):
    points = mapped(site)["story_points"]
    newest = sorted(site.issues, key=lambda issue: micros(issue.fields["updated"]))[-150:]
    with SampleServer(site) as server, Jira(Connection(server.url, "", "secret")) as jira:
        found = coverage(jira, ALL, [points], most=150)[points]
        assert jira.requests <= 2 + 1 + 2, "who and where, ids, two pages"
    assert (found.of, found.set) == (150, sum(issue.fields.get(points) is not None for issue in newest))


def test_a_clock_is_given_not_read(site, store):
    at = datetime(2026, 2, 1, tzinfo=UTC)
    result = run(site, store, "cloud", now=lambda: at)
    assert result.finished_at == "2026-02-01T00:00:00.000Z"
    assert store.scope_for(HOME, ALL).synced_at == round(at.timestamp() * 1_000_000)
