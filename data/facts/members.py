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
from data.facts.reported import deployed_issues
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
        pairs.append(join(row, version[row], fixed["version"].to_numpy(), fixed["issue"].to_numpy()))
    row, issue = (np.concatenate(each).astype(np.int64) for each in zip(*pairs, strict=True))
    if instants is None:
        kept = facts.chosen[issue]
    else:
        kept = chosen_at(facts, issue, instants[row], of_sprints="sprint" in rows.columns)
    return row[kept], issue[kept]


def _of_recoveries(facts: Dataset, deployment: Positions) -> list[Pairs]:
    """What recoveries are about besides their own issue: the issues of their deployment, and its incidents."""
    found: Deployments = facts.once(deployments)
    row = np.flatnonzero(deployment >= 0)
    out: list[Pairs] = []
    for issue, group in (found.groups_of_issues(facts), facts.once(linked_incidents)):
        own = issue < len(facts.tables)  # what lies beyond is a reported incident
        out.append(join(row, deployment[row], group[own], issue[own]))
    return out


def versions_of(facts: Dataset, rows: Rows) -> Pairs:
    """(row, version) pairs, only of versions that pass the filters."""
    version = rows.version
    row = np.flatnonzero(version >= 0)
    row = row[facts.once(versions_chosen)[version[row]]]
    return row, version[row].astype(np.int64)
