"""app_settings.json: read without surprises, saved without losing what other people or programs wrote (D-01, D-05)."""

from __future__ import annotations

import errno
import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.platform.files import NotAFile, locked, opened, quarantine, real, write_atomic
from data.settings import content
from data.settings.model import FORMAT, Settings
from data.values.errors import AppError
from data.values.json_types import JsonObject
from data.values.metric_value import iso
from data.values.problem import Problem

_TICK_NS = 50_000_000  # far more than the steps in which file systems count the time of a change
REMEMBERED = 32  # revisions kept in memory, to tell who changed what
SKELETON: JsonObject = {
    "dora_flow_config": {
        "field_mappings": {"dora": {}, "flow": {}, "jtbd": {}},
        "field_metadata": {},
        "last_updated": None,
    }
}


class SettingsError(AppError):
    """A save that did not happen; `problem` says what, why and what to do."""

    code = "settings"


class ReadOnly(SettingsError):
    """The settings cannot be written: no permission, no space, a broken or a newer file."""


class Invalid(SettingsError):
    """Values that do not fit; `errors` is {dotted path: message in plain words}."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        lines = "; ".join(f"{path}: {message}" if path else message for path, message in errors.items())
        super().__init__(Problem("The settings were not saved.", lines, "Correct these values and save again."))


class Conflict(SettingsError):
    """Somebody else changed the same values meanwhile.

    `mine` is the refused patch, `theirs` the settings now in the file with `revision`, `fields` the dotted paths that
    both changed.
    """

    def __init__(self, mine: JsonObject, theirs: Settings, fields: list[str], revision: int) -> None:
        self.mine, self.theirs, self.fields, self.revision = mine, theirs, fields, revision
        super().__init__(
            Problem(
                "The settings were not saved.",
                f"Somebody else changed {', '.join(fields)} while you were editing.",
                "Look at the new values, then save again to replace them with yours.",
            )
        )


@dataclass(frozen=True)
class Loaded:
    """The settings in force (do not change them in place), and what is wrong with the file, if anything."""

    settings: Settings
    revision: int
    problem: Problem | None = None
    read_only: bool = False


@dataclass(frozen=True)
class Saved:
    settings: Settings
    revision: int
    warning: str = ""  # what could not be found out on the way


@dataclass(frozen=True)
class _Reading:
    """One look at the file: its JSON object as it stands, the settings made of it, and whether it may be replaced."""

    raw: JsonObject
    loaded: Loaded
    bytes: bytes | None  # of a good file
    why_read_only: Problem | None = None


Signature = tuple[tuple[int, int, int] | None, ...]


class SettingsStore:
    """The settings file of one site, safe with several editors, programs and crashes."""

    def __init__(
        self,
        path: Path,
        *,
        defaults: JsonObject | None = None,
        read_only: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`defaults`: what a file that does not exist yet is taken to hold. Touches no file."""
        self.path = Path(path)
        self.backup = self.path.with_name(self.path.name + ".bak")
        self._defaults = defaults or {}
        self._never_write = read_only
        self._clock = clock
        self._saving = threading.Lock()
        self._guard = threading.RLock()  # around what is held in memory; never while waiting for the lock file
        self._held: tuple[Signature, _Reading] | None = None
        self._settled = False  # whether the signature of what is held tells every later change
        self._seen: OrderedDict[int, JsonObject] = OrderedDict()

    def load(self) -> Loaded:
        """The settings now. Never raises for a missing, broken, newer or unreadable file: see `problem`.

        The file is read only when it changed since the last call.
        """
        return self._read().loaded

    def save(self, patch: JsonObject, *, revision: int, base: JsonObject | None = None) -> Saved:
        """Merge `patch` into the newest file; `revision` is the one that the editor saw, `base` (optional) its content.

        Objects are merged, lists and plain values replaced, None takes a key out. `format`, `revision` and
        `last_updated` in a patch are ignored: they are ours to set. Changes by others to other values are kept.
        Raises Conflict, Invalid or ReadOnly; then nothing was written. On return the change is on the disk.
        """
        if self._never_write:
            raise ReadOnly(Problem("Nothing was saved.", "These settings cannot be changed.", "Connect your own Jira."))
        patch = content.own_part(patch)
        if errors := content.refused(patch):
            raise Invalid(errors)
        with self._saving:
            try:
                if not _writable(self.path):
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
                with locked(self.path):
                    return self._save_locked(patch, revision, base)
            except OSError as error:
                raise ReadOnly(_cannot_write(self.path, error)) from error

    def _save_locked(self, patch: JsonObject, revision: int, base: JsonObject | None) -> Saved:
        before = base if base is not None else self._seen.get(revision)
        newest = self._read()
        if newest.why_read_only:
            raise ReadOnly(newest.why_read_only)
        _check_conflicts(patch, newest, revision, before)
        merged = content.merge(content.merge(newest.raw, SKELETON, keep=True), patch)
        next_revision = max(newest.loaded.revision, revision) + 1
        ours: JsonObject = {"format": FORMAT, "revision": next_revision}
        merged = ours | merged | ours
        if content.part(merged, "dora_flow_config", "field_mappings") != content.part(
            newest.raw, "dora_flow_config", "field_mappings"
        ) and content.part(patch, "dora_flow_config", "field_mappings"):
            merged["dora_flow_config"]["last_updated"] = iso(self._clock())
        settings, errors = content.checked(merged)
        if errors:
            raise Invalid(errors)
        try:
            data = content.to_bytes(merged)
        except (TypeError, ValueError) as error:
            raise Invalid({"": f"A value cannot be written as JSON: {error}"}) from error
        mode = _mode_of(self.path)
        if newest.bytes is not None and not self.backup.exists():
            write_atomic(self.backup, newest.bytes, mode)  # never without one, also if we stop half-way
        write_atomic(self.path, data, mode)
        with suppress(OSError):  # saved is saved; the copy is for a file that somebody breaks later
            write_atomic(self.backup, data, mode)
        with self._guard:
            self._remember(next_revision, merged)
            self._held = None
        return Saved(settings, next_revision)

    def _read(self) -> _Reading:
        with self._guard:
            now = time.time_ns()
            signature = (_signature(self.path), _signature(self.backup))
            if self._held and self._held[0] == signature and (self._settled or self._same_bytes()):
                return self._held[1]
            reading = self._read_file()
            if not reading.loaded.read_only or not reading.loaded.problem:
                self._remember(reading.loaded.revision, reading.raw)
            # Putting a copy aside changes neither file, so the signature from before the reading is the right one.
            self._held = (signature, reading)
            self._settled = signature[0] is None or now - signature[0][0] > _TICK_NS
            return reading

    def _same_bytes(self) -> bool:
        """Whether the file still holds what was read last: it may be written twice in one tick of the system's
        clock.
        """
        assert self._held is not None  # noqa: S101 - for the type checker
        if self._held[1].bytes is None:
            return False
        try:
            with opened(self.path) as file:
                return file.read() == self._held[1].bytes
        except OSError:
            return False

    def _read_file(self) -> _Reading:
        try:
            with opened(self.path) as file:
                data = file.read()
        except FileNotFoundError:
            return self._missing()
        except OSError as error:
            return self._unreadable(error)
        try:
            raw = content.from_bytes(data)
        except ValueError as error:
            return self._broken(data, str(error), {})
        if _newer(raw):
            return self._newer_format(raw)
        settings, errors = content.checked(raw)
        if errors:
            why = "; ".join(f"{path}: {message}" for path, message in errors.items())
            return self._broken(data, why, raw)
        read_only = self._never_write or not _writable(self.path)
        return _Reading(raw, Loaded(settings, settings.revision, _secret_inside(raw), read_only), data)

    def _missing(self) -> _Reading:
        settings, errors = content.checked(self._defaults)
        if errors:
            raise ValueError(f"The built-in settings are wrong: {errors}")
        return _Reading(self._defaults, Loaded(settings, settings.revision, None, self._never_write), None)

    def _unreadable(self, error: OSError) -> _Reading:
        problem = Problem(
            "The settings could not be read; the defaults are shown, and nothing can be saved.",
            f"Reading {self.path.name} failed: {error.strerror or error}.",
            "Move what is there away, then reload."
            if isinstance(error, NotAFile) or error.errno == errno.ELOOP
            else "Give this program permission to read the file, then reload.",
            "danger",
        )
        return _Reading({}, Loaded(Settings(), 0, problem, True), None, problem)

    def _newer_format(self, raw: JsonObject) -> _Reading:
        problem = Problem(
            "The settings can be read but not saved.",
            f"{self.path.name} has format {raw['format']}; this version knows format {FORMAT}.",
            "Use the newer version of Throughline, or move the file away to start a new one.",
        )
        settings = content.readable(raw)
        return _Reading(raw, Loaded(settings, settings.revision, problem, True), None, problem)

    def _broken(self, data: bytes, why: str, raw: JsonObject) -> _Reading:
        """A good `.bak` takes the place of a broken file, which is copied aside; without one nothing may be saved."""
        aside: Path | None = None
        with suppress(OSError):
            aside = quarantine(self.path, keep=True)
        copied = f" A copy of it is kept as {aside.name}." if aside else ""
        backup = self._good_backup()
        if backup is not None and aside is not None:
            settings, _ = content.checked(backup)
            # No revision is used twice, not even the one that the broken file had.
            revision = max(settings.revision + 1, _revision_in(data))
            problem = Problem(
                "The settings file is broken; the settings of its last save are used.",
                f"{self.path.name}: {why}.{copied}",
                "Correct the file, or save the settings here to replace it.",
            )
            loaded = Loaded(settings, revision, problem, self._never_write or not _writable(self.path))
            return _Reading(backup, loaded, None)
        problem = Problem(
            "The settings file is broken, so nothing can be saved"
            + ("; values that could be read are used." if raw else "; the defaults are shown."),
            f"{self.path.name}: {why}.{copied}",
            "Correct the file, or move it away to start a new one.",
            "danger",
        )
        source = raw if backup is None else backup
        settings = content.readable(source)
        return _Reading(source, Loaded(settings, settings.revision, problem, True), None, problem)

    def _good_backup(self) -> JsonObject | None:
        try:
            with opened(self.backup) as file:
                raw = content.from_bytes(file.read())
        except (OSError, ValueError):
            return None
        return None if _newer(raw) or content.checked(raw)[1] else raw

    def _remember(self, revision: int, raw: JsonObject) -> None:
        self._seen[revision] = raw
        self._seen.move_to_end(revision)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)


