"""Histories that name statuses without their ids are read by name, and by the same names in every process."""

from __future__ import annotations

import pandas as pd
import pytest

from data.tables.status_changes import status_codes, status_key

STATUSES = pd.DataFrame(
    [("1", "To Do", "new"), ("3", "In Progress", "indeterminate"), ("5", "Done", "done")],
    columns=["status_id", "name", "category"],
)


def codes_of(*seen: tuple[str | None, str | None]) -> list[int]:
    codes, _ = status_codes(STATUSES, seen)
    return [codes[status_key(*each)] for each in seen]


def test_a_name_without_an_id_is_the_status_of_that_name():
    assert codes_of((None, "In Progress"), (None, "done"), ("", " TO DO")) == [1, 2, 0]


def test_names_that_the_site_no_longer_has_stay_apart_and_in_the_order_of_the_history():
    seen = [(None, "Confirmed"), (None, "In Progress"), (None, "Testing"), ("77", "Old"), (None, "testing")]
    codes, gone = status_codes(STATUSES, seen)
    assert [codes[status_key(*each)] for each in seen] == [3, 1, 4, 5, 4]
    assert gone == [("", "Confirmed"), ("", "Testing"), ("77", "Old")]


@pytest.mark.parametrize("seen", [("3", "Its name then"), ("3", None)])
def test_an_id_wins_over_the_name_of_its_time(seen):
    assert codes_of(seen) == [1]


def test_neither_id_nor_name_is_a_status_of_its_own():
    codes, gone = status_codes(STATUSES, [(None, None)])
    assert gone == [("", "no name")] and codes[status_key(None, None)] == 3
