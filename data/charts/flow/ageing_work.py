"""How old the work in progress is, against how old completed work was in the same status."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from data.charts.catalogue import ChartQuery, chart
from data.charts.downsample import thin
from data.charts.drawing import Drawing, Drilldown, by_key, fixed, left_out, nothing
from data.charts.percentiles import SHARES, cycle_rows
from data.charts.statuses import names, workflow_order
from data.facts.ages import age, aged_in_span
from data.facts.load import at_snapshot, load_rows
from data.facts.named_spans import timed_words
from data.facts.past import names_of
from data.facts.rows import Rows
from data.facts.status_groups import status_groups
from data.facts.switches import AGES, ISSUES, STATUSES
from data.values.arrays import Codes, Numbers
from data.values.charts import Series

LEAST = 5  # completed items that left a status, before its percentiles say anything
_SPREAD = 0.6  # of the width of a status over which its points lie


def pace(query: ChartQuery, codes: Codes) -> list[list[float | None]]:
    """For each status the 50, 70, 85 and 95 % of the ages (days since the start of work) at which the items completed
    in the period left it for the last time; None where fewer than 5 did.
    """
    facts, rows = query.facts, cycle_rows(query)
    used = rows.take(rows.reason == 0)
    started, completed = (np.full(len(facts.tables), np.iinfo(np.int64).max) for _ in range(2))
    started[used.issue], completed[used.issue] = used.columns["started"], used.columns["completed"]
    plain = np.zeros(len(facts.tables), dtype=bool)
    plain[used.issue] = used.columns["day_precision"]
    stays = facts.stays
    there = (stays.entered < completed[stays.issue]) & (completed[stays.issue] != np.iinfo(np.int64).max)
    there &= stays.left > started[stays.issue]
    issue, status = stays.issue[there].astype(np.int64), facts.once(status_groups)[stays.status[there]]
    gone = np.minimum(stays.left[there], completed[issue])
    size = len(facts.tables.statuses)
    key = issue * (size + 1) + status
    _, last = np.unique(
        key[::-1], return_index=True
    )  # stays are in order of time: the last one of each comes first here
    keep = len(key) - 1 - last
    issue, status, gone = issue[keep], status[keep], gone[keep]
    out: list[list[float | None]] = []
    for code in codes.tolist():
        own = status == code
        ages = age(facts, issue[own], started[issue[own]], gone[own], plain[issue[own]])
        out.append([query.quantile(ages, share) if len(ages) >= LEAST else None for share in SHARES])
    return out


@chart(
    family="flow",
    order=2,
    title="Ageing work in progress",
    switches=(
        "load",
        "statuses_by",
        "percentile",
        *AGES,
        *STATUSES,
        "backward_moves",
        "spans",
        "timed_span",
        "completion",
        "not_completed_resolutions",
        *ISSUES,
    ),
    fields=("work_started_date",),
    beside=("statuses_by",),
)
def ageing_work(query: ChartQuery) -> Drawing:
    """Each point is an item in progress: in which status, and how many days since its work began.

    The shades say how old the items completed in the period were when they left that status: up to the first edge half
    of them, then 70, 85 and 95 %. An item above the last edge is older than nearly all before it: ask what keeps it.
    Days by the rule for durations, as the metric "Flow load" counts ages. A status that fewer than 5 completed items
    have left has no shades. Where a named span is timed, ages count from its beginning, and items outside of it are
    left out.
    """
    facts = query.facts
    rows = aged_in_span(at_snapshot(facts.once(load_rows), query), query)
    used = rows.take(rows.reason == 0)
    picks = by_key(facts, rows).showing(values="age", unit="days")
    if not len(used):
        return nothing(
            "Nothing is in progress at the end of this period.",
            todo="Choose other days, or clear a filter.",
            drilldown=picks,
        )
    codes = workflow_order(facts)
    codes = np.concatenate((codes, np.setdiff1d(used.columns["status"], codes)))
    edges = pace(query, codes)
    place = np.full(len(facts.tables.statuses) + 1, -1)
    place[codes] = np.arange(len(codes))
    at, age = place[used.columns["status"]], used.columns["age"]
    beyond = _beyond(at, age, edges)
    return _drawing(query, rows, used, names(facts, codes), at, edges, beyond, picks)


def _beyond(at: Codes, age: Numbers, edges: list[list[float | None]]) -> list[int]:
    """The highest of the percentiles that each item is older than; 0 for none, -1 where nothing is known."""
    out = []
    for where, days in zip(at.tolist(), age.tolist(), strict=True):
        known = edges[where]
        if known[0] is None:
            out.append(-1)
        else:
            out.append(
                max((share for share, edge in zip(SHARES, known, strict=True) if days > (edge or 0.0)), default=0)
            )
    return out


def _drawing(
    query: ChartQuery,
    rows: Rows,
    used: Rows,
    titles: list[str],
    at: Codes,
    edges: list[list[float | None]],
    beyond: list[int],
    picks: Drilldown,
) -> Drawing:
    age, facts = used.columns["age"], query.facts
    keys = facts.tables.issues["key"].to_numpy(dtype=object)[used.issue]
    order = np.lexsort((age, at))
    shown, thinned = thin(age[order], keep_above=query.quantile(age, 95))
    shown = order[shown]
    counts = np.bincount(at, minlength=len(titles)).tolist()
    old = sum(each >= 85 for each in beyond)
    bands = []
    for n, share in enumerate(SHARES):
        heights = [(known[n] or 0.0) - ((known[n - 1] or 0.0) if n else 0.0) for known in edges]
        bands.append(
            Series(f"{share} %", "bands", list(range(len(titles))), fixed(np.array(heights)), role=f"pace-{n}")
        )
    points = Series(
        "", "points", fixed(_spread(at, age)[shown]), fixed(age[shown]), picks=keys[shown].tolist(), role="strong"
    )

    def table() -> Iterator[tuple[Any, ...]]:
        types = names_of(facts, "type", used)
        for n in np.argsort(-age, kind="stable").tolist():
            told = {-1: "too few to compare", 0: "no"}.get(beyond[n], f"{beyond[n]} %")
            known = edges[at[n]]
            yield keys[n], types[n], titles[at[n]], float(age[n]), told, *known

    return Drawing(
        (
            f"{len(used):,} items are in progress; {old:,} {'is' if old == 1 else 'are'} older than 85 % of what was "
            "completed from the same status."
        ),
        (*bands, points),
        x_title="Status, in the order of work",
        y_title="Age, days",
        unit="days",
        x_ticks=tuple(
            (float(n), f"{title} {count:,}") for n, (title, count) in enumerate(zip(titles, counts, strict=True))
        ),
        x_range=(-0.5, len(titles) - 0.5),
        columns=("Key", "Type", "Status", "Age, days", "Older than", *(f"{share} % there" for share in SHARES)),
        table=table,
        table_picks=lambda: keys[np.argsort(-age, kind="stable")].tolist(),
        row_count=len(used),
        drilldown=picks,
        titled={len(bands): used.issue[shown]},
        notes=(*timed_words(facts), *left_out(rows)),
        thinned=thinned,
    )


def _spread(at: Codes, age: Numbers) -> Numbers:
    """Places side by side within a status, so that points do not hide each other; the same for the same data."""
    order = np.lexsort((age, at))
    rank = np.empty(len(at))
    rank[order] = np.arange(len(at))
    return at + _SPREAD * ((rank * 0.6180339887498949) % 1.0 - 0.5)
