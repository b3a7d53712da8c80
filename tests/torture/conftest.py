"""What the torture tests share: killed writers, and a seed that a failure names."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import seeding

ROOT = Path(__file__).parents[2]


class Zygote:
    """Starts writers and kills them."""

    def __init__(self, folder: Path) -> None:
        self.pipe = folder / "acknowledged"
        os.mkfifo(self.pipe)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.zygote"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _ask(self, *told: object) -> int:
        assert self._process.stdin and self._process.stdout
        print(json.dumps(told), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def killed(self, rng: random.Random, most_writes: int, pause: float, writer: str, *more: object) -> int:
        """Start a writer, kill it after some writes and a random pause; the last number that it acknowledged, or 0."""
        child = self._ask("start", str(self.pipe), writer, *map(str, more))
        with self.pipe.open("rb") as acknowledged:
            last = 0
            for _ in range(rng.randint(0, most_writes)):
                line = acknowledged.readline()
                assert line, "the writer ended by itself"
                last = int(line)
            threading.Event().wait(rng.random() * pause)
            assert self._ask("kill", child) == -9, "the writer ended by itself"
            rest = acknowledged.read().split()
        return int(rest[-1]) if rest else last

    def stop(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    made = Zygote(tmp_path_factory.mktemp("zygote"))
    yield made
    made.stop()


@pytest.fixture
def rng() -> random.Random:
    """The same in each `make test`, another in `make torture`; a failure is had again with the printed TEST_SEED."""
    return seeding.dice(20)
