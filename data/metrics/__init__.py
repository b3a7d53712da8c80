"""The metric catalogue: one file per metric; see dora/change_failure_rate.py for the pattern."""

from typing import Any


def __getattr__(name: str) -> Any:
    """CATALOG loads every metric, and with them pandas: only when somebody asks."""
    if name == "CATALOG":
        from data.metrics.registry import CATALOG

        return CATALOG
    raise AttributeError(name)
