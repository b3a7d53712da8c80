"""Shows on stderr how far a sync is: a line that moves on a terminal, one line per phase elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.sync.run import Progress

Report = Callable[["Progress"], None]


@contextmanager
def reported() -> Iterator[Report]:
    """Gives the function to hand to `SyncService.run`; what it showed is gone from a terminal afterwards."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting", total=None)

        def report(progress: Progress) -> None:
            bar.update(task, description=_title(progress), completed=progress.done, total=progress.total)

        yield report


def _lines() -> Report:
    seen: set[str] = set()

    def report(progress: Progress) -> None:
        if progress.phase not in seen:
            seen.add(progress.phase)
            print(_title(progress), file=sys.stderr, flush=True)

    return report


def _title(progress: Progress) -> str:
    return progress.message or progress.phase.replace("_", " ").capitalize()
