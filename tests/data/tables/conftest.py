"""Fixtures of the tests of tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store.issue_store import IssueStore
from tests.data.tables.stored_site import Site


@pytest.fixture
def store(tmp_path: Path) -> Iterator[IssueStore]:
    """An empty store of issues."""
    store = IssueStore(tmp_path / "issues.db")
    yield store
    store.close()


@pytest.fixture
def jira(store: IssueStore) -> Site:
    """A site in that store, with statuses and types and no issues."""
    return Site(store)
