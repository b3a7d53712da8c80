"""The store of reports: its tables are those of its migration, and a store that cannot be used says so."""

from __future__ import annotations

import multiprocessing
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from data.store import migrate
from data.store.reported_store import ReportedStore, ReportedStoreError
from data.values.reported import Report, ReportKind, ReportResult, ReportState

SITE = "https://jira.example.org"


def report(number: int, at: int = 10, state: ReportState = ReportState.DEPLOYED) -> Report:
    return Report(ReportKind.DEPLOYMENT, "ci", str(number), state, at, environment="production")


def test_the_migration_makes_the_same_tables_and_takes_them_back(tmp_path: Path) -> None:
    made = {}
    for way in ("declared", "revision"):
        engine = create_engine(f"sqlite:///{tmp_path / way}.db")
        with engine.begin() as connection:
            if way == "declared":
                migrate.REPORTED.metadata.create_all(connection)
            else:
                step = ScriptDirectory(str(migrate.SCRIPTS / "reported")).get_revision("reported_1").module
                with Operations.context(MigrationContext.configure(connection)):
                    step.upgrade()
            rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
            made[way] = {name: "".join(text.split()) for name, text in rows}
            if way == "revision":
                with Operations.context(MigrationContext.configure(connection)):
                    step.downgrade()
                assert inspect(connection).get_table_names() == []
        engine.dispose()
    assert made["declared"] == made["revision"]
    assert "reported_subject_by_time" in made["declared"]


def test_asking_makes_no_file(tmp_path: Path) -> None:
    store = ReportedStore(tmp_path / "reported.db")
    assert (store.revision(SITE), store.read(SITE), store.counts(SITE)) == (0, (0, []), [])
    assert not store.path.exists()


def test_reports_of_one_site_are_not_those_of_another(tmp_path: Path) -> None:
    store = ReportedStore(tmp_path / "reported.db")
    store.add(SITE, [report(1)], 0)
    assert store.read("sample") == (0, [])
    assert store.read(SITE)[0] == 1


def test_all_reports_of_a_request_are_kept_or_none(tmp_path: Path) -> None:
    store = ReportedStore(tmp_path / "reported.db")
    with pytest.raises(ReportedStoreError):
        store.add(SITE, [report(1), report(2, at=None)], 0)  # type: ignore[arg-type]  # what no table takes
    assert store.read(SITE) == (0, [])


def _write(path: Path, first: int) -> None:
    store = ReportedStore(path)
    for n in range(first, first + 30):
        store.add(SITE, [report(n % 40)], n)


def test_several_processes_write_at_once_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    path = tmp_path / "reported.db"
    writers = [multiprocessing.get_context("spawn").Process(target=_write, args=(path, first)) for first in (0, 10, 20)]
    for each in writers:
        each.start()
    for each in writers:
        each.join(120)
    assert [each.exitcode for each in writers] == [0, 0, 0]
    store = ReportedStore(path)
    revision, found = store.read(SITE)
    assert sorted(int(each.id) for each in found) == list(range(40))
    assert revision == 40
    counts = {each.result: each.count for each in store.counts(SITE)}
    assert counts == {ReportResult.CREATED.value: 40, ReportResult.REPEATED.value: 50}


@pytest.mark.parametrize("damage", ["newer", "broken", "folder"])
def test_a_store_that_cannot_be_used_is_told_and_not_taken_for_an_empty_one(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "reported.db"
    if damage == "folder":
        path.mkdir()
    else:
        ReportedStore(path).add(SITE, [report(1)], 0)
        if damage == "newer":
            with closing(sqlite3.connect(path)) as connection, connection:
                connection.execute("UPDATE reported_meta SET value = '99' WHERE name = 'schema_version'")
        else:
            for each in (*tmp_path.glob("reported.db-*"), path):  # what the write-ahead log holds would mend it
                each.unlink()
            path.write_bytes(b"no database" * 1_000)
    with pytest.raises(ReportedStoreError) as error:
        ReportedStore(path).read(SITE)
    assert error.value.problem.what and error.value.problem.todo
