"""Each test starts with hosts that nobody has met: test servers come and go on the same ports."""

from __future__ import annotations

import pytest

from data.jira import host_limiter


@pytest.fixture(autouse=True)
def _new_hosts() -> None:
    host_limiter.forget()
