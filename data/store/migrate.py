"""How the tables of one version become those of another, with what they hold.

The steps are Alembic revisions in migrations/<store>/versions: `issues_5` makes version 5 of the issue store's schema.
A store says its version in the row `schema_version` of its meta table, which programs read that know nothing of
Alembic; the table `<store>_version`, which is Alembic's, repeats it from the first migration on. Alembic is imported
only where something has to be changed.
"""

from __future__ import annotations

import argparse
import errno
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    insert,
    inspect,
    select,
    text,
)

from data.platform.logs import SECRETS
from data.store import access_schema, background_schema, record_schema, reported_schema, schema
from data.store.corruption import is_corrupt

log = logging.getLogger(__name__)
SCRIPTS = Path(__file__).parent / "migrations"
WAIT_SECONDS = 3600.0  # for another process that changes the same store
_PG_LOCK = 7_139_000
_alembic = threading.Lock()  # its operations are a module, not an object: one migration at a time in a process


class NewerSchema(Exception):
    """The tables were made by a newer version of this program."""

    def __init__(self, version: int, supported: int) -> None:
        super().__init__(f"version {version} of the schema; this program knows {supported}")
        self.version, self.supported = version, supported


class MayNotWrite(Exception):
    """The tables are of an earlier version, and whoever runs this program may only read them."""


class UnknownVersion(ValueError):
    """What the store says of its version is no number."""


class MigrationFailed(Exception):
    """A store of an earlier version could not be migrated; nothing in it was changed. The cause is the reason."""


@dataclass(frozen=True)
class Schema:
    """The tables of one store. `version`: the newest; `oldest`: the first one from which there is a way to it.

    `refillable`: what is too old is thrown away, since a sync reads it again.
    """

    name: str  # issues | records | access | background | reported
    metadata: MetaData
    meta: Table
    version: int
    oldest: int
    refillable: bool
    scripts: tuple[Path, ...] = ()  # folders of revisions beside our own
    versions: Table = field(init=False)

    def __post_init__(self) -> None:
        column = Column("version_num", String(32), primary_key=True)
        object.__setattr__(self, "versions", Table(f"{self.name}_version", MetaData(), column))

    def revision(self, version: int) -> str:
        """Alembic's name of a version."""
        return f"{self.name}_{version}"


@dataclass(frozen=True)
class Prepared:
    """What was done to a store. `version_before`: None: it was new. `emptied`: nothing of it could be kept."""

    version_before: int | None
    version: int
    emptied: bool = False


ISSUES = Schema("issues", schema.metadata, schema.meta, schema.SCHEMA_VERSION, 5, refillable=True)
RECORDS = Schema(
    "records", record_schema.metadata, record_schema.meta, record_schema.SCHEMA_VERSION, 1, refillable=False
)
ACCESS = Schema("access", access_schema.metadata, access_schema.meta, access_schema.SCHEMA_VERSION, 1, refillable=False)
BACKGROUND = Schema(
    "background",
    background_schema.metadata,
    background_schema.meta,
    background_schema.SCHEMA_VERSION,
    1,
    refillable=False,
)
REPORTED = Schema(
    "reported", reported_schema.metadata, reported_schema.meta, reported_schema.SCHEMA_VERSION, 1, refillable=False
)


def bring_up(engine: Engine, path: Path | None, tables: Schema, *, may_write: bool = True) -> Prepared:
    """Make a store's tables those of the newest version, if they are not; of several processes one does, the others
    wait.

    `path`: the file, None for a database server. All happens in one transaction: a program that is killed meanwhile
    leaves the store as it was. Raises NewerSchema, UnknownVersion, MayNotWrite, MigrationFailed, OSError, and what the
    database raises.
    """
    with engine.connect() as connection:
        found = found_version(connection, tables)
        if found is not None and found > tables.version:
            raise NewerSchema(found, tables.version)
        if found == tables.version:
            return Prepared(found, found)
    if not may_write:
        raise MayNotWrite
    with (
        _turn(path if found is not None else None),
        engine.connect().execution_options(throughline_writes=True) as connection,
        connection.begin(),
    ):
        return prepare(connection, tables)


def found_version(connection: Connection, tables: Schema) -> int | None:
    """The version of a store's tables; None for a store without tables, 0 where it is not said. Raises
    UnknownVersion.
    """
    if not inspect(connection).has_table(tables.meta.name):
        return None
    said = connection.scalar(select(tables.meta.c.value).where(tables.meta.c.name == "schema_version"))
    if said is not None and not re.fullmatch(r"[1-9][0-9]{0,8}", str(said)):
        raise UnknownVersion(SECRETS.shorten(str(said), 40))
    return int(said or 0)


