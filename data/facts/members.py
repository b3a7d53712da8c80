"""Which issues a row is about: its own, those fixed in its version, or the deployment and the incidents of a
recovery.
"""

from __future__ import annotations

import numpy as np

from data.facts.columns import Subject
from data.facts.dataset import Dataset
from data.facts.deployment_set import Deployments, join, versions_chosen
from data.facts.deployments import deployments, linked_incidents
from data.facts.past import chosen_at
from data.facts.reported import deployed_issues, places_of_keys, projects_of
from data.facts.rows import Rows
from data.values.arrays import Codes, Instants, Positions

Pairs = tuple[Positions, Codes]  # row, and the place of an issue or a version


def issues_of(facts: Dataset, rows: Rows, instants: Instants | None = None) -> Pairs:
    """(row, issue) pairs, only of issues that pass the filters. A row passes the filters where one of its issues does,
    so a filter and a group that name the same attribute hold the same rows. `instants`: by row, the instant (µs) of
    whose attributes the filters are; None: those of now.
    """
    own = np.flatnonzero(rows.issue >= 0)
    pairs: list[Pairs] = [(own, rows.issue[own].astype(np.int64))]
    if "deployment" in rows.columns:
        pairs += _of_recoveries(facts, rows.columns["deployment"])
    else:
        fixed, version = facts.tables.fix_versions, rows.version
        row = np.flatnonzero(version >= 0)
        deployment = rows.subjects.ids_of(Subject.DEPLOYMENT)
        if (deployment >= 0).any():
            place, named = facts.once(deployed_issues)
            of_report = np.flatnonzero(deployment >= 0)
            pairs.append(join(of_report, deployment[of_report], place, named))
        change = rows.subjects.ids_of(Subject.CHANGE)
        if (change >= 0).any():
            pairs.append(_of_changes(facts, change))
        pairs.append(join(row, version[row], fixed["version"].to_numpy(), fixed["issue"].to_numpy()))
    row, issue = (np.concatenate(each).astype(np.int64) for each in zip(*pairs, strict=True))
    if instants is None:
        kept = facts.chosen[issue]
    else:
        kept = chosen_at(facts, issue, instants[row], of_sprints="sprint" in rows.columns)
    return row[kept], issue[kept]


def _of_changes(facts: Dataset, change: Positions) -> Pairs:
    """The issue that a reported change names, where it is known here."""
    places, keys = facts.once(places_of_keys), facts.deliveries.changes.issue
    found = [(row, places[keys[change[row]]]) for row in np.flatnonzero(change >= 0) if keys[change[row]] in places]
    table = np.array(found, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _of_recoveries(facts: Dataset, deployment: Positions) -> list[Pairs]:
    """What recoveries are about besides their own issue: the issues of their deployment, and its incidents."""
    found: Deployments = facts.once(deployments)
    row = np.flatnonzero(deployment >= 0)
    out: list[Pairs] = []
    for issue, group in (found.groups_of_issues(facts), facts.once(linked_incidents)):
        own = issue < len(facts.tables)  # what lies beyond is a reported incident
        out.append(join(row, deployment[row], group[own], issue[own]))
    return out


def projects_beside_issues(facts: Dataset, rows: Rows) -> tuple[Positions, list[str]]:
    """(row, project) pairs of rows that have a project of their own: versions, and what other systems report."""
    version = rows.version
    row = np.flatnonzero(version >= 0)
    row = row[facts.once(versions_chosen)[version[row]]]
    places, names = [row], facts.tables.versions["project"].to_numpy(dtype=object)[version[row]].tolist()
    known = facts.deliveries
    for kind, reported in (
        (Subject.DEPLOYMENT, known.deployments),
        (Subject.INCIDENT, known.incidents),
        (Subject.CHANGE, known.deployments),
    ):
        own = np.flatnonzero(rows.subjects.kind == kind)
        if len(own):
            id = rows.subjects.id[own]
            projects = projects_of(facts, reported)[known.changes.deployment[id] if kind == Subject.CHANGE else id]
            keep = np.array([facts.filters.allows("project", str(each)) for each in projects], dtype=bool)
            places.append(own[keep])
            names += projects[keep].tolist()
    return np.concatenate(places), names
