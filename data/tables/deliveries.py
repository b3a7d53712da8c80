"""Deployments and incidents that other systems report, as columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from data.tables.frames import NEVER
from data.values.arrays import Codes, Instants, Objects
from data.values.reported import Report, ReportedChange, ReportKind, ReportState


@dataclass(frozen=True)
class Reported:
    """Deployments or incidents, one a row. Instants in µs, NEVER where there is none.

    `names`: what people call it: its version, else its commit, else its id. `began`, `ended`: of a deployment when it
    started and was done, of an incident when it began and was resolved.
    """

    reports: tuple[Report, ...]
    began: Instants
    ended: Instants

    def __len__(self) -> int:
        return len(self.reports)

    def texts(self, name: str) -> Objects:
        """One attribute of each report: source, project, environment, version, commit, url or id."""
        return _objects([str(getattr(each, name)) for each in self.reports])

    @property
    def names(self) -> Objects:
        """What people call each."""
        return _objects([each.version or each.commit[:10] or each.id for each in self.reports])

    @property
    def states(self) -> list[ReportState]:
        """The state of each."""
        return [each.state for each in self.reports]


@dataclass(frozen=True)
class ReportedChanges:
    """The changes that deployments brought. `deployment`: place among the deployments; `committed` in µs, NEVER."""

    deployment: Codes
    committed: Instants
    commit: Objects
    issue: Objects  # key, empty where none is named


@dataclass(frozen=True)
class Deliveries:
    """Everything that is reported of one site. `since`: the first instant of all, µs; NEVER where nothing is."""

    deployments: Reported
    incidents: Reported
    changes: ReportedChanges
    since: int = NEVER

    def __bool__(self) -> bool:
        return self.since != NEVER


def deliveries_of(reports: Iterable[Report]) -> Deliveries:
    """The columns of reports, each of another deployment or incident."""
    parts: dict[ReportKind, list[Report]] = {kind: [] for kind in ReportKind}
    for each in reports:
        parts[each.kind].append(each)
    deployments, incidents = (_reported(parts[kind]) for kind in (ReportKind.DEPLOYMENT, ReportKind.INCIDENT))
    instants = [deployments.began, deployments.ended, incidents.began, incidents.ended]
    known = np.concatenate(instants)
    known = known[known != NEVER]
    return Deliveries(deployments, incidents, _changes(deployments), int(known.min()) if len(known) else NEVER)


def _reported(reports: list[Report]) -> Reported:
    return Reported(
        tuple(reports),
        _instants([each.began_at for each in reports]),
        _instants([each.ended_at for each in reports]),
    )


def _changes(deployments: Reported) -> ReportedChanges:
    """Those that are named; a deployment that names none and has a commit is one change."""
    place: list[int] = []
    found: list[ReportedChange] = []
    for n, each in enumerate(deployments.reports):
        alone = len(each.issues) == 1 and each.committed_at is not None
        own = ReportedChange(each.commit, each.committed_at, each.issues[0] if alone else "")
        changes = each.changes or (() if each.issues and not alone else (own,))
        place += [n] * len(changes)
        found += changes
    return ReportedChanges(
        np.array(place, dtype=np.int64),
        _instants([each.committed_at for each in found]),
        _objects([each.commit for each in found]),
        _objects([each.issue for each in found]),
    )


def _instants(values: list[int | None]) -> Instants:
    return np.array([NEVER if each is None else each for each in values], dtype=np.int64)


def _objects(values: list[str]) -> Objects:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


NO_DELIVERIES = deliveries_of(())
