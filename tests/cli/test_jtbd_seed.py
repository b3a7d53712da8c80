"""The commands of the measurement design, typed as it writes them (J-02)."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cli import main
from data.jtbd.import_records import read_file
from data.jtbd.storage import open_jobs_storage

SPEC = """@prefix tl: <urn:throughline:jtbd:> . @prefix : <urn:x:> .
:deps-add a tl:Job ; tl:title "Add a dependency" ; tl:persona :python-developer ; tl:outcome :faster-dependency-mgmt .
:publish a tl:Job ; tl:title "Publish" .
:python-developer a tl:Persona ; tl:title "Python developer" .
:faster-dependency-mgmt a tl:Outcome ; tl:title "Faster" ; tl:direction "minimise" ; tl:target 30 ; tl:unit "seconds" .
"""
Typed = Callable[[str], tuple[int, str, str]]


@pytest.fixture(params=["with specs", "without specs"])
def typed(own_state: Path, monkeypatch, capsys, request) -> Typed:
    """Types a line; gives exit code, stdout and stderr."""
    folder = own_state / "specs"
    folder.mkdir()
    if request.param == "with specs":
        (folder / "a.ttl").write_text(SPEC)
    monkeypatch.setenv("THROUGHLINE_JTBD", str(folder))
    monkeypatch.chdir(own_state)

    def answered(line: str) -> tuple[int, str, str]:
        code = main(line.split())
        return (code, *capsys.readouterr())

    return answered


def test_every_example_of_the_seed_works(typed: Typed, own_state: Path):
    for line in (
        "jtbd track-job deps-add --persona python-developer",
        "jtbd track-outcome faster-dependency-mgmt",
        "jtbd dashboard",
        "jtbd dashboard --persona python-developer",
        "jtbd export --format csv --output metrics.csv",
        "jtbd export --format json --output metrics.json",
        "jtbd analyze deps-add",
        "jtbd analyze --job-id deps-add",
        "jtbd analyze",
        "jtbd sync",
    ):
        code, _, err = typed(line)
        assert code == 0, (line, err)
    assert next(csv.reader((own_state / "metrics.csv").read_text().splitlines()))[0] == "section"
    assert "summary" in json.loads((own_state / "metrics.json").read_text())


def test_a_job_without_a_feature_is_stored_without_one(typed: Typed):
    code, out, _ = typed("jtbd track-job deps-add --persona python-developer")
    assert (code, out) == (0, "Tracked: deps-add completed by python-developer.\n")
    [row] = open_jobs_storage(os.environ).store.all().jobs
    assert (row.job_id, row.persona, row.feature_used, row.status) == ("deps-add", "python-developer", "", "completed")


def test_an_outcome_without_a_value_is_noted_as_achieved_and_nothing_is_invented(typed: Typed):
    code, out, err = typed("jtbd track-outcome faster-dependency-mgmt")
    assert (code, out) == (0, "Tracked: faster-dependency-mgmt achieved, without a measured value.\n")
    assert "Nothing was measured" in err
    [row] = open_jobs_storage(os.environ).store.all().outcomes
    assert (row.actual_value, row.achievement_rate, row.status) == (None, None, "achieved")
    [told] = [
        each
        for each in json.loads(typed("jtbd dashboard -f json")[1])["outcomes"]
        if each["outcome_id"] == "faster-dependency-mgmt"
    ]
    assert (told["actual"], told["achievement"], told["n"], told["met"]["n"]) == (None, None, 0, 0)
    assert told["reason"] == "Noted as achieved once, without a measured value."


def test_what_was_noted_without_a_value_is_exported_and_read_again(typed: Typed, own_state: Path):
    typed("jtbd track-outcome faster-dependency-mgmt")
    typed("jtbd track-job deps-add --persona python-developer")
    for name in ("all.csv", "all.json"):
        assert typed(f"jtbd export --records -f {name[-4:].strip('.')} -o {name}")[0] == 0
        assert {type(each).__name__ for each in read_file(own_state / name)} == {"OutcomeAchieved", "JobCompletion"}
        assert "2 were here already" in typed(f"jtbd import {name}")[1].replace("records were", "were")


@pytest.mark.parametrize("status", ["started", "in_progress", "completed", "failed", "abandoned"])
def test_every_status_of_the_seed_is_stored(typed: Typed, status: str):
    assert typed(f"jtbd track-job deps-add -p python-developer -f cli -s {status}")[0] == 0
    assert open_jobs_storage(os.environ).store.all().jobs[0].status == status


def test_an_abandoned_try_ends_the_one_that_was_started_and_is_not_open(typed: Typed):
    typed("jtbd track-job deps-add -p python-developer -f cli -s started")
    typed("jtbd track-job deps-add -p python-developer -f cli -s abandoned")
    [row] = open_jobs_storage(os.environ).store.all().jobs
    assert row.status == "abandoned"
    assert row.completed_at is not None
    [told] = [each for each in json.loads(typed("jtbd dashboard -f json")[1])["jobs"] if each["job_id"] == "deps-add"]
    assert (told["tracked"], told["completed"], told["failed"], told["abandoned"], told["open"]) == (1, 0, 0, 1, 0)


def test_a_job_named_twice_is_refused(typed: Typed):
    code, _, err = typed("jtbd analyze deps-add --job-id publish")
    assert code == 2
    assert "named twice" in err


def test_what_is_not_understood_is_said_by_build_verify_sync_and_import(typed: Typed, own_state: Path):
    (own_state / "specs" / "deep" / "er").mkdir(parents=True)
    (own_state / "specs" / "deep" / "er" / "b.ttl").write_text(
        '@prefix o: <urn:other:> .\no:x a o:Job ;\n  o:jobName "X" ; o:jobMood "calm" .\n'
    )
    (own_state / "specs" / "old.owl").write_text("")
    (own_state / "r.json").write_text("[]")
    summary = "1 statement about 1 property or class (jobMood 1) in 1 file is not understood."
    for line in ("jtbd build -o -", "jtbd verify", "jtbd sync"):
        err = typed(line)[2]
        assert "deep/er/b.ttl, line 3: jobMood of job is not understood: once (line 3)." in err, line
        assert "old.owl: Files that end in .owl are not read." in err
        assert summary in err
    err = typed("jtbd import r.json")[2]
    assert f"1 problem in the specs. {summary} See: python app.py jtbd sync" in err
