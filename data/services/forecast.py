"""Forecasts of a workspace: a question in, an answer out, or the same as CSV."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from data.exports.csv import csv_text
from data.forecast.calculate import answered
from data.forecast.remaining import left_of_versions
from data.forecast.request import Options, question_of
from data.values.filters import Filters
from data.values.forecast import SHARES, Forecast, Question

if TYPE_CHECKING:
    from data.services.workspace import Workspace

NO_FILTERS = Filters()
_TOLD = (
    "question", "items", "by", "seed", "trials", "history_start", "history_end", "history_days",
    "days_with_completions", "completed", "zone", "today",
)  # fmt: skip


class Forecasts:
    """How many by a date, when for so many items, for this version, for this epic."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def answer(self, question: Question, filters: Filters = NO_FILTERS) -> Forecast:
        """Raises ForecastRefused, PeriodError, BadSwitch, JiraError."""
        return self._workspace.facts(filters).once(answered, question)

    def question(self, options: Options, filters: Filters = NO_FILTERS) -> Question:
        """What a link asks: (name, text) of items, by, version, epic, history, seed. Raises PeriodError, ForecastRefused."""
        return question_of(options, self.today(filters))

    def today(self, filters: Filters = NO_FILTERS) -> date:
        """The local date in the zone of the view."""
        return self._workspace.period("7d", filters=filters).last

    def open_versions(self, filters: Filters = NO_FILTERS) -> tuple[str, ...]:
        """Names of versions that are not released and have items left, those with most left first."""
        left = self._workspace.facts(filters).once(left_of_versions)
        return tuple(sorted(left, key=lambda name: (-left[name], name)))

    def csv(self, question: Question, filters: Filters = NO_FILTERS) -> str:
        """The answers, what they rest on, and the outcomes of the trials, a row each."""
        made = self.answer(question, filters)
        told = made.to_dict()
        rows: list[tuple[str, object, object]] = [(f"p{share}", made.answers[share], None) for share in SHARES]
        rows += [(name, told[name], None) for name in _TOLD]
        rows += [("backtest windows", made.backtest.windows, None)]
        rows += [(f"backtest p{share} held, percent", made.backtest.share(share), None) for share in SHARES]
        rows += [("outcome", value, count) for value, count in made.outcomes]
        rows += [("remaining", key, None) for key in (made.remaining.keys if made.remaining else ())]
        return csv_text(("what", "value", "trials"), rows)
