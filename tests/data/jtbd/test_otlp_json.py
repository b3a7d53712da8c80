"""Telemetry that a collector wrote to a file becomes records again, by both sets of names."""

from __future__ import annotations

import json

import pytest

from data.jtbd.import_records import ImportFailed, read_text
from data.platform.telemetry_records import Noted, allowed
from data.store import record_events as events
from data.store.record_store import RecordStore
from data.values.records import (
    JobCompletion,
    OutcomeAchieved,
    PainpointResolved,
    TimeToOutcome,
    UserSatisfaction,
    complete,
)

AT = 1_795_000_000_000_000  # µs


def attribute(name: str, value: object) -> dict:
    kind = {str: "stringValue", float: "doubleValue", int: "intValue", bool: "boolValue"}[type(value)]
    return {"key": name, "value": {kind: str(value) if kind == "intValue" else value}}


def logs(*records: dict, service: str = "shop") -> dict:
    resource = {"attributes": [attribute("service.name", service)]}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": list(records)}]}]}


def log(name: str, at: int = AT, **attributes: object) -> dict:
    told = [attribute(each.replace("__", "."), value) for each, value in attributes.items()]
    return {"eventName": name, "timeUnixNano": str(at * 1000), "spanId": "ab", "traceId": "cd", "attributes": told}


def test_what_we_send_is_read_again():
    """Through OpenTelemetry's own encoder and its JSON."""
    encoder = pytest.importorskip("opentelemetry.exporter.otlp.proto.common._log_encoder")
    from google.protobuf.json_format import MessageToDict

    from data.platform.otlp import Sender

    records = [
        complete(each)
        for each in (
            JobCompletion("buy", "ann", "cart", "completed", AT - 8_500_000, AT),
            JobCompletion("buy", "bob", "cart", "started", AT),
            OutcomeAchieved("fast", "time", 5.0, 4.0, 125.0, "cart", "ann", "exceeded", AT),
            PainpointResolved("fees", "c", "d", "cart", "ann", 8, 2, None, AT),
            TimeToOutcome("fast", "ann", "cart", AT - 3_000_000, AT),
            UserSatisfaction("fast", "cart", "ann", "8", True, False, 2, "words", AT, scale="1-10"),
        )
    ]
    noted = [
        Noted(name, 1, n + 1, 0, AT * 1000, 0, False, allowed(told))
        for n, (name, told) in enumerate(map(events.named, records))
    ]
    sender = Sender()
    told = MessageToDict(encoder.encode_logs([sender._record(each) for each in noted]))
    job, begun, outcome, painpoint, time, satisfaction = read_text(json.dumps(told), "a.json")
    assert job[:7] == ("buy", "ann", "throughline", "completed", AT - 8_500_000, AT, 8.5)
    assert begun[:6] == ("buy", "bob", "throughline", "started", AT, None)
    assert (outcome.outcome_id, outcome.expected_value, outcome.actual_value, outcome.measured_at) == ("fast", 5, 4, AT)
    assert (painpoint.severity_before, painpoint.severity_after, painpoint.resolution_effectiveness) == (8, 2, 75)
    assert time[:6] == ("fast", "ann", "", AT - 3_000_000, AT, 3.0)
    assert (satisfaction.satisfaction_level, satisfaction.scale, satisfaction.recorded_at) == ("8", "1-10", AT)
    assert {each.source for each in (job, outcome, painpoint, time, satisfaction)} == {"import"}


