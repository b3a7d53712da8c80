"""Notes in the audit log what a command changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress

from cli.failures import USAGE
from data.values.errors import AppError
from data.values.permissions import COMMANDS

_NAMED_AFTER = ("people", "tokens", "teams", "tasks")  # their commands are about the first word that follows
_HELP = ("-h", "--help")


def note(command: str, typed: Sequence[str], code: int) -> None:
    """Note a command that changes something, after it has run; not what was typed wrongly or only asked for help.

    `typed`: without the name of the program. What a command is about is noted where that is a name; other words may be
    about customers.
    """
    group, _, rest = command.partition(" ")
    name = f"tasks {rest}" if group == "jobs" else command
    action = COMMANDS.get(name)
    if action is None or not action.noted or code == USAGE or any(each in _HELP for each in typed):
        return
    from data.services.audit import DONE, TERMINAL, open_audit

    subject = next((each for each in typed[2:] if not each.startswith("-")), "")
    about = f"{rest} {subject}".strip() if name.split()[0] in _NAMED_AFTER else rest
    with suppress(AppError):  # a state folder that cannot be used: the command has said so
        open_audit(os.environ).note(
            _who(), TERMINAL, action.noted, about, DONE if code == 0 else f"failed: exit {code}"
        )


def _who() -> str:
    """The account of the operating system."""
    import getpass

    try:
        return f"{getpass.getuser()} (terminal)"
    except (KeyError, OSError):
        return "terminal"
