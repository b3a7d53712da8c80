"""Parts of a page that hold nothing to act on travel as plain values, and the browser builds them: Dash asks each of
its components after every change of the page, and a thousand of them cost a second.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from ui.attributes import attributes

NAMES = {"className": "class", "htmlFor": "for", "tabIndex": "tabindex", "dateTime": "datetime", "colSpan": "colspan"}


def still(*parts: Any) -> html.Div:
    """The same on the page as `parts`: html components without ids. ui/assets/still.js makes nodes of them, every text
    as text. Raises TypeError for components that act.
    """
    tree = [each for part in parts for each in _nodes(part)]
    return html.Div(
        className="still",
        **attributes({"data-tree": json.dumps(tree, separators=(",", ":"), ensure_ascii=False, default=_refuse)}),
    )


def each_still(parts: Sequence[Any]) -> list[Any]:
    """Each part still where it can be; one that acts stays as it is."""
    made: list[Any] = []
    for part in parts:
        try:
            made.append(still(part))
        except TypeError:
            made.append(part)
    return made


def _nodes(part: Any) -> list[Any]:
    """A text, or [tag, attributes, children] for each component; nothing for None."""
    if part is None:
        return []
    if isinstance(part, list | tuple):
        return [each for one in part for each in _nodes(one)]
    if not isinstance(part, Component):
        return [str(part)]
    told = part.to_plotly_json()  # type: ignore[no-untyped-call]  # a method of Dash, which brings no types
    if told["namespace"] != "dash_html_components" or "id" in told["props"]:
        raise TypeError(f"{told['type']} acts by itself; it cannot be still.")
    props = told["props"]
    attributes = {NAMES.get(name, name): value for name, value in props.items() if name not in ("children", "key")}
    kept = {name: value for name, value in attributes.items() if value is not None and value is not False}
    return [[told["type"].lower(), kept, *_nodes(props.get("children"))]]


def _refuse(value: Any) -> Any:
    raise TypeError(f"{type(value).__name__} is no attribute of a still component.")
