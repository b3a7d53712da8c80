"""Incidents: which issues are one, when each was detected and resolved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.facts.completions import Completions, completions, drop_discarded
from data.facts.dataset import Dataset
from data.facts.rows import Sieve
from data.tables.frames import NEVER
from data.tables.status_intervals import crossings, first_stay, last_stay
from data.values.arrays import Instants, Mask
from data.values.exclusion import Exclusion
from data.values.names import places_of


@dataclass(frozen=True)
class Incidents:
    """By issue: `mask` is an incident; detected, resolved in µs (NEVER); whether each of the two is a plain date.

    `discarded`: the sieve over all issues that leaves out those that were closed without being resolved, with the
    reason.
    """

    mask: Mask
    detected: Instants
    resolved: Instants
    detected_plain: Mask
    resolved_plain: Mask
    discarded: Sieve


def incidents(facts: Dataset) -> Incidents:
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
    for code in places_of(facts.definitions.not_completed_resolutions, column.categories):
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
    parts = ["issues with an incident detection time"] if facts.field("incident_detected_at") is not None else []
    for what, names in (
        ("type", rule.incident_types),
        ("label", rule.incident_labels),
        ("component", rule.incident_components),
    ):
        if names:
            parts.append(f"issues of {what} {' or '.join(names)}")
    return "; ".join(parts) or "no rule is set"


def end_in_words(facts: Dataset) -> str:
    """When incidents end, for the card; empty where it is their completion, as always."""
    table = facts.tables.statuses
    names = dict(zip(table["status_id"].astype(str), table["name"].astype(str), strict=True))
    chosen = [names.get(each, each) for each in facts.definitions.incident_end_statuses]
    return f"An incident ends when it enters {' or '.join(chosen)}, else when it is completed." if chosen else ""
