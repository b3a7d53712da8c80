"""The catalogue tab on the sample site: list, search, numbers behind entries, an opened metric, files."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from callbacks.catalogue import show_catalogue, show_values
from callbacks.charts import show_chart
from data.facts.dataset import Dataset
from data.metrics import CATALOG, JOB_METRICS
from data.metrics.breakdown import GROUPS
from data.services import numbers
from data.services.services import Services, open_services
from data.store.record_problems import RecordsError
from data.values.problem import Problem
from sample.source import SampleSite
from tests.callbacks.acting import acting, words
from tests.sample_services import environment, synced_services
from tests.some import some
from ui.tabs import catalogue as tab


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return synced_services(tmp_path_factory.mktemp("catalogue-tab"))


def answered(services: Services, query: str) -> tuple[Any, Any, Any]:
    with acting(services):
        return show_catalogue({"query": f"?tab=catalogue{query}", "revision": "1"})


def shown(services: Services, query: str = "") -> str:
    return words(answered(services, query)[0])


LISTED = {name for name, each in CATALOG.items() if not each.same_as}
"""The metrics that people are shown: a number with two names once."""


def names(text: str) -> set[str]:
    """Metrics whose cards are there, as components or as plain values that the browser builds."""
    return set(re.findall(r'\\?"data-metric\\?": ?\\?"(\w+)', text)) & set(CATALOG)


def test_every_metric_is_listed_with_its_definition_before_anything_is_calculated(services, monkeypatch):
    monkeypatch.setattr(numbers, "measure_family", lambda *_: pytest.fail("calculated"))
    monkeypatch.setattr(Dataset, "once", lambda *_: pytest.fail("calculated"))
    text = shown(services, "&from=2001-01-01&to=2001-01-05")
    assert names(text) == LISTED
    for name in LISTED:
        assert CATALOG[name].summary[:40] in text, name
    assert text.count('"area": "catalogue-ask"') == 1


def test_records_that_cannot_be_read_take_no_other_number_away(services, monkeypatch):
    def broken(*_args, **_options):
        raise RecordsError(Problem("The records cannot be read.", "The file is damaged.", "Put a copy back."))

    monkeypatch.setattr(services.jobs, "answer", broken)
    assert names(shown(services, "&period=30d")) == LISTED
    with acting(services):
        text = words(show_values({"query": "?tab=catalogue&period=30d", "revision": "1"}))
    assert "The records cannot be read." in text and names(text) == LISTED
    assert services.catalogue.value("created", services.view("30d")).details["display_value"] in text


def test_numbers_of_what_is_listed_follow_and_are_known_the_next_time(services):
    order = {"query": "?tab=catalogue&period=7d&category=capacity", "revision": "1"}
    assert '"area": "catalogue-ask"' in shown(services, "&period=7d&category=capacity")
    with acting(services):
        text = words(show_values(order))
    assert names(text) == {name for name in LISTED if CATALOG[name].family == "capacity"}
    assert "card-loading" not in text
    again = shown(services, "&period=7d&category=capacity")
    assert '"area": "catalogue-ask"' not in again
    value = services.catalogue.value("stuck_count", services.view("7d"))
    number = re.compile(rf'{{"class": "num"}}, "{re.escape(value.details["display_value"])}"')
    assert number.search(again)
    every = shown(services, "&period=7d")  # others are still to come, those of this category are there
    assert '"area": "catalogue-ask"' in every and number.search(every)


def test_numbers_that_cannot_be_calculated_say_so_in_their_places(services, monkeypatch):
    monkeypatch.setattr(services.numbers, "answer", lambda *_, **__: 1 / 0)
    with acting(services):
        text = words(show_values({"query": "?tab=catalogue&category=quality", "revision": "1"}))
    assert names(text) == {name for name in LISTED if CATALOG[name].family == "quality"}
    assert text.count("That did not work") == 4 and "ZeroDivision" not in text


def test_a_search_has_every_word_and_counts_by_category(services):
    text = shown(services, "&q=lead+median")
    assert {"lead_time_for_changes", "lead_time_p50"} <= names(text) < LISTED
    assert "bug_count" not in names(text)
    with acting(services):
        assert names(words(show_values({"query": "?tab=catalogue&q=lead+median", "revision": "1"}))) == names(text)


def test_a_category_is_alone_and_its_chip_says_so(services):
    text = shown(services, "&category=sprint")
    assert names(text) == {name for name, each in CATALOG.items() if each.family == "sprint"}
    assert text.count('"aria-current": "true"') == 1
    assert f"category={'composite'}" in text  # the way to another one


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("&q=nonesuch", "No metric has every word of “nonesuch”"),
        ("&q=blocked&category=dora", "No metric of this category has every word of “blocked”"),
        ("&category=nonesuch", "There is no such category"),
        ("&measure=leed_time_p50", "There is no such metric"),
        ("&measure=leed_time_p50", "lead_time_p50"),
        ("&period=none&from=2026-13-01&to=2026-01-01", "The reason is above."),
        ("&set=nonesuch:1", "The reason is above."),
        ("&measure=wip&set=nonesuch:1", "The reason is above."),
    ],
)
def test_what_cannot_be_shown_says_why(services, query, said):
    text = shown(services, query)
    assert "That did not work" not in text
    assert said in text


def test_entries_are_there_when_the_period_is_none(services):
    assert names(shown(services, "&from=2026-01-02&to=2026-01-01")) == LISTED


def test_before_the_first_sync_there_are_definitions_and_no_numbers(tmp_path):
    env = environment(tmp_path)
    empty = open_services(env, sample=SampleSite(issues=300))
    text = shown(empty)
    assert "There are no issues yet" in text and names(text) == LISTED
    assert "catalogue-ask" not in text


def test_an_unopened_tab_asks_nothing(services):
    from dash import no_update

    with acting(services):
        assert show_catalogue(None) == (no_update, no_update, no_update)


@pytest.mark.parametrize("name", list(CATALOG))
def test_a_metric_opens_with_card_charts_and_definitions(services, name):
    body, hidden, below = answered(services, f"&measure={name}&period=90d")
    text = words(body)
    assert hidden is (name in JOB_METRICS)  # a number of records has no groups of issues
    shown_as = CATALOG[name].same_as or name
    assert names(text) == {shown_as}
    assert f"metric={shown_as}" in text  # the card leads to what it is made of
    if not hidden:
        assert all(f'"{title}"' in text for title in GROUPS.values())
    if CATALOG[name].switches:
        assert "Definitions in force" in words(below)


@pytest.mark.parametrize(
    ("other", "name"), [(each, metric.same_as) for each, metric in CATALOG.items() if metric.same_as]
)
def test_a_number_with_two_names_is_found_by_both_and_listed_once(services, other, name):
    assert other not in LISTED
    for asked in (other, CATALOG[other].title, name):
        assert name in {each.name for each in services.catalogue.search(asked, once=True)}, asked
    assert other in {each.name for each in services.catalogue.search(other)}
    same = [services.catalogue.value(each, services.view("90d")) for each in (other, name)]
    assert same[0].value == same[1].value and same[0].details["used"] == same[1].details["used"]


def test_the_page_offers_the_groups_that_there_are():
    assert tab.GROUPS == GROUPS


@pytest.mark.parametrize("by", [*GROUPS, "nonesuch"])
@pytest.mark.parametrize("name", ["flow_time", "deployment_frequency", "spillover_ratio"])
def test_its_charts_answer_for_every_group(services, name, by):
    query = f"?tab=catalogue&measure={name}&by={by}&period=90d"
    with acting(services):
        for chart in some(tab.CHARTS):
            text = words(show_chart({"query": query, "revision": "1", "chart": chart}))
            assert "That did not work" not in text, chart
            # This site has mapped no field of teams: the chart by group says so.
            assert ("Team is not mapped" if (by, chart) == ("team", "metric_by_group") else "data-figure") in text, (
                chart
            )


def test_a_point_of_its_charts_leads_to_as_many_issues(services):
    options = (("measure", "flow_velocity"), ("by", "type"))
    days = services.view("90d")
    for name, used in (("metric_over_time", 3), ("metric_by_group", 2)):
        answer = services.charts.answer(name, days, options)
        assert len(answer.rows) > 1
        for row, pick in zip(answer.rows, answer.row_picks, strict=True):
            found = services.charts.issues(name, pick, days, options=options, used=True).total if pick else 0
            assert found == row[used], (name, row)


def test_definitions_of_the_link_reach_card_charts_and_file(services, client, use):
    use(services)
    asked = "&measure=cycle_time&period=90d&set=durations:inclusive_days"
    exact = services.catalogue.value("cycle_time", services.view("90d"))
    text = shown(services, asked)
    assert f'"children": "{exact.details["display_value"]}"' not in text
    file = client.get(f"/export/chart.csv?tab=catalogue{asked}&chart=metric_over_time").text
    whole = [float(row.split(",")[2]) for row in file.splitlines()[1:] if row.split(",")[2]]
    assert whole and all(each * 2 == int(each * 2) for each in whole)  # medians of whole days


@pytest.mark.parametrize("query", ["", "&q=lead", "&category=quality", "&q=nonesuch"])
def test_the_file_has_what_is_listed(services, client, use, query):
    use(services)
    answer = client.get(f"/export/catalogue.csv?tab=catalogue{query}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert {row["metric_name"] for row in rows} == (names(shown(services, query)) if query != "&q=nonesuch" else set())
    assert client.get(f"/export/catalogue.xlsx?tab=catalogue{query}").data[:2] == b"PK"
    assert client.get("/export/catalogue.pdf?tab=catalogue").status_code == 404
