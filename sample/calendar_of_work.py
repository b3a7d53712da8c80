"""Working hours and Jira's date format for one span of days, as tables, so that millions of instants stay cheap."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

HOUR = 3600
DAY = 24 * HOUR
_TAIL = [f"{n // 60:02d}:{n % 60:02d}" for n in range(HOUR)]
_MILLIS = [f".{n:03d}" for n in range(1000)]


def millis(instant: int) -> int:
    """A made-up but repeatable millisecond, so that times look measured and equal instants stay equal."""
    return instant * 7919 % 1000


class Calendar:
    """Local hours of `days` days before `until` (and 60 after). Instants are whole seconds since 1970, UTC."""

    def __init__(self, until: date, days: int, zone: ZoneInfo) -> None:
        first = datetime.combine(until - timedelta(days=days + 30), datetime.min.time(), UTC)
        self.base = int(first.timestamp()) // HOUR
        self.zone = zone
        local = [first + timedelta(hours=n) for n in range((days + 90) * 24)]
        local = [each.astimezone(zone) for each in local]
        self._head = [f"{each:%Y-%m-%dT%H:}" for each in local]
        self._offset = [f"{each:%z}" for each in local]
        self._push = self._wait_for_work(local)

    @staticmethod
    def _wait_for_work(local: list[datetime]) -> list[int]:
        """For each hour the hours until the next working one (Monday to Friday, 9 to 18, local)."""
        waits, wait = [0] * len(local), 0
        for n in range(len(local) - 1, -1, -1):
            working = local[n].weekday() < 5 and 9 <= local[n].hour < 18
            wait = 0 if working else wait + 1
            waits[n] = wait
        return waits

    def text(self, instant: int) -> str:
        """`2025-01-15T10:00:00.123+0100`, as Jira writes instants."""
        hour, second = divmod(instant, HOUR)
        hour -= self.base
        return self._head[hour] + _TAIL[second] + _MILLIS[millis(instant)] + self._offset[hour]

    def day(self, instant: int) -> str:
        """The local date `2025-01-15`."""
        return self._head[instant // HOUR - self.base][:10]

    def at_work(self, instant: int) -> int:
        """The instant, or when it lies outside working hours the same minute of the next working hour."""
        hour = instant // HOUR - self.base
        return instant + self._push[hour] * HOUR if hour < len(self._push) else instant

    def after(self, instant: int, days: float, random: Random) -> int:
        """A working instant about `days` days later."""
        return self.at_work(instant + 60 + int(days * DAY) + int(random.random() * 1800))
