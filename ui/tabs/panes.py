"""What each tab consists of before anything is asked: places of the final size. A new tab is a line here and in
ui/url.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import html

from data.values.charts import ChartPlace
from data.values.families import FAMILIES, JOBS
from ui import ids
from ui.components.chart import chart_cards
from ui.components.metric_card import skeletons
from ui.tabs import catalogue, explore, forecast, jobs, overview, sprints, teams
from ui.tabs.cards import ROW_STYLE
from ui.tabs.quality import skeleton

Charts = Mapping[str, tuple[ChartPlace, ...]]  # family → its charts, in the order in which they are read


def _charts(family: str, charts: Charts) -> html.Section:
    return chart_cards(charts.get(family, ()), family, FAMILIES[family].charts)


PANES: dict[str, Callable[[Charts], list[Any]]] = {
    "overview": lambda _charts: overview.pane(),
    "dora": lambda charts: [
        html.Div(skeletons(style=ROW_STYLE), id=ids.Cards.DORA, className="pane-cards"),
        _charts("dora", charts),
    ],
    "flow": lambda charts: [
        html.Div(skeletons(style=ROW_STYLE), id=ids.Cards.FLOW, className="pane-cards"),
        _charts("flow", charts),
    ],
    "forecast": lambda charts: [
        html.Div(forecast.skeleton(), id=ids.Forecast.BODY),
        html.Div(_charts("forecast", charts), id=ids.Forecast.CHARTS),
    ],
    "sprints": lambda charts: [
        html.Div(sprints.skeleton(), id=ids.Sprints.BODY),
        html.Div(_charts("sprints", charts), id=ids.Sprints.CHARTS, hidden=True),
        html.Div(id=ids.Sprints.BELOW),
    ],
    "jobs": lambda charts: jobs.pane(charts.get(JOBS, ())),
    "catalogue": lambda _charts: catalogue.pane(),
    "explore": lambda _charts: [html.Div(explore.skeleton(), id=ids.Explore.BODY, className="explore")],
    "teams": lambda _charts: [html.Div(teams.skeleton(), id=ids.Teams.BODY, className="teams")],
    "quality": lambda _charts: [html.Div(skeleton(), id=ids.Quality.BODY, className="quality")],
}
