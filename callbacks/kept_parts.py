"""Parts of the page that stay the same while what they show does: built once, then given as the plain values they are."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from plotly.io.json import to_json_plotly

MOST = 64  # parts of some tens of kB


class KeptParts:
    """Parts by name, the least used go first. Safe in several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._parts: OrderedDict[str, tuple[Any, Any]] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, name: str, shown: Any, make: Callable[[], Any]) -> Any:
        """The part of that name as JSON values, made anew where `shown` is not equal to what it was made of.

        `shown` has to be all that `make` goes by, besides the program itself. Do not change what is returned.
        """
        with self._guard:
            known = self._parts.get(name)
            if known is not None:
                self._parts.move_to_end(name)
        if known is not None and known[0] == shown:
            return known[1]
        plain = json.loads(to_json_plotly(make()))
        with self._guard:
            self._parts[name] = (shown, plain)
            self._parts.move_to_end(name)
            while len(self._parts) > self._most:
                self._parts.popitem(last=False)
        return plain
