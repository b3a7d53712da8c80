"""Filters as a typed list: read from everything that people write or kept before, checked where they enter."""

from __future__ import annotations

import json

import pytest

from data.settings.filter_fields import FILTER_FIELDS, filters_for
from data.values.filters import MOST_FILTERS, BadFilter, Filter, Filters, checked, from_json, from_texts, only, to_texts
from ui.url import parse, query


def refusal(*where: Filter) -> str:
    """What is said of filters that cannot be applied."""
    with pytest.raises(BadFilter) as told:
        checked(Filters(where), FILTER_FIELDS)
    return f"{told.value.message} {told.value.hint}".strip()


def test_an_unknown_field_is_named_with_the_nearest() -> None:
    said = refusal(Filter("assigne", "in", ("Ann",)))
    assert "'assigne'" in said and "Did you mean “assignee”?" in said


def test_an_operator_that_the_field_does_not_take_is_named() -> None:
    assert "Project cannot be filtered with 'gt'" in refusal(Filter("project", "gt", ("A",)))


def test_an_unknown_operator_is_named_with_the_nearest() -> None:
    with pytest.raises(BadFilter) as told:
        from_json([{"field": "type", "op": "notin", "value": ["Bug"]}])
    assert "'notin'" in told.value.message and "“not_in”" in told.value.hint


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ((Filter("type", "in"),), "names no value"),
        ((Filter("type", "in", ("A",)), Filter("type", "eq", ("B",))), "two filters"),
        ((Filter("type", "in", tuple(f"{n}" for n in range(300))),), "Use at most 200"),
        ((Filter("type", "in", ("x" * 3_000,)),), "too long"),
        ((Filter("type", "contains", (" ",)),), "empty text"),
        (tuple(Filter("type", "contains", (f"{n}",)) for n in range(MOST_FILTERS + 1)), "too many"),
    ],
)
def test_what_cannot_be_applied_is_refused(where: tuple[Filter, ...], words: str) -> None:
    assert words in refusal(*where)


def test_a_field_that_is_not_mapped_is_refused_and_one_that_is_is_not() -> None:
    with pytest.raises(BadFilter, match="Team is not mapped"):
        filters_for(only(team=["Blue"]), {})
    assert filters_for(only(team=["Blue"]), {"team": "customfield_1"}) == only(team=["Blue"])


@pytest.mark.parametrize(
    "found",
    [
        3,
        "type",
        [3],
        [{}],
        [{"field": 1}],
        [{"field": "type", "op": "in", "value": [3]}],
        [{"field": "type", "op": None, "value": ["x"]}],
        [{"field": "type", "operator": "in", "value": ["x"]}],
        {"projects": "SHOP"},
        {"projects": [1]},
        {"labels": ["x" * 3_000]},
    ],
)
def test_what_is_no_list_of_filters_is_refused(found: object) -> None:
    with pytest.raises(BadFilter):
        from_json(found)


def test_a_list_is_read_back_from_json_and_from_texts() -> None:
    filters = Filters(
        (
            Filter("assignee", "in", ("Ann: the first", "", "B=C")),
            Filter("type", "not_in", ("Bug",)),
            Filter("sprint", "not_null"),
            Filter("label", "contains", ("ui",)),
        )
    )
    assert Filters(from_json(json.loads(json.dumps(filters.to_json())))) == filters
    assert Filters(from_texts(to_texts(filters))) == filters


def test_lists_of_older_files_are_read() -> None:
    old = {"projects": ["SHOP", "PAY"], "types": ["Bug"], "labels": [], "components": ["Web"]}
    assert Filters(from_json(old)) == only(project=["PAY", "SHOP"], type=["Bug"], component=["Web"])


def test_old_links_ask_what_they_asked() -> None:
    view = parse("?project=SHOP&project=PAY&type=Bug&label=a%26b&component=Web")
    assert view.filters == only(project=["SHOP", "PAY"], type=["Bug"], label=["a&b"], component=["Web"])
    assert query(view) == "?project=PAY&project=SHOP&type=Bug&label=a%26b&component=Web"


def test_a_link_holds_every_filter() -> None:
    view = parse("?filter=assignee:in:Ann&filter=assignee:in:Bob&filter=project:not_in:SHOP&filter=team:in:")
    assert view.filters.where == (
        Filter("assignee", "in", ("Ann", "Bob")),
        Filter("project", "not_in", ("SHOP",)),
        Filter("team", "is_null"),
    )
    assert parse(query(view)) == view


def test_a_link_that_names_no_field_is_kept_to_be_explained() -> None:
    view = parse("?filter=huh&filter=type:sounds_like:Bug")
    assert [each.field for each in view.filters.where] == ["huh", "type"]
    assert "There is no field 'huh'" in refusal(*view.filters.of("huh"))
    assert "cannot be filtered with 'sounds_like'" in refusal(*view.filters.of("type"))


@pytest.mark.parametrize(
    ("condition", "names", "passes"),
    [
        (Filter("type", "in", ("bug",)), ("Bug",), True),
        (Filter("type", "in", ("STRASSE",)), ("Straße",), True),
        (Filter("assignee", "in", ("Zoe\u0308",)), ("Zo\u00eb",), True),
        (Filter("type", "not_in", ("bug",)), ("Bug",), False),
        (Filter("type", "not_in", ("bug",)), (), True),
        (Filter("type", "is_null"), (), True),
        (Filter("type", "is_null"), ("Bug",), False),
        (Filter("type", "not_null"), ("Bug",), True),
        (Filter("label", "in", ("a", "b")), ("c", "b"), True),
        (Filter("label", "not_in", ("b",)), ("c", "b"), False),
        (Filter("label", "starts_with", ("CHECK",)), ("checkout",), True),
        (Filter("label", "contains", ("out",)), (), False),
    ],
)
def test_names_are_compared_as_everywhere(condition: Filter, names: tuple[str, ...], passes: bool) -> None:
    assert condition.allows(*names) is passes
