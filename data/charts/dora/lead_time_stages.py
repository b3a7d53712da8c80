"""Where the lead time of changes goes: waiting, working, merged, on its way to production."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from data.charts.bars import in_parts, places
from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing, left_out, nothing
from data.charts.moments import buckets
from data.facts.completions import completions
from data.facts.dataset import Dataset
from data.facts.rows import Rows
from data.facts.switches import DELIVERIES, STATUSES
from data.metrics.dora.lead_time_for_changes import no_deployed_changes
from data.metrics.measure import rows_for
from data.metrics.registry import ISSUE_METRICS
from data.tables.frames import NEVER
from data.tables.tidy import DAY
from data.values.arrays import Counts, Instants, Mask, Numbers, Positions
from data.values.charts import Series

# Each stage ends at an instant; it begins where the one before ended.
STAGES = ("waiting to start", "until first commit", "until done", "until deployed")


def stage_days(facts: Dataset, issue: Positions, deployed: Instants) -> tuple[Numbers, Mask]:
    """Days of each stage (issues × stages), and which stages the data knows at all.

    created → started → first commit → done → deployed. An instant that is missing, or lies before the one before it,
    ends its stage at once; one after the deployment is cut there. So the stages add up to creation → deployment.
    """
    done = facts.once(completions)
    commit = facts.field("code_commit_date")
    none = np.full(len(issue), NEVER, dtype=np.int64)
    ends = [done.started[issue], none if commit is None else commit[issue], done.completed[issue], deployed]
    known = np.array([bool((each != NEVER).any()) for each in ends])
    before = np.minimum(facts.tables.issues["created"].to_numpy()[issue], deployed)
    out = np.zeros((len(issue), len(STAGES)))
    for n, end in enumerate(ends):
        until = np.minimum(np.maximum(np.where(end == NEVER, before, end), before), deployed)
        out[:, n] = (until - before) / DAY
        before = until
    return out, known


@chart(
    family="dora",
    order=2,
    title="Lead time in stages",
    switches=(
        *DELIVERIES,
        "deployment_types",
        "production_environments",
        *STATUSES,
        "completion",
        "backward_moves",
        "deployment_source",
        "zone",
    ),
    fields=("code_commit_date", "deployed_to_production_date", "work_started_date", "work_completed_date"),
    missing=no_deployed_changes,
)
def lead_time_stages(query: ChartQuery) -> Drawing:
    """Each bar is how many days changes took on average, by stage, if first deployed on that day or week.

    The stages run from the creation of the issue to the start of work, to the first commit, to done, to production.
    Exact calendar days; the mean is used because stages of means add up, which medians do not. The lead time for
    changes begins at the first commit, or at the start of work where no commit date is mapped; what lies before is
    shown too.
    """
    rows, over = rows_for(ISSUE_METRICS["lead_time_for_changes"], query), buckets(query)
    used = rows.take((rows.reason == 0) & (rows.issue >= 0))
    if not len(used):
        return _no_stages(rows)
    days, known = stage_days(query.facts, used.issue, used.columns["completed"])
    code = places(used, over)
    count = np.bincount(code[code >= 0], minlength=len(over))
    seen = np.flatnonzero(known).tolist()
    mean = _means(days, code, seen, count)
    whole = days.mean(axis=0)
    top = max(seen, key=lambda n: whole[n])
    names = [STAGES[n] for n in seen]
    picks = in_parts(used, over, code, np.full(len(used), 0), ["changes"])

    def table() -> Iterator[tuple[Any, ...]]:
        for first, last, n, numbers in zip(over.days, over.last, count.tolist(), mean[:, seen].tolist(), strict=True):
            empty = [None] * (len(seen) + 1)
            yield (first.isoformat(), last.isoformat(), n, *([*numbers, sum(numbers)] if n else empty))

    tokens = [f"{day}|changes" if n else "" for day, n in zip(over.tokens, count.tolist(), strict=True)]
    series = tuple(
        Series(
            STAGES[n].capitalize(),
            "stacked",
            over.tokens,
            np.round(mean[:, n], 3).tolist(),
            text=[
                f"{words}: {STAGES[n]} {each:,.1f} days on average of {size:,}"
                for words, each, size in zip(over.labels, mean[:, n].tolist(), count.tolist(), strict=True)
            ],
            picks=tokens,
            role=("faint", "muted", "main", "second")[n],
        )
        for n in seen
    )
    return Drawing(
        f"On average a change takes {whole.sum():,.1f} days from the creation of its issue to production. The longest "
        f"stage is “{STAGES[top]}”: {whole[top]:,.1f} days.",
        series,
        x_title=f"{over.unit.capitalize()}s, by their first day" if over.unit == "week" else "Days",
        y_title="Mean days per change",
        x_kind="time",
        unit="days",
        columns=("From", "To", "Changes", *(f"{name.capitalize()}, days" for name in names), "Together, days"),
        table=table,
        table_picks=lambda: tokens,
        row_count=len(over),
        drilldown=picks.showing(values="days", unit="days"),
        notes=(*left_out(rows), *_told(query.facts, used.issue, used.columns["completed"])),
    )


def _no_stages(rows: Rows) -> Drawing:
    """Why there is nothing to draw."""
    if rows.used:
        return nothing(
            "The changes of this period are known from commits alone, which have no stages.",
            todo="Name the issues of Jira when deployments are reported.",
        )
    return nothing("No changes were first deployed between these dates.", todo="Choose other days, or clear a filter.")


def _means(days: Numbers, code: Positions, seen: list[int], count: Counts) -> Numbers:
    """Mean days by bar and stage.

    `days`: by change and stage; `code`: the bar of each change (-1: none); `seen`: the stages with data; `count`: the
    changes of each bar.
    """
    means = np.zeros((len(count), len(STAGES)))
    for n in seen:
        total = np.bincount(code[code >= 0], weights=days[code >= 0, n], minlength=len(count))
        means[:, n] = total / np.maximum(count, 1)
    return means


def _told(facts: Dataset, issue: Positions, deployed: Instants) -> tuple[str, ...]:
    """Where the last stage is empty because of what "done" means, not because deploying takes no time."""
    done = facts.once(completions).completed[issue]
    late, unknown = int(np.count_nonzero(done >= deployed)), int(np.count_nonzero(done == NEVER))
    said = (
        (late, "Done only when deployed, so the wait for the deployment is part of “until done”"),
        (unknown, "Not done, so all the time since the commit is part of “until deployed”"),
    )
    return tuple(f"{words}: {n:,} of {len(issue):,}." for n, words in said if n)
