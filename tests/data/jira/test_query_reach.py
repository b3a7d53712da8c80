"""What a query vouches for is told from its conditions on project, type, created and updated, and from nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from data.jira.query_dates import reach_of

SYNCED = datetime(2026, 3, 18, 10, 30, tzinfo=UTC)  # a Wednesday


def since(jql: str, zone: str = "UTC") -> str | None:
    found = reach_of(jql, SYNCED, zone)
    assert found.conditions == ()
    return found.since and found.since.isoformat(sep=" ", timespec="minutes").removesuffix("+00:00")


@pytest.mark.parametrize(
    ("jql", "start"),
    [
        ("", None),
        ("ORDER BY updated DESC", None),
        ("project = X", None),
        ("project in (X, 'Two words') and issuetype not in (Epic, \"Sub-task\")", None),
        ("project = X AND created >= 2020-01-01 ORDER BY rank", "2020-01-01 00:00"),
        ('updated >= "2026-01-31"', "2026-01-31 00:00"),
        ("updatedDate > '2026/1/31 14:05'", "2026-01-31 14:05"),
        ("updated >= -30d", "2026-02-16 10:30"),
        ("updated>=-1w", "2026-03-11 10:30"),
        ('updated >= "-1w 2d"', "2026-03-09 10:30"),
        ("updated >= startOfDay()", "2026-03-18 00:00"),
        ("updated >= startOfDay(-30d)", "2026-02-16 00:00"),
        ("created >= startOfWeek(-1)", "2026-03-08 00:00"),
        ("created >= startOfMonth(-2)", "2026-01-01 00:00"),
        ("created >= startOfYear('-1y')", "2025-01-01 00:00"),
        ("updated >= -30d AND created >= 2026-03-01", "2026-03-01 00:00"),
        ("(project = A AND updated >= -30d) OR (project = B AND updated >= -10d)", "2026-03-08 10:30"),
        ("updated >= -30d OR created >= -10d", "2026-02-16 10:30"),
        ("NOT project = A AND updated >= -30d", "2026-02-16 10:30"),
        # What one side holds of everything, a condition on the other cannot take away.
        ("resolution = EMPTY OR updated >= -30d", "2026-02-16 10:30"),
        ("project = A AND (resolution is EMPTY OR updated >= -30d)", "2026-02-16 10:30"),
    ],
)
def test_bounds_say_where_it_begins(jql: str, start: str | None):
    assert since(jql) == start


def test_days_are_those_of_the_account():
    assert since("updated >= 2026-03-01", "Asia/Tokyo") == "2026-02-28 15:00"
    assert since("updated >= startOfDay()", "America/New_York") == "2026-03-18 04:00"


def test_a_bound_on_creation_may_end_it():
    found = reach_of("created >= 2025-01-01 AND created < 2026-01-01", SYNCED, "UTC")
    assert (found.since, found.until) == (datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("jql", "names"),
    [
        ("resolution is EMPTY", ("resolution",)),
        ("project = X AND status != Done AND labels in (a, b)", ("status", "labels")),
        ('"Epic Link" = X-1 and updated >= -30d', ("Epic Link",)),
        ("sprint in openSprints() ORDER BY created", ("sprint",)),
        ("status was in (Open, 'In Progress') BY ann BEFORE '2026-01-01' AND project = X", ("status",)),
        ("status changed AFTER -30d", ("status",)),
        ("updated <= 2026-01-31", ("updated",)),
        ("created = 2026-01-31", ("created",)),
        ("NOT updated >= -30d", ("updated",)),
        ("NOT (status = Done)", ("status",)),
        ("project = A OR (project = A AND status = Open)", ("status",)),
        ("text ~ 'created >= 2020-01-01'", ("text",)),
        ("updated >= endOfDay(-30d)", ("updated",)),
        ("project = X AND (", ("something that is not understood",)),
        ("project = 'X", ("something that is not understood",)),
        ("filter = 10100", ("filter",)),
    ],
)
def test_with_any_other_condition_it_vouches_for_nothing(jql: str, names: tuple[str, ...]):
    assert reach_of(jql, SYNCED, "UTC").conditions == names
