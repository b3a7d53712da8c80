"""The detail of a number, and the rows of its table."""

from __future__ import annotations

import json

import pytest
from dash import no_update
from plotly.utils import PlotlyJSONEncoder

from callbacks.detail import narrowing, show_detail, show_rows
from tests.fake_services import FakeServices

VIEW = {"query": "?metric=lead_time_for_changes&period=30d", "revision": "r1"}


def text(component) -> str:
    return json.dumps(component, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_says_what_the_number_is_made_of(app, fake):
    with app.server.app_context():
        page = text(show_detail(VIEW))
    for part in (
        "Median time from commit",
        "44 changes were first deployed",
        "2.41 days",
        "Tiers",
        "DORA report 2023",
        "no commit date",
        "Show as a table",
        "Definitions in force",
        "/export/issues.csv?metric=lead_time_for_changes",
        "Data as of",
    ):
        assert part in page


def test_every_chart_has_its_table(app, fake):
    with app.server.app_context():
        for metric in ("lead_time_for_changes", "flow_distribution"):
            page = text(show_detail({**VIEW, "query": f"?metric={metric}"}))
            assert page.count('"type": "Graph"') == page.count("plain-table") == 1


def test_closed_detail_costs_nothing(app, fake):
    with app.server.app_context():
        assert show_detail(None) is no_update


@pytest.mark.parametrize("query", ["?metric=nothing", "?metric=lead_time_for_changes&from=2026-02-01&to=2026-01-01"])
def test_a_wrong_link_says_so(app, fake, query):
    with app.server.app_context():
        page = text(show_detail({**VIEW, "query": query}))
    assert "cannot be shown" in page
    assert "Traceback" not in page


def test_a_failure_names_the_request(app, use):
    broken = use(FakeServices())
    broken.numbers.detail = lambda *_: 1 / 0
    with app.server.app_context():
        page = text(show_detail(VIEW))
    assert "notice-request" in page
    assert "division" not in page


def test_rows_are_paged_sorted_and_narrowed(app, fake):
    request = {
        "startRow": 50,
        "endRow": 100,
        "sortModel": [{"colId": "value", "sort": "desc"}],
        "filterModel": {"which": {"filter": "reason:no commit date"}, "text": {"filter": "basket"}},
    }
    with app.server.app_context():
        answer, count = show_rows(request, VIEW)
    assert fake.calls[-1] == (
        "issue_page",
        "lead_time_for_changes",
        50,
        50,
        ("value", "desc"),
        "basket",
        "no commit date",
        False,
    )
    assert answer["rowCount"] == 4
    assert count == "4 rows"


def test_rows_are_plain_text(app, fake):
    with app.server.app_context():
        answer, _ = show_rows({"startRow": 0, "endRow": 50}, VIEW)
    third = answer["rowData"][2]
    assert third["summary"].startswith("<img")
    assert third["url"].startswith("http://")
    assert len(text(answer)) < 50_000


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        ({"startRow": 0, "endRow": 50}, (0, 50)),
        ({"startRow": 120, "endRow": 170}, (120, 50)),
        ({"startRow": 7}, (7, 50)),
        ({"startRow": 9, "endRow": 9}, (9, 1)),
        ({"startRow": 0, "endRow": 500}, (0, 500)),
        ({"startRow": 0, "endRow": 501}, (0, 500)),
    ],
)
def test_the_table_gets_the_rows_that_it_asks_for(app, fake, sent, asked):
    with app.server.app_context():
        show_rows(sent, VIEW)
    assert fake.calls[-1][2:4] == asked


def test_nobody_gets_everything_at_once(app, fake):
    with app.server.app_context():
        show_rows({"startRow": -5, "endRow": 10**9}, VIEW)
    assert fake.calls[-1][2:4] == (0, 500)


def test_unknown_columns_are_ignored():
    assert narrowing({"sortModel": [{"colId": "__class__", "sort": "asc"}], "filterModel": {}}) == {}
    assert narrowing({"filterModel": {"which": {"filter": "used"}}}) == {"used": True}
