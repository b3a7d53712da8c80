"""`python -m mutants`: see the docstring of the package."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import mutants
from mutants.campaign import CAUGHT, Outcome, found_in, make_map, meet_all, sample, share
from mutants.coverage_map import CoverageMap, by_name, read_map, summary
from mutants.edits import Mutant


def main(words: Sequence[str] | None = None) -> int:
    """The exit code: 1 where fewer are caught than `--fail-under` asks for, 2 where a mutant is not known."""
    asked = _parser().parse_args(words)
    top = Path.cwd()
    candidates = found_in(top, asked.only)
    one = asked.show or asked.run
    if one and not (chosen := [each for each in candidates if each.id == one]):
        print(f"There is no mutant {one} in this tree; its file may have changed.", file=sys.stderr)
        return 2
    if asked.show:
        print(change(top, chosen[0]))
        return 0
    known = by_name(top) if asked.by_name else _map(top, asked.map, asked.jobs)
    print(f"{len(candidates):,} mutants can be made; {summary(known)}.", flush=True)
    if not asked.run:
        chosen = sample(candidates, asked.count, asked.seed, top)
    begun = time.monotonic()
    outcomes = meet_all(
        top, chosen, known, jobs=asked.jobs, budget=asked.budget, tell=lambda each: print(line(each), flush=True)
    )
    if asked.run:
        print(outcomes[0].output)
    print(report(outcomes, time.monotonic() - begun, asked.seed))
    return int(asked.fail_under is not None and share(outcomes) < asked.fail_under)


def _map(top: Path, folder: Path, jobs: int) -> CoverageMap:
    """The map in a folder; made first where there is none."""
    if not any(folder.glob("seconds.*.json")):
        print(f"Running the tests once to see which lines they run; the map goes to {folder}.", flush=True)
        make_map(top, folder, jobs)
    return read_map(folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m mutants", description=(mutants.__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=100, help="how many mutants (100)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="chooses the sample; default: the clock")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="PATH", help="files and folders in place of data callbacks cli"
    )
    parser.add_argument("--jobs", type=int, default=min(os.cpu_count() or 1, 4), help="how many side by side")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds of tests that a mutant meets at most (60)")
    parser.add_argument(
        "--map", type=Path, default=Path(".mutants"), help="folder of the map; made where there is none"
    )
    parser.add_argument(
        "--by-name", action="store_true", help="no map: each mutant meets the tests named like its file"
    )
    parser.add_argument("--fail-under", type=float, metavar="PERCENT", help="exit code 1 where fewer are caught")
    parser.add_argument("--show", metavar="ID", help="print the change that a mutant is")
    parser.add_argument("--run", metavar="ID", help="run one mutant and print what its tests say")
    return parser


def line(outcome: Outcome) -> str:
    """One line of the report."""
    mutant = outcome.mutant
    words = " ".join(f"{_short(mutant.old)} → {_short(mutant.new) or 'nothing'}".split())
    some = f" ({outcome.tests} of {outcome.of} tests)" if outcome.of else ""
    return f"{outcome.result:8}  {mutant.path}:{mutant.line}  {mutant.id}  {mutant.kind}: {words}{some}"


def _short(text: str, most: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def change(top: Path, mutant: Mutant) -> str:
    """The mutant as a patch."""
    before = (top / mutant.path).read_bytes()
    old, new = (text.decode().splitlines(keepends=True) for text in (before, mutant.applied(before)))
    return "".join(difflib.unified_diff(old, new, f"a/{mutant.path}", f"b/{mutant.path}"))


def report(outcomes: Sequence[Outcome], seconds: float, seed: int) -> str:
    """How many were caught, and those that were not."""
    missed = [each for each in outcomes if each.result != CAUGHT]
    caught = len(outcomes) - len(missed)
    lines = [
        f"\n{caught} of {len(outcomes)} mutants are caught ({share(outcomes):.1f} %), {seconds:.0f} s, --seed {seed}"
    ]
    if missed:
        lines += ["Not caught:", *(f"  {line(each)}" for each in missed), "See one: python -m mutants --show ID"]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
