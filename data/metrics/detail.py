"""What one number is made of: definition, steps, distribution, and the issues behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import numpy as np

from data.facts.dataset import Dataset
from data.facts.past import names_of
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.site_names import titles
from data.facts.subjects import names_of_subjects, others_than_issues, words_of_subjects
from data.metrics.catalogue import IssueMetric
from data.metrics.measure import HasEdge, instants_of, measure, rows_for
from data.settings.definitions import expanded
from data.settings.model import Settings
from data.settings.switching import switch
from data.tables.frames import NEVER
from data.values.arrays import Column, Numbers, Objects, Positions
from data.values.metric_value import MetricValue, iso
from data.values.numbers import Detail, IssueRow
from data.values.switches import Switch

BINS = 24
COLUMNS = ("key", "type", "project", "status", "start", "end", "value", "reason")
UNITS = {
    "days": "days",
    "hours": "hours",
    "share": "%",
    "age": "days",
    "in_status": "days",
    "points": "points",
    "comments": "comments",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def detail(metric: IssueMetric, query: MetricQuery) -> Detail:
    """Everything that the side panel shows, but for the issues."""
    value = measure(metric, query.facts, query.period)
    rows = rows_for(metric, query) if value.error_state in ("success", "no_data") else None
    return Detail(
        value=value,
        title=metric.title,
        definition=metric.summary,
        switches=_switches(metric, query.facts),
        steps=tuple(value.details.get("steps", ())),
        exclusions=tuple(value.details.get("exclusions", {}).items()),
        histogram=None if rows is None else _histogram(metric, rows, query, value),
        bars=None if rows is None else _bars(value),
        outcome_title=metric.outcome_title,
    )


def _switches(metric: IssueMetric, facts: Dataset) -> tuple[Switch, ...]:
    """The definitions that this metric obeys, as they are in force; which of them are saved, the service of definitions
    knows.
    """
    settings = Settings(definitions=facts.definitions, workflow=facts.workflow)
    names = titles(facts.tables)
    return tuple(switch(name, settings, settings, names) for name in expanded(metric.switches))


def _histogram(metric: IssueMetric, rows: Rows, query: MetricQuery, value: MetricValue) -> dict[str, Any] | None:
    """Edges and counts of the measured column, from zero, with the percentiles marked."""
    if not metric.measures or not rows.used or metric.measures not in rows.columns:
        return None
    values = rows[metric.measures].astype(float)
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    top = float(np.percentile(values, 98)) if len(values) > 20 else float(values.max())
    top = top or 1.0
    counts, edges = np.histogram(np.minimum(values, top), bins=min(BINS, max(5, len(values))), range=(0.0, top))
    marks = [("median", query.quantile(values, 50)), ("85 %", query.quantile(values, 85))]
    if metric.name == "flow_efficiency":
        marks = [("overall", value.value), ("median", query.quantile(values, 50))]
    return {
        "edges": [float(f"{edge:.4g}") for edge in edges],
        "counts": counts.tolist(),
        "unit": UNITS.get(metric.measures, ""),
        "marks": [(label, float(f"{x:.4g}")) for label, x in marks if x is not None],
        "beyond": int(np.count_nonzero(values > top)),  # longer than the last edge, counted in the last bar
    }


def _bars(value: MetricValue) -> tuple[tuple[str, float], ...] | None:
    """Bars instead of a histogram: shares, statuses, or deployments over time."""
    details = value.details
    if shares := details.get("distribution"):
        return tuple((name.replace("_", " "), share) for name, share in shares.items())
    if statuses := details.get("per_status"):
        return tuple(statuses.items())
    return None


class Listed(HasEdge, Protocol):
    """What the table of issues needs to know of a metric or of a chart."""

    @property
    def measures(self) -> str: ...
    @property
    def outcome(self) -> Callable[[Rows], Sequence[str]] | None: ...


@dataclass(frozen=True)
class MetricDrilldown:
    """The rows behind a number, as arrays; `names` gives keys without asking the store."""

    metric: Listed
    query: MetricQuery
    rows: Rows

    @classmethod
    def of(cls, metric: IssueMetric, query: MetricQuery) -> MetricDrilldown:
        missing = metric.lacking(query.facts)
        rows = rows_for(metric, query)
        empty = missing is not None and not missing.counts
        return cls(metric, query, rows.take(slice(0, 0)) if empty else rows)

    def reasons(self) -> Objects:
        return np.array(self.rows.reasons, dtype=object)[self.rows.reason]

    def values(self) -> Numbers:
        """The measured value of each row; NaN where it has none."""
        name = self.metric.measures
        if name and name in self.rows.columns:
            return self.rows.columns[name].astype(float)
        return np.full(len(self.rows), np.nan)

    def outcomes(self) -> Objects:
        """What each used row adds to the number, in words."""
        words = np.full(len(self.rows), "", dtype=object)
        if self.metric.outcome is not None:
            words[:] = self.metric.outcome(self.rows)
        return np.where(self.rows.reason == 0, words, "")

    def column(self, name: str) -> Column:
        """key, type, project, status, start, end, value or reason of every row, to sort and search by."""
        rows, tables = self.rows, self.query.facts.tables
        if name in ("start", "end"):
            return rows.columns.get({"start": "started", "end": "completed"}[name], rows.at)
        if name == "value":
            return self.values()
        if name == "reason":
            return self.reasons()
        if name == "outcome":
            return self.outcomes()
        issue = rows.issue
        if name == "status":
            labels = np.append(tables.statuses["name"].to_numpy(dtype=object), "")
            found = labels[tables.issues["status"].to_numpy()[issue]] if len(tables) else np.full(len(issue), "")
        else:
            found = np.full(len(issue), "", dtype=object)
            if len(tables) and name != "url":
                attribute = name in ("project", "type")
                found = (
                    names_of(self.query.facts, name, rows, instants_of(self.metric, self.query, rows))
                    if attribute
                    else np.asarray(tables.issues[name], dtype=object)[issue]
                )
        return np.where(issue >= 0, found, self._of_others(name))

    def _of_others(self, name: str) -> Objects:
        """The same of rows that are about no issue: versions, and what other systems report."""
        facts, rows = self.query.facts, self.rows
        if not others_than_issues(rows).any():
            return np.full(len(rows), "", dtype=object)
        if name in ("key", "project"):
            return names_of_subjects(facts, rows)[name == "project"]
        return words_of_subjects(facts, rows, name)

    def issue_ids(self) -> Positions:
        """Jira ids, -1 for versions."""
        ids = np.append(self.query.facts.tables.issues["issue_id"].to_numpy(), -1)
        return ids[self.rows.issue]

    def page(self, places: Positions, summaries: dict[int, tuple[str, str]], site_url: str) -> tuple[IssueRow, ...]:
        """Some rows as plain values. `summaries`: issue id → (key, summary)."""
        columns = {name: self.column(name) for name in (*COLUMNS, "outcome")}
        links = self.column("url")
        ids, unit = self.issue_ids(), UNITS.get(self.metric.measures, "")
        return tuple(
            IssueRow(
                key=str(columns["key"][n]),
                url=f"{site_url}/browse/{columns['key'][n]}" if site_url and ids[n] >= 0 else _link(links[n]),
                summary=summaries.get(int(ids[n]), ("", ""))[1],
                type=str(columns["type"][n]),
                project=str(columns["project"][n]),
                status=str(columns["status"][n]),
                value=None if np.isnan(columns["value"][n]) else float(columns["value"][n]),
                value_unit=unit,
                start=_instant(columns["start"][n]),
                end=_instant(columns["end"][n]),
                used=not self.rows.reason[n],
                reason=str(columns["reason"][n]),
                outcome=str(columns["outcome"][n]),
            )
            for n in places.tolist()
        )


def _link(address: object) -> str:
    """An address that a report gave, where it is one of the web.

    >>> _link("https://ci.example.org/7"), _link("javascript:alert(1)")
    ('https://ci.example.org/7', '')
    """
    return str(address) if str(address).startswith(("https://", "http://")) else ""


def _instant(us: int) -> str | None:
    """µs → ISO 8601; None for NEVER and for what has not happened."""
    if us == NEVER or abs(int(us)) > 8_000_000_000_000_000_000:
        return None
    return iso(_EPOCH + timedelta(microseconds=int(us)))
