"""Real issues, replayed by the sample server and synced by the real client, are held as the files have them."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data.jira.connection import Connection
from data.store import schema
from data.store.issue_store import IssueStore
from data.sync.run import sync

REAL = Path(__file__).parents[3].parent / "shared" / "jira_data"
ALL = "created >= 2000-01-01"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason=f"the real issues are not there: {REAL.name}")


def micros(text):
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)


def in_file(name):
    with gzip.open(REAL / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def transitions(issues):
    """(issue, instant, from, to) of every status change in the file."""
    return sorted(
        (int(issue["id"]), micros(history["created"]), item["from"], item["to"])
        for issue in issues
        for history in issue.get("changelog", {}).get("histories", [])
        for item in history["items"]
        if item["field"] == "status"
    )


@pytest.fixture
def synced(tmp_path):
    """Syncs files through a server; gives result and connection to the store."""
    from sample.replay import load
    from sample.server import SampleServer

    store = IssueStore(tmp_path / "issues.sqlite")

    def run(flavour, data, cut=0, **more):
        """`cut`: of how many issues the file lacks some comments that it counts."""
        site = load([REAL / data], **more)
        with SampleServer(site, flavour=flavour) as server:
            result = sync(Connection(server.url, "me@example.org", "secret"), store, jql=ALL)
        assert result.error is None, result.error
        assert result.complete == (not cut), result.warnings
        assert (result.incomplete_comments, result.incomplete_histories) == (cut, 0)
        return result

    yield run, store
    store.close()


def held(store, table):
    with store.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def held_transitions(store):
    table = schema.change
    query = select(table.c.issue_id, table.c.at, table.c.from_id, table.c.to_id).where(table.c.field == "status")
    with store.engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(query))


@pytest.mark.parametrize("flavour", ["cloud", "dc"])
@pytest.mark.parametrize(
    ("name", "issues", "changes"), [("aea_2024-12_2025-12", 649, 5754), ("aea_2023-12_2025-02", 690, 6421)]
)
def test_every_transition_of_the_journals_arrives(synced, flavour, name, issues, changes):
    run, store = synced
    data = f"aea/{name}.jsonl.gz"
    result = run(flavour, data, fields=REAL / "aea/fields.json", statuses=REAL / "aea/statuses.json")
    want = transitions(in_file(data))
    assert (len(want), result.fetched) == (changes, issues)
    assert held_transitions(store) == want


@pytest.mark.parametrize("flavour", ["cloud", "dc"])
def test_alloy_arrives_with_versions_and_links(synced, flavour):
    run, store = synced
    issues = in_file("tidev/ALOY.jsonl.gz")
    cut = sum(each["fields"]["comment"]["total"] != len(each["fields"]["comment"]["comments"]) for each in issues)
    assert cut == 374
    result = run(flavour, "tidev/ALOY.jsonl.gz", cut, projects=[REAL / "tidev/project-ALOY.json"])
    assert held(store, schema.comment) == sum(len(each["fields"]["comment"]["comments"]) for each in issues)
    versions = json.loads((REAL / "tidev/project-ALOY.json").read_text())["versions"]
    assert result.fetched == held(store, schema.issue) == len(issues) == 1499
    assert held(store, schema.version) == len(versions)
    assert held(store, schema.link) == sum(len(issue["fields"]["issuelinks"]) for issue in issues)
    with store.engine.connect() as connection:
        table = schema.issue
        got = dict(tuple(row) for row in connection.execute(select(table.c.issue_id, table.c.resolved)))
    assert got == {
        int(each["id"]): micros(day) if (day := each["fields"]["resolutiondate"]) else None for each in issues
    }


def test_titanium_arrives_whole(synced):
    run, store = synced
    result = run("cloud", "tidev/TIMOB.jsonl.gz", 5470, projects=[REAL / "tidev/project-TIMOB.json"])
    assert result.fetched == held(store, schema.issue) == 22_371
    assert result.duplicates == 0
    # 224 pages, 23 bulk fetches, 5 pages of ids, who and where (2), lists (3), versions (1); comments are asked for
    # once more where some lack, and once again to learn that there is no more
    assert result.requests <= 224 + 23 + 5 + 2 + 3 + 1 + 2 * 5470 + 200
