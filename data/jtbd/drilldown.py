"""The issues behind a job, an outcome or a painpoint in a period, as the rows that every table of issues is made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from data.charts.catalogue import JobChart, JobChartQuery
from data.charts.drawing import NO_DRILLDOWN, Drawing, Drilldown, NoSuchPoint
from data.charts.registry import JOB_CHARTS
from data.facts.rows import Rows, Sieve
from data.jtbd.serving import DAY, Serving
from data.tables.frames import NEVER
from data.tables.tidy import microseconds
from data.values.arrays import Mask, Positions
from data.values.jobs import Overview
from data.values.periods import Period

KINDS = {"job", "outcome", "painpoint"}


def parts_of(token: str) -> tuple[str, str]:
    """What a point is about: "outcome:time-to-pay" → ("outcome", "time-to-pay"). Raises NoSuchPoint."""
    kind, mark, name = token.partition(":")
    if kind not in KINDS or not mark or not name:
        raise NoSuchPoint(token)
    return kind, name


def drilldown_of(serving: Serving | None, overview: Overview, period: Period) -> Drilldown:
    """Issues that serve a job or name a painpoint, worked on or completed in the period; found by token."""
    names = _names(overview)
    if serving is None:
        return NO_DRILLDOWN.showing(label=lambda token: names.get(token, token), find=lambda token: _none(token))
    start, end = microseconds(period.start), microseconds(period.end)
    rows = _rows(serving, start, end)
    return Drilldown(
        rows,
        lambda token: np.flatnonzero(_about(serving, token)[rows.issue]),
        lambda token: names.get(token, token),
        values="days",
        unit="days",
        outcome_title="In the period",
        outcome=lambda part: ["completed" if each else "worked on" for each in part.columns["done"]],
    )


def drawn(name: str, overview: Overview, serving: Serving | None, period: Period) -> tuple[JobChart, Drawing]:
    """A chart of jobs with the formula in force and the issues behind its points. Raises KeyError for an unknown
    name.
    """
    chart = replace(JOB_CHARTS[name], formula=overview.formula)
    drawing = chart.draw(JobChartQuery(overview))
    return chart, replace(drawing, drilldown=drilldown_of(serving, overview, period))


def _names(overview: Overview) -> dict[str, str]:
    named: dict[str, Any] = {f"outcome:{each.outcome_id}": each.title for each in overview.outcomes}
    named |= {f"job:{each.job_id}": each.title for each in overview.jobs}
    return named | {f"painpoint:{each.painpoint_id}": each.title for each in overview.painpoints}


def _none(token: str) -> Positions:
    parts_of(token)
    return np.zeros(0, dtype=np.int64)


def _rows(serving: Serving, start: int, end: int) -> Rows:
    """Issues with a job or painpoint, with days of work in the period, the latest start first."""
    active = serving.active(start, end) / DAY
    started, completed = serving.completions.started, serving.completions.completed
    done = (completed != NEVER) & (completed >= start) & (completed < end)
    there = np.flatnonzero(serving.counts & ((serving.job >= 0) | (serving.painpoint != "")) & ((active > 0) | done))
    begun = np.where(started[there] == NEVER, completed[there], started[there])
    return Sieve(len(there)).rows(
        begun, there, days=active[there], started=started[there], completed=completed[there], done=done[there]
    )


def _about(serving: Serving, token: str) -> Mask:
    """Which issues a token stands for. Those of an outcome carry its label; where none does, they are its job's."""
    kind, name = parts_of(token)
    specs = serving.specs
    if kind == "painpoint":
        out: Mask = serving.painpoint == name
        return out
    if kind == "job":
        return _of_job(serving, name)
    spec = specs.outcomes.get(name)
    own = serving.labelled([name, *(spec.labels if spec else ())])
    return own if own.any() or spec is None else _of_job(serving, spec.job)


def _of_job(serving: Serving, name: str) -> Mask:
    if name not in serving.jobs:
        return np.zeros(len(serving.job), dtype=bool)
    out: Mask = serving.job == serving.jobs.index(name)
    return out
