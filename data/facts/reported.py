"""What other systems report, in the terms of facts: which project, which issues, whether the filters choose it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from data.facts.attributes import empty_passes
from data.facts.dataset import Dataset
from data.facts.rows import Sieve
from data.tables.deliveries import Reported
from data.tables.frames import NEVER
from data.values.arrays import Instants, Mask, Objects, Positions
from data.values.exclusion import Exclusion
from data.values.names import name_key, name_keys
from data.values.reported import ReportState, project_names


def from_jira(facts: Dataset) -> bool:
    """Whether deployments and incidents of Jira count."""
    return facts.definitions.delivery_source != "reported"


def from_reports(facts: Dataset) -> bool:
    """Whether deployments and incidents of other systems count."""
    return facts.definitions.delivery_source != "jira"


def projects_of(facts: Dataset, reported: Reported) -> Objects:
    """The project of each, by the names that the settings give; else as its system names it."""
    known = project_names(facts.definitions.reported_projects)
    names = reported.texts("project")
    return _objects([known.get(name_key(each), each) for each in names])


def places_of_keys(facts: Dataset) -> dict[str, int]:
    """Key of an issue → its place."""
    return {str(key): n for n, key in enumerate(facts.tables.issues["key"])}


def issues_named(facts: Dataset, reported: Reported) -> tuple[Positions, Positions]:
    """(place of a deployment or incident, issue) pairs of the issues that reports name and that are known here."""
    known = facts.once(places_of_keys)
    pairs = [
        (n, known[key])
        for n, each in enumerate(reported.reports)
        for key in dict.fromkeys((*each.issues, *(change.issue for change in each.changes)))
        if key in known
    ]
    place, issue = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(place, dtype=np.int64), np.array(issue, dtype=np.int64)


def deployed_issues(facts: Dataset) -> tuple[Positions, Positions]:
    """(place of a reported deployment, issue) pairs."""
    return issues_named(facts, facts.deliveries.deployments)


def chosen_reports(facts: Dataset, reported: Reported, pairs: tuple[Positions, Positions]) -> Mask:
    """Those that pass the filters: with an issue that passes, or of a project that passes where, with other filters,
    one of the issues passes these. One that names no issue of this site has no value in any field but its project.
    """
    others = facts.filters.without("project")
    names = projects_of(facts, reported).tolist()
    allowed = {each: facts.filters.allows("project", each) for each in dict.fromkeys(names)}
    keep = np.array([allowed[each] for each in names], dtype=bool)
    place, issue = pairs
    if facts.within is not None or others.where:
        has = np.full(len(reported), facts.within is None and empty_passes(others.where))
        has[place] = False
        has[place[facts.narrowed(others).chosen[issue]]] = True
        keep &= has
    keep[place[facts.chosen[issue]]] = True
    return keep


def deployments_chosen(facts: Dataset) -> Mask:
    """Reported deployments that pass the filters."""
    return chosen_reports(facts, facts.deliveries.deployments, facts.once(deployed_issues))


def incidents_chosen(facts: Dataset) -> Mask:
    """Reported incidents that pass the filters."""
    incidents = facts.deliveries.incidents
    return chosen_reports(facts, incidents, issues_named(facts, incidents))


def sieve_of_deployments(facts: Dataset) -> Sieve:
    """Leaves out what is no deployment to production."""
    reported = facts.deliveries.deployments
    sieve = Sieve(len(reported))
    production = name_keys(facts.definitions.production_environments)
    environments = [name_key(str(each)) for each in reported.texts("environment")]
    states = reported.states
    sieve.drop(_mask(not each for each in environments), Exclusion.NO_ENVIRONMENT)
    sieve.drop(_mask(each not in production for each in environments), Exclusion.NOT_PRODUCTION)
    sieve.drop(_mask(each is ReportState.RUNNING for each in states), Exclusion.STILL_RUNNING)
    sieve.drop(_mask(each is ReportState.NOT_DEPLOYED for each in states), Exclusion.NOT_DEPLOYED)
    return sieve.drop(reported.ended > facts.now, Exclusion.IN_THE_FUTURE)


def source_words(reported: Reported, chosen: Mask | None = None) -> str:
    """Which systems reported how many, in words; of some or of all.

    >>> source_words(Reported((), np.zeros(0, np.int64), np.zeros(0, np.int64)))
    ''
    """
    sources = reported.texts("source")
    names, counts = np.unique((sources if chosen is None else sources[chosen]).astype(str), return_counts=True)
    return ", ".join(f"{name} ({count:,})" for name, count in zip(names.tolist(), counts.tolist(), strict=True))


def _mask(values: Iterable[bool]) -> Mask:
    return np.array(list(values), dtype=bool)


def _objects(values: list[str]) -> Objects:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def instants_of_deployments(reported: Reported) -> Instants:
    """When each reported deployment was done; where it has not ended, when it began; else when it was said (µs)."""
    said = np.array([each.at for each in reported.reports], dtype=np.int64)
    return np.where(reported.ended != NEVER, reported.ended, np.where(reported.began != NEVER, reported.began, said))
