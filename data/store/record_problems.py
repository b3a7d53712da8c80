"""What can be wrong with the store of job records, in words."""

from __future__ import annotations

from data.platform.logs import SECRETS
from data.store import migrate
from data.store.record_rescue import Rescued
from data.values.errors import AppError
from data.values.problem import Problem
from data.values.program import COMMAND

_NEWER = Problem("The records were written by a newer version of this program.", "", "Update the program.", "danger")
DAMAGED = Problem(
    "The store of job records is damaged.",
    "A part of it cannot be read.",
    "Try again: what can be read is then put into a new store, and the damaged one is kept.",
    "danger",
)


class RecordsError(AppError):
    """The record store cannot be used; the message says why and what to do."""

    code = "records"


def unmigrated(error: Exception) -> Problem:
    """Why the tables are not those of this version; in each case the store is as it was."""
    if isinstance(error, migrate.NewerSchema):
        return _NEWER
    if isinstance(error, migrate.UnknownVersion):
        return Problem(
            "The version of the store of job records cannot be read.",
            f"It is {str(error)!r}, which is no number, so nothing was changed.",
            "Put a backup in its place, or move the file away to start a new one.",
            "danger",
        )
    if isinstance(error, migrate.MayNotWrite):
        return Problem(
            "The job records are of an earlier version, and this user may not write to them.",
            "",
            "Run any command once as the user who owns the state folder.",
            "danger",
        )
    return Problem(
        "The job records were written by an earlier version of this program and could not be brought to this one.",
        f"{failed('opened', error.__cause__ or error).why} Nothing in them was changed.",
        "Make room on the disk and try again, or use the earlier version.",
        "danger",
    )


def failed(done: str, error: BaseException) -> Problem:
    """The store cannot be `done` (opened, read, written)."""
    original = getattr(error, "orig", None) or error
    text = SECRETS.clean(getattr(original, "strerror", None) or str(original) or type(error).__name__)
    why = SECRETS.shorten(text.splitlines()[0], 200)
    return Problem(
        f"The store of job records cannot be {done}.",
        f"{why[0].upper()}{why[1:]}.",
        "Check that its folder can be written to and the disk is not full.",
        "danger",
    )


def rescued_problem(found: Rescued) -> Problem:
    saved = f"{found.rows:,} row{'s' * (found.rows != 1)} could be read and {'are' if found.rows != 1 else 'is'} kept"
    lost = "; nothing is missing" if found.complete else "; what stood in the damaged part is missing"
    return Problem(
        "The store of job records was damaged.",
        f"{saved}{lost}. The damaged file is kept as {found.aside.name}.",
        "" if found.complete else f"Put a backup in its place, or import the records again: {COMMAND} jtbd import FILE",
        "danger",
    )
