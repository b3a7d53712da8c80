"""Forecasts of a view: a question in, an answer out, or the same as CSV."""

from __future__ import annotations

from data.exports.csv import csv_text
from data.forecast.calculate import answered
from data.forecast.remaining import left_of_versions
from data.forecast.request import Options, question_of
from data.services.sites import Sites
from data.services.view import View
from data.values.forecast import SHARES, Forecast, Question

_TOLD = (
    "question", "unit", "items", "by", "chance_percent", "seed", "trials", "draw", "history_start", "history_end",
    "history_days", "drawn_days", "days_with_completions", "completed", "completed_not_drawn", "working_days_ahead", "zone",
    "today",
)  # a table: kept in its rows  # fmt: skip


class ForecastService:
    """How many by a date, when for so many items, for this version, for this epic."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites

    def answer(self, question: Question, view: View) -> Forecast:
        """Raises ForecastRefused, JiraError."""
        return self._sites.data(view.snapshot).dataset(view).once(answered, question)

    def question(self, options: Options, view: View) -> Question:
        """What a link asks: (name, text) of items, by, version, epic, history, seed, sample, without,
        off, draw, unit. Raises PeriodError,
        ForecastRefused.
        """
        return question_of(options, view.today)

    def open_versions(self, view: View) -> tuple[str, ...]:
        """Names of versions that are not released and have items left, those with most left first."""
        left = self._sites.data(view.snapshot).dataset(view).once(left_of_versions)
        return tuple(sorted(left, key=lambda name: (-left[name], name)))

    def csv(self, question: Question, view: View) -> str:
        """The answers, what they rest on, and the outcomes of the trials, a row each."""
        made = self.answer(question, view)
        told = made.to_dict()
        rows: list[tuple[str, object, object]] = [
            (
                f"p{share}",
                made.answers[share],
                round(made.reached[share] * made.trials / 100) if share in made.reached else None,
            )
            for share in SHARES
        ]
        rows += [(f"p{share} trials, percent", made.reached.get(share), None) for share in SHARES]
        rows += [(name, told[name], None) for name in _TOLD]
        rows += [("days off", each, None) for each in made.off]
        rows += [("backtest windows", made.backtest.windows, None)]
        rows += [(f"backtest p{share} held, percent", made.backtest.share(share), None) for share in SHARES]
        rows += [(f"backtest p{share} stated, percent", made.backtest.said(share), None) for share in SHARES]
        rows += [
            ("backtest pinball loss", made.backtest.loss, None),
            ("backtest naive pinball loss", made.backtest.naive, None),
        ]
        rows += [("backtest verdict", made.backtest.verdict, None)]
        rows += [("outcome", value, count) for value, count in made.outcomes]
        rows += [("remaining", key, None) for key in (made.remaining.keys if made.remaining else ())]
        return csv_text(("what", "value", "trials"), rows)
