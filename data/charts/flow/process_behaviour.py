"""Whether the flow velocity has changed, or is the same process with its noise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from data.charts.bars import counts, in_buckets, pickable
from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing, left_out, nothing
from data.charts.moments import Buckets, weeks
from data.charts.natural_limits import COLUMNS, NaturalLimits, Step, limits_choice, natural_limits, signal_points
from data.facts.completions import completed_rows
from data.facts.rows import Rows
from data.facts.switches import FINISHED, ISSUES
from data.values.arrays import Codes, Numbers
from data.values.charts import Series
from data.values.day_spans import DaySpan
from data.values.periods import local_date, zone_named

WEEKS = 26  # shown at least, as far as the data goes


def whole_weeks(query: ChartQuery, before: int = 0) -> Buckets:
    """Whole weeks up to the end of the period (or the last sync): those of the period and so many `before`, 26 at
    least, none before the data.
    """
    period = query.period
    first = min(period.first - timedelta(weeks=before), period.last - timedelta(weeks=WEEKS))
    return weeks_within(query, DaySpan(first, period.last))


def weeks_within(query: ChartQuery, span: DaySpan, *, cut: bool = False) -> Buckets:
    """The whole weeks that end in these days (`cut`: and begin in them), as far as the data goes."""
    facts, zone = query.facts, query.period.zone
    known = [each for each in (_day(query, facts.complete_from), _day(query, _begin(query))) if each]
    over = weeks(max([span.first, *known]), span.last, zone, facts.known_until)
    inside = [
        n
        for n in range(len(over))
        if over.whole[n]
        and over.last[n] <= span.last
        and (not known or max(known) <= over.days[n])
        and (not cut or over.days[n] >= span.first)
    ]
    begin, end = (inside[0], inside[-1] + 1) if inside else (0, 0)
    return Buckets(
        over.days[begin:end], over.last[begin:end], over.starts[begin : end + 1], over.whole[begin:end], "week"
    )


def _begin(query: ChartQuery) -> int | None:
    return int(query.facts.activity[0]) if len(query.facts.activity) else None


def _day(query: ChartQuery, instant: int | None) -> date | None:
    if instant is None:
        return None
    return local_date(datetime.fromtimestamp(instant / 1e6, UTC), zone_named(query.period.zone))


@chart(
    family="flow",
    order=4,
    title="Has flow velocity changed?",
    switches=(*FINISHED, "completion", "not_completed_resolutions", *ISSUES, "limits"),
    beside=("limits.baseline", "limits.divided"),
)
def process_behaviour(query: ChartQuery) -> Drawing:
    """Each point is the number of items completed in a whole week; between the limits the ups and downs are noise.

    A process behaviour (XmR) chart: limits are the mean ± 2.66 × the mean difference from one week to the next, cut at
    0. A signal is a week outside the limits, 8 weeks in a row on one side of the mean, or 3 of 4 in a row on one side
    and nearer its limit than the mean. Only signals ask for a reason. It looks back 26 weeks at least, as far as the
    data goes.

    Limits are made of all weeks that are shown; or they are locked to those of a baseline, which judge all others; or
    they are divided at days on which the process was changed, and made anew from there. With fewer than 6 weeks, with
    weeks that are all alike, or where one week makes nearly all the difference between them, limits say nothing, and
    the chart says that it cannot tell.
    """
    rows = query.facts.once(completed_rows)
    over = whole_weeks(query)
    if not len(over):
        return nothing(
            "There are 0 whole weeks with data in these days.", todo="Choose a later period, or make the query wider."
        )
    inside, code, found = _completed(rows, over)
    if not found.sum():
        return nothing("No items were completed in these weeks.", todo="Choose other days, or clear a filter.")
    choice = limits_choice(query.facts)
    before = weeks_within(query, choice.baseline, cut=True) if choice.baseline else None
    rule = natural_limits(
        _steps(over, found),
        len(over),
        choice,
        unit="week",
        say=lambda value: f"{value:,.1f}",
        baseline=_steps(before, _completed(rows, before)[2]) if before is not None and len(before) else (),
    )
    return _drawing(inside, over, code, found, rule)


def _completed(rows: Rows, over: Buckets) -> tuple[Rows, Codes, Numbers]:
    """The rows of these weeks, the week of each, and how many each week has."""
    inside = rows.between(int(over.starts[0]), int(over.starts[-1]))
    code = np.where(inside.reason == 0, over.place(inside.at), -1)
    return inside, code, counts(code, len(over))


def _steps(over: Buckets, values: Numbers) -> list[Step]:
    return [
        Step(first, last, f"Week of {words}", value, n)
        for n, (first, last, words, value) in enumerate(
            zip(over.days, over.last, over.labels, values.tolist(), strict=True)
        )
    ]


def _drawing(rows: Rows, over: Buckets, code: Codes, values: Numbers, rule: NaturalLimits) -> Drawing:
    text = [f"{words}: {n:,} items" for words, n in zip(over.labels, values.tolist(), strict=True)]
    hover = [". ".join(filter(None, both)) for both in zip(text, rule.signals, strict=True)]
    picks = pickable(over.tokens, values)
    return Drawing(
        rule.reading,
        (
            Series("Items a week", "line", over.tokens, values.tolist(), text=hover, picks=picks, role="faint"),
            *rule.series,
            signal_points(rule, _steps(over, values), text, picks),
        ),
        rule.lines,
        x_title="Weeks, by their first day",
        y_title="Items a week",
        x_kind="time",
        columns=("Week from", "To", "Items", *COLUMNS),
        table=lambda: (
            (first.isoformat(), last.isoformat(), n, *more)
            for first, last, n, more in zip(over.days, over.last, values.tolist(), rule.rows, strict=True)
        ),
        table_picks=lambda: picks,
        row_count=len(over),
        drilldown=in_buckets(rows, over, code),
        notes=(*rule.notes, *left_out(rows)),
    )
