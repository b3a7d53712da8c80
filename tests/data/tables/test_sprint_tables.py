"""Sprints of the store become tables: who was in which sprint from when to when, by ids or else by names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store import schema
from data.store.issue_store import IssueStore
from data.tables.sprint_tables import NO_BOARD, UNREADABLE
from data.tables.tidy import NEVER
from tests.data.tables.stored_site import Site
from tests.data.tables.test_tables import rows


@pytest.fixture
def jira(tmp_path: Path) -> Iterator[Site]:
    store = IssueStore(tmp_path / "issues.db")
    made = Site(store)
    made.add(schema.board, board_id=7, name="Board", kind="scrum", project_key="P")
    for number, name, board in ((12, "Sprint 1", 7), (13, "Sprint 2", 7), (14, "Away", 99), (15, "Loose", None)):
        made.add(
            schema.sprint,
            sprint_id=number,
            board_id=board,
            name=name,
            state="closed",
            started=5,
            ends=None,
            completed=9,
        )
    yield made
    store.close()


def moves(jira: Site) -> list[tuple]:
    return rows(jira.tables().sprint_moves, "issue", "at", "sprint", "joined")


def test_a_sprint_knows_its_board_where_we_do(jira):
    made = jira.tables()
    assert rows(made.sprints, "sprint_id", "board_id", "board") == [
        (12, 7, 0),
        (13, 7, 0),
        (14, 99, -1),
        (15, NO_BOARD, -1),
    ]
    assert rows(made.sprints, "started", "ends", "completed")[0] == (5, NEVER, 9)
    assert rows(made.boards, "board_id", "name", "kind", "project") == [(7, "Board", "scrum", "P")]


def test_where_nothing_is_recorded_it_was_in_the_sprint_since_it_was_created(jira):
    jira.issue(1, created=100)
    jira.issue(2, created=200)
    for sprint, issue in ((13, 2), (12, 2), (12, 3)):  # issue 3 is not held
        jira.add(schema.sprint_issue, sprint_id=sprint, issue_id=issue)
    assert moves(jira) == [(1, 200, 0, True), (1, 200, 1, True)]
    assert rows(jira.tables().sprint_members, "issue", "sprint") == [(1, 0), (1, 1)]


def test_what_is_recorded_wins_over_what_the_field_says_now(jira):
    jira.issue(1, created=100)
    jira.add(schema.sprint_issue, sprint_id=13, issue_id=1)
    jira.change(1, 300, "12", "12, 13", field="sprint")
    jira.change(1, 400, "12, 13", "13", field="sprint")
    assert moves(jira) == [(0, 100, 0, True), (0, 300, 1, True), (0, 400, 0, False)]


def test_names_are_read_where_ids_are_missing_and_a_name_that_none_has_ends_what_is_known(jira):
    jira.issue(1, created=100)
    jira.change(1, 300, None, None, field="sprint", from_name="", to_name="Sprint 1, Sprint 2")
    jira.change(1, 400, None, None, field="sprint", from_name="Sprint 1, Sprint 2", to_name="Gone")
    jira.change(1, 500, None, None, field="sprint", from_name="Gone", to_name="Sprint 1")
    assert moves(jira) == [(0, 300, 0, True), (0, 300, 1, True), (0, 400, UNREADABLE, True)]


def test_a_history_that_begins_with_an_unknown_name_is_unknown_from_the_start(jira):
    jira.issue(1, created=100)
    jira.change(1, 300, None, None, field="sprint", from_name="Gone", to_name="Sprint 1")
    assert moves(jira) == [(0, 100, UNREADABLE, True)]


def test_a_sprint_that_the_site_no_longer_has_is_left_out(jira):
    jira.issue(1, created=100)
    jira.change(1, 300, "77", "12", field="sprint")
    assert moves(jira) == [(0, 300, 0, True)]
