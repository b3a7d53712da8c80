"""How long people take to reach an outcome."""

from __future__ import annotations

from math import log10

from data.charts.catalogue import JobChartQuery, job_chart
from data.charts.drawing import Drawing, nothing
from data.charts.jtbd.parts import between, unique_names
from data.values.amounts import duration
from data.values.charts import Series
from data.values.jobs import TimeRow

_TIMES = (
    (1, "1 s"),
    (10, "10 s"),
    (60, "1 min"),
    (600, "10 min"),
    (3600, "1 h"),
    (6 * 3600, "6 h"),
    (86400, "1 day"),
    (7 * 86400, "1 week"),
    (30 * 86400, "30 days"),
    (365 * 86400, "1 year"),
)


@job_chart(order=5, title="Time to outcome", wide=True)
def time_to_outcome(query: JobChartQuery) -> Drawing:
    """How long people took to reach each outcome: half needed no longer than the filled point, nine in ten no longer
    than the hollow one. The axis is logarithmic.

    Only those who got there are counted; how many are still on the way stands in the table.
    """
    rows = [each for each in query.overview.times if each.p50]
    if not rows:
        return nothing(
            "Nobody was recorded on the way to an outcome in this period.",
            todo="Track the time with “Track”, or choose other days.",
        )
    names, picks = unique_names(rows), [f"outcome:{each.outcome_id}" for each in rows]
    middle, late = [each.p50 or 0 for each in rows], [each.p90 or each.p50 or 0 for each in rows]
    words = [_time_words(each) for each in rows]
    low, high = log10(min(middle)) - 0.2, log10(max(late)) + 0.2
    ticks = tuple((at, name.replace(" ", "\u00a0")) for at, name in _TIMES if low <= log10(at) <= high) or tuple(
        (round(10**n), duration(10**n)) for n in (low + 0.1, high - 0.1)
    )
    far = max(rows, key=lambda each: (each.p90 or 0) / (each.p50 or 1))
    return Drawing(
        reading=(
            f"“{far.title}” spreads most: half needed {duration(far.p50)} or less, one in ten more than "
            f"{duration(far.p90)}."
        ),
        series=(
            between(names, middle, late, 1),
            Series("Nine in ten", "sized", late, names, words, picks, "served-unknown", size=[12] * len(rows)),
            Series("Half", "sized", middle, names, words, picks, "served-strong", size=[13] * len(rows)),
        ),
        x_kind="log",
        x_ticks=ticks,
        x_range=(low, high),
        columns=(
            "Outcome",
            "Reached",
            "On the way",
            "Half within, s",
            "75 % within, s",
            "90 % within, s",
            "Mean, s",
            "Shortest, s",
            "Longest, s",
        ),
        table=lambda: (
            (each.title, each.n, each.open, each.p50, each.p75, each.p90, each.mean, each.shortest, each.longest)
            for each in query.overview.times
        ),
        table_picks=lambda: [f"outcome:{each.outcome_id}" for each in query.overview.times],
        row_count=len(query.overview.times),
    )


def _time_words(row: TimeRow) -> str:
    return (
        f"{row.title}\nHalf within {duration(row.p50)}, nine in ten within {duration(row.p90)}\n{row.n} reached "
        f"it, {row.open} on the way"
    )
