"""Time to recovery; the name in files and API is the seed's, the number is a median."""

from __future__ import annotations

from data.facts.dataset import Dataset
from data.facts.incidents import end_in_words, incidents, rule_in_words, types_in_use
from data.facts.query import MetricQuery, Missing
from data.facts.recoveries import linked, open_incidents, recovery_rows
from data.facts.rows import Rows
from data.facts.switches import DELIVERIES, FINISHED, INCIDENTS
from data.metrics.catalogue import metric
from data.metrics.dora.delivery_notes import none_reported, source_notes
from data.metrics.in_sql import quantile
from data.metrics.spread import spread
from data.metrics.tiers import tier_of
from data.values.details import Details
from data.values.intervals import Percentile

NAMED = 6  # types that a card names


def no_incidents(facts: Dataset) -> Missing | None:
    """What to map when this site shows no incidents at all."""
    if missing := none_reported(facts, "incident"):
        return missing
    if facts.field("incident_detected_at") is not None or facts.once(incidents).mask.any():
        return None
    types = list(types_in_use(facts))
    more = f" and {len(types) - NAMED} more" if len(types) > NAMED else ""
    there = (
        f" The types here are {', '.join(types[:NAMED])}{more}: choose those that are incidents,"
        if types
        else " Choose them,"
    )
    return Missing(
        (
            f"No incidents are known (now: {rule_in_words(facts)}).{there} or map when an incident was detected and "
            "resolved."
        ),
        ("incident_detected_at", "incident_resolved_at"),
        ("incident_types",),
    )


@metric(
    family="dora",
    order=4,
    aggregation="median",
    tags=(
        "MTTR",
        "incidents",
        "stability",
    ),
    title="Time to recovery (median)",
    unit="hours",
    shows="hours",
    lower_is_better=True,
    rows=recovery_rows,
    estimate=lambda rows, _query: Percentile(rows["hours"]),
    missing=no_incidents,
    tier=lambda value, rows, query: tier_of(
        "mean_time_to_recovery",
        value,
        query.facts.definitions.tier_year,
        day_precision=bool(rows["day_precision"].any()),
    ),
    nothing="No incidents were resolved between these dates.",
    measures="hours",
    fields=("incident_detected_at", "incident_resolved_at", "deployment_date"),
    switches=(
        *DELIVERIES,
        "deployment_types",
        "production_environments",
        *INCIDENTS,
        "incident_links",
        "incident_end_statuses",
        "not_completed_resolutions",
        "deployment_source",
        *FINISHED,
        "completion",
        "percentile",
        "tier_year",
    ),
    sql=quantile("hours", 50),
)
def mean_time_to_recovery(rows: Rows, query: MetricQuery) -> float | None:
    """How long it takes to recover after a failed deployment (median hours).

    median(latest resolution of its linked incidents − deployment), by the date of that resolution

    Where no incident is linked to a deployment, the time from detection to resolution stands for it, and the card says
    proxy. An incident that was discarded, or closed as Duplicate or Won't Do, is no recovery. Source: DORA, "failed
    deployment recovery time".

    >>> mean_time_to_recovery(example(hours=[0.5, 3.0, 40.0]), example_question())
    3.0
    """
    return query.quantile(rows["hours"], 50)


@mean_time_to_recovery.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    proxy = not linked(query.facts)
    still_open = open_incidents(query.facts, query.edge)
    notes = ["Proxy: from detection to resolution, because no incident is linked to a deployment."] if proxy else []
    if rows["day_precision"].any():
        notes.append("Day precision: plain dates are involved.")
    if still_open:
        notes.append(f"{still_open} incident{'s are' if still_open != 1 else ' is'} still open.")
    notes = [*source_notes(query.facts, rows), *notes]
    rule, ended = rule_in_words(query.facts), end_in_words(query.facts)
    return {
        **spread(rows["hours"], query),
        "proxy": proxy,
        "day_precision": bool(rows["day_precision"].any()),
        "open_incidents": still_open,
        "incident_rule": rule,
        "count_words": f"median of {rows.used} recover{'ies' if rows.used != 1 else 'y'}",
        "notes": notes,
        "steps": [
            f"Incidents are {rule}.",
            *([ended] if ended else []),
            (
                f"{rows.used} recover{'ies' if rows.used != 1 else 'y'} ended in the period, each from "
                f"{'detection' if proxy else 'the failed deployment'} to resolution."
            ),
            (
                f"Half of them took less than {query.quantile(rows['hours'], 50) or 0:.4g} hours: the median is the "
                "time to recovery."
            ),
        ],
    }
