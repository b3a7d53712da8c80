"""Forecasts of a view: a question in, an answer out, or the same as CSV."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from data.exports.csv import csv_text
from data.forecast.calculate import answered
from data.forecast.joint import Team, joint_forecast
from data.forecast.remaining import left_of_versions
from data.forecast.request import Options, question_of, team_of
from data.services.sites import Sites
from data.services.view import View
from data.values.filters import Filters
from data.values.forecast import SHARES, Forecast, Question

if TYPE_CHECKING:
    from data.services.teams import TeamsService

_TOLD = (
    "question", "unit", "items", "by", "chance_percent", "seed", "trials", "draw", "history_start", "history_end",
    "history_days", "drawn_days", "days_with_completions", "completed", "completed_not_drawn", "working_days_ahead",
    "zone", "today",
)  # a table: kept in its rows  # fmt: skip


class ForecastService:
    """How many by a date, when for so many items, for this version, for this epic."""

    def __init__(self, sites: Sites, teams: Callable[[], TeamsService]) -> None:
        self._sites = sites
        self._teams = teams

    def answer(self, question: Question, view: View) -> Forecast:
        """Raises ForecastRefused, NoSuchView, JiraError."""
        if question.teams:
            return self._joint(question, view)
        return self._sites.data(view.snapshot).dataset(view).once(answered, question)

    def _joint(self, question: Question, view: View) -> Forecast:
        """Saved views say which issues are a team's; days and definitions are those of the view."""
        data, saved = self._sites.data(view.snapshot), self._teams()
        found = [(saved.get(name, view.snapshot), amount) for name, amount in question.teams]
        teams = [
            Team(
                each.name,
                data.dataset(replace(view, filters=replace(each.filters, definitions=view.filters.definitions))),
                n,
            )
            for each, n in found
        ]
        everything = data.dataset(replace(view, filters=Filters(definitions=view.filters.definitions)))
        return joint_forecast(teams, question, everything)

    def teams(self, view: View) -> tuple[str, ...]:
        """Names of the saved views, which may be forecast together."""
        return tuple(each.name for each in self._teams().list(view.snapshot).views)

    def question(self, options: Options, view: View) -> Question:
        """What a link asks: (name, text) of items, by, version, epic, history, seed, sample, without,
        off, draw, unit, teams. Raises PeriodError,
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
        rows += [(f"backtest p{share} stated, percent", made.backtest.stated_share(share), None) for share in SHARES]
        rows += [
            ("backtest pinball loss", made.backtest.loss, None),
            ("backtest naive pinball loss", made.backtest.naive, None),
        ]
        rows += [("backtest verdict", made.backtest.verdict, None)]
        rows += [(f"team {each.name}: {question.unit}", each.amount, None) for each in made.teams]
        rows += [(f"team {each.name}: p85 alone", each.alone, None) for each in made.teams]
        rows += [("outcome", value, count) for value, count in made.outcomes]
        rows += [("remaining", key, None) for key in (made.remaining.keys if made.remaining else ())]
        return csv_text(("what", "value", "trials"), rows)


__all__ = ["ForecastService", "team_of"]
