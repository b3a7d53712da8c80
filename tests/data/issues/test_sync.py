"""Syncs against a small Jira: everything, changes, new fields, and what must not happen."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from data.issues import schema
from data.issues.store import IssueStore
from data.issues.sync import sync
from data.jira.connection import Connection
from tests.data.jira.fake import FakeSite

JQL = "project = A"


@pytest.fixture
def store(tmp_path):
    store = IssueStore(tmp_path / "issues.sqlite")
    yield store
    store.close()


def run(site, store, **more):
    return sync(Connection(site.url, "me@example.org", "secret"), store, jql=JQL, **more)


def count(store, table):
    with store.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_a_full_sync_holds_what_the_site_has(store):
    with FakeSite(250) as site:
        result = run(site, store)
    assert (result.error, result.complete, result.mode, result.fetched, result.revision) == (None, True, "full", 250, 1)
    assert count(store, schema.issue) == count(store, schema.change) == 250
    assert (count(store, schema.version), count(store, schema.project), count(store, schema.status)) == (1, 1, 2)
