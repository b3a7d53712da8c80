"""On one site and period, all counts of the page that could be compared are equal, or the place says why not.

The tests walk over the text of every card and chart, so one that is added is held to this without being named here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date

import pytest

from callbacks.cards import show_dora, show_flow, show_overview
from callbacks.catalogue import show_values
from callbacks.charts import show_chart
from callbacks.sprints import show_sprints
from data.charts.registry import CHARTS
from data.metrics.registry import CATALOG, ISSUE_METRICS
from data.services.charts import chart_places
from data.services.services import Services
from sample.generator import generate
from sample.preset import preset
from tests.callbacks.acting import acting, words
from tests.cases.site import synced

DAYS = "from=2026-09-01&to=2026-11-15"
COMPLETED = re.compile(  # the period's own items: not those of each status, day or group
    r"(?<!than )(?<![.\d])\b(\d{1,3}(?:,\d{3})*)(?: items| issues)? "
    r"(?:were |was )?(?:completed|closed(?!/)|finished|entered a done status|reached “Done”)"
    r"|the number of done items grew by (\d{1,3}(?:,\d{3})*)"
)
USED = re.compile(r"(\d[\d,]*) used")
LEFT_OUT = re.compile(r"(\d[\d,]*) left out")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    home = tmp_path_factory.mktemp("counts")
    made = generate(700, seed=3, until=date(2026, 11, 27))
    settings = home / "settings.json"
    settings.write_text(json.dumps(preset(made)), "utf-8")
    with synced(home, made, settings=settings) as found:
        yield found.services


def text_of(component: object) -> str:
    """The text that a person reads in a component, its parts divided by spaces; attributes are no text."""
    return " ".join(_texts(_plain(component)))


def cards(component: object) -> dict[str, str]:
    """The text of each card in a component, by its metric."""
    return {
        str(props["data-metric"]): " ".join(_texts(part))
        for part, props in _nodes(_plain(component))
        if "data-metric" in props
    }


def _plain(component: object) -> object:
    return json.loads(words(component))


def _opened(part: object) -> tuple[dict[str, object], list[object]] | None:
    """Properties and children of a component, as Dash sends it or as a still one ([tag, attributes, *children])."""
    if isinstance(part, dict) and isinstance(part.get("props"), dict):
        props = part["props"]
        return props, [props.get("children"), props.get("data-tree")]
    if not isinstance(part, list) or len(part) < 2 or not isinstance(part[0], str) or not isinstance(part[1], dict):
        return None
    return None if "props" in part[1] else (part[1], part[2:])


def _nodes(part: object) -> Iterator[tuple[object, dict[str, object]]]:
    opened = _opened(part)
    if opened:
        yield part, opened[0]
    for each in opened[1] if opened else part if isinstance(part, list) else ():
        yield from _nodes(each)


def _texts(part: object) -> Iterator[str]:
    opened = _opened(part)
    if opened or isinstance(part, list):
        for each in opened[1] if opened else part:
            yield from _texts(each)
    elif isinstance(part, str | int | float) and not isinstance(part, bool):
        yield str(part)


@pytest.fixture(scope="module")
def blocks(services: Services) -> dict[str, str]:
    """The text of every card and chart of the page for the period, by a name of the place."""
    found: dict[str, str] = {}
    with acting(services):
        pages = {
            "overview": show_overview({"query": f"?{DAYS}", "revision": "1"}, None)[0],
            "dora": show_dora({"query": f"?tab=dora&{DAYS}", "revision": "1"}, None)[0],
            "flow": show_flow({"query": f"?tab=flow&{DAYS}", "revision": "1"}, None)[0],
            "catalogue": show_values({"query": f"?tab=catalogue&{DAYS}", "revision": "1"}),
        }
        for tab, component in pages.items():
            found |= {f"{tab}: {name}": text for name, text in cards(component).items()}
        for tab in ("dora", "flow"):
            for place in chart_places()[tab]:
                order = {"query": f"?tab={tab}&{DAYS}", "revision": "1", "chart": place.name}
                found[f"{tab}: chart {place.name}"] = text_of(show_chart(order))
    return found


def numbers(pattern: re.Pattern[str], text: str) -> list[int]:
    found = (next(filter(None, each.groups())) for each in pattern.finditer(text))
    return [int(each.replace(",", "")) for each in found]


def test_the_walk_sees_every_card_and_chart(blocks: dict[str, str]) -> None:
    assert {name for name in blocks if name.startswith("catalogue: ")} == {
        f"catalogue: {name}" for name, each in CATALOG.items() if not each.same_as
    }
    assert all(blocks.values())
    assert sum(bool(COMPLETED.search(text)) for text in blocks.values()) >= 2


def test_one_metric_reads_the_same_on_every_tab(blocks: dict[str, str]) -> None:
    for name, text in blocks.items():
        tab, _, metric = name.partition(": ")
        if tab in ("dora", "flow", "overview") and not metric.startswith("chart"):
            whole = blocks[f"catalogue: {metric}"]
            for pattern in (USED, LEFT_OUT):
                assert numbers(pattern, text) == numbers(pattern, whole), name


def test_a_count_of_completed_items_is_that_of_flow_velocity_or_names_it(
    blocks: dict[str, str], services: Services
) -> None:
    view = services.view(None, "2026-09-01", "2026-11-15")
    velocity = services.catalogue.value("flow_velocity", view).details["used"]
    longer = {"flow: chart process_behaviour"}  # 26 weeks, which its axis says
    for name, text in blocks.items():
        for count in numbers(COMPLETED, text) if name not in longer else ():
            named = re.search(rf"[Ff]low velocity counts {velocity:,}\b", text)
            assert count == velocity or named, f"{name}: {count} completed, flow velocity {velocity}: {text}"


def test_numbers_about_completed_items_are_equal_or_say_what_they_leave_out(
    blocks: dict[str, str], services: Services
) -> None:
    view = services.view(None, "2026-09-01", "2026-11-15")
    all_finished = services.catalogue.value("flow_velocity", view).total_issue_count
    velocity = services.catalogue.value("flow_velocity", view).details["used"]
    held = 0
    for name, metric in ISSUE_METRICS.items():
        if metric.same_as or metric.family not in ("flow", "lead_time", "throughput", "quality"):
            continue
        text = blocks[f"catalogue: {name}"]
        if "completed" not in metric.summary + metric.formula_words and "finished" not in metric.formula_words:
            continue
        (used,), left_out = numbers(USED, text), numbers(LEFT_OUT, text)
        explained = used + sum(left_out) == all_finished or f"Flow velocity counts {velocity}" in text
        assert used == velocity or explained, f"{name}: {text}"
        held += 1
    assert held >= 6


def test_shares_of_sprints_say_which_sprints(blocks: dict[str, str], services: Services) -> None:
    for name, metric in CATALOG.items():
        if metric.family in ("sprint", "composite"):
            assert re.search(r"\d+ sprints?( of \d+ boards)? that closed in the period", blocks[f"catalogue: {name}"])
    with acting(services):
        body, _, below = show_sprints({"query": "?tab=sprints", "revision": "1"})
        board = services.sprints.page(services.view()).board
        assert board is not None
        assert re.search(rf"The last \d+ closed sprints of {re.escape(board.name)}", text_of(body))
        assert "The catalogue counts the sprints of all boards that closed in the period" in text_of(below)
        order = {"query": "?tab=sprints", "revision": "1", "chart": "sprint_spillover"}
        assert f"closed sprints of {board.name}" in text_of(show_chart(order))


def test_no_title_stands_for_two_numbers() -> None:
    titles = [each.title for each in CATALOG.values()]
    assert len(titles) == len(set(titles))
    charts = [each.title for each in CHARTS.values()]
    assert len(charts) == len(set(charts))
    # The charts of sprints have the board's velocity under this title, a number a sprint: no metric may have it too.
    assert "Velocity" not in titles
