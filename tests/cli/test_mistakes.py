"""What people get wrong first: an address that is none, no token, a project that does not exist."""

from __future__ import annotations

import json
from functools import partial

import pytest

from tests.builders import choices_of
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
        ("shp", "There is no project 'shp' in the data. Did you mean 'SHOP'? There are: SHOP, PAY."),
        ("SHOPP", "Did you mean 'SHOP'?"),
    ],
)
def test_a_project_that_does_not_exist_is_named_with_those_near_it(terminal, services, monkeypatch, typed, said):
    monkeypatch.setattr(services.numbers, "choices", lambda _: choices_of(project=(("SHOP", 9), ("PAY", 2))))
    done = terminal("metrics", "--project", typed)
    assert done.code == 0
    assert said in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["metrics"],
        ["metrics", "--metric", "flow_time", "--by", "project"],
        ["metrics", "--metric", "flow_time", "--over", "month"],
        ["issues", "--metric", "flow_time"],
        ["report", "--output", "r.html"],
        ["teams", "save", "Ends"],
        ["jtbd", "dashboard"],
        ["jtbd", "analyze", "job-x"],
        ["jtbd", "export"],
        ["jtbd", "report"],
        ["jtbd", "build"],
    ],
    ids=" ".join,
)
def test_dates_at_the_ends_of_the_calendar_are_told(run, words):
    for first, last in (("9999-12-31", "9999-12-31"), ("0001-01-01", "0001-01-01")):
        done = run(*words, "--from", first, "--to", last)
        assert done.returncode != 0, (first, done.stdout)
        assert f"{first} cannot be shown. Use a date from 1970-01-01 to 2199-12-31." in done.stderr, (
            first,
            done.stderr,
        )


@pytest.mark.parametrize(
    "words",
    [["metrics", "--from", "9999-12-31"], ["metrics", "--to", "0001-01-01"], ["forecast", "--by", "9999-12-31"]],
)
def test_one_date_at_an_end_of_the_calendar_is_told(run, words):
    done = run(*words)
    assert done.returncode == 2
    assert "cannot be shown. Use a date from 1970-01-01 to 2199-12-31." in done.stderr


@pytest.mark.parametrize("group", ["people", "import", "tokens"])
def test_a_group_alone_prints_its_help_and_no_empty_message(terminal, group):
    done = terminal(group)
    assert done.code == 2
    assert "Usage:" in done.out + done.err
    assert "See:" not in done.out + done.err


def test_a_question_about_what_was_meant_is_not_followed_by_a_full_stop(terminal):
    assert terminal("people", "ad").err.endswith("Did you mean 'add'? See: python app.py people --help\n")


@pytest.mark.parametrize(
    "words",
    [["query"], ["import", "deployments"], ["import", "incidents"], ["teams", "import"], ["jtbd", "import"]],
    ids=" ".join,
)
def test_a_file_that_is_not_there_has_one_sentence_and_one_exit_code(terminal, words):
    done = terminal(*words, "none.file")
    assert done.code == 2
    assert done.err.splitlines()[-1] == "none.file cannot be read: No such file or directory."
