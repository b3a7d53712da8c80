"""Queries of the sample site: what they mean, in whose time zone, and what Jira says about wrong ones."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sample.generator import generate
from sample.jql import Both, Clause, Either, JqlError, Not, parse
from sample.query import Finder, microseconds
from sample.site import Issue, Site

NOW = datetime(2026, 10, 31, 12, 30, tzinfo=UTC)


def _issue(number: int, updated: str, **fields: object) -> Issue:
    basis = {
        "project": {"id": "1", "key": "AB", "name": "Alpha"},
        "issuetype": {"id": "7", "name": "Bug"},
        "status": {
            "id": "3",
            "name": "In Progress",
            "statusCategory": {"id": 4, "key": "indeterminate", "name": "In Progress"},
        },
        "created": updated,
        "updated": updated,
        "summary": f"Number {number}",
    }
    return Issue(number, f"AB-{number}", basis | fields)


def _site(*issues: Issue, zone: str = "America/New_York") -> Site:
    fields = [
        {"id": name, "name": name, "custom": False, "schema": {"type": kind}}
        for name, kind in {
            "summary": "string",
            "labels": "array",
            "components": "array",
            "duedate": "date",
            "resolution": "resolution",
            "created": "datetime",
            "updated": "datetime",
            "resolutiondate": "datetime",
            "status": "status",
            "project": "project",
            "issuetype": "issuetype",
            "priority": "priority",
            "assignee": "user",
        }.items()
    ]
    fields.append({"id": "customfield_10100", "name": "Team name", "custom": True, "schema": {"type": "option"}})
    fields.append({"id": "customfield_10101", "name": "Effort", "custom": True, "schema": {"type": "number"}})
    rows = list(issues)
    statuses = [{"id": "3", "name": "In Progress"}, {"id": "4", "name": "Done"}]
    projects = [{"id": "1", "key": "AB", "name": "Alpha"}]
    types = [{"id": "7", "name": "Bug"}, {"id": "8", "name": "Story"}]
    return Site("Test", zone, NOW, rows, fields, statuses, projects, issue_types=types)


def _keys(site: Site, jql: str) -> list[int]:
    finder = Finder(site)
    return [site.issues[place].id for place in finder.find(jql, NOW, bounded=True)]


def test_and_binds_tighter_than_or() -> None:
    where = parse("a = 1 or b = 2 and not c = 3").where
    assert isinstance(where, Either)
    assert isinstance(where.parts[1], Both)
    assert isinstance(where.parts[1].parts[1], Not)


def test_parentheses_quotes_and_escapes_are_read() -> None:
    where = parse(r'("Story \"Points\"" in (a, "b c", d) AND cf[10100] is not EMPTY)').where
    assert isinstance(where, Both)
    first, second = where.parts
    assert isinstance(first, Clause)
    assert isinstance(second, Clause)
    assert first.field == 'Story "Points"'
    assert [value.text for value in first.values] == ["a", "b c", "d"]  # type: ignore[union-attr]
    assert (second.field, second.operator) == ("cf[10100]", "is not")


@pytest.mark.parametrize(
    "jql",
    [
        "project =",
        "project SHOP",
        "(project = AB",
        "project = AB order",
        "project in ()",
        "= AB",
        "project = AB)",
        'a = "x',
    ],
)
def test_what_is_not_jql_is_refused(jql: str) -> None:
    with pytest.raises(JqlError, match="Error in the JQL Query"):
        parse(jql)


@pytest.mark.parametrize("jql", ["", "order by key"])
def test_a_query_without_a_restriction_is_refused(jql: str) -> None:
    with pytest.raises(JqlError, match="Unbounded"):
        Finder(_site()).find(jql, NOW, bounded=True)


def test_an_unknown_field_value_or_function_is_refused() -> None:
    site = _site(_issue(1, "2026-10-01T00:00:00.000+0000"))
    for jql, words in {
        "nope = 1": "Field 'nope' does not exist",
        "project = ZZ": "The value 'ZZ' does not exist for the field 'project'",
        "status = Nowhere": "The value 'Nowhere' does not exist",
        "updated >= soon": "Date value 'soon'",
        "updated >= later()": "Unable to find JQL function",
        "key = AB-99": "An issue with key 'AB-99' does not exist",
        "project > AB": "not supported",
    }.items():
        with pytest.raises(JqlError, match=words.replace("(", "\\(")):
            _keys(site, jql)


def test_dates_are_read_in_the_zone_of_the_caller() -> None:
    before = _issue(1, "2026-10-10T03:59:59.000+0000")  # 9 October 23:59:59 in New York
    after = _issue(2, "2026-10-10T04:00:00.000+0000")
    new_york, utc = _site(before, after), _site(before, after, zone="UTC")
    assert _keys(new_york, 'updated >= "2026-10-10" order by id') == [2]
    assert _keys(utc, 'updated >= "2026-10-10" order by id') == [1, 2]
    assert _keys(new_york, "updated >= '2026/10/10 00:00' order by id") == [2]
    assert _keys(new_york, 'updated < "2026-10-10 00:00"') == [1]


def test_dates_have_the_precision_of_a_minute() -> None:
    site = _site(_issue(1, "2026-10-10T04:00:59.999+0000"))
    assert _keys(site, 'updated <= "2026-10-10 00:00"') == [1]
    assert _keys(site, 'updated > "2026-10-10 00:00"') == []
    assert _keys(site, 'updated = "2026-10-10 00:00"') == [1]


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        ("updated >= -1d", [3]),
        ('updated >= "-4w 2d"', [2, 3]),
        ("updated >= -365d", [2, 3]),
        ("updated >= startOfDay()", [3]),
        ("updated >= startOfDay(-22)", [2, 3]),
        ('updated >= startOfDay("-22d")', [2, 3]),
        ("updated <= endOfDay(-1)", [1, 2]),
        ("updated >= startOfMonth()", [2, 3]),
        ("updated < startOfYear()", [1]),
        ("updated >= now()", []),
    ],
)
def test_relative_dates_start_from_now(jql: str, found: list[int]) -> None:
    site = _site(
        _issue(1, "2025-01-05T12:00:00.000+0000"),
        _issue(2, "2026-10-09T12:00:00.000+0000"),
        _issue(3, "2026-10-31T12:00:00.000+0000"),
    )
    assert _keys(site, f"{jql} order by id") == found


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        ("labels = red", [1]),
        ("labels in (red, blue)", [1, 2]),
        ("labels not in (red)", [2]),  # as in Jira, empty ones are not "not in"
        ("labels is EMPTY", [3]),
        ("labels is not empty", [1, 2]),
        ("labels = EMPTY", [3]),
        ("component = Web", [2]),
        ("cf[10100] = Blue", [1]),
        ('"Team name" = blue', [1]),
        ("Effort > 3", [2]),
        ("effort <= 3.0", [1]),
        ("due < 2026-06-01", [3]),
        ("summary ~ number", [1, 2, 3]),
        ('summary ~ "number 2"', [2]),
        ("statusCategory = indeterminate", [1, 2]),
        ("statusCategory = Done", [3]),
        ("status != Done", [1, 2]),
        ("status = 4", [3]),
        ("type = Bug and not status = Done", [1, 2]),
        ("resolved is not empty", [3]),
        ("key in (AB-1, AB-3)", [1, 3]),
        ("key > AB-1 and key <= AB-3", [2, 3]),
        ("id = 2", [2]),
        ("id > 1", [2, 3]),
        ("assignee = someone", [1]),
        ("assignee is empty", [2, 3]),
        ("(labels = red or labels = blue) and effort > 3", [2]),
    ],
)
def test_conditions(jql: str, found: list[int]) -> None:
    stamp = "2026-10-01T00:00:00.000+0000"
    done = {"id": "4", "name": "Done", "statusCategory": {"id": 3, "key": "done", "name": "Done"}}
    person = {"accountId": "someone", "displayName": "Some One"}
    site = _site(
        _issue(
            1,
            stamp,
            labels=["red"],
            customfield_10100={"id": "1", "value": "Blue"},
            customfield_10101=3.0,
            assignee=person,
        ),
        _issue(2, stamp, labels=["blue"], components=[{"id": "5", "name": "Web"}], customfield_10101=5.0),
        _issue(3, stamp, labels=[], duedate="2026-05-31", status=done, resolutiondate=stamp),
    )
    assert _keys(site, f"{jql} order by id") == found


def test_several_sort_keys_and_directions() -> None:
    site = _site(
        _issue(10, "2026-10-01T00:00:00.000+0000", priority={"id": "2", "name": "High"}),
        _issue(9, "2026-10-02T00:00:00.000+0000", priority={"id": "1", "name": "Highest"}),
        _issue(2, "2026-10-02T00:00:00.000+0000", priority={"id": "1", "name": "Highest"}),
    )
    assert _keys(site, "project = AB order by updated desc, key") == [2, 9, 10]
    assert _keys(site, "project = AB order by priority, key desc") == [9, 2, 10]
    assert _keys(site, "project = AB order by key") == [2, 9, 10]


def test_the_shortcut_for_recent_updates_finds_the_same() -> None:
    made = generate(300, 4, date(2026, 10, 30))
    finder = Finder(made)
    for days in (0, 1, 30, 200, 1000):
        floor = microseconds(NOW.isoformat()) - days * 86_400_000_000
        plain = {n for n, issue in enumerate(made.issues) if microseconds(issue.fields["updated"]) >= floor}
        assert set(finder.find(f"updated >= -{days}d", NOW, bounded=True)) == plain
        assert set(finder.find(f"not updated < -{days}d", NOW, bounded=True)) == plain
