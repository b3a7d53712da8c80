"""Files that are whole or not there: the one atomic writer, the lock beside a file, and where broken files go."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

LOCK_SECONDS = 10.0
ORPHAN_SECONDS = 60.0  # no write takes that long


class LockBusy(OSError):
    """Another program held the lock for too long."""


def write_atomic(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Replace `path` by `content`; after a crash at any point the file is the old one or the new one, never a part.

    A symbolic link stays one: the file it names is replaced. Raises OSError; then no temporary file
    is left, and `path` is as it was unless only the last step, making the folder durable, failed.
    """
    target = path.resolve() if path.is_symlink() else path
    temporary = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(6)}.tmp")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


@contextlib.contextmanager
def locked(path: Path, timeout: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock file beside `path` (`<path>.lock`), so that one program at a time changes it.

    Raises LockBusy after `timeout` seconds, OSError when the lock file cannot be made.
    """
    target = path.resolve() if path.is_symlink() else path
    lock = FileLock(f"{target}.lock", timeout=timeout, thread_local=False, poll_interval=0.005)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockBusy(f"Another program has been using {target.name} for {timeout:g} seconds. Try again.") from error
    try:
        remove_orphans(target)
        yield
    finally:
        lock.release()


def remove_orphans(path: Path) -> int:
    """Delete temporary files that a killed writer of `path` left behind; returns how many."""
    removed = 0
    for orphan in path.parent.glob(f".{path.name}.*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - orphan.stat().st_mtime > ORPHAN_SECONDS:
                orphan.unlink()
                removed += 1
    return removed


def quarantine(path: Path, *, keep: bool = False, most: int | None = None) -> Path:
    """Put a broken file aside as `<path>.broken-<UTC time>` and return where it is.

    `keep` leaves the file itself in place and makes a copy, one per content however often it is called. `most`
    limits how many are held: the oldest go. Raises OSError when that cannot be done.
    """
    if keep:
        content = path.read_bytes()
        for earlier in _broken(path):
            with contextlib.suppress(OSError):
                if earlier.read_bytes() == content:
                    return earlier
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    aside = path.with_name(f"{path.name}.broken-{stamp}")
    if keep:
        write_atomic(aside, content)
    else:
        path.replace(aside)
    for old in _broken(path)[: -most or None] if most else ():
        with contextlib.suppress(OSError):
            old.unlink()
    return aside


def _broken(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.broken-*"))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
