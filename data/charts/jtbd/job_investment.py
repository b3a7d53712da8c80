"""Where the work goes, beside where people are underserved."""

from __future__ import annotations

from operator import attrgetter

from data.charts.catalogue import JobChartQuery, job_chart
from data.charts.drawing import Drawing, nothing
from data.charts.jtbd.parts import between, days, percents, reading, short
from data.values.amounts import percent
from data.values.charts import Series
from data.values.jobs import InvestmentRow
from data.values.jobs_words import investment, part

# Heading of a column of the table, and the attribute of a row that stands in it.
_COLUMNS = {
    "Job": "title",
    "Items": "items",
    "Share of all items": "items_share",
    "Days of work": "active_days",
    "Share of all days": "active_share",
    "Opportunity": "opportunity",
    "Outcome": "opportunity_outcome",
    "Share of opportunity": "opportunity_share",
    "Gap": "gap",
    "What it says": "verdict",
}


@job_chart(order=2, title="Investment against opportunity", obeys=("opportunity",))
def job_investment(query: JobChartQuery) -> Drawing:
    """For each job, its share of the completed items that name a job, beside its share of the opportunity. Where the
    two lie apart, the work does not go where people are underserved.

    The opportunity of a job is the highest score among its outcomes; shares are taken over all jobs. Items are those
    that velocity counts.
    """
    rows = [each for each in query.overview.investment if each.job_id]
    shown = [each for each in rows if each.opportunity_share is not None and each.gap is not None]
    if not query.overview.investment:
        return nothing(
            "Without issues from Jira there is no work to put beside the jobs.",
            todo="Connect Jira and put the job’s label on issues.",
        )
    if not shown:
        return nothing(
            "No item completed in this period names a job.",
            todo="Put the job’s label (tl:label) on issues, or choose other days.",
        )
    work, need = [part(each) for each in shown], [each.opportunity_share or 0 for each in shown]
    names = [short(each.title, 26) for each in shown]
    words, picks = [_job_words(each) for each in shown], [f"job:{each.job_id}" for each in shown]
    return Drawing(
        reading=reading(investment(query.overview.investment)),
        series=(
            between(names, need, work),
            Series(
                "Share of the opportunity",
                "sized",
                percents(need),
                names,
                words,
                picks,
                "served-strong",
                size=[13] * len(shown),
            ),
            Series(
                "Share of the work", "sized", percents(work), names, words, picks, "served-work", size=[13] * len(shown)
            ),
        ),
        x_title="% of all jobs",
        x_range=(0, 100 * max(*work, *need) * 1.1),
        columns=tuple(_COLUMNS),
        table=lambda: map(attrgetter(*_COLUMNS.values()), query.overview.investment),
        table_picks=lambda: [f"job:{each.job_id}" if each.job_id else "" for each in query.overview.investment],
        row_count=len(query.overview.investment),
    )


def _job_words(row: InvestmentRow) -> str:
    lines = [
        row.title,
        f"{percent(part(row))} of the items that name a job: {row.items:,}, {days(row.active_days)}",
    ]
    lines.append(
        f"{percent(row.opportunity_share)} of the opportunity: {row.opportunity:.1f} "
        f"({row.band_title.lower()}), “{row.opportunity_outcome}”"
    )
    return "\n".join([*lines, row.verdict])
