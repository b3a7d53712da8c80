"""The register with its progress: what is ticked, and which linked issues are done."""

from __future__ import annotations

import numpy as np

from data.jtbd.register import Deliverable, Register, RegisterJob
from data.jtbd.serving import Serving
from data.tables.frames import NEVER
from data.values.arrays import Mask
from data.values.jobs import DeliverableRow, RegisterRow


def register_rows(register: Register, serving: Serving | None) -> list[RegisterRow]:
    """A row for each job. Without issues from Jira only the marks of the file count."""
    return [_row(job, serving) for job in register.jobs]


def _row(job: RegisterJob, serving: Serving | None) -> RegisterRow:
    rows = tuple(_deliverable(each, serving) for each in job.deliverables)
    done = sum(each.done for each in rows)
    linked, finished = _issues(job, serving)
    total = len(rows) + linked
    return RegisterRow(
        job_id=job.id,
        title=job.title,
        sentence=job.sentence,
        situation=job.situation,
        pattern=job.pattern,
        metric=job.metric,
        superpower=job.superpower,
        views=job.target_views,
        steps=job.steps,
        deliverables=rows,
        deliverables_done=done,
        issues=linked,
        issues_done=finished,
        progress=done / len(rows) if rows else finished / linked if total else None,
    )


def _deliverable(each: Deliverable, serving: Serving | None) -> DeliverableRow:
    return DeliverableRow(each.text, each.ticked, each.issues, _all_done(each.issues, serving))


def _all_done(keys: tuple[str, ...], serving: Serving | None) -> bool | None:
    """Whether every issue named is known and done; None where none is known."""
    if serving is None:
        return None
    places = [serving.places.get(key) for key in keys]
    known = [each for each in places if each is not None]
    if not known:
        return None
    return len(known) == len(keys) and all(_done(serving)[each] for each in known)


def _done(serving: Serving) -> Mask:
    out: Mask = (serving.completions.completed != NEVER) & ~serving.refused
    return out


def _issues(job: RegisterJob, serving: Serving | None) -> tuple[int, int]:
    """Linked issues that are known, and how many of them are done; won't-do issues are left out."""
    if serving is None:
        return 0, 0
    linked = serving.labelled(job.issue_labels) if job.issue_labels else np.zeros(len(serving.facts.tables), dtype=bool)
    linked[[place for key in job.issue_keys if (place := serving.places.get(key)) is not None]] = True
    if job.id in serving.jobs:
        linked |= serving.job == serving.jobs.index(job.id)
    linked &= ~serving.refused
    return int(linked.sum()), int((linked & _done(serving)).sum())
