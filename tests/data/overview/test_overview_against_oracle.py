"""What the overview says equals an independent slow calculation: on random sites and on the generated one."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from data.metrics.registry import CATALOG
from data.overview.ageing import listed, too_old
from data.overview.changes import changes
from data.settings.model import Definitions, Workflow
from data.values.periods import Period
from tests import seeding
from tests.builders import CLOSED, DOING, DONE, REVIEW, WAITING, Item, at, facts, site
from tests.data.generated_place import active_statuses, generated_place
from tests.data.metrics.oracle import Question
from tests.data.overview import oracle_overview as oracle

HOUR, DAY = 3_600_000_000, 86_400_000_000
FIRST = date(2025, 1, 6)
ZONES = ("UTC", "Europe/Berlin", "America/Sao_Paulo")


def company(seed: int) -> dict[str, Any]:
    """Forty weeks of a made-up company: from some week on more or less is done, faster or slower; some work is
    stuck.
    """
    rng = random.Random(seed)  # noqa: S311 - a made-up company, not a secret
    zone, turn, now_week = rng.choice(ZONES), rng.randint(15, 38), 40
    base = at(str(FIRST), zone)
    rate, pace = rng.uniform(1, 6), rng.uniform(1, 8)
    more, slower = rng.choice([1, 1, 0.3, 3]), rng.choice([1, 1, 0.3, 4])
    items = []
    for week in range(now_week):
        for _ in range(round(rng.expovariate(1 / (rate * (more if week >= turn else 1))))):
            items.append(_item(rng, base + week * 7 * DAY, pace * (slower if week >= turn else 1), zone))
    for n in range(rng.randint(0, 6)):
        created = base + rng.randint(0, 38 * 7) * DAY
        items.append(Item(created, [(created + n * DAY, rng.choice([DOING, REVIEW, WAITING]))], assignee="Ada"))
    # Now and then only a few weeks before the period, or none.
    last = FIRST + timedelta(days=rng.choice([280, 280, 274, 60, 20]))
    return {
        "items": items or [Item(base)],
        "zone": zone,
        "first": last - timedelta(days=rng.choice([0, 6, 29, 29, 89]) if rng.random() < 0.9 else 200),
        "last": last,
        "now": base + rng.choice([280, 279, 300]) * DAY + 5 * HOUR,
        "mapped": frozenset(("deployment_date", "deployment_successful")) if rng.random() < 0.8 else frozenset(),
    }


def _item(rng: random.Random, monday: int, pace: float, zone: str) -> Item:
    created = monday + rng.randint(0, 7 * 24 - 1) * HOUR
    started = created + round(rng.expovariate(1 / 24) * HOUR)
    review = started + round(rng.expovariate(1 / (pace * 24)) * HOUR) + 1
    moves = [
        (started, DOING),
        (review, REVIEW),
        (review + round(rng.expovariate(1 / 10) * HOUR) + 1, rng.choice([DONE, CLOSED])),
    ]
    end = at(str(FIRST + timedelta(days=280)), zone)
    moves = [move for move in moves if move[0] < end]
    fields: dict[str, Any] = {}
    if rng.random() < 0.4 and len(moves) == 3:
        fields = {"deployment_date": moves[-1][0] + HOUR, "deployment_successful": rng.choice(["yes", "yes", "no"])}
    kind, level = rng.choice([("Story", 0), ("Bug", 0), ("Task", 0), ("Sub-task", -1)])
    return Item(created, moves, type=kind, hierarchy=level, assignee=rng.choice([None, "Ada", "Bo"]), fields=fields)


def question(place: dict[str, Any], rules: dict[str, Any], flow: dict[str, Any]) -> tuple[Any, Period, Question]:
    kinds = {"statuses": place["statuses"]} if "statuses" in place else {}
    tables = site(*place["items"], zone=place["zone"], mapped=place["mapped"], **kinds)
    about = facts(tables, now=place["now"], workflow=flow, **rules)
    ask = Question(**place, rules=Definitions(**rules), flow=Workflow(**flow))
    return about, Period(place["first"], place["last"], place["zone"]), ask


def compare_changes(about: Any, period: Period, ask: Question) -> dict[str, oracle.ExpectedSignal]:
    """The signals of all ten metrics; gives those that the oracle saw."""
    found = changes(about, period)
    before = oracle.recent(ask)
    assert (found.baseline, found.weeks) == (before, len(oracle.weeks(ask)) - before)
    shown = {each.metric: each for each in found.changes}
    told = {}
    for name, formula in oracle.FORMULAS.items():
        title = CATALOG[name].title
        if formula(ask).state == "missing_mapping":
            assert title not in (*found.steady, *found.untold) and name not in shown, name
            continue
        values = oracle.course(ask, formula)
        wanted = oracle.judged(values, before)
        if isinstance(wanted, str):
            assert name not in shown, (name, shown[name], values)
            assert title in getattr(found, wanted), name
            continue
        told[name] = wanted
        got = shown[name]
        assert [n for n, each in enumerate(got.weeks) if each is None] == [
            n for n, each in enumerate(values) if each is None
        ]
        assert [each or 0.0 for each in got.weeks] == pytest.approx([each or 0.0 for each in values], rel=1e-7)
        assert (got.mean, got.lower, got.upper) == pytest.approx(
            (wanted.mean, wanted.lower, wanted.upper), rel=1e-6, abs=1e-6
        )
        assert got.marked == wanted.weeks
        assert got.verdict == oracle.verdict(name, wanted.side)
        assert got.shift == {"above": "unusually high", "below": "unusually low"}[wanted.side]
        assert {"outside": "outside", "run": "in a row on one side", "near": "3 of 4"}[wanted.kind] in got.rule
        assert wanted.side in got.sentence or wanted.kind == "near"
        assert got.before == before
    assert set(shown) == set(told)
    return told


def compare_ageing(about: Any, period: Period, ask: Question) -> int:
    keys = {id(item): f"{item.project}-{n + 1}" for n, item in enumerate(ask.items)}
    found = too_old(about, period)
    rows = listed(about, found, lambda ids: {each: ("", f"summary {each}") for each in ids}, "https://jira.example.org")
    wanted = oracle.too_old(ask, lambda item: keys[id(item)])
    assert len(found.issue) == len(wanted)
    assert [each.age for each in rows] == pytest.approx([age for age, _, _ in wanted[:10]])
    limits = {key: limit for _, key, limit in wanted}
    assert len({each.key for each in rows}) == len(rows)
    for each in rows:
        assert each.limit == pytest.approx(limits[each.key])
        assert each.url == f"https://jira.example.org/browse/{each.key}"
        assert each.summary == f"summary {1000 + int(each.key.partition('-')[2]) - 1}"
    return len(wanted)


RULES = (
    {},
    {"percentile": "nearest_rank", "durations": "inclusive_days", "backward_moves": "restart", "load": "started"},
    {"completion": "first", "completed_as_of": "period_end", "all_levels": True},
)


@pytest.mark.seeded
@pytest.mark.parametrize("rules", RULES)
def test_random_companies(rules):
    seen, old, nothing = [], 0, 0
    for seed in seeding.numbers(80, times=1):
        asked = question(company(seed), rules, {"active": [DOING]})
        told = compare_changes(*asked)
        seen += [(name, each.kind, each.side) for name, each in told.items()]
        nothing += not told
        old += compare_ageing(*asked)
    # The test has looked at what it is about: every kind of signal, in most metrics, and sites without any.
    assert {kind for _, kind, _ in seen} == {"outside", "run", "near"}
    assert {side for *_, side in seen} == {"above", "below"}
    assert len({name for name, *_ in seen}) >= 7
    assert nothing and old > 40


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize(
    ("first", "last"), [("2026-10-01", "2026-10-30"), ("2026-08-01", "2026-10-29"), ("2026-10-24", "2026-10-30")]
)
def test_the_generated_site(rules, first, last):
    place = generated_place(first, last)
    asked = question(place, rules, {"active": active_statuses(place)})
    compare_changes(*asked)
    compare_ageing(*asked)
