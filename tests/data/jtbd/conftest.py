"""Fixtures of the tests of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store.record_store import RecordStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    """An empty store of records."""
    store = RecordStore(tmp_path / "jobs.db")
    yield store
    store.close()
