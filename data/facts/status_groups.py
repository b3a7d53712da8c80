"""Statuses that are one to people: projects that are managed by their teams have each a status "In Review" of its
own.
"""

from __future__ import annotations

import numpy as np

from data.facts.dataset import Dataset
from data.tables.status_labels import labels
from data.values.arrays import Codes
from data.values.names import name_key


def status_groups(facts: Dataset) -> Codes:
    """By status code the code that stands for it; at the last place -1, for an unknown status.

    Statuses of the same name, the same category of Jira and the same meaning here are one: the first of them stands for
    all. By the definition `statuses_by` each may stand for itself.
    """
    if facts.definitions.statuses_by == "id":
        return np.append(np.arange(len(facts.tables.statuses), dtype=np.int64), -1)
    return facts.once(_groups_by_name)


def share_names(facts: Dataset) -> bool:
    """Whether by name some statuses that issues have been in are one, so that the definition `statuses_by` matters."""
    visited = np.flatnonzero(np.bincount(facts.stays.status[facts.stays.status >= 0]))
    return len(np.unique(facts.once(_groups_by_name)[visited])) < len(visited)


def _groups_by_name(facts: Dataset) -> Codes:
    table, roles = facts.tables.statuses, facts.roles
    out = np.append(np.arange(len(table), dtype=np.int64), -1)
    first: dict[tuple[object, ...], int] = {}
    means = zip(roles.phases, roles.active.tolist(), roles.waiting.tolist(), roles.blocked.tolist(), strict=True)
    for code, (name, category, meaning) in enumerate(zip(table["name"], table["category"], means, strict=True)):
        out[code] = first.setdefault((name_key(str(name)), str(category), *meaning), code)
    return out


def status_titles(facts: Dataset) -> list[str]:
    """By status code what it is called in charts and lists."""
    return labels(facts.tables, facts.once(status_groups))
