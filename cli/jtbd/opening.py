"""Opens specs and records for a command: without Jira where it is not asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli import sites
from cli.printing import notice

if TYPE_CHECKING:
    from data.jtbd.storage import JobsStorage
    from data.services.services import Services
    from data.services.view import Snapshot


def storage() -> JobsStorage:
    """Specs, records and register alone: no pandas, no Jira."""
    found = _storage()
    _introduce(found)
    return found


def with_data() -> tuple[Services, Snapshot]:
    """The services with data, as other commands have them."""
    return sites.with_data()


def _introduce(found: JobsStorage) -> None:
    if found.is_example:
        notice("No Jira configured: using the example jobs of the sample site. Connect Jira, or set THROUGHLINE_JTBD.")
    if found.problem:
        notice(str(found.problem))


def _storage() -> JobsStorage:
    """The real one; tests put another function here."""
    from assembly import jobs_storage

    return jobs_storage()


def print_problems(problems: Sequence[object]) -> None:
    """What is wrong with spec files, a line each, on stderr."""
    for each in problems:
        notice(str(each))


def told_of_specs(found: JobsStorage) -> None:
    """What is wrong with the specs and not understood in them, a line each, on stderr."""
    print_problems([*found.specs().problems, *found.not_understood()])


def told_in_short(found: JobsStorage) -> None:
    """How much of the specs is wrong or not understood, in a line on stderr."""
    wrong = sum(not each.unread for each in found.specs().problems)
    said = [f"{wrong} problem{'s' * (wrong != 1)} in the specs."] if wrong else []
    said += found.not_understood()
    if said:
        notice(f"{' '.join(said)} See: python app.py jtbd sync")
