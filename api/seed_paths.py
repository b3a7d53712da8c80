"""Addresses without a version, which mean the newest one."""

from __future__ import annotations

from flask import Response

from api.frame import area, operation
from api.metrics import MetricsQuery, NumbersAnswer, numbers_answer
from data.values.callers import Scope

routes = area("newest", "Metrics", "Numbers of a period, each with its definition and what it rests on.", prefix="")


@routes.get("/api/metrics", responses={200: NumbersAnswer})
@operation(Scope.READ)
def list_metrics_of_newest_version(query: MetricsQuery) -> Response:
    """The same as `GET /api/v1/metrics`."""
    return numbers_answer(query)
