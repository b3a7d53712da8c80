"""Changes that reported deployments brought: from commit to first deployment."""

from __future__ import annotations

import numpy as np

from data.facts.columns import Subject
from data.facts.dataset import Dataset
from data.facts.days import backwards, spans
from data.facts.deployment_set import Deployments
from data.facts.deployments import deployments
from data.facts.reported import deployments_chosen, places_of_keys, projects_of
from data.facts.rows import Rows, Sieve, Subjects
from data.tables.frames import NEVER
from data.values.arrays import Mask
from data.values.exclusion import Exclusion


def reported_changes(facts: Dataset, known: Mask) -> tuple[Rows, Mask]:
    """The rows of changes, with the columns of the fact, and by issue whether a row stands for it.

    `known`: issues of which the deployment is known otherwise; changes that name one are left to it. A commit that was
    deployed several times counts at its first deployment.
    """
    found: Deployments = facts.once(deployments)
    changes, reported = facts.deliveries.changes, facts.deliveries.deployments
    places = facts.once(places_of_keys)
    issue = np.array([places.get(str(each), -1) for each in changes.issue], dtype=np.int64)
    group = found.groups_of_reports(facts)[changes.deployment]
    passes = facts.once(deployments_chosen)[changes.deployment]
    passes = np.where(issue >= 0, np.append(facts.chosen, False)[issue], passes)
    told = (issue < 0) | (changes.committed != NEVER)  # else the issue itself stands for it
    kept = np.flatnonzero((group >= 0) & passes & told & ~np.append(known, False)[issue])
    projects = projects_of(facts, reported)
    first: dict[tuple[str, str], int] = {}
    for row in kept[np.argsort(found.group_at[group[kept]], kind="stable")].tolist():
        commit = str(changes.commit[row])
        key = (str(projects[changes.deployment[row]]), commit) if commit else ("", f"row {row}")
        first.setdefault(key, row)
    place = np.array(sorted(first.values()), dtype=np.int64)
    begin, end = changes.committed[place], found.group_at[group[place]]
    plain = found.day_precision[group[place]]
    sieve = Sieve(len(place)).drop(begin == NEVER, Exclusion.NO_COMMIT_DATE)
    exact = spans(begin, end, plain, definition="exact", zone=facts.zone)
    rule, days = facts.definitions, exact
    if rule.durations != "exact":
        days = spans(begin, end, plain, definition=rule.durations, zone=facts.zone, working=rule.working_time)
    sieve.drop(backwards(begin, end, plain, facts.zone), Exclusion.DEPLOYED_BEFORE_STARTED)
    named = np.zeros(len(facts.tables), dtype=bool)
    named[issue[place][issue[place] >= 0]] = True
    subjects = Subjects.all(Subject.CHANGE, place)
    rows = sieve.rows(end, subjects, days=days, exact_days=exact, started=begin, completed=end, day_precision=plain)
    return rows, named
