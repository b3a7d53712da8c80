"""What is said below the sprints of a board."""

from __future__ import annotations

import numpy as np
import pytest

from data.facts.dataset import Dataset
from data.services.sprints import _notes
from data.settings.model import Definitions, Workflow
from data.sprints.values import newest_first
from data.values.filters import only
from tests.builders import Item, at
from tests.data.sprints.stories import Company, Sprint, Story

SPRINTS = [
    Sprint(1, "2025-01-06", "2025-01-10"),
    Sprint(2, "2025-01-13", "2025-01-17"),
    Sprint(3, "2025-01-20", "2025-01-24"),
    Sprint(4, "2025-01-27", None, "active"),
    Sprint(5, None, None, "future"),
]


def facts_of(sprints: list[Sprint], *, points: bool = True, **more: object) -> Dataset:
    company = Company([Story(Item("2025-01-02"), [1])], sprints, points=points)
    return Dataset(company.tables(), Definitions(), Workflow(), at("2025-01-30"), **more)


def notes(**more: object) -> list[str]:
    about = facts_of(SPRINTS, **more)
    return _notes(about, np.arange(len(SPRINTS)))


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (None, []),
        ("2025-01-06", []),
        (
            "2025-01-07",
            ["1 sprint started before the first day that the query covers: shown, but in no average and no score."],
        ),
        (
            "2025-01-14",
            ["2 sprints started before the first day that the query covers: shown, but in no average and no score."],
        ),
    ],
)
def test_sprints_older_than_the_data_are_counted(known: str | None, said: list[str]):
    assert notes(complete_from=None if known is None else at(known)) == said


def test_what_the_numbers_count_and_whether_a_filter_holds_is_said():
    assert notes(points=False) == ["Counted in issues. Map “Story points” to count in points."]
    assert notes(filters=only(project=("P",))) == ["Only issues that match the filters are counted."]


def test_sprints_are_listed_future_first_then_active_then_the_newest_closed():
    shuffled = [SPRINTS[n] for n in (1, 4, 0, 3, 2)]
    about = facts_of(shuffled)
    order = newest_first(about, np.arange(len(shuffled)))
    assert [shuffled[n].id for n in order] == [5, 4, 3, 2, 1]
    some = newest_first(about, np.array([0, 2, 3]))
    assert [shuffled[n].id for n in some] == [4, 2, 1]
