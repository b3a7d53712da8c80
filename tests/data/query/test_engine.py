"""The engine is locked: it reads nothing but the tables that it is given, and stops when it takes too long."""

from __future__ import annotations

import numpy as np
import pytest

from data.query.build import Statement
from data.query.engine import run
from data.query.problems import QueryStopped
from data.query.relations import Relation

NUMBERS = Relation("numbers", {"n": np.arange(30_000, dtype=np.int64)})


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM '/etc/passwd'",
        "COPY numbers TO '/tmp/numbers.csv'",
        "ATTACH '/tmp/other.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
        "SET enable_external_access = true",
        "SET memory_limit = '8GB'",
        "SET lock_configuration = false",
        "PRAGMA threads = 64",
        "SELECT * FROM NUMBERS_OF_THIS_TEST",
    ],
)
def test_what_is_not_a_table_of_the_question_cannot_be_reached(text):
    NUMBERS_OF_THIS_TEST = {"n": np.arange(3)}
    with pytest.raises(Exception, match=r"(?i)disabled|cannot|does not exist|locked|error"):
        run(Statement(text, ()), [NUMBERS, Relation("other", NUMBERS_OF_THIS_TEST)])


def test_values_are_bound():
    found = run(Statement("SELECT count(*) FROM numbers WHERE n < $1", (7,)), [NUMBERS])
    assert found.rows == [(7,)] and found.seconds >= 0


def test_a_question_that_takes_too_long_is_stopped_and_says_so():
    text = "SELECT count(*) FROM numbers a, numbers b, numbers c WHERE (a.n * b.n + c.n) % 7 = $1"
    with pytest.raises(QueryStopped, match=r"longer than 0.2 seconds"):
        run(Statement(text, (3,)), [NUMBERS], seconds=0.2)


def test_a_question_that_needs_too_much_memory_is_stopped_and_says_so():
    text = "SELECT list(a.n * 100000 + b.n) FROM numbers a, numbers b WHERE a.n < $1"
    with pytest.raises(QueryStopped):
        run(Statement(text, (20_000,)), [NUMBERS], seconds=20)


def test_a_question_does_not_see_what_another_one_was_given():
    run(Statement("SELECT count(*) FROM numbers", ()), [NUMBERS])
    with pytest.raises(Exception, match="does not exist"):
        run(Statement("SELECT count(*) FROM numbers", ()), [])


def test_questions_of_several_threads_do_not_meet():
    from concurrent.futures import ThreadPoolExecutor

    def asked(n: int) -> object:
        own = Relation("numbers", {"n": np.arange(n, dtype=np.int64)})
        return run(Statement("SELECT count(*), sum(n) FROM numbers WHERE n >= $1", (0,)), [own]).rows[0]

    sizes = [1_000 * n for n in range(1, 33)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(asked, sizes)) == [(n, n * (n - 1) // 2) for n in sizes]
