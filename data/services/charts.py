"""Charts of a view: drawn, as CSV, and the issues behind their points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Unpack

import numpy as np

from data.charts.catalogue import Chart, ChartQuery
from data.charts.drawing import Drawing, Drilldown, NoSuchPoint, issues_of
from data.charts.forecast.forecast_history import history_drawing
from data.charts.forecast.forecast_outcomes import outcomes_drawing, refused
from data.charts.registry import CHARTS, ISSUE_CHARTS, JOB_CHARTS, places
from data.exports.csv import csv_text
from data.exports.xlsx import Sheet, date_columns
from data.facts.dataset import Dataset
from data.facts.rows import Rows
from data.facts.status_groups import share_names
from data.metrics.detail import MetricDrilldown
from data.platform.telemetry import span
from data.services.forecast import ForecastService
from data.services.issue_pages import IssueChoice, page_of
from data.services.jtbd import JobsService
from data.services.numbers import ISSUE_COLUMNS, csv_issues
from data.services.sites import Sites, browse_url
from data.services.view import View
from data.values.charts import ChartAnswer, ChartPlace, Picked
from data.values.errors import NotThere
from data.values.families import FAMILIES
from data.values.forecast import Forecast, ForecastRefused
from data.values.numbers import IssuePage
from data.values.periods import Period, PeriodError
from data.values.problem import Problem

MOST_ROWS = 200  # of a chart's table in the page; the CSV has them all
LONGEST_TITLE = 80
Options = tuple[tuple[str, str], ...]


class NoSuchChart(NotThere):
    """A link names a chart that the catalogue does not have. The page does not repeat the name, the terminal does."""

    code = "no_such_chart"

    def __init__(self, name: str) -> None:
        super().__init__(
            Problem("There is no such chart.", todo="The link may be old or cut off; open the chart on its tab.")
        )
        self.args = (f"There is no chart {name!r}. Choose one of: {', '.join(CHARTS)}.",)


class NoPoint(NotThere):
    """The point of a link is not in the chart (any more)."""

    code = "no_such_point"

    def __init__(self) -> None:
        super().__init__(
            Problem(
                "This point is not in the chart.",
                todo="The data or the filters have changed since; close this and choose another point.",
            )
        )


@dataclass(frozen=True)
class _Shown:
    """What the table of issues needs to know of a chart; a metric says the same of itself."""

    measures: str
    outcome: Callable[[Rows], Sequence[str]] | None
    as_of_rows: None = None  # a chart's rows are those that it was drawn from


def chart_places() -> dict[str, tuple[ChartPlace, ...]]:
    """Family → its charts in the order in which a tab shows them; a chart is there because its file is in the
    folder.
    """
    return {name: places(name) for name, family in FAMILIES.items() if family.charts}


def is_of_jobs(chart: str | None) -> bool:
    """Whether a chart is drawn from what is known of jobs: it needs specs and records, but no issues."""
    return chart in JOB_CHARTS


_OF_TEAMS: Mapping[str, Callable[[Forecast], Drawing]] = {
    "forecast_outcomes": outcomes_drawing,
    "forecast_history": lambda made: history_drawing(made, None),
}


class ChartsService:
    """Charts of a view. A chart is drawn once for a question, whoever asks for picture, table or issues."""

    def __init__(self, sites: Sites, jobs: JobsService, forecast: ForecastService) -> None:
        self._sites = sites
        self._forecast = forecast
        self._jobs = jobs

    def names(self, family: str | None = None) -> tuple[str, ...]:
        """Charts of a family, or all, in order."""
        return tuple(name for name, each in CHARTS.items() if family in (None, each.family))

    def answer(self, name: str, view: View, options: Options = ()) -> ChartAnswer:
        """The chart as plain values. Raises NoSuchChart, JiraError."""
        chart, facts, drawing = self._drawn(name, view, options)
        rows = tuple(islice(drawing.table(), MOST_ROWS))
        return ChartAnswer(
            name=name,
            title=drawing.title or chart.title,
            reading=drawing.reading,
            help=chart.help,
            x_title=drawing.x_title,
            y_title=drawing.y_title,
            x_kind=drawing.x_kind,
            unit=drawing.unit,
            series=self._titled(view, facts, drawing),
            lines=drawing.lines,
            x_ticks=drawing.x_ticks,
            x_range=drawing.x_range,
            y_range=drawing.y_range,
            regions=drawing.regions,
            columns=drawing.columns,
            rows=rows,
            row_picks=tuple(drawing.table_picks())[: len(rows)],
            row_count=max(drawing.row_count, len(rows)),
            issues=issues_of(drawing.drilldown.rows),
            notes=drawing.notes,
            definitions=chart.definitions(facts, drawing.switches),
            problem=drawing.problem,
            thinned=drawing.thinned,
            obeys=drawing.switches or chart.switches,
            beside=tuple(
                each
                for each in chart.beside
                if each != "statuses_by" or (facts is not None and facts.once(share_names))
            ),
        )

    def csv(self, name: str, view: View, options: Options = ()) -> str:
        """The whole table of a chart. Raises NoSuchChart."""
        _, _, drawing = self._drawn(name, view, options)
        return csv_text(drawing.columns, drawing.table())

    def picked(self, name: str, pick: str, view: View, options: Options = ()) -> Picked:
        """What stands behind a point, or behind the whole chart (""). Raises NoSuchChart, NoPoint."""
        chart, facts, drawing = self._drawn(name, view, options)
        drilldown = drawing.drilldown
        rows = _behind(drilldown, pick)
        return Picked(
            name,
            drawing.title or chart.title,
            drilldown.label(pick) if pick else "",
            len(rows),
            rows.used,
            tuple(rows.exclusions().items()),
            drilldown.unit,
            drilldown.outcome_title,
            chart.help,
            chart.definitions(facts, drawing.switches),
            issues_of(rows),
            drawing.switches or chart.switches,
        )

    def issues(
        self,
        name: str,
        pick: str,
        view: View,
        options: Options = (),
        **choice: Unpack[IssueChoice],
    ) -> IssuePage:
        """Some of the issues behind a point, narrowed and sorted as those of a metric. Raises NoSuchChart, NoPoint,
        JiraError.
        """
        _, facts, drawing = self._drawn(name, view, options)
        if facts is None:  # jobs without issues
            return IssuePage((), 0)
        drilldown = drawing.drilldown
        shown = _Shown(drilldown.values, drilldown.outcome)
        behind = MetricDrilldown(shown, ChartQuery(facts, view.period, options), _behind(drilldown, pick))
        data = self._sites.data(view.snapshot)
        return page_of(
            behind,
            lambda ids: data.summaries(view.snapshot, ids),
            browse_url(view.snapshot),
            **choice,
        )

    def sheet(self, name: str, view: View, options: Options = ()) -> Sheet:
        """The whole table of a chart, for a workbook."""
        chart, _, drawing = self._drawn(name, view, options)
        rows = [list(row) for row in drawing.table()]
        dates = date_columns(drawing.columns, rows)
        return Sheet((drawing.title or chart.title)[:31], drawing.columns, rows, dates=dates)

    def issue_sheet(self, name: str, pick: str, view: View, options: Options = ()) -> Sheet:
        """All issues behind a point, for a workbook."""
        rows = self.issues(name, pick, view, options, count=10**9).rows
        told = [[getattr(row, column) for column in ISSUE_COLUMNS] for row in rows]
        return Sheet("Issues", ISSUE_COLUMNS, told, frozenset({"start", "end"}))

    def csv_issues(self, name: str, pick: str, view: View, options: Options = ()) -> str:
        """All issues behind a point as CSV."""
        return csv_issues(self.issues(name, pick, view, options, count=10**9).rows)

    def _drawn(self, name: str, view: View, options: Options) -> tuple[Chart, Dataset | None, Drawing]:
        if name in JOB_CHARTS:
            return self._jobs.chart(name, view, options)
        if name not in CHARTS:
            raise NoSuchChart(name)
        facts = self._sites.data(view.snapshot).dataset(view)
        if name in _OF_TEAMS and dict(options).get("teams"):
            return ISSUE_CHARTS[name], facts, self._of_teams(name, view, options)
        return ISSUE_CHARTS[name], facts, facts.once(drawn, name, view.period, options)

    def _of_teams(self, name: str, view: View, options: Options) -> Drawing:
        """A chart of the joint forecast that the options ask for, or why there is none."""
        try:
            return _OF_TEAMS[name](self._forecast.answer(self._forecast.question(options, view), view))
        except (ForecastRefused, PeriodError) as error:
            return refused(error)

    def _titled(self, view: View, facts: Dataset | None, drawing: Drawing) -> tuple[Any, ...]:
        """The series, with the titles of issues beside their points."""
        if not drawing.titled or facts is None:
            return drawing.series
        ids = facts.tables.issues["issue_id"].to_numpy()
        wanted = np.unique(np.concatenate(list(drawing.titled.values())))
        known = self._sites.data(view.snapshot).summaries(view.snapshot, ids[wanted[wanted >= 0]].tolist())
        series = list(drawing.series)
        for n, issues in drawing.titled.items():
            series[n] = replace(series[n], text=list(_titles(ids[issues].tolist(), known)))
        return tuple(series)


def _titles(ids: Iterable[int], known: dict[int, tuple[str, str]]) -> Iterable[str]:
    for each in ids:
        title = known.get(each, ("", ""))[1]
        yield title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def _behind(drilldown: Drilldown, pick: str) -> Any:
    try:
        return drilldown.rows_of(pick)
    except (NoSuchPoint, ValueError, KeyError, IndexError) as error:
        raise NoPoint from error


@span("calculation", family="charts")
def drawn(facts: Dataset, name: str, period: Period, options: Options = ()) -> Drawing:
    """One chart for one question; `facts.once(drawn, name, period, options)` draws it the first time only."""
    return ISSUE_CHARTS[name](ChartQuery(facts, period, options))
