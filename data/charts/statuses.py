"""Statuses in the order in which work goes through them."""

from __future__ import annotations

import numpy as np

from data.facts.dataset import Dataset
from data.facts.status_groups import status_groups, status_titles
from data.values.arrays import Codes


def workflow_order(facts: Dataset) -> Codes:
    """Codes of the in-progress statuses that the chosen issues have visited, earliest on their way first; of statuses
    that are one, the one that stands for them.

    Each issue numbers the in-progress statuses in the order of its first visits; a status stands where it is on
    average, equal ones in Jira's order.
    """
    stays = facts.stays
    there = stays.are(facts.roles.progress) & facts.chosen[stays.issue] & (stays.left > stays.entered)
    issue, status = stays.issue[there].astype(np.int64), facts.once(status_groups)[stays.status[there]]
    size = len(facts.tables.statuses)
    if not len(issue):
        return np.zeros(0, dtype=np.int64)
    _, first = np.unique(issue * size + status, return_index=True)
    first.sort()  # stays are in order of issue and time
    issue, status = issue[first], status[first]
    begin = np.flatnonzero(np.concatenate(([True], issue[1:] != issue[:-1])))
    rank = np.arange(len(issue)) - np.repeat(begin, np.diff(np.append(begin, len(issue))))
    visits = np.bincount(status, minlength=size)
    mean = np.bincount(status, weights=rank, minlength=size) / np.maximum(visits, 1)
    codes = np.flatnonzero(visits)
    return codes[np.lexsort((codes, mean[codes]))]


def names(facts: Dataset, codes: Codes) -> list[str]:
    """What the statuses are called."""
    titles = facts.once(status_titles)
    return [titles[n] for n in codes.tolist()]


def kinds(facts: Dataset, codes: Codes) -> list[str]:
    """blocked, active, waiting or in progress, by the settings."""
    roles = facts.roles
    out = []
    for code in codes.tolist():
        if roles.blocked[code]:
            out.append("blocked")
        elif roles.active[code]:
            out.append("active")
        else:
            out.append("waiting" if roles.waiting[code] else "in progress")
    return out
