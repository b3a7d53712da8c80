"""Stays in statuses and spans of time, against code that counts one by one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.tables.frames import FOREVER, NEVER
from data.tables.status_intervals import Roles, StatusIntervals, crossings, first_entry, merged, overlap, roles
from tests import seeding
from tests.builders import CLOSED, DOING, DONE, REVIEW, STATUSES, TODO, WAITING, Item, at, site

MS = 1_000
always = seeding.examples(150)
BASE = at("2025-01-01")
SPAN = st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(0, 12)).map(lambda s: (s[0], s[1], s[1] + s[2]))
SPANS = st.lists(SPAN, max_size=8)
CODES = {status: n for n, (status, _, _) in enumerate(STATUSES)}


def columns(rows: list[tuple[int, int, int]]) -> tuple[np.ndarray, ...]:
    """issue, start, end; ticks become milliseconds of 2025."""
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return table[:, 0], BASE + table[:, 1] * MS, BASE + table[:, 2] * MS


def ticks(rows: list[tuple[int, int, int]], issue: int) -> set[int]:
    return {tick for who, start, end in rows if who == issue for tick in range(start, end)}


@always
@given(SPANS, SPANS)
def test_overlap_counts_every_moment_once(spans, others):
    found = overlap(*columns(spans), *columns(others))
    expected = [len(ticks([span], span[0]) & ticks(others, span[0])) * MS for span in spans]
    assert found.tolist() == expected


@always
@given(SPANS.filter(bool))
def test_merged_spans_cover_the_same_moments_and_never_touch(spans):
    issue, start, end = merged(*columns(spans))
    rows = [(int(i), (int(s) - BASE) // MS, (int(e) - BASE) // MS) for i, s, e in zip(issue, start, end, strict=True)]
    for who in range(3):
        mine = [row for row in rows if row[0] == who]
        assert ticks(mine, who) == ticks(spans, who)
        assert all(one[2] < two[1] for one, two in pairwise(mine))
    assert rows == sorted(rows)


def test_spans_of_many_issues_over_many_years_do_not_run_into_each_other():
    """So many that issue × span no longer fits: whole milliseconds are kept apart instead."""
    count = 200_000
    issue = np.repeat(np.arange(count), 2)
    start = np.tile([BASE, BASE + 5 * MS], count)
    end = np.tile([BASE + 7 * MS, BASE + 10_000 * 86_400_000_000], count)
    who, begins, ends = merged(issue, start, end)
    assert who.tolist() == list(range(count))
    assert (begins == BASE).all() and (ends == end[1]).all()


def test_overlap_with_spans_that_never_end():
    spans = (np.array([0, 1]), np.array([BASE, BASE]), np.array([BASE + 9 * MS, BASE + 9 * MS]))
    others = (np.array([0, 0]), np.array([BASE + 4 * MS, NEVER]), np.array([FOREVER, BASE + 1 * MS]))
    assert overlap(*spans, *others).tolist() == [6 * MS, 0]


def test_nothing_overlaps_with_nothing():
    nothing = (np.zeros(0, dtype=np.int64),) * 3
    spans = (np.array([0]), np.array([BASE]), np.array([BASE + MS]))
    assert overlap(*spans, *nothing).tolist() == [0]
    assert overlap(*nothing, *spans).tolist() == []
    assert [part.tolist() for part in merged(*nothing)] == [[], [], []]


HISTORY = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.sampled_from([s for s, _, _ in STATUSES]),
        st.lists(st.tuples(st.integers(0, 20), st.sampled_from([s for s, _, _ in STATUSES])), max_size=5),
    ),
    max_size=6,
)


def sites(rows) -> list[Item]:
    """Items whose changes never lie before their creation."""
    return [
        Item(
            BASE + created * MS,
            [(BASE + max(when, created) * MS, to) for when, to in sorted(moves, key=lambda m: m[0])],
            status=first,
        )
        for created, first, moves in rows
    ]


@always
@given(HISTORY, st.integers(-1, 22))
def test_status_at_replays_the_changes(rows, tick):
    items = sites(rows)
    found = StatusIntervals.from_tables(site(*items)).status_at(BASE + tick * MS, len(items))
    for item, code in zip(items, found.tolist(), strict=True):
        status = None if item.created > BASE + tick * MS else item.status
        for when, target in item.moves:
            status = target if when <= BASE + tick * MS else status
        assert code == (-1 if status is None else CODES[status])


@always
@given(HISTORY)
def test_stays_follow_each_other_without_gap(rows):
    items = sites(rows)
    stays = StatusIntervals.from_tables(site(*items))
    assert len(stays.issue) == len(items) + sum(len(item.moves) for item in items)
    for n, item in enumerate(items):
        mine = stays.within(stays.issue == n)
        assert mine.entered[0] == item.created and mine.left[-1] == FOREVER
        assert (mine.left[:-1] == mine.entered[1:]).all()
        assert [STATUSES[code][0] for code in mine.status] == [item.status, *(to for _, to in item.moves)]
    assert stays.opening.sum() == len(items)


@always
@given(HISTORY)
def test_crossings_and_first_entries_are_found_one_by_one(rows):
    items = sites(rows)
    stays = StatusIntervals.from_tables(site(*items))
    is_done = np.array([kind == "done" for _, _, kind in STATUSES])
    done = stays.are(is_done)
    crossed = stays.within(crossings(stays, done))
    first = first_entry(stays, done, len(items))
    for n, item in enumerate(items):
        path = [(item.created, item.status), *item.moves]
        expected = [two[0] for one, two in pairwise(path) if is_done[CODES[two[1]]] and not is_done[CODES[one[1]]]]
        assert crossed.entered[crossed.issue == n].tolist() == expected
        entries = [when for when, status in path if is_done[CODES[status]]]
        assert first[n] == (min(entries) if entries else NEVER)


def test_a_change_dated_before_the_creation_makes_no_negative_stay():
    item = Item("2025-01-05", [("2025-01-02", DOING), ("2025-01-07", DONE)])
    stays = StatusIntervals.from_tables(site(item))
    assert (stays.left >= stays.entered).all()
    assert stays.entered.tolist()[1:] == [at("2025-01-02"), at("2025-01-07")]


def test_an_issue_without_changes_was_in_its_status_since_it_was_created():
    stays = StatusIntervals.from_tables(site(Item("2025-01-05", status=REVIEW)))
    assert (stays.entered.tolist(), stays.left.tolist()) == ([at("2025-01-05")], [FOREVER])
    assert stays.status_at(at("2025-01-05") - 1, 1).tolist() == [-1]
    assert stays.status_at(at("2025-01-05"), 1).tolist() == [CODES[REVIEW]]


def test_an_empty_site_has_no_stays():
    stays = StatusIntervals.from_tables(site())
    assert len(stays.issue) == len(stays.opening) == len(stays.status_at(BASE, 0)) == 0


def chosen(**names: list[str]) -> Roles:
    return roles(site(), **{"started": [], "active": [], "waiting": [], "done": [], "blocked": [], **names})


def named(mask: np.ndarray) -> set[str]:
    return {STATUSES[n][0] for n in np.flatnonzero(mask)}


def test_categories_say_what_statuses_mean_until_the_user_chooses():
    found = chosen()
    assert named(found.progress) == {DOING, REVIEW, WAITING} and named(found.done) == {DONE, CLOSED}
    assert not found.active.any() and not found.waiting.any() and not found.blocked.any()


@pytest.mark.parametrize(
    ("names", "progress", "done"),
    [
        ({"started": [REVIEW]}, {REVIEW}, {DONE, CLOSED}),
        ({"done": [CLOSED]}, {DOING, REVIEW, WAITING, DONE}, {CLOSED}),  # a done status not chosen is work that goes on
        ({"started": [DOING, CLOSED], "done": [CLOSED]}, {DOING}, {CLOSED}),  # done wins
        ({"started": [TODO]}, {TODO}, {DONE, CLOSED}),
        ({"done": ["no such id"]}, {DOING, REVIEW, WAITING, DONE, CLOSED}, set()),
    ],
)
def test_chosen_statuses_replace_the_categories(names, progress, done):
    found = chosen(**names)
    assert (named(found.progress), named(found.done)) == (progress, done)


def test_a_done_status_is_never_active():
    assert named(chosen(active=[DOING, DONE]).active) == {DOING}
    assert named(chosen(active=[DOING, DONE], done=[CLOSED]).active) == {DOING, DONE}
