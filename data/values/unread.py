"""Lists that Jira did not show to this account at the last sync: what, of which projects or boards, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Unread:
    """`what`: types, versions, boards, sprints or comments; `names`: of which projects, boards or (some) issues."""

    what: str
    names: tuple[str, ...]
    why: str
    todo: str

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {**asdict(self), "names": list(self.names)}


def of_result(result: Any) -> tuple[Unread, ...]:
    """What the result of a sync names, given as plain values or as their JSON; older results name nothing.

    >>> of_result('{"unread": [{"what": "versions", "names": ["A"], "why": "Refused.", "todo": "Ask."}]}')
    (Unread(what='versions', names=('A',), why='Refused.', todo='Ask.'),)
    """
    try:
        found = json.loads(result) if isinstance(result, str) else result
    except ValueError:
        return ()
    rows = found.get("unread") if isinstance(found, dict) else None
    return tuple(_unread(rows)) if isinstance(rows, list) else ()


def _unread(rows: list[Any]) -> Iterable[Unread]:
    for row in rows:
        if isinstance(row, dict) and isinstance(names := row.get("names"), list):
            texts = (str(row.get(each) or "") for each in ("why", "todo"))
            yield Unread(str(row.get("what")), tuple(map(str, names)), *texts)
