"""Each edge of the definition on its own: instants, returns, estimates, what is left out, scores."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

from data.facts.dataset import Dataset
from data.facts.sprint_statistics import PARTS, stats
from data.settings.model import Definitions, Workflow
from data.values.filters import only
from tests.builders import DOING, DONE, TODO, Item, ask, at
from tests.data.sprints.stories import Company, Sprint, Story

START, CLOSE, NOW = "2025-01-06 09:00", "2025-01-17 16:00", "2025-02-01"
BEFORE, DURING, LATER, AFTER = "2025-01-02", "2025-01-09", "2025-01-13", "2025-01-20"
ONE = Sprint(1, START, CLOSE)


def made(*stories: Story, sprints: list[Sprint] | None = None, points: bool = False, now: str = NOW, **more):
    company = Company(stories, sprints or [ONE], points=points, **more.pop("company", {}))
    definitions = Definitions(**more.pop("rules", {}))
    return stats(Dataset(company.tables(), definitions, Workflow(), at(now), **more))


def sums(found, n: int = 0) -> tuple[float, ...]:
    """committed, added, removed, completed, spilled"""
    return tuple(float(each[n]) for each in found.sums.values())


def work(*moves, sprints=(), points=None, estimates=(), created=BEFORE, done=None, **item) -> Story:
    story = Item(created, [(done, DONE)] if done else [], **item)
    return Story(story, sprints, moves, points, estimates)


def test_committed_is_what_is_in_it_at_the_very_start():
    at_the_instant, a_millisecond_late = work((START, [1])), work(("2025-01-06 09:00:00.001", [1]))
    assert sums(made(at_the_instant, a_millisecond_late)) == (1, 1, 0, 0, 1)


def test_what_was_done_before_the_start_was_not_committed():
    found = made(work(sprints=[1], done=BEFORE + " 12:00"), work(sprints=[1], done=START))
    assert sums(found) == (1, 0, 0, 1, 0)
    assert found.counts["outside"][0] == 1


def test_done_at_the_instant_of_the_close_is_too_late():
    assert sums(made(work(sprints=[1], done=CLOSE), work(sprints=[1], done="2025-01-17 15:59:59.999"))) == (
        2,
        0,
        0,
        1,
        1,
    )


@pytest.mark.parametrize("moved", [CLOSE, "2025-01-17 16:00:00.200"])
@pytest.mark.parametrize("into", [[1, 2], [2], []])
def test_what_jira_moves_on_at_the_close_is_spilled_and_not_removed(moved, into):
    following = Sprint(2, "2025-01-17 17:00", AFTER)
    found = made(work((moved, into), sprints=[1]), sprints=[ONE, following])
    assert sums(found) == (1, 0, 0, 0, 1)
    assert sums(found, 1)[0] == (2 in into)


def test_taken_out_and_put_back_is_neither():
    assert sums(made(work((DURING, []), (LATER, [1]), sprints=[1]))) == (1, 0, 0, 0, 1)


def test_put_in_and_taken_out_is_neither():
    assert sums(made(work((DURING, [1]), (LATER, [])))) == (0, 0, 0, 0, 0)


def test_taken_out_back_and_out_again_is_removed_once_at_the_last_estimate():
    story = work(
        (DURING, []), (LATER, [1]), ("2025-01-15", []), sprints=[1], points=3.0, estimates=[("2025-01-14", 5.0)]
    )
    assert sums(made(story, points=True)) == (3, 0, 5, 0, 0)


def test_moved_to_another_sprint_is_removed_from_the_one_and_added_to_the_other():
    other = Sprint(2, START, CLOSE)
    found = made(work((DURING, [2]), sprints=[1], points=2.0), sprints=[ONE, other], points=True)
    assert (sums(found, 0), sums(found, 1)) == ((2, 0, 2, 0, 0), (0, 2, 0, 0, 0))


def test_estimates_count_when_it_happens():
    """Committed at the start, added at the change, completed at the close; what is not done keeps its first
    estimate.
    """
    again = [(DURING, 8.0), (AFTER, 13.0)]
    finished = work(sprints=[1], points=2.0, estimates=again, done=LATER)
    stays = work(sprints=[1], points=2.0, estimates=again)
    added = work((DURING, [1]), points=1.0, estimates=[(DURING, 4.0), (LATER, 8.0)])
    found = made(finished, stays, added, points=True)
    assert sums(found) == (4, 4, 0, 8, 2)
    assert found.extra["reestimated"][0] == 12


def test_an_estimate_at_the_very_start_counts():
    assert sums(made(work(sprints=[1], points=2.0, estimates=[(START, 3.0)]), points=True))[0] == 3


def test_points_and_counts_are_never_mixed():
    found = made(work(sprints=[1], points=None), work(sprints=[1], points=5.0), points=True)
    assert sums(found)[0] == 5 and found.counts["committed"][0] == 2 and found.extra["unestimated"][0] == 1
    assert sums(made(work(sprints=[1]), work(sprints=[1], points=5.0)))[0] == 2


def test_created_into_the_sprint_without_a_change_counts_from_its_creation():
    assert sums(made(work(sprints=[1]), work(sprints=[1], created=DURING))) == (1, 1, 0, 0, 1)


def test_resolutions_that_are_no_completion():
    dropped = work(sprints=[1], done=DURING, resolution="Won't Do")
    found = made(dropped, work(sprints=[1], done=DURING, resolution="Done"))
    assert sums(found) == (2, 0, 0, 1, 0) and found.counts["discarded"][0] == 1
    assert sums(made(dropped, rules={"not_completed_resolutions": []})) == (1, 0, 0, 1, 0)


def test_what_is_left_out_is_counted_by_reason():
    stories = [
        work(sprints=[1], hierarchy=-1),
        work(sprints=[1], history_complete=False),
        Story(Item(BEFORE), also=[1]),
        Story(Item(BEFORE), [1], unreadable=DURING),
        work(sprints=[1], hierarchy=1),
    ]
    found = made(*stories)
    assert found.left_out()[0].tolist() == [1, 1, 1, 1, 1]
    assert sums(found) == (1, 0, 0, 0, 1)


def test_reopened_and_blocked_count_inside_the_sprint_only():
    moves = [(BEFORE + " 10:00", DONE), (DURING, DOING), ("2025-01-10", DONE), (AFTER, DOING)]
    story = Story(Item(BEFORE, moves, flags=[("2025-01-09 12:00", "2025-01-20")]), [1])
    found = made(story)
    assert found.measures["reopened"][0] == 1
    assert found.measures["blocked"][0] == pytest.approx(12), "from noon until it was done"


def test_an_active_sprint_has_numbers_so_far_and_no_score():
    open_ = Sprint(1, START, None, "active")
    found = made(work(sprints=[1], done=DURING), work((LATER, [1])), sprints=[open_], now="2025-01-10")
    assert sums(found) == (1, 0, 0, 1, 0) and np.isnan(found.score[0]) and np.isnan(found.z["churn"][0])


def test_a_future_sprint_shows_what_is_planned():
    assert sums(made(work((DURING, [1])), sprints=[Sprint(1, None, None, "future")]))[0] == 1


def test_at_an_earlier_now_a_closed_sprint_is_still_open():
    found = made(work(sprints=[1], done=LATER), now="2025-01-10")
    assert found.windows.state[0] == 1 and sums(found) == (1, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("sprint", "problem"), [(Sprint(1, START), 1), (Sprint(1, None, CLOSE), 2), (Sprint(1, CLOSE, START), 3)]
)
def test_a_sprint_without_its_dates_has_no_numbers(sprint, problem):
    found = made(work(sprints=[1]), sprints=[sprint])
    assert found.windows.problem[0] == problem and math.isnan(sums(found)[0])


def test_filters_narrow_what_is_counted():
    stories = (work(sprints=[1], project="P"), work(sprints=[1], project="Q"))
    assert sums(made(*stories, filters=only(project=("Q",))))[0] == 1


# ── z-scores and the score


def row_of(spilled: list[int], *, board: int | None = 1, size: int = 10) -> tuple[list[Story], list[Sprint]]:
    """Sprints one after the other, in each `size` issues of which so many are not done."""
    stories, sprints = [], []
    for n, left in enumerate(spilled):
        start, end = at("2025-01-01") + n * 10**12, at("2025-01-01") + (n + 1) * 10**12
        sprints.append(Sprint(n + 1, start, end, board=board))
        for each in range(size):
            done = [(start + 10**9, DONE)] if each >= left else []
            stories.append(Story(Item(start - 10**9, done, status=TODO), [n + 1]))
    return stories, sprints


def test_z_scores_are_those_of_the_sample():
    stories, sprints = row_of([1, 2, 6])
    found = made(*stories, sprints=sprints, now="2026-01-01")
    deviation = math.sqrt((0.04 + 0.01 + 0.09) / 2)
    assert found.z["spillover"].tolist() == pytest.approx([-0.2 / deviation, -0.1 / deviation, 0.3 / deviation])
    assert found.z["bugs"].tolist() == [0, 0, 0], "all alike"


def test_alike_is_zero_though_the_mean_of_them_is_rounded():
    """0.7 three times over has a mean that is not 0.7, and with it a tiny deviation."""
    stories, sprints = row_of([7] * 6)
    found = made(*stories, sprints=sprints, now="2026-01-01")
    assert found.z["spillover"].tolist() == [0] * 6 and found.score.tolist() == [0] * 6


def test_two_sprints_are_too_few():
    stories, sprints = row_of([1, 5])
    found = made(*stories, sprints=sprints, now="2026-01-01")
    assert np.isnan(found.z["spillover"]).all() and np.isnan(found.score).all()


def test_nothing_committed_is_no_ratio_and_no_score_and_not_among_the_others():
    stories, sprints = row_of([1, 2, 6])
    empty = Sprint(9, at("2025-03-01"), at("2025-03-02"))
    alone = made(*stories, sprints=sprints, now="2026-01-01")
    found = made(*stories, sprints=[*sprints, empty], now="2026-01-01")
    assert np.isnan([found.measures[name][3] for name in ("spillover", "churn", "accuracy")]).all()
    assert np.isnan(found.score[3])
    assert found.z["spillover"][:3].tolist() == alone.z["spillover"].tolist()


def test_boards_are_compared_with_themselves_only():
    one, two = row_of([1, 2, 6]), row_of([9, 9, 3], board=2)
    moved = [Sprint(each.id + 10, each.started, each.completed, board=2) for each in two[1]]
    stories = [Story(each.item, [each.sprints[0] + 10]) for each in two[0]]
    both = made(*one[0], *stories, sprints=[*one[1], *moved], now="2026-01-01")
    alone = made(*one[0], sprints=one[1], now="2026-01-01")
    assert both.z["spillover"][:3].tolist() == alone.z["spillover"].tolist()


def test_without_a_board_there_is_nothing_to_compare_with():
    stories, sprints = row_of([1, 2, 6], board=None)
    found = made(*stories, sprints=sprints, now="2026-01-01")
    assert np.isnan(found.score).all() and not np.isnan(found.sums["committed"]).any()


def test_sprints_that_began_before_the_data_are_in_no_average():
    stories, sprints = row_of([10, 1, 2, 6])
    found = made(*stories, sprints=sprints, now="2026-01-01", complete_from=at("2025-01-05"))
    assert np.isnan(found.score[0]) and found.sums["spilled"][0] == 10
    assert found.mean["spillover"][1] == pytest.approx(0.3)


def test_the_score_is_the_weighted_sum():
    stories, sprints = row_of([1, 2, 6])
    found = made(*stories, sprints=sprints, now="2026-01-01")
    z = found.z
    assert found.score.tolist() == pytest.approx((0.25 * z["spillover"] + 0.10 * z["accuracy"]).tolist())
    only = {**dict.fromkeys(PARTS, 0.0), "bugs": 1.0}
    assert made(*stories, sprints=sprints, now="2026-01-01", rules={"sprint_weights": only}).score.tolist() == [0, 0, 0]


def test_weights_that_are_not_one_together_are_refused():
    with pytest.raises(ValidationError, match=r"0\.9"):
        Definitions(sprint_weights={"spillover": 0.15})


# ── the catalogue's numbers of a period


def period_number(metric: str, stories, sprints, points: bool = False):
    tables = Company(stories, sprints, points=points).tables()
    return ask(metric, tables, "2025-01-01", "2025-12-31", now="2026-01-01")


def test_of_several_sprints_the_sums_are_divided():
    """A sprint of one issue that spilled over, and one of ten that did not: 1 of 11, not half."""
    small, big = row_of([1], size=1), row_of([0, 0], size=10)
    stories = [*small[0], *(each for each in big[0] if each.sprints == [2])]
    value = period_number("spillover_ratio", stories, [small[1][0], big[1][1]])
    assert value.value == pytest.approx(1 / 11) and value.details["used"] == 11


def test_distances_of_several_sprints_do_not_cancel():
    early = work(sprints=[1], done=AFTER)
    extra = work(("2025-01-22", [2]), done="2025-01-23")
    sprints = [ONE, Sprint(2, "2025-01-18", "2025-01-30")]
    plan = work(("2025-01-17 18:00", [2]), done="2025-01-24")
    assert period_number("accuracy_abs", [early, extra, plan], sprints).value == pytest.approx((1 + 1) / 2)


def test_points_are_asked_for_where_they_are_not_mapped():
    stories, sprints = row_of([1, 2, 3])
    assert period_number("planned_sp", stories, sprints).error_state == "missing_mapping"
    assert period_number("scope_churn_ratio", stories, sprints).value == 0


def test_the_score_of_a_period_is_the_mean_and_says_its_parts():
    stories, sprints = row_of([1, 2, 6])
    value = period_number("sprint_problematic_score", stories, sprints)
    assert value.value == pytest.approx(0, abs=1e-12)
    assert sum(value.details["weights"].values()) == pytest.approx(1)
    few = period_number("sprint_problematic_score", *row_of([1, 2]))
    assert few.error_state == "no_data" and "three closed sprints" in few.error_message
