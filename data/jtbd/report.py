"""The jobs of a period as a page of Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.metrics.display import digits
from data.values.jobs import Overview
from data.values.metric_value import MetricValue


def markdown(found: Overview, values: Sequence[MetricValue], now: str) -> str:
    """Cards, outcomes, investment, painpoints, register and what is doubtful."""
    out = [f"# Jobs to be done, {found.period_label}\n", f"Calculated {now[:16].replace('T', ' ')} UTC.\n"]
    if found.is_example:
        out.append("*These are example jobs of the sample site.*\n")
    out += [*_cards(values), *_outcomes(found), *_investment(found), *_jobs(found), *_painpoints(found)]
    out += [*_times(found), *_register(found), *_caveats(found)]
    return "\n".join(out).rstrip() + "\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return [*lines, *(f"| {' | '.join(_cell(each) for each in row)} |" for row in rows), ""]


def _cell(text: str) -> str:
    """Text that stays text: no row, no link and no markup of its own."""
    return re.sub(r"([\\|`*_\[\]<>#])", r"\\\1", re.sub(r"\s+", " ", text)).strip() or "–"


def number(value: float | None, unit: str = "") -> str:
    """
    >>> number(None), number(12.04, "days"), number(0.75, "%")
    ('–', '12 days', '0.75 %')
    """
    if value is None:
        return "–"
    sign = "−" if value < 0 else ""
    return f"{sign}{digits(abs(value))} {unit}".strip()


def percent(share: float | None) -> str:
    """
    >>> percent(0.5), percent(None)
    ('50 %', '–')
    """
    return "–" if share is None else f"{100 * share:.0f} %"


def _cards(values: Sequence[MetricValue]) -> list[str]:
    rows = []
    for each in values:
        told = each.details
        change = told.get("trend_percentage")
        word = "–" if change is None else f"{change:+.0f} % {told.get('trend_verdict') or ''}".strip()
        shown = f"{told['display_value']} {told['display_unit']}".strip() if each.ok else each.error_message or "–"
        rows.append([told["title"], shown, word, str(told["used"])])
    return _table(("Number", "Value", "Change", "Made of"), rows)


def _outcomes(found: Overview) -> list[str]:
    rows = [
        [
            row.title if row.sentence == row.title else f"{row.title}: {row.sentence}",
            row.job_title,
            number(row.target, row.unit),
            number(row.actual, row.unit),
            row.reached or (number(row.achievement, "%") if row.achievement is not None else row.reason),
            f"{number(row.opportunity.score)} {row.opportunity.band_title}".strip()
            if row.opportunity.band
            else row.opportunity.reason,
            row.binding or ("records" if row.source else ""),
        ]
        for row in found.outcomes
    ]
    heads = ("Outcome", "Job", "Target", "Actual", "Achievement", "Opportunity", "Measured by")
    return ["## Outcomes, the most underserved first\n", *_table(heads, rows)] if rows else []


def _investment(found: Overview) -> list[str]:
    rows = [
        [
            row.title,
            f"{row.items} ({percent(row.items_share)})",
            f"{number(row.active_days, 'days')} ({percent(row.active_share)})",
            f"{number(row.opportunity)} {row.band_title}".strip() if row.opportunity is not None else "–",
            row.verdict,
        ]
        for row in found.investment
    ]
    heads = ("Job", "Items completed", "Active time", "Largest opportunity", "So")
    return ["## Where delivery went\n", *_table(heads, rows)] if rows else []


def _jobs(found: Overview) -> list[str]:
    rows = [
        [
            row.title,
            str(row.tracked),
            percent(row.completion.value),
            number(row.median_seconds, "s"),
            number(row.achievement, "%"),
        ]
        for row in found.jobs
    ]
    heads = ("Job", "Tracked", "Completed", "Median time", "Outcomes (median achievement)")
    return ["## Jobs\n", *_table(heads, rows)] if rows else []


def _painpoints(found: Overview) -> list[str]:
    rows = [
        [
            row.title,
            number(row.before),
            number(row.after),
            number(row.effectiveness, "%") if row.effectiveness is not None else row.reason,
            f"{row.issues_done} of {row.issues}",
        ]
        for row in found.painpoints
    ]
    heads = ("Painpoint", "Severity before", "After", "Effect", "Issues done")
    return ["## Painpoints\n", *_table(heads, rows)] if rows else []


def _times(found: Overview) -> list[str]:
    rows = [
        [row.title, str(row.n), number(row.p50, "s"), number(row.p75, "s"), number(row.p90, "s")] for row in found.times
    ]
    return ["## Time to outcome\n", *_table(("Outcome", "Reached", "p50", "p75", "p90"), rows)] if rows else []


def _register(found: Overview) -> list[str]:
    rows = [
        [
            f"{row.job_id} {row.title}",
            row.sentence,
            f"{row.deliverables_done} of {len(row.deliverables)}",
            f"{row.issues_done} of {row.issues}",
        ]
        for row in found.register
    ]
    out = ["## Register\n", *_table(("Job", "Demand", "Deliverables", "Issues"), rows)] if rows else []
    for check in found.checks:
        out.append(
            f"- {'✓' if check.ok else '✗'} "
            f"{check.name}{'' if check.ok else ': ' + _cell(' '.join(check.failing)) + ' ' + check.todo}"
        )
    return [*out, ""] if found.checks else out


def _caveats(found: Overview) -> list[str]:
    rows = [[row.name, row.message, row.todo] for row in found.quality]
    out = ["## How far to trust this\n", *_table(("What", "How much", "To do"), rows)] if rows else []
    return [*out, *(f"- {_cell(each)}" for each in (*found.spec_problems, *found.notes))]
