"""Forecasts of a workspace: looks up what a version or an epic has left, then calculates; answers are kept for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from data.exports import csv_text
from data.forecast.answers import SHARES, Forecast, ForecastRefused, Question
from data.forecast.calculate import forecast
from data.forecast.remaining import of_epic, of_version
from data.issues import schema
from data.metrics.facts import Facts
from data.views import Filters

if TYPE_CHECKING:
    from data.workspace import Workspace

NO_FILTERS = Filters()
KEPT = 16


class Forecasts:
    """How many by a date, when for so many items, for this version, for this epic."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[int, Question], tuple[Facts, Forecast]] = OrderedDict()

    def answer(self, question: Question, filters: Filters = NO_FILTERS) -> Forecast:
        """Raises ForecastRefused, PeriodError, BadSwitch, JiraError."""
        given = [each for each in (question.items, question.by, question.version, question.epic) if each is not None]
        if len(given) != 1:
            raise ForecastRefused(
                "A forecast answers one question.", "Give a number of items, a date, a version or an epic."
            )
        facts = self._workspace.facts(filters)
        key = (id(facts), question)  # facts are as of a minute, and kept here, so that their id stays theirs
        with self._lock:
            if key in self._kept:
                return self._kept[key][1]
        made = self._made(facts, question)
        with self._lock:
            self._kept[key] = (facts, made)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made

    def _made(self, facts: Facts, question: Question) -> Forecast:
        if question.version is not None:
            return forecast(facts, question, of_version(facts, question.version))
        if question.epic is not None:
            return forecast(facts, question, of_epic(facts, question.epic, self._parents()))
        return forecast(facts, question)

    def _parents(self) -> list[tuple[int, int]]:
        place = self._workspace.place
        head = place.synced()
        if head is None:
            return []
        table = schema.issue
        query = select(table.c.issue_id, table.c.parent_id).where(
            table.c.scope == head.scope, table.c.parent_id.is_not(None)
        )
        with place.store.reading() as connection:
            return [(int(child), int(parent)) for child, parent in connection.execute(query)]

    def open_versions(self, filters: Filters = NO_FILTERS) -> tuple[str, ...]:
        """Names of versions that are not released and have issues, those with most issues first."""
        facts = self._workspace.facts(filters)
        versions = facts.tables.versions
        counts = facts.tables.fix_versions["version"].value_counts()
        found: dict[str, int] = {}
        for n, (name, project, released) in enumerate(
            zip(versions["name"], versions["project"], versions["released"], strict=True)
        ):
            if not released and counts.get(n) and (not filters.projects or project in filters.projects):
                found[str(name)] = found.get(str(name), 0) + int(counts[n])
        return tuple(sorted(found, key=lambda name: (-found[name], name)))

    def csv(self, question: Question, filters: Filters = NO_FILTERS) -> str:
        """The answers, what they rest on, and the outcomes of the trials, a row each."""
        made = self.answer(question, filters)
        rows: list[tuple[str, object, object]] = [(f"p{share}", made.answers[share], None) for share in SHARES]
        told = replace(made).to_dict()
        rows += [
            (name, told[name], None)
            for name in (
                "question", "items", "by", "seed", "trials", "history_start", "history_end", "history_days",
                "days_with_completions", "completed", "zone", "today",
            )
        ]  # fmt: skip
        rows += [("backtest windows", made.backtest.windows, None)]
        rows += [(f"backtest p{share} held, percent", made.backtest.share(share), None) for share in SHARES]
        rows += [("outcome", value, count) for value, count in made.outcomes]
        rows += [("remaining", key, None) for key in (made.remaining.keys if made.remaining else ())]
        return csv_text(("what", "value", "trials"), rows)
