"""A chart and its panel say by which definitions they are drawn, and switch them; picture, table and file obey
alike.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime

import pytest

from callbacks.charts import show_chart
from callbacks.detail import show_detail
from data.services.services import Services
from tests.callbacks.acting import acting, words
from tests.sample_services import synced_services
from tests.workbook import sheets

RULES = ("history", "high_water", "backfill")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return synced_services(tmp_path_factory.mktemp("charts-tab"))


def chart(services: Services, name: str, query: str = "") -> str:
    with acting(services):
        return words(show_chart({"query": f"?tab=flow&period=90d{query}", "revision": "1", "chart": name}))


@pytest.mark.parametrize("rule", RULES)
def test_the_cumulative_flow_diagram_is_switched_beside_itself(services, rule):
    text = chart(services, "cumulative_flow", f"&set=cfd:{rule}")
    buttons = re.findall(
        r'"aria-pressed": "(true|false)"[^{}]*?"data-set-value": "(\w+)"|"data-set-value":'
        r' "(\w+)"[^{}]*?"aria-pressed": "(true|false)"',
        text,
    )
    pressed = {(one or two): (yes or no) for yes, one, two, no in buttons}
    assert pressed == {each: str(each == rule).lower() for each in RULES}
    assert f"set=cfd%3A{rule}" in text  # its files and its list of issues keep the choice


def test_each_rule_draws_another_picture_and_writes_another_file(services, client, use):
    use(services)
    files = {
        client.get(f"/export/chart.csv?tab=flow&period=90d&set=cfd:{rule}&chart=cumulative_flow").text for rule in RULES
    }
    assert len(files) == len(RULES)


def test_other_charts_have_no_row_of_switches(services):
    assert "switch-row" not in chart(services, "throughput")


def test_the_panel_of_a_chart_switches_what_it_obeys(services):
    with acting(services):
        text = words(
            show_detail(
                {"query": "?tab=flow&period=90d&chart=cycle_time_scatter&set=percentile:nearest_rank", "revision": "1"}
            )
        )
    assert "Definitions in force" in text
    assert '"data-definition": "percentile"' in text and '"data-definition": "durations"' in text
    assert '"className": "switch is-chosen"' in text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_chart_offers_its_table_as_files(services, kind):
    assert f"/export/chart.{kind}?" in chart(services, "net_flow")


def test_what_limits_are_made_of_is_chosen_beside_the_chart_and_kept_in_its_links(services):
    text = chart(services, "process_behaviour", "&set=limits.divided:2026-08-31")
    assert '"data-definition": "limits.baseline"' in text and '"data-definition": "limits.divided"' in text
    assert "Limits divided at" in text
    assert "set=limits.divided%3A2026-08-31" in text, "its files keep the choice"


def test_limits_cannot_be_locked_and_divided_at_once(services):
    text = chart(
        services, "process_behaviour", "&set=limits.divided:2026-08-31&set=limits.baseline:2026-01-05..2026-03-29"
    )
    assert "Chart cannot be shown" in text or "No chart: the reason is above." in text


def test_days_of_a_chart_are_dates_in_its_workbook(services):
    view = services.view("90d")
    made = services.downloads.xlsx(services.charts.sheet("process_behaviour", view), view)
    heads, first, *_ = next(iter(sheets(made).values()))
    assert heads[:2] == ["Week from", "To"]
    assert all(isinstance(each, datetime) for each in first[:2])


def test_stages_of_items_are_a_file_that_flow_tools_read(services):
    view = services.view("90d")
    sheet = services.stages.sheet(view)
    assert sheet.headers[:4] == ("ID", "Link", "Name", "Not started")
    assert sheet.headers[-7:] == ("Type", "Status", "Resolution", "Project", "Labels", "Components", "Blocked Days")
    assert len(sheet.rows) > 50 and all(row[0] and row[2] for row in sheet.rows)
    done = sheet.headers.index("Done")
    for row in sheet.rows:
        days = [each for each in row[3 : done + 1] if each is not None]
        assert days == sorted(days), row
    text = services.stages.csv(view)
    assert text.splitlines()[0] == ",".join(sheet.headers)
    assert len(list(csv.reader(io.StringIO(text)))) == len(sheet.rows) + 1
    in_xlsx = sheets(services.downloads.xlsx(sheet, view))["Stages"]
    assert isinstance(in_xlsx[1][3], datetime)
