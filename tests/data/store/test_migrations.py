# ruff: noqa: S608 - the names in these statements are those of our own tables
"""Stores of earlier versions are migrated with all that they hold, by one process, wholly or not at all."""

from __future__ import annotations

import io
import multiprocessing
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from data.store import migrate
from data.store.issue_store import IssueStore, NewerStore, StoreError
from data.store.record_problems import RecordsError
from data.store.record_schema import NO_WAS_DEFAULT
from data.store.record_store import RecordStore, Where
from data.values.records import JobCompletion, UserSatisfaction
from tests.sample_services import sample_services, synced_services

FROZEN = Path(__file__).parent / "frozen"
ROOT = Path(__file__).parents[3]
STORES: dict[str, tuple[migrate.Schema, Callable[[Path], Any]]] = {
    "issues": (migrate.ISSUES, IssueStore),
    "records": (migrate.RECORDS, RecordStore),
}


def old_store(path: Path, name: str, version: int) -> None:
    """A file as the program of that version made it, with two rows in each table."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((FROZEN / f"{name}_{version}.sql").read_text())
        meta = {"issues": "meta", "records": "jtbd_meta"}[name]
        connection.execute(f"INSERT INTO {meta} VALUES ('schema_version', ?)", (str(version),))
        for table in tables_of(connection):
            if table != meta:
                for n in (1, 2):
                    fill(connection, table, n)
        connection.commit()
        connection.execute("PRAGMA journal_mode=WAL")


def fill(connection: sqlite3.Connection, table: str, n: int) -> None:
    columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    values = [n if any(word in kind for word in ("INT", "BOOL", "FLOAT")) else f"ä{n}" for _, _, kind, *_ in columns]
    connection.execute(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(values))})', values)


def tables_of(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in rows if not name.startswith("sqlite_")]


def held(path: Path, but: tuple[str, ...] = ("issues_version", "records_version")) -> dict[str, list[tuple]]:
    """All rows of all tables, but those that say the version and the notes that a migration leaves."""
    with closing(sqlite3.connect(path)) as connection:
        found = {}
        for name in tables_of(connection):
            if name not in but:
                columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')]
                listed = ", ".join(f'"{column}"' for column in sorted(columns))
                rows = connection.execute(f'SELECT {listed} FROM "{name}"').fetchall()
                found[name] = sorted(
                    (row for row in rows if not {"schema_version", NO_WAS_DEFAULT} & set(row)), key=repr
                )
        return found


def version_of(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        meta = "jtbd_meta" if "jtbd_meta" in tables_of(connection) else "meta"
        return connection.execute(f"SELECT value FROM {meta} WHERE name = 'schema_version'").fetchone()[0]


def stamp_of(path: Path, name: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT version_num FROM {name}_version").fetchall()


REVISION = """
import os, time
from alembic import op
import sqlalchemy as sa

revision, down_revision = "{name}_{version}", "{name}_{before}"

def upgrade():
    with op.batch_alter_table("{table}") as batch:
        batch.add_column(sa.Column("mood", sa.Text()))
        batch.alter_column("{column}", type_=sa.Text())
    {then}

def downgrade():
    with op.batch_alter_table("{table}") as batch:
        batch.drop_column("mood")
