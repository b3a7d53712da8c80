"""Deployments as tickets or released versions of Jira tell of them, and how issues belong to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.facts.attributes import empty_passes
from data.facts.columns import Subject
from data.facts.dataset import Dataset
from data.facts.reported import deployed_issues, from_jira
from data.facts.rows import Sieve, Subjects
from data.tables.frames import NEVER
from data.tables.tidy import microseconds
from data.values.arrays import Codes, Instants, Mask, Positions
from data.values.exclusion import Exclusion
from data.values.names import name_keys
from data.values.periods import first_instant, zone_named


@dataclass(frozen=True)
class Deployments:
    """Candidates in any order, those that the filters leave out included: filters choose what is counted, and what
    became of a deployment does not depend on them. `group`: number of the deployment a used candidate belongs to, -1
    where left out.
    """

    tickets: bool  # issues of Jira are deployments
    at: Instants  # µs
    subjects: Subjects
    sieve: Sieve
    chosen: Mask  # by candidate: it passes the filters
    group: Codes
    count: int  # number of deployments
    group_at: Instants  # µs, by deployment
    day_precision: Mask  # by deployment: only its day is known

    @property
    def issue(self) -> Positions:
        """Places in the table of issues; -1 where a candidate is a version."""
        return self.subjects.ids_of(Subject.ISSUE)

    @property
    def version(self) -> Positions:
        """Places in the table of versions; -1 where a candidate is an issue."""
        return self.subjects.ids_of(Subject.VERSION)

    @property
    def reported(self) -> Positions:
        """Places among the reported deployments; -1 where a candidate is of Jira."""
        return self.subjects.ids_of(Subject.DEPLOYMENT)

    def groups_of_reports(self, facts: Dataset) -> Codes:
        """By reported deployment: its deployment; -1 where it is left out."""
        out = np.full(len(facts.deliveries.deployments), -1, dtype=np.int64)
        own = self.reported >= 0
        out[self.reported[own]] = self.group[own]
        return out

    def groups_of_issues(self, facts: Dataset) -> tuple[Positions, Codes]:
        """(issue, deployment) pairs: the tickets of a deployment, the issues fixed in a version, those that a report
        names.
        """
        used = self.group >= 0
        own = used & (self.issue >= 0)
        pairs: list[tuple[Positions, Codes]] = [(self.issue[own].astype(np.int64), self.group[own])]
        if (versions := used & (self.version >= 0)).any():
            fixed = facts.tables.fix_versions
            of_version = np.full(len(facts.tables.versions) + 1, -1, dtype=np.int64)
            of_version[self.version[versions]] = self.group[versions]
            group = of_version[fixed["version"].to_numpy()]
            pairs.append((fixed["issue"].to_numpy()[group >= 0], group[group >= 0]))
        if (self.reported >= 0).any():
            place, issue = facts.once(deployed_issues)
            group = self.groups_of_reports(facts)[place]
            pairs.append((issue[group >= 0], group[group >= 0]))
        if len(pairs) == 1:
            return pairs[0]
        both = np.unique(np.column_stack([np.concatenate(each) for each in zip(*pairs, strict=True)]), axis=0)
        return both[:, 0], both[:, 1]


def uses_versions(facts: Dataset) -> bool:
    """Whether released versions are the deployments, by the setting."""
    if not from_jira(facts):
        return False
    source = facts.definitions.deployment_source
    return source == "versions" or (source == "auto" and facts.field("deployment_date") is None)


def from_issues(facts: Dataset) -> Deployments:
    date = facts.field("deployment_date")
    if date is None:
        date = np.full(len(facts.tables), NEVER, dtype=np.int64)
    issue = np.flatnonzero(date != NEVER)
    at, chosen = date[issue], facts.chosen[issue]
    sieve = Sieve(len(issue))
    if facts.definitions.deployment_types:
        sieve.drop(~facts.of_type(facts.definitions.deployment_types)[issue], Exclusion.NOT_A_DEPLOYMENT_TYPE)
    environment = np.full(len(issue), 0, dtype=np.int64)
    words = facts.field("target_environment")
    if words is not None:
        places = [name_keys(each or ()) for each in words[issue]]
        production = name_keys(facts.definitions.production_environments)
        facts.drop_unreadable(sieve, "target_environment", issue)
        sieve.drop(np.array([not each for each in places], dtype=bool), Exclusion.NO_ENVIRONMENT)
        sieve.drop(
            np.array([not production.intersection(each) for each in places], dtype=bool), Exclusion.NOT_PRODUCTION
        )
        _, environment = (
            np.unique([";".join(sorted(each)) for each in places], return_inverse=True) if places else (0, environment)
        )
    sieve.drop(at > facts.now, Exclusion.IN_THE_FUTURE)
    used = sieve.reason == 0
    if facts.definitions.deployment_merge == "each_issue":
        key = np.arange(len(issue), dtype=np.int64)[:, None]
    else:
        project = facts.tables.issues["project"].cat.codes.to_numpy()[issue].astype(np.int64)
        key = (
            np.column_stack((project, environment.astype(np.int64), at))
            if len(issue)
            else np.zeros((0, 3), dtype=np.int64)
        )
    group, count, group_at = grouped(key, at, used)
    subjects = Subjects.all(Subject.ISSUE, issue)
    by_day = facts.date_only("deployment_date")
    return Deployments(True, at, subjects, sieve, chosen, group, count, group_at, np.full(count, by_day))


def grouped(key: Positions, at: Instants, used: Mask) -> tuple[Codes, int, Instants]:
    """Number the deployments: used candidates with equal keys are one."""
    group = np.full(len(at), -1, dtype=np.int64)
    if not used.any():
        return group, 0, np.zeros(0, dtype=np.int64)
    distinct, first, inverse = np.unique(key[used], axis=0, return_index=True, return_inverse=True)
    group[used] = inverse.reshape(-1)
    return group, len(distinct), at[used][first]


def from_versions(facts: Dataset) -> Deployments:
    instants = facts.once(version_instants)
    released = facts.tables.versions["released"].to_numpy()
    version = np.flatnonzero((instants != NEVER) | released)
    at, chosen = instants[version], facts.once(versions_chosen)[version]
    sieve = Sieve(len(version))
    sieve.drop(at == NEVER, Exclusion.VERSION_UNDATED)
    sieve.drop(~released[version], Exclusion.VERSION_NOT_RELEASED).drop(at > facts.now, Exclusion.IN_THE_FUTURE)
    used = sieve.reason == 0
    group, count, group_at = grouped(version[:, None], at, used)
    subjects = Subjects.all(Subject.VERSION, version)
    return Deployments(False, at, subjects, sieve, chosen, group, count, group_at, np.ones(count, dtype=bool))


def version_instants(facts: Dataset) -> Instants:
    """First instant of the release date of each version in the local zone (µs), NEVER where there is no date."""
    zone = zone_named(facts.zone)
    days = facts.tables.versions["release_date"]
    return np.array([NEVER if day is None else microseconds(first_instant(day, zone)) for day in days], dtype=np.int64)


def versions_chosen(facts: Dataset) -> Mask:
    """Versions that pass the filters: of a project that passes and, with other filters, with at least one issue that
    does. A version without issues has no value in any field but its project.
    """
    versions, others = facts.tables.versions, facts.filters.without("project").where
    names = [str(each) for each in versions["project"]]
    allowed = {each: facts.filters.allows("project", each) for each in dict.fromkeys(names)}
    keep = np.array([allowed[each] for each in names], dtype=bool)
    if facts.within is not None or others:
        fixed = facts.tables.fix_versions
        version = fixed["version"].to_numpy()
        has = np.ones(len(versions), dtype=bool) & (facts.within is None and empty_passes(others))
        has[version] = False
        has[version[facts.chosen[fixed["issue"].to_numpy()]]] = True
        keep &= has
    return keep


def join(left: Positions, key: Positions, issue: Positions, group: Codes) -> tuple[Positions, Codes]:
    """Pairs (left, group) where key = issue; an issue may belong to several groups.

    >>> pairs = join(np.array([7, 8]), np.array([1, 2]), np.array([1, 1, 3]), np.array([10, 11, 12]))
    >>> [part.tolist() for part in pairs]
    [[7, 7], [10, 11]]
    """
    order = np.argsort(issue, kind="stable")
    issue, group = issue[order], group[order]
    low, high = np.searchsorted(issue, key, side="left"), np.searchsorted(issue, key, side="right")
    count = high - low
    place = np.repeat(low, count) + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(left, count), group[place]
