"""Dates in queries are read by Jira in the account's zone, to the minute."""

from __future__ import annotations

from datetime import datetime

import pytest

from data.sync.fetch import jql_instant


@pytest.mark.parametrize(
    ("utc", "zone", "written"),
    [
        ("2025-07-01T12:00:59", "UTC", "2025-07-01 12:00"),
        ("2025-07-01T12:00:00", "America/New_York", "2025-07-01 08:00"),
        ("2025-07-01T12:00:00", "Asia/Kolkata", "2025-07-01 17:30"),
        ("2025-10-26T00:30:00", "Europe/Berlin", "2025-10-26 01:30"),  # 2:30 is there twice: Jira may take the second
        ("2025-10-26T01:30:00", "Europe/Berlin", "2025-10-26 02:30"),  # the second 2:30
        ("2025-03-30T01:30:00", "Europe/Berlin", "2025-03-30 03:30"),
        ("2025-07-01T12:00:00", "Not/AZone", "2025-06-30 22:00"),
    ],
)
def test_a_query_never_starts_after_the_instant(utc, zone, written):
    micros = round(datetime.fromisoformat(f"{utc}+00:00").timestamp() * 1_000_000)
    assert jql_instant(micros, zone) == written
