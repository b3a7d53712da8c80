"""What the metrics of sprints have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from data.facts.sprint_issues import SWITCHES, part_in, sprint_rows
from data.metrics.catalogue import Formula, IssueMetric, metric


def sprint_metric(**definition: Any) -> Callable[[Formula], IssueMetric]:
    """A metric of the sprints that closed in the period: its rows, what each adds to the number in words, and the
    definitions that it depends on are the same for all of them.
    """
    return metric(
        family="sprint",
        rows=sprint_rows,
        outcome_title="In the sprint",
        outcome=part_in,
        fields=("story_points",),
        switches=SWITCHES,
        **definition,
    )
