"""Data Center names the epic of an issue in its field Epic Link: a forecast of the epic counts the issues that name
it.
"""

from __future__ import annotations

from typing import Literal

import pytest

from tests.cases.conftest import Cases


@pytest.mark.parametrize("flavour", ["dc", "cloud"])
def test_a_forecast_of_the_epic_is_that_of_the_items_left_below_it(
    case: Cases, flavour: Literal["cloud", "dc"]
) -> None:
    site = case("c07_epiclink", flavour=flavour)
    epic = site.run("forecast", "--epic", "P-1", "--format", "json")
    items = site.run("forecast", "--items", "15", "--format", "json")
    assert (epic.code, items.code) == (0, 0), epic.err
    found, alone = epic.json, items.json
    assert len(found["remaining"]["keys"]) == 15
    dates = ("p50", "p70", "p85", "p95")
    assert [found[each] for each in dates] == [alone[each] for each in dates]
