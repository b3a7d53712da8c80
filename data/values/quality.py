"""How complete the data is, and what in it makes numbers doubtful."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """Something in the data that numbers cannot be trusted for."""

    title: str
    issues: int | None  # how many it touches; None: not about single issues
    effect: str  # what it does to the numbers
    todo: str
    level: str = "warning"  # info | warning | danger


@dataclass(frozen=True)
class Quality:
    """How far the data can be trusted: the last sync and what was found."""

    sync: dict[str, Any] | None  # SyncResult as plain values; None before the first sync
    findings: tuple[Finding, ...]

    @property
    def level(self) -> str:
        """The worst level found: ok, info, warning or danger."""
        found = {each.level for each in self.findings}
        return next((level for level in ("danger", "warning", "info") if level in found), "ok")
