"""Telemetry as a collector gets it from commands and the server, and as nobody notices it when there is none (J-05)."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from callbacks.requests import _component
from tests.dashboard import CHECKOUT, command, dashboard
from tests.forked import forked

pytest.importorskip("opentelemetry.proto", reason="OpenTelemetry is optional: requirements-extras.txt")

from tests.collector import Collector, collecting, values

TRACK = ("jtbd", "track-job", "buy", "-p", "ann", "-f", "cart", "--duration", "8.5")
SPEC = '@prefix tl: <urn:throughline:jtbd:> . <urn:x:buy> a tl:Job ; tl:title "Canary of a spec" .'


@pytest.fixture
def specs(tmp_path) -> dict[str, str]:
    """What makes a command use specs of its own."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "a.ttl").write_text(SPEC)
    return {"THROUGHLINE_JTBD": str(tmp_path / "specs")}


@pytest.fixture
def typed(tmp_path, specs) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Types a command in a process of its own, on specs of its own."""
    return lambda *words, **variables: forked(tmp_path, *words, **specs, **variables)


@pytest.fixture
def afresh(tmp_path, specs) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The same in a process that begins with nothing."""
    return lambda *words, **variables: command(tmp_path, *words, **specs, **variables)


def stored(folder: Path) -> int:
    [path] = folder.rglob("jobs.db")
    with sqlite3.connect(path) as connection:
        count = connection.execute("SELECT count(*) FROM job_completions").fetchone()[0]
    connection.close()
    return count


def summaries(folder: Path) -> list[str]:
    """What people wrote on each of the issues that were synced."""
    [path] = folder.rglob("issues.db")
    with sqlite3.connect(path) as connection:
        found = [text for (text,) in connection.execute("SELECT summary FROM issue")]
    connection.close()
    return found


def ended(name: str) -> Callable[[Collector], bool]:
    """The span of a command is the last that it notes."""
    return lambda collector: any(values(each).get("command") == name for each in collector.named("command"))


