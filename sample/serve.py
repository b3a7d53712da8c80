"""`python app.py sample`: makes a site from its arguments, serves it until the process is told to stop."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import date
from pathlib import Path
from typing import TextIO, TypedDict, Unpack

from sample.generator import FEWEST, MOST, generate
from sample.replay import load
from sample.server import SampleServer
from sample.site import SampleError, Site

DEFAULT_PORT = 4020


class SiteChoice(TypedDict, total=False):
    """The arguments of `make_site`."""

    issues: int
    seed: int
    data: list[Path] | None
    fields: Path | None
    statuses: Path | None
    projects: list[Path] | None
    sprints: Path | None
    until: date | str | None


def make_site(
    *,
    issues: int = 800,
    seed: int = 1,
    data: list[Path] | None = None,
    fields: Path | None = None,
    statuses: Path | None = None,
    projects: list[Path] | None = None,
    sprints: Path | None = None,
    until: date | str | None = None,
) -> Site:
    """The site that the arguments describe: replayed from `data` if given, else generated. Raises SampleError."""
    last_day = _day(until)
    if data:
        return load(list(data), fields, statuses, list(projects or ()), sprints, last_day)
    extras = {"--fields": fields, "--statuses": statuses, "--projects": projects, "--sprints": sprints}
    if given := [name for name, value in extras.items() if value]:
        raise SampleError(f"{', '.join(given)} goes with --data: it describes issues that are replayed from files.")
    if not FEWEST <= issues <= MOST:
        raise SampleError(f"--issues must be between {FEWEST} and {MOST}, not {issues}.")
    return generate(issues, seed, last_day)


def serve_forever(
    *,
    port: int = DEFAULT_PORT,
    flavour: str = "cloud",
    latency_ms: int = 0,
    out: TextIO | None = None,
    **choice: Unpack[SiteChoice],
) -> None:
    """Print the URL (one line) once the site answers; return after SIGINT or SIGTERM. Raises SampleError."""
    if flavour not in ("cloud", "dc"):
        raise SampleError(f"--flavour is cloud or dc, not {flavour!r}.")
    if not 0 <= port <= 65_535:
        raise SampleError(f"--port must be between 0 and 65535, not {port}.")
    if not 0 <= latency_ms <= 60_000:
        raise SampleError(f"--latency is a number of milliseconds from 0 to 60000, not {latency_ms}.")
    site = make_site(**choice)
    ended = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: ended.set())
    # SampleServer takes "cloud" or "dc"
    server = SampleServer(site, port=port, flavour=flavour, latency_ms=latency_ms)  # type: ignore[arg-type]
    print(server.start(), file=out or sys.stdout, flush=True)
    ended.wait()
    server.stop()


def _day(until: date | str | None) -> date | None:
    if until is None or isinstance(until, date):
        return until
    try:
        return date.fromisoformat(until)
    except ValueError as error:
        raise SampleError(
            f"--until {until!r} is not a date. Write it as YYYY-MM-DD, for example 2026-01-31."
        ) from error
