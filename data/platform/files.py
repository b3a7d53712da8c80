"""Atomic writes of files, the lock beside a file, and where broken files are moved."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import random
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

LOCK_SECONDS = 30.0
ORPHAN_SECONDS = 60.0  # no write takes that long
MOST_BYTES = 64_000_000  # none of our files comes near
_ORPHAN = re.compile(r"\.(?P<of>.+)\.(?P<process>\d+)-[0-9a-f]{12}\.tmp")
_being_written: set[str] = set()  # names of temporary files of this process


class LockBusy(OSError):
    """Another program held the lock for too long."""


class NotAFile(OSError):
    """A folder, a pipe or a device is where the file should be, or a file far larger than any of ours."""


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """An ordinary file for reading. Raises NotAFile instead of waiting for what a pipe may bring, else OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise NotAFile(errno.EINVAL, "It is a folder, a pipe or a device, not a file")
        if found.st_size > MOST_BYTES:
            raise NotAFile(errno.EFBIG, f"It has {found.st_size:,} bytes, far more than such a file can need")
        file = os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise
    with file:
        yield file


def real(path: Path) -> Path:
    """The file that a symbolic link names, else `path` itself. Raises OSError for links that go in circles."""
    if not path.is_symlink():
        return path
    try:
        return path.resolve()
    except RuntimeError as error:  # until Python 3.12
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from error


def temporary_beside(path: Path) -> Path:
    """A new name in the same folder; what is left there after a crash is recognised by it and removed."""
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(6)}.tmp")


def write_atomic(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Replace `path` by `content`; after a crash at any point the file is the old one or the new one, never a part.

    A symbolic link stays one: the file it names is replaced. Raises OSError; then no temporary file
    is left, and `path` is as it was unless only the last step, making the folder durable, failed.
    """
    target = real(path)
    temporary = temporary_beside(target)
    _being_written.add(temporary.name)
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
    finally:
        _being_written.discard(temporary.name)
    sync_folder(target.parent)


@contextlib.contextmanager
def locked(path: Path, timeout: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock file beside `path` (`<path>.lock`), so that one program at a time changes it.

    Raises LockBusy after `timeout` seconds, OSError when the lock file cannot be made.
    """
    target = real(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{target.name}.lock")
    until = time.monotonic() + timeout
    while (handle := _try_lock(beside)) is None:
        if time.monotonic() > until:
            raise LockBusy(f"Another program has been using {target.name} for {timeout:g} seconds. Try again.")
        # Much shorter than a write, and never the same: who writes all the time leaves the others their turn.
        time.sleep(random.uniform(0.0005, 0.0015))  # noqa: S311 - not a secret
    try:
        remove_orphans(target.parent, target.name)
        yield
    finally:
        os.close(handle)  # gives the lock back


def _try_lock(path: Path) -> int | None:
    """An open file that holds the lock, or None while another has it. A killed program's lock is gone with it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), path.stat()):  # else somebody cleared it away: lock the new one
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def remove_orphans(folder: Path, name: str = "") -> int:
    """Delete temporary files that killed writers left in `folder`, of the file `name` or of all; returns how many."""
    removed = 0
    for orphan in folder.glob(f".{name}*.tmp"):
        found = _ORPHAN.fullmatch(orphan.name)
        with contextlib.suppress(OSError):
            if found and found["of"].startswith(name) and _abandoned(orphan, int(found["process"])):
                orphan.unlink()
                removed += 1
    return removed


def _abandoned(orphan: Path, process: int) -> bool:
    """Whether nobody writes that temporary file any more."""
    if process == os.getpid():
        return orphan.name not in _being_written
    return not _runs(process) or time.time() - orphan.stat().st_mtime > ORPHAN_SECONDS


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # it belongs to somebody else
    return True


def quarantine(path: Path, *, keep: bool = False, most: int | None = None) -> Path:
    """Put a broken file aside as `<path>.broken-<UTC time>` and return where it is.

    `keep` leaves the file itself in place and makes a copy, one per content however often it is called. `most`
    limits how many are held: the oldest go. Raises OSError when that cannot be done.
    """
    if keep:
        with opened(path) as file:
            content = file.read()
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


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_folder(path: Path, fill: Callable[[Path], None]) -> bool:
    """Make the folder `path` with what `fill` writes into the folder it is given; whole or not there.

    The files are written into a temporary folder, flushed to the disk, and the folder is renamed. Returns False, and
    changes nothing, when `path` is there already. Raises OSError, and what `fill` raises; then nothing is left.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(6)}.tmp")
    _being_written.add(temporary.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary.mkdir(mode=0o700)
        fill(temporary)
        for written in temporary.iterdir():
            _flush(written)
        sync_folder(temporary)
        try:
            temporary.rename(path)
        except OSError as error:
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
                raise
            return False
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        _being_written.discard(temporary.name)
    sync_folder(path.parent)
    return True


def remove_folder(path: Path) -> None:
    """Remove a folder and what is in it; who looks for it meanwhile finds all of it or nothing. Never raises."""
    aside = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(6)}.tmp")
    with contextlib.suppress(OSError):
        path.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)
        aside.unlink(missing_ok=True)  # it was a file


def remove_orphan_folders(folder: Path) -> int:
    """Remove temporary folders that killed writers left in `folder`; returns how many."""
    removed = 0
    for orphan in folder.glob(".*.tmp"):
        found = _ORPHAN.fullmatch(orphan.name)
        with contextlib.suppress(OSError):
            if found and _abandoned(orphan, int(found["process"])):
                shutil.rmtree(orphan)
                removed += 1
    return removed


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fchmod(handle, 0o600)
        os.fsync(handle)
    finally:
        os.close(handle)