def test_span_events_with_the_older_names():
    """As the seed has them: attributes on the span, the event beside."""
    event = {
        "name": "job_completed",
        "timeUnixNano": str(AT * 1000),
        "attributes": [attribute("feature_used", "deps add")],
    }
    span = {
        "name": "deps.add",
        "traceId": "1",
        "spanId": "2",
        "events": [event, {"name": "exception"}],
        "attributes": [
            attribute("jtbd.job.id", "deps-add"),
            attribute("jtbd.job.persona", "python-developer"),
            attribute("jtbd.job.status", "completed"),
            attribute("jtbd.job.duration_seconds", 8.5),
            attribute("http.route", "/x"),
        ],
    }
    [job] = read_text(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}), "a.json")
    assert job[:7] == ("deps-add", "python-developer", "deps add", "completed", AT - 8_500_000, AT, 8.5)
    assert json.loads(job.context) == {"event_name": "job_completed"}


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_a_file_of_a_line_for_each_batch_is_stored_once(tmp_path, name):
    lines = [
        logs(log(f"jtbd.job_{state}", AT + n, jtbd__job__id="buy", jtbd__job__persona="ann"))
        for n, state in enumerate(("started", "failed"))
    ]
    text = "\n".join(json.dumps(each) for each in [*lines, logs(log("something.else"))])
    store = RecordStore(tmp_path / "jobs.db")
    found = read_text(text, name)
    assert [(each.status, each.feature_used) for each in found] == [("started", "shop"), ("failed", "shop")]
    assert store.add(found) == 2
    assert store.add(read_text(text, name)) == 0
    store.close()


@pytest.mark.parametrize(
    ("told", "clue"),
    [
        (logs(log("jtbd.job_completed", jtbd__job__persona="ann")), "Event 1: job_id is missing"),
        (
            logs(log("jtbd.painpoint_resolved", jtbd__painpoint__id="fees")),
            "severity_after, severity_before are missing",
        ),
        (logs(log("jtbd.job_completed", at=0, jtbd__job__id="buy")), "does not say when"),
        ({"resourceLogs": [7]}, "it is no OTLP"),
        ({"resourceSpans": {"a": 1}}, "it is no OTLP"),
        (
            {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"eventName": "job_failed", "timeUnixNano": "soon"}]}]}]},
            "cannot be read",
        ),
    ],
)
def test_what_cannot_be_read_is_said(told, clue):
    with pytest.raises(ImportFailed, match=clue):
        read_text(json.dumps(told), "a.json")


@pytest.mark.parametrize(
    ("name", "told", "kind", "status"),
    [
        ("jtbd.job.complete", {"jtbd__job__id": "buy", "jtbd__job__persona": "ann"}, "JobCompletion", "completed"),
        ("jtbd.job.abandon", {"jtbd__job__id": "buy", "jtbd__job__persona": "ann"}, "JobCompletion", "abandoned"),
        (
            "jtbd.outcome.achieve",
            {"jtbd__outcome__id": "fast", "jtbd__outcome__expected": 30.0, "jtbd__outcome__actual": 8.5},
            "OutcomeAchieved",
            "unknown",
        ),
        (
            "jtbd.painpoint.resolve",
            {"jtbd__painpoint__id": "p", "jtbd__painpoint__severity_before": 8, "jtbd__painpoint__severity_after": 2},
            "PainpointResolved",
            None,
        ),
        ("jtbd.tto.complete", {"jtbd__tto__outcome_id": "fast", "jtbd__tto__steps_count": 2}, "TimeToOutcome", None),
        (
            "jtbd.satisfaction.record",
            {"jtbd__satisfaction__outcome_id": "fast", "jtbd__satisfaction__level": "satisfied"},
            "UserSatisfaction",
            None,
        ),
    ],
)
def test_events_named_by_other_programs_are_records_that_keep_the_name(name, told, kind, status):
    [record] = read_text(json.dumps(logs(log(name, **told))), "a.json")
    assert type(record).__name__ == kind
    assert json.loads(record.context)["event_name"] == name
    if status is not None:
        assert record.status == status


def test_events_about_no_job_are_counted_by_name(tmp_path):
    from collections import Counter

    from data.jtbd.import_records import find_in_text
    from data.jtbd.imported import imported

    left_out: Counter[str] = Counter()
    events = [log("jtbd.job.complete", jtbd__job__id="buy"), log("http.request"), log("http.request"), log("jtbd.mood")]
    found = find_in_text(json.dumps(logs(*events)), "a.json", left_out=left_out)
    assert len(found) == 1
    assert imported(found, ["new"], left_out).sentences == [
        "3 events about no job were left out: http.request 2, jtbd.mood 1."
    ]
