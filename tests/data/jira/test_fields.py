"""Fields are found by schema, name and use; decoys are not."""

from __future__ import annotations

import pytest

from data.jira.answers import JiraField
from data.jira.fields import Coverage, kind_of, suggestions
from data.settings.fields import FIELDS

TYPES = "com.atlassian.jira.plugin.system.customfieldtypes:"
JSW_POINTS = {"type": "number", "custom": "com.pyxis.greenhopper.jira:jsw-story-points"}


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "datetime", "custom": f"{TYPES}datetime"}, "datetime"),
        ({"type": "date", "custom": f"{TYPES}datepicker"}, "date"),
        ({"type": "number", "custom": f"{TYPES}float"}, "number"),
        ({"type": "string", "custom": f"{TYPES}textarea"}, "text"),
        ({"type": "option", "custom": f"{TYPES}select"}, "select"),
        ({"type": "option-with-child", "custom": f"{TYPES}cascadingselect"}, "select"),
        ({"type": "array", "items": "option", "custom": f"{TYPES}multiselect"}, "multiselect"),
        ({"type": "array", "items": "option", "custom": f"{TYPES}multicheckboxes"}, "checkbox"),
        ({"type": "array", "items": "string", "custom": f"{TYPES}labels"}, "multiselect"),
        ({"type": "user", "custom": f"{TYPES}userpicker"}, "user"),
        ({"type": "array", "items": "json", "custom": "com.pyxis.greenhopper.jira:gh-sprint"}, "other"),
        ({"type": "array", "items": "string", "custom": "com.pyxis.greenhopper.jira:gh-sprint"}, "other"),
        ({"type": "timetracking"}, "other"),
        ({}, "other"),
        (None, "other"),
    ],
)
def test_the_kind_comes_from_the_schema(schema, kind):
    assert kind_of(schema) == kind


@pytest.mark.parametrize(
    ("samples", "kind"),
    [
        (["2025-01-15T10:00:00.000+0000", None], "datetime"),
        (["2025-01-15"], "date"),
        (["2025-01-15", "2025-01-15T10:00:00.000+0000"], "datetime"),
        ([3, 2.5], "number"),
        (["a", "2025-01-15"], "text"),
        ([{"value": "Production", "id": "1"}], "select"),
        ([[{"value": "a"}], [{"value": "b"}]], "multiselect"),
        ([["a", "b"]], "multiselect"),
        ([{"displayName": "Me", "accountId": "1"}], "user"),
        ([{"type": "doc", "content": []}], "text"),
        ([True], "checkbox"),
        ([{"x": 1}], "other"),
        ([3, {"value": "a"}], "other"),
        ([None, "", []], "other"),
    ],
)
def test_without_a_schema_it_comes_from_the_values(samples, kind):
    assert kind_of(None, samples) == kind


def field(name, kind="datetime", number=1, **schema):
    return JiraField(f"customfield_{number}", name, True, kind, schema or {"type": kind})


def best(ours, *fields, **coverage):
    known = {f"customfield_{name[1:]}": Coverage(f"customfield_{name[1:]}", n, 800) for name, n in coverage.items()}
    return [row[0] for row in suggestions([FIELDS[ours]], fields, known)[ours]]


def test_the_story_points_of_jira_software_win_over_decoys():
    fields = [
        field("Original story points", "number", 1),
        field("Story Points", "number", 2, **JSW_POINTS),
        field("Story points (old)", "number", 3),
    ]
    assert best("story_points", *fields, c1=700, c2=400, c3=700)[0] == "customfield_2"
    assert best("story_points", fields[0]) == []


def test_of_two_with_the_same_name_the_used_one_comes_first():
    fields = [field("Deployment date", number=1), field("Deployment date", number=2)]
    assert best("deployment_date", *fields, c1=0, c2=412) == ["customfield_2", "customfield_1"]


def test_a_field_of_another_kind_is_never_suggested():
    assert best("deployment_date", field("Deployment date", "text")) == []
    assert best("deployment_successful", field("Deployment successful", "select")) == ["customfield_1"]


def test_an_old_copy_is_not_suggested():
    assert best("deployment_date", field("Deployment Date (old)"), c1=800) == []
    assert best("deployment_date", field("Planned deployment date"), c1=800) == []


def test_jiras_own_fields_are_suggested_only_by_the_same_name():
    own = [JiraField("status", "Status", False, "select", {"type": "status"})]
    assert suggestions([FIELDS["deployment_successful"]], own)["deployment_successful"] == []


@pytest.mark.parametrize(
    ("ours", "name"),
    [
        ("code_commit_date", "First commit"),
        ("deployed_to_production_date", "Deployed to Production"),
        ("incident_detected_at", "Incident Detected At"),
        ("incident_resolved_at", "Service restored"),
        ("deployment_date", "deploymentDate"),
        ("deployment_date", "Deployed_on"),
    ],
)
def test_names_that_people_use_are_recognised(ours, name):
    assert best(ours, field(name)) == ["customfield_1"]


def test_the_reason_says_how_much_it_is_used():
    known = {"customfield_1": Coverage("customfield_1", 412, 800)}
    (row,) = suggestions([FIELDS["deployment_date"]], [field("Deployment date")], known)["deployment_date"]
    assert row[2] == "its name is “Deployment date”; set on 412 of 800 issues"
    assert 0.9 < row[1] <= 1
