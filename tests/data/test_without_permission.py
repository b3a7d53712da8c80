"""As a user who may not write: everything still reads, says what is wrong, and changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.sample_services import environment

ROOT = Path(__file__).parents[2]
NOBODY = 65534

# All modules are imported before the privileges go: the interpreter itself may be where nobody can read.
AS_NOBODY = """
import json, os, sys
from pathlib import Path
from data.cache.metric_cache import Key, MetricCache
from data.settings.connection import Home, HomeError, TokenError, TokenStore
from data.settings.store import ReadOnly, SettingsStore
import encodings.ascii, encodings.idna, encodings.utf_8_sig, filelock._soft

os.setgid(65534)
os.setuid(65534)
folder = Path(sys.argv[1])
report = {}

def caught(name, kind, call):
    try:
        call()
        report[name] = "nothing raised"
    except kind as error:
        report[name] = str(error)

settings = SettingsStore(folder / "app_settings.json")
loaded = settings.load()
report["loaded"] = [loaded.settings.jira.jql, loaded.read_only, loaded.problem and str(loaded.problem)]
caught("save", ReadOnly, lambda: settings.save({"jira": {"jql": "b"}}, revision=loaded.revision))
hidden = SettingsStore(folder / "hidden.json").load()
report["hidden"] = [hidden.read_only, str(hidden.problem)]
broken = SettingsStore(folder / "broken.json").load()
report["broken"] = [broken.read_only, str(broken.problem)]
cache = MetricCache(folder / "metrics_cache.json")
cache.put(Key("dora", "2026-01-01", "2026-01-31", {}), [])
report["cache"] = [cache.get(Key("dora", "2026-01-01", "2026-01-31", {})).state, str(cache.problem)]
report["home"] = [Home(folder, folder / "x").ensure().is_read_only]
caught("new home", HomeError, lambda: Home(folder / "home", folder / "x").ensure())
caught("token", TokenError, lambda: TokenStore(folder / "token.json").set("https://a.example", "c4nary-t0ken"))
print(json.dumps(report))
"""


@pytest.fixture(scope="module")
def folder():
    made = Path(tempfile.mkdtemp(prefix="throughline-"))
    (made / "app_settings.json").write_text('{"jira": {"jql": "a"}}')
    (made / "hidden.json").write_text("{}")
    (made / "hidden.json").chmod(0o600)
    (made / "broken.json").write_text("{")
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def report(folder):
    if os.geteuid() != 0:
        pytest.skip("only root can become a user without permissions")
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    done = subprocess.run([sys.executable, "-c", AS_NOBODY, str(folder)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before
    return json.loads(done.stdout)


def test_settings_are_read_and_a_save_is_refused_with_words(report):
    assert report["loaded"] == ["a", True, None]
    assert "Permission denied" in report["save"]
    assert "THROUGHLINE_SETTINGS" in report["save"]


def test_settings_that_cannot_be_read_are_a_problem(report):
    read_only, problem = report["hidden"]
    assert read_only
    assert "Permission denied" in problem


def test_a_broken_file_that_cannot_be_copied_is_read_only(report):
    read_only, problem = report["broken"]
    assert read_only
    assert "line 1" in problem
    assert "copy" not in problem


def test_the_cache_works_in_memory(report):
    state, problem = report["cache"]
    assert state == "fresh"
    assert "memory only" in problem


def test_folder_and_token_say_what_to_do(report):
    assert report["home"] == [True]
    assert "THROUGHLINE_HOME" in report["new home"]
    assert "JIRA_TOKEN" in report["token"]
    assert "c4nary" not in report["token"]


# -- a state folder that was filled by somebody else

LOOK = """
import json, os, sys
from tests.forked import import_all
import_all()
from data.platform.logs import protect
from data.services.services import open_services
from data.values.periods import Period
from sample.source import SampleSite

env = json.loads(sys.argv[1])

def look():
    services = open_services(env, sample=SampleSite(issues=60))
    view = services.view("90d")
    values = {each.metric_name: each.value for each in services.numbers.values(view)}
    jobs = [each.value for each in services.jobs.answer(view).values]
    status = services.status.of(services.snapshot())
    found = {
        "values": values, "jobs": jobs, "issues": status.issue_count,
        "problems": [str(each) for each in status.problems],
        "ready": services.readiness.ready(services.snapshot()),
        "starts": services.sync.ensure_fresh(services.snapshot()),
        "doctor": {each.name: [each.ok, each.message] for each in services.doctor.examine(services.snapshot())},
    }
    return services, found

services, owner = look()
if sys.argv[2] == "log":  # a log that nobody has put away yet
    data = services.sites.data(services.snapshot())
    keep = data.store.engine.connect()
    data.store.note_result(1, data.head().last_result)
os.setgid(65534)
os.setuid(65534)
services, other = look()
result = services.sync.run(services.snapshot())
print(json.dumps({"owner": owner, "other": other, "sync": result.error}))
os._exit(0)
"""


@pytest.mark.parametrize("log", ["no log", "log"])
def test_a_state_folder_that_can_only_be_read_is_shown(log, tmp_path_factory):
    if os.geteuid() != 0:
        pytest.skip("only root can become a user without permissions")
    from data.services.services import open_services
    from sample.source import SampleSite

    made = Path(tempfile.mkdtemp(prefix="throughline-"))
    try:
        env = environment(made)
        services = open_services(env, sample=SampleSite(issues=60))
        assert services.sync.run(services.snapshot()).complete
        opened = (
            "import os; os.umask(0o022); [os.chmod(os.path.join(at, each), 0o755) for at, some, _ in "
            f"os.walk({str(made)!r}) for each in ['.', *some]]; [os.chmod(os.path.join(at, each), 0o644) for at, _, "
            f"some in os.walk({str(made)!r}) for each in some]\n"
        )
        code = LOOK.replace("os.setgid(65534)", opened + "os.setgid(65534)")
        done = subprocess.run(
            [sys.executable, "-c", code, json.dumps(env), log], cwd=ROOT, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr[-3000:]
        told = json.loads(done.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(made)
    owner, other = told["owner"], told["other"]
    assert other["values"] == owner["values"] and any(other["values"].values())
    assert (other["jobs"], other["issues"]) == (owner["jobs"], owner["issues"])
    assert owner["problems"] == [] and "can only be read" in other["problems"][0]
    assert other["ready"]["ready"] and other["ready"]["stores"]["folder"] == "read-only"
    assert other["starts"] is False
    assert {name for name, (ok, _) in other["doctor"].items() if ok is False} <= {
        "State folder",
        "Privacy",
        "Metric cache",
    }
    assert "cannot be written" in other["doctor"]["State folder"][1]
    assert told["sync"]["code"] and "issue store" in told["sync"]["message"].lower()
