"""Opens specs and records for a command: without Jira where it is not asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import sites
from cli.printing import notice

if TYPE_CHECKING:
    from data.jtbd.storage import JobsStorage
    from data.services.workspace import Workspace


def shelf() -> JobsStorage:
    """Specs, records and register alone: no pandas, no Jira."""
    found = _shelf()
    _introduce(found)
    return found


def workspace() -> Workspace:
    """The workspace with data, as other commands have it."""
    return sites.with_data()


def _introduce(found: JobsStorage) -> None:
    if found.is_example:
        notice("No Jira configured: using the example jobs of the sample site. Connect Jira, or set THROUGHLINE_JTBD.")
    if found.problem:
        notice(str(found.problem))


def _shelf() -> JobsStorage:
    """The real one; tests put another function here."""
    from assembly import shelf

    return shelf()


def told(problems: tuple) -> None:
    """What is wrong with spec files, a line each, on stderr."""
    for each in problems:
        notice(str(each))
