"""Where the time of completed items went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing, by_code, left_out, nothing
from data.charts.percentiles import cycle_rows
from data.charts.statuses import kinds, names
from data.facts.columns import Subject
from data.facts.rows import Rows, Subjects
from data.facts.status_groups import status_groups
from data.facts.switches import STATUSES
from data.tables.tidy import DAY
from data.values.arrays import Numbers
from data.values.charts import Series

ROLES = {"active": "main", "waiting": "muted", "blocked": "failure", "in progress": "second"}


def status_rows(query: ChartQuery) -> Rows:
    """One row for each status that a used item of "Flow time" was in before its completion: days there in all."""
    facts, cycle = query.facts, cycle_rows(query)
    used = cycle.take(cycle.reason == 0)
    started, completed = (np.zeros(len(facts.tables), dtype=np.int64) for _ in range(2))
    started[used.issue], completed[used.issue] = used.columns["started"], used.columns["completed"]
    stays = facts.stays
    begin = np.maximum(stays.entered, started[stays.issue])
    end = np.minimum(stays.left, completed[stays.issue])
    there = end > begin
    size = len(facts.tables.statuses) + 1  # an unknown status (-1) comes last
    key = stays.issue[there].astype(np.int64) * size + facts.once(status_groups)[stays.status[there]] % size
    distinct, place = np.unique(key, return_inverse=True)
    days = np.bincount(place, weights=(end - begin)[there] / DAY, minlength=len(distinct))
    issue, status = distinct // size, distinct % size
    at = completed[issue]
    order = np.argsort(at, kind="stable")
    columns = {"days": days, "status": status, "started": started[issue], "completed": at}
    return Rows(
        at[order],
        Subjects.all(Subject.ISSUE, issue[order]),
        np.zeros(len(at), np.int16),
        ("",),
        {name: each[order] for name, each in columns.items()},
    )


_COLUMNS = (
    "Status",
    "Kind",
    "Items there",
    "Mean over all, days",
    "Median there, days",
    "85 % there, days",
    "Share, %",
)


@chart(
    family="flow",
    order=7,
    title="Time in status",
    switches=(
        "spans",
        "timed_span",
        "percentile",
        "statuses_by",
        *STATUSES,
        "completion",
        "backward_moves",
        "not_completed_resolutions",
        "all_levels",
        "deployment_types",
        "blocked_statuses",
        "workflow.active",
        "workflow.waiting",
        "zone",
    ),
    beside=("statuses_by",),
)
def time_in_status(query: ChartQuery) -> Drawing:
    """Each bar is the mean number of days that an item spent in that status, between its start and its completion.

    The longest bars are where work waits. Say in the definitions which statuses are active and which are waiting, and
    they are told apart here. Exact calendar days; items that were never there count as 0, so the bars add up to the
    mean flow time. Time in To Do after a move back, and in Done before a reopening, is shown too.
    """
    facts, cycle = query.facts, cycle_rows(query)
    rows = status_rows(query)
    count = cycle.used
    if not len(rows):
        return nothing(
            "No items with a known start were completed between these dates.",
            todo="Choose other days, or clear a filter.",
        )
    size = len(facts.tables.statuses)
    known = rows.columns["status"]
    totals = np.bincount(known, weights=rows.columns["days"], minlength=size + 1)
    items = np.bincount(known, minlength=size + 1)
    codes = np.flatnonzero(items[:size])
    codes = codes[np.lexsort((codes, -totals[codes]))]
    titles, kind = names(facts, codes), kinds(facts, codes)
    tokens = [str(each) for each in facts.tables.statuses["status_id"].to_numpy(dtype=object)]
    mean, whole = totals[codes] / count, float(totals.sum())

    def table() -> Iterator[tuple[Any, ...]]:
        for n, code in enumerate(codes.tolist()):
            there = rows.columns["days"][known == code]
            yield (
                titles[n],
                kind[n],
                int(items[code]),
                float(mean[n]),
                query.quantile(there, 50),
                query.quantile(there, 85),
                round(100 * float(totals[code]) / whole, 1) if whole else None,
            )

    shares = 100 * totals[codes] / whole if whole else np.zeros(len(codes))
    top = int(np.argmax(mean))
    picks = by_code(rows, known, tokens).showing(
        values="days", unit="days", label=lambda token: f"Time in {names(facts, np.array([tokens.index(token)]))[0]}"
    )
    return Drawing(
        f"On average an item is longest in {titles[top]}: {mean[top]:,.1f} days, {shares[top]:.0f} % of its time.",
        tuple(_bars(titles, kind, mean, shares, [tokens[code] for code in codes.tolist()])),
        x_title="Mean days per item",
        x_kind="category",
        unit="days",
        y_title="Days",
        columns=_COLUMNS,
        table=table,
        table_picks=lambda: [tokens[code] for code in codes.tolist()],
        row_count=len(codes),
        drilldown=picks,
        notes=left_out(cycle),
    )


def _bars(titles: list[str], kind: list[str], mean: Numbers, shares: Numbers, tokens: list[str]) -> Iterator[Series]:
    """A series for each kind of status, a bar for each status of it; the lists are by status, longest bar first."""
    for name, role in ROLES.items():
        its = [n for n, each in enumerate(kind) if each == name]
        if its:
            yield Series(
                name,
                "lying",
                [round(float(mean[n]), 3) for n in its],
                [titles[n] for n in its],
                text=[f"{titles[n]}: {mean[n]:,.2f} days per item, {shares[n]:.0f} % of the time" for n in its],
                picks=[tokens[n] for n in its],
                role=role,
            )
