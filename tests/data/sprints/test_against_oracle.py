"""Random companies, and the generated site: every number of every sprint is what the oracle says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.facts.dataset import Dataset
from data.facts.sprint_scope import REASONS
from data.facts.sprint_statistics import PARTS, stats
from data.facts.sprint_windows import BACKWARDS, BEFORE_DATA, NO_CLOSE, NO_START, STATES
from data.settings.model import Definitions, Workflow
from data.sprints.lists import burnup
from tests import seeding
from tests.builders import CANCELLED, CLOSED, DOING, DONE, REVIEW, TODO, Item
from tests.data.sprints.oracle import ExpectedSprint, tell
from tests.data.sprints.stories import HOUR, Company, Sprint, Story

BASE = 1_700_000_000_000_000
SPREAD = 40  # hours in which things happen: many of them at the same instant
PROBLEM = {0: "", NO_CLOSE: "no close", NO_START: "no start", BACKWARDS: "backwards", BEFORE_DATA: "before data"}
quick = seeding.examples(120)
when = st.tuples(st.integers(0, SPREAD), st.sampled_from([0, 0, 0, 1, -1])).map(
    lambda each: BASE + each[0] * HOUR + each[1] * 1000
)
points = st.sampled_from([None, 1.0, 2.0, 3.0, 5.0])
NOW = st.one_of(st.just(BASE + 2 * SPREAD * HOUR), when)
COMPLETION = st.sampled_from(["in_sprint", "in_sprint", "done_at_close"])
WEIGHTS = st.sampled_from(
    [
        {},
        {"spillover": 1, "churn": 0, "reopened": 0, "blocked": 0, "bugs": 0, "accuracy": 0},
        {"spillover": 0, "churn": 0, "reopened": 0.5, "blocked": 0.5, "bugs": 0, "accuracy": 0},
    ]
)


WAS = {
    "resolution": st.sampled_from([None, "Done", "Won't Do"]),
    "type": st.sampled_from(["Story", "Bug"]),
    "hierarchy": st.sampled_from([0, -1]),
}


@st.composite
def edits(draw: Any, after: st.SearchStrategy[int]) -> list[tuple[int, str, Any]]:
    """What the attributes of an issue were before they were changed, in order of time."""
    found = [(each, draw(st.sampled_from(sorted(WAS)))) for each in sorted(draw(st.lists(after, max_size=3)))]
    return [(each, name, draw(WAS[name])) for each, name in found]


@st.composite
def stories(draw: Any, ids: list[int]) -> Story:
    created, *later = sorted(draw(st.lists(when, min_size=1, max_size=5)))
    status, moves = draw(st.sampled_from([TODO, TODO, DOING, DONE])), []
    before = status
    for instant in later:
        before = draw(
            st.sampled_from([each for each in (TODO, DOING, REVIEW, DONE, CLOSED, CANCELLED) if each != before])
        )
        moves.append((instant, before))
    some = st.lists(st.sampled_from(ids), max_size=2, unique=True)
    after = st.integers(0, SPREAD).map(lambda n: max(created, BASE + n * HOUR))
    changed = sorted(draw(st.lists(after, max_size=4)))
    flags = [(each, draw(st.sampled_from([None, each + 3 * HOUR]))) for each in draw(st.lists(after, max_size=1))]
    item = Item(
        created,
        moves,
        status=status,
        flags=flags,
        type=draw(st.sampled_from(["Story", "Bug"])),
        hierarchy=draw(st.sampled_from([0, 0, 0, 0, 0, 1, -1])),
        resolution=draw(st.sampled_from([None, None, "Done", "won't do"])),
        history_complete=draw(st.sampled_from([True] * 9 + [False])),
        edits=draw(edits(after)),
    )
    return Story(
        item,
        draw(some),
        [(each, draw(some)) for each in changed],
        draw(points),
        [(each, draw(points)) for each in sorted(draw(st.lists(after, max_size=3)))],
        also=draw(st.sampled_from([(), (), (), (ids[0],)])),
        unreadable=draw(st.sampled_from([None] * 9 + [max(created, BASE + 20 * HOUR)])),
    )


@st.composite
def companies(draw: Any) -> Company:
    ids = list(range(1, draw(st.integers(1, 6)) + 1))
    sprints = []
    for each in ids:
        state = draw(st.sampled_from(["closed"] * 6 + ["active", "future"]))
        first, last = sorted((draw(when), draw(when)))
        started = first if draw(st.integers(0, 12)) else None
        # One that was reopened keeps the completion date of its first close.
        completed = last if draw(st.integers(0, 12)) and (state == "closed" or draw(st.integers(0, 1))) else None
        if draw(st.integers(0, 15)) == 0 and completed is not None:
            started, completed = completed, started or completed
        board = draw(st.sampled_from([1, 1, 1, 1, 2, None]))
        sprints.append(Sprint(each, started, completed, state, board))
    return Company(draw(st.lists(stories(ids), min_size=1, max_size=8)), sprints, points=draw(st.booleans()))


def facts_of(company: Company, now: int, rules: Definitions, complete_from: int | None = None) -> Dataset:
    return Dataset(company.tables(), rules, Workflow(), now, complete_from=complete_from)


def agree(facts: Dataset, told: list[ExpectedSprint]) -> None:
    made = stats(facts)
    left_out = made.left_out()
    assert len(made) == len(told)
    for n, want in enumerate(told):
        assert (STATES[made.windows.state[n]], PROBLEM[int(made.windows.problem[n])]) == (want.state, want.problem)
        if not want.sums:
            assert np.isnan(made.sums["committed"][n]) and np.isnan(made.score[n])
            continue
        assert {name: float(made.sums[name][n]) for name in want.sums} == pytest.approx(want.sums)
        for name in want.keys:
            mine = (made.scope.sprint == n) & (made.scope.reason == 0) & made.scope[name]
            assert set(made.scope.issue[mine].tolist()) == want.keys[name], name
        assert {REASONS[r]: int(c) for r, c in enumerate(left_out[n]) if r and c} == want.left_out
        for name in PARTS:
            same(made.measures[name][n], want.measures[name], name)
            same(made.z[name][n], want.z.get(name), f"z of {name}")
        same(made.score[n], want.score, "score")


def same(got: float, want: float | None, what: str) -> None:
    if want is None:
        assert np.isnan(got), what
    else:
        assert got == pytest.approx(want, rel=1e-9, abs=1e-8), what


@quick
@given(companies(), NOW, WEIGHTS, st.sampled_from([None, None, BASE + 10 * HOUR]), COMPLETION)
def test_sprints_say_what_the_oracle_says(company, now, weights, complete_from, completion):
    rules = Definitions(**({"sprint_weights": weights} if weights else {}), sprint_completion=completion)
    agree(facts_of(company, now, rules, complete_from), tell(company, now, rules, complete_from))


@quick
@given(companies())
def test_what_was_committed_ends_somewhere(company):
    """Committed = completed of it + spilled over + removed + completed outside of it + discarded, in issues."""
    made = stats(facts_of(replace(company, points=False), BASE + 2 * SPREAD * HOUR, Definitions()))
    found = made.scope
    counted = found.reason == 0
    for n in np.flatnonzero(made.windows.readable):
        mine = counted & (found.sprint == n) & found["committed"]
        names = ("completed", "spilled", "removed", "outside", "discarded")
        ends = [np.count_nonzero(mine & found[name]) for name in names]
        assert sum(ends) == np.count_nonzero(mine)


@quick
@given(companies(), COMPLETION)
def test_a_burn_up_ends_with_what_the_sprint_says(company, completion):
    """In issues its scope is what was committed and added, less what was removed; by the old rule it holds more."""
    facts = facts_of(company, BASE + 2 * SPREAD * HOUR, Definitions(sprint_completion=completion))
    made = stats(facts)
    for place in np.flatnonzero(made.windows.readable & (made.windows.state == STATES.index("closed"))).tolist():
        drawn = burnup(facts, place)
        assert drawn.completed[-1] == pytest.approx(made.sums["completed"][place])
        if not company.points and completion == "in_sprint":
            committed, added, removed = (made.sums[name][place] for name in ("committed", "added", "removed"))
            assert drawn.scope[-1] == committed + added - removed
        assert all(done <= scope for done, scope in zip(drawn.completed, drawn.scope, strict=True))
