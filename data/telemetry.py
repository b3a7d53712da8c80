"""Spans and log events over OTLP, when OTEL_EXPORTER_OTLP_ENDPOINT is set; without it nothing is imported or sent.

What is stored is stored first, here: a collector that is down costs nothing and loses no record. Attributes are names,
counts and durations from a fixed list; never a token, never text of an issue.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from data.logs import SECRETS

log = logging.getLogger(__name__)
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
NAME = "throughline"
LONGEST = 80  # characters of an attribute
SEND_SECONDS = 2.0  # one try to send
LEAVE_SECONDS = 1.5  # how long the end of the process waits for what is still to be sent
# Whatever else somebody hands in is dropped: a list cannot forget to leave something out.
ATTRIBUTES = frozenset(
    {
        "command", "exit_code", "callback", "http.status_code", "family", "state", "issues", "mode", "changed", "complete",
        "records", "jtbd.job.id", "jtbd.job.persona", "jtbd.job.status", "jtbd.job.duration_seconds",
        "jtbd.outcome.id", "jtbd.outcome.persona", "jtbd.outcome.expected", "jtbd.outcome.actual",
        "jtbd.outcome.achievement_rate", "jtbd.painpoint.id", "jtbd.painpoint.persona",
        "jtbd.painpoint.severity_before", "jtbd.painpoint.severity_after", "jtbd.painpoint.effectiveness",
        "jtbd.time.outcome_id", "jtbd.time.duration_seconds", "jtbd.satisfaction.outcome_id", "jtbd.satisfaction.level",
        "jtbd.source",
    }
)  # fmt: skip


class _Off:
    """Nobody listens."""

    @contextmanager
    def span(self, _name: str, _attributes: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        yield {}

    def event(self, _name: str, _attributes: Mapping[str, Any]) -> None:
        return

    def close(self) -> None:
        return


class _On:
    """Sends in the background, in batches; what cannot be sent is dropped, what waits is limited."""

    def __init__(self) -> None:
        from opentelemetry._logs import SeverityNumber
        from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk._logs import LoggerProvider
        from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        logging.getLogger("opentelemetry").setLevel(
            logging.CRITICAL
        )  # a collector that is down is not our user's trouble
        resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME") or NAME})
        self._spans = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=SEND_SECONDS)))
        self._logs = LoggerProvider(resource=resource, shutdown_on_exit=False)
        self._logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(timeout=SEND_SECONDS)))
        self._tracer, self._logger = self._spans.get_tracer(NAME), self._logs.get_logger(NAME)
        self._info = SeverityNumber.INFO

    @contextmanager
    def span(self, name: str, attributes: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        told: dict[str, Any] = {}
        # An exception's message may hold anything: only its type is told.
        with self._tracer.start_as_current_span(
            name, attributes=allowed(attributes), record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield told
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                raise
            finally:
                span.set_attributes(allowed(told))

    def event(self, name: str, attributes: Mapping[str, Any]) -> None:
        self._logger.emit(event_name=name, attributes=allowed(attributes), severity_number=self._info)

    def close(self) -> None:
        """Send what waits, but not for long."""
        for each in (self._spans, self._logs):
            ending = threading.Thread(target=each.shutdown, daemon=True)
            ending.start()
            ending.join(LEAVE_SECONDS)


_guard = threading.Lock()
_made: _Off | _On | None = None


def _telemetry() -> _Off | _On:
    global _made
    if _made is None:
        with _guard:
            if _made is None:
                _made = _open()
    return _made


def _open() -> _Off | _On:
    if not os.environ.get(ENDPOINT, "").strip() or os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return _Off()
    try:
        found = _On()
    except ImportError:
        log.warning("%s is set, but OpenTelemetry is not installed: see requirements-extras.txt", ENDPOINT)
        return _Off()
    except Exception:
        log.exception("telemetry could not be started; the program runs without it")
        return _Off()
    atexit.register(found.close)
    return found


@contextmanager
def span(name: str, **attributes: Any) -> Iterator[dict[str, Any]]:
    """A span around what is done in the context; what is put into the dict it gives becomes attributes at its end.

    >>> with span("sync", mode="full") as told:
    ...     told["issues"] = 5
    """
    with _telemetry().span(name, attributes) as told:
        yield told


def event(name: str, attributes: Mapping[str, Any]) -> None:
    """A named log event, within the span that is open, if any."""
    _telemetry().event(name, attributes)


def listening() -> bool:
    """Whether anything is sent."""
    return not isinstance(_telemetry(), _Off)


def allowed(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that may be told, short and without secrets.

    >>> allowed({"family": "flow", "summary": "Ann's issue", "issues": 5, "mode": None})
    {'family': 'flow', 'issues': 5}
    """
    return {
        name: SECRETS.clean(value)[:LONGEST] if isinstance(value, str) else value
        for name, value in attributes.items()
        if name in ATTRIBUTES and isinstance(value, str | int | float | bool)
    }
