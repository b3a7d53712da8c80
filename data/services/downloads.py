"""Workbooks to download: all numbers, one number, the issues behind it, each with a sheet that says what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.exports.csv import csv_text
from data.exports.xlsx import Sheet, instant, xlsx
from data.services.numbers import COLUMNS, ISSUE_COLUMNS, cell_of, named
from data.values.families import HEADLINE
from data.values.filters import Filters
from data.values.periods import Period, zone_named

if TYPE_CHECKING:
    from data.services.workspace import Workspace

_NUMBER_INSTANTS = frozenset({"time_period_start", "time_period_end", "calculation_timestamp"})
_ISSUE_INSTANTS = frozenset({"start", "end"})
NO_FILTERS = Filters()
ALL = 10**9  # more issues than there are


class Downloads:
    """The tables of a period and filters, and workbooks of them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def numbers(
        self,
        period: Period,
        filters: Filters = NO_FILTERS,
        *,
        metric: str | None = None,
        metrics: tuple[str, ...] | None = None,
        **narrowed: str | None,
    ) -> Sheet:
        """DORA and Flow, or the metrics named, a row each; one of jobs as `narrowed`. Raises LookupError for an unknown
        metric."""
        if metric:
            values = list(self._workspace.one(metric, period, filters, **narrowed))
        else:
            families = HEADLINE if metrics is None else tuple(dict.fromkeys(named(each).family for each in metrics))
            answers = [self._workspace.answer(family, period, filters) for family in families]
            found = [each for answer in answers for each in answer.values]
            values = [each for each in found if metrics is None or each.metric_name in metrics]
        rows = [[cell_of(value, name) for name in COLUMNS] for value in values]
        return Sheet("Numbers", COLUMNS, rows, _NUMBER_INSTANTS)

    def issues(self, metric: str, period: Period, filters: Filters = NO_FILTERS, count: int = ALL) -> Sheet:
        """The issues behind a number, used and left out. Raises LookupError for an unknown metric."""
        page = self._workspace.issue_page(metric, period, filters, count=count)
        rows = [[getattr(row, name) for name in ISSUE_COLUMNS] for row in page.rows]
        return Sheet("Issues", ISSUE_COLUMNS, rows, _ISSUE_INSTANTS)

    def csv(self, sheet: Sheet) -> str:
        """The table as CSV."""
        return csv_text(sheet.headers, sheet.rows)

    def xlsx(self, sheet: Sheet, period: Period, filters: Filters = NO_FILTERS) -> bytes:
        """The table as a workbook, dates in the zone of the period, with a second sheet that says what it is."""
        return xlsx([sheet, self._about(period, filters)], zone_named(period.zone), self._workspace.clock())

    def _about(self, period: Period, filters: Filters) -> Sheet:
        status = self._workspace.status()
        told: list[tuple[str, Any]] = [
            ("Site", status.site_title or status.site_url),
            ("Query", status.jql),
            ("First day", period.first),
            ("Last day", period.last),
            ("Time zone of all dates", period.zone),
            ("Data as of", instant(status.synced_at) or "not synced yet"),
            ("Issues in the data", status.issue_count),
            *((name, "; ".join(chosen)) for name, chosen in _chosen(filters) if chosen),
            *((f"Measured with: {each.title}", each.words) for each in self._workspace.definitions.chosen(filters)),
        ]
        return Sheet("About", ("What", "Value"), told)


def _chosen(filters: Filters) -> list[tuple[str, tuple[str, ...]]]:
    return [
        ("Projects", filters.projects),
        ("Types", filters.types),
        ("Labels", filters.labels),
        ("Components", filters.components),
    ]