"""


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., migrate.Schema]:
    """Makes the program one whose schema is a version further, with a revision that rebuilds the largest table."""

    def make(name: str, then: str = "pass") -> migrate.Schema:
        today = STORES[name][0]
        table, column = {"issues": ("change", "from_name"), "records": ("job_completions", "persona")}[name]
        folder = tmp_path / f"{name}_next"
        folder.mkdir()
        told = {"name": name, "before": today.version, "version": today.version + 1, "then": then}
        (folder / "next.py").write_text(REVISION.format(table=table, column=column, **told))
        made = replace(today, version=today.version + 1, scripts=(folder,))
        monkeypatch.setattr(migrate, name.upper(), made)
        return made

    return make


@pytest.mark.parametrize("name", STORES)
def test_the_first_revision_makes_the_tables_of_the_day_when_migrations_began(tmp_path: Path, name: str) -> None:
    schema = STORES[name][0]
    old_store(tmp_path / "old.db", name, schema.oldest)
    engine = create_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with engine.begin() as connection:
        migrate._migrate(connection, schema, 0, schema.oldest)
        new = shape(connection)
    engine.dispose()
    old = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with old.connect() as connection:
        assert new == shape(connection)
    old.dispose()


def shape(connection: Any) -> dict[str, Any]:
    """Columns, keys and indexes of every table but those of versions."""
    known = inspect(connection)
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in known.get_columns(name)],
            sorted(known.get_pk_constraint(name)["constrained_columns"]),
            sorted((i["name"], tuple(i["column_names"]), i["unique"]) for i in known.get_indexes(name)),
            sorted((i["name"], tuple(i["column_names"])) for i in known.get_unique_constraints(name)),
        )
        for name in known.get_table_names()
        if not name.endswith("_version")
    }


@pytest.mark.parametrize("name", STORES)
def test_a_migrated_store_has_the_tables_of_a_new_one(tmp_path: Path, name: str) -> None:
    """Whoever changes a table writes a revision for it."""
    schema, opened = STORES[name]
    old_store(tmp_path / "old.db", name, schema.oldest)
    shapes = []
    for path in (tmp_path / "old.db", tmp_path / "new.db"):
        store = opened(path)
        with store.engine.connect() as connection:
            shapes.append(shape(connection))
        store.close()
        assert version_of(path) == str(schema.version)
    assert shapes[0] == shapes[1]
    assert stamp_of(tmp_path / "new.db", name) == [(schema.revision(schema.version),)]


@pytest.mark.parametrize("name", STORES)
def test_every_table_made_since_migrations_began_says_tenant_and_site(name: str) -> None:
    schema = STORES[name][0]
    first = (FROZEN / f"{name}_{schema.oldest}.sql").read_text()
    new = [table for table in schema.metadata.sorted_tables if f"CREATE TABLE {table.name} (" not in first]
    told = {"issues": {"scope"}, "records": {"tenant", "site"}}[name]  # a scope is of a tenant and a site
    assert new and not {table.name for table in new if not told <= set(table.columns.keys())}


@pytest.mark.parametrize("name", STORES)
def test_a_store_of_the_day_when_migrations_began_keeps_all_it_holds(
    tmp_path: Path, name: str, next_version: Callable[..., migrate.Schema]
) -> None:
    """Up to a version that rebuilds a table, down again, and up again."""
    schema, opened = STORES[name]
    path = tmp_path / "store.db"
    old_store(path, name, schema.oldest)
    before = held(path)
    assert all(len(rows) >= 2 for table, rows in before.items() if not table.endswith("meta"))
    newer = next_version(name)
    opened(path).close()
    assert (version_of(path), stamp_of(path, name)) == (str(newer.version), [(newer.revision(newer.version),)])
    store = opened(path)  # once is enough
    columns = {each["name"] for each in inspect(store.engine).get_columns(REBUILT[name])}
    assert "mood" in columns
    store.close()
    down_to(path, newer, schema.oldest)
    assert (held(path), version_of(path)) == (before, str(schema.oldest))
    opened(path).close()
    up = held(path)
    assert {table: len(rows) for table, rows in before.items()}.items() <= {t: len(r) for t, r in up.items()}.items()
    down_to(path, newer, schema.oldest)
    assert held(path) == before


REBUILT = {"issues": "change", "records": "job_completions"}


def down_to(path: Path, schema: migrate.Schema, version: int) -> None:
    engine = create_engine(f"sqlite:///{path}", connect_args={"isolation_level": None})
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        migrate.downgrade(connection, schema, version)
    engine.dispose()


def test_what_a_site_holds_is_the_same_after_an_upgrade(
    tmp_path: Path, next_version: Callable[..., migrate.Schema]
) -> None:
    """The sample site: the same issues, the same numbers, and nothing to read again."""
    one = synced_services(tmp_path, 60)
    path, head = one.sites.data(one.snapshot()).store.path, one.sites.data(one.snapshot()).head()
    assert path is not None
    one.sites.data(one.snapshot()).store.close()
    next_version("issues")
    before = held(path)
    other = sample_services(tmp_path, 60)
    assert other.sites.data(other.snapshot()).head() == head
    assert (other.sites.data(other.snapshot()).store.emptied, other.sites.data(other.snapshot()).problem) == (
        None,
        None,
    )
    after = held(path)
    assert after["issue"] == before["issue"]
    assert len(after["change"]) == len(before["change"]) > 100


@pytest.mark.parametrize("name", STORES)
def test_a_newer_store_is_refused_and_not_touched(
    tmp_path: Path, name: str, next_version: Callable[..., migrate.Schema], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = STORES[name][1]
    path = tmp_path / "store.db"
    next_version(name)
    opened(path).close()
    monkeypatch.undo()
    content = path.read_bytes()
    with pytest.raises((NewerStore, RecordsError)) as caught:
        opened(path)
    told = str(getattr(caught.value, "problem", "")) or f"{caught.value} {getattr(caught.value, 'hint', '')}"
    assert "newer version" in told
    assert "Update the program" in told
    assert path.read_bytes() == content


def test_an_older_store_than_migrations_know_is_emptied_and_said(tmp_path: Path) -> None:
    one = synced_services(tmp_path, 60)
    path = one.sites.data(one.snapshot()).store.path
    assert path is not None
    one.sites.data(one.snapshot()).store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE meta SET value = '4' WHERE name = 'schema_version'")
        connection.commit()
    other = sample_services(tmp_path, 60)
    assert other.sites.data(other.snapshot()).head() is None
    assert other.sites.data(other.snapshot()).store.emptied == 4
    [problem] = [each for each in other.status.of(other.snapshot()).problems if "older version" in each.what]
    assert ("4" in problem.why, "sync" in problem.todo) == (True, True)
    assert other.sync.run(other.snapshot()).error is None
    assert not [each for each in other.status.of(other.snapshot()).problems if "older version" in each.what]


def _open(name: str, path: Path, start: Any) -> None:
    start.wait()
    STORES[name][1](path).close()


@pytest.mark.parametrize("name", STORES)
def test_of_processes_that_open_it_at_once_one_migrates_and_the_others_wait(
    tmp_path: Path, name: str, next_version: Callable[..., migrate.Schema]
) -> None:
    path, runs = tmp_path / "store.db", tmp_path / "runs"
    old_store(path, name, STORES[name][0].oldest)
    count = {table: len(rows) for table, rows in held(path).items()}
    newer = next_version(name, f"time.sleep(0.5); open({str(runs)!r}, 'a').write('run ')")
    context = multiprocessing.get_context("fork")
    start = context.Barrier(4)
    workers = [context.Process(target=_open, args=(name, path, start)) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(60)
    assert [each.exitcode for each in workers] == [0, 0, 0, 0]
    assert (runs.read_text(), version_of(path)) == ("run ", str(newer.version))
    after = {table: len(rows) for table, rows in held(path).items()}
    assert count.items() <= after.items()


@pytest.mark.parametrize("name", STORES)
def test_a_program_killed_in_the_middle_leaves_a_store_that_opens(
    tmp_path: Path, name: str, next_version: Callable[..., migrate.Schema], monkeypatch: pytest.MonkeyPatch
) -> None:
    schema, opened = STORES[name]
    path = tmp_path / "store.db"
    old_store(path, name, schema.oldest)
    opened(path).close()  # whatever today's program changes is done
    before = held(path)
    newer = next_version(name, "os.kill(os.getpid(), 9)")
    context = multiprocessing.get_context("fork")
    start = context.Barrier(1)
    victim = context.Process(target=_open, args=(name, path, start))
    victim.start()
    victim.join(60)
    assert victim.exitcode == -signal.SIGKILL, "it was killed after the table had been rebuilt"
    assert (held(path), version_of(path)) == (before, str(schema.version))
    [revision] = newer.scripts
    (revision / "next.py").write_text((revision / "next.py").read_text().replace("os.kill(os.getpid(), 9)", "pass"))
    opened(path).close()
    assert version_of(path) == str(newer.version)
    monkeypatch.undo()


@pytest.mark.parametrize("name", STORES)
def test_a_migration_that_fails_leaves_the_store_as_it_was(
    tmp_path: Path, name: str, next_version: Callable[..., migrate.Schema]
) -> None:
    """A full disk, or a mistake in a revision."""
    schema, opened = STORES[name]
    path = tmp_path / "store.db"
    old_store(path, name, schema.oldest)
    before = held(path)
    next_version(name, "op.execute('INSERT INTO nowhere VALUES (1)')")
    with pytest.raises((StoreError, RecordsError)) as caught:
        opened(path)
    assert "could not be brought to this one" in str(caught.value)
    assert (version_of(path), held(path)) == (str(schema.oldest), before), "neither emptied nor put aside"
    assert [each.name for each in tmp_path.glob("*broken*")] == []


def test_opening_a_store_of_this_version_needs_no_alembic(tmp_path: Path) -> None:
    IssueStore(tmp_path / "issues.db").close()
    RecordStore(tmp_path / "jobs.db").close()
    code = (
        "import sys; from data.store.issue_store import IssueStore; from data.store.record_store import RecordStore; "
        f"IssueStore({str(tmp_path / 'issues.db')!r}); RecordStore({str(tmp_path / 'jobs.db')!r}); "
        f"IssueStore({str(tmp_path / 'new.db')!r}); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_person_can_take_a_store_back_for_an_older_program(tmp_path: Path) -> None:
    store = RecordStore(tmp_path / "jobs.db")
    job = JobCompletion("job-1", "dev", "board", "started", 1_000_000, event_id="e-1")
    store.add([job])
    store.close()

    def run(version: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "data.store.migrate", str(tmp_path / "jobs.db"), version]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert "there is no way back to 0" in run("0").stderr
    assert run("1").stdout == "jobs.db is of version 1 now.\n"
    with closing(sqlite3.connect(tmp_path / "jobs.db")) as connection:
        assert "retention_run" not in tables_of(connection)
        assert connection.execute("SELECT job_id FROM job_completions").fetchall() == [("job-1",)]
    again = RecordStore(tmp_path / "jobs.db")
    assert len(again.query_jobs()) == 1
    again.close()


def test_going_back_keeps_the_first_of_records_that_are_alike_and_says_no_where_nobody_was_asked(
    tmp_path: Path,
) -> None:
    path = tmp_path / "jobs.db"
    store = RecordStore(path)
    answer = UserSatisfaction("o", "f", "p", "4", None, None, None, None, 5, "import", scale="1-5")
    assert store.add([answer._replace(event_id=each) for each in ("e1", "e2")]) == 2
    store.close()
    down_to(path, migrate.RECORDS, 2)
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT event_id, met_expectations, would_recommend FROM user_satisfaction"
        ).fetchall()
    assert rows == [("e1", 0, 0)]
    store = RecordStore(path)
    [found] = store.query("satisfaction")
    assert (found.scale, found.met_expectations) == (None, 0)
    store.close()


def test_answers_of_an_earlier_version_are_found_again_when_their_file_is_imported(tmp_path: Path) -> None:
    """It kept the first of those that are alike, and wrote "no" where the file says nothing."""
    path = tmp_path / "jobs.db"
    store = RecordStore(path)
    answer = UserSatisfaction("o", "f", "p", "4", False, False, None, None, 5, source="import")
    store.add([answer, answer._replace(event_id="typed", source="manual", recorded_at=6)])
    store.close()
    down_to(path, migrate.RECORDS, 2)
    store = RecordStore(path)
    not_asked = answer._replace(met_expectations=None, would_recommend=None)
    assert [each.scale for each in store.query("satisfaction")] == [None, "1-10"]
    assert store.add_each([not_asked, answer, not_asked._replace(event_id="own")], imported=True) == [
        "filled",
        "new",
        "new",
    ]
    assert store.add_each([not_asked, answer], imported=True) == ["known", "known"]
    told = [
        (each.met_expectations, each.would_recommend) for each in store.query("satisfaction", Where(source="import"))
    ]
    assert sorted(told, key=repr) == [(0, 0), (None, None), (None, None)]
    store.close()


@pytest.mark.parametrize("name", STORES)
def test_every_revision_can_be_told_to_postgresql(name: str) -> None:
    """Up and down, as statements; no server is asked."""
    schema = STORES[name][0]
    scripts = ScriptDirectory(str(migrate.SCRIPTS / name), version_locations=[str(migrate.SCRIPTS / name / "versions")])
    revisions = list(scripts.walk_revisions())
    assert [each.revision for each in revisions] == [
        schema.revision(version) for version in range(schema.version, schema.oldest - 1, -1)
    ]
    said = io.StringIO()
    told = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": said})
    with Operations.context(told):
        for each in reversed(revisions):
            each.module.upgrade()
        for each in revisions:
            each.module.downgrade()
    made, dropped = (set(re.findall(rf"{word} TABLE (\w+)", said.getvalue())) for word in ("CREATE", "DROP"))
    assert made == dropped == {table.name for table in schema.metadata.sorted_tables}


def test_two_stores_fit_into_one_database() -> None:
    """As they will on a database server: their tables and versions do not meet."""
    assert not set(migrate.ISSUES.metadata.tables) & set(migrate.RECORDS.metadata.tables)
    assert migrate.ISSUES.versions.name != migrate.RECORDS.versions.name
