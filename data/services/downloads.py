"""Workbooks to download: all numbers, one number, the issues behind it, each with a sheet that says what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from data.exports.csv import csv_text
from data.exports.xlsx import Sheet as Sheet  # what downloads are made of
from data.exports.xlsx import instant, xlsx
from data.services.definitions import DefinitionsService
from data.services.numbers import COLUMNS, ISSUE_COLUMNS, NumbersService, cell_of, family_of
from data.services.status import StatusService
from data.services.view import View
from data.settings.filter_fields import filter_words
from data.values.families import HEADLINE
from data.values.metric_value import MetricValue
from data.values.periods import zone_named

_NUMBER_INSTANTS = frozenset({"time_period_start", "time_period_end", "calculation_timestamp"})
_ISSUE_INSTANTS = frozenset({"start", "end"})
ALL = 10**9  # more issues than there are


class DownloadsService:
    """The tables of a view, and workbooks of them."""

    def __init__(self, numbers: NumbersService, definitions: DefinitionsService, status: StatusService) -> None:
        self._numbers = numbers
        self._definitions = definitions
        self._status = status

    def metric(self, metric: str, view: View, *, persona: str | None = None, job: str | None = None) -> Sheet:
        """One metric, a row; one of jobs narrowed to a persona or job. Raises LookupError for an unknown one,
        JiraError.
        """
        return _numbers(self._numbers.one(metric, view, persona=persona, job=job))

    def numbers(self, view: View, metrics: Sequence[str] | None = None) -> Sheet:
        """The numbers of the overview, or the metrics named, a row each. Raises LookupError for an unknown metric,
        JiraError.
        """
        families = HEADLINE if metrics is None else tuple(dict.fromkeys(family_of(metric) for metric in metrics))
        found = [each for family in families for each in self._numbers.answer(family, view).values]
        return _numbers(each for each in found if metrics is None or each.metric_name in metrics)

    def issues(self, metric: str, view: View, count: int = ALL) -> Sheet:
        """The issues behind a number, used and left out. Raises LookupError for an unknown metric, JiraError."""
        page = self._numbers.issue_page(metric, view, count=count)
        rows = [[getattr(row, name) for name in ISSUE_COLUMNS] for row in page.rows]
        return Sheet("Issues", ISSUE_COLUMNS, rows, _ISSUE_INSTANTS)

    def csv(self, sheet: Sheet) -> str:
        """The table as CSV."""
        return csv_text(sheet.headers, sheet.rows)

    def xlsx(self, sheet: Sheet, view: View) -> bytes:
        """The table as a workbook, dates in the zone of the view, with a second sheet that says what it is."""
        return xlsx([sheet, self._about(view)], zone_named(view.zone), view.now)

    def _about(self, view: View) -> Sheet:
        status, period = self._status.of(view.snapshot), view.period
        chosen = self._definitions.chosen(view.filters, view.snapshot)
        rows: list[tuple[str, Any]] = [
            ("Site", status.site_title or status.site_url),
            ("Query", status.jql),
            ("First day", period.first),
            ("Last day", period.last),
            ("Time zone of all dates", period.zone),
            ("Data as of", instant(status.synced_at) or "not synced yet"),
            ("Issues in the data", status.issue_count),
            *filter_words(view.filters),
            *((f"Measured with: {each.title}", each.words) for each in chosen),
        ]
        return Sheet("About", ("What", "Value"), rows)


def _numbers(values: Iterable[MetricValue]) -> Sheet:
    return Sheet("Numbers", COLUMNS, [[cell_of(value, name) for name in COLUMNS] for value in values], _NUMBER_INSTANTS)
