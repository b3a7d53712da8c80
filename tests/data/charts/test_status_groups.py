"""Statuses of one name and category are one: every chart and number is what it would be if there were only one of
them.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from data.exports.csv import csv_text
from data.facts.dataset import Dataset
from data.facts.status_groups import status_groups, status_titles
from data.metrics.measure import measure
from data.metrics.registry import CATALOG
from data.services.charts import drawn
from data.services.field_mapping import statuses
from tests.builders import DOING, DONE, REVIEW, STATUSES, TODO, WAITING, Item, facts, period, site

CHARTS = ("cumulative_flow", "time_in_status", "ageing_work", "load_by_status")
MONTH = ("2025-03-01", "2025-03-31")
OTHER = WAITING  # of another project: also called "in review", in other letters


def items(seed: int) -> list[Item]:
    """Issues of two projects, one of which has a status "in review" of its own; now and then one moves to the other."""
    dice, made = Random(seed), []  # noqa: S311 - not for secrets
    for n in range(60):
        own = OTHER if n % 2 else REVIEW
        days = sorted(dice.sample(range(1, 31), dice.randint(1, 4)))
        path = [DOING, own, dice.choice([own, own, REVIEW]), DONE][: len(days)]
        moves = [(f"2025-03-{day:02} 12:00", status) for day, status in zip(days, path, strict=True)]
        made.append(Item("2025-02-20", moves, TODO, project="AB"[n % 2]))
    return made


def asked(
    made: list[Item], *, category: str = "indeterminate", name: str = "in  REVIEW", **definitions: Any
) -> Dataset:
    """The site with a second status of that name and category."""
    tables = site(*made)
    known = tables.statuses.copy()
    place = [status for status, _, _ in STATUSES].index(OTHER)
    known.loc[place, ["name", "category"]] = [name, category]
    return facts(replace(tables, statuses=known), now="2025-04-01", **definitions)


def one_of_them(made: list[Item]) -> list[Item]:
    """The same issues on a site that has only one of the two statuses."""
    return [replace(each, moves=[(when, REVIEW if to == OTHER else to) for when, to in each.moves]) for each in made]


def table(about: Dataset, chart: str) -> str:
    drawing = drawn(about, chart, period(*MONTH))
    return csv_text(drawing.columns, drawing.table())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("chart", CHARTS)
def test_two_statuses_of_one_name_are_drawn_as_one(chart: str, seed: int) -> None:
    made = items(seed)
    assert table(asked(made), chart) == table(asked(one_of_them(made)), chart)
    assert table(asked(made, statuses_by="id"), chart) != table(asked(made), chart)


@pytest.mark.parametrize("seed", range(4))
def test_load_and_stuck_items_speak_of_them_as_one(seed: int) -> None:
    made = items(seed)
    two, one = asked(made), asked(one_of_them(made))
    for name, detail in (("flow_load", "per_status"), ("stuck_count", "usual_days")):
        found = [measure(CATALOG[name], about, period(*MONTH)) for about in (two, one)]
        assert found[0].value == found[1].value
        if name == "flow_load":  # how long stays were is another matter: a move from one to the other ends a stay
            assert found[0].details[detail] == found[1].details[detail]
            assert sum(found[0].details[detail].values()) == found[0].value


@pytest.mark.parametrize(
    "more",
    [
        {"category": "new"},
        {"name": "In Review 2"},
        {"statuses_by": "id"},
        {"blocked_statuses": [OTHER]},
    ],
)
def test_what_differs_in_name_category_or_meaning_is_not_one(more: dict[str, Any]) -> None:
    about = asked(items(1), **more)
    codes = [status for status, _, _ in STATUSES]
    groups = about.once(status_groups)
    assert groups[codes.index(OTHER)] != groups[codes.index(REVIEW)]
    assert groups[-1] == -1


def test_statuses_that_share_a_name_are_called_by_their_projects_and_never_by_their_ids() -> None:
    about = asked(items(1), statuses_by="id")
    titles = about.once(status_titles)
    assert {title for title in titles if "eview" in title.casefold()} == {"In Review · A, B", "in  REVIEW · B"}
    assert titles[0] == "To Do"
    shown = {each.name for each in statuses(about.tables)}  # the workflow form, where each has its own choice
    assert {"In Review · A, B", "in  REVIEW · B", "To Do"} <= shown
