"""Every day in exactly one bin, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.values.periods import MAX_DAYS, Period, PeriodError, first_instant, local_date, parse_day, zone_named

# Odd on purpose: half hours, no midnight, no day, midnight twice, the far ends of the world.
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Atlantic/Azores",
    "Africa/Casablanca",
    "Asia/Tehran",
    "America/Asuncion",
    "America/Havana",
    "Asia/Beirut",
    "Antarctica/Troll",
]
DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))
HOUR = timedelta(hours=1)


@st.composite
def periods(draw):
    first = draw(DAYS)
    return Period(first, first + timedelta(days=draw(st.integers(0, MAX_DAYS - 1))), draw(st.sampled_from(ZONES)))


def days_of(period):
    return [period.first + timedelta(days=n) for n in range(period.days)]


@given(periods(), st.integers(1, 400))
@example(Period(date(2011, 12, 25), date(2012, 1, 5), "Pacific/Apia"), 12)
@example(Period(date(2018, 10, 29), date(2018, 11, 11), "America/Sao_Paulo"), 7)
def test_every_day_and_every_instant_is_in_exactly_one_bin(period, most):
    bins = period.bins(most)
    assert 1 <= len(bins) <= most
    assert [day for each in bins for day in days_of(each)] == days_of(period)
    assert (bins[0].start, bins[-1].end) == (period.start, period.end)
    assert all(one.end == two.start for one, two in pairwise(bins))
    assert all(each.start <= each.end and each.zone == period.zone for each in bins)
    assert len({each.days for each in bins[:-1]}) <= 1
    assert bins[-1].days <= bins[0].days


@given(periods())
def test_the_period_before_is_adjacent_and_has_as_many_days(period):
    before = period.previous()
    assert before.end == period.start
    assert (before.days, before.zone) == (period.days, period.zone)
    assert before.last + timedelta(days=1) == period.first


@given(DAYS, st.sampled_from(ZONES))
@example(date(2018, 11, 4), "America/Sao_Paulo")  # clocks went from 00:00 to 01:00
@example(date(2018, 2, 18), "America/Sao_Paulo")  # and from 00:00 back to 23:00
@example(date(2023, 4, 28), "Africa/Cairo")
@example(date(2023, 10, 27), "Africa/Cairo")
@example(date(2024, 10, 27), "Atlantic/Azores")  # midnight comes twice
def test_a_day_begins_at_its_first_instant(day, zone_name):
    zone = ZoneInfo(zone_name)
    start = first_instant(day, zone)
    assert start.tzinfo is UTC
    if (day, zone_name) == (date(2011, 12, 30), "Pacific/Apia"):
        return  # a day that never was
    assert local_date(start, zone) == day
    assert local_date(start - timedelta(microseconds=1), zone) == day - timedelta(days=1) or (
        (day, zone_name) == (date(2011, 12, 31), "Pacific/Apia")
    )


@given(st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)), st.sampled_from(ZONES))  # noqa: DTZ001 - UTC is added
def test_an_instant_is_in_the_day_of_its_local_date(naive, zone_name):
    instant, zone = naive.replace(tzinfo=UTC), ZoneInfo(zone_name)
    day = Period(local_date(instant, zone), local_date(instant, zone), zone_name)
    if zone_name == "America/St_Johns" and not day.start <= instant < day.end:
        # Until 2011 clocks went back at 00:01: for an hour the local date was the old one again.
        assert timedelta(0) <= instant - day.end < HOUR
        return
    assert day.start <= instant < day.end


def test_no_zone_of_the_last_decades_tears_days_apart():
    from zoneinfo import available_timezones

    days = [date(1990, 1, 1) + timedelta(days=n) for n in range(0, 18_000, 37)]
    for name in sorted(available_timezones() - {"localtime"}):
        zone = ZoneInfo(name)
        starts = [first_instant(day, zone) for day in days]
        assert starts == sorted(set(starts)), name


@pytest.mark.parametrize(
    ("first", "last", "zone", "hours"),
    [
        (date(2025, 10, 20), date(2025, 10, 26), "Europe/Berlin", 169),
        (date(2025, 3, 24), date(2025, 3, 30), "Europe/Berlin", 167),
        (date(2025, 6, 2), date(2025, 6, 8), "Europe/Berlin", 168),
        (date(2018, 11, 4), date(2018, 11, 4), "America/Sao_Paulo", 23),
        (date(2018, 2, 17), date(2018, 2, 17), "America/Sao_Paulo", 25),
        (date(2023, 4, 28), date(2023, 4, 28), "Africa/Cairo", 23),
        (date(2023, 10, 26), date(2023, 10, 26), "Africa/Cairo", 25),
        (date(2011, 12, 30), date(2011, 12, 30), "Pacific/Apia", 0),
        (date(2011, 12, 29), date(2011, 12, 31), "Pacific/Apia", 48),
        (date(2025, 4, 6), date(2025, 4, 6), "Australia/Lord_Howe", 24.5),
    ],
)
def test_days_and_weeks_have_the_hours_that_the_clocks_gave_them(first, last, zone, hours):
    period = Period(first, last, zone)
    assert (period.end - period.start) / HOUR == hours


def test_the_day_that_never_was_holds_no_instant_and_its_neighbours_meet():
    skipped = Period(date(2011, 12, 30), date(2011, 12, 30), "Pacific/Apia")
    before, after = skipped.previous(), Period(date(2011, 12, 31), date(2011, 12, 31), "Pacific/Apia")
    assert before.end == skipped.start == skipped.end == after.start
    assert (after.end - after.start) / HOUR == 24


@given(st.integers(1, MAX_DAYS), DAYS, st.sampled_from(ZONES))
def test_the_last_days_end_today(count, today, zone):
    period = Period.last_days(count, today, zone)
    assert (period.days, period.last) == (count, today)


def test_a_year_and_its_leap_day_fit_and_no_more():
    assert Period(date(2024, 1, 1), date(2024, 12, 31)).days == 366
    with pytest.raises(PeriodError, match="367 days"):
        Period(date(2024, 1, 1), date(2025, 1, 1))


def test_a_reversed_period_says_what_to_do():
    with pytest.raises(PeriodError, match="Swap"):
        Period(date(2026, 2, 1), date(2026, 1, 1))


def test_no_days_are_no_period():
    with pytest.raises(PeriodError):
        Period.last_days(0, date(2026, 1, 1), "UTC")


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "/etc/passwd", "a\x00b", "Europe"])
def test_an_unknown_zone_is_a_period_error(name):
    with pytest.raises(PeriodError, match="Europe/Berlin"):
        zone_named(name)


@given(DAYS)
def test_a_day_is_read_as_it_is_written(day):
    assert (
        parse_day(day.isoformat())
        == parse_day(f" {day.isoformat()} ")
        == parse_day(f"{day.isoformat()}T10:00:00Z")
        == day
    )


@given(st.text(max_size=12))
def test_any_other_text_is_a_period_error(text):
    try:
        assert isinstance(parse_day(text), date)
    except PeriodError as error:
        assert "YYYY-MM-DD" in str(error)


@given(periods())
def test_the_label_names_both_ends(period):
    assert period.label.endswith(str(period.last.year))
    assert str(period.first.day) in period.label
