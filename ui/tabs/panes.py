"""What each tab consists of before anything is asked: places of the final size. A new tab is a line here and in ui/url.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import html

from ui import ids
from ui.components.chart import chart_cards
from ui.components.metric_card import skeletons
from ui.tabs import catalogue, forecast, jobs, overview, sprints, teams
from ui.tabs.charts import DORA, FLOW, FORECAST, SPRINTS
from ui.tabs.quality import skeleton

PANES: dict[str, Callable[[], list[Any]]] = {
    "overview": overview.pane,
    "dora": lambda: [
        html.Div(skeletons(), id=ids.Cards.DORA, className="pane-cards"),
        chart_cards(DORA, "dora", "Delivery over time"),
    ],
    "flow": lambda: [
        html.Div(skeletons(), id=ids.Cards.FLOW, className="pane-cards"),
        chart_cards(FLOW, "flow", "Flow in detail"),
    ],
    "forecast": lambda: [
        html.Div(forecast.skeleton(), id=ids.Forecast.BODY),
        html.Div(chart_cards(FORECAST, "forecast", "What it rests on"), id=ids.Forecast.CHARTS),
    ],
    "sprints": lambda: [
        html.Div(sprints.skeleton(), id=ids.Sprints.BODY),
        html.Div(chart_cards(SPRINTS, "sprints", "From sprint to sprint"), id=ids.Sprints.CHARTS, hidden=True),
        html.Div(id=ids.Sprints.BELOW),
    ],
    "jobs": jobs.pane,
    "catalogue": catalogue.pane,
    "teams": lambda: [html.Div(teams.skeleton(), id=ids.Teams.BODY, className="teams")],
    "quality": lambda: [html.Div(skeleton(), id=ids.Quality.BODY, className="quality")],
}
