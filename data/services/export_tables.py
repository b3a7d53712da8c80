"""What an export is made of: the tables of metrics, issues, charts, sprints and records of jobs to be done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data.exports.spool import Table
from data.services.catalogue import CatalogueService
from data.services.charts import ChartsService
from data.services.downloads import DownloadsService, Sheet
from data.services.jtbd import JobsService
from data.services.query import QueryService
from data.services.sites import Sites
from data.services.sprints import INSTANTS as SPRINT_INSTANTS
from data.services.sprints import SprintsService
from data.services.view import View
from data.tables.frames import NEVER
from data.values.instants import instant
from data.values.records import INSTANTS as RECORD_INSTANTS
from data.values.records import KINDS

_CHUNK = 2_000  # issues whose titles are asked for at once
ISSUE_COLUMNS = (
    "key", "summary", "type", "project", "status", "status_category", "resolution", "priority", "created", "updated",
    "resolved", "labels", "components",
)  # a table: kept in its rows  # fmt: skip
_ISSUE_INSTANTS = frozenset({"created", "updated", "resolved"})
_RECORDS = {
    "job": "Jobs done", "outcome": "Outcomes achieved", "painpoint": "Painpoints resolved", "time": "Times to outcome",
    "satisfaction": "Satisfaction",
}  # a table: kept in its rows  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What of a content is wanted; empty: all of it."""

    metric: str = ""
    family: str = ""
    chart: str = ""
    board: str = ""
    spec: str = ""  # of a query, as JSON


class ExportTables:
    """The tables of each content."""

    def __init__(
        self,
        sites: Sites,
        downloads: DownloadsService,
        catalogue: CatalogueService,
        charts: ChartsService,
        sprints: SprintsService,
        jobs: JobsService,
        query: QueryService,
    ) -> None:
        self._sites = sites
        self._downloads = downloads
        self._catalogue = catalogue
        self._charts = charts
        self._sprints = sprints
        self._jobs = jobs
        self._query = query
        self._of: dict[str, Callable[[View, Asked], list[Table]]] = {
            "metrics": self._metrics,
            "issues": self._issues,
            "charts": self._pictures,
            "sprints": self._rounds,
            "records": self._kept,
            "query": self._answer,
            "report": self._all,
        }

    def of(self, content: str, view: View, asked: Asked) -> list[Table]:
        """The tables of a content, whose rows are made while they are read. Raises LookupError for an unknown metric,
        chart or board, JiraError, RecordsError.
        """
        return self._of[content](view, asked)

    def _metrics(self, view: View, asked: Asked) -> list[Table]:
        names = (
            [asked.metric] if asked.metric else [each.name for each in self._catalogue.search("", asked.family or None)]
        )
        return [_whole(replace(self._downloads.numbers(view, names), name="Metrics"))]

    def _issues(self, view: View, asked: Asked) -> list[Table]:
        if asked.metric:
            return [_whole(self._downloads.issues(asked.metric, view))]
        data = self._sites.data(view.snapshot)
        places = np.flatnonzero(data.dataset(view).chosen)
        return [Table("Issues", ISSUE_COLUMNS, self._issue_rows(view, places), _ISSUE_INSTANTS, len(places))]

    def _issue_rows(self, view: View, places: Any) -> Iterator[Sequence[Any]]:
        data = self._sites.data(view.snapshot)
        tables = data.dataset(view).tables
        issues, statuses = tables.issues, tables.statuses
        names = statuses["name"].astype(str).tolist()
        categories = statuses["category"].astype(str).tolist()
        labels, components = _lists(tables.labels), _lists(tables.components)
        for start in range(0, len(places), _CHUNK):
            part = places[start : start + _CHUNK]
            some = issues.iloc[part]
            ids = some["issue_id"].tolist()
            known = data.summaries(view.snapshot, ids)
            texts = [some[name].astype(object).tolist() for name in ("type", "project", "resolution", "priority")]
            moments = [[_moment(each) for each in some[name].tolist()] for name in ("created", "updated", "resolved")]
            states = some["status"].tolist()
            for n, (number, key) in enumerate(zip(ids, some["key"].tolist(), strict=True)):
                kind, project, resolution, priority = (each[n] for each in texts)
                state = states[n]
                place = int(part[n])
                yield (
                    key, known.get(number, ("", ""))[1], kind, project, names[state], categories[state], resolution,
                    priority, moments[0][n], moments[1][n], moments[2][n], labels.get(place, ""),
                    components.get(place, ""),
                )  # a table: kept in its rows  # fmt: skip

    def _pictures(self, view: View, asked: Asked) -> list[Table]:
        names = (asked.chart,) if asked.chart else self._charts.names(asked.family or None)
        sheets = [self._charts.sheet(name, view) for name in names]
        return [_whole(each) for each in sheets if each.headers] or [Table("Charts", ("chart",), [], length=0)]

    def _rounds(self, view: View, asked: Asked) -> list[Table]:
        columns, rows = self._sprints.table(view, asked.board or None)
        return [Table("Sprints", columns, rows, SPRINT_INSTANTS, len(rows))]

    def _answer(self, view: View, asked: Asked) -> list[Table]:
        """The rows of a spec; its days and filters are those of the view."""
        found = self._query.answer(self._query.read(asked.spec), view.snapshot, in_job=True)
        sheet = self._query.sheet(found)
        return [Table(sheet.name, tuple(sheet.headers), sheet.rows, length=len(sheet.rows))]

    def _kept(self, view: View, _asked: Asked) -> list[Table]:
        records = self._jobs.records_of(view)
        return [
            Table(_RECORDS[kind], made._fields, _record_rows(found), RECORD_INSTANTS, len(found))
            for (kind, (made, _, _)), found in zip(KINDS.items(), records, strict=True)
        ]

    def _all(self, view: View, asked: Asked) -> list[Table]:
        return [*self._metrics(view, asked), *self._pictures(view, asked), *self._rounds(view, asked)]


def _whole(sheet: Sheet) -> Table:
    return Table(sheet.name, sheet.headers, sheet.rows, sheet.instants, len(sheet.rows))


def _record_rows(records: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for each in records:
        yield [
            instant(value) if name in RECORD_INSTANTS and value is not None else value
            for name, value in zip(each._fields, each, strict=True)
        ]


def _lists(frame: Any) -> dict[int, str]:
    """Issue (position) → its names in one text."""
    found: dict[int, list[str]] = {}
    for issue, name in zip(frame["issue"].tolist(), frame["name"].tolist(), strict=True):
        found.setdefault(issue, []).append(str(name))
    return {issue: "; ".join(names) for issue, names in found.items()}


def _moment(us: int) -> str | None:
    """ISO 8601 in UTC, milliseconds."""
    return None if us == NEVER else f"{np.datetime64(us // 1000, 'ms')}Z"
