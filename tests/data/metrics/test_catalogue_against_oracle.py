"""Random small sites: the metrics of the catalogue say what the oracle says, whole, by group and over time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.facts import stuck
from data.metrics.breakdown import NONE, by_group, over_time, steps
from data.metrics.measure import measure
from data.metrics.registry import ISSUE_METRICS
from data.settings.model import Definitions, Workflow
from tests import seeding
from tests.builders import CANCELLED, DOING, DONE, REVIEW, TODO, WAITING, Item, ask, at, facts, period, site
from tests.data.metrics import oracle
from tests.data.metrics.oracle import DAY
from tests.data.metrics.oracle_catalogue import CATALOGUE, HOUR, LEAST_STAYS
from tests.data.metrics.sites import FLOW_RULES, SPREAD, STARTS, WORKFLOWS, flow_sites, instants
from tests.data.metrics.test_against_oracle import agree

quick = seeding.examples(60)
RULES = st.tuples(
    FLOW_RULES,
    st.fixed_dictionaries(
        {},
        optional={
            "stuck_days": st.sampled_from([None, 0.5, 4.0]),
            "escaped_labels": st.sampled_from([[], ["UI"]]),
            "incident_types": st.sampled_from([["Incident"], [], ["bug"]]),
            "incident_labels": st.sampled_from([[], ["hotfix"]]),
        },
    ),
).map(lambda parts: parts[0] | parts[1])
EXTRA = {
    "story_points": st.sampled_from([None, 0.0, 1.0, 2.5, 8.0, -1.0]),
    "production_impact": st.sampled_from([None, "None", "Slow", ("n/a", "Outage")]),
    "target_environment": st.sampled_from([None, "PROD", "staging"]),
}


@st.composite
def catalogue_sites(draw: Any) -> dict[str, Any]:
    """Flow sites whose items have assignees, comments and a few more fields."""
    place = draw(flow_sites(edited=True))
    mapped = draw(st.lists(st.sampled_from(sorted(EXTRA)), max_size=2, unique=True))
    base = min((each.created for each in place["items"]), default=0)
    made = []
    for item in place["items"]:
        who = st.sampled_from(["ann", "bob", None])
        more = {name: value for name in mapped if (value := draw(EXTRA[name])) is not None}
        comments = draw(st.lists(st.tuples(instants(base), who), max_size=3))
        made.append(
            replace(
                item,
                assignee=draw(who),
                components=draw(st.lists(st.sampled_from(["Ops", "Web"]), max_size=2, unique=True)),
                comments=comments,
                comments_complete=draw(st.sampled_from([True, True, True, False])),
                fields={**item.fields, **more},
            )
        )
    return {**place, "items": made, "mapped": frozenset({*place["mapped"], *mapped})}


class _Busy:
    """Draws a site on which a lot happens in forty days."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - not a secret
        self.zone, self.first = self.chance.choice(STARTS)
        self.base = at(self.first, self.zone)

    def some(self, most: int, *choices: Any) -> list[Any]:
        return [self.chance.choice(choices) for _ in range(self.chance.randint(0, most))]

    def when(self) -> int:
        return self.base + self.chance.randrange(SPREAD * 24) * HOUR + self.chance.choice([0, 0, 1000, -1000])

    def moves(self, status: str, instants: list[int]) -> list[tuple[int, str]]:
        moves: list[tuple[int, str]] = []
        for instant in instants:
            before = moves[-1][1] if moves else status
            others = [each for each in (TODO, DOING, REVIEW, DONE, DONE, WAITING, CANCELLED) if each != before]
            moves.append((instant, self.chance.choice(others)))
        return moves

    def edits(self) -> list[tuple[int, str, Any]]:
        values = {
            "type": ("Story", "Bug", "Incident"),
            "project": ("P", "Q"),
            "resolution": (None, "Done", "Won't Do"),
            "hierarchy": (0, -1),
            "story_points": (None, 2.0),
        }
        names = [
            (instant, self.chance.choice(list(values))) for instant in sorted(self.when() for _ in self.some(2, 0))
        ]
        return [(instant, name, self.chance.choice(values[name])) for instant, name in names]

    def item(self) -> Item:
        chance = self.chance
        created, *later = sorted(self.when() for _ in range(chance.randint(1, 8)))
        status = chance.choice([TODO, TODO, DOING, DONE, CANCELLED])
        moves = self.moves(status, later)
        fields = {
            "story_points": chance.choice([None, 1.0, 2.0, 5.0, -1.0]),
            "production_impact": chance.choice([None, "none", "Slow"]),
            "target_environment": chance.choice([None, "prod", "test"]),
        }
        starts = (self.when() for _ in self.some(2, 0))
        return Item(
            created,
            moves,
            status,
            flags=[(start, chance.choice([None, start + 5 * HOUR, start + 3 * DAY])) for start in starts],
            edits=self.edits(),
            type=chance.choice(["Story", "Bug", "Task", "Incident"]),
            project=chance.choice("PQ"),
            hierarchy=chance.choice([0, 0, 0, 0, 0, -1, 1]),
            resolution=chance.choice([None, "Done", "Won't Do"]),
            assignee=chance.choice(["ann", "bob", None]),
            labels=sorted(set(self.some(2, "hotfix", "ui"))),
            components=sorted(set(self.some(2, "Ops", "Web"))),
            history_complete=chance.random() < 0.9,
            comments=[(self.when(), chance.choice(["ann", "bob", "cy", None])) for _ in self.some(4, 0)],
            comments_complete=chance.random() < 0.85,
            fields={name: value for name, value in fields.items() if value is not None},
        )

    def items_at_edges(self, first_day: date, last_day: date) -> Iterator[Item]:
        """The edges of a period are where formulas go wrong, and chance seldom goes there."""
        chance = self.chance
        for edge in (at(str(first_day), self.zone), at(str(last_day + timedelta(days=1)), self.zone)):
            instant = edge + chance.choice([0, 0, -1000, 1000])
            complete = chance.random() < 0.7
            yield Item(self.base - DAY, [(self.base, DOING), (instant, DONE)], history_complete=complete)
            yield Item(instant, [(instant + chance.choice([0, HOUR]), DOING)], project="Q")

    def place(self) -> dict[str, Any]:
        items = [self.item() for _ in range(self.chance.randint(12, 40))]
        start = self.chance.randrange(0, 25)
        first_day = date.fromisoformat(self.first) + timedelta(days=start)
        last_day = first_day + timedelta(days=self.chance.randrange(5, SPREAD - start))
        return {
            "items": [*items, *self.items_at_edges(first_day, last_day)],
            "zone": self.zone,
            "first": first_day,
            "last": last_day,
            "now": self.chance.choice([self.base + 100 * DAY, self.when()]),
            "mapped": frozenset(),
        }

    def rules(self) -> dict[str, Any]:
        chance = self.chance
        return {
            "durations": chance.choice(["exact", "exact", "inclusive_days", "working_days", "inclusive_working_days"]),
            "percentile": chance.choice(["linear", "nearest_rank"]),
            "completion": chance.choice(["last", "first"]),
            "completed_as_of": chance.choice(["now", "period_end"]),
            "all_levels": chance.random() < 0.2,
            "deployment_types": chance.choice([[], [], ["Task"]]),
            "load": chance.choice(["in_progress", "started"]),
            "blocked_statuses": chance.choice([[], [WAITING]]),
            "stuck_days": chance.choice([None, None, 2.0]),
            "escaped_labels": chance.choice([[], ["UI"]]),
            "incident_types": chance.choice([["Incident"], []]),
        }

    def workflow(self) -> dict[str, Any]:
        return self.chance.choice(
            [{}, {}, {"started": [REVIEW, DOING]}, {"discarded": [WAITING]}, {"done": [DONE, CANCELLED]}]
        )


