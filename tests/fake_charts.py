"""Charts of the fake services: each has three weeks, or the trouble that its scenario asks for."""

# ruff: noqa: ARG002 - a fake takes what the real one takes

from __future__ import annotations

from typing import TYPE_CHECKING

from data.charts.registry import CHARTS
from data.services.charts import ChartsService, Options
from data.services.view import View
from data.values.charts import ChartAnswer, Series
from data.values.problem import Problem

if TYPE_CHECKING:
    from tests.fake_services import FakeServices

WEEKS = ("2026-10-26", "2026-11-02", "2026-11-09")


class FakeCharts(ChartsService):
    """The same three weeks for every chart."""

    def __init__(self, fake: FakeServices) -> None:
        self._fake = fake

    def answer(self, name: str, view: View, options: Options = ()) -> ChartAnswer:
        self._fake.calls.append(("chart", name, view.period.first, view.period.last, view.filters))
        if self._fake.scenario == "failing":
            raise RuntimeError("secret inner words")
        chart = CHARTS[name]
        if self._fake.scenario == "empty":
            return ChartAnswer(name, chart.title, "", chart.help, problem=Problem("Nothing happened in this period."))
        return ChartAnswer(
            name,
            chart.title,
            "Three weeks, from 4 to 7 items.",
            chart.help,
            "Week",
            "Items",
            "time",
            "items",
            (Series("Items", "line", list(WEEKS), [4, 7, 5]),),
            columns=("Week", "Items"),
            rows=tuple(zip(WEEKS, (4, 7, 5), strict=True)),
            row_count=3,
        )

    def csv(self, name: str, view: View, options: Options = ()) -> str:
        return "Week,Items\r\n" + "".join(f"{week},{n}\r\n" for week, n in zip(WEEKS, (4, 7, 5), strict=True))
