"""A metric of the catalogue for each group of its issues."""

from __future__ import annotations

from operator import itemgetter

from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing, Drilldown, NoSuchPoint, left_out, nothing
from data.charts.metrics.chosen_metric import group_of, metric_of, unit_of
from data.charts.metrics.metric_over_time import metric_over_time
from data.facts.dataset import Dataset
from data.metrics.breakdown import GROUPS, members_of
from data.metrics.catalogue import IssueMetric
from data.metrics.measure import rows_for
from data.values.arrays import Positions
from data.values.charts import Series
from data.values.numbers import Breakdown, Part
from data.values.periods import Period

MOST = 20  # bars that are drawn; the table has all


@chart(family="catalogue", order=2, title="By group")
def metric_by_group(query: ChartQuery) -> Drawing:
    """Each bar is the number of one group, calculated from its own issues, never from other numbers.

    Issues without such a group are a row of their own, “none”. An issue that is in several groups counts in each, so
    their numbers need not add up to the whole. The table has value, issues used and left out, and the share of all
    used.
    """
    metric = metric_of(query)
    if isinstance(metric, Drawing):
        return metric
    group = group_of(query)
    if group == "week":
        return metric_over_time.draw(_weekly(query))
    found = query.facts.once(_found, metric.name, query.period, group)
    if found.problem:
        return nothing(found.problem.what, todo=found.problem.todo)
    if not found.parts:
        return nothing(metric.nothing, todo="Choose other days, or clear a filter.")
    tokens = [f"{n}" for n in range(len(found.parts))]
    drawn = [n for n, each in enumerate(found.parts) if each.value is not None][:MOST]
    hidden = (
        f"{len(drawn)} of {len(found.parts)} are drawn; the table has all." if len(drawn) < len(found.parts) else ""
    )
    return Drawing(
        _reading(found),
        (
            Series(
                "",
                "lying",
                [found.parts[n].value for n in drawn],
                _names(found.parts, drawn),
                text=[f"{found.parts[n].name}: {found.parts[n].shown}, {found.parts[n].used:,} used" for n in drawn],
                picks=[tokens[n] for n in drawn],
                role="main",
            ),
        ),
        x_title=metric.unit[:1].upper() + metric.unit[1:],
        y_title=GROUPS[group],
        x_kind="category",
        unit=metric.unit,
        columns=(GROUPS[group], f"Value, {metric.unit}", "Used", "Left out", "Share of used, %"),
        table=lambda: ((each.name, each.value, each.used, each.left_out, each.share) for each in found.parts),
        table_picks=lambda: tokens,
        row_count=len(found.parts),
        drilldown=_picks(query, metric, group, found),
        notes=(*found.notes, *left_out(rows_for(metric, query))),
        thinned=hidden,
        title=f"{metric.title} by {GROUPS[group].lower()}",
        switches=metric.switches,
    )


def _weekly(query: ChartQuery) -> ChartQuery:
    options = tuple(pair for pair in query.options if pair[0] != "over")
    return ChartQuery(query.facts, query.period, (*options, ("over", "week")))


def _found(facts: Dataset, name: str, period: Period, group: str) -> Breakdown:
    from data.metrics.breakdown import by_group
    from data.metrics.registry import ISSUE_METRICS

    return by_group(ISSUE_METRICS[name], facts, period, group)


def _names(parts: tuple[Part, ...], drawn: list[int]) -> list[str]:
    """Names of bars; two of one name would be one bar."""
    out: list[str] = []
    for n in drawn:
        name = parts[n].name
        while name in out:
            name += "\u200b"
        out.append(name)
    return out


def _picks(query: ChartQuery, metric: IssueMetric, group: str, breakdown: Breakdown) -> Drilldown:
    rows = rows_for(metric, query)

    def find(token: str) -> Positions:
        if not token.isdecimal() or int(token) >= len(breakdown.parts):
            raise NoSuchPoint(token)
        return members_of(metric, query, rows, group)[int(token)]

    return Drilldown(
        rows,
        find,
        lambda token: breakdown.parts[int(token)].name,
        metric.measures,
        unit_of(metric),
        metric.outcome_title,
        metric.outcome,
    )


def _reading(breakdown: Breakdown) -> str:
    known = [(each.value, each) for each in breakdown.parts if each.value is not None and not each.rest]
    whole = (
        f"{breakdown.title}: {breakdown.total.shown} in all"
        if breakdown.total and breakdown.total.value is not None
        else breakdown.title
    )
    if len(known) < 2:
        return f"{whole}."
    (least, low), (most, high) = min(known, key=itemgetter(0)), max(known, key=itemgetter(0))
    if least == most:
        return f"{whole}; the same in each {breakdown.by_title.lower()}."
    return f"{whole}; from {low.shown} ({low.name}) to {high.shown} ({high.name})."
