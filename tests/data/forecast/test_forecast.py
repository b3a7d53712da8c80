"""Forecasts against plain Python: what is drawn from, what is answered, what is refused."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from data.forecast.calculate import forecast
from data.forecast.history import Past, past
from data.forecast.remaining import of_epic, of_version
from data.forecast.simulate import Urn
from data.tables.tidy import Tables, microseconds
from data.values.day_spans import day_spans
from data.values.filters import only
from data.values.forecast import SHARES, ForecastRefused, Question
from data.values.periods import PeriodError
from tests.builders import DOING, DONE, Item, Version, at, facts, site
from tests.data.forecast.oracle import Team, days_of, earliest

ZONE = "America/New_York"
NOW = "2026-03-20 12:00"


def team(seed: int = 5, days: int = 200, until: date = date(2026, 3, 20), **more) -> list[Item]:
    """Items of a team that completes up to four on workdays, at any hour of the day."""
    draw = random.Random(seed)  # noqa: S311 - not a secret
    items = []
    for back in range(days, -1, -1):
        day = until - timedelta(days=back)
        for _ in range(draw.randint(0, 4) if day.weekday() < 5 else draw.randint(0, 10) // 10):
            done = f"{day} {draw.randint(3, 23):02}:{draw.randint(0, 59):02}"
            begun = day - timedelta(days=draw.randint(1, 5))
            items.append(Item(f"{begun} 03:30", [(f"{begun} 09:00", DOING), (done, DONE)], **more))
    return items


def when_done(item: Item) -> str:
    return str(item.moves[-1][0])


def test_the_past_is_the_completions_of_each_whole_local_day():
    items = team()
    spoiled = [
        Item("2026-03-01", [("2026-03-02 10:00", DOING), ("2026-03-03 10:00", DONE)], resolution="Duplicate"),
        Item("2026-03-01", [("2026-03-02 10:00", DONE)], hierarchy=-1),
        Item("2026-03-01", [("2026-03-02 10:00", DONE), ("2026-03-03 10:00", DOING)]),
    ]
    found = past(facts(site(*items, *spoiled, zone=ZONE), now=NOW))
    for n, (count, later) in enumerate(zip(found.daily, found.later, strict=True)):
        day = date.fromordinal(found.first + n).isoformat()
        ours = [each for each in items if when_done(each)[:10] == day]
        assert (count, later) == (len(ours), sum(when_done(each)[11:] > "12:00" for each in ours)), day
    assert date.fromordinal(found.last) == date(2026, 3, 19), "today is not a whole day"
    assert date.fromordinal(found.today) == date(2026, 3, 20)


def test_what_was_completed_at_this_time_of_day_is_not_later_than_it():
    done = [f"2026-03-{day} {clock}" for day in (10, 11) for clock in ("11:59", "12:00", "12:00:00.001")]
    items = [Item("2026-03-01", [("2026-03-02", DOING), (each, DONE)]) for each in done]
    found = past(facts(site(*items, zone=ZONE), now="2026-03-20 12:00"))
    ninth = date(2026, 3, 10).toordinal() - found.first
    assert found.daily[ninth : ninth + 3].tolist() == [3, 3, 0]
    assert found.later[ninth : ninth + 3].tolist() == [1, 1, 0]


def test_the_day_that_the_query_begins_within_is_no_whole_day():
    """A query such as `updated >= "2026-03-01 15:00"` holds only part of that day."""
    about = facts(site(*team(), zone=ZONE), now=NOW)
    assert len(past(about).daily) > 100
    for known in ("2026-03-01 15:00", "2026-03-01 00:00"):
        cut = past(replace(about, complete_from=at(known, ZONE)))
        assert date.fromordinal(cut.first) == date(2026, 3, 2), known
        assert cut.daily.tolist() == past(about).daily[-len(cut.daily) :].tolist()
        assert cut.reach == "the query does not hold everything before"


def test_history_ends_with_the_last_whole_day_of_the_data():
    tables = site(*team(), zone=ZONE)
    old = replace(tables, as_of=microseconds(datetime(2026, 3, 17, 9, tzinfo=ZoneInfo(ZONE))))
    answer = forecast(facts(old, now=NOW), Question(items=5))
    assert answer.history_end == "2026-03-16"
    assert any("17 Mar 2026" in each for each in answer.notes)


@pytest.mark.parametrize("asked", [{"items": 40}, {"by": date(2026, 5, 1)}])
def test_the_same_seed_gives_the_same_answer(asked):
    about = facts(site(*team(), zone=ZONE), now=NOW)
    first, again = forecast(about, Question(**asked, seed=3)), forecast(about, Question(**asked, seed=3))
    other = forecast(about, Question(**asked, seed=4))
    assert first == again
    assert first.outcomes != other.outcomes
    assert sum(count for _, count in first.outcomes) == 10_000


OFF = "2026-02-16..2026-02-20,2026-04-03..2026-04-06"
OUT = "2026-01-12..2026-01-23"


def oracle_of(known: Past, *, off: str = "", without: str = "", plain: bool = False) -> Team:
    """The same team for the second calculation: the last 90 whole days."""
    last = date.fromordinal(known.last)
    dates = [last - timedelta(days=n) for n in range(89, -1, -1)]
    listed = [
        frozenset(day for each in day_spans(text) for day in days_of(each.first, each.last)) for text in (off, without)
    ]
    return Team(
        dict(zip(dates, known.daily[-90:].tolist(), strict=True)),
        dict(zip(dates, known.later[-90:].tolist(), strict=True)),
        date.fromordinal(known.today),
        *listed,
        plain,
    )


WAYS = [{}, {"off": OFF}, {"off": OFF, "without": OUT}, {"plain": True}, {"off": OFF, "plain": True}]


def asked(way: dict, **more) -> Question:
    return Question(
        off=day_spans(way.get("off", "")),
        without=day_spans(way.get("without", "")),
        trials=20_000,
        draw="plain" if way.get("plain") else "weekdays",
        **more,
    )


@pytest.mark.parametrize("way", WAYS)
def test_how_many_agrees_with_slow_trials(way):
    about = facts(site(*team(), zone=ZONE), now=NOW)
    by = date(2026, 5, 15)
    answer = forecast(about, asked(way, by=by))
    totals = oracle_of(past(about), **way).totals(by, 4_000)
    for share in SHARES:
        reached = sum(total >= answer.answers[share] for total in totals) / len(totals)
        one_more = sum(total >= answer.answers[share] + 1 for total in totals) / len(totals)
        assert reached >= share / 100 - 0.025, share
        assert one_more <= share / 100 + 0.025, share
        assert answer.reached[share] == pytest.approx(100 * reached, abs=3)
    assert answer.answers[50] >= answer.answers[70] >= answer.answers[85] >= answer.answers[95]
    chance = forecast(about, asked(way, by=by, items=100))
    assert chance.answers == answer.answers
    assert chance.chance == pytest.approx(100 * sum(each >= 100 for each in totals) / len(totals), abs=3)


@pytest.mark.parametrize("way", WAYS)
def test_when_agrees_with_slow_trials(way):
    about = facts(site(*team(), zone=ZONE), now=NOW)
    answer = forecast(about, asked(way, items=60))
    ends = oracle_of(past(about), **way).ends(60, 4_000)
    for share in SHARES:
        found = date.fromisoformat(answer.answers[share])
        assert earliest(ends, share - 3) <= found <= earliest(ends, min(share + 3, 100)), share
        assert answer.reached[share] >= share, "the label keeps its word"
        assert answer.reached[share] == pytest.approx(100 * sum(each <= found for each in ends) / len(ends), abs=3)
    assert answer.answers[50] <= answer.answers[70] <= answer.answers[85] <= answer.answers[95]


@pytest.mark.parametrize("seed", range(20))
def test_no_earlier_day_holds_as_often_as_the_label_says(seed):
    about = facts(site(*team(seed), zone=ZONE), now=NOW)
    answer = forecast(about, Question(items=7 + seed, seed=seed))
    done, by_day = 0, {}
    for day, count in answer.outcomes:
        by_day[day] = done = done + count
    for share, found in answer.answers.items():
        before = max((each for each in by_day if each < found), default=None)
        if len(answer.outcomes) < 40:  # a bar is a day
            assert by_day[found] * 100 >= share * answer.trials
            assert answer.reached[share] == pytest.approx(100 * by_day[found] / answer.trials)
            assert before is None or by_day[before] * 100 < share * answer.trials


def test_days_off_are_never_worked():
    items = [Item(f"{day} 01:00", [(f"{day} 09:00", DOING), (f"{day} 15:00", DONE)]) for day in days("2026-01-01", 78)]
    about = facts(site(*items), now=NOW)
    for off, end in (
        ("2026-03-21..2026-03-25", "2026-04-03"),
        ("2026-03-20", "2026-03-30"),
        ("2026-03-29", "2026-03-30"),
    ):
        answer = forecast(about, Question(items=10, off=day_spans(off)))
        assert set(answer.answers.values()) == {end}, off
        assert answer.off == (off,)
    many = forecast(about, Question(by=date(2026, 3, 29), off=day_spans("2026-03-20..2026-03-24")))
    assert set(many.answers.values()) == {5}
    assert many.worked == 3, "25 to 27 March are working days, 28 and 29 a weekend"
    none = forecast(about, Question(by=date(2026, 3, 22), off=day_spans("2026-03-20..2026-03-24")))
    assert (set(none.answers.values()), none.worked) == ({0}, 0)


def test_a_steady_team_with_a_holiday_of_two_weeks_does_about_16_items_in_15_working_days():
    """About one item a working day, asked on a Saturday; made up after the shared case of a steady team."""
    working = [day for day in days("2026-08-03", 117) if day.weekday() < 5]
    items = [
        Item(f"{day} 01:00", [(f"{day} 09:00", DOING), (f"{day} 10:00", DONE)])
        for n, day in enumerate(working)
        for _ in range((1, 0, 2, 1, 1, 1, 2, 0, 1, 1, 2, 1, 1)[n % 13])
    ]
    about = facts(site(*items), now="2026-11-28 12:00")
    pace = sum(past(about).daily[-90:]) / sum(day >= date(2026, 8, 30) for day in working)
    question = Question(by=date(2027, 1, 3), off=day_spans("2026-12-21..2027-01-01"))
    answer = forecast(about, question)
    assert answer.worked == 15
    assert answer.answers[50] == pytest.approx(15 * pace, abs=1)
    assert answer.answers[50] == pytest.approx(16, abs=1.5)
    assert forecast(about, replace(question, off=())).answers[50] == pytest.approx(25 * pace, abs=1.5)


def test_days_off_of_the_settings_are_obeyed_like_those_of_the_question():
    tables = site(*team(), zone=ZONE)
    question = {"by": date(2026, 4, 20), "seed": 5}
    asked_for = forecast(facts(tables, now=NOW), Question(**question, off=day_spans(OFF)))
    saved = forecast(facts(tables, now=NOW, working_time={"holidays": OFF.split(",")}), Question(**question))
    assert saved == asked_for
    assert saved.answers[50] < forecast(facts(tables, now=NOW), Question(**question)).answers[50]


def test_what_was_completed_on_a_day_off_is_not_drawn_and_is_told():
    about = facts(site(*team(), zone=ZONE), now=NOW)
    answer = forecast(about, Question(items=30, off=day_spans(OFF), without=day_spans(OUT)))
    dates = [date.fromisoformat(answer.history_start) + timedelta(days=n) for n in range(90)]
    off, out = (
        days_of(date.fromisoformat(a), date.fromisoformat(b))
        for a, b in (OFF.split(",")[0].split(".."), OUT.split(".."))
    )
    lost = sum(count for day, count in zip(dates, answer.daily, strict=True) if day in off)
    assert f"Not drawn, because completed on days off: {lost} items." in answer.notes
    assert [day for day, kept in zip(dates, answer.in_sample, strict=True) if not kept] == sorted(off | out)
    assert answer.completed == sum(answer.daily) and answer.not_drawn > lost > 0
    assert answer.drawn_days == 90 - len(off) - len(out)


def test_the_sample_is_chosen_by_dates():
    about = facts(site(*team(), zone=ZONE), now=NOW)
    known = past(about)
    [span] = day_spans("2025-11-01..2025-12-31")
    answer = forecast(about, Question(items=30, sample=span))
    start = span.first.toordinal() - known.first
    assert list(answer.daily) == known.daily[start : start + 61].tolist()
    assert (answer.history_start, answer.history_end) == ("2025-11-01", "2025-12-31")
    [until_now] = day_spans("2025-12-20..2026-03-19")
    assert forecast(about, Question(items=30, sample=until_now)).answers == forecast(about, Question(items=30)).answers
    [longer] = day_spans("2026-03-01..2026-12-31")
    assert (
        "Of 2026-03-01..2026-12-31 the data has 1 Mar 2026 to 19 Mar 2026: 19 whole days."
        in forecast(about, Question(items=30, sample=longer)).notes
    )
    [never] = day_spans("2020-01-01..2020-03-01")
    with pytest.raises(ForecastRefused, match=r"No whole day of the data lies in 2020-01-01\.\.2020-03-01"):
        forecast(about, Question(items=30, sample=never))


def test_a_forecast_in_points_counts_estimates():
    items = [Item(f"{day} 01:00", [(f"{day} 09:00", DOING), (f"{day} 15:00", DONE)]) for day in days("2026-01-01", 78)]
    tables = site(*items)
    points = np.full(78, 2.5)
    points[[3, 50]] = np.nan
    about = facts(replace(tables, fields={"story_points": points}), now=NOW)
    answer = forecast(about, Question(by=date(2026, 3, 29), unit="points"))
    assert answer.answers[50] == 25
    assert answer.completed == 2.5 * 76
    assert "Without an estimate: 2 of the completed items of the history. They add no points." in answer.notes
    assert answer.to_dict()["unit"] == "points"
    assert forecast(about, Question(items=25, unit="points")).answers[50] == "2026-03-29"
    with pytest.raises(ForecastRefused, match="Story points are not mapped"):
        forecast(facts(tables, now=NOW), Question(items=3, unit="points"))


def test_what_is_left_of_a_version_in_points():
    items = [*team(), *(Item("2026-03-01", fix_versions=[0]) for _ in range(4))]
    tables = site(*items, zone=ZONE, versions=[Version("2.0", released=False)])
    points = np.full(len(items), 3.0)
    points[-2:] = [np.nan, 5.0]
    about = facts(replace(tables, fields={"story_points": points}), now=NOW)
    left = of_version(about, "2.0")
    assert (left.points, left.unestimated) == (11, 1)
    answer = forecast(about, Question(version="2.0", unit="points"), left)
    assert answer.items == 11
    assert any("1 of the 4 items left have no estimate" in each for each in answer.notes)


def test_a_steady_team_is_forecast_exactly():
    items = [Item(f"{day} 01:00", [(f"{day} 09:00", DOING), (f"{day} 15:00", DONE)]) for day in days("2026-01-01", 78)]
    answer = forecast(facts(site(*items), now=NOW), Question(items=10))
    assert set(answer.answers.values()) == {"2026-03-29"}, "one today after noon, nine on the nine days after"
    late = forecast(facts(site(*items), now="2026-03-20 16:00"), Question(items=10))
    assert set(late.answers.values()) == {"2026-03-30"}, "today's one is done already"
    many = forecast(facts(site(*items), now=NOW), Question(by=date(2026, 3, 29)))
    assert set(many.answers.values()) == {10}


def days(first: str, count: int) -> list[date]:
    return [date.fromisoformat(first) + timedelta(days=n) for n in range(count)]


def test_weekends_stay_free():
    items = [
        Item(f"{day} 01:00", [(f"{day} 09:00", DOING), (f"{day} 15:00", DONE)])
        for day in days("2025-12-01", 109)
        if day.weekday() < 5
    ]
    answer = forecast(facts(site(*items), now="2026-03-20 23:00"), Question(by=date(2026, 3, 22)))
    assert set(answer.answers.values()) == {0}, "20 March 2026 is a Friday"


def test_filters_and_definitions_are_obeyed():
    ours, theirs = team(project="P"), team(seed=6, project="Q")
    both = site(*ours, *theirs, zone=ZONE)
    alone = forecast(facts(site(*ours, zone=ZONE), now=NOW), Question(items=30))
    narrowed = forecast(facts(both, now=NOW, filters=only(project=("P",))), Question(items=30))
    assert narrowed.answers == alone.answers
    assert narrowed.daily == alone.daily
    levels = site(*ours, *team(seed=7, hierarchy=1), zone=ZONE)
    assert forecast(facts(levels, now=NOW), Question(items=30)).daily == alone.daily
    assert forecast(facts(levels, now=NOW, all_levels=True), Question(items=30)).completed > alone.completed
    assert dict(forecast(facts(levels, now=NOW), Question(items=30)).left_out)["epic or higher level"] > 0


@pytest.mark.parametrize(("items", "said"), [([], "no whole day"), (team()[:1], "1 completed item, all on one day")])
def test_too_little_history_is_refused(items, said):
    with pytest.raises(ForecastRefused, match=said):
        forecast(facts(site(*items, zone=ZONE), now="2025-09-20 12:00"), Question(items=3))


def test_a_day_of_history_is_refused():
    with pytest.raises(ForecastRefused, match="two days with completions"):
        forecast(facts(site(*team(), zone=ZONE), now=NOW), Question(items=3, history=1))


def test_filters_that_match_nothing_say_so():
    with pytest.raises(ForecastRefused, match="Nothing in the data matches the filters"):
        forecast(facts(site(*team(), zone=ZONE), now=NOW, filters=only(label=("none",))), Question(items=3))


def test_the_past_is_refused_and_today_is_not():
    about = facts(site(*team(), zone=ZONE), now=NOW)
    with pytest.raises(PeriodError, match="lies in the past; today is 2026-03-20"):
        forecast(about, Question(by=date(2026, 3, 19)))
    assert forecast(about, Question(by=date(2026, 3, 20))).answers[50] >= 0
    with pytest.raises(PeriodError, match="five years"):
        forecast(about, Question(by=date(2036, 3, 20)))


def test_dates_beyond_five_years_are_none_and_not_invented():
    slow = [Item(f"{day} 01:00", [(f"{day} 15:00", DONE)]) for day in days("2025-12-20", 90)[::15]]
    about = facts(site(*slow), now=NOW)
    unsure = [forecast(about, Question(items=n)).answers for n in range(60, 120, 15)]
    assert any(None in each.values() and each[50] is not None for each in unsure)
    with pytest.raises(ForecastRefused, match="five years"):
        forecast(about, Question(items=50_000))


def urn(days: int, *, weekday: int, first_weekday: int, trials: int, plain: bool = False) -> Urn:
    """Draws from so many days, the first of them on `weekday`, for a year that begins on `first_weekday`."""
    sample, ahead = (np.arange(count) + first for count, first in ((days, weekday), (365, first_weekday)))
    return Urn(sample % 7, ahead % 7, trials=trials, random=np.random.default_rng(1), plain=plain)


def test_short_history_draws_from_all_days():
    short = urn(10, weekday=2, first_weekday=5, trials=500)
    assert set(np.unique(short.draw(1))) == set(range(10))
    long = urn(90, weekday=2, first_weekday=5, trials=500)
    for n, drawn in enumerate(long.draw(20)):
        assert {(2 + place) % 7 for place in drawn.tolist()} == {(5 + n) % 7}


def test_drawn_plainly_every_day_is_as_likely_whatever_was_drawn_before():
    drawn = urn(40, weekday=0, first_weekday=0, trials=4_000, plain=True).draw(30)
    counts = np.bincount(drawn.ravel(), minlength=40)
    assert counts.min() > 0.9 * counts.mean()
    assert counts.max() < 1.1 * counts.mean()
    assert (drawn[1:] == drawn[:1]).mean() == pytest.approx(1 / 40, abs=0.005)
    by_weekday = urn(42, weekday=0, first_weekday=0, trials=4_000).draw(8)
    assert (by_weekday[7] == by_weekday[0]).mean() == pytest.approx(2 / 7, abs=0.03), "six balls and one put back"


def test_longer_asks_go_on_where_shorter_ones_ended():
    made = urn(90, weekday=0, first_weekday=0, trials=50)
    short = made.draw(10).copy()
    assert (made.draw(30)[:10] == short).all()


def test_what_is_left_of_a_version():
    versions = [Version("2.0", released=False), Version("2.0", released=False, project="Q"), Version("1.0")]
    items = [
        Item("2026-03-01", [], fix_versions=[0]),
        Item("2026-03-01", [("2026-03-02", DOING)], fix_versions=[0, 2]),
        Item("2026-03-01", [("2026-03-02", DONE)], fix_versions=[0]),
        Item("2026-03-01", [], fix_versions=[0], hierarchy=-1),
        Item("2026-03-01", [], fix_versions=[1], project="Q"),
        Item("2026-03-01", [], fix_versions=[2]),
    ]
    tables = site(*items, versions=versions)
    both = of_version(facts(tables, now=NOW), "2.0")
    keys = tables.issues["key"].tolist()
    assert both.keys == (keys[0], keys[1], keys[4])
    assert (both.done, both.left_out) == (1, (("sub-task", 1),))
    ours = of_version(facts(tables, now=NOW, filters=only(project=("P",))), "2.0")
    assert ours.keys == (keys[0], keys[1])
    with pytest.raises(ForecastRefused, match=r"no version '9'.*2\.0"):
        of_version(facts(tables, now=NOW), "9")


def below(tables: Tables, *parents: int) -> Tables:
    """The same site, each issue with a parent (0: none)."""
    return replace(tables, issues=tables.issues.assign(parent=np.array(parents, dtype=np.int64)))


def test_what_is_left_below_an_epic():
    items = [
        Item("2026-03-01", hierarchy=2),
        Item("2026-03-01", hierarchy=1),
        Item("2026-03-01"),
        Item("2026-03-01", [("2026-03-02", DONE)]),
        Item("2026-03-01", hierarchy=-1),
        Item("2026-03-01"),
    ]
    tables = site(*items)
    ids, keys = tables.issues["issue_id"].tolist(), tables.issues["key"].tolist()
    about = facts(below(tables, 0, ids[0], ids[1], ids[1], ids[2], 0), now=NOW)
    for top in (0, 1):
        left = of_epic(about, keys[top].lower())
        assert left.keys == (keys[2],)
        assert left.done == 1
        assert dict(left.left_out)["sub-task"] == 1
    with pytest.raises(ForecastRefused, match="no issues below it"):
        of_epic(about, keys[5])
    with pytest.raises(ForecastRefused, match="no issue 'X-1'"):
        of_epic(about, "X-1")
    with pytest.raises(ForecastRefused, match="is done"):
        of_epic(facts(below(tables, 0, 0, 0, ids[1], 0, 0), now=NOW), keys[1])


def test_what_is_left_is_forecast_like_so_many_items():
    versions = [Version("2.0", released=False)]
    items = [*team(), *(Item("2026-03-01", fix_versions=[0]) for _ in range(25))]
    about = facts(site(*items, zone=ZONE, versions=versions), now=NOW)
    left = of_version(about, "2.0")
    answer = forecast(about, Question(version="2.0"), left)
    assert answer.items == 25
    assert answer.answers == forecast(about, Question(items=25)).answers
    assert answer.to_dict()["remaining"]["keys"] == left.keys
