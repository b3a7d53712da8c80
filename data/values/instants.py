"""Instants as the stores and tables write them: microseconds since 1970 UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NEVER = -(2**63)  # no instant, as pandas writes it
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(us: int) -> datetime:
    """An instant of the store (µs) as a datetime; none is 1970.

    >>> instant(1_000_000).isoformat(), instant(NEVER).year
    ('1970-01-01T00:00:01+00:00', 1970)
    """
    return _EPOCH + timedelta(microseconds=us if us != NEVER else 0)
