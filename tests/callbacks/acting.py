"""Call a callback as the browser would: with a services, and with the component that acted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dash._callback_context import context_value
from dash._utils import AttributeDict, stringify_id
from flask import Flask
from plotly.utils import PlotlyJSONEncoder


@contextmanager
def acting(
    services: Any, component: Any = None, prop: str = "n_clicks", value: Any = 1
) -> Iterator[dict[str, dict[str, Any]]]:
    """Inside, `services()` is the given one and `ctx` says that `component` acted. Gives what was set on the side."""
    aside: dict[str, dict[str, Any]] = {}
    app = Flask("test")
    app.extensions["services"] = services
    inputs = [] if component is None else [{"prop_id": f"{stringify_id(component)}.{prop}", "value": value}]
    token = context_value.set(AttributeDict(triggered_inputs=inputs, updated_props=aside))
    try:
        with app.app_context():
            yield aside
    finally:
        context_value.reset(token)


def words(found: Any) -> str:
    """A component, or several, as the text that the browser gets; parts that the browser builds like the others."""
    return json.dumps(_built(json.loads(json.dumps(found, cls=PlotlyJSONEncoder))), ensure_ascii=False)


def _built(part: Any) -> Any:
    if isinstance(part, list):
        return [_built(each) for each in part]
    if isinstance(part, dict):
        return {name: json.loads(each) if name == "data-tree" else _built(each) for name, each in part.items()}
    return part
