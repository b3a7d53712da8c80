"""The folder of specs: read file by file; of a broken one the last good state stays."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from data.jtbd import kept_specs
from data.jtbd.specs import Item, SpecProblem, Specs, gathered, in_words, linked
from data.platform import telemetry
from data.platform.files import opened
from data.store.record_store import RecordStore
from data.values.names import name_key

log = logging.getLogger(__name__)
MOST_FILES = 200
MOST_FOLDERS = 500
READING = "2"  # changes when files are read in another way: what was read before is read again
_TURTLE = frozenset({".ttl", ".turtle", ".nt"})
_OTHER = {".rdf", ".owl", ".n3", ".jsonld", ".trig", ".nq", ".trix"}
_LEFT_ALONE = {"node_modules", "__pycache__", "venv", "site-packages"}
MOST_BYTES = 20_000_000  # of all files together
MOST_SECONDS = 60.0  # for all files together; the others are then read no more
_SIGNATURE, _PROBLEMS = "spec_files", "spec_problems"


@dataclass(frozen=True)
class SpecSync:
    """How a sync of the specs went: files read, items kept, triples, what is wrong."""

    folder: str
    files: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()  # of these the last good state is kept
    counts: dict[str, int] = field(default_factory=dict)
    triples: int = 0
    problems: tuple[SpecProblem, ...] = ()


def files_in(folder: Path) -> list[Path]:
    """The Turtle files of a folder and of the folders in it, in the order of names."""
    return _walked(folder)[0]


def name_in(folder: Path, path: Path) -> str:
    """What a file of the folder is called in messages: with the folders that it lies in."""
    return path.relative_to(folder).as_posix()


def _walked(folder: Path, endings: frozenset[str] = _TURTLE) -> tuple[list[Path], list[Path], bool]:
    """(Turtle files; files in other forms of RDF, which are not read; whether there are too many folders to look into
    all). What is hidden, and what links lead to, is left alone.
    """
    found: list[Path] = []
    other: list[Path] = []
    for n, (place, folders, names) in enumerate(os.walk(folder)):
        if n >= MOST_FOLDERS:
            return sorted(found), sorted(other), True
        folders[:] = sorted(each for each in folders if not each.startswith(".") and each not in _LEFT_ALONE)
        for name in names:
            suffix = "" if name.startswith(".") else Path(name).suffix.lower()
            if suffix in endings:
                found.append(Path(place) / name)
            elif suffix in _OTHER:
                other.append(Path(place) / name)
    return sorted(found), sorted(other), False


def signature(folder: Path, endings: frozenset[str] = _TURTLE) -> str:
    """Changes when a file is added, removed or written."""
    files, other, _ = _walked(folder, endings)
    parts = [READING, str(folder), *(str(each) for each in other)]
    for path in files:
        try:
            found = path.stat()
            parts.append(f"{name_in(folder, path)} {found.st_mtime_ns} {found.st_size} {found.st_ino}")
        except OSError as error:
            parts.append(f"{name_in(folder, path)} {error.errno}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def current(store: RecordStore, folder: Path, now: int) -> Specs:
    """The specs as the files are now; they are read again only when they have changed. Raises RecordsError."""
    if store.note(_SIGNATURE) != signature(folder):
        sync(store, folder, now)
    return _with_problems(store, kept_specs.kept_specs(store))


def sync(store: RecordStore, folder: Path, now: int) -> SpecSync:
    """Read every file and keep what it says. Raises RecordsError."""
    with telemetry.span("jtbd.sync") as told:
        found = _sync(store, folder, now)
        told |= {"files": len(found.files), "broken": len(found.broken), "triples": found.triples}
    return found


def _sync(store: RecordStore, folder: Path, now: int) -> SpecSync:
    from data.jtbd.turtle import SpecError, parse

    seen = signature(folder)
    before = kept_specs.kept_items(store)
    items: list[tuple[str, Item]] = []
    problems: list[SpecProblem] = []
    broken: list[str] = []
    triples = read = 0
    paths, other, beyond = _walked(folder)
    problems += _not_read(folder, other, beyond)
    until = time.monotonic() + MOST_SECONDS
    for n, path in enumerate(paths):
        name = name_in(folder, path)
        try:
            if time.monotonic() > until:
                raise SpecError(_too_slow(name))
            content = _content(path, name, n, read)
            read += len(content)
            found = parse(content, name)
        except SpecError as error:
            problems.append(error.spec)
            broken.append(name)
            items += [each for each in before if each[1].source == name]
            continue
        items += found.items
        problems += found.problems
        triples += found.triples
    items = linked(items)
    if named := in_words(items):
        items = linked([*items, *named])
    problems += _twice(items) + _dangling(items)
    kept_specs.keep(store, items, now)
    store.set_note(_PROBLEMS, json.dumps([asdict(each) for each in problems], ensure_ascii=False))
    store.set_note(_SIGNATURE, seen)
    kept = gathered(items)
    counts = {kind: len(kept.of(kind)) for kind in ("job", "outcome", "persona", "painpoint", "force")}
    return SpecSync(
        folder.name, tuple(name_in(folder, each) for each in paths), tuple(broken), counts, triples, tuple(problems)
    )


def _not_read(folder: Path, other: list[Path], beyond: bool) -> list[SpecProblem]:
    """What lies in the folder and is not looked at."""
    found = [
        SpecProblem(
            name_in(folder, each), 0, f"Files that end in {each.suffix} are not read.", "Save it as Turtle (.ttl)."
        )
        for each in other
    ]
    if beyond:
        many = f"Only the first {MOST_FOLDERS} folders are looked into."
        found.append(SpecProblem(folder.name, 0, many, "Set jtbd.folder to the one that holds the specs."))
    return found


def _too_slow(name: str) -> SpecProblem:
    return SpecProblem(name, 0, f"Reading all files took more than {MOST_SECONDS:g} seconds.", "Keep fewer.")


def _content(path: Path, name: str, n: int, read: int) -> bytes:
    """Raises SpecError."""
    from data.jtbd.turtle import MOST_BYTES as FILE_BYTES
    from data.jtbd.turtle import SpecError

    if n >= MOST_FILES:
        raise SpecError(SpecProblem(name, 0, f"Only the first {MOST_FILES} files are read.", "Join some of them."))
    try:
        with opened(path) as file:
            content = file.read(FILE_BYTES + 1)
    except OSError as error:
        why = error.strerror or str(error)
        raise SpecError(SpecProblem(name, 0, f"It cannot be read: {why}.", "Check its permissions.")) from error
    if read + len(content) > MOST_BYTES:
        raise SpecError(SpecProblem(name, 0, f"All files together have more than {MOST_BYTES:,} bytes.", "Keep fewer."))
    return content


def _twice(items: list[tuple[str, Item]]) -> list[SpecProblem]:
    first: dict[tuple[str, str], Item] = {}
    found = []
    for kind, item in items:
        other = first.setdefault((kind, item.id), item)
        if other is not item:
            where = f"{other.source}, line {other.line}" if other.line else other.source
            found.append(
                SpecProblem(
                    item.source, item.line, f"The {kind} {item.id} is in {where} too.", "The first is used; rename one."
                )
            )
    return found


def _dangling(items: list[tuple[str, Item]]) -> list[SpecProblem]:
    """What names something that no file has."""
    known = {(kind, item.id) for kind, item in items}
    titles = {name_key(item.title) for kind, item in items if kind == "persona"}
    found = []
    for _, item in items:
        named = [("job", each) for each in [getattr(item, "job", "")] if each]
        for part in ("outcome", "painpoint", "force", "persona", "job"):
            named += [(part, each) for each in getattr(item, f"{part}s", ())]
        for kind, name in named:
            if (kind, name) not in known and not (kind == "persona" and name_key(name) in titles):
                found.append(
                    SpecProblem(item.source, item.line, f"{item.id} names the {kind} {name}, which no file has.")
                )
    return found


def _with_problems(store: RecordStore, specs: Specs) -> Specs:
    from dataclasses import replace

    try:
        told = [SpecProblem(**each) for each in json.loads(store.note(_PROBLEMS) or "[]")]
    except (ValueError, TypeError):
        told = []
    return replace(specs, problems=tuple(told))
