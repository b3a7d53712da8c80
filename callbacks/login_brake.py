"""How wrong passwords are slowed without hurting anybody else: a growing pause for one name from one address, and a
queue for the costly hashing.
"""

from __future__ import annotations

import hashlib
import heapq
import itertools
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 60.0  # seconds after a wrong password; each further one doubles the pause
FORGOTTEN_AFTER = 900.0  # seconds without a wrong password
MOST_REMEMBERED = 10_000  # addresses, and pairs of address and name
_DOUBLINGS = 16


@dataclass
class _Failures:
    count: int
    last: float  # on the clock of the brake


class Brake:
    """Counts wrong passwords for each pair of address and name, and for each address.

    The pause is the pair's own: a name that is attacked from one address opens from every other, and other names open
    from the attacking address. No thread waits for it. An IPv6 address stands for its /64 network, which one machine
    can use as it likes.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._pairs: OrderedDict[bytes, _Failures] = OrderedDict()
        self._addresses: OrderedDict[bytes, _Failures] = OrderedDict()

    def pause(self, address: str, name: str) -> float:
        """Seconds until a password for this name from this address is looked at again; 0 when it is looked at now."""
        with self._lock:
            found = self._recent(self._pairs, _key(address, name))
            if found is None:
                return 0.0
            pause: float = min(FIRST_PAUSE * 2 ** min(found.count - 1, _DOUBLINGS), LONGEST_PAUSE)
            return max(0.0, found.last + pause - self._clock())

    def failures(self, address: str) -> int:
        """How many wrong passwords came from this address of late."""
        with self._lock:
            found = self._recent(self._addresses, _key(address))
            return found.count if found else 0

    def failed(self, address: str, name: str) -> None:
        """One more wrong password for this name from this address."""
        with self._lock:
            for table, key in ((self._pairs, _key(address, name)), (self._addresses, _key(address))):
                before = self._recent(table, key)
                table[key] = _Failures(before.count + 1 if before else 1, self._clock())
                table.move_to_end(key)
                while len(table) > MOST_REMEMBERED:
                    table.popitem(last=False)

    def forgive(self, address: str, name: str) -> None:
        """The right password came: the pair begins anew. What came from the address for other names still counts."""
        with self._lock:
            self._pairs.pop(_key(address, name), None)

    def _recent(self, table: OrderedDict[bytes, _Failures], key: bytes) -> _Failures | None:
        found = table.get(key)
        if found is not None and self._clock() - found.last > FORGOTTEN_AFTER:
            del table[key]
            return None
        return found


class Turns:
    """A queue for work that takes a whole core: few at once, those who failed least before the others, then by
    arrival.
    """

    def __init__(self, at_once: int | None = None) -> None:
        self._free = at_once or max(1, (os.cpu_count() or 1) // 2)
        self._waiting: list[tuple[int, int]] = []
        self._arrivals = itertools.count()
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, failures: int) -> Iterator[None]:
        """Waits for a turn, however long it takes, and has it until the block ends."""
        mine = (failures, next(self._arrivals))
        with self._changed:
            heapq.heappush(self._waiting, mine)
            self._changed.wait_for(lambda: self._free > 0 and self._waiting[0] == mine)
            heapq.heappop(self._waiting)
            self._free -= 1
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()


def _key(address: str, name: str | None = None) -> bytes:
    """Of fixed length, however long the name is that a stranger sends."""
    words = f"{_network(address)}\n{'' if name is None else 'name ' + name}"
    return hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _network(address: str) -> str:
    """What one machine cannot change of its address.

    >>> _network("10.0.0.7"), _network("2001:db8:1:2:3:4:5:6"), _network("::ffff:10.0.0.7"), _network("")
    ('10.0.0.7', '2001:db8:1:2::/64', '10.0.0.7', '')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)
