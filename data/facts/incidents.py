"""Incidents: which issues are one, when each was detected and resolved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.facts.columns import Subject
from data.facts.completions import Completions, completions, drop_discarded
from data.facts.dataset import Dataset
from data.facts.reported import from_jira, from_reports, incidents_chosen, issues_named, projects_of
from data.facts.rows import Sieve, Subjects
from data.facts.site_names import resolutions_meant
from data.tables.frames import NEVER
from data.tables.status_intervals import crossings, first_stay, last_stay
from data.values.arrays import Instants, Mask, Objects, Positions
from data.values.exclusion import Exclusion
from data.values.reported import ReportState


@dataclass(frozen=True)
class Incidents:
    """By issue, and after the issues by reported incident where those count: `mask`: it is an incident; detected,
    resolved in µs (NEVER); whether each of the two is a plain date.

    `discarded`: the sieve over all of them that leaves out those that were closed without being resolved, with the
    reason.
    """

    mask: Mask
    detected: Instants
    resolved: Instants
    detected_plain: Mask
    resolved_plain: Mask
    discarded: Sieve


def incidents(facts: Dataset) -> Incidents:
    """The incidents of Jira, of other systems, or both, by the setting; filters do not apply here."""
    ours: Incidents = facts.once(incidents_in_jira)
    if not from_reports(facts):
        return ours
    reported = facts.deliveries.incidents
    theirs = (facts.once(same_incident) < 0) & (reported.began != NEVER) & (reported.began <= facts.now)
    withdrawn = Sieve(len(reported)).drop(
        np.array([each is ReportState.WITHDRAWN for each in reported.states], dtype=bool), Exclusion.WITHDRAWN
    )
    none = np.zeros(len(reported), dtype=bool)
    return Incidents(
        np.concatenate((ours.mask & from_jira(facts), theirs)),
        np.concatenate((ours.detected, reported.began)),
        np.concatenate((ours.resolved, np.where(reported.ended <= facts.now, reported.ended, NEVER))),
        np.concatenate((ours.detected_plain, none)),
        np.concatenate((ours.resolved_plain, none)),
        Sieve.joined([ours.discarded, withdrawn]),
    )


def withdrawn(facts: Dataset) -> Mask:
    """Those that their system took back: they were no incidents."""
    sieve = facts.once(incidents).discarded
    out: Mask = np.array(sieve.reasons, dtype=object)[sieve.reason] == Exclusion.WITHDRAWN.text()
    return out


def same_incident(facts: Dataset) -> Positions:
    """By reported incident the incident in Jira that it names, where those count too; -1: none."""
    out = np.full(len(facts.deliveries.incidents), -1, dtype=np.int64)
    if from_jira(facts):
        place, issue = issues_named(facts, facts.deliveries.incidents)
        known = facts.once(incidents_in_jira).mask[issue]
        out[place[known][::-1]] = issue[known][::-1]
    return out


def incidents_pass(facts: Dataset) -> Mask:
    """Which of them pass the filters."""
    return np.concatenate((facts.chosen, facts.once(incidents_chosen))) if from_reports(facts) else facts.chosen


def incident_projects(facts: Dataset) -> Objects:
    """The project of each."""
    own = np.asarray(facts.tables.issues["project"], dtype=object)
    return np.concatenate((own, projects_of(facts, facts.deliveries.incidents))) if from_reports(facts) else own


def incident_subjects(facts: Dataset, places: Positions) -> Subjects:
    """What some of them are about."""
    count = len(facts.tables)
    theirs = places >= count
    kind = np.where(theirs, Subject.INCIDENT, Subject.ISSUE).astype(np.int8)
    return Subjects(kind, np.where(theirs, places - count, places).astype(np.int32))


def incidents_in_jira(facts: Dataset) -> Incidents:
    """Issues with a detection time or of a chosen type, label or component; filters do not apply here.

    An incident ends at its mapped time, else when it entered one of the chosen statuses, else when it was completed.
    """
    detected, resolved = facts.field("incident_detected_at"), facts.field("incident_resolved_at")
    rule = facts.definitions
    mask = facts.of_type(rule.incident_types)
    mask |= facts.named(facts.tables.labels, rule.incident_labels)
    mask |= facts.named(facts.tables.components, rule.incident_components)
    detected_plain = np.zeros(len(mask), dtype=bool)
    if detected is not None:
        mask |= detected != NEVER
        detected_plain |= (detected != NEVER) & facts.date_only("incident_detected_at")
    done: Completions = facts.once(completions)
    entered = _entered(facts)
    end = np.where(entered != NEVER, entered, done.completed)
    resolved_plain = done.by_end_field & facts.date_only("work_completed_date") & (entered == NEVER)
    if resolved is not None:
        end = np.where(resolved != NEVER, resolved, end)
        resolved_plain = np.where(resolved != NEVER, facts.date_only("incident_resolved_at"), resolved_plain)
    created = facts.tables.issues["created"].to_numpy()
    begin = created if detected is None else detected
    end = np.where(end <= facts.now, end, NEVER)
    sieve = _discarded(facts, done, end)
    return Incidents(mask & (created <= facts.now), begin, end, detected_plain, resolved_plain, sieve)


def _entered(facts: Dataset) -> Instants:
    """By issue: when it entered a status that ends incidents, the last or the first time as completions do (µs,
    NEVER).
    """
    stays = facts.stays
    ids = facts.tables.statuses["status_id"].to_numpy(dtype=object).astype(str)
    there = stays.are(np.isin(ids, facts.definitions.incident_end_statuses))
    entry = crossings(stays, there) & (stays.entered <= facts.now)
    find = last_stay if facts.definitions.completion == "last" else first_stay
    place = find(stays, entry, len(facts.tables))
    return np.where(place >= 0, stays.entered[place], NEVER) if len(stays.entered) else np.full(len(place), NEVER)


def _discarded(facts: Dataset, done: Completions, end: Instants) -> Sieve:
    issue, column = np.arange(len(end)), facts.tables.issues["resolution"].cat
    sieve = Sieve(len(end))
    drop_discarded(facts, done, issue, sieve)
    codes = column.codes.to_numpy()
    for code in resolutions_meant(facts.tables, facts.definitions.not_completed_resolutions):
        sieve.drop((codes == code) & (end != NEVER), Exclusion.RESOLUTION, column.categories[code])
    return sieve


def types_in_use(facts: Dataset) -> dict[str, int]:
    """The types of the issues that pass the filters, with their numbers, most first."""
    column = facts.tables.issues["type"].cat
    counts = np.bincount(column.codes.to_numpy()[facts.chosen] + 1, minlength=len(column.categories) + 1)[1:]
    found = [(str(name), int(n)) for name, n in zip(column.categories, counts, strict=True) if n]
    return dict(sorted(found, key=lambda each: (-each[1], each[0])))


def rule_in_words(facts: Dataset) -> str:
    """How incidents are recognised, for the card."""
    rule = facts.definitions
    if not from_jira(facts):
        return "what other systems report"
    parts = ["issues with an incident detection time"] if facts.field("incident_detected_at") is not None else []
    for what, names in (
        ("type", rule.incident_types),
        ("label", rule.incident_labels),
        ("component", rule.incident_components),
    ):
        if names:
            parts.append(f"issues of {what} {' or '.join(names)}")
    parts += ["what other systems report"] if from_reports(facts) else []
    return "; ".join(parts) or "no rule is set"


def end_in_words(facts: Dataset) -> str:
    """When incidents end, for the card; empty where it is their completion, as always."""
    table = facts.tables.statuses
    names = dict(zip(table["status_id"].astype(str), table["name"].astype(str), strict=True))
    chosen = [names.get(each, each) for each in facts.definitions.incident_end_statuses]
    return f"An incident ends when it enters {' or '.join(chosen)}, else when it is completed." if chosen else ""
