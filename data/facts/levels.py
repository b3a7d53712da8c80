"""Which issues count as items: those of the standard level that are work (`of_level`), with a complete history
(`recorded`).
"""

from __future__ import annotations

import numpy as np

from data.facts.dataset import Dataset
from data.facts.past import attribute_at
from data.facts.rows import Sieve
from data.values.arrays import Instants, Positions
from data.values.exclusion import Exclusion
from data.values.names import places_of


def of_level(facts: Dataset, issue: Positions, seen: Instants | None = None) -> Sieve:
    """A sieve over these issues that leaves out sub-tasks and epics, unless the definitions count them, and deployment
    tickets: issues of the types that are deployments. `seen`: the instants (µs) just before which types and levels
    count; None: now.
    """
    sieve = Sieve(len(issue))
    if not facts.definitions.all_levels:
        now = facts.tables.issues["hierarchy"].to_numpy()
        level = now[issue] if seen is None else attribute_at(facts.tables, "hierarchy", issue, seen)
        sieve.drop(level < 0, Exclusion.SUB_TASK).drop(level > 0, Exclusion.HIGHER_LEVEL)
    if facts.definitions.deployment_types:
        column = facts.tables.issues["type"].cat
        of_type = column.codes.to_numpy()[issue] if seen is None else attribute_at(facts.tables, "type", issue, seen)
        tickets = places_of(facts.definitions.deployment_types, column.categories)
        sieve.drop(np.isin(of_type, tickets), Exclusion.DEPLOYMENT_TICKET)
    return sieve


def recorded(facts: Dataset, issue: Positions, seen: Instants | None = None) -> Sieve:
    """The same, and without issues whose history Jira gave only in part."""
    complete = facts.tables.issues["history_complete"].to_numpy()[issue]
    return of_level(facts, issue, seen).drop(~complete, Exclusion.INCOMPLETE_HISTORY)
