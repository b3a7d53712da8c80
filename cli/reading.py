"""Reads the files that commands are given: what cannot be read is told alike, and ends with the same exit code."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from cli.failures import USAGE, CommandFailed


def bytes_of(path: Path) -> bytes:
    """What is in a file. Raises CommandFailed (exit code 2) where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{path} cannot be read: {error.strerror or 'it is no file'}.", USAGE) from error


def need_file(path: Path) -> None:
    """Raises CommandFailed (exit code 2) where there is no such file, before a reader of its own opens it."""
    if not path.is_file():
        raise CommandFailed(f"{path} cannot be read: {os.strerror(_why_not(path))}.", USAGE)


def _why_not(path: Path) -> int:
    return errno.EISDIR if path.is_dir() else errno.ENOENT


def text_of(path: Path) -> str:
    """The text in a file, without a byte order mark. Raises CommandFailed (exit code 2) where it cannot be read."""
    try:
        return bytes_of(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandFailed(f"{path} cannot be read: It is not written in UTF-8.", USAGE) from error
