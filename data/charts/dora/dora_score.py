"""The 0–10 score of the 2025 DORA report, beside the industry's mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing, Drilldown, NoSuchPoint, nothing
from data.facts.rows import Rows, Subjects
from data.metrics.measure import measure, rows_for
from data.metrics.registry import ISSUE_METRICS
from data.metrics.tiers import score
from data.values.arrays import Positions
from data.values.charts import Line, Series
from data.values.metric_value import MetricValue

INDUSTRY = 6.72  # mean of the respondents of the 2025 report
LEAST = 3  # metrics, below which no mean is given
METRICS = tuple(name for name, each in ISSUE_METRICS.items() if each.family == "dora" and score(name, 0.0) is not None)


# The year of the tiers, too: where a tier is too uncertain to be given, so is the score.
SWITCHES = tuple(dict.fromkeys(each for name in METRICS for each in ISSUE_METRICS[name].switches))


@chart(family="dora", order=1, title="DORA score, 0–10", switches=SWITCHES)
def dora_score(query: ChartQuery) -> Drawing:
    """Each bar is one metric on the scale of the 2025 DORA report, from 0 to 10; the line is the industry's mean, 6.72.

    Times and frequency have six levels that count 0, 2, 4, 6, 8 and 10; rates count (100 − percent) ÷ 10. The
    mean score is that of the metrics that have a number, and needs three of the five. The score and the tier on a
    card are two different scales: a tier places a metric in its own table of limits, so a high score may stand beside a
    modest tier.
    """
    made = {name: measure(ISSUE_METRICS[name], query.facts, query.period) for name in METRICS}
    scores = {name: value.details.get("score_2025") for name, value in made.items() if value.ok}
    known = {name: float(each) for name, each in scores.items() if each is not None}
    if not known:
        first = made[METRICS[0]]
        return nothing(
            "No DORA metric has a number between these dates.",
            str(first.error_message or ""),
            "Open a card above: it says what it needs.",
        )
    mean = sum(known.values()) / len(known) if len(known) >= LEAST else None
    titles = {name: ISSUE_METRICS[name].title for name in METRICS}
    behind = {name: rows_for(ISSUE_METRICS[name], query) for name in known}

    def find(token: str) -> Positions:
        if token not in behind:
            raise NoSuchPoint(token)
        begin = int(np.cumsum([0, *(len(each) for each in behind.values())])[list(behind).index(token)])
        return np.arange(begin, begin + len(behind[token]))

    def table() -> Iterator[tuple[Any, ...]]:
        for name in METRICS:
            value = made[name]
            shown = f"{value.details['display_value']} {value.details['display_unit']}".strip() if value.ok else None
            yield titles[name], known.get(name), shown, value.details.get("used", 0), value.error_message or ""
        why = "" if mean is not None else f"needs {LEAST} of {len(METRICS)} metrics, has {len(known)}"
        yield f"Mean score (of {len(known)} of {len(METRICS)})", mean, None, None, why
        yield "Industry mean", INDUSTRY, None, None, ""

    lines = (
        Line("x", INDUSTRY, f"industry mean {INDUSTRY}", "muted"),
        *((Line("x", round(mean, 3), f"mean score {mean:.2f}", "main"),) if mean is not None else ()),
    )
    return Drawing(
        _reading(mean, len(known)),
        (_bars(known, titles),),
        lines,
        x_title="Score",
        x_kind="category",
        x_range=(0, 10.2),
        columns=("Metric", "Score", "Value", "Used", "Why there is none"),
        table=table,
        table_picks=lambda: [*(name if name in known else "" for name in METRICS), "", ""],
        row_count=len(METRICS) + 2,
        drilldown=Drilldown(_joined(list(behind.values())), find, lambda token: titles[token]),
        notes=_without(made, titles, set(known)),
    )


def _without(made: dict[str, MetricValue], titles: dict[str, str], known: set[str]) -> tuple[str, ...]:
    """A sentence for the metrics without a number, and one for those whose number has no score, each with the reason
    that its card gives.
    """
    missing = [name for name in METRICS if name not in known]
    no_number = [titles[name] for name in missing if not made[name].ok]
    no_score = [
        f"No score for {titles[name]}, because it has no tier: "
        + (made[name].details.get("tier_reason") or "there is no table for it.").removeprefix("No tier: ")
        for name in missing
        if made[name].ok
    ]
    return (*no_score, *([f"No number: {', '.join(no_number)}."] if no_number else []))


def _reading(mean: float | None, known: int) -> str:
    """The mean score beside the industry's, or how many of the metrics it still needs."""
    if mean is None:
        return f"Only {known} of {len(METRICS)} metrics have a score: {LEAST} are needed for a mean."
    share = f"{known} of {len(METRICS)} metrics"
    return f"The mean score is {mean:.2f} of 10 ({share}); the industry mean is {INDUSTRY}."


def _bars(known: dict[str, float], titles: dict[str, str]) -> Series:
    """A bar for each metric that has a score; `known` and `titles` are by name of the metric."""
    return Series(
        "",
        "lying",
        [known.get(name) for name in METRICS],
        [titles[name] for name in METRICS],
        text=[
            f"{titles[name]}: {known[name]:.1f} of 10" if name in known else f"{titles[name]}: no score"
            for name in METRICS
        ],
        picks=[name if name in known else "" for name in METRICS],
    )


def _joined(parts: list[Rows]) -> Rows:
    """The rows of several metrics, one after the other, with the columns that all of them have."""
    reasons = [""]
    reason = []
    for each in parts:
        places = [0]
        for why in each.reasons[1:]:
            reasons += [] if why in reasons else [why]
            places.append(reasons.index(why))
        reason.append(np.array(places, dtype=np.int16)[each.reason])
    started = [each.columns.get("started", each.at) for each in parts]
    completed = [each.columns.get("completed", each.at) for each in parts]
    columns = {
        "started": np.concatenate(started),
        "completed": np.concatenate(completed),
    }
    return Rows(
        np.concatenate([each.at for each in parts]),
        Subjects.joined([each.subjects for each in parts]),
        np.concatenate(reason),
        tuple(reasons),
        columns,
    )
