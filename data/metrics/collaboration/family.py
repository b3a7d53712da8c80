"""What the metrics of comments that were written have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from data.facts.comments import comment_rows, no_comments
from data.metrics.catalogue import Formula, IssueMetric, metric


def comment_metric(**definition: Any) -> Callable[[Formula], IssueMetric]:
    """A metric of the comments written in the period; `select` says what a row is."""
    return metric(
        family="collaboration",
        rows=comment_rows,
        missing=no_comments,
        outcome_title="Comments",
        outcome=lambda rows: [f"{each:,}" for each in rows.columns["comments"]],
        nothing="Nothing is known about these dates.",
        switches=("zone",),
        **definition,
    )
