"""Histories of project, type and resolution become edits; what an issue was just before an instant follows from
them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from data.facts.past import ATTRIBUTES, attribute_at, points_at, tables_before
from data.store import schema
from data.tables.tidy import Tables
from tests.builders import Item, at, site
from tests.data.tables.stored_site import Site


def value(tables: Tables, name: str, edge: int, place: int = 0) -> Any:
    [code] = attribute_at(tables, name, np.array([place]), np.array([edge]))
    if name == "hierarchy":
        return int(code)
    return None if code < 0 else tables.issues[name].cat.categories[code]


def test_a_resolution_is_that_of_its_time(jira: Site) -> None:
    jira.issue(1, resolution="Won't Do")
    jira.change(1, 100, None, "10", field="resolution", to_name="Done")
    jira.change(1, 200, "10", None, field="resolution", from_name="Done")
    jira.change(1, 300, None, "11", field="resolution", to_name="Won't Do")
    tables = jira.tables()
    assert [value(tables, "resolution", edge) for edge in (100, 101, 200, 201, 300, 301)] == [
        None,
        "Done",
        "Done",
        None,
        None,
        "Won't Do",
    ]


def test_names_that_no_issue_has_now_are_known_and_spellings_are_one(jira: Site) -> None:
    jira.issue(1, resolution="Won\u2019t Do")
    jira.change(1, 100, None, "10", field="resolution", to_name="DUPLICATE")
    jira.change(1, 200, "10", "11", field="resolution", from_name="DUPLICATE", to_name="won't do")
    tables = jira.tables()
    assert list(tables.issues["resolution"].cat.categories) == ["Won\u2019t Do", "DUPLICATE"]
    assert (value(tables, "resolution", 150), value(tables, "resolution", 250)) == ("DUPLICATE", "Won\u2019t Do")


def test_a_sub_task_that_became_a_story_was_below_it_until_then(jira: Site) -> None:
    jira.issue(1, type_id="10")
    jira.change(1, 500, "11", "10", field="issuetype", from_name="Sub-task", to_name="Story")
    tables = jira.tables()
    assert (value(tables, "type", 500), value(tables, "hierarchy", 500)) == ("Sub-task", -1)
    assert (value(tables, "type", 501), value(tables, "hierarchy", 501)) == ("Story", 0)


def test_a_type_that_is_gone_keeps_its_name(jira: Site) -> None:
    jira.issue(1, type_id="10")
    jira.change(1, 500, "77", "10", field="issuetype", from_name="Chore", to_name="Story")
    jira.change(1, 400, "78", "77", field="issuetype", from_name="subtask", to_name="Chore")
    tables = jira.tables()
    assert (value(tables, "type", 500), value(tables, "hierarchy", 500)) == ("Chore", 0)
    assert (value(tables, "type", 400), value(tables, "hierarchy", 400)) == ("subtask", -1)


def test_projects_are_known_by_id_and_by_name(jira: Site) -> None:
    jira.add(schema.project, project_key="P", project_id=1, name="Payments")
    jira.add(schema.project, project_key="Q", project_id=2, name="Quotes")
    jira.issue(1, project_key="P")
    jira.change(1, 100, "9", "2", field="project", from_name="Gone", to_name="Quotes")
    jira.change(1, 200, None, None, field="project", from_name="Quotes", to_name="Payments")
    tables = jira.tables()
    assert [value(tables, "project", edge) for edge in (100, 200, 201)] == ["Gone", "Q", "P"]


def test_what_was_edited_after_now_has_not_been_edited_yet() -> None:
    item = Item(
        "2025-01-01",
        type="Bug",
        project="Q",
        resolution="Done",
        fields={"story_points": 8},
        edits=[
            ("2025-02-01", "type", "Story"),
            ("2025-02-02", "project", "P"),
            ("2025-02-03", "resolution", None),
            ("2025-02-04", "story_points", None),
            ("2025-02-05", "hierarchy", -1),
        ],
    )
    tables = site(item, Item("2025-01-01"))
    for day, want in (
        ("2025-01-31", ("Story", "P", None, -1)),
        ("2025-02-03", ("Bug", "Q", None, -1)),
        ("2025-03-01", ("Bug", "Q", "Done", 0)),
    ):
        issues = tables_before(tables, at(day) + 1 if day != "2025-02-03" else at(day)).issues
        resolution = issues["resolution"].iloc[0]
        found = (issues["type"].iloc[0], issues["project"].iloc[0], None if resolution != resolution else resolution)
        assert (*found, issues["hierarchy"].iloc[0]) == want, day
    assert np.isnan(tables_before(tables, at("2025-02-01")).fields["story_points"][0])
    assert tables_before(tables, at("2025-03-01")) is tables
    assert points_at(tables, np.array([0, 1]), np.array([at("2025-03-01")] * 2))[0] == 8
    assert len(ATTRIBUTES) == 4
