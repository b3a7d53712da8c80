"""Sends what telemetry noted to a collector, by OpenTelemetry's own exporters; as a program: what it reads on stdin."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExportResult
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags, set_span_in_context

from data.platform.telemetry_records import Noted

NAME = "throughline"
BATCH = 512
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class Sender:
    """Speaks http/protobuf, configured by the usual OTEL_… variables. A collector that is down makes it give up
    soon.
    """

    def __init__(self) -> None:
        self._resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME") or NAME})
        self._scope = InstrumentationScope(NAME)
        self._spans, self._logs = OTLPSpanExporter(), OTLPLogExporter()

    def send(self, noted: Sequence[Noted]) -> None:
        """Events first: they are what people asked for. After a part that cannot be sent the rest of its kind is
        dropped.
        """
        for part in _parts([each for each in noted if not each.end]):
            if self._logs.export([self._record(each) for each in part]) is not LogRecordExportResult.SUCCESS:
                break
        for part in _parts([each for each in noted if each.end]):
            if self._spans.export([self._span(each) for each in part]) is not SpanExportResult.SUCCESS:
                break

    def _span(self, noted: Noted) -> ReadableSpan:
        return ReadableSpan(
            noted.name,
            context=_context(noted.trace, noted.span),
            parent=_context(noted.trace, noted.parent) if noted.parent else None,
            resource=self._resource,
            attributes=noted.attributes,
            status=Status(StatusCode.ERROR if noted.failed else StatusCode.UNSET),
            start_time=noted.start,
            end_time=noted.end,
            instrumentation_scope=self._scope,
        )

    def _record(self, noted: Noted) -> ReadableLogRecord:
        within = set_span_in_context(NonRecordingSpan(_context(noted.trace, noted.span))) if noted.trace else Context()
        record = LogRecord(
            timestamp=noted.start,
            observed_timestamp=noted.start,
            context=within,
            severity_number=SeverityNumber.INFO,
            severity_text="INFO",
            attributes=noted.attributes,
            event_name=noted.name,
        )
        return ReadableLogRecord(record, self._resource, self._scope)


def _context(trace: int, span: int) -> SpanContext:
    return SpanContext(trace, span, is_remote=False, trace_flags=_SAMPLED)


def _parts(noted: Sequence[Noted]) -> Iterator[Sequence[Noted]]:
    for at in range(0, len(noted), BATCH):
        yield noted[at : at + BATCH]


def main() -> None:
    """Send what a command left behind."""
    if hasattr(os, "nice"):
        os.nice(5)
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    Sender().send([Noted(*each) for each in json.load(sys.stdin)])


if __name__ == "__main__":
    main()
