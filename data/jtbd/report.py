"""The jobs of a period as a page of Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from data.values import jobs_tables as tables
from data.values.jobs import Overview
from data.values.jobs_words import story
from data.values.metric_value import MetricValue

Row = TypeVar("Row")


def markdown(found: Overview, values: Sequence[MetricValue], now: str) -> str:
    """The story, cards, outcomes, investment, painpoints, register and what is doubtful."""
    out = [f"# Jobs to be done, {found.period_label}\n", f"Calculated {now[:16].replace('T', ' ')} UTC.\n"]
    if found.is_example:
        out.append("*These are example jobs of the sample site.*\n")
    out += [*_story(found), *_cards(values), *_outcomes(found)]
    out += _section("Where delivery went", tables.INVESTMENT, found.investment)
    out += _section("Jobs", tables.JOBS, found.jobs)
    out += _section("Painpoints", tables.PAINPOINTS, found.painpoints)
    out += _section("Satisfaction", tables.SATISFACTION, found.satisfaction)
    out += _section("Time to outcome", tables.TIMES, found.times)
    out += [*_register(found), *_caveats(found)]
    return "\n".join(out).rstrip() + "\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return [*lines, *(f"| {' | '.join(_cell(each) for each in row)} |" for row in rows), ""]


def _cell(text: str) -> str:
    """Text that stays text: no row, no link and no markup of its own."""
    return re.sub(r"([\\|`*_\[\]<>#])", r"\\\1", re.sub(r"\s+", " ", text)).strip() or "–"


def _cards(values: Sequence[MetricValue]) -> list[str]:
    return _table(tuple(tables.CARDS), tables.lines(tables.CARDS, values))


def _story(found: Overview) -> list[str]:
    return [*(f"- **{each.lead}:** {_cell(each.text)}" for each in story(found)), ""]


def _outcomes(found: Overview) -> list[str]:
    heads = (*tables.OUTCOMES, "Job", "Demand", "Measured by")
    rows = [
        [*told, row.job_title, row.sentence, row.binding or ("records" if row.source else "")]
        for row, told in zip(found.outcomes, tables.lines(tables.OUTCOMES, found.outcomes), strict=True)
    ]
    return ["## Outcomes, the most underserved first\n", *_table(heads, rows)] if rows else []


def _section(title: str, columns: Mapping[str, Callable[[Row], str]], rows: Sequence[Row]) -> list[str]:
    return [f"## {title}\n", *_table(tuple(columns), tables.lines(columns, rows))] if rows else []


def _register(found: Overview) -> list[str]:
    out = _section("Register", tables.REGISTER, found.register)
    for check in found.checks:
        out.append(
            f"- {'✓' if check.ok else '✗'} "
            f"{check.name}{'' if check.ok else ': ' + _cell(' '.join(check.failing)) + ' ' + check.todo}"
        )
    return [*out, ""] if found.checks else out


def _caveats(found: Overview) -> list[str]:
    rows = [[row.name, row.message, row.todo] for row in found.quality]
    out = ["## How far to trust this\n", *_table(("What", "How much", "To do"), rows)] if rows else []
    said = (found.not_understood,) if found.not_understood else ()
    return [*out, *(f"- {_cell(each)}" for each in (*said, *found.spec_problems, *found.notes))]
