"""Recoveries: how long service was hurt, from the failed deployment or from detection, to resolution."""

from __future__ import annotations

import numpy as np

from data.facts.columns import DAY_PRECISION, VERSION, Column, Kind, fact
from data.facts.dataset import Dataset
from data.facts.days import backwards, spans
from data.facts.deployments import Deployments, deployments, linked_incidents
from data.facts.incidents import incidents
from data.facts.rows import Rows, Sieve
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
    VERSION,
    Column("deployment", Kind.CODE, "the failed deployment; -1 where no deployment is known"),
    DAY_PRECISION,
    title="Recoveries",
    at="resolution",
    subject="issue or version",
)
def recovery_rows(facts: Dataset) -> Rows:
    """Recoveries at their resolution. Columns: hours, started, completed (µs), version, deployment, day_precision."""
    return _from_deployments(facts) if linked(facts) else _from_detection(facts)


def _from_deployments(facts: Dataset) -> Rows:
    """One row for each failed deployment whose linked incidents are all resolved; unlinked incidents are left out.

    A recovery is about its deployment and about its incidents: it passes the filters where one of them does.
    """
    found: Deployments = facts.once(deployments)
    known = facts.once(incidents)
    incident, group = facts.once(linked_incidents)
    resolved = known.resolved[incident]
    latest = np.full(found.count, NEVER, dtype=np.int64)
    np.maximum.at(latest, group, resolved)
    unresolved, plain, chosen = (np.zeros(found.count, dtype=bool) for _ in range(3))
    unresolved[group[resolved == NEVER]] = True
    plain[group[known.resolved_plain[incident]]] = True
    chosen[found.group[found.chosen & (found.group >= 0)]] = True
    chosen[group[facts.chosen[incident]]] = True
    ended = np.flatnonzero((latest != NEVER) & ~unresolved & chosen)
    ticket, version = _representatives(found)
    loose = known.mask & facts.chosen & (known.resolved != NEVER)
    loose[incident] = False
    alone = np.flatnonzero(loose)
    none = np.full(len(alone), -1, dtype=np.int64)
    start = np.concatenate((found.group_at[ended], known.detected[alone]))
    end = np.concatenate((latest[ended], known.resolved[alone]))
    whole = np.concatenate((plain[ended] | found.day_precision, (known.detected_plain | known.resolved_plain)[alone]))
    issue = np.concatenate((ticket[ended], alone))
    of = np.concatenate((ended, none))
    releases = np.concatenate((version[ended], none))
    return _rows(facts, start, end, whole, issue, releases, of, Exclusion.RESOLVED_BEFORE_DEPLOYED)


def _representatives(found: Deployments) -> tuple[Positions, Positions]:
    """One issue and one version for each deployment."""
    ticket, version = (np.full(found.count, -1, dtype=np.int64) for _ in range(2))
    used = found.group >= 0
    ticket[found.group[used]], version[found.group[used]] = found.issue[used], found.version[used]
    return ticket, version


def _from_detection(facts: Dataset) -> Rows:
    known = facts.once(incidents)
    issue = np.flatnonzero(known.mask & facts.chosen & (known.resolved != NEVER))
    none = np.full(len(issue), -1, dtype=np.int64)
    return _rows(
        facts,
        known.detected[issue],
        known.resolved[issue],
        (known.detected_plain | known.resolved_plain)[issue],
        issue,
        none,
        none,
        Exclusion.RESOLVED_BEFORE_DETECTED,
    )


def _rows(
    facts: Dataset,
    start: Instants,
    end: Instants,
    whole: Mask,
    issue: Positions,
    version: Positions,
    deployment: Codes,
    wrong: Exclusion,
) -> Rows:
    sieve = Sieve(len(end))
    if linked(facts):
        sieve.drop(deployment < 0, Exclusion.INCIDENT_NOT_LINKED)
    sieve.drop(start == NEVER, Exclusion.NO_DETECTION_TIME)
    hours = 24 * spans(start, end, whole, definition="exact", zone=facts.zone)
    sieve.drop(backwards(start, end, whole, facts.zone), wrong)
    return sieve.rows(
        end,
        issue,
        hours=hours,
        started=start,
        completed=end,
        version=version,
        deployment=deployment,
        day_precision=whole,
    )


def open_incidents(facts: Dataset, instant: int) -> int:
    """Incidents that pass the filters, detected before an instant (µs) and not resolved before it."""
    known = facts.once(incidents)
    begun = known.mask & facts.chosen & (known.detected != NEVER) & (known.detected < instant)
    return int(np.count_nonzero(begun & ((known.resolved == NEVER) | (known.resolved >= instant))))
