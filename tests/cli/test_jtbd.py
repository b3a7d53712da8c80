"""`jtbd …` in the terminal (J-02): every command in a process of its own or in this one, on the example and on own
specs.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from cli import failures, main
from cli.jtbd import showing
from data.jtbd.import_records import read_file
from data.jtbd.storage import open_jobs_storage
from data.platform.logs import SECRETS
from tests.dashboard import command
from tests.forked import forked

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLES = CHECKOUT / "examples" / "jtbd"
SPEC = """@prefix tl: <urn:throughline:jtbd:> . @prefix : <urn:x:> .
:buy a tl:Job ; tl:title "Buy" ; tl:situation "I know what" ; tl:motivation "pay" ; tl:persona :ann ; tl:outcome :fast .
:ann a tl:Persona ; tl:title "Ann" .
:fast a tl:Outcome ; tl:title "Fast" ; tl:direction "minimise" ; tl:metric "time" ; tl:target 5 ; tl:unit "s" ;
  tl:importance 9 ; tl:satisfaction 3 .
:fees a tl:Painpoint ; tl:title "Fees" ; tl:severity 8 .
"""
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def jtbd(own_state, monkeypatch, capsys) -> Typed:
    """Types `jtbd …` on specs of its own; gives exit code, stdout and stderr."""
    folder = own_state / "specs"
    folder.mkdir()
    (folder / "a.ttl").write_text(SPEC)
    monkeypatch.setenv("THROUGHLINE_JTBD", str(folder))
    monkeypatch.chdir(own_state)

    def typed(*words: str) -> tuple[int, str, str]:
        code = main(["jtbd", *words])
        return (code, *capsys.readouterr())

    return typed


def records(own_state: Path):
    import os

    return open_jobs_storage(os.environ).store.all()


def test_a_job_is_tracked(jtbd, own_state):
    code, out, err = jtbd("track-job", "buy", "-p", "Ann", "-f", "cart", "-s", "completed", "--duration", "8.5")
    assert (code, out, err) == (0, "Tracked: buy completed by ann with cart.\n", "")
    [row] = records(own_state).jobs
    assert (row.duration_seconds, row.persona, row.status) == (8.5, "ann", "completed")


def test_started_then_completed_is_one_record(jtbd, own_state):
    assert jtbd("track-job", "buy", "-p", "ann", "-f", "cart", "-s", "started")[0] == 0
    assert jtbd("track-job", "buy", "-p", "ann", "-f", "cart")[2] == ""
    [row] = records(own_state).jobs
    assert row.status == "completed"
    assert row.duration_seconds >= 0


def test_what_is_not_known_is_said_and_stored_all_the_same(jtbd):
    code, _, err = jtbd("track-job", "walk", "-p", "bob", "-f", "cart")
    assert code == 0
    assert "No spec names the job 'walk'" in err
    assert "no duration" in err


def test_the_other_records(jtbd, own_state):
    assert jtbd("track-outcome", "fast", "-a", "4")[1] == "Tracked: fast 4, wanted 5: met.\n"
    assert "wanted 5: met." in jtbd("track-outcome", "fast", "-a", "0")[1]
    assert (
        jtbd("track-painpoint", "fees", "-b", "8", "-a", "2", "-p", "ann")[1]
        == "Tracked: fees 8 → 2, 75 % less severe.\n"
    )
    assert jtbd("track-satisfaction", "fast", "-l", "Very satisfied", "-p", "ann", "--met", "--effort", "2")[0] == 0
    assert (
        "after 90 s"
        in jtbd("track-time", "fast", "-p", "ann", "--started", "2026-01-31T10:00:00Z", "--at", "2026-01-31T10:01:30Z")[
            1
        ]
    )
    assert [len(part) for part in records(own_state)] == [0, 2, 1, 1, 1]
    told = json.loads(jtbd("track-time", "fast", "-p", "ann", "--started", "now", "--open", "--format", "json")[1])
    assert (told["kind"], told["end_time"]) == ("time", None)


@pytest.mark.parametrize(
    ("words", "clue"),
    [
        (["track-outcome", "odd", "-a", "4"], "Say what was expected"),
        (["track-job", "buy", "-p", " ", "-f", "cart"], "persona is empty"),
        (["track-job", "buy", "-p", "ann", "-f", "cart", "--at", "soon"], "Write it as"),
        (["track-satisfaction", "fast", "-l", "meh", "-p", "ann"], "Use 1 to 10"),
        (["analyze", "walk"], "There is no job 'walk'. The specs know: buy."),
    ],
)
def test_what_goes_wrong_is_one_line_on_stderr_and_exit_1(jtbd, words, clue):
    code, out, err = jtbd(*words)
    assert (code, out) == (1, "")
    assert clue in err.splitlines()[-1]


def test_a_file_that_is_not_there_ends_with_2_as_in_every_command(jtbd):
    code, out, err = jtbd("import", "none.csv")
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == "none.csv cannot be read: No such file or directory."


def test_errors_are_red_on_a_terminal_only(monkeypatch, capsys):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert failures._say("No.", 1) == 1
    assert capsys.readouterr().err == "No.\n"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    failures._say("No.", 1)
    assert capsys.readouterr().err == "\x1b[31mNo.\x1b[0m\n"
    assert SECRETS.clean("No.") == "No."


def test_sync_names_file_and_line_and_keeps_the_last_good_state(jtbd, own_state):
    assert jtbd("sync")[0] == 0
    (own_state / "specs" / "a.ttl").write_text(SPEC + ":x a tl:Job ] .\n")
    code, out, err = jtbd("sync", "--format", "json")
    told = json.loads(out)
    assert (code, told["broken"], told["counts"]["job"]) == (1, ["a.ttl"], 1)
    assert "a.ttl, line 7: This is not Turtle" in err


def test_sync_checks_shapes_when_asked(jtbd, own_state):
    pytest.importorskip("pyshacl")
    assert jtbd("sync", "--validate")[0] == 0
    (own_state / "specs" / "b.ttl").write_text("@prefix tl: <urn:throughline:jtbd:> .\n<urn:x:p> a tl:Painpoint .\n")
    code, _, err = jtbd("sync", "--validate")
    assert code == 1
    assert "b.ttl, line 2: p: A painpoint needs" in err


def test_shapes_without_the_package_say_how_to_get_it(jtbd, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyshacl", None)
    code, _, err = jtbd("sync", "--validate")
    assert code == 1
    assert "requirements-extras.txt" in err


def test_build_gives_the_same_bytes(jtbd, own_state):
    jtbd("track-job", "buy", "-p", "ann", "-f", "cart", "--duration", "5")
    assert jtbd("build")[0] == jtbd("build", "-o", "again.json")[0] == 0
    first = (own_state / "jtbd-metrics.json").read_bytes()
    assert first == (own_state / "again.json").read_bytes()
    assert json.loads(first)["summary"]["completed_jobs"] == 1
    narrow = json.loads(jtbd("build", "-o", "-", "--from", "2020-01-01", "--to", "2020-12-31")[1])
    assert (narrow["summary"]["total_jobs"], narrow["period"][0]) == (0, "2020-01-01T00:00:00.000Z")
    assert jtbd("build", "--from", "2020-01-01")[0] == 2


def test_new_and_verify(jtbd, own_state):
    code, out, _ = jtbd("verify")
    assert code == 1
    assert "The register has no job" in out
    code, out, _ = jtbd(
        "new",
        "Fast search",
        "--situation",
        "A sale",
        "--pattern",
        "answer from a cache",
        "--metric",
        "p99 < 50 ms",
        "-d",
        "Cache",
        "-d",
        "Load test passing 1,000 req/s",
        "--views",
        "Process",
    )
    assert (code, out) == (0, "JTBD-01: Given a sale, the system must answer from a cache, to ensure p99 < 50 ms.\n")
    assert "### JTBD-01: Fast search" in (own_state / "specs" / "register.md").read_text()
    assert jtbd("verify")[0] == 0
    assert jtbd("new", "Vague", "--situation", "s", "--pattern", "p", "--metric", "good")[1].startswith("JTBD-02")
    checks = json.loads(jtbd("verify", "--format", "json")[1])
    assert [each["ok"] for each in checks] == [False, True, True, False, False]


def test_import_and_cleanup(jtbd, own_state, monkeypatch):
    today = f"{datetime.now(UTC):%Y-%m-%d}T00:00:00Z"
    (own_state / "a.csv").write_text(
        "kind,job_id,persona,feature_used,status,started_at\n"
        f"job,buy,ann,cart,started,{today}\njob,buy,bob,cart,started,2020-01-01T00:00:00Z\n"
    )
    assert jtbd("import", "a.csv")[1] == "a.csv: 2 records, 2 of them new.\n"
    assert jtbd("import", "a.csv")[1] == (
        "a.csv: 2 records, 0 of them new.\n  2 records were here already: line 2, line 3.\n"
    )
    monkeypatch.setattr("sys.stdin", io.StringIO(""))  # nobody is there to be asked
    code, out, err = jtbd("cleanup", "--days", "30")
    assert code == 1 and "Older than 30 days: 1 records (job 1). Their daily counts are kept." in out
    assert "Nothing was removed. Give --yes" in err and len(records(own_state).jobs) == 2
    assert jtbd("cleanup", "--yes")[1].endswith("1 records removed, 1 kept.\n")
    assert jtbd("cleanup")[1] == "No record was older than 90 days.\n"
    assert "2 records were here already" in jtbd("import", "a.csv")[1]
    (own_state / "b.csv").write_text("kind,job_id\njob,buy\n")
    code, _, err = jtbd("import", "b.csv")
    assert code == 1
    assert "nothing was imported. Line 2:" in err


# ---- on the example, with issues


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs `jtbd …` on the sample site, in a home that this module shares."""
    return partial(forked, tmp_path_factory.mktemp("jobs"), "jtbd")


