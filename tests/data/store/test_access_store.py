"""The store of tokens: its tables, and what it says when it cannot be used."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from data.store import migrate
from data.store.access_schema import SCHEMA_VERSION
from data.store.access_store import AccessStore, AccessStoreError, TokenRow

ROW = TokenRow("0123456789ab", "local", "", "one", "0" * 64, "read", "terminal", 1)


@pytest.fixture
def store(tmp_path: Path) -> AccessStore:
    return AccessStore(tmp_path / "access.db")


def shape(path: Path) -> dict[str, list[tuple[str, str, bool]]]:
    """Table → its columns, each with type and whether it may be empty."""
    engine = create_engine(f"sqlite:///{path}")
    found = inspect(engine)
    tables = {
        table: [(each["name"], str(each["type"]), bool(each["nullable"])) for each in found.get_columns(table)]
        for table in found.get_table_names()
        if table != migrate.ACCESS.versions.name
    }
    engine.dispose()
    return tables


def test_the_revisions_make_the_tables_of_a_new_store(store: AccessStore, tmp_path: Path) -> None:
    store.add(ROW)
    engine = create_engine(f"sqlite:///{tmp_path / 'by_revision.db'}")
    folder = migrate.SCRIPTS / "access"
    scripts = ScriptDirectory(str(folder), version_locations=[str(folder / "versions")])
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        for version in range(1, SCHEMA_VERSION + 1):
            scripts.get_revision(f"access_{version}").module.upgrade()
    engine.dispose()
    assert shape(tmp_path / "by_revision.db") == shape(store.path)


def test_reading_makes_no_file(store: AccessStore) -> None:
    assert (store.tokens(), store.token("0123456789ab")) == ([], None)
    assert not store.path.exists()


def test_what_is_kept_is_there_for_another_process(store: AccessStore) -> None:
    store.add(ROW)
    store.used(ROW.id, 5)
    assert store.revoke(ROW.id, 7)
    assert not store.revoke(ROW.id, 8)
    [row] = AccessStore(store.path).tokens()
    assert (row.id, row.used_at, row.revoked_at) == (ROW.id, 5, 7)


def test_a_newer_store_is_refused_and_not_touched(store: AccessStore) -> None:
    store.add(ROW)
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("UPDATE access_meta SET value = '99' WHERE name = 'schema_version'")
        connection.commit()
    with pytest.raises(AccessStoreError, match="newer version"):
        AccessStore(store.path).tokens()


def test_of_requests_with_one_key_that_come_together_one_gets_it(store: AccessStore) -> None:
    got: list[bool] = []
    begin = threading.Barrier(8)

    def claim() -> None:
        begin.wait()
        got.append(store.claim("site", "caller", "key", "digest", 10, 0) is None)

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(got) == [False] * 7 + [True]


def test_a_key_whose_process_was_killed_is_free_after_ten_minutes(store: AccessStore) -> None:
    assert store.claim("site", "caller", "key", "digest", 1, 0) is None
    assert store.claim("site", "caller", "key", "digest", 600_000_000, 0) is not None
    assert store.claim("site", "caller", "key", "digest", 600_000_002, 0) is None


def test_a_key_is_forgotten_when_its_day_is_over(store: AccessStore) -> None:
    assert store.claim("site", "caller", "key", "digest", 10, 0) is None
    store.settle("site", "caller", "key", 202, "{}", b"x")
    known = store.claim("site", "caller", "key", "digest", 11, 0)
    assert known is not None
    assert (known.status, known.body) == (202, b"x")
    assert store.claim("site", "caller", "key", "digest", 12, 11) is None
