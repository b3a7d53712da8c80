"""Charts of the jobs pillar: the overview of a period as drawings, with the issues behind each point."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import log10, sqrt
from typing import Any

from data.charts.catalogue import Chart
from data.charts.drawing import Drawing, Picks, nothing
from data.jtbd.drilldown import picks_of
from data.jtbd.serving import Serving
from data.values.charts import Region, Series
from data.values.jobs import BAND_TITLES, InvestmentRow, LandscapePoint, Overview, SatisfactionRow, TimeRow
from data.values.periods import Period
from data.values.typography import typeset

SMALLEST, LARGEST, WITHOUT = 11.0, 34.0, 14.0  # px across
FORMULAS = {
    "clamped": "importance + max(importance − satisfaction, 0)",
    "linear": "importance + (importance − satisfaction)",
}
UNKNOWN = "unknown"  # a score without enough answers has no band, and no colour
UNDERSERVED = ("extreme", "strong", "worth_considering")
REGIONS = (
    Region("Overserved", ((0, 0), (10, 10), (0, 10)), (0, 10), "corner", "served-region-overserved"),
    Region("Appropriately served", ((0, 0), (10, 10), (5, 0)), (2.7, 0.35), "inside", "served-region-appropriate"),
    Region("Worth\nconsidering", ((5, 0), (10, 10), (10, 8), (6, 0)), (10, 9), "beside", "served-region-worth"),
    Region("Strong", ((6, 0), (10, 8), (10, 5), (7.5, 0)), (10, 6.5), "beside", "served-region-strong"),
    Region("Extreme", ((7.5, 0), (10, 5), (10, 0)), (10, 2.5), "beside", "served-region-extreme"),
)
_TIMES = ((1, "1 s"), (10, "10 s"), (60, "1 min"), (600, "10 min"), (3600, "1 h"), (6 * 3600, "6 h"), (86400, "1 day"),
          (7 * 86400, "1 week"), (30 * 86400, "30 days"), (365 * 86400, "1 year"))  # a table: kept in its rows  # fmt: skip


@dataclass(frozen=True)
class JobAsked:
    """What a chart of jobs is drawn from."""

    overview: Overview
    period: Period
    picks: Picks


@dataclass(frozen=True)
class JobChart(Chart):
    """One chart of jobs. The docstring of `draw` is its help."""

    formula: str = ""
    obeys: tuple[str, ...] = ()

    def definitions(self, _facts: Any, _switches: tuple[str, ...] = ()) -> tuple[tuple[str, str], ...]:
        """The definitions in force."""
        return (("Opportunity", FORMULAS.get(self.formula, self.formula)),) if self.formula and self.obeys else ()


JOB_CHARTS: dict[str, JobChart] = {}


def _chart(title: str, *, obeys: tuple[str, ...] = ()) -> Callable[[Callable[[JobAsked], Drawing]], JobChart]:
    def add(draw: Callable[[JobAsked], Drawing]) -> JobChart:
        made = JobChart(
            name=draw.__name__,
            family="jobs",
            title=title,
            order=len(JOB_CHARTS),
            draw=draw,  # type: ignore[arg-type]  # asked with JobAsked by `drawn` only
            help=typeset(inspect.getdoc(draw) or ""),
            obeys=obeys,
        )
        JOB_CHARTS[made.name] = made
        return made

    return add


def drawn(name: str, overview: Overview, serving: Serving | None, period: Period) -> tuple[JobChart, Drawing]:
    """A chart of jobs with the formula in force. Raises KeyError for an unknown name."""
    chart = replace(JOB_CHARTS[name], formula=overview.formula)
    picks = picks_of(serving, overview, period)
    drawing = chart.draw(JobAsked(overview, period, picks))  # type: ignore[arg-type]  # it is made for JobAsked
    return chart, replace(drawing, picks=picks)


# ---- words


_UNITS = ((86_400, "days"), (3_600, "h"), (60, "min"))


def percent(share: float | None) -> str:
    """0.254 as 25 %."""
    return "–" if share is None else f"{100 * share:.0f} %"


def days(value: float | None) -> str:
    """26 days of work, 1 day, less than a day."""
    if value is None:
        return ""
    return (
        "no work"
        if value == 0
        else "less than a day of work"
        if value < 0.95
        else f"{value:,.0f} day{'s' * (round(value) != 1)} of work"
    )


def seconds(value: float | None) -> str:
    """How long in words a person would use.

    >>> seconds(48), seconds(95), seconds(8718), seconds(400000), seconds(None)
    ('48 s', '1.6 min', '2.4 h', '4.6 days', '–')
    """
    if value is None:
        return "–"
    size, unit = next((each for each in _UNITS if value >= each[0]), (1, "s"))
    many = value / size
    return f"{many:.2g} {unit}" if many < 99.5 else f"{many:,.0f} {unit}"


def short(text: str, most: int = 34) -> str:
    """A name that fits beside an axis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _unique(rows: Sequence[Any]) -> list[str]:
    """Names of places on an axis: two rows of one title get their id too."""
    names = [short(row.title) for row in rows]
    ids = [
        getattr(row, "outcome_id", None) or getattr(row, "painpoint_id", None) or getattr(row, "id", "") for row in rows
    ]
    return [name if names.count(name) == 1 else f"{name} ({ids[n]})" for n, name in enumerate(names)]