@pytest.fixture(scope="module")
def afresh(run):
    """The same as `python app.py jtbd …`, in a process that begins with nothing: once for each command."""
    return partial(command, *run.args)


def test_the_dashboard_is_full_without_jira(run, afresh):
    done = afresh("dashboard")
    assert done.returncode == 0, done.stderr
    for words in ("Job completion", "Costs that appear late", "extreme opportunity", "overserved", "Unclear fees"):
        assert words in done.stdout
    assert "\x1b" not in done.stdout
    data = json.loads(run("dashboard", "-f", "json", "-p", "Accountant").stdout)
    assert data["filters"] == {"persona": "Accountant"}
    assert 0 < data["summary"]["total_jobs"] < 60
    one = json.loads(run("dashboard", "--format", "json", "-j", "job-close-books").stdout)
    assert [row["job_id"] for row in one["jobs"]] == ["job-close-books"]
    assert "The specs know no persona 'Nobody'" in run("dashboard", "-p", "Nobody").stderr


def test_analyze_tells_of_one_job(afresh):
    done = afresh("analyze", "job-trust-payment", "-p", "First-time buyer")
    assert done.returncode == 0
    for words in (
        "Pay without worry",
        "I want to know all costs",
        "Completed:",
        "Work in the period:",
        "Costs that appear late",
    ):
        assert words in done.stdout
    assert "Find the right product" not in done.stdout


