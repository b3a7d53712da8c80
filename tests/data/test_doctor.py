"""The doctor: each thing that can be wrong is found, said and comes with what to do; what is in order is said so."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest

from data.platform.logs import SECRETS
from data.services.services import Services, open_services
from sample.source import SampleSite
from tests.sample_services import environment

SAMPLE = SampleSite(issues=60)


@pytest.fixture
def env(tmp_path):
    return environment(tmp_path)


@pytest.fixture
def synced(env) -> Services:
    services = open_services(env, sample=SAMPLE)
    assert services.sync.run(services.snapshot()).error is None
    return services


def wrong(services: Services) -> dict[str, str]:
    """Failed checks by name, with what they say."""
    return {
        each.name: f"{each.message} {each.todo}"
        for each in services.doctor.examine(services.snapshot())
        if each.ok is False
    }


def test_a_site_in_order_has_nothing_wrong(synced):
    assert wrong(synced) == {}
    names = {each.name for each in synced.doctor.examine(synced.snapshot()) if each.ok}
    assert names >= {
        "State folder",
        "Disk",
        "Privacy",
        "Who may look",
        "Settings",
        "Issue store",
        "Metric cache",
        "Records of jobs",
        "Saved views",
        "Data",
        "Last sync",
        "Field mapping",
    }


def test_a_full_disk(synced, monkeypatch):
    monkeypatch.setattr("data.services.readiness.shutil.disk_usage", lambda _: SimpleNamespace(free=3_000_000))
    assert wrong(synced).keys() == {"Disk"}
    assert "3 MB" in wrong(synced)["Disk"]


@pytest.mark.skipif(os.name != "posix", reason="modes of files are those of POSIX")
def test_files_that_others_can_open(synced):
    home = synced.sites.home.path
    home.chmod(0o755)
    assert wrong(synced) == {}
    found = next(home.rglob("issues.db"))
    found.chmod(0o644)
    assert wrong(synced) == {}  # its folder is closed
    found.parent.chmod(0o755)
    assert "issues.db" in wrong(synced)["Privacy"]
    assert "chmod" in wrong(synced)["Privacy"]


def test_a_dashboard_open_to_everybody(env):
    found = open_services(env | {"THROUGHLINE_HOSTS": "metrics.example.org"}, sample=SAMPLE)
    assert "no authentication" in wrong(found)["Who may look"]
    half = open_services(env | {"THROUGHLINE_TRUSTED_PROXY_HEADER": "X-User"}, sample=SAMPLE)
    assert "THROUGHLINE_TRUSTED_PROXY" in wrong(half)["Who may look"]


def test_records_of_which_a_page_is_damaged(synced):
    path = synced.jobs.storage(synced.snapshot()).store.path
    synced.jobs.storage(synced.snapshot()).store.close()
    content = bytearray(path.read_bytes())
    assert len(content) > 40 * 4096
    content[20 * 4096 : 24 * 4096] = b"\xff" * 4 * 4096
    path.write_bytes(bytes(content))
    path.with_name(path.name + "-wal").unlink(missing_ok=True)
    synced.jobs.storage(synced.snapshot()).__dict__.pop("_store")  # as in a process of its own
    said = wrong(synced)["Records of jobs"]
    assert "The store of job records was damaged." in said
    assert "could be read and are kept" in said


def test_broken_settings(env, tmp_path):
    (tmp_path / "app_settings.json").write_text("{")
    found = open_services(env | {"JIRA_URL": "http://127.0.0.1:9"}, sample=None)
    assert "settings.json" in wrong(found)["Settings"]


def test_no_token(env):
    assert "JIRA_TOKEN" in wrong(open_services(env | {"JIRA_URL": "http://127.0.0.1:9"}, sample=None))["Token"]


def test_a_jira_that_does_not_answer(env):
    there = env | {"JIRA_URL": "http://127.0.0.1:9", "JIRA_EMAIL": "ada@example.org", "JIRA_TOKEN": "any-token"}
    found = open_services(there, sample=None)
    assert found.sync.run(found.snapshot()).error["code"] == "unreachable"
    said = wrong(found)
    assert said.keys() == {"Jira", "Data", "Last sync"}
    assert "could not be reached" in said["Jira"]
    assert "It failed." in said["Last sync"]


def test_a_sync_that_was_not_complete(synced):
    with closing(sqlite3.connect(synced.sites.data(synced.snapshot()).folder / "issues.db")) as connection:
        (kept,) = connection.execute("select last_result from scope").fetchone()
        told = json.loads(kept) | {"complete": False, "warnings": ["Two histories did not come."]}
        connection.execute("update scope set last_result = ?", (json.dumps(told),))
        connection.commit()
    assert wrong(synced).keys() == {"Last sync"}
    assert "Two histories did not come." in wrong(synced)["Last sync"]


def test_broken_stores(synced, env):
    folder = synced.sites.data(synced.snapshot()).folder
    assert synced.jobs.storage(synced.snapshot()).problem is None
    (records,) = folder.glob("jobs*.db")
    for name in (records.name, "issues.db"):
        for each in folder.glob(f"{name}*"):
            each.unlink()
        (folder / name).mkdir()
        (folder / name / "in the way").touch()
    found = wrong(open_services(env, sample=SAMPLE))
    assert found.keys() == {"Records of jobs", "Issue store"}
    assert "sync" in found["Issue store"]
    assert "job records" in found["Records of jobs"]


def test_saved_views_that_cannot_be_read(synced):
    (synced.sites.data(synced.snapshot()).folder / "teams.json").write_text("{broken")
    assert wrong(synced).keys() == {"Saved views"}


def test_a_sync_of_the_sample_hides_no_word_that_is_written(synced):
    assert SECRETS.clean("The sample site is used.") == "The sample site is used."
