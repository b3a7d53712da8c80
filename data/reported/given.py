"""Deployments and incidents as people and programs write them: a row of a CSV file, or the JSON of a request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from data.platform.logs import SECRETS
from data.reported.payload import microseconds
from data.values.reported import COLUMNS, OUTCOMES, REQUIRED, Report, ReportedChange, ReportKind, ReportState

Value = str | Sequence[str] | Sequence[Mapping[str, str]]
Given = Mapping[str, Value]
LONGEST_ID = 255
SHOWN = 40  # characters of a value that a mistake names
_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_STATES = {
    ReportKind.DEPLOYMENT: (ReportState.DEPLOYED, ReportState.NOT_DEPLOYED, ReportState.RUNNING),
    ReportKind.INCIDENT: (ReportState.OPEN, ReportState.RESOLVED, ReportState.WITHDRAWN),
}


class BadGiven(ValueError):
    """A value cannot be used. `name`: of the column or member; the message says what is wrong with it."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(frozen=True)
class _Reader:
    given: Given

    def text(self, name: str, longest: int = LONGEST_ID) -> str:
        said = self.given.get(name, "")
        found = said.strip() if isinstance(said, str) else ""
        if len(found) > longest:
            raise BadGiven(name, f"has {len(found):,} characters; at most {longest:,} are kept")
        if not found.isprintable():
            raise BadGiven(name, "contains a character that cannot be printed")
        return found

    def instant(self, name: str) -> int | None:
        said = self.text(name)
        if not said:
            return None
        found = microseconds(said)
        if found is None:
            raise BadGiven(name, "is not a date and time; write it like 2026-11-02T09:30:00Z")
        return found

    def one_of(self, name: str, words: Sequence[str]) -> str:
        said = self.text(name)
        if said and said not in words:
            raise BadGiven(name, f"is “{SECRETS.shorten(said, SHOWN)}”, which is none of {', '.join(words)}")
        return said

    def names(self, name: str) -> tuple[str, ...]:
        said = self.given.get(name, ())
        parts = said.replace(";", " ").replace(",", " ").split() if isinstance(said, str) else list(map(str, said))
        if any(len(each) > LONGEST_ID or not each.isprintable() for each in parts):
            raise BadGiven(name, f"has an entry that is no name of at most {LONGEST_ID} characters")
        return tuple(dict.fromkeys(parts))

    def changes(self) -> tuple[ReportedChange, ...]:
        said = self.given.get("changes", ())
        if isinstance(said, str):
            raise BadGiven("changes", "can be given in JSON only")
        found = []
        for n, each in enumerate(said):
            if not isinstance(each, Mapping):
                raise BadGiven(f"changes.{n}", "is no object")
            one = _Reader(each)
            try:
                found.append(ReportedChange(one.text("commit"), one.instant("committed_at"), one.text("issue")))
            except BadGiven as error:
                raise BadGiven(f"changes.{n}.{error.name}", str(error)) from None
        return tuple(found)


def unknown_of(kind: ReportKind, names: Iterable[str]) -> BadGiven | None:
    """What is wrong with the first name that no value of this kind has."""
    unknown = next((name for name in names if name not in COLUMNS[kind]), None)
    if unknown is None:
        return None
    return BadGiven(
        SECRETS.shorten(unknown, SHOWN),
        f"is unknown; needed are {', '.join(REQUIRED[kind])}; known are {', '.join(COLUMNS[kind])}",
    )


def report_given(kind: ReportKind, given: Given) -> Report:
    """The report that these values make. Raises BadGiven, with the name of the value.

    >>> found = report_given(ReportKind.INCIDENT, {"source": "phone", "id": "7", "started_at": "2026-11-02T09:30:00Z"})
    >>> found.state.value, found.at == found.began_at
    ('open', True)
    """
    read = _Reader(given)
    if unknown := unknown_of(kind, given):
        raise unknown
    source = read.text("source")
    if source and not _SOURCE.fullmatch(source):
        raise BadGiven("source", "is no name of up to 64 letters, digits, dots, dashes and underscores")
    if kind is ReportKind.DEPLOYMENT and read.text("state") == ReportState.RUNNING:
        required: tuple[str, ...] = ("source", "id", "environment", "started_at")
    else:
        required = REQUIRED[kind]
    for name in required:
        if not read.text(name):
            raise BadGiven(name, "is missing")
    return _deployment(read) if kind is ReportKind.DEPLOYMENT else _incident(read)


def _deployment(read: _Reader) -> Report:
    kind = ReportKind.DEPLOYMENT
    state = ReportState(read.one_of("state", _STATES[kind]) or ReportState.DEPLOYED)
    done, begun, committed = read.instant("deployed_at"), read.instant("started_at"), read.instant("committed_at")
    if done is not None and begun is not None and done < begun:
        raise BadGiven("deployed_at", "lies before started_at")
    at = done if state is not ReportState.RUNNING else begun
    updated = read.instant("updated_at")
    return Report(
        kind, read.text("source"), read.text("id"), state, updated if updated is not None else at or 0,
        project=read.text("project"), environment=read.text("environment"), version=read.text("version"),
        commit=read.text("commit"), outcome=read.one_of("outcome", OUTCOMES), began_at=begun, ended_at=done,
        committed_at=committed, url=read.text("url", 2_000), issues=read.names("issues"), changes=read.changes(),
    )  # a table: kept in its rows  # fmt: skip


def _incident(read: _Reader) -> Report:
    kind = ReportKind.INCIDENT
    begun, done = read.instant("started_at"), read.instant("resolved_at")
    usual = ReportState.OPEN if done is None else ReportState.RESOLVED
    state = ReportState(read.one_of("state", _STATES[kind]) or usual)
    if state is ReportState.RESOLVED and done is None:
        raise BadGiven("resolved_at", "is missing, though the state is resolved")
    if done is not None and begun is not None and done < begun:
        raise BadGiven("resolved_at", "lies before started_at")
    cause = (read.text("caused_by_source"), read.text("caused_by_id"))
    if bool(cause[0]) != bool(cause[1]):
        raise BadGiven("caused_by_id" if cause[0] else "caused_by_source", "is missing")
    updated = read.instant("updated_at")
    at = updated if updated is not None else done or begun or 0
    return Report(
        kind, read.text("source"), read.text("id"), state, at, project=read.text("project"),
        environment=read.text("environment"), began_at=begun, ended_at=done, url=read.text("url", 2_000),
        issues=read.names("issues"), caused_by=cause if cause[0] else None,
    )  # a table: kept in its rows  # fmt: skip
