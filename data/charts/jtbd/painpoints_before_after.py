"""How much painpoints hurt before and after."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from data.charts.catalogue import JobChartQuery, job_chart
from data.charts.drawing import Drawing, nothing
from data.charts.jtbd.parts import between, unique_names
from data.values.change import WORSE
from data.values.charts import Series
from data.values.jobs import PainpointRow
from data.values.jobs_words import effect

# Heading of a column of the table, and the attribute of a row that stands in it.
_COLUMNS = {
    "Painpoint": "title",
    "Category": "category",
    "Before": "before",
    "After": "after",
    "Eased by, %": "effectiveness",
    "Records": "n",
    "Better": "improved",
    "Worse": "worse",
    "Issues": "issues",
    "Issues done": "issues_done",
}


@job_chart(order=3, title="Painpoints before and after")
def painpoints_before_after(query: JobChartQuery) -> Drawing:
    """How much each painpoint hurt before, and after what was done about it: 0 does not hurt, 10 is unbearable. The
    further the filled point lies to the left of the hollow one, the more it was eased.

    Both are means over the records of the period, and over issues that name the painpoint and whose severity was
    changed.
    """
    rows = [each for each in query.overview.painpoints if each.before is not None and each.after is not None]
    rows.sort(key=lambda each: -(each.after or 0))
    if not rows:
        return nothing(
            "No painpoint was recorded before and after in this period.",
            todo="Track one with “Track”, or choose other days.",
        )
    before, after, names = [each.before or 0 for each in rows], [each.after or 0 for each in rows], unique_names(rows)
    words = [
        f"{each.title}\n{each.before:.1f} → {each.after:.1f}{_effect(each)}\n{each.n} record{'s' * (each.n != 1)}"
        for each in rows
    ]
    picks = [f"painpoint:{each.painpoint_id}" for each in rows]
    return Drawing(
        reading=_reading(rows),
        series=(
            between(names, before, after, 1),
            Series(
                "Before",
                "sized",
                [round(each, 2) for each in before],
                names,
                words,
                picks,
                "served-unknown",
                size=[12] * len(rows),
            ),
            Series(
                "After",
                "sized",
                [round(each, 2) for each in after],
                names,
                words,
                picks,
                "served-strong",
                size=[13] * len(rows),
            ),
        ),
        x_title="Severity, 0 to 10",
        x_range=(0, 10.3),
        columns=tuple(_COLUMNS),
        table=lambda: map(attrgetter(*_COLUMNS.values()), query.overview.painpoints),
        table_picks=lambda: [f"painpoint:{each.painpoint_id}" for each in query.overview.painpoints],
        row_count=len(query.overview.painpoints),
    )


def _reading(rows: Sequence[PainpointRow]) -> str:
    """Which painpoint hurts less by most, and which hurt more than before, by more than chance."""
    worse = [each for each in rows if (each.effectiveness or 0) < 0 and each.verdict == WORSE]
    best = max(rows, key=lambda each: each.effectiveness or 0)
    sentence = f"Largest effect: “{best.title}”{_effect(best)}" if (best.effectiveness or 0) > 0 else "None hurts less"
    sentence += (
        f"; {', '.join(f'“{each.title}”' for each in worse)} {'hurts' if len(worse) == 1 else 'hurt'} more than before."
        if worse
        else "."
    )
    return sentence


def _effect(row: PainpointRow) -> str:
    return "" if row.effectiveness is None else f", {effect(row).words}"
