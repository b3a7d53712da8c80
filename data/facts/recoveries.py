"""Recoveries: how long service was hurt, from the failed deployment or from detection, to resolution."""

from __future__ import annotations

import numpy as np

from data.facts.columns import DAY_PRECISION, Column, Kind, Subject, fact
from data.facts.dataset import Dataset
from data.facts.days import backwards, spans
from data.facts.deployment_set import Deployments
from data.facts.deployments import deployments, linked_incidents
from data.facts.incidents import Incidents, incident_subjects, incidents, incidents_pass
from data.facts.rows import Rows, Sieve, Subjects
from data.settings.fields import FIELDS
from data.tables.frames import NEVER
from data.values.arrays import Codes, Instants, Mask, Positions
from data.values.exclusion import Exclusion


def linked(facts: Dataset) -> bool:
    """Whether incidents are linked to deployments here; else detection stands for the deployment (proxy)."""
    return len(facts.once(linked_incidents)[0]) > 0


@fact(
    "recoveries",
    Column("hours", Kind.NUMBER, "from the failed deployment (or detection) to the resolution", "hours"),
    Column("started", Kind.INSTANT, "the failed deployment, or the detection"),
    Column("completed", Kind.INSTANT, "the resolution"),
    Column("deployment", Kind.CODE, "the failed deployment; -1 where no deployment is known"),
    DAY_PRECISION,
    title="Recoveries",
    at="resolution",
    subjects=(Subject.ISSUE, Subject.VERSION, Subject.DEPLOYMENT, Subject.INCIDENT),
)
def recovery_rows(facts: Dataset) -> Rows:
    """Recoveries at their resolution. Columns: hours, started, completed (µs), deployment, day_precision."""
    return _from_deployments(facts) if linked(facts) else _from_detection(facts)


def _from_deployments(facts: Dataset) -> Rows:
    """One row for each failed deployment whose linked incidents are all resolved; unlinked incidents are left out.

    A recovery is about its deployment and about its incidents: it passes the filters where one of them does.
    """
    found: Deployments = facts.once(deployments)
    known = facts.once(incidents)
    incident, group = facts.once(linked_incidents)
    latest, why = _latest(found, known, incident, group)
    plain, chosen = (np.zeros(found.count, dtype=bool) for _ in range(2))
    plain[group[known.resolved_plain[incident]]] = True
    chosen[found.group[found.chosen & (found.group >= 0)]] = True
    passing = facts.once(incidents_pass)
    chosen[group[passing[incident]]] = True
    ended = np.flatnonzero((latest != NEVER) & chosen)
    loose = known.mask & passing & (known.resolved != NEVER)
    loose[incident] = False
    alone = np.flatnonzero(loose)
    none = np.full(len(alone), -1, dtype=np.int64)
    return _rows(
        facts,
        start=np.concatenate((found.group_at[ended], known.detected[alone])),
        end=np.concatenate((latest[ended], known.resolved[alone])),
        whole=np.concatenate(
            (plain[ended] | found.day_precision[ended], (known.detected_plain | known.resolved_plain)[alone])
        ),
        about=Subjects.joined([_representatives(found).take(ended), incident_subjects(facts, alone)]),
        deployment=np.concatenate((ended, none)),
        why=np.concatenate((why[ended], known.discarded.reason[alone])),
        wrong=Exclusion.RESOLVED_BEFORE_DEPLOYED,
    )


def _latest(deployments: Deployments, known: Incidents, incident: Positions, group: Codes) -> tuple[Instants, Codes]:
    """By deployment: the latest resolution of its incidents (µs; NEVER where one is open), and the reason why that is
    no recovery (as in the sieve of discarded incidents; 0: it is one). Discarded incidents count only where all are.
    """
    why = known.discarded.reason[incident]
    real = np.zeros(deployments.count, dtype=bool)
    real[group[why == 0]] = True
    counts = (why == 0) | ~real[group]
    incident, group, why = incident[counts], group[counts], why[counts]
    resolved = known.resolved[incident]
    latest, reason = np.full(deployments.count, NEVER, dtype=np.int64), np.zeros(deployments.count, dtype=np.int16)
    np.maximum.at(latest, group, resolved)
    latest[group[resolved == NEVER]] = NEVER
    order = np.argsort(resolved, kind="stable")  # that of the latest stays
    reason[group[order]] = why[order]
    return latest, reason


