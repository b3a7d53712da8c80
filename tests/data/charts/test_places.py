"""A chart is on its tab because its file is in the folder: no list names it."""

from dash.development.base_component import Component

from data.charts.registry import CHARTS, JOB_CHARTS
from data.services.charts import chart_places
from data.values.families import FAMILIES, JOBS
from ui.tabs.panes import PANES


def on_tab(tab: str) -> list[str]:
    """The charts that a tab has places for."""
    pane = PANES[tab](chart_places())
    names = []
    for part in pane:
        for each in [part, *part._traverse()] if isinstance(part, Component) else []:
            name = each.id.get("chart") if isinstance(getattr(each, "id", None), dict) else None
            names += [name] if name and name not in names else []
    return names


def test_every_chart_of_a_family_is_on_its_tab_in_its_order():
    chosen = ("catalogue", "explore")  # their charts are those of what is asked
    families = [name for name, each in FAMILIES.items() if each.charts and name in PANES and name not in chosen]
    assert len(families) >= 4
    for family in families:
        wanted = [name for name, each in CHARTS.items() if each.family == family]
        assert wanted and on_tab(family) == wanted, family


def test_every_chart_of_jobs_but_the_list_is_on_their_tab_in_its_order():
    assert on_tab("jobs") == [name for name in JOB_CHARTS if name != "job_records"]
    assert all(CHARTS[name].family == JOBS for name in JOB_CHARTS)


def test_no_two_charts_of_a_family_want_the_same_place():
    for family in FAMILIES:
        orders = [each.order for each in CHARTS.values() if each.family == family]
        assert len(orders) == len(set(orders)), (family, orders)


def test_the_folder_of_a_chart_is_its_family():
    wrong = {
        name: each.draw.__module__ for name, each in CHARTS.items() if f".{each.family}." not in each.draw.__module__
    }
    assert set(wrong) <= {"metric_over_time", "metric_by_group"}, "these are drawn for any family"
