"""A chart and its panel say by which definitions they are drawn, and switch them; picture, table and file obey
alike.
"""

from __future__ import annotations

import re

import pytest

from callbacks.charts import show_chart
from callbacks.detail import show_detail
from data.services.services import Services
from tests.callbacks.acting import acting, words
from tests.sample_services import synced_services

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
