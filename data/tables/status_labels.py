"""What statuses are called where several share a name: by the projects whose issues were in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from data.tables.tidy import Tables
from data.values.arrays import Codes
from data.values.names import name_key

NO_LONGER = "no longer in Jira"
NAMED = 3  # projects that a label names


def labels(tables: Tables, group: Codes | None = None) -> list[str]:
    """By status code what it is called: its name; where another status that issues were in has that name too, with the
    projects of its issues, or with what tells a status that Jira no longer lists. group: by code the status that
    stands for it; statuses of one group are called the same.

    >>> from data.facts.examples import empty_tables
    >>> labels(empty_tables())
    ['To Do', 'In Progress', 'In Review', 'Done']
    """
    names = [str(each) for each in tables.statuses["name"]]
    stands = np.arange(len(names)) if group is None else group[: len(names)]
    used = _visited(tables)
    gone = set(tables.gone_statuses["status"].tolist())
    groups = {int(stands[code]) for code in used}
    shared, living = (Counter(name_key(names[code]) for code in some) for some in (groups, groups - gone))
    out = [names[code] for code in stands.tolist()]
    if all(count < 2 for count in shared.values()):
        return out
    projects = _projects(tables, stands)
    taken: Counter[str] = Counter()
    made: dict[int, str] = {}
    for code in sorted({int(each) for each in stands}):
        said = names[code]
        if shared[name_key(said)] > 1 and code in gone:
            said = f"{said} ({NO_LONGER})"
        elif living[name_key(said)] > 1 and projects.get(code):
            said = f"{said} · {in_short(projects[code])}"
        taken[name_key(said)] += 1
        nth = taken[name_key(said)]
        made[code] = said if nth == 1 or code not in used else f"{said} ({nth})"
    return [made[code] for code in stands.tolist()]


def in_short(projects: Sequence[str]) -> str:
    """Some projects in few words.

    >>> in_short(["A", "B"]), in_short(["A", "B", "C", "D", "E"])
    ('A, B', 'A, B, C and 2 more')
    """
    more = len(projects) - NAMED
    return ", ".join(projects[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _visited(tables: Tables) -> Collection[int]:
    """Codes of the statuses that issues are or were in."""
    changes = tables.changes
    everything = (changes["source"], changes["target"], tables.issues["status"])
    return {int(code) for part in everything for code in part.unique() if code >= 0}


def _projects(tables: Tables, stands: Codes) -> dict[int, list[str]]:
    """The projects of the issues that were in each group of statuses, by name."""
    project = tables.issues["project"].cat
    codes, keys = project.codes.to_numpy().astype(np.int64), [str(each) for each in project.categories]
    changes, count = tables.changes, len(keys) + 1
    owner = codes[changes["issue"].to_numpy()]
    status = np.concatenate((changes["source"], changes["target"], tables.issues["status"])).astype(np.int64)
    whose = np.concatenate((owner, owner, codes))
    pairs = np.unique(stands[status[status >= 0]] * count + whose[status >= 0])
    out: dict[int, list[str]] = {}
    for pair in pairs.tolist():
        if pair % count < len(keys):
            out.setdefault(pair // count, []).append(keys[pair % count])
    return {code: sorted(names) for code, names in out.items()}
