"""Instants are read exactly, however Jira writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.jira.instants import instant

AT = 1_736_935_200_123_000  # 2025-01-15T10:00:00.123Z


@pytest.mark.parametrize(
    "text",
    [
        "2025-01-15T10:00:00.123+0000",
        "2025-01-15T10:00:00.123Z",
        "2025-01-15T11:00:00.123+01:00",
        "2025-01-15T11:00:00.123+01",
        "2025-01-15T15:30:00.123+0530",
        "2025-01-15T05:00:00.123-0500",
        "2025-01-15 10:00:00.123+0000",
        "2025-01-15T10:00:00.123000+0000",
        "2025-01-15T10:00:00.123",
        1736935200.123,
        1736935200123,
        "1736935200123",
        " 2025-01-15T10:00:00.123Z ",
    ],
)
def test_every_spelling_is_the_same_instant(text):
    assert instant(text) == AT


@pytest.mark.parametrize("value", [None, "", "soon", True, [], {}, float("nan"), float("inf"), 10**30, "9" * 40, "+0"])
def test_what_is_no_instant_is_none(value):
    assert instant(value) is None


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)),  # noqa: DTZ001 - the zone comes from the next line
    st.integers(-14 * 60, 14 * 60),
)
def test_microseconds_are_exact_for_any_offset(naive, minutes):
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    exact = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert instant(moment.isoformat()) == exact
