"""The stages of lead time add up to creation → deployment, whatever is missing or out of order."""

from __future__ import annotations

import numpy as np
import pytest

from data.charts.dora.lead_time_stages import stage_days
from tests.builders import DOING, DONE, Item, at, facts, site

DEPLOYED = "2025-01-11"


@pytest.mark.parametrize(
    ("moves", "commit", "days"),
    [
        ([("2025-01-02", DOING), ("2025-01-06", DONE)], "2025-01-03", (1, 1, 3, 5)),
        ([("2025-01-02", DOING), ("2025-01-06", DONE)], None, (1, 0, 4, 5)),
        ([("2025-01-04", DOING), ("2025-01-06", DONE)], "2025-01-02", (3, 0, 2, 5)),
        ([("2025-01-02", DOING)], "2025-01-03", (1, 1, 0, 8)),
        ([("2025-01-02", DOING), ("2025-01-20", DONE)], "2025-01-03", (1, 1, 8, 0)),
        ([], None, (0, 0, 0, 10)),
    ],
)
def test_each_stage_ends_where_the_next_begins(moves, commit, days):
    fields = {} if commit is None else {"code_commit_date": f"{commit} 00:00"}
    about = facts(site(Item("2025-01-01", moves, fields=fields), mapped=("code_commit_date",)))
    found, _ = stage_days(about, np.array([0]), np.array([at(DEPLOYED)]))
    assert found[0].tolist() == pytest.approx(days)
    assert sum(days) == 10


def test_a_stage_that_no_item_knows_is_said_to_be_unknown():
    about = facts(site(Item("2025-01-01", [("2025-01-02", DOING)])))
    _, known = stage_days(about, np.array([0]), np.array([at(DEPLOYED)]))
    assert known.tolist() == [True, False, False, True]
