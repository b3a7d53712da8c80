"""Jira's JSON becomes rows: only what is needed, exactly what was said."""

from __future__ import annotations

import json

import msgspec
import pytest

from data.jira.answers import History, Issue, JiraField
from data.store import schema
from data.store.schema import OWN_COLUMN
from data.sync.parse import STANDARD, Seen, Unreadable, _unread, change_rows, issue_rows, value_rows, wanted_fields

FIELDS = [
    JiraField("customfield_1", "Story Points", True, "number", {"type": "number"}),
    JiraField("customfield_2", "Flagged", True, "checkbox", {"type": "array", "items": "option"}),
    JiraField("customfield_3", "Sprint", True, "other", {"custom": "com.pyxis.greenhopper.jira:gh-sprint"}),
    JiraField("customfield_4", "Notes", True, "text", {"type": "string"}),
]
WANTS = wanted_fields(FIELDS, {"customfield_1", "customfield_4", "labels", "environment"})
NAMES = [column.name for column in schema.issue.columns if column.name != "scope"]


def parsed(**fields):
    base = {
        "created": "2025-01-15T10:00:00.000+0100",
        "status": {"id": "1"},
        "issuetype": {"id": "2"},
        "project": {"key": "A", "id": "5"},
    }
    rows = issue_rows(Issue("1001", "A-1", base | fields), WANTS, Seen())
    return dict(zip(NAMES, rows.issue[0], strict=True)), rows


def histories(*items, created="2025-01-15T10:00:00.000+0100", number="7"):
    return msgspec.convert([{"id": number, "created": created, "items": list(items)}], list[History])


def test_what_is_asked_for_is_standard_mapped_and_flags():
    assert set(WANTS.search) == {
        *STANDARD,
        "customfield_1",
        "customfield_2",
        "customfield_3",
        "customfield_4",
        "environment",
    }
    assert {"status", "customfield_1", "customfield_2", "customfield_3"} <= WANTS.history
    assert "customfield_4" not in WANTS.history
    assert "labels" in OWN_COLUMN
    assert "labels" not in WANTS.values


def test_few_enough_histories_are_asked_for_to_be_named():
    assert len(WANTS.history) <= 10


def test_a_row_holds_what_the_issue_says():
    row, _ = parsed(
        summary="Words",
        resolution={"name": "Done"},
        resolutiondate="2025-01-16T10:00:00.000+0000",
        priority={"name": "High"},
        assignee={"accountId": "x1", "displayName": "Ann"},
        labels=["b", "a"],
        components=[{"name": "API"}],
        fixVersions=[{"id": "70"}, {"id": 71}],
        duedate="2025-02-01",
        parent={"id": "900", "key": "A-9"},
        updated="2025-01-15T11:00:00.123+0100",
    )
    assert (row["issue_id"], row["key"], row["project_key"], row["status_id"], row["type_id"]) == (
        1001,
        "A-1",
        "A",
        "1",
        "2",
    )
    assert (row["resolution"], row["priority"], row["assignee_id"], row["assignee"]) == ("Done", "High", "x1", "Ann")
    assert [json.loads(row[name]) for name in ("labels", "components", "fix_versions")] == [
        ["b", "a"],
        ["API"],
        [70, 71],
    ]
    assert (row["parent_id"], row["due"], row["updated"]) == (900, "2025-02-01", 1_736_935_200_123_000)
    assert row["resolved"] - row["created"] == 25 * 3600 * 1_000_000


def test_an_assignee_of_data_center_and_none():
    assert parsed(assignee={"name": "ann", "key": "JIRAUSER1", "displayName": "Ann"})[0]["assignee_id"] == "JIRAUSER1"
    assert parsed(assignee=None)[0]["assignee"] is None


def test_links_are_read_from_this_end():
    kind = {"id": "1", "name": "Cause", "inward": "is caused by", "outward": "causes"}
    _, rows = parsed(
        issuelinks=[
            {"id": "1", "type": kind, "inwardIssue": {"id": "5", "key": "A-5"}},
            {"id": "2", "type": kind, "outwardIssue": {"id": "6", "key": "A-6"}},
            {"id": "3", "type": kind},
            {"type": {}, "outwardIssue": {"key": "B-7"}},
        ]
    )
    assert rows.link == [
        (1001, 1, "is caused by", "Cause", 5, "A-5", "1", "inward"),
        (1001, 2, "causes", "Cause", 6, "A-6", "1", "outward"),
        (1001, -4, "", "", None, "B-7", None, "outward"),
    ]


@pytest.mark.parametrize(
    ("value", "kept"), [(0, True), (False, True), ("x", True), (None, False), ("", False), ([], False)]
)
def test_an_unset_field_has_no_row(value, kept):
    assert bool(value_rows(1, {"f": value}, ["f"])) is kept


