"""Where importance and satisfaction of outcomes lie."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from data.charts.catalogue import JobChartQuery, job_chart
from data.charts.drawing import Drawing, nothing
from data.charts.jtbd.parts import days, reading, short
from data.values.charts import Region, Series
from data.values.jobs import BAND_TITLES, LandscapePoint, OutcomeRow
from data.values.jobs_words import need

SMALLEST, LARGEST, WITHOUT = 11.0, 34.0, 14.0  # px across
UNKNOWN = "unknown"  # a score without enough answers has no band, and no colour
REGIONS = (
    Region("Overserved", ((0, 0), (10, 10), (0, 10)), (0, 10), "corner", "served-region-overserved"),
    Region("Appropriately served", ((0, 0), (10, 10), (5, 0)), (2.7, 0.35), "inside", "served-region-appropriate"),
    Region("Worth\nconsidering", ((5, 0), (10, 10), (10, 8), (6, 0)), (10, 9), "beside", "served-region-worth"),
    Region("Strong", ((6, 0), (10, 8), (10, 5), (7.5, 0)), (10, 6.5), "beside", "served-region-strong"),
    Region("Extreme", ((7.5, 0), (10, 5), (10, 0)), (10, 2.5), "beside", "served-region-extreme"),
)


@job_chart(order=1, title="Opportunity landscape", obeys=("opportunity",))
def opportunity_landscape(query: JobChartQuery) -> Drawing:
    """Each point is an outcome: the further right, the more important it is to people; the higher, the more satisfied
    they are. Underserved outcomes lie at the lower right.

    The size is the active time that Jira shows in the period for the outcome, or for its whole job where no issue names
    the outcome. Points without colour have fewer than 30 answers: their place may be very different among all people.
    """
    points = query.overview.landscape
    if not points:
        return nothing(
            "No outcome has both importance and satisfaction.",
            todo="Write tl:importance and tl:satisfaction into the specs, or record satisfaction.",
        )
    most = max((each.effort_days or 0 for each in points), default=0) or 1
    kinds = [*(each for each in reversed(BAND_TITLES)), UNKNOWN]
    groups = [(kind, [each for each in points if (each.band or UNKNOWN) == kind]) for kind in kinds]
    series = [
        Series(
            BAND_TITLES.get(kind, "Not enough answers"),
            "sized",
            [round(each.importance, 2) for each in found],
            [round(each.satisfaction, 2) for each in found],
            text=[_outcome_words(each) for each in found],
            picks=[f"outcome:{each.outcome_id}" for each in found],
            role=f"served-{kind}",
            size=[_size(each.effort_days, most) for each in found],
            labels=[short(each.title, 28) for each in found],
        )
        for kind, found in groups
        if found
    ]
    rows = sorted(points, key=lambda each: (each.band in (None, "overserved"), -each.score))
    return Drawing(
        reading=_landscape_reading(points, query.overview.outcomes),
        series=tuple(series),
        regions=REGIONS,
        x_title="Importance",
        y_title="Satisfaction",
        x_range=(0, 10),
        y_range=(0, 10),
        columns=("Outcome", "Job", "Importance", "Satisfaction", "Score", "Band", "Answers", "Days of work"),
        table=lambda: (
            (
                each.title,
                each.job_title,
                each.importance,
                each.satisfaction,
                each.score,
                each.band_title or "Not enough answers",
                each.n,
                each.effort_days,
            )
            for each in rows
        ),
        table_picks=lambda: [f"outcome:{each.outcome_id}" for each in rows],
        row_count=len(rows),
        notes=_sizes(points),
    )


def _size(effort: float | None, most: float) -> float:
    return WITHOUT if effort is None else round(SMALLEST + (LARGEST - SMALLEST) * sqrt(effort / most), 1)


def _outcome_words(point: LandscapePoint) -> str:
    lines = [point.title]
    if point.job_title:
        lines.append(f"Job: {point.job_title}")
    lines.append(
        f"Importance {point.importance:.1f}, satisfaction {point.satisfaction:.1f} → opportunity {point.score:.1f}"
    )
    if point.band:
        lines.append(
            point.band_title + (f", {point.n} answers" if point.n is not None else ", by the ratings of the specs")
        )
    else:
        lines.append(f"Not enough answers: {point.n or 0} of 30")
    if point.effort_days is not None:
        whose = "on its job" if point.effort_shared else "on it"
        lines.append(f"{days(point.effort_days).capitalize()} {whose} in this period")
    return "\n".join(lines)


def _landscape_reading(points: Sequence[LandscapePoint], outcomes: Sequence[OutcomeRow]) -> str:
    over = sum(each.band == "overserved" for each in points)
    unknown = sum(each.band is None for each in points)
    said = [reading(need(outcomes))]
    if over:
        said.append(f"{over} {'is' if over == 1 else 'are'} overserved.")
    if unknown:
        said.append(f"Of {unknown} it cannot be said yet.")
    return " ".join(each for each in said if each)


def _sizes(points: Sequence[LandscapePoint]) -> tuple[str, ...]:
    known = [each for each in points if each.effort_days is not None]
    if not known:
        return ("All points are of one size: there are no issues from Jira to take the effort from.",)
    shared = sum(each.effort_shared for each in known)
    if not shared:
        return ("Size: days of work in the period.",)
    if shared == len(known):
        return ("Size: days of work on the outcome’s job in the period, because no issue names an outcome.",)
    return (f"Size: days of work in the period; for {shared} of {len(known)} outcomes that of the whole job.",)
