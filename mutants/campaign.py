"""A sample of mutants, each met by the tests that run its lines; side by side in copies of the tree."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from mutants.coverage_map import FOLDERS, VARIABLE, CoverageMap
from mutants.edits import Mutant, mutants

CAUGHT, SURVIVED, UNREACHED, BROKEN = "caught", "survived", "no test reaches it", "tests could not run"
NO_TESTS_OF_THE_MAP = ("-m", "not browser and not torture", "--ignore", "tests/browser", "--ignore", "tests/contract")
SLOWER = 20  # so many times what the tests took for the map may they take; longer counts as caught: it hangs


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant. `tests` were run of `of` that run its lines; `output` is what pytest said."""

    mutant: Mutant
    result: str
    tests: int = 0
    of: int = 0
    output: str = ""


def found_in(top: Path, only: Sequence[str] = ()) -> list[Mutant]:
    """All mutants of the product, or of the files and folders `only`."""
    wanted = [top / each for each in only or FOLDERS]
    files = sorted({file for each in wanted for file in ([each] if each.is_file() else each.rglob("*.py"))})
    return [each for file in files for each in mutants(file.relative_to(top).as_posix(), file.read_bytes())]


def sample(candidates: Iterable[Mutant], count: int, seed: int, top: Path) -> list[Mutant]:
    """`count` of them, at most one a line, the same ones for the same seed and tree."""
    chosen: dict[tuple[str, int], Mutant] = {}
    order = list(candidates)
    random.Random(seed).shuffle(order)  # noqa: S311 - not a secret
    for each in order:
        if len(chosen) == count:
            break
        if (each.path, each.line) not in chosen and each.compiles((top / each.path).read_bytes()):
            chosen[each.path, each.line] = each
    return sorted(chosen.values(), key=lambda each: (each.path, each.line))


def choose(known: CoverageMap, mutant: Mutant, budget: float) -> tuple[list[str], int]:
    """The tests that a mutant meets, as many as fit into `budget` seconds, and how many there would be."""
    tests = known.tests(mutant.path, mutant.line, mutant.last_line) or known.nearby(mutant.path)
    chosen: list[str] = []
    left = budget
    for each in tests:
        left -= known.seconds.get(each, 0.0)
        if chosen and left < 0:
            break
        chosen.append(each)
    return chosen, len(tests)


class Tree:
    """A copy of the tree, and a worker in it."""

    def __init__(self, top: Path, folder: Path) -> None:
        self.top, self.folder = top, folder / "checkout"
        copy_tree(top, self.folder)
        if (shared := top.parent / "shared").is_dir():
            (folder / "shared").symlink_to(shared.resolve())
        self.said = folder / "said.txt"
        self.changes = 0
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self.worker = subprocess.Popen(
            [sys.executable, "-m", "mutants.worker"],
            cwd=self.folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def meet(self, mutant: Mutant, known: CoverageMap, budget: float) -> Outcome:
        """Puts the fault in, runs its tests, takes it out."""
        tests, count = choose(known, mutant, budget)
        if not tests:
            return Outcome(mutant, UNREACHED)
        path = self.folder / mutant.path
        source = path.read_bytes()
        limit = 60 + SLOWER * sum(known.seconds.get(each, 0.0) for each in tests)
        try:
            self.write(path, mutant.applied(source))
            code = self.ask(tests, limit)
        finally:
            self.write(path, source)
        result = {0: SURVIVED, 1: CAUGHT, 2: CAUGHT, None: CAUGHT}.get(code, BROKEN)
        return Outcome(mutant, result, len(tests), count, self.said.read_text("utf-8", "replace"))

    def write(self, path: Path, source: bytes) -> None:
        """Bytecode is known by size and second: each content has a second of its own."""
        self.changes += 1
        path.write_bytes(source)
        os.utime(path, (1_000_000_000 + self.changes,) * 2)

    def ask(self, tests: Sequence[str], limit: float) -> int | None:
        if self.worker.stdin is None or self.worker.stdout is None:
            raise RuntimeError("The worker has no pipes.")
        self.worker.stdin.write(json.dumps({"tests": tests, "limit": limit, "output": str(self.said)}) + "\n")
        self.worker.stdin.flush()
        code: int | None = json.loads(self.worker.stdout.readline())["code"]
        return code

    def close(self) -> None:
        self.worker.communicate()


@contextmanager
def trees(top: Path, count: int) -> Iterator[SimpleQueue[Tree]]:
    """So many copies of the tree, free to be taken."""
    free: SimpleQueue[Tree] = SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        made = []
        for n in range(count):
            (own := Path(folder) / str(n)).mkdir()
            made.append(Tree(top, own))
            free.put(made[-1])
        try:
            yield free
        finally:
            for each in made:
                each.close()


def meet_all(
    top: Path,
    chosen: Sequence[Mutant],
    known: CoverageMap,
    *,
    jobs: int,
    budget: float,
    tell: Callable[[Outcome], None],
) -> list[Outcome]:
    """All outcomes, in the order of the mutants; `tell` hears each as it comes."""
    guard = threading.Lock()
    with trees(top, jobs) as free, ThreadPoolExecutor(jobs) as pool:

        def meet(mutant: Mutant) -> Outcome:
            tree = free.get()
            try:
                outcome = tree.meet(mutant, known, budget)
            finally:
                free.put(tree)
            with guard:
                tell(outcome)
            return outcome

        return list(pool.map(meet, chosen))


def copy_tree(top: Path, into: Path) -> None:
    """The files that git knows or would take up."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(words, cwd=top, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in names:
        source = top / name
        if name and source.is_file():
            target = into / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def make_map(top: Path, folder: Path, jobs: int, words: Sequence[str] = NO_TESTS_OF_THE_MAP) -> None:
    """Runs the tests once and records which lines they run."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "mutants.coverage_map",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
    ]
    side_by_side = ["-n", str(jobs), "--dist", "loadfile"] if jobs > 1 else []
    env = {**os.environ, VARIABLE: str(folder.resolve()), "FEW_EXAMPLES": "1"}  # a few tell which lines they run
    subprocess.run([*command, *side_by_side, *words], cwd=top, env=env)  # failed tests are left out of the map


def share(outcomes: Sequence[Outcome]) -> float:
    """Percent caught; 100 of none."""
    return 100 * sum(each.result == CAUGHT for each in outcomes) / len(outcomes) if outcomes else 100.0
