"""The terminal: what happens when a person types a command after `python app.py`."""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command (`argv` without the program's name; the process's own when None) and return its exit code.

    0 it worked, 1 it failed, 2 the command was typed wrongly, 3 the site was never synced, 130 interrupted,
    143 told to stop (SIGTERM).
    """
    from cli.program import run

    return run(argv)
