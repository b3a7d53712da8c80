"""Fixtures of the tests of metrics."""

from __future__ import annotations

import pytest

from data.metrics import verdicts
from data.metrics.registry import ISSUE_METRICS


@pytest.fixture
def value_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value alone decides on its tier; what its uncertainty does to a tier is in test_verdicts.py."""
    monkeypatch.setattr(verdicts, "FREQUENCY_DAYS", 0)
    for each in ISSUE_METRICS.values():
        monkeypatch.setattr(each, "estimate", lambda *_: None)
        monkeypatch.setattr(each, "tier_estimate", None)
