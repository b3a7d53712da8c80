"""The wiring of the page: what callbacks read and write, checked as one graph."""

from __future__ import annotations

import json
import re
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.some import some

ASSETS = Path(__file__).parents[2] / "ui" / "assets"


@pytest.fixture
def found(client):
    return client.get("/_dash-dependencies").json


def targets(callback):
    return [name for name in callback["output"].strip(".").split("...") if name]


def test_every_property_has_one_writer(found):
    writers = Counter(target for callback in found for target in targets(callback))
    assert not [target for target, count in writers.items() if count > 1 or "@" in target]


def test_no_callback_feeds_itself(found):
    graph = TopologicalSorter()
    for callback in found:
        for source in callback["inputs"]:
            for target in targets(callback):
                graph.add(target, f"{source['id']}.{source['property']}")
    graph.prepare()  # raises CycleError, naming the cycle


def test_every_id_of_a_callback_is_on_the_page(found, client):
    page = client.get("/_dash-layout").text
    used = {
        name.rpartition(".")[0]
        for callback in found
        for name in targets(callback)
        + [f"{each['id']}.{each['property']}" for each in callback["inputs"] + callback["state"]]
    }
    assert not [name for name in used if not name.startswith("{") and f'"{name}"' not in page]


def test_every_client_side_function_is_in_the_assets(found):
    scripts = "\n".join(path.read_text("utf-8") for path in ASSETS.glob("*.js"))
    named = [each["clientside_function"] for each in found if each.get("clientside_function")]
    assert named
    for function in named:
        assert re.search(rf"\b{re.escape(function['namespace'])}\b", scripts), function
        assert re.search(rf"\b{re.escape(function['function_name'])}\b", scripts), function


def test_first_view_asks_little(found):
    """Only the period and the cards of the open tab are asked for when the page opens (D-13)."""
    at_once = [each for each in found if not each["prevent_initial_call"] and not each.get("clientside_function")]
    static = [each for each in at_once if not any("MATCH" in target for target in targets(each))]
    assert len(static) <= 4, [each["output"] for each in static]


def test_issues_never_travel_in_stores(client):
    layout = client.get("/_dash-layout").text
    stores = re.findall(r'\{"props":\{[^{}]*\},"type":"Store"', layout)
    assert all(len(each) < 400 for each in some(stores))


def test_page_speaks_of_no_other_machine(client):
    page = client.get("/").text
    addresses = set(re.findall(r'(?:src|href)="([^"]+)"', page))
    assert addresses
    assert not [each for each in addresses if not each.startswith("/")]
    assert json.loads(re.search(r'id="_dash-config"[^>]*>(.*?)</script>', page)[1])["serve_locally"] is True


def test_no_chart_or_table_library_before_it_is_needed(client):
    page = client.get("/").text
    assert "plotly.min" not in page
    assert "dash_ag_grid.v" not in page.split("_dash-renderer")[0].split("_dash-config")[1].split("</script>", 1)[1]
