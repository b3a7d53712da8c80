"""Jobs to be done: the dashboard of 10,000 records, a durable write, a narrow query among 100,000, 10,000 triples,
start-up.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from random import Random

from benchmarks.rows import Report, Row, median
from data.jtbd import library, turtle
from data.jtbd.dashboard import generate_dashboard_data
from data.jtbd.inputs import RecordSelection
from data.jtbd.specs import Job, Outcome, Painpoint, Persona, Specs
from data.store.record_store import RecordStore, Where
from data.values.records import (
    LEVELS,
    JobCompletion,
    OutcomeAchieved,
    PainpointResolved,
    Records,
    TimeToOutcome,
    UserSatisfaction,
)

CHECKOUT = Path(__file__).resolve().parents[1]
DAY = 86_400_000_000
DAYS = 90
DASHBOARD, WRITE, QUERY, TRIPLES, LARGE = 0.020, 0.010, 0.010, 1.0, 10.0  # seconds


def run(report: Report) -> None:
    """Rows for each promise of the jobs pillar."""
    with tempfile.TemporaryDirectory() as folder:
        _dashboard(report, Path(folder))
        _query(report, Path(folder))
        _specs(report, Path(folder))
    _start(report)


def specs() -> Specs:
    """8 jobs, 24 outcomes, 4 personas, 10 painpoints."""
    return Specs(
        jobs={f"j{n}": Job(f"j{n}", f"Job {n}") for n in range(8)},
        outcomes={
            f"o{n}": Outcome(
                f"o{n}", job=f"j{n % 8}", direction="minimise", target=50.0, importance=9.0, satisfaction=4.0
            )
            for n in range(24)
        },
        personas={f"p{n}": Persona(f"p{n}") for n in range(4)},
        painpoints={f"pp{n}": Painpoint(f"pp{n}", job=f"j{n % 8}") for n in range(10)},
    )


def records(count: int, seed: int = 7) -> Records:
    """So many records of all kinds over 90 days."""
    random = Random(seed)

    def at() -> int:
        return random.randrange(DAYS * DAY)

    def person() -> str:
        return f"p{random.randrange(4)}"

    jobs, outcomes, painpoints, times = (round(count * share) for share in (0.4, 0.25, 0.1, 0.1))
    started = [at() for _ in range(jobs)]
    states = ("completed", "completed", "failed", "started")
    return Records(
        [
            JobCompletion(
                f"j{random.randrange(8)}",
                person(),
                "f",
                state,
                begun,
                None if state == "started" else begun + 5_000_000,
            )
            for begun, state in ((each, random.choice(states)) for each in started)
        ],
        [
            OutcomeAchieved(
                f"o{random.randrange(24)}", "time", 50, 100 * random.random(), None, "f", person(), "unknown", at()
            )
            for _ in range(outcomes)
        ],
        [
            PainpointResolved(
                f"pp{random.randrange(10)}",
                "c",
                "d",
                "f",
                person(),
                random.randint(1, 10),
                random.randint(0, 10),
                None,
                at(),
            )
            for _ in range(painpoints)
        ],
        [
            TimeToOutcome(f"o{random.randrange(24)}", person(), "f", begun, begun + 3_000_000)
            for begun in (at() for _ in range(times))
        ],
        [
            UserSatisfaction(
                f"o{random.randrange(24)}", "f", person(), random.choice(LEVELS), True, False, 3, None, at()
            )
            for _ in range(count - jobs - outcomes - painpoints - times)
        ],
    )


def _dashboard(report: Report, folder: Path) -> None:
    path, known = folder / "jobs.db", specs()
    store = RecordStore(path)
    store.replace_source("import", records(10_000))
    held = store.all(lean=True)
    count = sum(len(part) for part in held)
    wanted = RecordSelection(60 * DAY, 90 * DAY, 30 * DAY)
    floor = median(lambda: [len(part) for part in held for _ in part])
    took = median(lambda: generate_dashboard_data(held, known, wanted), 9)
    report.add(
        Row(
            "jobs", f"dashboard data, {count:,} records held", took, "s", floor, "a loop over the records", DASHBOARD, 9
        )
    )
    floor = median(lambda: _plain(path), 9)
    took = median(lambda: generate_dashboard_data(store.all(lean=True), known, wanted), 9)
    report.add(
        Row(
            "jobs",
            f"dashboard data, {count:,} records from the store",
            took,
            "s",
            floor,
            "plain sqlite3 fetching them",
            None,
            9,
        )
    )
    numbers = itertools.count(DAYS * DAY)
    floor = median(lambda: _synced(folder / "floor"), 25)
    took = median(lambda: store.add([JobCompletion("j1", "p1", "f", "started", next(numbers))]), 25)
    report.add(
        Row("jobs", "a record written, durable", took, "s", floor, "a page written and fsynced twice", WRITE, 25)
    )
    store.close()


def _plain(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        tables = (
            "job_completions",
            "outcome_achievements",
            "painpoint_resolutions",
            "time_to_outcome",
            "user_satisfaction",
        )
        count = sum(len(connection.execute(f"SELECT * FROM {name}").fetchall()) for name in tables)  # noqa: S608
    connection.close()
    return count


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    for _ in range(2):
        os.pwrite(handle, b"\0" * 4096, 0)
        os.fsync(handle)
    os.close(handle)


def _query(report: Report, folder: Path) -> None:
    store = RecordStore(folder / "many.db")
    store.replace_source(
        "import", records(250_000, seed=8)._replace(outcomes=(), painpoints=(), times=(), satisfaction=())
    )
    count = store.counts()["job"]
    where = Where(about="j3", persona="p1", start=80 * DAY, end=83 * DAY)
    found = len(store.query_jobs(where))
    floor = median(lambda: _opened(store.path), 25)
    took = median(lambda: store.query_jobs(where), 25)
    report.add(
        Row(
            "jobs",
            f"{found} of {count:,} job records by job, persona, days",
            took,
            "s",
            floor,
            "opening the file",
            QUERY,
            25,
        )
    )
    store.close()


def _opened(path: Path | None) -> None:
    connection = sqlite3.connect(path or "")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("SELECT value FROM jtbd_meta").fetchall()
    connection.close()


def _specs(report: Report, folder: Path) -> None:
    import pyoxigraph as ox

    place = folder / "specs"
    place.mkdir()
    head = "@prefix tl: <urn:throughline:jtbd:> .\n@prefix : <urn:x:> .\n"
    rows = "".join(
        f':o{n} a tl:Outcome ; tl:title "Outcome {n}" ; tl:direction "minimise" ; tl:importance 5 ; tl:target {n} .\n'
        for n in range(2000)
    )
    path = place / "a.ttl"
    path.write_text(head + rows)
    store = RecordStore(folder / "specs.db")
    triples = library.sync(store, place, 1).triples
    floor = median(lambda: list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)))
    took = median(lambda: library.sync(store, place, 1))
    report.add(Row("jobs", f"{triples:,} triples synced", took, "s", floor, "pyoxigraph parsing them", TRIPLES, 5))
    took = median(lambda: library.current(store, place, 1))
    report.add(Row("jobs", "specs read again, nothing changed", took, "s", None, "", None, 5))
    store.close()
    _large_specs(report, head)


def _large_specs(report: Report, head: str) -> None:
    """Files at their limits: time grows with their size, not with its square."""
    import pyoxigraph as ox

    for count in (25_000, 100_000):
        labels = ", ".join(f'"label {n}"' for n in range(count))
        content = f"{head}:o a tl:Outcome ; tl:title 'x' ; tl:label {labels} .".encode()
        floor = median(lambda text=content: list(ox.parse(input=text, format=ox.RdfFormat.TURTLE)), 3)
        took = median(lambda text=content: turtle.parse(text, "a.ttl", lambda: 0.0), 3)
        report.add(
            Row("jobs", f"{count:,} labels of one outcome read", took, "s", floor, "pyoxigraph parsing them", LARGE, 3)
        )
    rows = "".join(f":o{n} a tl:Outcome ; tl:title 't' .\n" for n in range(30_000))
    took = median(lambda: _refused(f"{head}{rows}".encode()), 3)
    report.add(Row("jobs", "30,000 outcomes in one file refused", took, "s", None, "", LARGE, 3))


def _refused(content: bytes) -> None:
    with suppress(turtle.SpecError):
        turtle.parse(content, "a.ttl")
        raise AssertionError("it was read")


def bytecode(folder: Path) -> dict[str, str]:
    """As after the first start of any installation: Python keeps what it compiled, wherever this is measured."""
    return {"PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}


def _start(report: Report) -> None:
    """Start-up of commands in processes of their own, beside that of an empty Python."""
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "THROUGHLINE_HOME": home, "THROUGHLINE_SETTINGS": str(Path(home) / "s.json")}
        env["THROUGHLINE_JTBD"] = home
        env |= bytecode(Path(home))

        def command(*words: str) -> float:
            started = time.perf_counter()
            subprocess.run([sys.executable, *words], cwd=CHECKOUT, env=env, check=True, capture_output=True)
            return time.perf_counter() - started

        track = ("app.py", "jtbd", "track-job", "buy", "-p", "ann", "-f", "cart")
        command(*track)
        command("app.py", "jtbd", "--help")
        floor = min(command("-c", "") for _ in range(5))
        for name, words in (("jtbd --help", ("app.py", "jtbd", "--help")), ("jtbd track-job", track)):
            report.add(
                Row("jobs", name, min(command(*words) for _ in range(5)), "s", floor, "python doing nothing", None, 5)
            )
