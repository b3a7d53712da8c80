"""How much of the work in progress was blocked."""

from __future__ import annotations

import numpy as np

from data.charts.bars import pickable
from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing, Drilldown, NoSuchPoint, left_out, nothing
from data.charts.moments import buckets
from data.facts.rows import Rows
from data.facts.stuck import blocked_rows
from data.facts.switches import BLOCKED, ISSUES, STATUSES
from data.tables.tidy import DAY
from data.values.arrays import Instants, Microseconds, Positions
from data.values.charts import Series


@chart(
    family="flow",
    order=8,
    title="Blocked time",
    switches=(*BLOCKED, *STATUSES, "backward_moves", *ISSUES),
)
def blocked_time(query: ChartQuery) -> Drawing:
    """Each bar is how many days items in progress were blocked on that day, or in that week, all items together.

    One item that is blocked for a whole day counts 1. Blocked is flagged as an impediment, or in a status that the
    definitions call blocked; overlaps count once. Exact calendar days.
    """
    rows = query.facts.once(blocked_rows)
    end = rows.columns["end"]
    rows = rows.take((rows.at < query.snapshot) & (end > query.start))
    rows = _clipped(rows, query.start, query.snapshot)
    over = buckets(query)
    used = rows.reason == 0
    if not used.any():
        rule = query.facts.definitions
        how = "flagged as an impediment" if rule.blocked_flag else "in a blocked status"
        return nothing(
            "No item in progress was blocked between these dates.",
            f"An item is blocked while it is {how}.",
            "Choose in the definitions which statuses mean blocked.",
        )
    start, end = rows.at[used], rows.columns["end"][used]
    edges = np.minimum(over.starts, query.snapshot)
    days = np.diff(_passed(edges, start, end)) / DAY
    tokens = pickable(over.tokens, days > 0)

    def find(token: str) -> Positions:
        if token not in over.tokens:
            raise NoSuchPoint(token)
        n = over.tokens.index(token)
        return np.flatnonzero((rows.at < edges[n + 1]) & (rows.columns["end"] > edges[n]) & (rows.reason == 0))

    return Drawing(
        _reading(float(days.sum()), len(np.unique(rows.issue[used]))),
        (
            Series(
                "",
                "bars",
                over.tokens,
                np.round(days, 3).tolist(),
                text=[
                    f"{words}: {each:,.2f} days blocked" for words, each in zip(over.labels, days.tolist(), strict=True)
                ],
                picks=tokens,
            ),
        ),
        x_title=f"{over.unit.capitalize()}s, by their first day" if over.unit == "week" else "Days",
        y_title="Days blocked",
        x_kind="time",
        unit="days",
        columns=("From", "To", "Days blocked"),
        table=lambda: (
            (first.isoformat(), last.isoformat(), each)
            for first, last, each in zip(over.days, over.last, days.tolist(), strict=True)
        ),
        table_picks=lambda: tokens,
        row_count=len(over),
        drilldown=Drilldown(rows, find, over.label, values="days", unit="days"),
        notes=left_out(rows),
    )


def _clipped(rows: Rows, start: int, end: int) -> Rows:
    """The spans as far as they lie in [start, end): at, end, days."""
    begin, stop = np.maximum(rows.at, start), np.minimum(rows.columns["end"], end)
    columns = {**rows.columns, "end": stop, "days": (stop - begin) / DAY}
    return Rows(begin, rows.subjects, rows.reason, rows.reasons, columns)


def _passed(edges: Instants, start: Instants, end: Instants) -> Microseconds:
    """Time of all spans that lies before each edge, µs."""
    start, end = np.sort(start), np.sort(end)
    out = np.zeros(len(edges), dtype=np.int64)
    for sign, instants in ((1, start), (-1, end)):
        before = np.concatenate(([0], np.cumsum(instants - edges[0])))
        n = np.searchsorted(instants, edges, side="right")
        out += sign * (n * (edges - edges[0]) - before[n])
    return out


def _reading(days: float, items: int) -> str:
    return f"{items:,} item{'s were' if items != 1 else ' was'} blocked, for {days:,.1f} days in all."
