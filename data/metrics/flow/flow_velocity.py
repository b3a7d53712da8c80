"""Flow velocity."""

from __future__ import annotations

import numpy as np

from data.facts.completions import completed_rows, completions
from data.facts.dataset import Dataset
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.switches import COMPLETED, ISSUES
from data.metrics.catalogue import metric
from data.metrics.in_sql import COUNT
from data.values.details import Details
from data.values.intervals import Rate
from data.values.type_names import suggested_types
from data.values.typography import listed


@metric(
    family="flow",
    order=1,
    aggregation="count",
    tags=(
        "throughput",
        "done",
    ),
    title="Flow velocity",
    unit="items",
    shows="items",
    lower_is_better=False,
    rows=completed_rows,
    as_of_rows=completed_rows,
    estimate=lambda rows, _asked: Rate(rows.used),
    outcome_title="Points",
    outcome=lambda rows: [
        "" if np.isnan(each) else f"{each:g} point{'' if each == 1 else 's'}" for each in rows.columns["points"]
    ],
    nothing="No items were completed between these dates.",
    fields=("work_completed_date", "story_points"),
    switches=(*COMPLETED, *ISSUES),
    sql=COUNT,
)
def flow_velocity(rows: Rows, query: MetricQuery) -> float | None:
    """How many items were completed.

    count of items completed in the period

    Completed is the last crossing into a done status, if the item is still done. Sub-tasks, epics and deployment
    tickets are left out, and so are resolutions such as Won't Do or Duplicate. Source: Flow Framework, "flow velocity".

    >>> flow_velocity(example(points=[3.0, 5.0]), example_question())
    2.0
    """
    return query.count(rows)


def origins(rows: Rows, query: MetricQuery) -> list[str]:
    """Notes on completions that do not come from the status history."""
    guessed = int(np.count_nonzero(rows["by_resolution"]))
    notes = [f"{guessed} of {rows.used} from the resolution date: no status history."] if guessed else []
    mapped = int(np.count_nonzero(rows["by_end_field"]))
    if query.facts.field("work_completed_date") is not None:
        notes.append(f"{mapped} by the mapped completion date, {rows.used - mapped} from history.")
    undated = query.facts.once(completions).undated
    if undated:
        notes.append(f"{undated} done items have no date at all and are in no period.")
    return notes


def looks_like_tickets(facts: Dataset, rows: Rows) -> str:
    """Where no type is chosen: how many used items are of a type that is named like a deployment; empty for none."""
    if facts.definitions.deployment_types:
        return ""
    types = facts.tables.issues["type"].cat
    code = types.codes.to_numpy()[rows.issue[rows.reason == 0]]
    names = [(n, str(types.categories[n])) for n in np.unique(code[code >= 0])]
    likely = suggested_types("deployment_types", [name for _, name in names])
    among = int(np.isin(code, [n for n, name in names if name in likely]).sum())
    if not among:
        return ""
    kinds = f"type{'s' * (len(likely) != 1)} {listed(likely)}"
    return f"{among} of {rows.used} are of {kinds}: if these are deployment tickets, choose so under Definitions."


@flow_velocity.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    points = rows["points"]
    known = points[~np.isnan(points)]
    looks = looks_like_tickets(query.facts, rows)
    out: Details = {
        "count_words": f"{rows.used} item{'s' * (rows.used != 1)}",
        "notes": origins(rows, query),
        "steps": [
            f"{len(rows)} issues were finished in the period.",
            f"{len(rows) - rows.used} left out, {rows.used} counted.",
        ],
    }
    if looks:
        out["notes"] = [*out["notes"], looks]
    if query.facts.field("story_points") is not None:
        out["points"] = float(known.sum())
        out["points_on"] = len(known)
        out["notes"] = [*out["notes"], f"{known.sum():g} story points on {len(known)} of {rows.used} items."]
    return out