# ---- the landscape


@_chart("Opportunity landscape", obeys=("opportunity",))
def opportunity_landscape(asked: JobAsked) -> Drawing:
    """Each point is an outcome: the further right, the more important it is to people; the higher, the more satisfied
    they are. Underserved outcomes lie at the lower right.

    The size is the active time that Jira shows in the period for the outcome, or for its whole job where no issue names
    the outcome. Points without colour have fewer than 30 answers: their place may be very different among all people.
    """
    points = asked.overview.landscape
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
            BAND_TITLES.get(kind, "Not enough answers"), "sized",
            [round(each.importance, 2) for each in found], [round(each.satisfaction, 2) for each in found],
            text=[_outcome_words(each) for each in found], picks=[f"outcome:{each.outcome_id}" for each in found],
            role=f"served-{kind}", size=[_size(each.effort_days, most) for each in found],
            labels=[short(each.title, 28) for each in found],
        )
        for kind, found in groups if found
    ]  # fmt: skip
    rows = sorted(points, key=lambda each: (each.band in (None, "overserved"), -each.score))
    return Drawing(
        reading=_landscape_reading(points),
        series=tuple(series),
        regions=REGIONS,
        x_title="Importance",
        y_title="Satisfaction",
        x_range=(0, 10),
        y_range=(0, 10),
        columns=("Outcome", "Job", "Importance", "Satisfaction", "Score", "Band", "Answers", "Days of work"),
        table=lambda: ((each.title, each.job_title, each.importance, each.satisfaction, each.score, each.band_title or "Not enough answers", each.n, each.effort_days) for each in rows),
        table_picks=lambda: [f"outcome:{each.outcome_id}" for each in rows],
        row_count=len(rows),
        notes=_sizes(points),
    )  # fmt: skip


def _size(effort: float | None, most: float) -> float:
    return WITHOUT if effort is None else round(SMALLEST + (LARGEST - SMALLEST) * sqrt(effort / most), 1)


def _outcome_words(each: LandscapePoint) -> str:
    lines = [each.title]
    if each.job_title:
        lines.append(f"Job: {each.job_title}")
    lines.append(
        f"Importance {each.importance:.1f}, satisfaction {each.satisfaction:.1f} → opportunity {each.score:.1f}"
    )
    if each.band:
        lines.append(
            each.band_title + (f", {each.n} answers" if each.n is not None else ", by the ratings of the specs")
        )
    else:
        lines.append(f"Not enough answers: {each.n or 0} of 30")
    if each.effort_days is not None:
        whose = "on its job" if each.effort_shared else "on it"
        lines.append(f"{days(each.effort_days).capitalize()} {whose} in this period")
    return "\n".join(lines)


