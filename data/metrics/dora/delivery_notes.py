"""What a card says of where its deployments and incidents come from, and what is missing where none are reported."""

from __future__ import annotations

import numpy as np

from data.facts.columns import Subject
from data.facts.dataset import Dataset
from data.facts.deployment_set import Deployments
from data.facts.deployments import deployments
from data.facts.query import Missing
from data.facts.reported import from_jira, from_reports
from data.facts.rows import Rows
from data.tables.deliveries import Reported
from data.values.arrays import Positions
from data.values.typography import listed

HOW = (
    "Send them to /api/v1/deployments and /api/v1/incidents, import a CSV file, or set up a webhook; or take "
    "deployments and incidents from Jira."
)


def none_reported(facts: Dataset, what: str) -> Missing | None:
    """What to do where only reports count and there is none. `what`: "deployment" or "incident"."""
    reported = facts.deliveries.deployments if what == "deployment" else facts.deliveries.incidents
    if from_jira(facts) or len(reported):
        return None
    return Missing(f"No {what} has been reported yet. {HOW}", settings=("delivery_source",))


def source_notes(facts: Dataset, rows: Rows) -> list[str]:
    """Which sources the used rows are from; none where Jira is the only one that counts."""
    if not from_reports(facts):
        return []
    used = rows.take(rows.reason == 0).subjects
    parts = []
    in_jira = int(np.count_nonzero((used.kind == Subject.ISSUE) | (used.kind == Subject.VERSION)))
    if from_jira(facts) and in_jira:
        parts.append(f"Jira ({in_jira:,})")
    for kind, reported in (
        (Subject.DEPLOYMENT, facts.deliveries.deployments),
        (Subject.INCIDENT, facts.deliveries.incidents),
        (Subject.CHANGE, facts.deliveries.deployments),
    ):
        places = used.id[used.kind == kind]
        if kind == Subject.CHANGE:
            places = facts.deliveries.changes.deployment[places]
        parts += _counts(reported, places)
    return [f"Source: {listed(parts) if parts else 'reports of other systems'}.", *_told_twice(facts, rows)]


def _counts(reported: Reported, places: Positions) -> list[str]:
    names, counts = np.unique(reported.texts("source")[places].astype(str), return_counts=True)
    return [f"{name} ({count:,})" for name, count in zip(names.tolist(), counts.tolist(), strict=True)]


def _told_twice(facts: Dataset, rows: Rows) -> list[str]:
    """How many deployments of the period several sources tell of, each counted once."""
    if "head" not in rows.columns:
        return []
    used = rows.take(rows.reason == 0)
    found: Deployments = facts.once(deployments)
    sources = facts.deliveries.deployments.texts("source")
    told: dict[int, set[str]] = {}
    for place in np.flatnonzero(found.group >= 0).tolist():
        report = int(found.reported[place])
        told.setdefault(int(found.group[place]), set()).add("Jira" if report < 0 else str(sources[report]))
    twice = sum(len(told[int(group)]) > 1 for group in used.columns["group"][used.columns["head"]])
    if not twice:
        return []
    return [f"{twice:,} of them {'is' if twice == 1 else 'are'} told by several sources, and count once."]
