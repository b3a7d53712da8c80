"""The complete catalogue: importing this module imports every metric."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import data.metrics
from data.metrics.catalogue import CATALOG, ISSUE_METRICS, JOB_METRICS, Metric, discover
from data.values.families import FAMILIES

_there = {each.name for each in pkgutil.iter_modules(data.metrics.__path__) if each.ispkg}
for _family in FAMILIES:
    if _family in _there:  # a folder is a family
        discover(import_module(f"data.metrics.{_family}"))

__all__ = ["CATALOG", "ISSUE_METRICS", "JOB_METRICS", "Metric"]
