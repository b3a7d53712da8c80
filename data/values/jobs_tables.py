"""The tables of jobs as text: heading → what stands in it. Terminal and report print them; the page has the same
headings over the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from data.values import jobs_words as words
from data.values.amounts import amount, duration
from data.values.change import change, interval_words
from data.values.jobs import InvestmentRow, JobRow, OutcomeRow, PainpointRow, RegisterRow, SatisfactionRow, TimeRow
from data.values.metric_value import MetricValue

Row = TypeVar("Row")


def _with(text: str, more: str) -> str:
    return f"{text} ({more})" if more else text


def headline(value: MetricValue) -> str:
    """ "9 of 10 met"; why not, where there is no number."""
    if not value.ok:
        return value.error_message or "–"
    return f"{value.details['display_value']} {value.details['display_unit']}".strip()


def change_words(value: MetricValue) -> str:
    """ "↑ 4 points higher, within noise"; where no change is said, why, else a dash."""
    told = change(value)
    return f"{told.arrow} {told.words}".strip() or value.details.get("trend_reason") or "–"


CARDS: Mapping[str, Callable[[MetricValue], str]] = {
    "Number": lambda value: value.details["title"],
    "Value": headline,
    "95 % interval": lambda value: interval_words(value) or "–",
    "Change": change_words,
    "Made of": lambda value: f"{value.details['used']:,}",
}
OUTCOMES: Mapping[str, Callable[[OutcomeRow], str]] = {
    "Outcome": lambda row: row.title,
    "Target": words.target,
    "Actual": words.actual,
    "Target met": lambda row: _with(words.met(row.met, row.met_reason), words.met_range(row.met)),
    "Trend": words.trend,
    "Opportunity": lambda row: words.opportunity(row.opportunity),
}
JOBS: Mapping[str, Callable[[JobRow], str]] = {
    "Job": lambda row: row.title,
    "Completed": lambda row: _with(words.completed(row), words.range_words(row.completion)),
    "Takes": words.takes,
    "Targets met": lambda row: _with(words.met(row.met, "not measured"), words.met_range(row.met)),
}
INVESTMENT: Mapping[str, Callable[[InvestmentRow], str]] = {
    "Job": lambda row: row.title,
    "Work in the period": words.work,
    "Largest opportunity": lambda row: "–" if row.opportunity is None else f"{row.opportunity:.1f}, {row.band_title}",
    "What it says": lambda row: row.verdict,
}
PAINPOINTS: Mapping[str, Callable[[PainpointRow], str]] = {
    "Painpoint": lambda row: row.title,
    "Before": lambda row: amount(row.before),
    "After": lambda row: amount(row.after),
    "Effect": words.effect_words,
    "Issues": lambda row: words.issues_done(row.issues_done, row.issues),
}
SATISFACTION: Mapping[str, Callable[[SatisfactionRow], str]] = {
    "About": lambda row: row.title if row.about == "outcome" else f"{row.title} (job)",
    "Satisfied": lambda row: words.satisfied(row.satisfied),
}
TIMES: Mapping[str, Callable[[TimeRow], str]] = {
    "Outcome": lambda row: row.title,
    "Reached": lambda row: f"{row.n:,}",
    "Half within": lambda row: duration(row.p50),
    "75 % within": lambda row: duration(row.p75),
    "90 % within": lambda row: duration(row.p90),
}
REGISTER: Mapping[str, Callable[[RegisterRow], str]] = {
    "Job": lambda row: f"{row.job_id} {row.title}",
    "Demand": lambda row: row.sentence,
    "Deliverables": words.deliverables,
    "Issues": lambda row: words.issues_done(row.issues_done, row.issues),
}


def lines(columns: Mapping[str, Callable[[Row], str]], rows: Sequence[Row]) -> list[list[str]]:
    """A table as text, a list for each row."""
    return [[told(row) for told in columns.values()] for row in rows]
