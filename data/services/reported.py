"""Deployments and incidents that other systems report: taken from requests, webhooks and files, each counted once."""

from __future__ import annotations

import csv
import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from data.jtbd.delimited import rows_of_table
from data.platform.logs import SECRETS
from data.reported.given import LONGEST_ID, BadGiven, report_given, unknown_of
from data.reported.given import Given as Given  # what doors hand in
from data.reported.payload import Unreadable
from data.reported.sources import SOURCES, Source, is_genuine, secrets_of
from data.settings.environment import SHORTEST_SECRET
from data.store.reported_store import ReportedStore
from data.values.errors import AppError, NotThere
from data.values.instants import instant
from data.values.metric_value import iso
from data.values.problem import Problem
from data.values.reported import COLUMNS, REQUIRED, Report, ReportKind, ReportResult

log = logging.getLogger(__name__)
MOST_AT_ONCE = 1_000  # rows of a file that are written in one go
MOST_MISTAKES = 10  # of a file that are told at once


class BadReport(AppError, ValueError):
    """What was sent makes no report. `name`: the member or column that is wrong."""

    code = "report"
    usage = True

    def __init__(self, problem: Problem, name: str = "") -> None:
        super().__init__(problem)
        self.name = name


class NotGenuine(AppError):
    """A webhook came without the proof that its source sent it."""

    code = "webhook_proof"


class NoSecret(AppError):
    """No secret is set for the source of a webhook, so nothing from it can be believed."""

    code = "webhook_secret"


@dataclass(frozen=True)
class Received:
    """What one report changed."""

    kind: str
    source: str
    id: str
    result: str


@dataclass(frozen=True)
class SourceState:
    """One source: what it sent, and for webhooks whether its secret is set."""

    source: str
    title: str
    webhook: bool
    secret_set: bool
    proof: str
    results: dict[str, int]
    last_at: str | None


class ReportedService:
    """Reports of the site in force. Safe in several threads."""

    def __init__(
        self,
        store: ReportedStore,
        env: Mapping[str, str],
        clock: Callable[[], datetime],
        site: Callable[[], str],
    ) -> None:
        """`site`: the address of the site in force."""
        self.store = store
        self._env = env
        self._clock = clock
        self._site = site

    def add(self, kind: ReportKind, given: Given) -> Received:
        """Take one deployment or incident. Raises BadReport, ReportedStoreError."""
        try:
            report = report_given(kind, given)
        except BadGiven as error:
            raise BadReport(_wrong(f"The {kind} cannot be used.", error), error.name) from None
        return self._add([report])[0]

    def receive(self, source: str, body: bytes, headers: Mapping[str, str]) -> list[Received]:
        """Take an event of a webhook; nothing where it is about something else, which is counted. Raises NotThere,
        NoSecret, NotGenuine, BadReport, ReportedStoreError.
        """
        known = SOURCES.get(source)
        if known is None:
            raise NotThere(Problem("There is no such source of webhooks.", "", f"There are: {', '.join(SOURCES)}."))
        headers = {name.lower(): value for name, value in headers.items()}
        self._prove(known, body, headers)
        try:
            payload = json.loads(body)
            if not isinstance(payload, dict):
                raise Unreadable("it is no JSON object")
            reports = known.reads(payload, headers)
            if any(len(each.id) > LONGEST_ID for each in reports):
                raise Unreadable(f"its id is longer than {LONGEST_ID} characters")
        except (ValueError, RecursionError) as error:
            why = f"{error}." if isinstance(error, Unreadable) else "It is no JSON."
            raise BadReport(Problem(f"The event of {known.title} cannot be read.", why[:1].upper() + why[1:])) from None
        if not reports:
            self.store.ignored(self._site(), source, self._now())
        return self._add(reports)

    def sources(self) -> list[SourceState]:
        """Every source of webhooks, and every other one that has sent something. Raises ReportedStoreError."""
        counts = self.store.counts(self._site())
        names = [*SOURCES, *sorted({each.source for each in counts} - set(SOURCES))]
        found = []
        for name in names:
            own, known = [each for each in counts if each.source == name], SOURCES.get(name)
            last = max((each.last_at for each in own), default=None)
            found.append(
                SourceState(
                    name,
                    known.title if known else name,
                    known is not None,
                    known is not None and bool(secrets_of(known, self._env)),
                    known.proof if known else "",
                    {each.result: each.count for each in own},
                    None if last is None else iso(instant(last)),
                )
            )
        return found

    def import_csv(self, kind: ReportKind, text: str) -> dict[str, int]:
        """Take every row of a table, or none where one is wrong: how many had which result. Raises BadReport, which
        names line and column, ReportedStoreError.
        """
        reports = list(_rows(kind, text))
        counts: Counter[str] = Counter()
        for start in range(0, len(reports), MOST_AT_ONCE):
            counts.update(each.result for each in self._add(reports[start : start + MOST_AT_ONCE]))
        return {each.value: counts[each.value] for each in ReportResult if counts[each.value]}

    def _prove(self, source: Source, body: bytes, headers: Mapping[str, str]) -> None:
        secrets = secrets_of(source, self._env)
        for each in secrets:
            SECRETS.hide(each)
        if not secrets:
            raise NoSecret(
                Problem(
                    f"Webhooks of {source.title} are not set up.",
                    f"{source.variable} has no secret of at least {SHORTEST_SECRET} characters.",
                    "Set it, and give the same secret to the source.",
                )
            )
        if not is_genuine(source, secrets, body, headers):
            log.warning("an event that claims to be of %s was refused: its proof is missing or wrong", source.title)
            raise NotGenuine(
                Problem(
                    f"Nothing proves that {source.title} sent this.",
                    f"Expected is {source.proof}.",
                    "Give the source the secret that this server has.",
                )
            )

    def _add(self, reports: list[Report]) -> list[Received]:
        if not reports:
            return []
        results = self.store.add(self._site(), reports, self._now())
        return [
            Received(each.kind.value, each.source, each.id, result.value)
            for each, result in zip(reports, results, strict=True)
        ]

    def _now(self) -> int:
        return int(self._clock().timestamp() * 1_000_000)