def _representatives(deployments: Deployments) -> Subjects:
    """One issue or version for each deployment: its last."""
    place = np.zeros(deployments.count, dtype=np.int64)
    used = np.flatnonzero(deployments.group >= 0)
    place[deployments.group[used]] = used
    return deployments.subjects.take(place)


def _from_detection(facts: Dataset) -> Rows:
    known = facts.once(incidents)
    issue = np.flatnonzero(known.mask & facts.once(incidents_pass) & (known.resolved != NEVER))
    return _rows(
        facts,
        start=known.detected[issue],
        end=known.resolved[issue],
        whole=(known.detected_plain | known.resolved_plain)[issue],
        about=incident_subjects(facts, issue),
        deployment=np.full(len(issue), -1, dtype=np.int64),
        why=known.discarded.reason[issue],
        wrong=Exclusion.RESOLVED_BEFORE_DETECTED,
    )


def _rows(
    facts: Dataset,
    *,
    start: Instants,
    end: Instants,
    whole: Mask,
    about: Subjects,
    deployment: Codes,
    why: Codes,
    wrong: Exclusion,
) -> Rows:
    sieve, discarded = Sieve(len(end)), facts.once(incidents).discarded.reasons
    for code in np.unique(why[why > 0]):
        sieve.drop_as(why == code, discarded[code])
    if linked(facts):
        sieve.drop(deployment < 0, Exclusion.INCIDENT_NOT_LINKED)
    _drop_unreadable(facts, sieve, about.ids_of(Subject.ISSUE), deployment)
    sieve.drop(start == NEVER, Exclusion.NO_DETECTION_TIME)
    hours = 24 * spans(start, end, whole, definition="exact", zone=facts.zone)
    sieve.drop(backwards(start, end, whole, facts.zone), wrong)
    return sieve.rows(
        end,
        about,
        hours=hours,
        started=start,
        completed=end,
        deployment=deployment,
        day_precision=whole,
    )


def _drop_unreadable(facts: Dataset, sieve: Sieve, issue: Positions, deployment: Codes) -> None:
    """Leave out recoveries whose ends stand in fields that cannot be read: of the incident, or of one of those
    linked.
    """
    alone = (deployment < 0) & (issue >= 0)
    title = FIELDS["incident_resolved_at"].title
    ends = facts.unreadable("incident_resolved_at")
    sieve.drop(alone & np.append(ends, False)[issue], Exclusion.UNREADABLE, title)
    detection = facts.unreadable("incident_detected_at")
    sieve.drop(alone & np.append(detection, False)[issue], Exclusion.UNREADABLE, FIELDS["incident_detected_at"].title)
    if (deployment >= 0).any():
        incident, group = facts.once(linked_incidents)
        own = incident < len(ends)
        incident, group = incident[own], group[own]
        lost = np.zeros(facts.once(deployments).count + 1, dtype=bool)
        lost[group[ends[incident]]] = True
        sieve.drop((deployment >= 0) & lost[deployment], Exclusion.UNREADABLE, title)


def open_incidents(facts: Dataset, instant: int) -> int:
    """Incidents that pass the filters, detected before an instant (µs) and not resolved before it."""
    known = facts.once(incidents)
    begun = known.mask & facts.once(incidents_pass) & (known.detected != NEVER) & (known.detected < instant)
    return int(np.count_nonzero(begun & ((known.resolved == NEVER) | (known.resolved >= instant))))
