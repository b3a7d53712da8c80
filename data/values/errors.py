"""The tree of errors that people may see: each says what happened, why, and what to do, and has a code for programs."""

from __future__ import annotations

import errno
from typing import ClassVar

from data.values.problem import Problem


class AppError(Exception):
    """Something that this program can explain. Page and terminal show `problem`; `code` never changes its meaning.

    >>> error = AppError(Problem("It was not saved.", "The disk is full.", "Free some space and save again."))
    >>> str(error), error.message, error.hint
    ('It was not saved. The disk is full. Free some space and save again.', 'It was not saved. The disk is full.', \
'Free some space and save again.')
    """

    code: ClassVar[str] = "error"
    usage: ClassVar[bool] = False  # what was asked for cannot be: the terminal ends with 2, an address answers 400

    def __init__(self, problem: Problem | str) -> None:
        self._problem = Problem(problem) if isinstance(problem, str) else problem
        super().__init__(str(problem))

    @property
    def problem(self) -> Problem:
        """What happened, why, and what to do."""
        return self._problem

    @property
    def message(self) -> str:
        """What happened and why."""
        return " ".join(part for part in (self.problem.what, self.problem.why) if part)

    @property
    def hint(self) -> str:
        """What to do."""
        return self.problem.todo


class NotThere(AppError, LookupError):
    """Something is asked for by a name that nothing has."""

    code = "not_there"


# What the operating system says when nothing is wrong with the program.
_SYSTEM = {
    errno.ENOSPC: ("The disk is full.", "Free some space, then try again."),
    errno.EDQUOT: ("The space that this account may use is full.", "Free some space, then try again."),
    errno.EROFS: ("The disk can only be read.", "Choose a folder that can be written to, or mount it for writing."),
    errno.EACCES: ("This account may not use it.", "Check who owns it and its permissions."),
    errno.EPERM: ("This account may not do that.", "Check who owns it and its permissions."),
    errno.EMFILE: (
        "Too many files are open.",
        "Raise the limit of open files (ulimit -n), or start the program again.",
    ),
    errno.ENFILE: ("Too many files are open on this machine.", "Close other programs, then try again."),
    errno.EIO: (
        "The disk could not be read or written.",
        "Look at the messages of the system: the disk may be failing.",
    ),
    errno.ENOENT: ("No such file or folder.", "Check the path."),
    errno.EISDIR: ("It is a folder.", "Name a file."),
    errno.ENOTDIR: ("A part of the path is no folder.", "Check the path."),
    errno.ENAMETOOLONG: ("The name is too long.", "Choose a shorter one."),
}


def problem_of(error: BaseException) -> Problem | None:
    """What to tell a person of an error; None for one that only the log can explain.

    >>> str(problem_of(OSError(errno.ENOSPC, "No space left on device", "/var/lib/throughline/teams.json")))
    'teams.json could not be used. The disk is full. Free some space, then try again.'
    """
    if isinstance(error, AppError):
        return error.problem
    if isinstance(error, OSError) and error.errno in _SYSTEM:
        why, todo = _SYSTEM[error.errno]
        name = str(error.filename or "").replace("\\", "/").rstrip("/").rpartition("/")[2]
        return Problem(f"{name or 'A file'} could not be used.", why, todo, "danger")
    return None


def code_of(error: BaseException) -> str:
    """The code of an error for programs."""
    return error.code if isinstance(error, AppError) else "system" if problem_of(error) else "unexpected"
