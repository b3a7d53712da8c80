"""What people get wrong first: an address that is none, no token, a project that does not exist."""

from __future__ import annotations

import json
from functools import partial

import pytest

from data.values.filters import Choices
from tests.dashboard import command
from tests.forked import forked


@pytest.fixture
def run(tmp_path):
    return partial(forked, tmp_path)


@pytest.mark.parametrize("words", [["sync"], ["metrics"], ["fields"], ["doctor"]], ids=lambda words: words[0])
def test_an_address_that_is_none_is_said_with_an_example(tmp_path, words):
    run = command if words == ["fields"] else forked  # the others are real processes in test_whole.py
    done = run(tmp_path, *words, JIRA_URL="foo", JIRA_TOKEN="any-token")
    assert done.returncode in (1, 3)
    first = done.stderr.splitlines()[0]
    assert first.startswith("JIRA_URL cannot be used: 'foo' is not the address of a Jira site.")
    assert "https://example.atlassian.net" in first
    assert "reached" not in done.stderr + done.stdout


def test_a_host_of_one_word_needs_its_scheme_only(run):
    done = run("sync", JIRA_URL="https://jira-of-nowhere", JIRA_TOKEN="any-token")
    assert done.returncode == 1
    assert "could not be reached" in done.stderr


@pytest.mark.parametrize("words", [["sync"], ["fields"]], ids=lambda words: words[0])
def test_without_a_token_nobody_is_asked(run, words):
    done = run(*words, JIRA_URL="http://127.0.0.1:9")
    assert done.returncode == 1
    assert "There is no token for this Jira, so it was not asked. Set JIRA_TOKEN" in done.stderr
    assert "reached" not in done.stderr


def test_the_doctor_does_not_ask_without_a_token(run):
    checks = {
        each["name"]: each
        for each in json.loads(run("doctor", "--format", "json", JIRA_URL="http://127.0.0.1:9").stdout)
    }
    assert checks["Token"]["ok"] is False
    assert checks["Jira"]["ok"] is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("NOPE", "There is no project 'NOPE' in the data. There are: SHOP, PAY."),
        ("shop", "There is no project 'shop' in the data. Did you mean 'SHOP'? There are: SHOP, PAY."),
        ("SHOPP", "Did you mean 'SHOP'?"),
    ],
)
def test_a_project_that_does_not_exist_is_named_with_those_near_it(terminal, workspace, monkeypatch, typed, said):
    monkeypatch.setattr(type(workspace), "choices", lambda _: Choices((("SHOP", 9), ("PAY", 2))))
    done = terminal("metrics", "--project", typed)
    assert done.code == 0
    assert said in done.err