@pytest.mark.parametrize("compression", ["none", "gzip"])
@pytest.mark.parametrize("wait", ["", "1"], ids=["left behind", "waited for"])
def test_a_collector_gets_what_was_sent_once(afresh, compression, wait):
    with collecting() as collector:
        told = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_COMPRESSION": compression}
        told |= {"OTEL_EXPORTER_OTLP_HEADERS": "x-team=checkout", "OTEL_SERVICE_NAME": "shop"}
        done = afresh(*TRACK, **told, THROUGHLINE_TELEMETRY_WAIT=wait)
        collector.wait_for(ended("jtbd track-job"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "Tracked: buy completed by ann with cart.\n", "")
    [event], [sync] = collector.events, collector.named("jtbd.sync")
    [store], [whole] = collector.named("jtbd.store"), collector.named("command")
    job = {
        "jtbd.job.id": "buy",
        "jtbd.job.persona": "ann",
        "jtbd.job.status": "completed",
        "jtbd.job.duration_seconds": 8.5,
        "jtbd.source": "manual",
    }
    assert (event.event_name, values(event), event.severity_text) == ("jtbd.job_completed", job, "INFO")
    assert values(store) == {"records": 1, **job}
    assert values(sync) == {"files": 1, "broken": 0, "triples": 2}
    assert values(whole) == {"command": "jtbd track-job", "exit_code": 0}
    assert len(collector.spans) == 3
    assert {each.trace_id for each in (event, sync, store, whole)} == {whole.trace_id}
    assert len(whole.trace_id) == 16
    assert (event.span_id, store.parent_span_id, sync.parent_span_id) == (store.span_id, whole.span_id, whole.span_id)
    assert (whole.parent_span_id, whole.status.code) == (b"", 0)
    assert whole.start_time_unix_nano <= store.start_time_unix_nano <= event.time_unix_nano <= store.end_time_unix_nano
    assert store.end_time_unix_nano <= whole.end_time_unix_nano
    assert {each["service.name"] for each in collector.resources} == {"shop"}
    for path, headers, _ in collector.requests:
        assert path in ("/v1/traces", "/v1/logs")
        assert (headers["content-type"], headers["x-team"]) == ("application/x-protobuf", "checkout")
        assert headers.get("content-encoding", "none") == compression


def test_each_of_many_imported_records_is_told_once(typed, tmp_path):
    rows = [f"job,buy,p{n % 7},f{n},completed,2026-01-31T09:{n // 60:02}:{n % 60:02}Z,e{n}" for n in range(1_200)]
    path = tmp_path / "many.csv"
    path.write_text("\n".join(["kind,job_id,persona,feature_used,status,started_at,event_id", *rows, *rows[:300]]))
    with collecting() as collector:
        told = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        first = typed("jtbd", "import", str(path), **told)
        collector.wait_for(ended("jtbd import"))
        second = typed("jtbd", "import", str(path), **told)
        collector.wait_for(lambda found: len(found.named("command")) == 2)
    assert "1500 records, 1200 of them new" in first.stdout
    assert "1500 records, 0 of them new" in second.stdout
    assert Counter(each.event_name for each in collector.events) == {"jtbd.job_completed": 1_200}
    assert Counter(values(each)["records"] for each in collector.named("jtbd.store")) == {1_200: 1, 0: 1}


def test_a_failing_command_says_so(typed):
    with collecting() as collector:
        done = typed("jtbd", "track-outcome", "unknown", "-a", "5", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
        collector.wait_for(ended("jtbd track-outcome"))
    [whole] = collector.named("command")
    assert done.returncode == values(whole)["exit_code"] == 1
    assert (whole.status.code, whole.status.message) == (2, "")
    assert not collector.events


def test_sync_and_calculation_are_spans(typed, tmp_path):
    with collecting() as collector:
        done = typed("metrics", "--format", "json", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
        collector.wait_for(ended("metrics"))
    assert done.returncode == 0, done.stderr
    [sync], [whole] = collector.named("sync"), collector.named("command")
    assert values(sync)["complete"] is True
    families = {values(each).get("family") for each in collector.named("calculation")}
    assert {"dora", "flow"} <= families
    assert {each.trace_id for each in collector.spans} == {whole.trace_id}
    sent = b"\n".join(body for _, _, body in collector.requests)
    texts = summaries(tmp_path)
    assert values(sync)["issues"] == len(texts) > 500
    assert {text for text in texts if text.encode() in sent} == set()


def test_a_callback_is_a_span_and_the_server_sends_the_rest_when_it_ends(tmp_path):
    body = {
        "output": '{"index":"Canary","type":"chart-body"}.children',
        "changedPropIds": [],
        "inputs": [],
        "outputs": {},
    }
    with collecting() as collector:
        told = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "3600000"}
        with dashboard(tmp_path, **told) as address:
            asked = Request(
                f"{address}/_dash-update-component", json.dumps(body).encode(), {"Content-Type": "application/json"}
            )
            with pytest.raises(OSError, match="HTTP Error"):
                urlopen(asked, timeout=60)
            assert not collector.named("callback"), "it sends in batches"
        collector.wait_for(ended("serve"))
    [callback] = collector.named("callback")
    assert values(callback)["callback"] == "chart-body.children"
    assert values(callback)["http.status_code"] >= 400
    assert b"Canary" not in b"".join(each for _, _, each in collector.requests)


@pytest.mark.parametrize(
    ("output", "named"),
    [
        ("cards-dora.children", "cards-dora.children"),
        ("..a.children...b.figure..", "..a.children...b.figure.."),
        ('{"index":"My \\"own\\" view","type":"chart-body"}.figure', "chart-body.figure"),
        ('{"area":"cards-grid","family":"My \\"own\\" view"}.children', "cards-grid.children"),
        ('{"name":"secret"}.figure', "pattern.figure"),
        ("anything that somebody writes", ""),
        (["a"], ""),
        (None, ""),
    ],
)
def test_a_callback_is_named_by_its_components_alone(output, named):
    assert _component(output) == named


# ---- without a collector


class Silent:
    """Accepts connections and never answers; `accepted` when somebody came."""

    def __enter__(self) -> Silent:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


def _closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return f"http://127.0.0.1:{found.getsockname()[1]}"


@pytest.mark.parametrize("dead", ["refuses", "never answers", "fails", "no such host"])
@pytest.mark.parametrize("wait", ["", "1"], ids=["left behind", "waited for"])
def test_a_dead_collector_loses_no_record_and_says_nothing(typed, tmp_path, dead, wait):
    with Silent() as silent, collecting(503) as failing:
        url = {
            "refuses": _closed_port(),
            "never answers": silent.url,
            "fails": failing.url,
            "no such host": "http://collector.invalid:4318",
        }[dead]
        told = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_EXPORTER_OTLP_TIMEOUT": "600"}
        done = typed(*TRACK, **told, THROUGHLINE_TELEMETRY_WAIT=wait)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Tracked: buy completed by ann with cart.\n", "")
    assert stored(tmp_path) == 1


def test_a_collector_of_traces_alone_gets_them(typed, tmp_path):
    with collecting(lambda path: 200 if path == "/v1/traces" else 404) as collector:
        rows = [f"job,buy,p,f{n},completed,2026-01-31T09:00:00Z" for n in range(1_100)]
        (tmp_path / "a.csv").write_text("\n".join(["kind,job_id,persona,feature_used,status,started_at", *rows]))
        typed("jtbd", "import", str(tmp_path / "a.csv"), OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
        collector.wait_for(ended("jtbd import"))
    refused = [path for path, _, _ in collector.requests if path == "/v1/logs"]
    assert len(refused) == 1, "the second part is not tried"


def test_a_command_has_ended_before_the_collector_answers(afresh):
    gate, arrived = threading.Event(), threading.Event()

    def late(_path: str) -> int:
        arrived.set()
        gate.wait(60)
        return 200

    with collecting(late) as collector:
        done = afresh(*TRACK, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
        assert done.returncode == 0
        assert arrived.wait(60)
        assert not collector.requests, "the command is over, its telemetry still on the way"
        gate.set()
        collector.wait_for(ended("jtbd track-job"))
    assert len(collector.events) == 1


def test_a_server_ends_although_its_collector_never_answers(tmp_path):
    with Silent() as silent, dashboard(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=silent.url) as address:
        assert urlopen(f"{address}/healthz", timeout=60).status == 200
    log = (tmp_path / "server.log").read_text()
    assert "opentelemetry" not in log.lower()
    assert "Traceback" not in log


# ---- what is set, what is installed


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("collector:4318", "does not begin with http"),
        ("", ""),
        ("off", "does not begin with http"),
    ],
)
def test_an_endpoint_that_is_none_is_said_and_ignored(typed, tmp_path, value, said):
    done = typed(*TRACK, OTEL_EXPORTER_OTLP_ENDPOINT=value)
    assert done.returncode == 0
    assert said in done.stderr
    assert bool(done.stderr) == bool(said)
    assert stored(tmp_path) == 1


def test_switched_off_nothing_is_sent(typed):
    with collecting() as collector:
        told = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_SDK_DISABLED": "true"}
        assert typed(*TRACK, **told, THROUGHLINE_TELEMETRY_WAIT="1").returncode == 0
    assert not collector.requests


def in_python(tmp_path: Path, program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("JIRA_", "THROUGHLINE_", "OTEL_"))}
    env |= {"THROUGHLINE_HOME": str(tmp_path / "home"), "THROUGHLINE_SETTINGS": str(tmp_path / "s.json")}
    env |= {"THROUGHLINE_JTBD": str(tmp_path), **variables}
    return subprocess.run(
        [sys.executable, "-c", program, *TRACK], cwd=CHECKOUT, env=env, capture_output=True, text=True, timeout=60
    )


def test_without_the_packages_it_warns_and_works(tmp_path):
    program = "import sys; sys.modules['opentelemetry'] = None; from cli import main; sys.exit(main(sys.argv[1:]))"
    done = in_python(tmp_path, program, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    assert done.returncode == 0
    assert "OpenTelemetry is not installed: see requirements-extras.txt" in done.stderr
    assert stored(tmp_path) == 1


def test_a_command_imports_no_opentelemetry_of_its_own(tmp_path):
    heavy = "{'opentelemetry.sdk', 'google', 'requests', 'pandas', 'dash'}"
    program = (
        "import sys; from cli import main; code = main(sys.argv[1:]); found = set(sys.modules) & "
        f"{heavy}; sys.exit(str(found) if found else code)"
    )
    done = in_python(tmp_path, program, OTEL_EXPORTER_OTLP_ENDPOINT=_closed_port())
    assert done.returncode == 0, done.stderr


def test_neither_token_nor_what_people_write_is_sent(typed):
    token = "canary-t0ken-0f-jira"
    told = {"JIRA_URL": "http://127.0.0.1:9", "JIRA_EMAIL": "canary@example.org", "JIRA_TOKEN": token}
    with collecting() as collector:
        told["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.url
        typed(*TRACK, "--note", "canary note", "--event-id", "canary-event", **told)
        typed("jtbd", "track-satisfaction", "fast", "-l", "8", "-p", "ann", "--feedback", "canary words", **told)
        typed("jtbd", "track-painpoint", "fees", "-b", "8", "-a", "3", "-p", f"ann {token}", "-f", "canary", **told)
        typed("sync", **told)
        collector.wait_for(lambda found: len(found.named("command")) == 4)
    sent = b"\n".join(body for _, _, body in collector.requests)
    assert len(collector.events) == 3
    assert b"canary" not in sent.lower()
    assert b"ann [hidden]" in sent