def prepare(connection: Connection, tables: Schema) -> Prepared:
    """Make a store's tables those of the newest version, inside the caller's transaction.

    A new store gets its tables; one of a version that migrations know is migrated; an older one is emptied, if a sync
    can fill it again. Raises NewerSchema, UnknownVersion, MigrationFailed, and what the database raises; the caller
    rolls back.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:n)"), {"n": _PG_LOCK + len(tables.name)})
    found = found_version(connection, tables)
    if found is not None and found > tables.version:
        raise NewerSchema(found, tables.version)
    emptied = False
    if found is None or found < tables.oldest:
        if tables.refillable:
            emptied = found is not None
            tables.metadata.drop_all(connection)
        tables.metadata.create_all(connection)
        _stamp(connection, tables, tables.version)
    else:
        _stamp(connection, tables, found)  # a store from before Alembic says only the number
        if found < tables.version:
            try:
                _migrate(connection, tables, found, tables.version)
            except Exception as error:
                if is_corrupt(error):
                    raise
                raise MigrationFailed(f"from version {found} to {tables.version}") from error
    return Prepared(found, tables.version, emptied)


def downgrade(connection: Connection, tables: Schema, version: int) -> None:
    """Make a store's tables those of an earlier version, which an older program can read, in the caller's transaction.

    What the later versions added is lost. Raises ValueError for a version that there is no way back to, NewerSchema.
    """
    found = found_version(connection, tables)
    if found is not None and found > tables.version:
        raise NewerSchema(found, tables.version)
    if found is None or not tables.oldest <= version <= found:
        raise ValueError(f"{tables.name}: from version {found} there is no way back to {version}.")
    _stamp(connection, tables, found)  # what Alembic starts from
    if version < found:
        _migrate(connection, tables, found, version)


@contextmanager
def _turn(path: Path | None) -> Iterator[None]:
    """Waits until no other process changes the store in this file (None: nobody has to wait). Raises OSError.

    A writer's own lock in SQLite is not enough: who waits for it gives up after a minute, and a migration may take
    longer.
    """
    if path is None:
        yield
        return
    lock = FileLock(f"{path}.schema.lock", timeout=WAIT_SECONDS, poll_interval=0.05, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise OSError(errno.EBUSY, "Another program is still changing its tables") from error
    try:
        yield
    finally:
        lock.release()


def _stamp(connection: Connection, tables: Schema, version: int) -> None:
    """Write down which version the tables are, in both places."""
    tables.versions.create(connection, checkfirst=True)
    connection.execute(delete(tables.versions))
    connection.execute(insert(tables.versions).values(version_num=tables.revision(version)))
    _tell(connection, tables, version)


def _tell(connection: Connection, tables: Schema, version: int) -> None:
    connection.execute(delete(tables.meta).where(tables.meta.c.name == "schema_version"))
    connection.execute(insert(tables.meta).values(name="schema_version", value=str(version)))


def _migrate(connection: Connection, tables: Schema, found: int, version: int) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    folders = [str(SCRIPTS / tables.name / "versions"), *map(str, tables.scripts)]
    scripts = ScriptDirectory(str(SCRIPTS / tables.name), version_locations=folders)
    target = tables.revision(version)
    steps = scripts._upgrade_revs if version > found else scripts._downgrade_revs  # what Alembic's own commands call

    def way(revision: Any, _context: object) -> Any:
        return steps(target, revision)

    log.warning("the %s store is migrated from version %d to %d", tables.name, found, version)
    with _alembic, EnvironmentContext(Config(), scripts, fn=way, destination_rev=target) as environment:
        environment.configure(
            connection=connection,
            target_metadata=tables.metadata,
            version_table=tables.versions.name,
            render_as_batch=True,
        )
        environment.run_migrations()  # in the transaction that the caller has begun
    _tell(connection, tables, version)


def main() -> None:
    """Take the store in a file back to an earlier version of its tables, for an older version of this program."""
    parser = argparse.ArgumentParser(prog="python -m data.store.migrate", description=main.__doc__)
    parser.add_argument(
        "file", type=Path, help="issues.db, jobs.db, access.db, background.db or reported.db, which no program uses"
    )
    parser.add_argument("version", type=int, help="the version of the tables that the older program knows")
    told = parser.parse_args()
    if not told.file.is_file():
        parser.error(f"There is no file {told.file}.")
    engine = create_engine(f"sqlite:///{told.file}", connect_args={"isolation_level": None})
    with _turn(told.file), engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        names = inspect(connection).get_table_names()
        tables = next((each for each in (RECORDS, ACCESS, BACKGROUND, REPORTED) if each.meta.name in names), ISSUES)
        try:
            downgrade(connection, tables, told.version)
        except (ValueError, NewerSchema) as error:
            parser.error(str(error))
    engine.dispose()
    print(f"{told.file.name} is of version {told.version} now.")


if __name__ == "__main__":
    main()
