"""The metric catalogue: one file per metric; see dora/change_failure_rate.py for the pattern."""

from typing import Any


def __getattr__(name: str) -> Any:
    """The catalogue loads every metric, and with them pandas: only when somebody asks."""
    if name in ("CATALOG", "ISSUE_METRICS", "JOB_METRICS"):
        from data.metrics import registry

        return getattr(registry, name)
    raise AttributeError(name)
