"""Deployments and what became of them: one set for frequency, failure rate, rework and recovery."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.facts.columns import Column, Kind, Subject, fact
from data.facts.dataset import Dataset
from data.facts.deployment_set import (
    Deployments,
    from_issues,
    from_versions,
    join,
    uses_versions,
    version_instants,
    versions_chosen,
)
from data.facts.incidents import incident_projects, incidents, withdrawn
from data.facts.outcome_words import evidence
from data.facts.query import MetricQuery
from data.facts.reported import from_jira, from_reports, projects_of
from data.facts.reported_deployments import from_reported, one_for_all, reported_causes, reported_outcomes
from data.facts.rows import Rows, Sieve
from data.facts.site_names import links_meant
from data.tables.frames import NEVER
from data.values.arrays import Codes, Instants, Mask, Positions
from data.values.exclusion import Exclusion

_HOUR = 3_600_000_000
UNKNOWN, WORKED, FAILED = -1, 0, 1


_CANDIDATE = (
    Column("group", Kind.CODE, "the deployment that the candidate belongs to; -1 where it is left out"),
    Column("head", Kind.FLAG, "the first row of its deployment"),
    Column("completed", Kind.INSTANT, "the deployment"),
)


def deployments(facts: Dataset) -> Deployments:
    """All candidates, with the reason where one is no deployment. What several sources tell of is one deployment."""
    if not from_reports(facts):
        return from_versions(facts) if uses_versions(facts) else from_issues(facts)
    if not from_jira(facts):
        return one_for_all(facts, [from_reported(facts)])
    ours = from_versions(facts) if uses_versions(facts) else from_issues(facts)
    return one_for_all(facts, [ours, from_reported(facts)])


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


def linked_incidents(facts: Dataset) -> tuple[Positions, Codes]:
    """(place of an incident, deployment) pairs made by the chosen link phrases, both sides of the link read, or
    reported with the incident.
    """
    found: Deployments = facts.once(deployments)
    linked = _by_links(facts, found)
    if not from_reports(facts):
        return linked
    named = reported_causes(facts, found)
    pairs = np.unique(np.column_stack([np.concatenate(each) for each in zip(linked, named, strict=True)]), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _by_links(facts: Dataset, found: Deployments) -> tuple[Positions, Codes]:
    issue, group = found.groups_of_issues(facts)
    is_incident = facts.once(incidents).mask[: len(facts.tables)]
    links = facts.tables.links
    chosen = links_meant(facts.tables, facts.definitions.incident_links) & (links["other"].to_numpy() >= 0)
    source, target = links["issue"].to_numpy()[chosen], links["other"].to_numpy()[chosen]
    from_incident = is_incident[source]
    return join(source[from_incident], target[from_incident], issue, group)


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
    unknown = [""] * found.count
    used &= found.issue >= 0
    issue, group = found.issue[used], found.group[used]
    for name in ("deployment_successful", "production_impact") if found.tickets else ():
        said = evidence(facts, name, issue, group, found.count)
        if said is None:
            continue
        sources.append(name.replace("_", " "))
        failed |= said.failed
        known |= said.worked | (name == "production_impact")  # an empty impact is none
        unknown = [first or then for first, then in zip(unknown, said.unknown, strict=True)]
        if name == "deployment_successful" and facts.definitions.empty_success_means == "no":
            failed |= said.empty
    if from_reports(facts):
        reported = reported_outcomes(facts, found)
        sources += ["reported outcome"] * bool((reported != UNKNOWN).any())
        failed |= reported == FAILED
        known |= reported != UNKNOWN
    _, blamed = facts.once(linked_incidents)
    if len(blamed):
        sources.append("linked incidents")
        failed[blamed] = True
        known[:] = True
    window = facts.definitions.failure_window_hours
    happened = facts.once(incidents)
    if window and happened.mask.any():
        sources.append(f"incidents within {window:g} h")
        there = happened.mask & (happened.detected != NEVER) & ~withdrawn(facts)
        of_incidents = incident_projects(facts).astype(str)
        names, codes = np.unique(np.concatenate((of_incidents, _projects(facts, found))), return_inverse=True)
        ours, project = codes[: len(of_incidents)], codes[len(of_incidents) :]
        project = np.where(names[project] == "", -1, project)  # nobody says of which it is
        ours = np.where(names[ours] == "", -2, ours)
        failed |= followed_by_incident(
            found.group_at, project, happened.detected[there], ours[there], int(window * _HOUR)
        )
        known[:] = True
    worked = known & np.array([not each for each in unknown], dtype=bool)
    state = np.where(failed, FAILED, np.where(worked, WORKED, UNKNOWN))
    return Outcomes(state, tuple(sources), tuple(unknown))


def _projects(facts: Dataset, deployments: Deployments) -> NDArray[np.str_]:
    """The project of each deployment; empty where none is said."""
    names = np.full(len(deployments.at), "", dtype=object)
    for places, table in (
        (deployments.issue, np.asarray(facts.tables.issues["project"], dtype=object)),
        (deployments.version, facts.tables.versions["project"].to_numpy(dtype=object)),
        (deployments.reported, projects_of(facts, facts.deliveries.deployments)),
    ):
        own = places >= 0
        names[own] = table[places[own]]
    out = np.full(deployments.count, "", dtype=object)
    used = np.flatnonzero(deployments.group >= 0)[::-1]
    out[deployments.group[used]] = names[used]
    return out.astype(str)


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
    title="Deployments: tickets, released versions, or reported ones",
    at="deployment",
    subjects=(Subject.ISSUE, Subject.VERSION, Subject.DEPLOYMENT),
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
    subjects=(Subject.ISSUE, Subject.VERSION, Subject.DEPLOYMENT),
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
    sieve.drop((of_row == UNKNOWN) & (rows.subjects.kind == Subject.DEPLOYMENT), Exclusion.OUTCOME_NOT_REPORTED)
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
    subjects=(Subject.ISSUE, Subject.VERSION, Subject.DEPLOYMENT),
)
def rework_rows(facts: Dataset) -> Rows:
    """Deployment rows with column rework: made to fix a user-facing bug, by the chosen rule."""
    rows = facts.once(deployment_rows)
    found: Deployments = facts.once(deployments)
    rework = np.zeros(found.count, dtype=bool)
    rule = facts.definitions
    issue, group = found.groups_of_issues(facts)
    whole = np.ones(found.count, dtype=bool)  # known by all issues in it, not by a ticket of its own
    whole[found.group[(found.group >= 0) & (found.issue >= 0)]] = False
    if rule.rework_version_types and len(issue):
        bug = facts.of_type(rule.rework_version_types)[issue]
        issues = np.bincount(group, minlength=found.count)
        rework = whole & (issues > 0) & (np.bincount(group[bug], minlength=found.count) == issues)
    hit = (facts.of_type(rule.rework_types) | facts.named(facts.tables.labels, rule.rework_labels))[issue]
    rework[group[hit & ~whole[group]]] = True
    of_row = np.append(rework, False)[rows.columns["group"]]
    sieve = Sieve.of(rows)
    if from_reports(facts):  # nothing says of them what they were made for
        judged = np.zeros(found.count, dtype=bool)
        judged[found.group[(found.group >= 0) & (found.reported < 0)]] = True
        judged[group] |= bool(rule.rework_version_types)
        sieve.drop(~np.append(judged, True)[rows.columns["group"]], Exclusion.NO_ISSUES_NAMED)
    return Rows(rows.at, rows.subjects, sieve.reason, tuple(sieve.reasons), {**rows.columns, "rework": of_row})
