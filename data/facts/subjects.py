"""What people call the things that rows are about, and where each is to be seen."""

from __future__ import annotations

import numpy as np

from data.facts.columns import Subject
from data.facts.dataset import Dataset
from data.facts.reported import projects_of
from data.facts.rows import Rows
from data.tables.deliveries import Reported
from data.values.arrays import Mask, Objects, Positions

_KINDS = {
    Subject.VERSION: "Version",
    Subject.DEPLOYMENT: "Reported deployment",
    Subject.INCIDENT: "Reported incident",
    Subject.CHANGE: "Reported change",
}


def names_of_subjects(facts: Dataset, rows: Rows) -> tuple[Objects, Objects]:
    """The key or name of what each row is about, and its project."""
    tables = facts.tables
    names, projects = np.full(len(rows), "", dtype=object), np.full(len(rows), "", dtype=object)
    for kind in np.unique(rows.subjects.kind).tolist():
        own = rows.subjects.kind == kind
        id = rows.subjects.id[own]
        if kind == Subject.ISSUE:
            names[own] = tables.issues["key"].to_numpy(dtype=object)[id]
            projects[own] = np.asarray(tables.issues["project"], dtype=object)[id]
        elif kind == Subject.VERSION:
            names[own] = tables.versions["name"].to_numpy(dtype=object)[id]
            projects[own] = tables.versions["project"].to_numpy(dtype=object)[id]
        else:
            reported, place = _reported(facts, Subject(kind), id)
            names[own] = _names(facts, Subject(kind), id, reported, place)
            projects[own] = projects_of(facts, reported)[place]
    return names, projects


def words_of_subjects(facts: Dataset, rows: Rows, name: str) -> Objects:
    """type, status or url of what each row is about; of issues, and of others that have none, empty."""
    out = np.full(len(rows), "", dtype=object)
    for kind, title in _KINDS.items():
        own = rows.subjects.kind == kind
        if not own.any():
            continue
        if name == "type":
            out[own] = title
        if kind == Subject.VERSION:
            out[own] = {"type": title, "status": "Released"}.get(name, "")
            continue
        reported, place = _reported(facts, kind, rows.subjects.id[own])
        if name == "type":
            out[own] = [f"{title} ({source})" for source in reported.texts("source")[place]]
        elif name == "status":
            out[own] = [reported.states[n].value.replace("_", " ") for n in place.tolist()]
        elif name == "url":
            out[own] = reported.texts("url")[place]
    return out


def others_than_issues(rows: Rows) -> Mask:
    """Rows that are about no issue."""
    mask: Mask = rows.subjects.kind != Subject.ISSUE
    return mask


def _reported(facts: Dataset, kind: Subject, id: Positions) -> tuple[Reported, Positions]:
    """What holds things of this kind, and their places in it: of a change, its deployment."""
    known = facts.deliveries
    if kind == Subject.CHANGE:
        return known.deployments, known.changes.deployment[id]
    return known.deployments if kind == Subject.DEPLOYMENT else known.incidents, id


def _names(facts: Dataset, kind: Subject, id: Positions, reported: Reported, place: Positions) -> Objects:
    names = reported.names[place]
    if kind == Subject.CHANGE:
        changes = facts.deliveries.changes
        own = [issue or commit[:10] for issue, commit in zip(changes.issue[id], changes.commit[id], strict=True)]
        names = np.array([one or other for one, other in zip(own, names, strict=True)], dtype=object)
    return names
