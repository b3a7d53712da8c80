"""Deployments and what became of them: one set for frequency, failure rate, rework and recovery."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.facts.attributes import empty_passes
from data.facts.columns import Column, Kind, Subject, fact
from data.facts.dataset import Dataset
from data.facts.incidents import incidents
from data.facts.outcome_words import evidence
from data.facts.query import MetricQuery
from data.facts.rows import Rows, Sieve, Subjects
from data.tables.frames import NEVER
from data.tables.tidy import microseconds
from data.values.arrays import Codes, Instants, Mask, Positions
from data.values.exclusion import Exclusion
from data.values.names import name_keys, places_of
from data.values.periods import first_instant, zone_named

_HOUR = 3_600_000_000
UNKNOWN, WORKED, FAILED = -1, 0, 1


_CANDIDATE = (
    Column("group", Kind.CODE, "the deployment that the candidate belongs to; -1 where it is left out"),
    Column("head", Kind.FLAG, "the first row of its deployment"),
    Column("completed", Kind.INSTANT, "the deployment"),
)


@dataclass(frozen=True)
class Deployments:
    """Candidates in any order, those that the filters leave out included: filters choose what is counted, and what
    became of a deployment does not depend on them. `group`: number of the deployment a used candidate belongs to, -1
    where left out.
    """

    by_versions: bool
    at: Instants  # µs
    subjects: Subjects
    sieve: Sieve
    chosen: Mask  # by candidate: it passes the filters
    group: Codes
    count: int  # number of deployments
    group_at: Instants  # µs, by deployment
    day_precision: bool

    @property
    def issue(self) -> Positions:
        """Places in the table of issues; -1 where a candidate is a version."""
        return self.subjects.ids_of(Subject.ISSUE)

    @property
    def version(self) -> Positions:
        """Places in the table of versions; -1 where a candidate is an issue."""
        return self.subjects.ids_of(Subject.VERSION)

    def groups_of_issues(self, facts: Dataset) -> tuple[Positions, Codes]:
        """(issue, deployment) pairs: the tickets of a deployment, or the issues fixed in a version."""
        used = self.group >= 0
        if not self.by_versions:
            return self.issue[used], self.group[used]
        fixed = facts.tables.fix_versions
        place = np.full(len(facts.tables.versions) + 1, -1, dtype=np.int64)
        place[self.version[used]] = self.group[used]
        group = place[fixed["version"].to_numpy()]
        return fixed["issue"].to_numpy()[group >= 0], group[group >= 0]


def uses_versions(facts: Dataset) -> bool:
    """Whether released versions are the deployments, by the setting."""
    source = facts.definitions.deployment_source
    return source == "versions" or (source == "auto" and facts.field("deployment_date") is None)


def deployments(facts: Dataset) -> Deployments:
    """All candidates, with the reason where one is no deployment."""
    return _from_versions(facts) if uses_versions(facts) else _from_issues(facts)


def _from_issues(facts: Dataset) -> Deployments:
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
    group, count, group_at = _grouped(key, at, used)
    subjects = Subjects.all(Subject.ISSUE, issue)
    by_day = facts.date_only("deployment_date")
    return Deployments(False, at, subjects, sieve, chosen, group, count, group_at, by_day)


def _grouped(key: Positions, at: Instants, used: Mask) -> tuple[Codes, int, Instants]:
    """Number the deployments: used candidates with equal keys are one."""
    group = np.full(len(at), -1, dtype=np.int64)
    if not used.any():
        return group, 0, np.zeros(0, dtype=np.int64)
    distinct, first, inverse = np.unique(key[used], axis=0, return_index=True, return_inverse=True)
    group[used] = inverse.reshape(-1)
    return group, len(distinct), at[used][first]


def _from_versions(facts: Dataset) -> Deployments:
    instants = facts.once(version_instants)
    released = facts.tables.versions["released"].to_numpy()
    version = np.flatnonzero((instants != NEVER) | released)
    at, chosen = instants[version], facts.once(versions_chosen)[version]
    sieve = Sieve(len(version))
    sieve.drop(at == NEVER, Exclusion.VERSION_UNDATED)
    sieve.drop(~released[version], Exclusion.VERSION_NOT_RELEASED).drop(at > facts.now, Exclusion.IN_THE_FUTURE)
    used = sieve.reason == 0
    group, count, group_at = _grouped(version[:, None], at, used)
    subjects = Subjects.all(Subject.VERSION, version)
    return Deployments(True, at, subjects, sieve, chosen, group, count, group_at, True)


def undated(facts: Dataset) -> int:
    """How many released versions that pass the filters have no release date."""
    released = facts.tables.versions["released"].to_numpy()
    return int(np.count_nonzero((facts.once(version_instants) == NEVER) & released & versions_chosen(facts)))


def undated_words(facts: Dataset) -> str:
    """That released versions have no release date, and what to do; empty text where each has one.

    Nobody can say in which period such a version was deployed, so it is left out of every one.
    """
    count = undated(facts)
    if not count:
        return ""
    said = "1 released version has" if count == 1 else f"{count:,} released versions have"
    return f"{said} no release date. Give {'it' if count == 1 else 'them'} one in Jira."


def with_undated(rows: Rows, query: MetricQuery) -> Rows:
    """The deployments of the period, and the released versions of which nobody knows when they were deployed."""
    low, high = np.searchsorted(rows.at, [query.start, query.end], side="left")
    return rows.take(np.concatenate((np.flatnonzero(rows.at == NEVER), np.arange(low, high))))


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


def linked_incidents(facts: Dataset) -> tuple[Positions, Codes]:
    """(incident issue, deployment) pairs made by the chosen link phrases, both sides of the link read."""
    found: Deployments = facts.once(deployments)
    issue, group = found.groups_of_issues(facts)
    is_incident = facts.once(incidents).mask
    links = facts.tables.links
    codes = places_of(facts.definitions.incident_links, links["phrase"].cat.categories)
    chosen = np.isin(links["phrase"].cat.codes.to_numpy(), codes) & (links["other"].to_numpy() >= 0)
    source, target = links["issue"].to_numpy()[chosen], links["other"].to_numpy()[chosen]
    from_incident = is_incident[source]
    return join(source[from_incident], target[from_incident], issue, group)


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


@dataclass(frozen=True)
class Outcomes:
    """What became of each deployment, and which evidence there is."""

    state: Codes  # by deployment: FAILED, WORKED or UNKNOWN
    sources: tuple[str, ...]  # what was looked at, in words
    unknown: tuple[
        str, ...
    ] = ()  # by deployment: why its value says nothing; empty text: it says something, or is empty


def outcomes(facts: Dataset) -> Outcomes:
    """Failed, worked or unknown for every deployment, by the sources that the settings and the mapping give."""
    found: Deployments = facts.once(deployments)
    failed = np.zeros(found.count, dtype=bool)
    known = np.zeros(found.count, dtype=bool)
    sources: list[str] = []
    used = found.group >= 0
    issue, group = found.issue[used], found.group[used]
    unknown = [""] * found.count
    for name in () if found.by_versions else ("deployment_successful", "production_impact"):
        said = evidence(facts, name, issue, group, found.count)
        if said is None:
            continue
        sources.append(name.replace("_", " "))
        failed |= said.failed
        known |= said.worked | (name == "production_impact")  # an empty impact is none
        unknown = [first or then for first, then in zip(unknown, said.unknown, strict=True)]
        if name == "deployment_successful" and facts.definitions.empty_success_means == "no":
            failed |= said.empty
    _, blamed = facts.once(linked_incidents)
    if len(blamed):
        sources.append("linked incidents")
        failed[blamed] = True
        known[:] = True
    window = facts.definitions.failure_window_hours
    happened = facts.once(incidents)
    if window and happened.mask.any():
        sources.append(f"incidents within {window:g} h")
        there = happened.mask & (happened.detected != NEVER)
        project = facts.tables.issues["project"].cat.codes.to_numpy()
        failed |= followed_by_incident(
            found.group_at, _projects(facts, found), happened.detected[there], project[there], int(window * _HOUR)
        )
        known[:] = True
    worked = known & np.array([not each for each in unknown], dtype=bool)
    state = np.where(failed, FAILED, np.where(worked, WORKED, UNKNOWN))
    return Outcomes(state, tuple(sources), tuple(unknown))


def _projects(facts: Dataset, deployments: Deployments) -> Codes:
    """The project of each deployment, as a place among the projects of issues; -1 for a project without issues."""
    out = np.full(deployments.count, -1, dtype=np.int64)
    used = deployments.group >= 0
    column = facts.tables.issues["project"].cat
    if not deployments.by_versions:
        out[deployments.group[used]] = column.codes.to_numpy()[deployments.issue[used]]
        return out
    place = {name: n for n, name in enumerate(column.categories)}
    names = facts.tables.versions["project"].to_numpy()[deployments.version[used]]
    out[deployments.group[used]] = [place.get(name, -1) for name in names]
    return out


def followed_by_incident(at: Instants, project: Codes, when: Instants, where: Codes, within: int) -> Mask:
    """By deployment (`at`, `project`): whether it was the latest one of its project when an incident of that project
    (`when`, `where`) began, at most `within` µs after it. Deployments at one instant are all the latest.

    >>> at, project = np.array([10, 20, 30]), np.array([0, 1, 0])
    >>> followed_by_incident(at, project, np.array([35, 15, 19]), np.array([1, 0, 1]), 10).tolist()
    [True, False, False]
    """
    out = np.zeros(len(at), dtype=bool)
    for code in np.unique(where):
        own = np.flatnonzero(project == code)
        instants, happened = np.sort(at[own]), when[where == code]
        place = np.searchsorted(instants, happened, side="right")
        latest = instants[place[place > 0] - 1]
        near = happened[place > 0] - latest <= within
        out[own] |= np.isin(at[own], latest[near])
    return out


@fact(
    "deployments",
    *_CANDIDATE,
    title="Deployments: tickets or released versions",
    at="deployment",
    subjects=(Subject.ISSUE, Subject.VERSION),
)
def deployment_rows(facts: Dataset) -> Rows:
    """Candidates that pass the filters, at their date. Columns: group, head (first row of its deployment), completed
    (µs).
    """
    found: Deployments = facts.once(deployments)
    chosen = np.flatnonzero(found.chosen)
    group = found.group[chosen]
    head = np.zeros(len(chosen), dtype=bool)
    used = np.flatnonzero(group >= 0)
    head[used[np.unique(group[used], return_index=True)[1]]] = True
    at = found.at[chosen]
    return found.sieve.take(chosen).rows(at, found.subjects.take(chosen), group=group, head=head, completed=at)


@fact(
    "deployment_outcomes",
    *_CANDIDATE,
    Column("failed", Kind.FLAG, "it led to a failure"),
    title="Deployments of which the outcome is known",
    at="deployment",
    subjects=(Subject.ISSUE, Subject.VERSION),
)
def outcome_rows(facts: Dataset) -> Rows:
    """Deployment rows with column failed; deployments of unknown outcome are left out."""
    rows = facts.once(deployment_rows)
    known = facts.once(outcomes)
    of_row = np.append(known.state, UNKNOWN)[rows.columns["group"]]
    sieve = Sieve.of(rows)
    words = np.array([*known.unknown, ""], dtype=object)[rows.columns["group"]]
    for why in dict.fromkeys(each for each in words[of_row == UNKNOWN] if each):
        sieve.drop_as((of_row == UNKNOWN) & (words == why), why)
    sieve.drop(of_row == UNKNOWN, Exclusion.OUTCOME_UNKNOWN)
    return Rows(
        rows.at, rows.subjects, sieve.reason, tuple(sieve.reasons), {**rows.columns, "failed": of_row == FAILED}
    )


@fact(
    "deployment_rework",
    *_CANDIDATE,
    Column("rework", Kind.FLAG, "it was made to fix a user-facing bug"),
    title="Deployments, and whether they were rework",
    at="deployment",
    subjects=(Subject.ISSUE, Subject.VERSION),
)
def rework_rows(facts: Dataset) -> Rows:
    """Deployment rows with column rework: made to fix a user-facing bug, by the chosen rule."""
    rows = facts.once(deployment_rows)
    found: Deployments = facts.once(deployments)
    rework = np.zeros(found.count, dtype=bool)
    rule = facts.definitions
    issue, group = found.groups_of_issues(facts)
    if found.by_versions:
        if rule.rework_version_types and len(issue):
            bug = facts.of_type(rule.rework_version_types)[issue]
            issues = np.bincount(group, minlength=found.count)
            rework = (issues > 0) & (np.bincount(group[bug], minlength=found.count) == issues)
    else:
        hit = facts.of_type(rule.rework_types) | facts.named(facts.tables.labels, rule.rework_labels)
        rework[group[hit[issue]]] = True
    of_row = np.append(rework, False)[rows.columns["group"]]
    return Rows(rows.at, rows.subjects, rows.reason, rows.reasons, {**rows.columns, "rework": of_row})
