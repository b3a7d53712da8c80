"""The stages of each item equal a slow walk through its history, and never go backwards."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.charts.stage_dates import AFTER, BEFORE, stage_dates, stage_rows
from data.values.periods import Period
from tests import seeding
from tests.builders import CANCELLED, DOING, DONE, REVIEW, TODO, Item, facts, site

NOW = date(2026, 3, 31)
YEAR = Period(date(2026, 1, 1), NOW, "UTC")
ORDER = {TODO: 0, DOING: 1, REVIEW: 2, DONE: 3}
quick = seeding.examples(60)


# Stages are those that some item was in: this one was in all of them.
THROUGH = Item("2026-01-01", [("2026-01-02", DOING), ("2026-01-03", REVIEW), ("2026-01-04", DONE)])


def table(*items: Item, period: Period = YEAR, **rules: object):
    about = facts(site(*items, THROUGH), now=f"{NOW} 12:00", **rules)
    dates = stage_dates(about, period)
    rows = stage_rows(about, dates, [""] * len(dates.issue), [""] * len(dates.issue))
    return dates.stages, {row[0]: dict(zip((*BEFORE, *dates.stages, *AFTER), row, strict=True)) for row in rows}


def item(*moves: tuple[str, str], **more: object) -> Item:
    return Item("2026-01-05", list(moves), **more)


def only(*moves: tuple[str, str], **more: object) -> dict[str, object]:
    _, rows = table(item(*moves, **more))
    return rows["P-1"]


def test_columns_are_those_that_flow_tools_read_and_days_are_entry_days():
    stages, rows = table(item(("2026-01-06", DOING), ("2026-01-08", REVIEW), ("2026-01-12", DONE)))
    assert stages == ("Not started", "In Progress", "In Review", "Done")
    row = rows["P-1"]
    assert list(row)[:3] == ["ID", "Link", "Name"] and list(row)[-1] == "Blocked Days"
    assert [row[each] for each in stages] == [date(2026, 1, day) for day in (5, 6, 8, 12)]


def test_a_skipped_stage_has_the_day_on_which_the_item_came_past_it():
    row = only(("2026-01-06", DOING), ("2026-01-12", DONE))
    assert row["In Review"] == row["Done"] == date(2026, 1, 12)


def test_an_item_that_was_moved_back_has_the_last_time_that_it_came_that_far():
    row = only(("2026-01-06", DOING), ("2026-01-08", REVIEW), ("2026-01-09", DOING), ("2026-01-20", REVIEW))
    assert (row["In Progress"], row["In Review"], row["Done"]) == (date(2026, 1, 6), date(2026, 1, 20), None)


def test_days_are_those_of_the_zone():
    _, rows = table(item(("2026-01-06 23:30", DOING)), period=Period(YEAR.first, NOW, "Asia/Tokyo"), zone="Asia/Tokyo")
    assert rows["P-1"]["In Progress"] == date(2026, 1, 7)


def test_items_that_were_finished_before_the_period_or_begun_after_it_or_discarded_are_no_rows():
    march = Period(date(2026, 3, 1), NOW, "UTC")
    done = Item("2026-01-05", [("2026-01-06", DOING), ("2026-01-12", DONE)])
    late = Item("2026-03-30", [])
    gone = Item("2026-03-02", [("2026-03-03", CANCELLED)])
    _, rows = table(done, late, gone, period=march)
    assert list(rows) == ["P-2"]
    _, rows = table(done, late, period=Period(date(2026, 2, 1), date(2026, 2, 28), "UTC"))
    assert not rows


def test_blocked_days_are_those_in_progress():
    row = only(("2026-01-06", DOING), ("2026-01-16", DONE), flags=[("2026-01-08", "2026-01-10 12:00")])
    assert row["Blocked Days"] == 2.5


@quick
@given(st.lists(st.sampled_from([TODO, DOING, REVIEW, DONE]), min_size=0, max_size=8))
def test_the_days_equal_a_slow_walk_and_never_go_backwards(way):
    moves = [(str(date(2026, 1, 6) + timedelta(days=n)), status) for n, status in enumerate(way)]
    moves = [move for n, move in enumerate(moves) if move[1] != (moves[n - 1][1] if n else TODO)]
    wanted: list[date | None] = [date(2026, 1, 5), None, None, None]
    for day, status in moves:
        level = ORDER[status]
        for stage in range(1, 4):
            if stage > level:
                wanted[stage] = None
            elif wanted[stage] is None:
                wanted[stage] = date.fromisoformat(day)
    _, rows = table(item(*moves))
    row = rows["P-1"]
    found = [row.get(name) for name in ("Not started", "In Progress", "In Review", "Done")]
    assert found == wanted
    known = [each for each in found if each is not None]
    assert known == sorted(known)
