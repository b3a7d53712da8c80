"""Records out of telemetry that a collector wrote to a file (OTLP as JSON): named log events, and span events as
before.

All sets of names are read: `jtbd.job_completed`, `job_completed` and `jtbd.job.complete`, `jtbd.job.id` and `job.id`.
The name of the event stays with the record; events of other names are counted.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from data.values.records import ENDED

_EVENTS = {
    "job_started": "job", "job_in_progress": "job", "job_completed": "job", "job_failed": "job",
    "outcome_achieved": "outcome", "painpoint_resolved": "painpoint", "time_to_outcome": "time",
    "user_satisfaction": "satisfaction", "satisfaction_recorded": "satisfaction", "job_abandoned": "job",
    "job.start": "job", "job.progress": "job", "job.complete": "job", "job.fail": "job", "job.abandon": "job",
    "outcome.achieve": "outcome", "outcome.measure": "outcome", "painpoint.resolve": "painpoint",
    "tto.complete": "time", "satisfaction.record": "satisfaction",
}  # a table: kept in its rows  # fmt: skip
_STATUS = {"job.start": "started", "job.progress": "in_progress", "job.complete": "completed", "job.fail": "failed",
           "job.abandon": "abandoned"}  # a table: kept in its rows  # fmt: skip
_ABOUT = {"job": "job_id", "painpoint": "painpoint_id"}  # else outcome_id
_WHEN = {"outcome": "measured_at", "painpoint": "resolved_at", "satisfaction": "recorded_at"}
_COLUMNS = {"expected": "expected_value", "actual": "actual_value", "effectiveness": "resolution_effectiveness",
            "level": "satisfaction_level"}  # a table: kept in its rows  # fmt: skip
_PARTS = ("jtbd.", "job.", "outcome.", "painpoint.", "time.", "tto.", "satisfaction.")
_OURS = {"source", "status_code", "event_id"}  # not of the record
Row = dict[str, Any]


def is_otlp(told: Any) -> bool:
    """
    >>> is_otlp({"resourceLogs": []}), is_otlp({"records": []}), is_otlp([])
    (True, False, False)
    """
    return isinstance(told, dict) and bool({"resourceLogs", "resourceSpans"} & set(told))


def rows_of(told: Mapping[str, Any], left_out: Counter[str] | None = None) -> list[Row]:
    """A row of an import for each event that is about jobs; the others are counted by name in `left_out`. Raises
    ValueError when it is no OTLP.

    >>> event = {"name": "job_completed", "timeUnixNano": "9000000000", "attributes": [
    ...     {"key": "jtbd.job.id", "value": {"stringValue": "buy"}},
    ...     {"key": "jtbd.job.duration_seconds", "value": {"intValue": "2"}}]}
    >>> [row] = rows_of({"resourceSpans": [{"scopeSpans": [{"spans": [{"events": [event]}]}]}]})
    >>> row["kind"], row["job_id"], row["status"], row["started_at"], row["completed_at"]
    ('job', 'buy', 'completed', 7000000, 9000000)
    """
    found: list[Row] = []
    try:
        for name, event, around, service in _events(told):
            row = _row(name, event, around, service)
            if row is not None:
                found.append(row)
            elif left_out is not None:
                left_out[name or "without a name"] += 1
        return found
    except (AttributeError, TypeError, KeyError, OverflowError) as error:
        raise ValueError("it is no OTLP as a collector writes it.") from error


def _events(told: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any], str]]:
    """Name, event, what its span says, and the service that told it."""
    for resource in told.get("resourceLogs", ()):
        service = _service(resource)
        for scope in resource.get("scopeLogs", ()):
            for record in scope.get("logRecords", ()):
                attributes = _attributes(record)
                yield str(record.get("eventName") or attributes.get("event.name", "")), record, {}, service
    for resource in told.get("resourceSpans", ()):
        service = _service(resource)
        for scope in resource.get("scopeSpans", ()):
            for span in scope.get("spans", ()):
                around = {name: each for name, each in _attributes(span).items() if name.startswith("jtbd.")}
                for event in span.get("events", ()):
                    within = {**event, "traceId": span.get("traceId"), "spanId": span.get("spanId")}
                    yield str(event.get("name", "")), within, around, service


def _service(resource: Mapping[str, Any]) -> str:
    return str(_attributes(resource.get("resource", {})).get("service.name", ""))


def _attributes(part: Mapping[str, Any]) -> Row:
    return {each["key"]: _value(each.get("value", {})) for each in part.get("attributes", ())}


def _value(told: Mapping[str, Any]) -> Any:
    for kind, value in told.items():
        if kind == "intValue":
            return int(value)
        if kind in ("stringValue", "doubleValue", "boolValue"):
            return value
    return None


def _row(name: str, event: Mapping[str, Any], around: Mapping[str, Any], service: str) -> Row | None:
    plain = name.removeprefix("jtbd.")
    kind = _EVENTS.get(plain)
    if kind is None:
        return None
    about = _ABOUT.get(kind, "outcome_id")
    row: Row = {"kind": kind}
    for attribute, value in {**around, **_attributes(event)}.items():
        short = _short(attribute)
        if short not in _OURS and short != "event.name":
            row[about if short == "id" else _COLUMNS.get(short, short)] = value
    ended = int(event.get("timeUnixNano") or event.get("observedTimeUnixNano") or 0) // 1000
    if ended <= 0:
        raise ValueError(f"the event {name} does not say when it was.")
    began = ended - round(float(row.get("duration_seconds") or 0) * 1e6)
    if kind == "job":
        row["feature_used"] = row.pop("feature", None) or row.get("feature_used") or service or "unknown"
        row.setdefault("status", _STATUS.get(plain) or plain.removeprefix("job_"))
        row.setdefault("persona", "unknown")
        row["started_at"] = row.get("started_at") or began
        if row["status"] in ENDED and row.get("duration_seconds") is not None:
            row["completed_at"] = row.get("completed_at") or ended
    elif kind == "time":
        row |= {"start_time": began, "end_time": ended}
    else:
        row[_WHEN[kind]] = ended
    row["event_id"] = _id(name, event, row)
    row["event_name"] = name
    return row


def _short(attribute: str) -> str:
    for part in _PARTS:
        attribute = attribute.removeprefix(part)
    return attribute


def _id(name: str, event: Mapping[str, Any], row: Row) -> str:
    """The same event of the same span is the same record, however often its file is imported."""
    told = (name, event.get("traceId"), event.get("spanId"), sorted((key, str(value)) for key, value in row.items()))
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]