def _landscape_reading(points: Sequence[LandscapePoint]) -> str:
    under = [each for each in points if each.band in UNDERSERVED]
    over = sum(each.band == "overserved" for each in points)
    unknown = sum(each.band is None for each in points)
    if under:
        best = max(under, key=lambda each: each.score)
        said = f"{len(under)} of {len(points)} outcomes {'is' if len(under) == 1 else 'are'} underserved, most of all “{best.title}” ({best.score:.1f} of 20)"
    else:
        said = f"None of {len(points)} outcomes is underserved"
    if over:
        said += f"; {over} {'is' if over == 1 else 'are'} overserved"
    if unknown:
        said += f"; of {unknown} it cannot be said yet"
    return said + "."


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


# ---- investment


@_chart("Investment against opportunity", obeys=("opportunity",))
def job_investment(asked: JobAsked) -> Drawing:
    """For each job, its share of the completed items that name a job, beside its share of the opportunity. Where the
    two lie apart, the work does not go where people are underserved.

    The opportunity of a job is the highest score among its outcomes; shares are taken over all jobs. Items are those
    that velocity counts.
    """
    rows = [each for each in asked.overview.investment if each.job_id]
    shown = [each for each in rows if each.opportunity_share is not None and each.gap is not None]
    if not asked.overview.investment:
        return nothing("Without issues from Jira there is no work to put beside the jobs.", todo="Connect Jira and put the job’s label on issues.")  # fmt: skip
    if not shown:
        return nothing("No item completed in this period names a job.", todo="Put the job’s label (tl:label) on issues, or choose other days.")  # fmt: skip
    work, need = [_part(each) for each in shown], [each.opportunity_share or 0 for each in shown]
    names = [short(each.title, 26) for each in shown]
    words, picks = [_job_words(each) for each in shown], [f"job:{each.job_id}" for each in shown]
    return Drawing(
        reading=_investment_reading(asked.overview.investment, shown),
        series=(
            _between(names, need, work),
            Series("Share of the opportunity", "sized", _percents(need), names, words, picks, "served-strong", size=[13] * len(shown)),
            Series("Share of the work", "sized", _percents(work), names, words, picks, "served-work", size=[13] * len(shown)),
        ),
        x_title="% of all jobs",
        x_range=(0, 100 * max(*work, *need) * 1.1),
        columns=("Job", "Items", "Share of all items", "Days of work", "Share of all days", "Opportunity", "Outcome", "Share of opportunity", "Gap", "What it says"),
        table=lambda: ((each.title, each.items, each.items_share, each.active_days, each.active_share, each.opportunity, each.opportunity_outcome, each.opportunity_share, each.gap, each.verdict) for each in asked.overview.investment),
        table_picks=lambda: [f"job:{each.job_id}" if each.job_id else "" for each in asked.overview.investment],
        row_count=len(asked.overview.investment),
    )  # fmt: skip


def _part(each: InvestmentRow) -> float:
    """Share of the items that name a job."""
    return max((each.gap or 0) + (each.opportunity_share or 0), 0.0)


def _percents(shares: Sequence[float]) -> list[float]:
    return [round(100 * each, 2) for each in shares]


def _between(names: Sequence[str], left: Sequence[float], right: Sequence[float], factor: float = 100) -> Series:
    """The line between two points of each place."""
    x: list[float | None] = []
    y: list[str | None] = []
    for name, a, b in zip(names, left, right, strict=True):
        x += [round(factor * a, 2), round(factor * b, 2), None]
        y += [name, name, None]
    return Series("", "spans", x, y, role="served-between")


def _job_words(each: InvestmentRow) -> str:
    lines = [
        each.title,
        f"{percent(_part(each))} of the items that name a job: {each.items:,}, {days(each.active_days)}",
    ]
    lines.append(
        f"{percent(each.opportunity_share)} of the opportunity: {each.opportunity:.1f} ({each.band_title.lower()}), “{each.opportunity_outcome}”"
    )
    return "\n".join([*lines, each.verdict])


def _investment_reading(rows: Sequence[InvestmentRow], shown: Sequence[InvestmentRow]) -> str:
    short_of = [each for each in shown if (each.gap or 0) <= -0.05 and each.band in UNDERSERVED]
    said = "Work goes about where the need is."
    if short_of:
        worst = min(short_of, key=lambda each: each.gap or 0)
        said = f"“{worst.title}” has {percent(worst.opportunity_share)} of the opportunity and gets {percent(_part(worst))} of the work."
    rest = next((each for each in rows if not each.job_id), None)
    if rest is not None and rest.items_share:
        said += f" {percent(rest.items_share)} of all completed items name no job."
    return said


