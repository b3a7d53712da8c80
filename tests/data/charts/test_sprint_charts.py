"""The charts of sprints equal the oracle in plain Python, on random companies; issues behind points; boards and
refusals.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from data.charts.sprints.sprint_points import DRAWN
from data.facts.dataset import Dataset
from data.services.charts import drawn
from data.settings.model import Definitions
from data.sprints.boards import NoSuchSprint
from data.values.periods import Period
from tests import seeding
from tests.builders import facts, site
from tests.data.sprints.oracle import ExpectedSprint, tell
from tests.data.sprints.stories import HOUR, Company, Sprint
from tests.data.sprints.test_against_oracle import BASE, SPREAD, companies, facts_of

NOW = BASE + 2 * SPREAD * HOUR
CHARTS = ("velocity_range", "sprint_commitment", "sprint_spillover")
NAMES = ("committed", "added", "removed", "completed")
DAYS = Period(date(2025, 1, 1), date(2025, 1, 31), "UTC")  # sprints are not those of a period
quick = seeding.examples(120)


def nearest(values: list[float], share: float) -> float:
    return sorted(values)[max(math.ceil(share / 100 * len(values)), 1) - 1]


def interpolated(values: list[float], share: float) -> float:
    """R-7."""
    ranked = sorted(values)
    at = (len(ranked) - 1) * share / 100
    low = math.floor(at)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (at - low) * (ranked[high] - ranked[low])


def closed(company: Company, told: list[ExpectedSprint], board: int) -> list[tuple[Sprint, ExpectedSprint]]:
    """The board's sprints whose numbers stand, the oldest first."""
    mine = [
        (sprint, each)
        for sprint, each in zip(company.sprints, told, strict=True)
        if sprint.board == board and each.state == "closed" and not each.problem
    ]
    return sorted(mine, key=lambda pair: (pair[0].completed, pair[0].id))


def asked(about: Dataset, name: str, board: int = 1) -> Any:
    return drawn(about, name, DAYS, (("board", str(board)),))


@pytest.mark.parametrize("method", ["linear", "nearest_rank"])
@quick
@given(companies())
def test_charts_are_what_the_oracle_says(method, company):
    if not any(each.board == 1 for each in company.sprints):
        return
    rules = Definitions(percentile=method)
    about = facts_of(company, NOW, rules)
    mine = closed(company, tell(company, NOW, rules), 1)
    velocity, plan, spill = (asked(about, name) for name in CHARTS)
    if not mine:
        assert all(each.problem and "has been closed yet" in each.problem.what for each in (velocity, plan, spill))
        return
    done = [each.sums["completed"] for _, each in mine]
    assert [row[1] for row in velocity.table()] == pytest.approx(done)
    assert list(velocity.series[0].y) == pytest.approx(done[-DRAWN:])
    if len(done) < 3:
        assert not velocity.lines and "a range needs 3" in velocity.reading
    else:
        share = nearest if method == "nearest_rank" else interpolated
        assert [line.at for line in velocity.lines] == pytest.approx([share(done, each) for each in (85, 50, 15)])
    for row, (_, each) in zip(plan.table(), mine, strict=True):
        assert row[1:5] == pytest.approx(tuple(each.sums[name] for name in NAMES))
        assert row[5:] == (len(each.keys["outside"]), len(each.keys["discarded"]))
    for row, (_, each) in zip(spill.table(), mine, strict=True):
        want = each.measures["spillover"]
        assert row[3] == (None if want is None else pytest.approx(100 * want))
    committed = sum(each.sums["committed"] for _, each in mine)
    lost = sum(each.sums["spilled"] for _, each in mine)
    assert [line.at for line in spill.lines] == ([pytest.approx(100 * lost / committed)] if committed else [])


@quick
@given(companies())
def test_behind_each_point_are_its_issues(company):
    if not any(each.board == 1 for each in company.sprints):
        return
    about = facts_of(company, NOW, Definitions())
    told = tell(company, NOW, Definitions())
    for name, flags in (
        ("velocity_range", ("completed",)),
        ("sprint_commitment", NAMES),
        ("sprint_spillover", ("spilled",)),
    ):
        drawing = asked(about, name)
        if drawing.problem:
            continue
        for sprint, each in closed(company, told, 1):
            left_out = 0
            for flag in flags:
                token = f"{sprint.id}" if len(flags) == 1 else f"{sprint.id}|{flag}"
                rows = drawing.drilldown.rows_of(token)
                assert set(rows.issue[rows.reason == 0].tolist()) == each.keys[flag], (name, token)
                assert rows["amount"].sum() == pytest.approx(each.sums[flag])
                assert drawing.drilldown.label(token).endswith({"spilled": "spilled over"}.get(flag, flag))
                left_out += len(rows) - rows.used
            assert left_out == sum(each.left_out.values())


def company_of(*sprints: Sprint) -> Company:
    return Company([], list(sprints))


def test_a_board_that_there_is_not_is_refused_and_none_says_so():
    about = facts_of(company_of(Sprint(1, BASE, BASE + HOUR, "closed", 1)), NOW, Definitions())
    with pytest.raises(NoSuchSprint):
        asked(about, "velocity_range", 9)
    assert "no sprints" in drawn(facts(site()), "velocity_range", DAYS).problem.what


def test_many_sprints_are_in_the_table_and_the_last_are_drawn():
    many = [Sprint(n, BASE + n * HOUR, BASE + (n + 1) * HOUR, "closed", 1) for n in range(1, 31)]
    drawing = asked(facts_of(company_of(*many), NOW, Definitions()), "velocity_range")
    assert (len(list(drawing.table())), len(drawing.series[0].x)) == (30, DRAWN)
    assert f"The last {DRAWN} of 30" in drawing.thinned
    assert len(set(drawing.series[0].x)) == DRAWN
