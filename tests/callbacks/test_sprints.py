"""The tab "Sprints" on the sample site: board, charts, table, one sprint, refusals."""

from __future__ import annotations

from dataclasses import replace

import pytest
from dash import no_update

from callbacks.charts import show_chart
from callbacks.sprints import show_sprints
from data.services.charts import chart_places
from data.services.services import Services
from tests.callbacks.acting import acting, words
from tests.sample_services import synced_services
from ui.tabs.sprints import sprints_table
from ui.url import PageView


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return synced_services(tmp_path_factory.mktemp("sprints-tab"))


def shown(services: Services, query: str = "") -> tuple[str, bool, str]:
    with acting(services):
        body, hidden, below = show_sprints({"query": f"?tab=sprints{query}", "revision": "1"})
    return words(body), hidden, words(below)


def test_a_board_has_its_summary_charts_and_table(services):
    body, hidden, below = shown(services)
    found = services.sprints.page(services.view())
    assert found.board.name in body and "Velocity" in body
    assert hidden is False
    assert all(f'"{each.name}"' in below for each in found.rows)


def test_more_completed_than_committed_and_added_is_explained_below_the_table(services):
    found = services.sprints.page(services.view())
    one = replace(found.rows[-1], committed=5.0, added=2.0, completed=7.0)
    for completed, told in ((7.0, False), (7.5, True), (None, False)):
        rows = (replace(one, completed=completed),)
        below = words(sprints_table(replace(found, rows=rows), PageView(tab="sprints"), "UTC"))
        assert ("estimates grew after the start" in below) is told, completed


def test_one_sprint_stands_alone(services):
    one = services.sprints.page(services.view()).rows[3]
    body, hidden, below = shown(services, f"&sprint={one.id}")
    assert one.name in body
    assert (hidden, below) == (True, "null")


@pytest.mark.parametrize(
    ("query", "said"), [("&board=99", "There is no board 99"), ("&sprint=x", "There is no sprint x")]
)
def test_what_is_not_there_says_so_and_has_no_charts(services, query, said):
    body, hidden, below = shown(services, query)
    assert said in body and (hidden, below) == (True, "null")


def test_a_kanban_board_has_no_charts(services):
    kanban = next(each for each in services.sprints.page(services.view()).boards if each.note == "Kanban board")
    body, hidden, below = shown(services, f"&board={kanban.id}")
    assert "has no sprints" in body and (hidden, below) == (True, "null")


def test_an_unopened_tab_asks_nothing(services):
    with acting(services):
        assert show_sprints(None) == (no_update, no_update, no_update)


@pytest.mark.parametrize("name", [each.name for each in chart_places()["sprints"]])
def test_charts_are_those_of_the_board_in_the_address(services, name):
    boards = [each for each in services.sprints.page(services.view()).boards if each.sprints]
    texts = set()
    for each in boards:
        with acting(services):
            order = {"query": f"?tab=sprints&board={each.id}", "revision": "1", "chart": name}
            texts.add(words(show_chart(order)))
    assert len(texts) == len(boards)
    assert all("data-figure" in each for each in texts)


def test_the_range_is_that_of_the_summary(services):
    drawn = services.charts.answer("velocity_range", services.view("30d"))
    made = services.sprints.page(services.view()).summary
    assert sorted(line.at for line in drawn.lines) == sorted(value for _, value in made.percentiles)


def test_the_file_has_every_sprint(services, client, use):
    use(services)
    board = services.sprints.page(services.view()).board
    text = client.get(f"/export/chart.csv?tab=sprints&board={board.id}&chart=sprint_commitment").text
    closed = [
        each for each in services.sprints.page(services.view()).rows if each.state == "closed" and not each.problem
    ]
    assert len(text.strip().splitlines()) == 1 + len(closed)
