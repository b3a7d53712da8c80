"""The tidy tables of a revision, kept as files so that each process need not make them of the store's rows again.

A copy may be removed at any time: the next reader writes it anew. One that is broken, or of something else, is removed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data.platform.files import remove_folder, remove_orphan_folders, write_folder
from data.settings import fields
from data.tables import columns
from data.tables.tidy import Tables
from data.values import periods
from data.values.unread import Unread

log = logging.getLogger(__name__)
KEPT = 4  # copies of one site: other mappings are tried out, other queries asked
_NAME = re.compile(r"(?P<scope>\d+)\.(?P<revision>\d+)\.[0-9a-f]{16}")


@dataclass(frozen=True)
class CopyOf:
    """What the tables are made of: one revision of one site and query, and the mapped fields that are held.

    `synced_at` (µs) tells revisions of the same number apart, of a store that was begun anew. `unread`: what the last
    sync could not read; it is written down after the revision.
    """

    site_url: str
    jql: str
    scope: int
    revision: int
    synced_at: int | None
    mapping: Mapping[str, str]
    unread: tuple[Unread, ...] = ()

    @property
    def about(self) -> dict[str, str]:
        """The same as texts, with the code that makes and reads tables."""
        return {
            "site": self.site_url,
            "jql": self.jql,
            "revision": f"{self.scope}.{self.revision}",
            "synced_at": str(self.synced_at),
            "mapping": json.dumps(dict(self.mapping), sort_keys=True),
            "unread": json.dumps([each.to_dict() for each in self.unread]),
            "code": _code(),
        }

    @property
    def name(self) -> str:
        """Of its folder."""
        told = json.dumps(self.about, sort_keys=True).encode()
        return f"{self.scope}.{self.revision}.{hashlib.blake2b(told, digest_size=8).hexdigest()}"


class TableCopies:
    """The copies of one site, in a folder of their own. Safe in several processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def tables(self, wanted: CopyOf, read: Callable[[], Tables]) -> Tables:
        """The tables from their copy; where there is none, what `read` gives, which is then kept."""
        if (kept := self.read(wanted)) is not None:
            return kept
        made = read()
        read_now = (made.revision, made.as_of, made.unread)
        if read_now == (f"{wanted.scope}.{wanted.revision}", wanted.synced_at, wanted.unread):
            self.keep(wanted, made)  # else a sync has ended in the meantime
        return made

    def read(self, wanted: CopyOf) -> Tables | None:
        """The tables from their copy, if there is one. A broken copy is removed."""
        place = self.folder / wanted.name
        try:
            return columns.read(place, wanted.about)
        except columns.Broken as error:
            log.warning("the copy %s of the tables is made anew: %s", place.name, error)
            remove_folder(place)
            return None

    def keep(self, wanted: CopyOf, tables: Tables) -> bool:
        """Write a copy and remove those of earlier revisions; whether it is there now. Never raises: it saves time
        only.
        """
        place = self.folder / wanted.name
        try:
            write_folder(place, lambda folder: columns.write(folder, tables, wanted.about))
            self._clean(wanted)
        except (OSError, TypeError, ValueError) as error:
            log.warning("the tables could not be kept as files: %s", error)
            return False
        return True

    def _clean(self, newest: CopyOf) -> None:
        remove_orphan_folders(self.folder)
        copies: list[tuple[int, Path]] = []
        for each in self.folder.iterdir():
            found = _NAME.fullmatch(each.name)
            if found is None or each.name == newest.name:
                continue
            if int(found["scope"]) == newest.scope and int(found["revision"]) < newest.revision:
                remove_folder(each)
            else:
                copies.append((each.stat().st_mtime_ns, each))
        for _, each in sorted(copies)[: -(KEPT - 1)]:
            remove_folder(each)


@cache
def _code() -> str:
    """Changes whenever the code does that makes tables of rows, or files of tables."""
    digest = hashlib.blake2b(digest_size=8)
    for module in (*sorted(Path(__file__).parent.glob("*.py")), Path(fields.__file__), Path(periods.__file__)):
        digest.update(module.read_bytes())
    return digest.hexdigest()
