"""Saved views on the page: keeping one, replacing it as it was seen, deleting it, files in and out."""

from __future__ import annotations

import json

import pytest
from dash import no_update

from callbacks import teams as page
from data.values.filters import only
from data.values.teams import TeamView
from tests.callbacks.acting import acting, words
from tests.sample_services import synced_services
from ui import ids

T = ids.Teams


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    return synced_services(tmp_path_factory.mktemp("teams"), 60)


@pytest.fixture
def services(opened):
    for each in opened.teams.list(opened.snapshot()).views:
        opened.teams.delete(each.name, opened.snapshot())
    return opened


def keep(services, name, search="?period=30d&tab=flow", seen=None, before=None, by=T.CONFIRM):
    with acting(services, by):
        return page.keep(1, 1, 1, name, search, seen, before)


def act(services, wish, before=None):
    with acting(services, T.WISH, "data", wish):
        return page.act(wish, before)


def test_a_view_is_kept_with_its_period_tab_and_filters(services):
    project = services.numbers.choices(services.snapshot()).of("project")[0][0]
    kept, report, seen = keep(services, "Mine", f"?period=30d&tab=flow&project={project}", before={"n": 4})
    assert (kept, report, seen) == ({"n": 5, "state": "saved", "name": "Mine"}, None, None)
    [view] = services.teams.list(services.snapshot()).views
    assert (view.name, view.period, view.tab, view.filters) == ("Mine", "30d", "flow", only(project=(project,)))
    keep(services, "Days", "?from=2026-01-02&to=2026-01-31&tab=nonesuch")
    days = services.teams.get("Days", services.snapshot())
    assert (days.period, days.first, days.last, days.tab) == (None, "2026-01-02", "2026-01-31", "overview")


def test_a_name_that_is_taken_is_replaced_only_after_it_was_asked(services):
    keep(services, "Mine", "?period=30d")
    kept, report, seen = keep(services, "Mine", "?period=90d", before={"n": 1})
    assert kept == {"n": 2, "state": "asked"}
    assert "There is a saved view “Mine” already." in words(report)
    assert services.teams.get("Mine", services.snapshot()).period == "30d", "nothing was replaced yet"
    assert seen == {"name": "Mine", "revision": services.teams.get("Mine", services.snapshot()).revision}
    other, _, _ = keep(services, "Else", "?period=90d", seen=seen)
    assert other["state"] == "saved", "what was seen is about another name"
    again, _, _ = keep(services, "Mine", "?period=90d", seen=seen)
    assert (again["state"], services.teams.get("Mine", services.snapshot()).period) == ("saved", "90d")
    conflict, report, _ = keep(services, "Mine", "?period=7d", seen=seen)
    assert conflict["state"] == "error", "it is not what was seen any more"
    assert "Somebody else changed it" in words(report)
    assert services.teams.get("Mine", services.snapshot()).period == "90d"


@pytest.mark.parametrize(("name", "search"), [(" ", "?period=7d"), (None, "?period=7d")])
def test_what_cannot_be_kept_is_said_in_the_dialog(services, name, search):
    kept, report, seen = keep(services, name, search)
    assert (kept, seen) == ({"n": 1, "state": "error"}, None)
    assert words(report) not in ("null", "")
    assert services.teams.list(services.snapshot()).views == ()


def test_opening_the_dialog_asks_nothing_of_before(services):
    assert keep(services, "Mine", by=T.KEEP) == (no_update, None, None)
    assert services.teams.list(services.snapshot()).views == ()


@pytest.mark.parametrize(
    ("by", "kept", "opens"),
    [
        (T.CANCEL, None, False),
        (T.KEPT, {"state": "saved"}, False),
        (T.KEPT, {"state": "asked"}, no_update),
        (T.KEPT, {"state": "error"}, no_update),
    ],
)
def test_the_dialog_closes_once_the_view_is_kept_or_given_up(services, by, kept, opens):
    with acting(services, by):
        assert page.show_dialog(1, 1, kept, "?period=30d") == (opens, no_update, no_update)


def test_the_dialog_suggests_the_name_of_the_only_filter(services):
    first, second = (name for name, _ in services.numbers.choices(services.snapshot()).of("project")[:2])
    with acting(services, T.KEEP):
        opens, what, name = page.show_dialog(1, None, None, f"?period=30d&project={first}")
        assert (opens, name) == (True, first)
        assert first in words(what)
        assert page.show_dialog(1, None, None, f"?period=30d&project={first}&project={second}")[2] == ""


def test_a_view_is_deleted_as_it_was_seen_and_the_page_says_so(services):
    made = services.teams.save(TeamView("Mine", "30d"), services.snapshot())
    refused = act(services, {"do": "delete", "name": "Mine", "revision": made.revision + 1})
    assert refused["messages"][0]["level"] == "warning"
    assert "Somebody else changed it" in refused["messages"][0]["why"]
    assert act(services, {"do": "delete", "name": "Mine", "revision": made.revision}, {"n": 3}) == {
        "n": 4,
        "messages": [{"what": "“Mine” is deleted.", "level": "info"}],
    }
    assert services.teams.list(services.snapshot()).views == ()
    assert act(services, None) is no_update


def test_a_file_of_views_is_added_and_the_page_says_what_became_of_each(services):
    services.teams.save(TeamView("Here", "7d"), services.snapshot())
    views = [
        {"name": "Here", "period": "7d"},
        {"name": "New", "period": "30d"},
        {"name": "Old", "period": "7d", "definitions": {"durations": "fortnights"}},
    ]
    done = act(services, {"do": "import", "text": json.dumps({"views": views})})
    assert [(each["what"], each["level"]) for each in done["messages"][:2]] == [
        ("Added “New”.", "info"),
        ("1 of them were here already.", "info"),
    ]
    assert done["messages"][2]["level"] == "warning" and "fortnights" in done["messages"][2]["what"]
    assert len(done["messages"]) == 3


@pytest.mark.parametrize(("text", "said"), [('{"views": []}', "The file holds no view."), ("no json", ""), ("", "")])
def test_a_file_without_views_is_said(services, text, said):
    [line] = act(services, {"do": "import", "text": text})["messages"]
    assert line["level"] == "warning"
    assert line["what"] == said if said else line["what"].endswith(".")


def test_the_tab_lists_the_views_compares_the_chosen_ones_and_says_what_was_done(services):
    services.teams.save(TeamView("One", "30d"), services.snapshot())
    services.teams.save(TeamView("Two", "90d"), services.snapshot())
    done = {"messages": [{"what": "“Three” is deleted.", "level": "info"}]}

    def shown(query, by):
        with acting(services, by, "data"):
            return words(page.show_teams({"query": query, "revision": "1"}, None, done))

    listed = shown("?tab=teams", T.BODY)
    assert "One" in listed and "Two" in listed and "is deleted." not in listed
    assert "“Three” is deleted." in shown("?tab=teams", T.DONE)
    assert "Flow time" not in shown("?tab=teams&team=One", T.BODY), "one view alone is not compared"
    assert page.show_teams(None, None, None) is no_update


def test_the_file_of_all_views_can_be_read_again(services, use, client):
    use(services).teams.save(TeamView("One", "30d"), services.snapshot())
    answer = client.get("/export/teams.json")
    assert 'filename="throughline_teams.json"' in answer.headers["Content-Disposition"]
    assert [each["name"] for each in answer.json["views"]] == ["One"]
