"""Statuses that Jira no longer lists: what they are taken for, by the rule in words and by what numbers obey."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.store.issue_store import IssueStore
from data.tables.gone_statuses import Gone, assumed, no_gone, rows_of
from data.tables.status_intervals import Roles, roles
from data.tables.tidy import Tables
from tests.data.tables.stored_site import Site

MINUTE = 60_000_000
LIVING = [
    ("Open", "new"),
    ("Doing", "indeterminate"),
    ("Review", "indeterminate"),
    ("Review", "done"),
    ("Closed", "done"),
]
DISCARDED = {"cancelled", "rejected", "declined", "won't do", "duplicate"}
DONE = {"done", "closed", "resolved", "fixed", "completed", "released", "erledigt"}
NOT_STARTED = {"to do", "open", "backlog", "new", "inbox", "ready for dev", "offen"}
NAMES = [
    "Cancelled",
    "REJECTED",
    "Won’t do",
    "open",
    "Doing",
    "review",
    "Resolved",
    "erledigt",
    "Backlog",
    "Offen",
    "Limbo",
    "Not done",
]


def by_the_rule(name: str, entries: int, resolving: int, visits: Sequence[int]) -> tuple[str, str]:
    """What a status is (with "discarded"), and why: the rule in words, in its order."""
    plain = name.casefold().replace("’", "'")
    if plain in DISCARDED:
        return "discarded", "discarded_name"
    same = [n for n, (other, _) in enumerate(LIVING) if other.casefold() == plain]
    if same:
        kinds = {LIVING[n][1] for n in same}
        most = max(visits[n] for n in same)
        return LIVING[next(n for n in same if visits[n] == most)][1], "ambiguous" if len(kinds) > 1 else "same_name"
    if entries and resolving / entries >= 0.8:
        return "done", "resolves"
    if plain in DONE:
        return "done", "done_name"
    return ("new", "not_started_name") if plain in NOT_STARTED else ("indeterminate", "nothing")


@given(
    st.sampled_from(NAMES), st.integers(0, 40), st.integers(0, 40), st.lists(st.integers(0, 9), min_size=5, max_size=5)
)
def test_a_status_is_taken_for_what_the_rule_says(name: str, one: int, other: int, visits: list[int]) -> None:
    entries, resolving = max(one, other), min(one, other)
    found = assumed(Gone("9", name, entries, resolving), pd.DataFrame(LIVING, columns=["name", "category"]), visits)
    phase, reason = by_the_rule(name, entries, resolving, visits)
    assert (found.category, str(found.reason)) == ("done" if phase == "discarded" else phase, reason)


def means(tables: Tables, **chosen: Any) -> dict[str, str]:
    """What each status means to the numbers, by its id."""
    nothing: dict[str, list[str]] = {"started": [], "active": [], "waiting": [], "done": [], "blocked": []}
    found: Roles = roles(tables, **{**nothing, **chosen})
    return dict(zip(tables.statuses["status_id"], found.phases, strict=True))


def resolution(site: Site, issue: int, when: int) -> None:
    """A resolution set by the same entry of the history as the last change."""
    site.count -= 1
    site.change(issue, when, None, "1", field="resolution", to_name="Fixed")


@pytest.mark.parametrize(("resolved", "phase"), [(4, "done"), (3, "indeterminate")])
def test_a_status_whose_entries_resolve_is_a_finished_one(jira: Site, resolved: int, phase: str) -> None:
    for n in range(1, 6):
        by_date = n == 1  # one by its resolution date, which is within a minute; the others in the same entry
        jira.issue(n, resolved=500 * MINUTE + MINUTE if by_date and resolved else None)
        jira.change(n, 500 * MINUTE, "1", "77", to_name="Ended")
        if not by_date and n <= resolved:
            resolution(jira, n, 500 * MINUTE)
    tables = jira.tables()
    [row] = rows_of(tables.gone_statuses)
    assert (row.entries, row.resolving) == (5, resolved)
    assert means(tables)["77"] == phase


def test_a_resolution_set_much_later_says_nothing(jira: Site) -> None:
    jira.issue(1, resolved=900 * MINUTE)
    jira.change(1, 500 * MINUTE, "1", "77", to_name="Ended")
    jira.change(1, 900 * MINUTE, "77", "3", from_name="Ended", to_name="Done")
    resolution(jira, 1, 900 * MINUTE)
    assert means(jira.tables())["77"] == "indeterminate"


@pytest.mark.parametrize(
    ("next_status", "taken_away", "phase"),
    [
        ("2", False, "indeterminate"),  # work goes on with the resolution: some workflows set one in the middle
        ("2", True, "done"),  # reopened
        ("3", False, "done"),  # closed
        (None, False, "done"),
    ],
)
def test_a_resolution_with_which_work_goes_on_says_nothing(
    jira: Site, next_status: str | None, taken_away: bool, phase: str
) -> None:
    for n in range(1, 6):
        jira.issue(n, resolved=500 * MINUTE)
        jira.change(n, 500 * MINUTE, "1", "77", to_name="Writing the report")
        resolution(jira, n, 500 * MINUTE)
        if next_status:
            jira.change(n, 900 * MINUTE, "77", next_status)
        if taken_away:
            jira.count -= 1
            jira.change(n, 900 * MINUTE, "1", None, field="resolution", from_name="Fixed")
    tables = jira.tables()
    [row] = rows_of(tables.gone_statuses)
    assert (row.entries, row.resolving) == (5, 5 if phase == "done" else 0)
    assert means(tables)["77"] == phase


Step = tuple[str, bool | None]  # the status that an issue comes to; whether a resolution is set (False: taken away)


def ending(issues: list[list[Step]]) -> tuple[int, int]:
    """Entries into status 77, and how many of them set a resolution with which work ended: the rule, step by step."""
    entries = resolving = 0
    for steps in issues:
        for n, (status, sets) in enumerate(steps):
            if status == "77":
                entries += 1
                following = steps[n + 1] if n + 1 < len(steps) else ("3", None)
                goes_on = following[0] in ("1", "2") and following[1] is not False
                resolving += sets is True and not goes_on
    return entries, resolving


_QUERIES = itertools.count()
STEPS = st.lists(
    st.tuples(st.sampled_from(["1", "2", "3", "77", "78"]), st.sampled_from([True, False, None])), max_size=6
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=1, max_size=5))
def test_entries_are_counted_as_the_rule_says(store: IssueStore, issues: list[list[Step]]) -> None:
    jira = Site(store, jql=f"query {next(_QUERIES)}")
    for number, steps in enumerate(issues, 1):
        jira.issue(number)
        for n, (status, sets) in enumerate(steps, 1):
            jira.change(number, n * 500 * MINUTE, None, status, to_name="Ended" if status == "77" else "")
            if sets is not None:
                jira.count -= 1
                said = {"to_name": "Fixed"} if sets else {"from_name": "Fixed"}
                jira.change(number, n * 500 * MINUTE, None, "1" if sets else None, field="resolution", **said)
    tables = jira.tables()
    rows = {tables.statuses["status_id"][each.status]: each for each in rows_of(tables.gone_statuses)}
    assert ((rows["77"].entries, rows["77"].resolving) if "77" in rows else (0, 0)) == ending(issues)


def test_a_status_is_judged_once_for_all_its_entries(jira: Site) -> None:
    for n in range(1, 11):
        jira.issue(n)
        jira.change(n, 500 * MINUTE, "1", "77", to_name="Ended")
        if n < 10:
            resolution(jira, n, 500 * MINUTE)
    tables = jira.tables()
    assert Counter(tables.changes["target"].tolist()) == {3: 10}
    assert means(tables)["77"] == "done"  # also for the one entry without a resolution


def of_one_name(site: Site) -> Tables:
    site.issue(1)
    site.change(1, 500, "1", "71", to_name="in progress")
    return site.tables()


CHOICES: list[tuple[dict[str, list[str]], str]] = [
    ({}, "indeterminate"),
    ({"started": ["1"], "done": ["2"]}, "done"),  # it follows the status that has its name now
    ({"discarded": ["2"]}, "discarded"),
    ({"done": ["3", "71"]}, "done"),  # unless people choose it itself
    ({"discarded": ["71"]}, "discarded"),
]


@pytest.mark.parametrize(("chosen", "phase"), CHOICES)
def test_a_status_follows_that_of_its_name_until_people_choose(
    jira: Site,
    chosen: dict[str, list[str]],
    phase: str,
) -> None:
    assert means(of_one_name(jira), **chosen)["71"] == phase


def test_a_cancelled_status_that_is_gone_is_discarded(jira: Site) -> None:
    jira.issue(1)
    jira.change(1, 500, "1", "71", to_name="Rejected")
    tables = jira.tables()
    assert means(tables)["71"] == "discarded"
    assert means(tables, discarded=[])["71"] == "done"


def test_a_site_whose_statuses_are_all_there_has_none(jira: Site) -> None:
    jira.issue(1)
    jira.change(1, 500, "1", "3")
    assert jira.tables().gone_statuses.equals(no_gone())
    assert np.array_equal(jira.tables().gone_statuses.dtypes.to_numpy(), no_gone().dtypes.to_numpy())
