"""Small random sites and random definitions, for comparing the metrics with the oracle."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.builders import CANCELLED, CLOSED, DOING, DONE, REVIEW, TODO, WAITING, Item, Version, at
from tests.data.metrics.oracle import DAY, HOUR

# Zones with a first day near a change of clocks, or with clocks that are odd anyway.
STARTS = (
    ("UTC", "2025-01-06"),
    ("Europe/Berlin", "2025-03-17"),
    ("Europe/Berlin", "2025-10-13"),
    ("America/Sao_Paulo", "2018-10-22"),
    ("Africa/Cairo", "2023-04-17"),
    ("Pacific/Apia", "2011-12-19"),
    ("Asia/Kathmandu", "2025-06-02"),
    ("Australia/Lord_Howe", "2025-03-24"),
)
STATUS = st.sampled_from([TODO, DOING, REVIEW, DONE, CLOSED, WAITING, CANCELLED])
TYPES = st.sampled_from(["Story", "Bug", "Task", "Security", "Technical Debt", "Spike", "Incident"])
RESOLUTIONS = st.sampled_from([None, "Done", "Fixed", "Won't Do", "duplicate"])
SPREAD = 40  # days in which things happen
VALUES = st.sampled_from([None, "Feature", "Bug", "Tech Debt", "Risk", "Chore"])


def instants(base: int) -> st.SearchStrategy[int]:
    """Whole hours, often equal to each other, now and then a millisecond beside one."""
    hours = st.integers(0, SPREAD * 24)
    return st.tuples(hours, st.sampled_from([0, 0, 0, 1, -1])).map(lambda each: base + each[0] * HOUR + each[1] * 1000)


# What an attribute of an item was before it was edited.
EDITS = st.one_of(
    st.tuples(st.just("resolution"), RESOLUTIONS),
    st.tuples(st.just("type"), TYPES),
    st.tuples(st.just("hierarchy"), st.sampled_from([0, -1, 1])),
)


@st.composite
def items(draw: Any, base: int, dates: dict[str, st.SearchStrategy], edited: bool = False) -> Item:
    """One issue with a history in order; `dates`: strategies of the mapped fields that it may have."""
    when = instants(base)
    count = draw(st.integers(0, 6))
    created, *later = sorted(draw(st.lists(when, min_size=count + 1, max_size=count + 1)))
    status = draw(st.sampled_from([TODO, TODO, TODO, DOING, WAITING, DONE, CANCELLED]))
    moves, before = [], status
    for instant in later:
        target = draw(STATUS.filter(lambda each, before=before: each != before))
        moves.append((instant, target))
        before = target
    flags = []
    for start in sorted(draw(st.lists(when, max_size=2))):
        length = draw(st.sampled_from([None, 3 * HOUR, 2 * DAY]))
        flags.append((start, None if length is None else start + length))
    edits = [(each, *draw(EDITS)) for each in sorted(draw(st.lists(when, max_size=2)))] if edited else []
    return Item(
        edits=edits,
        created=created,
        moves=moves,
        status=status,
        type=draw(TYPES),
        project=draw(st.sampled_from(["P", "Q"])),
        hierarchy=draw(st.sampled_from([0, 0, 0, 0, -1, 1])),
        resolution=draw(RESOLUTIONS),
        resolved=draw(st.none() | when),
        labels=draw(st.lists(st.sampled_from(["hotfix", "ui"]), max_size=2, unique=True)),
        flags=flags,
        fields={name: value for name, each in dates.items() if (value := draw(each)) is not None},
        history_complete=draw(st.sampled_from([True] * 9 + [False])),
    )


def _flow_fields(draw: Any, base: int, zone: str) -> dict[str, st.SearchStrategy]:
    """Which flow fields are mapped, each with strategies of its values; dates are plain or instants, not both."""
    exact = st.none() | instants(base)
    first = date.fromisoformat(zone.split(" ")[1])
    plain = st.none() | st.integers(0, SPREAD).map(lambda n: str(first + timedelta(days=n)))
    known = {
        "work_started_date": draw(st.sampled_from([exact, plain])),
        "work_completed_date": draw(st.sampled_from([exact, plain])),
        "status_entry_timestamp": exact,
        "active_work_hours": st.none() | st.integers(0, 200).map(float),
        "flow_item_type": VALUES,
    }
    chosen = draw(st.lists(st.sampled_from(sorted(known)), max_size=2, unique=True))
    return {name: known[name] for name in chosen}


def nows(base: int, made: list[Item]) -> st.SearchStrategy[int]:
    """Long after everything, in the middle of it, or at the very instant of a change."""
    known = [when for item in made for when, _ in item.moves]
    return st.one_of(st.just(base + 100 * DAY), instants(base), *([st.sampled_from(known)] if known else []))


@st.composite
def flow_sites(draw: Any, edited: bool = False) -> dict[str, Any]:
    """Everything that a flow question needs: items, zone, first, last, now, mapped. `edited`: types and so on
    change.
    """
    zone, first = draw(st.sampled_from(STARTS))
    base = at(first, zone)
    fields = _flow_fields(draw, base, f"{zone} {first}")
    made = draw(st.lists(items(base, fields, edited), min_size=0, max_size=9))
    start = draw(st.integers(0, SPREAD - 1))
    day = date.fromisoformat(first) + timedelta(days=start)
    return {
        "items": made,
        "zone": zone,
        "first": day,
        "last": day + timedelta(days=draw(st.integers(0, SPREAD - start))),
        "now": draw(nows(base, made)),
        "mapped": frozenset(fields),
    }


FLOW_RULES = st.fixed_dictionaries(
    {},
    optional={
        "percentile": st.sampled_from(["linear", "nearest_rank"]),
        "durations": st.sampled_from(
            ["exact", "inclusive_days", "exclusive_days", "working_days", "inclusive_working_days"]
        ),
        "completion": st.sampled_from(["last", "first"]),
        "completed_as_of": st.sampled_from(["now", "period_end"]),
        "subtract_reopened": st.booleans(),
        "backward_moves": st.sampled_from(["count", "pause", "restart"]),
        "all_levels": st.booleans(),
        "deployment_types": st.sampled_from([[], [], ["task", "Spike"]]),
        "load": st.sampled_from(["in_progress", "started"]),
        "blocked_flag": st.booleans(),
        "blocked_statuses": st.sampled_from([[], [WAITING], [REVIEW, WAITING]]),
        "flow_types": st.sampled_from([{}, {"story": "Feature", "Spike": "Risk", "BUG": "Defect"}]),
        "not_completed_resolutions": st.sampled_from([["Won't Do", "Duplicate"], [], ["Fixed"]]),
    },
)
WORKFLOWS = st.sampled_from(
    [
        {},
        {"active": [DOING]},
        {"active": [DOING, REVIEW]},
        {"active": [DOING], "started": [REVIEW, DOING]},
        {"active": [REVIEW], "done": [CLOSED]},
        {"active": [DOING, DONE], "started": [DOING], "waiting": [WAITING]},
        {"done": [DONE, CANCELLED]},
        {"discarded": []},
        {"discarded": [WAITING, CLOSED], "active": [DOING, CANCELLED]},
    ]
)


DORA_DATES = (
    "deployment_date",
    "code_commit_date",
    "deployed_to_production_date",
    "incident_detected_at",
    "incident_resolved_at",
    "work_started_date",
    "work_completed_date",
)
PHRASES = ("is caused by", "causes", "relates to", "blocks")


def _dora_fields(draw: Any, base: int, first: date) -> dict[str, st.SearchStrategy]:
    few = st.integers(0, 20).map(lambda n: base + n * 2 * DAY + 7 * HOUR)  # so that deployments share an instant
    plain = st.integers(0, SPREAD).map(lambda n: str(first + timedelta(days=n)))
    exact = st.one_of(few, instants(base))
    known = {name: st.none() | draw(st.sampled_from([exact, exact, plain])) for name in DORA_DATES}
    answers = ["yes", "No", "FAILED", "0", "Done", "Perhaps", ("No", "Perhaps"), "Teils"]
    known |= {
        "target_environment": st.sampled_from([None, "Production", "PROD", "staging", ("live", "prod")]),
        "deployment_successful": st.sampled_from([None, *answers]),
        "production_impact": st.sampled_from(
            [None, "None", "n/a", "Outage", ("No", "Slow"), "Slow", ("Slow", "Outage")]
        ),
    }
    likely = draw(st.sampled_from([["deployment_date"], ["deployment_date", "deployment_successful"], []]))
    chosen = draw(st.lists(st.sampled_from(sorted(known)), max_size=4, unique=True))
    return {name: known[name] for name in {*likely, *chosen}}


@st.composite
def dora_sites(draw: Any) -> dict[str, Any]:
    """Everything that a DORA question needs: items, versions, zone, first, last, now, mapped."""
    zone, text = draw(st.sampled_from(STARTS))
    base, first = at(text, zone), date.fromisoformat(text)
    fields = _dora_fields(draw, base, first)
    made = draw(st.lists(items(base, fields), min_size=1, max_size=8))
    day = st.none() | st.integers(0, SPREAD).map(lambda n: str(first + timedelta(days=n)))
    versions = draw(
        st.lists(
            st.builds(
                Version,
                name=st.just("1"),
                release_date=day,
                released=st.sampled_from([True, True, False]),
                project=st.sampled_from(["P", "Q"]),
            ),
            max_size=3,
        )
    )
    others = st.integers(-1, len(made) - 1)
    for item in made:
        item.links = draw(st.lists(st.tuples(st.sampled_from(PHRASES), others), max_size=2))
        item.components = draw(st.lists(st.sampled_from(["Ops", "Web"]), max_size=1))
        if versions:
            item.fix_versions = draw(st.lists(st.integers(0, len(versions) - 1), max_size=2, unique=True))
    start = draw(st.integers(0, SPREAD - 1))
    return {
        "items": made,
        "versions": versions,
        "zone": zone,
        "first": first + timedelta(days=start),
        "last": first + timedelta(days=start + draw(st.integers(0, SPREAD - start))),
        "now": draw(nows(base, made)),
        "mapped": frozenset(fields),
    }


DORA_RULES = st.fixed_dictionaries(
    {},
    optional={
        "percentile": st.sampled_from(["linear", "nearest_rank"]),
        "durations": st.sampled_from(
            ["exact", "inclusive_days", "exclusive_days", "working_days", "inclusive_working_days"]
        ),
        "completion": st.sampled_from(["last", "first"]),
        "deployment_source": st.sampled_from(["auto", "issues", "versions"]),
        "deployment_merge": st.sampled_from(["same_instant", "each_issue"]),
        "deployment_types": st.sampled_from([[], ["task", "Story", "bug"]]),
        "production_environments": st.sampled_from([["production", "prod"], ["Live", "STAGING"]]),
        "incident_types": st.sampled_from([["Incident", "Outage"], [], ["bug"]]),
        "incident_labels": st.sampled_from([[], ["HOTFIX"]]),
        "incident_components": st.sampled_from([[], ["ops"]]),
        "incident_links": st.sampled_from([["is caused by"], ["Is Caused By", "relates to"], []]),
        "incident_end_statuses": st.sampled_from([[], [REVIEW], [WAITING, DONE]]),
        "not_completed_resolutions": st.sampled_from([["Won't Do", "Duplicate"], [], ["Fixed"]]),
        "failure_window_hours": st.sampled_from([None, 5.0, 72.0]),
        "empty_success_means": st.sampled_from(["unknown", "no"]),
        "rework_types": st.sampled_from([[], ["bug"]]),
        "rework_labels": st.sampled_from([[], ["Hotfix"]]),
        "rework_version_types": st.sampled_from([[], ["bug", "Task", "story"]]),
    },
)
