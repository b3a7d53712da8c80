"""What an assistant can ask through the Model Context Protocol: the same numbers as the terminal prints, read only.

An answer has keys, dates and numbers. Summaries of issues are in it only where the setting `mcp.summaries` is on, and
names of people are never in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data.services.services import Services
    from data.services.view import View

MOST_ISSUES = 500  # in one answer
OF_PEOPLE = frozenset({"per_person", "assignee", "author"})
Answer = dict[str, Any]


class Tools:
    """The tools on some services; each call looks at the data as it is then."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def list_metrics(self, text: str = "", family: str = "") -> Answer:
        """Every metric there is, or those of a family or with a word: name, title, unit, category.

        family: dora, flow, throughput, lead_time, sprint, quality, capacity, collaboration, composite or jtbd.
        """
        found = self._services.catalogue.search(text, family or None)
        names = ("name", "title", "unit", "category", "family", "better", "description")
        return {"metrics": [{name: getattr(each, name) for name in names} for each in found]}

    def describe(self, metric: str) -> Answer:
        """What a metric means: definition, formula, unit, the settings and Jira fields that it depends on."""
        return {"metric": self._plain(asdict(self._services.catalogue.entry(metric)))}

    def numbers(
        self,
        metric: str = "",
        family: str = "",
        period: str = "30d",
        first_day: str = "",
        last_day: str = "",
        filters: list[str] | None = None,
        definitions: list[str] | None = None,
    ) -> Answer:
        """Numbers of a period, each with unit, definition, how many issues it rests on, how many are left out and why,
        interval and comparison. A missing number says why. Without metric and family: those of the overview.

        period: 7d, 30d or 90d; or first_day and last_day (YYYY-MM-DD, both included). filters: field:operator:value
        such as project:in:SHOP. definitions: name=value such as durations=working_days.
        """
        view = self._view(period, first_day, last_day, filters, definitions)
        numbers = self._services.numbers
        found = numbers.one(metric, view) if metric else numbers.values(view, family or None)
        return self._about(view) | {"numbers": [self._plain(value.to_dict()) for value in found]}

    def issues_behind(
        self,
        metric: str,
        period: str = "30d",
        first_day: str = "",
        last_day: str = "",
        filters: list[str] | None = None,
        definitions: list[str] | None = None,
        used: bool | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> Answer:
        """The issues behind a number, those left out with their reason. used: only those that count, or only those left
        out. At most 500 at once, from offset on; total says how many there are. Dates, filters: as for numbers.
        """
        view = self._view(period, first_day, last_day, filters, definitions)
        size = min(max(limit, 1), MOST_ISSUES)
        page = self._services.numbers.issue_page(metric, view, first=max(offset, 0), count=size, used=used)
        return self._about(view) | {"total": page.total, "issues": [self._plain(asdict(row)) for row in page.rows]}

    def sprint_report(self, sprint: str = "", board: str = "") -> Answer:
        """The sprints of a board with their numbers; or, with the id of a sprint, that sprint with its issues: planned,
        added, removed, completed, spilled over. Without a board: the one that closed a sprint last.
        """
        view = self._services.view()
        if sprint:
            return self._about(view) | {"sprint": self._plain(asdict(self._services.sprints.sprint(sprint, view)))}
        return self._about(view) | {"sprints": self._plain(asdict(self._services.sprints.page(view, board or None)))}

    def forecast(
        self,
        items: int | None = None,
        by: str = "",
        version: str = "",
        epic: str = "",
        filters: list[str] | None = None,
        definitions: list[str] | None = None,
    ) -> Answer:
        """When so many items, a version or an epic are done; how many are done by a date; or, with both, how likely.
        From the throughput of the last 90 days. p50 to p95: reached by so many percent of the trials.
        """
        said = (("items", "" if items is None else str(items)), ("by", by), ("version", version), ("epic", epic))
        view = self._view("30d", "", "", filters, definitions)
        forecasts = self._services.forecast
        question = forecasts.question(tuple(each for each in said if each[1]), view)
        return self._about(view) | {"forecast": self._plain(forecasts.answer(question, view).to_dict())}

    def all(self) -> list[Callable[..., Answer]]:
        """Every tool, by its method."""
        return [
            self.list_metrics, self.describe, self.numbers, self.issues_behind, self.sprint_report, self.forecast,
        ]  # a table: kept in its rows  # fmt: skip

    def _view(
        self, period: str, first: str, last: str, filters: list[str] | None, definitions: list[str] | None
    ) -> View:
        """Raises PeriodError, BadFilter, BadOverride, StoreError, HomeError."""
        from cli.options import definitions_of
        from data.values.filters import Filters, from_texts

        chosen = Filters(from_texts(filters or ()), definitions_of(definitions))
        if first or last:
            return self._services.view(None, first or None, last or None, chosen)
        return self._services.view(period, None, None, chosen)

    def _about(self, view: View) -> Answer:
        from data.values.filters import to_texts

        status = self._services.status.of(view.snapshot)
        return {
            "about": {
                "first_day": view.period.first.isoformat(),
                "last_day": view.period.last.isoformat(),
                "zone": view.zone,
                "filters": to_texts(view.filters),
                "definitions": [f"{name}={value}" for name, value in view.filters.definitions],
                "data_as_of": status.synced_at,
                "sample": view.snapshot.is_sample,
            }
        }

    def _plain(self, value: Any) -> Any:
        """JSON types alone, without what must not leave the machine."""
        summaries = self._services.snapshot().settings.mcp.summaries
        hidden = OF_PEOPLE if summaries else OF_PEOPLE | {"summary"}
        return json.loads(json.dumps(_without(value, hidden), default=_as_json))


def _without(value: Any, names: frozenset[str]) -> Any:
    """A value without the members of these names, at any depth.

    >>> _without({"key": "A-1", "summary": "x", "of": [{"summary": "y"}]}, frozenset({"summary"}))
    {'key': 'A-1', 'of': [{}]}
    """
    if isinstance(value, dict):
        return {name: _without(each, names) for name, each in value.items() if name not in names}
    if isinstance(value, list | tuple):
        return [_without(each, names) for each in value]
    return value


def _as_json(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no plain value")