# ---- painpoints, time, satisfaction


@_chart("Painpoints before and after")
def painpoints_before_after(asked: JobAsked) -> Drawing:
    """How much each painpoint hurt before, and after what was done about it: 0 does not hurt, 10 is unbearable. The
    further the filled point lies to the left of the hollow one, the more it was eased.

    Both are means over the records of the period, and over issues that name the painpoint and whose severity was
    changed.
    """
    rows = [each for each in asked.overview.painpoints if each.before is not None and each.after is not None]
    rows.sort(key=lambda each: -(each.after or 0))
    if not rows:
        return nothing("No painpoint was recorded before and after in this period.", todo="Track one with “Track”, or choose other days.")  # fmt: skip
    before, after, names = [each.before or 0 for each in rows], [each.after or 0 for each in rows], _unique(rows)
    words = [
        f"{each.title}\n{each.before:.1f} → {each.after:.1f}{_effect(each.effectiveness)}\n{each.n} record{'s' * (each.n != 1)}"
        for each in rows
    ]
    picks = [f"painpoint:{each.painpoint_id}" for each in rows]
    worse = [each for each in rows if (each.effectiveness or 0) < 0]
    best = max(rows, key=lambda each: each.effectiveness or 0)
    said = (
        f"“{best.title}” was eased most{_effect(best.effectiveness)}"
        if (best.effectiveness or 0) > 0
        else "None was eased"
    )
    said += (
        f"; {', '.join(f'“{each.title}”' for each in worse)} {'hurts' if len(worse) == 1 else 'hurt'} more than before."
        if worse
        else "."
    )
    return Drawing(
        reading=said,
        series=(
            _between(names, before, after, 1),
            Series("Before", "sized", [round(each, 2) for each in before], names, words, picks, "served-unknown", size=[12] * len(rows)),
            Series("After", "sized", [round(each, 2) for each in after], names, words, picks, "served-strong", size=[13] * len(rows)),
        ),
        x_title="Severity, 0 to 10",
        x_range=(0, 10.3),
        columns=("Painpoint", "Category", "Before", "After", "Eased by, %", "Records", "Better", "Worse", "Issues", "Issues done"),
        table=lambda: ((each.title, each.category, each.before, each.after, each.effectiveness, each.n, each.improved, each.worse, each.issues, each.issues_done) for each in asked.overview.painpoints),
        table_picks=lambda: [f"painpoint:{each.painpoint_id}" for each in asked.overview.painpoints],
        row_count=len(asked.overview.painpoints),
    )  # fmt: skip


def _effect(value: float | None) -> str:
    return "" if value is None else f", {abs(value):.0f} % {'less' if value >= 0 else 'more'}"


@_chart("Time to outcome")
def time_to_outcome(asked: JobAsked) -> Drawing:
    """How long people took to reach each outcome: half needed no longer than the filled point, nine in ten no longer
    than the hollow one. The axis is logarithmic.

    Only those who got there are counted; how many are still on the way stands in the table.
    """
    rows = [each for each in asked.overview.times if each.p50]
    if not rows:
        return nothing("Nobody was recorded on the way to an outcome in this period.", todo="Track the time with “Track”, or choose other days.")  # fmt: skip
    names, picks = _unique(rows), [f"outcome:{each.outcome_id}" for each in rows]
    middle, late = [each.p50 or 0 for each in rows], [each.p90 or each.p50 or 0 for each in rows]
    words = [_time_words(each) for each in rows]
    low, high = log10(min(middle)) - 0.2, log10(max(late)) + 0.2
    ticks = tuple((at, name.replace(" ", "\u00a0")) for at, name in _TIMES if low <= log10(at) <= high) or tuple(
        (round(10**n), seconds(10**n)) for n in (low + 0.1, high - 0.1)
    )
    far = max(rows, key=lambda each: (each.p90 or 0) / (each.p50 or 1))
    return Drawing(
        reading=f"“{far.title}” spreads most: half needed {seconds(far.p50)} or less, one in ten more than {seconds(far.p90)}.",
        series=(
            _between(names, middle, late, 1),
            Series("Nine in ten", "sized", late, names, words, picks, "served-unknown", size=[12] * len(rows)),
            Series("Half", "sized", middle, names, words, picks, "served-strong", size=[13] * len(rows)),
        ),
        x_kind="log",
        x_ticks=ticks,
        x_range=(low, high),
        columns=("Outcome", "Reached", "On the way", "Half within, s", "75 % within, s", "90 % within, s", "Mean, s", "Shortest, s", "Longest, s"),
        table=lambda: ((each.title, each.n, each.open, each.p50, each.p75, each.p90, each.mean, each.shortest, each.longest) for each in asked.overview.times),
        table_picks=lambda: [f"outcome:{each.outcome_id}" for each in asked.overview.times],
        row_count=len(asked.overview.times),
    )  # fmt: skip


