"""One list of filters for cards, cache, files, report and saved views: on a synced site."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from data.services.numbers import key_of
from data.services.services import Services
from data.values.filters import BadFilter, Filter, Filters, only
from data.values.teams import TeamView
from tests import workbook
from tests.sample_services import synced_services


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    yield synced_services(tmp_path_factory.mktemp("filters"), 240)


def filters_of(services: Services) -> Filters:
    """People who are not the busiest one, and no bugs."""
    [(name, _), *_] = services.numbers.choices(services.snapshot()).of("assignee")
    return Filters((Filter("assignee", "not_in", (name,)), Filter("type", "not_in", ("Bug",))))


def test_choices_are_the_fields_with_their_values_most_frequent_first(services: Services) -> None:
    found = {each.field.name: each for each in services.numbers.choices(services.snapshot()).fields}
    assert list(found)[:5] == ["project", "type", "status", "assignee", "priority"]
    for each in found.values():
        counts = [n for _, n in each.names]
        assert counts == sorted(counts, reverse=True)
    one_valued = ("project", "type", "status", "assignee", "priority")
    totals = {sum(n for _, n in found[name].names) + found[name].without for name in one_valued}
    assert len(totals) == 1  # of each field: all issues
    assert "team" not in found  # not mapped


def test_the_cache_knows_filters_apart_and_their_order_does_not_matter(services: Services) -> None:
    view = services.view("90d")
    one, other = Filter("priority", "in", ("High",)), Filter("status", "not_in", ("Done",))
    keys = [
        key_of("flow", view.narrowed(Filters(where)))
        for where in ((), (one,), (other,), (one, other), (other, one), (replace(one, op="not_in"),))
    ]
    assert keys[3] == keys[4]
    assert len({json.dumps(each.question, sort_keys=True, default=str) for each in keys}) == 5


def test_a_cached_number_is_that_of_its_filters(services: Services) -> None:
    values = {}
    for name in ("in", "not_in"):
        for _ in range(2):  # the second answer is a cached one
            view = services.view("90d", filters=Filters((Filter("type", name, ("Bug",)),)))
            [found] = services.numbers.one("flow_velocity", view)
            assert values.setdefault(name, found.value) == found.value
    [whole] = services.numbers.one("flow_velocity", services.view("90d"))
    assert values["in"] + values["not_in"] == whole.value


def test_every_door_refuses_a_filter_that_cannot_be(services: Services) -> None:
    with pytest.raises(BadFilter, match="assigne"):
        services.view("90d", filters=only(assigne=["Ann"]))
    with pytest.raises(BadFilter, match="not mapped"):
        services.teams.save(TeamView("Blue", filters=only(team=["Blue"])), services.snapshot())


def test_files_and_report_say_what_is_filtered(services: Services) -> None:
    filters = filters_of(services)
    view = services.view("90d", filters=filters)
    words = ("Assignee", filters.of("assignee")[0].words)
    about = workbook.sheets(services.downloads.xlsx(services.downloads.numbers(view), view))["About"]
    assert list(words) in about and ["Type", "is not Bug"] in about
    report = services.overview.report(view)
    assert report.filters == (words, ("Type", "is not Bug"))
    assert f"{words[0]}: {words[1]}" in services.overview.html(view).replace("&#39;", "'")
    sprints = workbook.sheets(services.sprints.xlsx(view))["About"]
    assert ["Type", "is not Bug"] in sprints


def test_issues_behind_a_filtered_number_are_those_that_pass(services: Services) -> None:
    view = services.view("90d", filters=filters_of(services))
    page = services.numbers.issue_page("flow_velocity", view, count=10_000)
    assert page.rows and all(row.type != "Bug" for row in page.rows)


def test_saved_views_of_the_older_format_are_read_and_written_anew(services: Services) -> None:
    path = services.sites.data(services.snapshot()).folder / "teams.json"
    old = {
        "format": 1,
        "revision": 3,
        "views": [{"name": "Shop", "period": "30d", "filters": {"projects": ["SHOP"], "labels": ["ui"]}}],
    }
    path.write_text(json.dumps(old), "utf-8")
    [found] = services.teams.list(services.snapshot()).views
    assert found.filters == only(project=["SHOP"], label=["ui"])
    services.teams.save(TeamView("New", filters=only(assignee=["x"])), services.snapshot())
    written = json.loads(path.read_text("utf-8"))
    assert written["format"] == 2
    assert [each["filters"] for each in written["views"]] == [
        [{"field": "assignee", "op": "in", "value": ["x"]}],
        [{"field": "label", "op": "in", "value": ["ui"]}, {"field": "project", "op": "in", "value": ["SHOP"]}],
    ]


def test_a_view_whose_field_is_no_longer_mapped_says_so(services: Services) -> None:
    path = services.sites.data(services.snapshot()).folder / "teams.json"
    blue = {"name": "Blue", "period": "30d", "filters": [{"field": "team", "op": "in", "value": ["Blue"]}]}
    path.write_text(json.dumps({"format": 2, "revision": 1, "views": [blue]}), "utf-8")
    [found] = services.teams.list(services.snapshot()).views
    assert found.problem is not None and "Team is not mapped" in found.problem.what
