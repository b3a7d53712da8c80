"""One site, one period: card, table, CSV, workbook, terminal, JSON and report say the same of every number.

The tests walk the catalogue, so a number or a rule that is added is held to this without being named here.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from itertools import zip_longest
from typing import Any

import pytest

from data.metrics.registry import CATALOG, ISSUE_METRICS
from data.services.numbers import COLUMNS
from data.services.view import View
from data.values.families import HEADLINE
from data.values.filters import Filters, only
from data.values.metric_value import MetricValue
from sample.generator import generate
from sample.preset import preset
from tests.cases.site import CaseSite, synced
from tests.some import some
from tests.workbook import sheets
from ui.components.metric_card import metric_card

DAYS = ("2026-09-01", "2026-11-15")
FAMILIES = tuple(dict.fromkeys(each.family for each in CATALOG.values()))
VIEWS = {
    "whole": Filters(),
    "one project": only(project=("SHOP",)),
    "measured otherwise": Filters(
        definitions=(("durations", "inclusive_days"), ("percentile", "nearest_rank"), ("failure_window_hours", "24"))
    ),
}
OPTIONS = {
    "whole": (),
    "one project": ("--project", "SHOP"),
    "measured otherwise": (
        "--set",
        "durations=inclusive_days",
        "--set",
        "percentile=nearest_rank",
        "--set",
        "failure_window_hours=24",
    ),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseSite]:
    home = tmp_path_factory.mktemp("everywhere")
    made = generate(700, seed=3, until=date(2026, 11, 27))
    settings = home / "settings.json"
    settings.write_text(json.dumps(preset(made)), "utf-8")
    with synced(home, made, settings=settings) as found:
        yield found


@pytest.fixture(params=list(VIEWS))
def named(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def view(site: CaseSite, named: str) -> View:
    return site.services.view(None, *DAYS, VIEWS[named])


def answers(site: CaseSite, view: View) -> dict[str, MetricValue]:
    """Every number of the catalogue, as the page asks for it."""
    found = {
        each.metric_name: each for family in FAMILIES for each in site.services.numbers.answer(family, view).values
    }
    assert set(found) == set(CATALOG)
    assert len([each for each in found.values() if each.ok]) > 20, "numbers that are not there prove nothing"
    return found


def texts(component: Any) -> Iterator[str]:
    """The texts of a component, in order."""
    if isinstance(component, str | int | float):
        yield str(component)
        return
    for each in component if isinstance(component, list | tuple) else [getattr(component, "children", None)]:
        if each is not None:
            yield from texts(each)


def shown(value: MetricValue) -> str:
    """What a person reads: number and unit."""
    return f"{value.details['display_value']} {value.details['display_unit']}".strip() if value.ok else "–"


def test_card_shows_the_number(site: CaseSite, view: View) -> None:
    for value in some(answers(site, view).values(), 20):
        said = " ".join(texts(metric_card(value, href="")))
        if value.ok:
            assert str(value.details["display_value"]) in said, value.metric_name
        else:
            assert value.error_message is None or value.details.get("needs") or value.error_message[:20] in said


def test_one_number_is_the_one_of_its_family(site: CaseSite, view: View) -> None:
    for name, value in answers(site, view).items():
        [alone] = site.services.numbers.one(name, view)
        assert (alone.value, alone.error_state, shown(alone)) == (value.value, value.error_state, shown(value))


def test_detail_and_table_say_it(site: CaseSite, view: View) -> None:
    found = answers(site, view)
    for name in some(ISSUE_METRICS, 20):
        value = found[name]
        page = site.services.numbers.issue_page(name, view, count=10**9)
        used = value.total_issue_count - value.excluded_issue_count
        if value.error_state != "missing_mapping":
            assert (sum(row.used for row in page.rows), len(page.rows)) == (used, value.total_issue_count), name
        for by in ("project", "week"):
            table = site.services.catalogue.breakdown(name, view, by)
            assert (table.total is None) == (value.error_state == "missing_mapping"), name
            if table.total is not None:
                total = table.total
                assert (total.value, total.used, total.left_out) == (value.value, used, value.excluded_issue_count), (
                    name
                )
                assert total.shown.replace("–", "") == (shown(value) if value.ok else ""), name


def test_csv_and_workbook_have_it_exactly(site: CaseSite, view: View) -> None:
    downloads, found = site.services.downloads, answers(site, view)
    sheet = downloads.numbers(view, list(CATALOG))
    rows = {row["metric_name"]: row for row in csv.DictReader(io.StringIO(downloads.csv(sheet)))}
    book = sheets(downloads.xlsx(sheet, view))["Numbers"]
    cells = {row[0]: dict(zip_longest(COLUMNS, row)) for row in book[1:]}  # empty cells at the end are not stored
    assert set(rows) == set(cells) == set(CATALOG)
    for name, value in found.items():
        alone = next(csv.DictReader(io.StringIO(site.services.numbers.csv_metric(name, view))))
        for row in (rows[name], alone):
            assert (float(row["value"]) if row["value"] else None) == value.value, name
            assert row["error_state"] == value.error_state
        assert cells[name]["value"] == (None if value.value is None else pytest.approx(value.value, rel=1e-14)), name
        assert int(rows[name]["total_issue_count"]) == cells[name]["total_issue_count"] == value.total_issue_count


def test_terminal_prints_it(site: CaseSite, view: View, named: str) -> None:
    found, asked = answers(site, view), ("--from", DAYS[0], "--to", DAYS[1], *OPTIONS[named])
    for family in FAMILIES:
        printed = site.run("metrics", "--family", family, *asked, "--format", "json")
        assert printed.code == 0, printed.err
        for row in some(printed.json, 1):
            value = found[row["metric_name"]]
            assert (row["value"], row["details"]["display_value"]) == (value.value, value.details["display_value"])
            assert row["performance_tier"] == value.performance_tier
        rows = csv.DictReader(io.StringIO(site.run("metrics", "--family", family, *asked, "--format", "csv").out))
        assert {row["metric_name"]: float(row["value"]) if row["value"] else None for row in rows} == {
            name: value.value for name, value in found.items() if value.metric_type == family
        }
        table = " ".join(site.run("metrics", "--family", family, *asked).out.split())
        for value in found.values():
            if value.metric_type == family and value.ok:
                assert str(value.details["display_value"]) in table, (value.metric_name, table)


def test_report_holds_the_headline_numbers(site: CaseSite, view: View) -> None:
    html = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", site.services.overview.html(view))))
    for value in some((each for each in answers(site, view).values() if each.metric_type in HEADLINE), 10):
        words = rf"{re.escape(value.details['title'])}.{{0,80}}?{re.escape(str(value.details['display_value']))}"
        assert value.details["title"] in html
        assert not value.ok or re.search(words, html), value.metric_name
