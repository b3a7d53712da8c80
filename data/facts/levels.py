"""Which issues count as items: those of the standard level that are work (`of_level`), with a complete history (`recorded`)."""

from __future__ import annotations

from data.facts.dataset import Dataset
from data.facts.rows import Sieve
from data.values.arrays import Positions
from data.values.exclusion import Exclusion


def of_level(facts: Dataset, issue: Positions) -> Sieve:
    """A sieve over these issues that leaves out sub-tasks and epics, unless the definitions count them, and deployment
    tickets: issues of the types that are deployments.
    """
    sieve = Sieve(len(issue))
    if not facts.definitions.all_levels:
        level = facts.tables.issues["hierarchy"].to_numpy()[issue]
        sieve.drop(level < 0, Exclusion.SUB_TASK).drop(level > 0, Exclusion.HIGHER_LEVEL)
    if facts.definitions.deployment_types:
        sieve.drop(facts.of_type(facts.definitions.deployment_types)[issue], Exclusion.DEPLOYMENT_TICKET)
    return sieve


def recorded(facts: Dataset, issue: Positions) -> Sieve:
    """The same, and without issues whose history Jira gave only in part."""
    complete = facts.tables.issues["history_complete"].to_numpy()[issue]
    return of_level(facts, issue).drop(~complete, Exclusion.INCOMPLETE_HISTORY)