def busy(seed: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A site on which a lot happens in forty days, with rules and a workflow: hypothesis likes sites that are nearly
    empty.
    """
    site = _Busy(seed)
    return site.place(), site.rules(), site.workflow()


@pytest.fixture(autouse=True)
def few_stays_are_enough(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stuck, "LEAST_STAYS", LEAST_STAYS)


@quick
@given(catalogue_sites(), RULES, WORKFLOWS)
def test_the_catalogue_says_what_the_oracle_says(place: dict[str, Any], rules: dict[str, Any], flow: dict[str, Any]):
    agree_all(place, rules, flow)


def agree_all(
    place: dict[str, Any],
    rules: dict[str, Any],
    flow: dict[str, Any],
    formulas: Mapping[str, Callable[[oracle.Question], oracle.Verdict]] = CATALOGUE,
) -> None:
    question = oracle.Question(**place, rules=Definitions(**rules), flow=Workflow(**flow))
    tables = site(*place["items"], zone=place["zone"], mapped=place["mapped"])
    for name, formula in formulas.items():
        got = ask(name, tables, str(place["first"]), str(place["last"]), now=place["now"], workflow=flow, **rules)
        want = formula(question)
        try:
            agree(got, want)
        except AssertionError as error:
            raise AssertionError(f"{name}: {got.value} {got.details['exclusions']} is not {want}") from error


@pytest.mark.parametrize("seed", seeding.seeds(60))
def test_it_does_on_busy_sites_too(seed: int):
    place, rules, flow = busy(seed)
    agree_all(place, rules, flow)


@pytest.mark.parametrize("seed", seeding.seeds(60))
def test_the_five_flow_metrics_do_on_busy_sites_too(seed: int):
    place, rules, flow = busy(seed)
    agree_all(place, rules, flow | {"active": [DOING]}, oracle.FLOW)


def test_on_busy_sites_every_reason_to_leave_an_item_out_occurs():
    """What no example holds, no comparison can see."""
    found = Counter(
        reason
        for place, rules, flow in map(busy, range(60))
        for formula in oracle.FLOW.values()
        for reason in formula(oracle.Question(**place, rules=Definitions(**rules), flow=Workflow(**flow))).exclusions
    )
    assert {"incomplete history", "sub-task", "epic or higher level", "resolution Won't Do"} <= set(found)
    assert found["incomplete history"] >= 60


def test_busy_sites_are_busy():
    """A comparison of nothing with nothing proves nothing."""
    found = [
        {
            name: formula(oracle.Question(**place, rules=Definitions(**rules), flow=Workflow(**flow))).value or 0
            for name, formula in CATALOGUE.items()
        }
        for place, rules, flow in map(busy, range(60))
    ]
    assert {name for name in CATALOGUE if sum(each[name] > 0 for each in found) < 20} == set()


ATTRIBUTES = {
    "project": lambda item: [item.project],
    "type": lambda item: [item.type],
    "assignee": lambda item: [item.assignee] if item.assignee else [],
    "component": lambda item: list(item.components),
    "label": lambda item: list(item.labels),
}
# What one question knows of all issues also holds in a group: which stays are usual.
OF_THE_WHOLE = ("stuck_count",)


@pytest.mark.parametrize("group", sorted(ATTRIBUTES))
@pytest.mark.parametrize("seed", seeding.seeds(8, 100, times=2))
def test_a_group_is_calculated_from_its_issues(seed: int, group: str):
    place, rules, _ = busy(seed)
    tables = site(*place["items"], zone=place["zone"], mapped=place["mapped"])
    about = facts(tables, now=place["now"], **rules)
    days = period(str(place["first"]), str(place["last"]), about.zone)
    of, days_start = ATTRIBUTES[group], oracle.Question(**place).start
    known = {name for item in place["items"] for name in of(item)}
    earlier = {was for item in place["items"] for _, name, was in item.edits if name == group} - known
    names = [*sorted(known | earlier), NONE]
    for metric, formula in CATALOGUE.items():
        if metric in OF_THE_WHOLE:
            continue
        parts = {each.name: each for each in by_group(ISSUE_METRICS[metric], about, days, group).parts}
        for name in names:
            own = [each for each in place["items"] if (name in of(each) if name != NONE else not of(each))]
            rest = {**place, "items": own, "mapped": place["mapped"]}
            if group in ("project", "type"):  # what an item is in depends on when it is looked at
                rest = {**place, f"{group}s": (name,)}
            want = formula(oracle.Question(**rest, rules=Definitions(**rules)))
            if name not in parts:
                # Only a person, or nobody, is no row where nothing happened; nor is anything where no number can be.
                nothing = not want.total and (group == "assignee" or name in {NONE, *earlier} or days_start > about.now)
                assert nothing or want.state == "missing_mapping", (metric, name)
                continue
            part = parts[name]
            # A group that alone would be told to map something has the number that its issues give.
            if want.state != "missing_mapping":
                assert (part.used + part.left_out, part.left_out) == (want.total, sum(want.exclusions.values())), metric
                assert part.value == (None if want.value is None else pytest.approx(want.value)), (metric, name)


@pytest.mark.parametrize("step", ["day", "week", "month"])
@pytest.mark.parametrize("seed", seeding.seeds(8, 200, times=2))
def test_a_step_is_calculated_from_its_days(seed: int, step: str):
    place, rules, _ = busy(seed)
    tables = site(*place["items"], zone=place["zone"], mapped=place["mapped"])
    about = facts(tables, now=place["now"], **rules)
    days = period(str(place["first"]), str(place["last"]), about.zone)
    cut = steps(days, step)
    assert cut[0].first == days.first and cut[-1].last == days.last and sum(each.days for each in cut) == days.days
    for metric, formula in CATALOGUE.items():
        found = over_time(ISSUE_METRICS[metric], about, days, step)
        if found.problem:
            continue
        assert [(each.first, each.last) for each in found.parts] == [(str(e.first), str(e.last)) for e in cut]
        for part, each in zip(found.parts[:: max(len(cut) // 4, 1)], cut[:: max(len(cut) // 4, 1)], strict=True):
            rest = {**place, "first": each.first, "last": each.last}
            want = formula(oracle.Question(**rest, rules=Definitions(**rules)))
            if at_start(place, each) <= about.now:
                assert part.value == (None if want.value is None else pytest.approx(want.value)), metric
            else:
                assert part.value is None and part.why == "Still to come."


def at_start(place: dict[str, Any], each: Any) -> int:
    return oracle.Question(**{**place, "first": each.first, "last": each.last}).start


@pytest.mark.parametrize("seed", seeding.seeds(60))
def test_zero_is_an_answer_only_where_the_query_vouches_for_the_days(seed: int):
    place, rules, flow = busy(seed)
    chance = random.Random(seed)  # noqa: S311 - not a secret
    base, end = at(str(place["first"]), place["zone"]), at(str(place["last"]), place["zone"])
    place["now"] = max(place["now"], end + 20 * DAY)
    if chance.random() < 0.5:  # a quiet time: nothing happens in the period
        quiet = [each for each in place["items"] if not any(base <= it <= end + DAY for it in instants_of(each))]
        place["items"] = quiet or place["items"]
    since = chance.choice([None, base - DAY, base + DAY, end + 3 * DAY, end + DAY])
    synced = chance.choice([None, base - 3 * DAY, base + 2 * DAY, place["now"] - HOUR])
    vouches = chance.random() < 0.7
    tables = replace(site(*place["items"], zone=place["zone"], mapped=place["mapped"]), as_of=synced)
    question = oracle.Question(
        **place, rules=Definitions(**rules), flow=Workflow(**flow), since=since, synced=synced, vouches=vouches
    )
    about = replace(
        facts(tables, now=place["now"], workflow=flow, **rules),
        complete_from=since,
        conditions=() if vouches else ("status",),
    )
    for name, formula in (CATALOGUE | oracle.FLOW).items():
        got = measure(ISSUE_METRICS[name], about, period(str(place["first"]), str(place["last"]), place["zone"]))
        try:
            agree(got, formula(question))
        except AssertionError as error:
            raise AssertionError(f"{name}: {got.value} {got.error_message}") from error
        if got.ok and not (vouches and (since is None or since <= base - (end + DAY - base))):
            assert got.details["trend_direction"] is None or got.details["previous_complete"], name


def instants_of(item: Item) -> list[int]:
    return [
        *(each for each in (item.created, item.resolved) if each is not None),
        *(instant for instant, _ in item.moves),
        *(instant for flag in item.flags for instant in flag if instant is not None),
        *(instant for instant, _ in item.comments),
    ]


def test_the_oracle_covers_the_catalogue():
    own = {name for name, each in ISSUE_METRICS.items() if each.family not in ("dora", "flow", "sprint", "composite")}
    assert own == set(CATALOGUE) and len(own) == 19