def _check_conflicts(patch: JsonObject, newest: _Reading, revision: int, before: JsonObject | None) -> None:
    """Raises Conflict for values that the patch and somebody else changed; `before` is what the editor saw, if
    known.
    """
    if before is None and newest.loaded.revision == revision:
        return
    theirs = content.effective(newest.raw)
    mine = content.effective(content.merge(newest.raw, patch))
    seen = content.effective(before) if before is not None else None
    fields = [
        ".".join(path)
        for path in content.leaves(patch)
        if content.part(theirs, *path) != content.part(mine, *path)
        and (seen is None or content.part(theirs, *path) != content.part(seen, *path))
    ]
    if fields:
        raise Conflict(patch, newest.loaded.settings, fields, newest.loaded.revision)


def _signature(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _newer(raw: JsonObject) -> bool:
    try:
        return int(raw.get("format", FORMAT)) > FORMAT
    except (TypeError, ValueError):
        return False


def _revision_in(data: bytes) -> int:
    found = re.search(rb'"revision"\s*:\s*(\d{1,15})\b', data)
    return int(found[1]) if found else 0


def _mode_of(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return 0o600


def _writable(path: Path) -> bool:
    try:
        target = real(path)
    except OSError:
        return False
    return os.access(target.parent, os.W_OK) and (not target.exists() or os.access(target, os.W_OK))


def _secret_inside(raw: JsonObject) -> Problem | None:
    found = content.secret_paths(raw)
    if not found:
        return None
    return Problem(
        f"The settings file holds a secret ({', '.join(found)}); it is not used.",
        "Settings are shared and shown; a token there would be too.",
        "Take it out of the file, revoke it, and give the new one as JIRA_TOKEN or in the connection form.",
    )


def _cannot_write(path: Path, error: OSError) -> Problem:
    return Problem(
        "The settings were not saved.",
        f"Writing {path.name} failed: {error.strerror or error}.",
        f"Make sure that {path.absolute().parent} exists, can be written and has space, or name another file in "
        "THROUGHLINE_SETTINGS.",
        "danger",
    )
