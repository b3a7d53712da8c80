"""The issue store of one site: opened when first needed, and replaced by an empty one when it is broken."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from data.platform.files import locked
from data.store.corruption import put_aside
from data.store.issue_store import BrokenStore, IssueStore, StoreError
from data.values.problem import Problem
from data.values.program import COMMAND

log = logging.getLogger(__name__)
T = TypeVar("T")


class SiteStore:
    """`folder` holds the file of the store. `problem`: what happened to it, until a sync has filled it again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problem: Problem | None = None
        self._path = folder / "issues.db"
        self._opening = threading.Lock()
        self._store: IssueStore | None = None
        self._opened: int | None = None  # its inode

    @property
    def opened(self) -> IssueStore:
        """The store, opened when first needed; a broken one is put aside for an empty one. Raises StoreError."""
        with self._opening:
            if self._store is None:
                before = _inode(self._path)
                try:
                    self._store = IssueStore(self._path)
                except BrokenStore as error:
                    self._store = self._replaced(error, before)
                self._opened = _inode(self._path)
                if self._store.emptied is not None:
                    self.problem = _too_old(self._store.emptied)
            return self._store

    def replace(self, store: IssueStore, why: BrokenStore) -> IssueStore:
        """Put `store`, which turned out to be broken, aside and start an empty one. Raises StoreError."""
        with self._opening:
            if store is self._store:
                self._store = None
                store.close()
                self._store = self._replaced(why, self._opened)
                self._opened = _inode(self._path)
        return self.opened

    def _replaced(self, why: BrokenStore, broken: int | None) -> IssueStore:
        try:
            with locked(self.folder / "issues"):
                if _inode(self._path) != broken:
                    return IssueStore(self._path)  # another program was quicker
                aside = put_aside(self._path)
                store = IssueStore(self._path)
        except OSError as error:
            raise StoreError(
                f"The issue store is broken and could not be put aside: {error.strerror or error}.",
                hint=f"Move {self._path} away; a sync fills a new one.",
            ) from error
        log.warning("%s It was put aside as %s", why.message, aside.name)
        self.problem = Problem(
            "The issue store was broken, so an empty one was started.",
            f"{why.message} The broken file is kept as {aside.name}.",
            f"A sync fills it again: start one in the page, or run: {COMMAND} sync",
            "danger",
        )
        return store

    def ask(self, question: Callable[[IssueStore], T]) -> T:
        """The answer of the store; of an empty one in its place, if the store turns out to be broken. Raises
        StoreError.
        """
        store = self.opened
        try:
            return question(store)
        except BrokenStore as error:
            return question(self.replace(store, error))

    def filled(self) -> None:
        """A sync ended well: nothing is missing any more."""
        self.problem = None


def _too_old(version: int) -> Problem:
    return Problem(
        "The issue store was written by an older version of this program and had to be emptied.",
        f"Its tables were of version {version}, which this program can no longer read.",
        f"A sync fills it again: start one in the page, or run: {COMMAND} sync",
    )


def _inode(path: Path) -> int | None:
    try:
        return path.lstat().st_ino
    except OSError:
        return None
