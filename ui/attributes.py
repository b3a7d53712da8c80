"""Attributes of HTML elements that are no Python names, such as data-metric and aria-label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Attributes = dict[str, Any]
"""Name → value. Dash takes data-* and aria-* beside its own properties; their values are texts."""


def attributes(named: Mapping[str, str | None]) -> Attributes:
    """Attributes for a component: `html.Div(**attributes({"aria-label": "Choice"}))`. The page does not show those that
    are None.
    """
    return dict(named)


def current(here: bool) -> Attributes:
    """For the link or button among several that stands for what is shown now."""
    return {"aria-current": "true"} if here else {}
