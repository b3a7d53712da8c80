"""Fixtures of the tests of the sync."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store.issue_store import IssueStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[IssueStore]:
    """An empty store of issues."""
    store = IssueStore(tmp_path / "issues.sqlite")
    yield store
    store.close()
