"""Keeps parts of the page as plain JSON values for as long as what they show is equal."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from plotly.io.json import to_json_plotly

from data.values.kept import Kept

MOST = 64  # parts of some tens of kB


class KeptParts:
    """Parts by name. Safe in several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._kept: Kept[Any] = Kept(most)

    def get(self, name: str, shown: object, make: Callable[[], Any]) -> Any:
        """The part of that name as JSON values; `shown` is all that `make` goes by. Do not change what is returned."""
        return self._kept.get(name, shown, lambda: json.loads(to_json_plotly(make())))