def test_exports_are_written_and_read_back(run, afresh, tmp_path):
    assert "jtbd_metrics.csv" in afresh("export").stderr
    text = run("export", "-o", "-", "--filter", "persona=Accountant").stdout
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["section"] for row in rows} >= {"summary", "jobs", "outcomes", "quality"}
    assert any(row["metric"] == "opportunity.linear" for row in rows)
    data = json.loads(run("export", "-f", "json", "-o", "-", "--records").stdout)
    path = tmp_path / "all.json"
    path.write_text(json.dumps(data))
    assert len(read_file(path)) == len(data["records"]) > 100
    path = tmp_path / "all.csv"
    path.write_text(run("export", "--records", "-o", "-").stdout)
    assert len(read_file(path)) == len(data["records"])
    assert run("export", "--filter", "colour=red").returncode == 2


def test_a_report_in_markdown(afresh):
    done = afresh("report", "-j", "job-buy-fast")
    assert done.stdout.startswith("# Jobs to be done")
    assert "Buy again in a minute" in done.stdout


def test_metrics_of_the_family(run):
    done = forked(run.args[0], "metrics", "--family", "jtbd", "--format", "json")
    assert [row["metric_type"] for row in json.loads(done.stdout)] == ["jtbd"] * 4


# ---- what starts quickly


@pytest.mark.parametrize(
    "words", [["jtbd", "--help"], ["jtbd", "track-job", "--help"], ["jtbd", "dashboard", "--help"], ["--help"]]
)
def test_help_imports_nothing_heavy(words):
    heavy = "{'dash', 'pandas', 'numpy', 'sqlalchemy', 'flask', 'plotly', 'requests', 'pyoxigraph', 'opentelemetry'}"
    assert imported(heavy, words).returncode == 0


def test_tracking_a_job_needs_neither_pandas_nor_dash(own_state):
    heavy = "{'dash', 'pandas', 'numpy', 'flask', 'plotly', 'requests', 'pyshacl', 'rdflib', 'opentelemetry'}"
    words = ["jtbd", "track-job", "job-buy-fast", "-p", "ann", "-f", "cart"]
    done = imported(heavy, words)
    assert (done.returncode, done.stdout) == (0, "Tracked: job-buy-fast completed by ann with cart.\n"), done.stderr


def imported(heavy: str, words: list[str]) -> subprocess.CompletedProcess[str]:
    program = (
        "import sys; from cli import main; code = main(sys.argv[1:]);"
        f"found = {heavy} & set(sys.modules); sys.exit(f'imported {{found}}' if found else code)"
    )
    return subprocess.run(
        [sys.executable, "-c", program, *words], cwd=CHECKOUT, capture_output=True, text=True, timeout=60
    )


def test_every_command_of_the_seed_is_there(jtbd):
    out = jtbd("--help")[1]
    for name in (
        "track-job",
        "track-outcome",
        "dashboard",
        "export",
        "analyze",
        "sync",
        "build",
        "report",
        "verify",
        "new",
        "cleanup",
        "import",
    ):
        assert re.search(rf"\b{name}\b", out)


def test_filters_are_read_in_both_ways():
    assert showing.filters_of('{"persona": "a", "start_date": "2026-01-01"}') == {"persona": "a", "from": "2026-01-01"}
    assert showing.filters_of(" ") == {}
