"""The history of an issue on the sample site: in the panel, behind a point, and the same in the service."""

from __future__ import annotations

import re

import pytest

from callbacks.detail import show_detail
from data.services.services import Services
from data.values.errors import NotThere
from tests.callbacks.acting import acting, words
from tests.sample_services import synced_services
from ui.issue import KINDS
from ui.url import PageView, parse, query


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return synced_services(tmp_path_factory.mktemp("issue"))


def keys(services: Services, metric: str, *, used: bool) -> list[str]:
    rows = services.numbers.issue_page(metric, services.view("90d"), used=used, count=500).rows
    return [row.key for row in rows]


def shown(services: Services, asked: str) -> str:
    with acting(services):
        return words(show_detail({"query": asked, "revision": "1"}, None, None))


def test_the_stays_follow_each_other_without_a_gap(services: Services) -> None:
    view = services.view("90d")
    for key in keys(services, "flow_time", used=True)[:40]:
        history = services.issue_history.of(key, view)
        assert history.stays[0].start == history.created
        for one, next_one in zip(history.stays, history.stays[1:], strict=False):
            assert one.end == next_one.start
        assert history.stays[-1].end is None and {each.kind for each in history.stays} <= set(KINDS)


def test_each_number_says_of_the_issue_what_its_own_list_says(services: Services) -> None:
    view = services.view("90d")
    for metric in ("flow_time", "flow_load", "lead_time_for_changes"):
        page = services.numbers.issue_page(metric, view, count=500)
        assert page.rows
        for row in page.rows[:25]:
            parts = {each.metric: each for each in services.issue_history.of(row.key, view).counted}
            assert parts[metric].used == row.used, (metric, row.key)
            assert parts[metric].reason == (row.reason or ""), (metric, row.key)
            if row.used:
                assert parts[metric].value == pytest.approx(row.value)


def test_the_flow_time_is_the_time_between_start_and_completion_of_its_statuses(services: Services) -> None:
    view = services.view("90d", filters=parse("?set=durations:exact").filters)
    for row in services.numbers.issue_page("flow_time", view, used=True, count=20).rows:
        history = services.issue_history.of(row.key, view)
        first = next(n for n, each in enumerate(history.stays) if each.kind in ("in progress", "active", "waiting"))
        last = max(n for n, each in enumerate(history.stays) if each.kind == "done" and n > first)
        while last > first and history.stays[last - 1].kind == "done":
            last -= 1
        assert sum(each.days for each in history.stays[first:last]) == pytest.approx(row.value, abs=0.01)


def test_the_panel_has_timeline_statuses_and_the_part_in_each_number(services: Services) -> None:
    key = keys(services, "flow_time", used=True)[0]
    text = shown(services, f"?tab=flow&period=90d&metric=flow_time&issue={key}")
    history = services.issue_history.of(key, services.view("90d"))
    assert f'"data-detail-of": "issue {key}"' in text and "Timeline" in text and "Back to the list" in text
    assert all(f'"{each.name}"' in text for each in history.stays)
    assert text.count("past-bar") >= len(history.stays)
    assert "metric=flow_time" in text and "metric=flow_velocity" in text


def test_a_point_that_is_one_issue_shows_its_history(services: Services) -> None:
    key = keys(services, "flow_time", used=True)[0]
    text = shown(services, f"?tab=flow&period=90d&chart=cycle_time_scatter&pick={key}")
    assert f"issue={key}" in text or "Timeline" in text
    assert "Timeline" not in shown(services, "?tab=flow&period=90d&chart=cycle_time_scatter")


def test_an_issue_that_there_is_not_is_told(services: Services) -> None:
    with pytest.raises(NotThere):
        services.issue_history.of("NOPE-1", services.view("90d"))
    assert "There is no issue" in shown(services, "?issue=NOPE-1")


def test_the_address_keeps_what_the_issue_was_reached_from() -> None:
    view = parse("?tab=flow&metric=flow_time&issue=PAY-1")
    assert (view.metric, view.issue) == ("flow_time", "PAY-1")
    assert parse(query(view)) == view and parse(query(view.with_issue(None))).issue is None
    assert query(PageView().with_issue("PAY-1")) == "?issue=PAY-1"
    assert not re.search("issue", query(view.with_metric("flow_load")))
