"""`password`: asks for a password without showing it and prints its hash, for a dashboard that others can reach."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli.failures import USAGE, CommandFailed
from cli.printing import as_text


def password(user: Annotated[str, typer.Option("--user", help="Name to sign in with.")] = "team") -> None:
    """Ask for a password and print its hash for THROUGHLINE_PASSWORD_HASH or a line of the file THROUGHLINE_USERS."""
    from data.platform.access import hashed

    if not user.strip() or ":" in user or not user.isprintable():
        raise CommandFailed("A name to sign in with has no colon and is not empty.", USAGE)
    as_text(f"{user.strip()}:{hashed(asked_twice())}\n")


def asked_twice() -> str:
    """A password: asked for twice without showing it, or read from standard input. Raises CommandFailed where the two
    differ.
    """
    first = _asked("Password: ")
    if sys.stdin.isatty() and _asked("Once more: ") != first:
        raise CommandFailed("The two passwords differ. Nothing was done; try again.")
    return first


def _asked(words: str) -> str:
    from getpass import getpass

    return getpass(words, stream=sys.stderr) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
