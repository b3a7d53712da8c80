"""Suggested mappings are those of somebody who knows the site; what is called sure is right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.services.field_suggestions import suggest
from data.settings.fields import FIELDS
from data.values.fields import SURE, Coverage, FieldInfo
from tests.data.field_lists import LISTS, FieldList, f, made

BY_NAME = {each.name: each for each in LISTS}


def judged(site: FieldList) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[str], list[str]]:
    """Sure and right, sure and wrong (our field, name), found and missed (our fields)."""
    names = {each.id: each.name for each in site.fields}
    good, bad, found, missed = [], [], [], []
    for ours, offers in suggest(list(site.fields)).items():
        right = site.ids(ours)
        if offers and offers[0].score >= SURE:
            (good if offers[0].field_id in right else bad).append((ours, names[offers[0].field_id]))
        if right:
            (found if offers and offers[0].field_id in right else missed).append(ours)
    return good, bad, found, missed


def test_there_are_twenty_lists_of_different_size():
    assert len(LISTS) == len(BY_NAME) == 20
    assert min(len(each.fields) for each in LISTS) < 10 and max(len(each.fields) for each in LISTS) > 70
    assert sum(len(each.right) for each in LISTS) >= 60


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_what_is_sure_is_right(name: str):
    assert judged(BY_NAME[name])[1] == []


def test_of_what_an_expert_would_map_more_than_four_fifths_are_found():
    told = [judged(each) for each in LISTS]
    sure = sum(len(good) + len(bad) for good, bad, _, _ in told)
    found, missed = sum(len(each[2]) for each in told), sum(len(each[3]) for each in told)
    assert sum(len(each[1]) for each in told) <= 0.02 * sure
    assert found / (found + missed) >= 0.82
    assert sure / (found + missed) >= 0.75  # a person has little left to decide


def offered(ours: str, *fields: object) -> list[tuple[str, bool]]:
    site = made("one", *fields)  # type: ignore[arg-type]  # they are made by f
    names = {each.id: each.name for each in site.fields}
    return [(names[each.field_id], each.score >= SURE) for each in suggest(list(site.fields))[ours]]


SEVERITY = {"Minor / Localised": 60, "Significant / Large": 20}


@pytest.mark.parametrize(
    ("ours", "field", "told"),
    [
        # A scale of severity is no impact on production, whatever the field is called.
        ("production_impact", f("Impact", "select", 80, SEVERITY), []),
        ("production_impact", f("Production impact", "select", 80, SEVERITY), [("Production impact", False)]),
        (
            "production_impact",
            f("Impact on Production", "select", 80, {"No": 70, "Yes": 10}),
            [("Impact on Production", True)],
        ),
        ("production_impact", f("Impact", "select", 80, {"No": 70, "Yes": 10}), [("Impact", False)]),
        ("target_environment", f("Environment", "select", 80, {"prod": 80}, {"Bug": 80}), []),
        (
            "target_environment",
            f("Environment", "select", 80, {"prod": 60, "test": 20}, {"Deployment": 80}),
            [("Environment", True)],
        ),
        ("target_environment", f("Target environment", "select", 80, {"Chrome": 80}), [("Target environment", False)]),
        ("deployment_date", f("Release date", "date", 80, None, {"Product": 80}), []),
        ("deployment_date", f("Release date", "date", 80, None, {"Release": 80}), [("Release date", True)]),
        ("deployment_date", f("Deployment date", "date", 80, None, {"Story": 80}), [("Deployment date", False)]),
        ("deployment_date", f("Deployment date", "date", 0), [("Deployment date", False)]),
        (
            "deployment_successful",
            f("Deployment status", "select", 80, {"Open": 50, "Planned": 30}),
            [("Deployment status", False)],
        ),
        ("flow_item_type", f("Work type", "select", 80, {"Remote": 80}), []),
        ("flow_item_type", f("Work type", "select", 80, {"Feature": 60, "Defect": 20}), [("Work type", True)]),
        (
            "story_points",
            f("Points", "number", 80, schema="com.pyxis.greenhopper.jira:jsw-story-points"),
            [("Points", True)],
        ),
    ],
)
def test_values_and_types_say_what_a_name_does_not(ours: str, field: object, told: list[tuple[str, bool]]):
    assert offered(ours, field) == told


def test_two_fields_that_are_both_filled_in_are_for_a_person_to_choose():
    rows = offered("deployment_date", f("Deployment date", "date", 80), f("Deployed on", "date", 60))
    assert [sure for _, sure in rows] == [False, False]
    assert offered("deployment_date", f("Deployment date", "date", 80), f("Deployed on", "date", 6))[0] == (
        "Deployment date",
        True,
    )


REAL = Path(__file__).resolve().parents[3] / "shared" / "jira_data" / "aea" / "fields.json"


def test_a_real_list_without_use_gives_no_wrong_mapping_that_is_sure():
    path = next(
        (
            each
            for each in (REAL, Path(__file__).resolve().parents[4] / "shared" / "jira_data" / "aea" / "fields.json")
            if each.exists()
        ),
        None,
    )
    if path is None:
        pytest.skip("shared/jira_data is not beside the checkout")
    fields = [
        FieldInfo(each["id"], each["name"], "other", True, Coverage(1, 10))
        for each in json.loads(path.read_text("utf-8"))
        if each.get("custom")
    ]
    sure = {ours: offers[0].field_id for ours, offers in suggest(fields).items() if offers and offers[0].score >= SURE}
    names = {each.id: each.name for each in fields}
    assert {ours: names[field] for ours, field in sure.items()}.items() <= {"story_points": "Story Points"}.items()
    assert set(sure) <= set(FIELDS)


def test_a_translated_field_gets_the_suggestions_of_its_own_name() -> None:
    english = [
        FieldInfo("customfield_1", "Story Points", "number", True),
        FieldInfo("customfield_2", "Team", "text", True),
    ]
    german = [
        FieldInfo("customfield_1", "Vorgangspunkte", "number", True, untranslated="Story Points"),
        FieldInfo("customfield_2", "Mannschaft", "text", True, untranslated="Team"),
    ]
    assert suggest(german) == suggest(english)
    assert suggest(german)["story_points"][0].field_id == "customfield_1"
