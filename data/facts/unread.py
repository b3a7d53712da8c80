"""Lists that Jira did not show to this account, and the numbers that need them: a number says what it lacks."""

from __future__ import annotations

from data.facts.dataset import Dataset
from data.facts.deployment_set import uses_versions
from data.facts.reported import from_jira
from data.values.unread import Unread

_NAMED = 5
_BY_PROJECT = ("versions", "boards")
_OF_DEPLOYMENTS = ("deployment_frequency", "change_failure_rate", "deployment_rework_rate", "mean_time_to_recovery")


def missing_lists(facts: Dataset, *kinds: str) -> tuple[Unread, ...]:
    """The lists of these kinds that are missing, as far as they concern the projects that the filters choose."""
    return tuple(
        each
        for each in facts.tables.unread
        if each.what in kinds
        and (
            each.what not in _BY_PROJECT
            or not each.names
            or any(facts.filters.allows("project", name) for name in each.names)
        )
    )


def sentences(missing: tuple[Unread, ...]) -> list[str]:
    """A sentence or two for each.

    >>> sentences((Unread("versions", ("A", "B"), "Jira refused.", "Ask."),))
    ['The versions of A, B could not be read at the last sync. Jira refused. Ask.']
    """
    return [
        f"The {each.what}{_of(each)} could not be read at the last sync. {each.why} {each.todo}" for each in missing
    ]


def _of(unread: Unread) -> str:
    more = f" and {len(unread.names) - _NAMED} more" if len(unread.names) > _NAMED else ""
    return f" of {', '.join(unread.names[:_NAMED])}{more}" if unread.names else ""


def needed_by(metric: str, family: str, facts: Dataset) -> tuple[str, ...]:
    """Which kinds of lists a metric is made of, with the settings and the mapping in force."""
    if metric in _OF_DEPLOYMENTS:
        return ("versions",) if uses_versions(facts) else ()
    if metric == "lead_time_for_changes":
        return ("versions",) if from_jira(facts) and facts.field("deployed_to_production_date") is None else ()
    if family == "sprint" or metric == "sprint_problematic_score":
        return ("boards", "sprints")
    return ("comments",) if family == "collaboration" else ()
