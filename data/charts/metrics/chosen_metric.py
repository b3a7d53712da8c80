"""What both charts of a metric share: which metric the view asks for, and the rows of several questions in one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.charts.catalogue import ChartQuery
from data.charts.drawing import Drawing, nothing
from data.facts.rows import Rows, Subjects
from data.metrics.breakdown import GROUPS, STEPS
from data.metrics.catalogue import IssueMetric
from data.metrics.detail import UNITS
from data.metrics.registry import ISSUE_METRICS, JOB_METRICS

METRIC, GROUP, STEP, LIMITS = "measure", "by", "over", "limits"  # names in the view
COUNTED = ("count", "sum", "distinct")  # their parts are drawn as bars, the others as a line


def metric_of(query: ChartQuery) -> IssueMetric | Drawing:
    """The metric that the view names, or a drawing that says why there is none."""
    metric = ISSUE_METRICS.get(query.option(METRIC))
    if query.option(METRIC) in JOB_METRICS:
        return nothing("This number is calculated from records of jobs.", todo="The tab Jobs shows what it is made of.")
    if metric is None:
        return nothing("No metric is chosen.", todo="Open one from the list of the catalogue.")
    if missing := metric.lacking(query.facts):
        return nothing(missing.message)
    return metric


def step_of(query: ChartQuery) -> str:
    """The step that the view chooses; without a choice one that gives a dozen points or so."""
    return usual_step(query.period.days, query.option(STEP))


def usual_step(days: int, chosen: str = "") -> str:
    """
    >>> usual_step(7), usual_step(30), usual_step(365), usual_step(365, "day")
    ('day', 'week', 'month', 'day')
    """
    if chosen in STEPS:
        return chosen
    return "day" if days <= 14 else "week" if days <= 180 else "month"


def group_of(query: ChartQuery) -> str:
    """The group that the view chooses, else projects."""
    chosen = query.option(GROUP)
    return chosen if chosen in GROUPS else "project"


def unit_of(metric: IssueMetric) -> str:
    """The unit of single rows."""
    return UNITS.get(metric.measures, "")


def joined(parts: Sequence[Rows]) -> Rows:
    """The rows of several questions to one metric, one after the other."""
    reasons = tuple(dict.fromkeys(["", *(why for part in parts for why in part.reasons)]))
    place = {why: n for n, why in enumerate(reasons)}
    names = set.intersection(*(set(part.columns) for part in parts)) if parts else set()
    return Rows(
        np.concatenate([part.at for part in parts]),
        Subjects.joined([part.subjects for part in parts]),
        np.concatenate([np.array([place[why] for why in part.reasons], dtype=np.int16)[part.reason] for part in parts]),
        reasons,
        {name: np.concatenate([part.columns[name] for part in parts]) for name in names},
    )
