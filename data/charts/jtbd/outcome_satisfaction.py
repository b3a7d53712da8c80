"""How satisfied people are with outcomes."""

from __future__ import annotations

from operator import attrgetter

from data.charts.catalogue import JobChartQuery, job_chart
from data.charts.drawing import Drawing, nothing
from data.charts.jtbd.parts import between, percents, unique_names
from data.values.charts import Series
from data.values.jobs import SatisfactionRow
from data.values.jobs_words import not_enough, satisfied

# Heading of a column of the table, and the attribute of a row that stands in it.
_COLUMNS = {
    "About": "about",
    "Name": "title",
    "Satisfied": "satisfied.count",
    "Answers": "satisfied.n",
    "Share": "satisfied.value",
    "Low": "satisfied.low",
    "High": "satisfied.high",
    "Mean rating": "mean_rating",
    "Met expectations": "met_expectations.value",
    "Would recommend": "would_recommend.value",
    "Mean effort": "mean_effort",
}


@job_chart(order=4, title="Satisfaction")
def outcome_satisfaction(query: JobChartQuery) -> Drawing:
    """The share of people who gave one of the two highest answers, with its 95 % interval: the line. Hollow points have
    fewer than 30 answers.

    With few answers the line is long: the share among all people may lie anywhere on it.
    """
    rows = [each for each in query.overview.satisfaction if each.satisfied.value is not None]
    rows.sort(key=lambda each: (each.about, each.satisfied.value or 0))
    if not rows:
        return nothing(
            "Nobody was asked about an outcome in this period.",
            todo="Track an answer with “Track”, import a survey, or choose other days.",
        )
    names = [
        f"{name} (job)" if row.about == "job" else name for name, row in zip(unique_names(rows), rows, strict=True)
    ]
    groups = [(True, "served-strong", "30 answers or more"), (False, "served-unknown", "Fewer than 30 answers")]
    made = [between(names, [each.satisfied.low or 0 for each in rows], [each.satisfied.high or 0 for each in rows])]
    for enough, role, title in groups:
        found = [(name, row) for name, row in zip(names, rows, strict=True) if row.satisfied.enough == enough]
        if found:
            made.append(
                Series(
                    title,
                    "sized",
                    percents([row.satisfied.value or 0 for _, row in found]),
                    [name for name, _ in found],
                    [_answers(row) for _, row in found],
                    [f"{row.about}:{row.id}" for _, row in found],
                    role,
                    size=[12] * len(found),
                )
            )
    least = min(
        (each for each in rows if each.satisfied.enough), key=lambda each: each.satisfied.value or 0, default=None
    )
    said = (
        "No outcome has 30 answers yet, so nothing can be said for sure."
        if least is None
        else (f"Least satisfied with “{least.title}”: {satisfied(least.satisfied)}.")
    )
    return Drawing(
        reading=said,
        series=tuple(made),
        lines=(),
        x_title="% satisfied",
        x_range=(0, 102),
        columns=tuple(_COLUMNS),
        table=lambda: map(attrgetter(*_COLUMNS.values()), rows),
        table_picks=lambda: [f"{each.about}:{each.id}" for each in rows],
        row_count=len(rows),
    )


def _answers(row: SatisfactionRow) -> str:
    told = row.satisfied
    lines = [
        row.title,
        satisfied(told),
    ]
    if not told.enough:
        lines.append(not_enough(told))
    return "\n".join(lines)
