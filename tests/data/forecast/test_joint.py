"""Several teams on one delivery, against plain Python: the same drawn days for all, done when the last is done."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from data.forecast.calculate import answered, forecast
from data.forecast.history import past
from data.forecast.joint import Team, joint_forecast
from data.values.filters import only
from data.values.forecast import SHARES, ForecastRefused, Question
from tests.builders import DOING, DONE, Item, Version, facts, site
from tests.data.forecast.oracle import earliest
from tests.data.forecast.test_forecast import NOW, ZONE, days, team

VERSIONS = [Version("2.0", released=False), Version("2.0", released=False, project="Q")]


def both(*more: Item):
    """Teams P and Q of one site, and the whole of it."""
    tables = site(*team(3), *team(8, project="Q"), *more, zone=ZONE, versions=VERSIONS)
    alone = [facts(tables, now=NOW, filters=only(project=(each,))) for each in ("P", "Q")]
    return [Team("Web", alone[0]), Team("Mobile", alone[1])], facts(tables, now=NOW)


def slow_ends(teams, amounts, trials: int) -> list[date]:
    """The last day of each trial, with one urn a weekday and the same drawn day for every team."""
    draw = random.Random(2)  # noqa: S311 - not a secret
    found = [past(each.facts) for each in teams]
    last = date.fromordinal(found[0].last)
    dates = [last - timedelta(days=n) for n in range(90)]
    counts = [dict(zip(dates, each.daily[::-1].tolist(), strict=False)) for each in found]
    later = [dict(zip(dates, each.later[::-1].tolist(), strict=False)) for each in found]
    out = []
    for _ in range(trials):
        urns = {n: [day for day in dates if day.weekday() == n] for n in range(7)}
        left, day = list(amounts), date.fromordinal(found[0].today)
        for n in range(1_000):
            ball = draw.choice(urns[day.weekday()])
            urns[day.weekday()].append(ball)
            left = [each - (done if n else rest)[ball] for each, done, rest in zip(left, counts, later, strict=True)]
            if max(left) <= 0:
                break
            day += timedelta(days=1)
        out.append(day)
    return out


def test_two_teams_agree_with_slow_trials():
    teams, whole = both()
    shares = [replace(each, amount=n) for each, n in zip(teams, (60, 55), strict=True)]
    answer = joint_forecast(shares, Question(trials=20_000, by=date(2026, 5, 8)), whole)
    ends = slow_ends(teams, (60, 55), 3_000)
    for share in SHARES:
        found = date.fromisoformat(answer.answers[share])
        assert earliest(ends, share - 3) <= found <= earliest(ends, min(share + 3, 100)), share
        assert answer.reached[share] >= share
    assert answer.chance == pytest.approx(100 * sum(each <= date(2026, 5, 8) for each in ends) / len(ends), abs=3)
    assert (answer.items, answer.kind) == (115, "when")


def test_all_together_are_never_done_before_one_alone():
    teams, whole = both()
    shares = [replace(each, amount=n) for each, n in zip(teams, (40, 40), strict=True)]
    answer = joint_forecast(shares, Question(), whole)
    for each in shares:
        alone = forecast(each.facts, Question(items=40))
        assert all(answer.answers[share] >= alone.answers[share] for share in SHARES)
    assert all(part.alone <= answer.answers[85] for part in answer.teams)
    assert sum(part.last for part in answer.teams) >= 100, "on the same day both are the last"
    assert answer.backtest.windows >= 10


def test_a_steady_team_waits_for_the_slower_one():
    items = [
        Item(f"{day} 01:00", [(f"{day} 09:00", DOING), (f"{day} 15:00", DONE)], project=project)
        for day in days("2026-01-01", 78)
        for project in ("P", "Q", "Q")
    ]
    tables = site(*items)
    teams = [Team(each, facts(tables, now=NOW, filters=only(project=(each,))), 10) for each in ("P", "Q")]
    answer = joint_forecast(teams, Question(), facts(tables, now=NOW))
    assert set(answer.answers.values()) == {"2026-03-29"}
    assert [(each.name, each.alone, each.last) for each in answer.teams] == [
        ("P", "2026-03-29", 100),
        ("Q", "2026-03-24", 0),
    ]


def test_what_is_left_of_a_version_is_shared_by_filters():
    open_items = [
        *(Item("2026-03-01", fix_versions=[0]) for _ in range(7)),
        *(Item("2026-03-01", fix_versions=[1], project="Q") for _ in range(5)),
        *(Item("2026-03-01", fix_versions=[0], project="R") for _ in range(2)),
    ]
    teams, whole = both(*open_items)
    answer = joint_forecast(teams, Question(version="2.0"), whole)
    assert [(each.name, each.amount) for each in answer.teams] == [("Web", 7), ("Mobile", 5)]
    assert len(answer.remaining.keys) == answer.items == 12
    assert answer.notes[0] == "2 of the items left belong to none of these teams and are not in this forecast."
    assert [each["amount"] for each in answer.to_dict()["teams"]] == [7, 5]


def test_what_cannot_be_shared_is_refused():
    teams, whole = both(*(Item("2026-03-01", fix_versions=[0]) for _ in range(3)))
    with pytest.raises(ForecastRefused, match="would count for several"):
        joint_forecast([teams[0], Team("All", whole)], Question(version="2.0"), whole)
    with pytest.raises(ForecastRefused, match="How many items does “Web” have to do"):
        joint_forecast(teams, Question(), whole)
    with pytest.raises(ForecastRefused, match="1 teams are chosen"):
        joint_forecast(teams[:1], Question(version="2.0"), whole)
    with pytest.raises(ForecastRefused, match="together only"):
        answered(whole, Question(version="2.0", teams=(("Web", None),)))