def test_a_value_is_kept_as_jira_sent_it():
    value = {"value": "Größe", "id": "3", "child": {"value": None}}
    ((_, _, text),) = value_rows(1, {"f": value}, ["f"])
    assert json.loads(text) == value


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ({"field": "status", "fieldId": "status"}, "status"),
        ({"field": "Status"}, "status"),
        ({"field": "Zustand", "fieldId": "status"}, "status"),
        ({"field": "Fix Version"}, "fixVersions"),
        ({"field": "Fix Version", "fieldId": "fixVersions"}, "fixVersions"),
        ({"field": "Flagged"}, "customfield_2"),
        ({"field": "Flagged", "fieldId": "customfield_2"}, "customfield_2"),
        ({"field": "Sprint", "fieldId": "customfield_3"}, "customfield_3"),
        ({"field": "Sprint"}, "customfield_3"),
        ({"field": "Key"}, "key"),
        ({"field": "Story Points"}, "customfield_1"),
        ({"field": "status", "fieldId": "customfield_77"}, None),
        ({"field": "description", "fieldId": "description"}, None),
        ({"field": ""}, None),
    ],
)
def test_a_change_is_known_by_its_id_else_by_its_name(item, name):
    rows = change_rows(1, histories(item), WANTS)
    assert [row[3] for row in rows] == ([name] if name else [])


@pytest.mark.parametrize("item", [{}, {"field": None}, {"field": 3}, {"field": None, "fieldId": ""}])
def test_an_entry_that_does_not_say_what_changed_is_no_entry_to_skip(item):
    with pytest.raises(Unreadable, match="does not say what changed"):
        change_rows(1, histories(item), WANTS)


def test_changes_keep_ids_and_names_and_their_place():
    rows = change_rows(
        1,
        histories(
            {"field": "description"},
            {"field": "status", "from": "1", "fromString": "Open", "to": 3, "toString": "Done"},
            created=1736935200,
        ),
        WANTS,
    )
    assert rows == [(1, 7, 0, "status", 1_736_935_200_000_000, "1", "Open", "3", "Done")]


def test_entries_without_an_id_stay_apart():
    entries = histories({"field": "status"}, number=None) + histories({"field": "status"}, number="x")
    assert len({row[1] for row in change_rows(1, entries, WANTS)}) == 2


def test_a_date_that_cannot_be_read_matters_only_for_kept_changes():
    assert change_rows(1, histories({"field": "description"}, created="?"), WANTS) == []
    with pytest.raises(Unreadable):
        change_rows(1, histories({"field": "status"}, created="?"), WANTS)


@pytest.mark.parametrize(
    "issue",
    [Issue("x", "A-1", {}), Issue("1", "A-1", {}), Issue("1", "", {"created": "2025-01-01"}), Issue(None, "A-1", {})],
)
def test_an_issue_that_cannot_be_held_is_named(issue):
    with pytest.raises(Unreadable, match=r"A-1|Issue 1"):
        issue_rows(issue, WANTS, Seen())


def test_statuses_types_and_projects_are_learnt_from_issues():
    seen = Seen()
    fields = {
        "created": "2025-01-15T10:00:00Z",
        "status": {"id": 4, "name": "Doing", "statusCategory": {"key": "indeterminate"}},
        "issuetype": {"id": "9", "name": "Epic", "hierarchyLevel": 1},
    }
    issue_rows(Issue(1, "TEAM-X-12", fields), WANTS, seen)
    assert seen.statuses["4"].category == "indeterminate"
    assert seen.types["9"].hierarchy == 1
    assert list(seen.projects) == ["TEAM-X"]


UNKNOWN_SHAPES = {
    "status": "done",
    "issuetype": {"name": "no id"},
    "project": 7,
    "assignee": "ann",
    "parent": [1],
    "labels": [1, "a"],
    "components": [{"id": "1"}],
    "fixVersions": [{"name": "no id"}],
    "issuelinks": ["a"],
    "resolution": 5,
    "priority": {},
    "updated": "yesterday",
    "resolutiondate": "soon",
    "duedate": 20250101,
}


@pytest.mark.parametrize("name", UNKNOWN_SHAPES)
def test_a_standard_field_of_an_unknown_shape_is_named(name):
    fields = {
        "status": {"id": "1"},
        "issuetype": {"id": "2"},
        "project": {"key": "A"},
        "updated": "2025-01-20T10:00:00.000+0100",
        "labels": ["a"],
        "duedate": None,
    }
    assert _unread(fields, None) == []
    always = [name] if name in ("status", "issuetype", "project", "updated") else []
    assert _unread(fields | {name: None}, None) == always, "Jira says these four of every issue; others may be empty"
    assert _unread({each: fields[each] for each in fields if each != name}, None) == always
    assert _unread(fields | {name: UNKNOWN_SHAPES[name]}, None) == [name]
