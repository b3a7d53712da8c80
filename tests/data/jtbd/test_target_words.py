"""Targets and actual values in words: the unit after 1, and as many digits as it takes to tell the two apart."""

from __future__ import annotations

import pytest

from data.values import jobs_words
from tests.fake_jobs import MOST, outcome


@pytest.mark.parametrize(
    ("target", "actual", "unit", "words"),
    [
        (3.0, 3.00004, "days", ("≤ 3 days", "3.00004 days")),
        (3.0, 3.0, "days", ("≤ 3 days", "3 days")),
        (2.9996, 3.0, "days", ("≤ 2.9996 days", "3 days")),
        (3.0, 4.1234, "days", ("≤ 3 days", "4.12 days")),
        (1.0, 1.0, "releases", ("≤ 1 release", "1 release")),
        (1.0, 2.0, "errors", ("≤ 1 error", "2 errors")),
        (1.0, 1.00002, "errors", ("≤ 1 error", "1.00002 errors")),
        (1.0, None, "ms", ("≤ 1 ms", "–")),
    ],
)
def test_an_actual_value_reads_as_its_target_only_where_it_is_the_target(target, actual, unit, words):
    row = outcome("pay", "Time to pay", MOST, target=target, actual=actual, unit=unit)
    assert (jobs_words.target(row), jobs_words.actual(row)) == words
