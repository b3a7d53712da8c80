"""The bytes of an answer with numbers, kept for as long as nothing that it shows can have changed."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from api.answers import encoded, tag_of

MOST = 64  # answers of some 100 kB
TRUSTED = 1.0  # seconds for which nobody looks whether what an answer shows has changed


@dataclass(frozen=True)
class KeptAnswer:
    """A body and its ETag."""

    body: bytes
    tag: str


class KeptAnswers:
    """Answers by all that they go by; those asked for least lately go first. Safe in several threads."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._looked: OrderedDict[Hashable, tuple[KeptAnswer, float]] = OrderedDict()
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, KeptAnswer] = OrderedDict()

    def at_once(self, question: Hashable, find: Callable[[], KeptAnswer]) -> KeptAnswer:
        """The answer to a question; `find` looks for it where nobody has asked the same for TRUSTED seconds."""
        now = self._clock()
        with self._lock:
            answer, until = self._looked.get(question, (None, 0.0))
        if answer is not None and now < until:
            return answer
        answer = find()
        with self._lock:
            self._looked[question] = (answer, now + TRUSTED)
            self._looked.move_to_end(question)
            while len(self._looked) > self._most:
                self._looked.popitem(last=False)
        return answer

    def get(self, key: Hashable, make: Callable[[], object]) -> KeptAnswer:
        """The answer under a key; `make` gives it as plain values where it is not kept."""
        with self._lock:
            if (found := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return found
        body = encoded(make())
        made = KeptAnswer(body, tag_of(body))
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
