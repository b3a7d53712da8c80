"""Whether the throughput has changed, or is the same process with its noise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from data.charts.bars import counts, in_buckets, pickable
from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing, left_out, nothing
from data.charts.moments import Buckets, weeks
from data.facts.completions import completed_rows
from data.facts.rows import Rows
from data.facts.switches import FINISHED, ISSUES
from data.metrics.xmr import LEAST, Limits, Signal, limits, signals
from data.values.arrays import Codes, Numbers
from data.values.charts import Line, Series
from data.values.periods import local_date, zone_named

WEEKS = 26  # shown at least, as far as the data goes


def whole_weeks(query: ChartQuery, before: int = 0) -> Buckets:
    """Whole weeks up to the end of the period (or the last sync): those of the period and so many `before`, 26 at
    least, none before the data.
    """
    facts, period = query.facts, query.period
    first = min(period.first - timedelta(weeks=before), period.last - timedelta(weeks=WEEKS))
    known = [each for each in (_day(query, facts.complete_from), _day(query, _begin(query))) if each]
    over = weeks(max([first, *known]), period.last, period.zone, facts.known_until)
    begin = 0 if not known or not len(over) or max(known) <= over.days[0] else 1
    end = len(over)
    while end > begin and not (over.whole[end - 1] and over.last[end - 1] <= period.last):
        end -= 1
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
    title="Has throughput changed?",
    switches=(*FINISHED, "completion", "not_completed_resolutions", *ISSUES),
)
def process_behaviour(query: ChartQuery) -> Drawing:
    """Each point is the number of items completed in a whole week; between the limits the ups and downs are noise.

    A process behaviour (XmR) chart: limits are the mean ± 2.66 × the mean difference from one week to the next, cut at
    0. A signal is a week outside the limits, 8 weeks in a row on one side of the mean, or 3 of 4 in a row on one side
    and nearer its limit than the mean. Only signals ask for a reason. It looks back 26 weeks at least, as far as the
    data goes.
    """
    rows = query.facts.once(completed_rows)
    over = whole_weeks(query)
    if len(over) < LEAST:
        return nothing(
            f"There are {len(over)} whole weeks with data; limits need {LEAST} at least.",
            todo="Choose a later period, or make the query wider.",
        )
    inside = rows.between(int(over.starts[0]), int(over.starts[-1]))
    code = np.where(inside.reason == 0, over.place(inside.at), -1)
    found = counts(code, len(over))
    if not found.sum():
        return nothing("No items were completed in these weeks.", todo="Choose other days, or clear a filter.")
    rule = limits(found)
    return _drawing(inside, over, code, found, rule, signals(found, rule))


def _drawing(rows: Rows, over: Buckets, code: Codes, values: Numbers, rule: Limits, signals: list[Signal]) -> Drawing:
    said: list[list[str]] = [[] for _ in range(len(over))]
    for each in signals:
        for n in range(each.first, each.last + 1):
            said[n].append(each.words)
    marked = [n for n, words in enumerate(said) if words]
    reading = f"{rule.mean:,.1f} items a week on average, {rule.lower:,.1f} to {rule.upper:,.1f} is noise: "
    reading += f"{len(signals)} signal{'s' * (len(signals) != 1)}." if signals else "no signal, nothing has changed."
    text = [
        f"{words}: {n:,} items{'. ' + '; '.join(why) if why else ''}"
        for words, n, why in zip(over.labels, values.tolist(), said, strict=True)
    ]
    picks = pickable(over.tokens, values)
    return Drawing(
        reading,
        (
            Series("Items a week", "line", over.tokens, values.tolist(), text=text, picks=picks, role="faint"),
            Series(
                "Signal",
                "points",
                [over.tokens[n] for n in marked],
                [int(values[n]) for n in marked],
                text=[text[n] for n in marked],
                picks=[picks[n] for n in marked],
                role="signal",
            ),
        ),
        (
            Line("y", rule.mean, f"mean {rule.mean:,.1f}", "main"),
            Line("y", rule.upper, f"upper {rule.upper:,.1f}", "limit"),
            Line("y", rule.lower, f"lower {rule.lower:,.1f}", "limit"),
        ),
        x_title="Weeks, by their first day",
        y_title="Items a week",
        x_kind="time",
        columns=("Week from", "To", "Items", "Signals"),
        table=lambda: (
            (first.isoformat(), last.isoformat(), n, "; ".join(why))
            for first, last, n, why in zip(over.days, over.last, values.tolist(), said, strict=True)
        ),
        table_picks=lambda: picks,
        row_count=len(over),
        drilldown=in_buckets(rows, over, code),
        notes=(*(_in_words(each, over) for each in signals), *left_out(rows)),
    )


def _in_words(signal: Signal, over: Buckets) -> str:
    words = signal.words
    if signal.first == signal.last:
        return f"Week of {over.labels[signal.first]}: {words}."
    return (
        f"Weeks of {over.labels[signal.first].partition(' – ')[0]} to "
        f"{over.labels[signal.last].rpartition(' – ')[2]}: {words}."
    )
