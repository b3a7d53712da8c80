"""A sync asks little more than anybody must who wants the same."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.syncing import MOST, overlap, unavoidable
from data.jira.connection import Connection
from data.store.issue_store import IssueStore
from data.sync.run import sync
from sample.generator import generate
from sample.server import SampleServer


@pytest.mark.parametrize("issues", [300, 2000])
def test_a_full_sync_needs_few_requests_more_than_the_least(tmp_path, issues):
    site = generate(issues, seed=7, until=date(2026, 9, 30))
    store = IssueStore(tmp_path / "issues.db")
    with SampleServer(site) as server:
        result = sync(Connection(server.url, "me@example.org", "t"), store, jql="created >= -3650d")
        assert result.requests == server.requests
    least = unavoidable(store)
    store.close()
    assert result.complete
    long = sum(len(each.comments) > 40 for each in site.issues)
    assert least >= -(-issues // 100) + long + 2 * len(site.projects)
    assert least <= result.requests <= MOST * least


def test_overlap_counts_what_is_under_way_at_once():
    assert overlap([(0, 2), (1, 3), (5, 6)]) == (2, 1.25)
    assert overlap([(0, 1), (2, 3)]) == (1, 1.0)
    assert overlap([]) == (0, 0.0)
