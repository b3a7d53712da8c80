"""What may be noted down by hand: amounts below nothing are refused where the unit has none."""

from __future__ import annotations

import pytest

from data.jtbd.specs import Outcome
from data.jtbd.tracking import _not_negative
from data.values.records import RecordError

AMOUNTS = [
    "%",
    "percent",
    "pct",
    "ms",
    "milliseconds",
    "s",
    "sec",
    "second",
    "seconds",
    "min",
    "minute",
    "minutes",
    "h",
    "hour",
    "hours",
    "d",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "item",
    "items",
    "issue",
    "issues",
    "ticket",
    "tickets",
    "count",
    "times",
    "step",
    "steps",
    "click",
    "clicks",
]


def outcome(unit: str, target: float | None = 5.0) -> Outcome:
    return Outcome("fast", unit=unit, target=target)


@pytest.mark.parametrize("unit", [*AMOUNTS, "Hours", " % "])
def test_there_is_no_amount_below_nothing(unit: str):
    _not_negative(outcome(unit), expected_value=0.0, actual_value=3.0)
    for values in ({"expected_value": -0.1, "actual_value": 1.0}, {"expected_value": 1.0, "actual_value": -3.0}):
        with pytest.raises(RecordError, match="give 0 or more"):
            _not_negative(outcome(unit), **values)


@pytest.mark.parametrize("spec", [None, outcome("points"), outcome("°C"), outcome(""), outcome("%", target=-2.0)])
def test_other_values_may_be_below_nothing(spec: Outcome | None):
    _not_negative(spec, expected_value=-5.0, actual_value=-7.0)
