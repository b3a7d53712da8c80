"""What the metrics of work in progress have in common, whichever family they are in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from data.facts.load import load_rows
from data.metrics.catalogue import Formula, IssueMetric, metric


def in_progress_metric(**definition: Any) -> Callable[[Formula], IssueMetric]:
    """A count of items in progress at the end of the period; `select` says which of them."""
    return metric(
        unit="items",
        shows="items",
        lower_is_better=True,
        rows=load_rows,
        nothing="Nothing is known about this day.",
        aggregation="count",
        **definition,
    )
