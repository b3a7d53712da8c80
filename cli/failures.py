"""Turns whatever goes wrong into one clear line on stderr and an exit code."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from data.platform.logs import SECRETS
from data.values.errors import AppError, problem_of
from data.values.program import COMMAND

if TYPE_CHECKING:
    from typer import TyperException

FAILED, USAGE, NEVER_SYNCED, INTERRUPTED, TERMINATED = 1, 2, 3, 130, 143
_STOPPED = {INTERRUPTED: "Interrupted", TERMINATED: "Told to stop"}
_KEPT = "The data from before is unchanged."


class CommandFailed(Exception):
    """A command cannot give its answer; the message says what to do, `code` becomes the exit code."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def guarded(action: Callable[[], int | None]) -> int:
    """Run `action` and return its exit code; anything it raises becomes a line on stderr.

    THROUGHLINE_DEBUG=1 lets unexpected errors through with their traceback.
    """
    from typer import Abort, TyperException

    try:
        code = action() or 0
        return _stopped(code) if code in _STOPPED else code  # typer swallows Ctrl-C itself
    except CommandFailed as failure:
        return _say(str(failure), failure.code)
    except TyperException as error:
        said = _usage(error)
        return _say(said, error.exit_code) if said else error.exit_code
    except (KeyboardInterrupt, Abort):
        return _stopped(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our answer has seen enough. Python would complain again when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("THROUGHLINE_DEBUG") == "1":
            raise
        return _say(sentence(error), _code(error))


def sentence(error: Exception) -> str:
    """What to tell a person about `error`, on one line.

    >>> sentence(ValueError("The period ends\\n  before it starts."))
    'The period ends before it starts.'
    """
    text = str(error)
    if isinstance(error, (AppError, CommandFailed, ValueError)) and text:
        return _one_line(text)
    if problem := problem_of(error):
        where = f" ({error.filename})" if isinstance(error, OSError) and error.filename else ""
        return _one_line(f"{problem}{where}")
    name = type(error).__name__
    return _one_line(f"Unexpected error ({name}): {text or 'no details'}. THROUGHLINE_DEBUG=1 shows where.")


def _usage(error: TyperException) -> str:
    """What was typed wrongly, and where the right way is shown; empty where the help was printed in its place."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else COMMAND
    said = error.format_message().replace("Value error, ", "").strip().rstrip(".")
    if not said:
        return ""
    return f"{said}{'' if said.endswith(('?', '!')) else '.'} See: {command} --help"


def _code(error: Exception) -> int:
    return USAGE if isinstance(error, AppError) and error.usage else FAILED


def _stopped(code: int) -> int:
    return _say(f"{_STOPPED[code]}. {_KEPT}", code)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _say(text: str, code: int) -> int:
    said = SECRETS.clean(_one_line(text))
    print(f"\x1b[31m{said}\x1b[0m" if _in_colour() else said, file=sys.stderr)
    return code


def _in_colour() -> bool:
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
