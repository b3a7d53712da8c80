"""Runs one SELECT in DuckDB, in this process: no files, no network, bounded memory and threads, stopped when it takes
too long.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import duckdb

from data.query.build import Statement
from data.query.problems import QueryStopped
from data.query.relations import Relation
from data.values.problem import Problem

SECONDS = 30.0
LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GB",
    "threads": 2,
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,  # names in the text never mean variables of this program
    "max_temp_directory_size": "0B",
}


@dataclass(frozen=True)
class Answered:
    """The rows, and how long the engine took for them, in seconds."""

    rows: list[tuple[object, ...]]
    seconds: float


def run(statement: Statement, relations: Iterable[Relation], seconds: float = SECONDS) -> Answered:
    """The rows of a SELECT over the relations. Raises QueryStopped."""
    connection = _database().cursor()  # of its own: what it is given, other questions do not see
    try:
        for each in relations:
            connection.register(each.name, dict(each.columns))
        return _run(connection, statement, seconds)
    finally:
        connection.close()


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """An empty database in memory, made once in a process. Nobody can change its settings any more."""
    connection = duckdb.connect(":memory:", config=LOCKED)
    connection.execute("SET lock_configuration = true")
    return connection


def _run(connection: duckdb.DuckDBPyConnection, statement: Statement, seconds: float) -> Answered:
    clock = threading.Timer(seconds, connection.interrupt)
    clock.daemon = True
    clock.start()
    began = time.perf_counter()
    try:
        rows = connection.execute(statement.text, list(statement.parameters)).fetchall()
    except duckdb.InterruptException as error:
        why = f"It took longer than {seconds:g} seconds."
        raise QueryStopped(Problem("The question was stopped.", why, "Ask for fewer days or fewer groups.")) from error
    except duckdb.OutOfMemoryException as error:
        why = f"It needed more than {LOCKED['memory_limit']} of memory."
        raise QueryStopped(Problem("The question was stopped.", why, "Ask for fewer days or fewer groups.")) from error
    finally:
        clock.cancel()
    return Answered(rows, time.perf_counter() - began)
