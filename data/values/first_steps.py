"""What is worth doing after the first sync, as plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FirstStep:
    """One step: what to do, what it unlocks, and whether it is done. `opens`: mapping | view, the form that does it."""

    title: str
    unlocks: str
    done: bool
    opens: str