def _rows(kind: ReportKind, text: str) -> list[Report]:
    try:
        rows = [(line, cells) for line, cells, _ in rows_of_table(text.removeprefix("\ufeff"), ())]
    except (ValueError, csv.Error) as error:
        raise BadReport(Problem("The table cannot be read.", f"{str(error)[:1].upper()}{str(error)[1:]}")) from None
    if not rows:
        names = ", ".join(COLUMNS[kind])
        raise BadReport(
            Problem("The table has no rows.", "", f"Columns: {names}; needed: {', '.join(REQUIRED[kind])}.")
        )
    if unknown := unknown_of(kind, dict.fromkeys(name for _, cells in rows for name in cells)):
        raise BadReport(_wrong(f"The column {unknown.name} in the header cannot be used.", unknown), unknown.name)
    found, wrong = [], []
    for line, cells in rows:
        try:
            found.append(report_given(kind, {name: str(value) for name, value in cells.items()}))
        except BadGiven as error:
            wrong.append((line, error))
    if wrong:
        raise BadReport(_mistakes(wrong), wrong[0][1].name)
    return found


def _mistakes(wrong: list[tuple[int, BadGiven]]) -> Problem:
    """The wrong rows of a table, the first in full and as many as are read at once."""
    if len(wrong) == 1:
        [(line, error)] = wrong
        return _wrong(f"Line {line}, column {error.name}, cannot be used.", error)
    told = [f"Line {line}, column {each.name}: it {each}" for line, each in wrong[:MOST_MISTAKES]]
    more = len(wrong) - len(told)
    return Problem(
        f"{len(wrong):,} lines cannot be used.",
        f"{'; '.join(told)}{f'; and {more:,} more' if more else ''}.",
        "Nothing was taken. Correct them and send it again.",
    )


def _wrong(what: str, error: BadGiven) -> Problem:
    return Problem(what, f"{error.name} {error}.", "Nothing was taken. Correct it and send it again.")
