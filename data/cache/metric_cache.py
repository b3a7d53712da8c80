"""metrics_cache.json: calculated numbers, kept for an hour and shared by processes; a file that cannot be read counts
as empty (D-10).
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from data.cache.packed import pack, plain, unpack
from data.platform.files import LockBusy, NotAFile, locked, opened, quarantine, write_atomic
from data.platform.telemetry import span
from data.values.metric_value import MetricValue, iso
from data.values.problem import Problem

CACHE_VERSION = "1.1"
HASH_DIGITS = 12
LOCK_SECONDS = 3.0
BROKEN_KEPT = 3
FRAME = 200  # bytes of the file around its entries, at most


@dataclass(frozen=True)
class Key:
    """What was asked: a family, the local days `start` to `end` (YYYY-MM-DD, both included), everything else that the
    numbers depend on (`question`: plain JSON values), and the `revision` of the data.
    """

    family: str
    start: str
    end: str
    question: dict[str, Any] = field(hash=False)
    revision: str = ""

    @cached_property
    def name(self) -> str:
        """The key in the file: `dora_2025-01-01_2025-01-31_a3f5c8d9e012`."""
        return f"{self.family}_{self.start}_{self.end}_{self.question_hash}"

    @cached_property
    def mapping_hash(self) -> str:
        """The hash of the field mapping in the question: what `drop(mapping_hash=…)` goes by."""
        return mapping_hash(self)

    @cached_property
    def question_hash(self) -> str:
        """The hash at the end of the name: of the field mapping and of everything else that the numbers depend on."""
        return hash_of(self.question)


@dataclass(frozen=True)
class CachedValues:
    """Cached numbers. Fresh, expired (too old) or stale (of older data): the last two may be shown meanwhile."""

    values: list[MetricValue]
    calculated_at: str
    state: str


def hash_of(value: Any) -> str:
    """The first digits of the SHA-256 of a plain value, whatever the order of its keys.

    >>> hash_of({"a": 1, "b": [2]}) == hash_of({"b": [2], "a": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_DIGITS]


def mapping_hash(key: Key) -> str:
    """The hash of the field mapping in a question: what `drop(mapping_hash=…)` goes by."""
    return hash_of(key.question.get("mapping", {}))


Entries = dict[str, dict[str, Any]]  # least recently used first, in memory as in the file
Signature = tuple[int, int, int]


class MetricCache:
    """The cache file. No call raises for a broken, missing or forbidden file; `problem` says what is wrong with it."""

    def __init__(
        self,
        path: Path,
        *,
        max_entries: int = 100,
        max_bytes: int = 480_000,
        ttl_seconds: int = 3600,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.path = Path(path)
        self.problem: Problem | None = None
        self._values: dict[str, tuple[dict[str, Any], list[MetricValue]]] = {}  # of entries asked for, with the entry
        self._max_entries, self._max_bytes, self._ttl = max_entries, max_bytes, timedelta(seconds=ttl_seconds)
        self._clock = clock
        self._guard = threading.RLock()
        self._signature: Signature | None = None
        self._entries: Entries = {}
        self._unwritten: Entries = {}  # put here, not in the file: it could not be written
        self._hidden: dict[str, Any] = {}  # dropped here, still in a file that could not be written → calculated_at
        self._used: dict[str, None] = {}  # hits since the last write, oldest first
        self._running: dict[tuple[str, str], Future[CachedValues]] = {}
        self._counts = dict.fromkeys(("hits", "misses", "expired", "stale", "evicted", "calculated"), 0)

    def get(self, key: Key) -> CachedValues | None:
        """The numbers kept for `key`, or None. Writes nothing; reads the file only when it changed."""
        found = self._look(key)
        names = {"fresh": "hits", "expired": "expired", "stale": "stale"}
        with self._guard:
            self._counts[names[found.state] if found else "misses"] += 1
        return found

    def put(self, key: Key, values: Sequence[MetricValue], revision: str | None = None) -> None:
        """Keep `values` of data `revision` (default: the key's) for the time to live."""
        entry = self._entry(key, values, key.revision if revision is None else revision)

        def add(entries: Entries) -> None:
            entries.pop(key.name, None)
            entries[key.name] = entry

        self._change(add)

    def drop(self, family: str | None = None, mapping_hash: str | None = None) -> int:
        """Forget all entries, or those of a family, or of a field mapping (see `mapping_hash`). Returns how many."""
        dropped: list[str] = []

        def remove(entries: Entries) -> None:
            dropped[:] = [
                name
                for name, entry in entries.items()
                if family in (None, entry.get("metric_type")) and mapping_hash in (None, entry.get("mapping_alone"))
            ]
            for name in dropped:
                del entries[name]

        self._change(remove)
        return len(dropped)

    def calculate_once(
        self, key: Key, calculate: Callable[[], Sequence[MetricValue]], revision: str | None = None
    ) -> CachedValues:
        """Fresh numbers for `key`: kept ones, or those of one run of `calculate`, however many threads ask at once.

        What `calculate` raises reaches all who wait; the next caller tries again.
        """
        if revision is not None and revision != key.revision:
            key = Key(key.family, key.start, key.end, key.question, revision)
        running = (key.name, key.revision)
        with self._guard:
            future = self._running.get(running)
            if mine := future is None:
                future = self._running[running] = Future()
        if not mine:
            return future.result()
        try:
            found = self._look(key)
            if found is None or found.state != "fresh":
                found = self._calculate(key, calculate)
            future.set_result(found)
            return found
        except BaseException as error:
            future.set_exception(error)
            raise
        finally:
            with self._guard:
                del self._running[running]

    def stats(self) -> dict[str, Any]:
        """Counts since the start (hits, misses, …), `entries` and `bytes` now, and the limits."""
        with self._guard:
            self._refresh()
            size = self._signature[1] if self._signature else 0
            return {
                **self._counts,
                "entries": len(self._visible()),
                "bytes": size,
                "max_entries": self._max_entries,
                "max_bytes": self._max_bytes,
                "ttl_seconds": int(self._ttl.total_seconds()),
                "problem": str(self.problem) if self.problem else None,
            }

    def _calculate(self, key: Key, calculate: Callable[[], Sequence[MetricValue]]) -> CachedValues:
        with span("calculation", family=key.family):
            values = list(calculate())
        with self._guard:
            self._counts["calculated"] += 1
        self.put(key, values)
        return CachedValues(values, iso(self._clock()), "fresh")

    def _look(self, key: Key) -> CachedValues | None:
        name = key.name
        with self._guard:
            self._refresh()
            entry = self._visible().get(name)
            if entry is None:
                return None
            try:
                found = self._found(key, entry)
            except (KeyError, TypeError, ValueError, AttributeError):
                self._entries.pop(name, None)
                self._unwritten.pop(name, None)
                return None
            self._used.pop(name, None)
            self._used[name] = None
            return found

    def _found(self, key: Key, entry: dict[str, Any]) -> CachedValues:
        """Raises KeyError, TypeError, ValueError or AttributeError for an entry that is not one of ours."""
        calculated, expires = _instant(entry["calculated_at"]), _instant(entry["expires_at"])
        if entry["metric_type"] != key.family or entry["cache_key"] != key.name or expires <= calculated:
            raise ValueError("the entry answers another question")
        if entry["field_mapping_hash"] != key.question_hash or entry["mapping_alone"] != key.mapping_hash:
            raise ValueError("the entry is of another field mapping")
        known = self._values.get(key.name)
        if known is None or known[0] is not entry:
            if len(self._values) >= self._max_entries:
                self._values.clear()
            known = self._values[key.name] = (
                entry,
                unpack(entry),
            )
        values = list(known[1])
        now = self._clock()
        state = "fresh"
        # An entry from the future (the clock was set back) would never expire.
        if now >= min(expires, calculated + self._ttl) or calculated > now + timedelta(seconds=1):
            state = "expired"
        if entry["revision"] != key.revision:
            state = "stale"
        return CachedValues(values, entry["calculated_at"], state)

    def _entry(self, key: Key, values: Sequence[MetricValue], revision: str) -> dict[str, Any]:
        now = self._clock()
        entry = {
            "cache_key": key.name,
            "metric_type": key.family,
            "time_period_start": values[0].time_period_start if values else f"{key.start}T00:00:00.000Z",
            "time_period_end": values[0].time_period_end if values else f"{key.end}T23:59:59.999Z",
            "field_mapping_hash": key.question_hash,  # what the key ends in
            "mapping_alone": key.mapping_hash,
            "revision": revision,
            "calculated_at": iso(now),
            "expires_at": iso(now + self._ttl),
            "ttl_seconds": int(self._ttl.total_seconds()),
        }
        # As the file will give it back: what is put is what is got, with or without a file.
        return entry | pack(values, entry)

    def _visible(self) -> Entries:
        """What the file holds and what could not be written, least recently written first."""
        if not self._unwritten and not self._hidden:
            return self._entries
        kept = {
            name: entry
            for name, entry in self._entries.items()
            if name not in self._unwritten
            and (name not in self._hidden or self._hidden[name] != entry.get("calculated_at"))
        }
        return kept | self._unwritten

    def _change(self, change: Callable[[Entries], None]) -> None:
        """Apply `change` to the newest entries and write them; what cannot be written is kept in memory."""
        try:
            with locked(self.path, LOCK_SECONDS), self._guard:
                self._refresh()
                entries = dict(self._visible())
                self._apply(change, entries)
                write_atomic(self.path, _file(entries, self._max_entries))
                self._signature = _signature(self.path)
                self._entries, self._unwritten, self._hidden = entries, {}, {}
                self.problem = None
        except OSError as error:
            self._change_in_memory(change, error)

    def _change_in_memory(self, change: Callable[[Entries], None], error: OSError) -> None:
        with self._guard:
            entries = dict(self._visible())
            self._apply(change, entries)
            for name, entry in self._entries.items():
                if name not in entries:
                    self._hidden[name] = entry.get("calculated_at")
            self._unwritten = {name: entry for name, entry in entries.items() if self._entries.get(name) is not entry}
            if not isinstance(error, LockBusy):
                self.problem = Problem(
                    "Calculated numbers are kept in memory only.",
                    f"Writing {self.path.name} failed: {error.strerror or error}.",
                    "Make sure that the state folder can be written and has space; THROUGHLINE_HOME names another.",
                )

    def _apply(self, change: Callable[[Entries], None], entries: Entries) -> None:
        """Recency first, then the change, then the limits."""
        for name in self._used:
            if name in entries:
                entries[name] = entries.pop(name)
        self._used.clear()
        change(entries)
        sizes = {name: len(_line(name, entry)) + 2 for name, entry in entries.items()}
        total = sum(sizes.values()) + FRAME
        for name in list(entries):
            if len(entries) <= self._max_entries and total <= self._max_bytes:
                break
            del entries[name]
            total -= sizes[name]
            self._counts["evicted"] += 1

    def _refresh(self) -> None:
        """Read the file if it is not the one read last."""
        signature = _signature(self.path)
        if signature == self._signature:
            return
        self._signature, self._entries = signature, {}
        self._values.clear()
        if signature is None:
            return
        try:
            with opened(self.path) as file:
                found = os.fstat(file.fileno())
                self._signature = (found.st_mtime_ns, found.st_size, found.st_ino)
                self._entries = _parsed(file.read())
        except FileNotFoundError:
            self._signature = None
        except (NotAFile, ValueError, TypeError, RecursionError):
            with suppress(OSError):
                quarantine(self.path, most=BROKEN_KEPT)
                self._signature = None
        except OSError as error:
            self.problem = Problem(
                "Calculated numbers cannot be read from the cache file; they are calculated again.",
                f"Reading {self.path.name} failed: {error.strerror or error}.",
                "Give this program permission to read and write the state folder.",
            )


def _parsed(data: bytes) -> Entries:
    """The entries in a cache file; none if another version wrote it. Raises ValueError when it is broken."""
    if not data:
        raise ValueError("empty")
    whole = msgspec.json.decode(data)  # its errors are ValueErrors
    if not isinstance(whole, dict):
        raise ValueError("not an object")
    if whole.get("cache_version") != CACHE_VERSION:
        return {}
    entries = whole.get("entries")
    if not isinstance(entries, dict):
        raise ValueError("no entries")
    return {name: entry for name, entry in entries.items() if isinstance(entry, dict)}


def _file(entries: Entries, max_entries: int) -> bytes:
    """One entry a line, so that people can look at it."""
    lines = ",\n".join(_line(name, entry).decode() for name, entry in entries.items())
    head = f'{{\n"cache_version": {json.dumps(CACHE_VERSION)},\n"entries": {{\n'
    return f'{head}{lines}\n}},\n"max_entries": {max_entries},\n"eviction_policy": "LRU"\n}}\n'.encode()


def _line(name: str, entry: dict[str, Any]) -> bytes:
    return msgspec.json.encode(name) + b": " + msgspec.json.encode(entry, enc_hook=plain)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone")
    return instant


def _signature(path: Path) -> Signature | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
