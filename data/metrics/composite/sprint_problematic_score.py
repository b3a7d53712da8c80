"""Problematic score of sprints."""

from __future__ import annotations

import numpy as np

from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.sprint_issues import part_in, sprint_rows, sprints_in
from data.facts.sprint_statistics import DEFAULT_WEIGHTS, FEWEST, PARTS, stats, weights_of
from data.facts.switches import BLOCKED, STATUSES
from data.metrics.catalogue import metric
from data.values.arrays import Numbers
from data.values.details import Details


@metric(
    family="composite",
    order=1,
    title="Problematic sprints",
    unit="score",
    lower_is_better=True,
    rows=sprint_rows,
    nothing=(
        "No sprint with a score was closed between these dates: a score needs a commitment, and "
        "three closed sprints of its board to compare with."
    ),
    outcome_title="In the sprint",
    outcome=part_in,
    fields=("story_points",),
    switches=("sprint_weights", *STATUSES, "not_completed_resolutions", "sprint_completion", *BLOCKED, "flow_types"),
    aggregation="score",
    compares=True,
    tags=("z-score", "outlier", "sprint health"),
    depends=tuple(PARTS.values()),
    weights={PARTS[name]: weight for name, weight in DEFAULT_WEIGHTS.items()},
    not_sql="It compares the sprints of a period with each other (z-scores).",
)
def sprint_problematic_score(rows: Rows, _asked: MetricQuery) -> float | None:
    """How unusual the sprints were for their boards: 0 is as usual, above 0 worse.

    mean over the sprints closed in the period of Σ weight × z-score (spilled over, scope change, reopened, blocked,
    bugs, distance from the plan)

    A z-score is the distance from the mean of the board's closed sprints in sample standard deviations; 0 where all are
    alike. Fewer than three closed sprints, or nothing committed ⇒ no score. The weights are a definition and sum to 1.
    Source: our own, of parts that are common in sprint reporting.

    >>> sprint_problematic_score(example(sprint=[0, 0, 1], score=[0.5, 0.5, -0.1]), example_question())
    0.2
    """
    scores = _scores(rows)
    return float(scores.mean()) if len(scores) else None


def _scores(rows: Rows) -> Numbers:
    """One a sprint, those without a score left away."""
    _, first = np.unique(rows["sprint"], return_index=True)
    scores = rows["score"][first]
    return scores[~np.isnan(scores)]


@sprint_problematic_score.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    found, weights = query.facts.once(stats), weights_of(query.facts)
    sprints = np.unique(rows["sprint"])
    scores = _scores(rows)
    scored = sprints[~np.isnan(found.score[sprints])]
    parts = {PARTS[name]: weights[name] * float(found.z[name][scored].mean()) for name in PARTS if weights[name]}
    names = query.facts.tables.sprints["name"]
    told = [f"{names.iloc[int(n)]}: {found.score[n]:+.2f}." for n in scored[np.argsort(-found.score[scored])][:10]]
    notes = [f"{sprints_in(rows, query)}, {len(scores)} with a score."]
    if len(scores) < len(sprints):
        notes.append(f"{len(sprints) - len(scores)} without: nothing committed, or fewer than {FEWEST} closed sprints.")
    return {"notes": notes, "steps": told, "parts": parts, "weights": {PARTS[name]: weights[name] for name in PARTS}}
