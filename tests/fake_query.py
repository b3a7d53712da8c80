"""Answers of the tab Explore in the fake services: three weeks of each metric, or the trouble of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.metrics.registry import CATALOG
from data.services.query import QueryService
from data.services.view import View
from data.values.json_types import JsonObject
from data.values.query_answer import QueryAnswer, QueryCell, QueryMetric, QueryRow

if TYPE_CHECKING:
    from tests.fake_services import FakeServices

WEEKS = (("2026-10-26", "2026-11-01"), ("2026-11-02", "2026-11-08"), ("2026-11-09", "2026-11-15"))


class FakeQuery(QueryService):
    """Three weeks, or nothing."""

    def __init__(self, fake: FakeServices) -> None:
        self._fake = fake

    def of_view(self, spec: JsonObject, view: View) -> QueryAnswer:
        self._fake.calls.append(("query", repr(spec), view.period.first, view.period.last, view.filters))
        if self._fake.scenario == "failing":
            raise RuntimeError("secret inner words")
        names = [each for each in spec["metrics"] if each in CATALOG]
        metrics = [
            QueryMetric(name, CATALOG[name].title, CATALOG[name].unit, "items", CATALOG[name].summary, "neither", "sql")
            for name in names
        ]
        rows = [
            QueryRow((first,), first, last, first, tuple(QueryCell(4.0 + n, 4 + n, 1, shown=f"{4 + n}") for _ in names))
            for n, (first, last) in enumerate(WEEKS)
        ]
        return QueryAnswer(
            first=view.period.first.isoformat(),
            last=view.period.last.isoformat(),
            zone=view.zone,
            period=view.period.label,
            columns=(("week", "Week"),),
            metrics=tuple(metrics),
            rows=() if self._fake.scenario == "empty" else tuple(rows),
            compared="",
            notes=(),
            sql="SELECT $1",
            parameters=(1,),
            revision="1.1",
            engine_seconds=0.01,
            limited=False,
        )