def _time_words(each: TimeRow) -> str:
    return f"{each.title}\nHalf within {seconds(each.p50)}, nine in ten within {seconds(each.p90)}\n{each.n} reached it, {each.open} on the way"


@_chart("Satisfaction")
def outcome_satisfaction(asked: JobAsked) -> Drawing:
    """The share of people who gave one of the two highest answers, with its 95 % interval: the line. Hollow points have
    fewer than 30 answers.

    With few answers the line is long: the share among all people may lie anywhere on it.
    """
    rows = [each for each in asked.overview.satisfaction if each.satisfied.value is not None]
    rows.sort(key=lambda each: (each.about, each.satisfied.value or 0))
    if not rows:
        return nothing("Nobody was asked about an outcome in this period.", todo="Track an answer with “Track”, import a survey, or choose other days.")  # fmt: skip
    names = [f"{name} (job)" if row.about == "job" else name for name, row in zip(_unique(rows), rows, strict=True)]
    groups = [(True, "served-strong", "30 answers or more"), (False, "served-unknown", "Fewer than 30 answers")]
    made = [_between(names, [each.satisfied.low or 0 for each in rows], [each.satisfied.high or 0 for each in rows])]
    for enough, role, title in groups:
        found = [(name, row) for name, row in zip(names, rows, strict=True) if row.satisfied.enough == enough]
        if found:
            made.append(Series(title, "sized", _percents([row.satisfied.value or 0 for _, row in found]), [name for name, _ in found], [_answers(row) for _, row in found], [f"{row.about}:{row.id}" for _, row in found], role, size=[12] * len(found)))  # fmt: skip
    least = min(
        (each for each in rows if each.satisfied.enough), key=lambda each: each.satisfied.value or 0, default=None
    )
    said = (
        "No outcome has 30 answers yet, so nothing can be said for sure."
        if least is None
        else f"Least satisfied with “{least.title}”: {percent(least.satisfied.value)} of {least.satisfied.n} people ({percent(least.satisfied.low)} to {percent(least.satisfied.high)} among all)."
    )
    return Drawing(
        reading=said,
        series=tuple(made),
        lines=(),
        x_title="% satisfied",
        x_range=(0, 102),
        columns=("About", "Name", "Satisfied", "Answers", "Share", "Low", "High", "Mean rating", "Met expectations", "Would recommend", "Mean effort"),
        table=lambda: ((each.about, each.title, each.satisfied.count, each.satisfied.n, each.satisfied.value, each.satisfied.low, each.satisfied.high, each.mean_rating, each.met_expectations.value, each.would_recommend.value, each.mean_effort) for each in rows),
        table_picks=lambda: [f"{each.about}:{each.id}" for each in rows],
        row_count=len(rows),
    )  # fmt: skip


def _answers(each: SatisfactionRow) -> str:
    told = each.satisfied
    lines = [
        each.title,
        f"{told.count} of {told.n} satisfied: {percent(told.value)} ({percent(told.low)} to {percent(told.high)})",
    ]
    if not told.enough:
        lines.append(f"Not enough answers: {told.n} of 30")
    return "\n".join(lines)


@_chart("Records and issues")
def job_records(_asked: JobAsked) -> Drawing:
    """What was recorded, and the issues that say which job they serve."""
    return nothing("This is a list, not a chart.", todo="Open it from the tab Jobs.")
