"""Deployments that other systems report, and how those of several sources become one set."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from data.facts.columns import Subject
from data.facts.dataset import Dataset
from data.facts.days import day_around
from data.facts.deployment_set import Deployments, grouped
from data.facts.incidents import incidents, same_incident, withdrawn
from data.facts.reported import deployments_chosen, instants_of_deployments, projects_of, sieve_of_deployments
from data.facts.rows import Sieve, Subjects
from data.facts.same_deployments import Told, groups_of
from data.values.arrays import Codes, Positions
from data.values.names import name_key, name_keys


def from_reported(facts: Dataset) -> Deployments:
    """What other systems report, each for itself."""
    reported, sieve = facts.deliveries.deployments, sieve_of_deployments(facts)
    at, places = instants_of_deployments(reported), np.arange(len(reported), dtype=np.int64)
    group, count, group_at = grouped(places[:, None], at, sieve.reason == 0)
    subjects = Subjects.all(Subject.DEPLOYMENT, places)
    chosen, by_day = facts.once(deployments_chosen), np.zeros(count, dtype=bool)
    return Deployments(False, at, subjects, sieve, chosen, group, count, group_at, by_day)


def one_for_all(facts: Dataset, parts: list[Deployments]) -> Deployments:
    """Candidates of several sources as one set: those that tell of the same deployment make one."""
    told, shift, groups, group_at, by_day = [], 0, [], [], []
    for part in parts:
        told += told_of(facts, part)
        groups.append(np.where(part.group >= 0, part.group + shift, -1))
        group_at.append(part.group_at)
        by_day.append(part.day_precision)
        shift += part.count
    number = np.array(groups_of(told), dtype=np.int64)
    count = int(number.max()) + 1 if len(number) else 0
    every, whole = np.concatenate(group_at), np.concatenate(by_day)
    at, plain = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool)
    # Of several the first that knows a time of day comes last, and stays.
    order = np.concatenate((np.flatnonzero(whole)[::-1], np.flatnonzero(~whole)[::-1]))
    at[number[order]], plain[number[order]] = every[order], whole[order]
    group = np.concatenate(groups)
    return Deployments(
        any(part.tickets for part in parts),
        np.concatenate([part.at for part in parts]),
        Subjects.joined([part.subjects for part in parts]),
        Sieve.joined([part.sieve for part in parts]),
        np.concatenate([part.chosen for part in parts]),
        np.where(group >= 0, np.append(number, -1)[group], -1),
        count,
        at,
        plain,
    )


def told_of(facts: Dataset, part: Deployments) -> list[Told]:
    """Each deployment of one source, in the order of its number, as it is compared with those of others."""
    out: list[Told | None] = [None] * part.count
    reported = facts.deliveries.deployments
    if len(part.subjects.id) and part.subjects.kind[0] == Subject.DEPLOYMENT:
        projects = projects_of(facts, reported).tolist()
        for place in np.flatnonzero(part.group >= 0).tolist():
            report = reported.reports[place]
            named = frozenset((*report.issues, *(each.issue for each in report.changes)))
            out[int(part.group[place])] = Told(
                report.source, int(part.at[place]), name_key(projects[place]), name_keys([report.environment]),
                name_keys([report.version]), report.commit.casefold(), issues=named,
            )  # a table: kept in its rows  # fmt: skip
    else:
        for number, each in enumerate(_told_in_jira(facts, part)):
            out[number] = each
    return [each for each in out if each is not None]


def _told_in_jira(facts: Dataset, part: Deployments) -> list[Told]:
    tables, words = facts.tables, facts.field("target_environment")
    keys, projects = tables.issues["key"].to_numpy(dtype=object), np.asarray(tables.issues["project"], dtype=object)
    names = tables.versions["name"].to_numpy(dtype=object)
    fixed = defaultdict(set)
    for issue, version in zip(tables.fix_versions["issue"], tables.fix_versions["version"], strict=True):
        fixed[int(issue)].add(str(names[version]))
    own: dict[int, list[int]] = defaultdict(list)
    for place in np.flatnonzero(part.group >= 0).tolist():
        own[int(part.group[place])].append(place)
    out = []
    for number in range(part.count):
        at, day = int(part.group_at[number]), None
        if part.day_precision[number]:
            day = day_around(at, facts.zone)
        if part.tickets:
            issues = [int(part.issue[place]) for place in own[number]]
            places = {} if words is None else {each for n in issues for each in words[n] or ()}
            versions = set().union(*(fixed[n] for n in issues))
            tickets, project = frozenset(str(keys[n]) for n in issues), str(projects[issues[0]])
            out.append(
                Told("jira", at, name_key(project), name_keys(places), name_keys(versions), tickets=tickets, day=day)
            )
        else:
            version = int(part.version[own[number][0]])
            project = str(tables.versions["project"].iloc[version])
            out.append(Told("jira", at, name_key(project), versions=name_keys([str(names[version])]), day=day))
    return out


def reported_outcomes(facts: Dataset, found: Deployments) -> Codes:
    """By deployment what its reports say became of it: 1 failed, 0 worked, -1 unknown. One failure is enough."""
    out = np.full(found.count, -1, dtype=np.int64)
    groups = found.groups_of_reports(facts)
    for place in np.flatnonzero(groups >= 0).tolist():
        said = facts.deliveries.deployments.reports[place].outcome
        if said:
            out[groups[place]] = max(out[groups[place]], int(said == "failed"))
    return out


def reported_causes(facts: Dataset, found: Deployments) -> tuple[Positions, Codes]:
    """(place of an incident, deployment) pairs that incidents were reported with. Withdrawn incidents are none."""
    groups = found.groups_of_reports(facts)
    places = {(each.source, each.id): n for n, each in enumerate(facts.deliveries.deployments.reports)}
    same, mask = facts.once(same_incident), facts.once(incidents).mask & ~withdrawn(facts)
    pairs = []
    for n, each in enumerate(facts.deliveries.incidents.reports):
        place = places.get(each.caused_by) if each.caused_by else None
        incident = int(same[n]) if same[n] >= 0 else len(facts.tables) + n
        if place is not None and groups[place] >= 0 and mask[incident]:
            pairs.append((incident, int(groups[place])))
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
