"""Incidents: which issues are one, when each was detected and resolved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.facts.completions import Completions, completions
from data.facts.dataset import Dataset
from data.tables.frames import NEVER
from data.values.arrays import Instants, Mask


@dataclass(frozen=True)
class Incidents:
    """By issue: `mask` is an incident; detected, resolved in µs (NEVER); whether each of the two is a plain date."""

    mask: Mask
    detected: Instants
    resolved: Instants
    detected_mapped: bool
    detected_plain: Mask
    resolved_plain: Mask


def incidents(facts: Dataset) -> Incidents:
    """Issues with a detection time or of a chosen type, label or component; filters do not apply here."""
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
    end, resolved_plain = done.completed, done.by_end_field & facts.date_only("work_completed_date")
    if resolved is not None:
        end = np.where(resolved != NEVER, resolved, end)
        resolved_plain = np.where(resolved != NEVER, facts.date_only("incident_resolved_at"), resolved_plain)
    created = facts.tables.issues["created"].to_numpy()
    begin = created if detected is None else detected
    end = np.where(end <= facts.now, end, NEVER)
    return Incidents(mask & (created <= facts.now), begin, end, detected is not None, detected_plain, resolved_plain)


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
