"""Reads one Turtle file into spec items: limits first, then names and scales made ours, then the shipped queries."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from data.jtbd import bindings, dialects
from data.jtbd.dialects import CLASSES, OURS, PROPERTIES, VOCABULARY, last_part, plain
from data.jtbd.specs import Force, Item, Job, Outcome, Painpoint, Persona, SpecProblem
from data.values.errors import AppError
from data.values.names import name_key

Properties = dict[str, list[Any]]  # of one item: name of a property → its values

MOST_BYTES = 2_000_000
MOST_TRIPLES = 200_000
MOST_ITEMS = 10_000  # jobs, outcomes, personas, painpoints and forces of one file
MOST_ROWS = 400_000  # of answers: a node that many items share counts for each of them
MOST_SECONDS = 10.0
_BASE = "urn:throughline:spec:/"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_QUERIES = Path(__file__).parent / "queries"
_SUBJECT = re.compile(r"^(?:<(?P<iri>[^>\s]*)>|(?P<name>[^\s:#@<]*:[^\s;,.]+))", re.MULTILINE)
_WHERE = re.compile(r"^Parser error at line \d+ column \d+(?: between .*? and .*?)?: ")


class SpecError(AppError, ValueError):
    """A file of specs that cannot be used at all; `spec` says where in it."""

    code = "spec"

    def __init__(self, problem: SpecProblem) -> None:
        super().__init__(str(problem))
        self.spec = problem


@dataclass
class Parsed:
    """What one file says. References between items are still IRIs."""

    items: list[tuple[str, Item]] = field(default_factory=list)
    problems: list[SpecProblem] = field(default_factory=list)
    triples: int = 0


def parse(content: bytes, file: str, clock: Callable[[], float] = time.monotonic) -> Parsed:
    """The items of a Turtle file. Raises SpecError when it is no Turtle, too large or takes too long.

    Nothing is ever fetched: names are names, and imports are left alone.
    """
    if len(content) > MOST_BYTES:
        raise SpecError(
            SpecProblem(file, 0, f"The file has {len(content):,} bytes; {MOST_BYTES:,} is the most.", "Split it.")
        )
    return _Reading(content, file, clock).parsed()


def normalised(content: bytes, file: str) -> tuple[str, dict[str, int]]:
    """A file's triples in our words as N-Triples, and the line of each subject. Raises SpecError."""
    import pyoxigraph as ox

    reading = _Reading(content, file, time.monotonic)
    triples = [ox.Triple(each.subject, each.predicate, each.object) for each in reading._ours(ox)]
    content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    return content.decode(), reading.lines


class _Reading:
    def __init__(self, content: bytes, file: str, clock: Callable[[], float]) -> None:
        self.content, self.file = content, file
        self.clock, self.until = clock, clock() + MOST_SECONDS
        self.out = Parsed()
        self.rows = 0
        self.lines = _lines(content)

    def parsed(self) -> Parsed:
        import pyoxigraph as ox

        store = ox.Store()
        store.extend(self._ours(ox))
        makers = {
            "Job": self._job,
            "Outcome": self._outcome,
            "Persona": self._persona,
            "Painpoint": self._painpoint,
            "Force": self._force,
        }
        measured = self._rows(store, _query("measurements"))
        for name, make in makers.items():
            found = self._rows(store, _query("items").replace("?class", f"<{OURS}{name}>"))
            for n, (iri, said) in enumerate(sorted(found.items())):
                if n % 100 == 0:
                    self._in_time()
                if item := make(self._common(iri, said), said, measured.get(iri, {})):
                    self.out.items.append((name.lower(), item))
        return self.out

    # ---- triples

    def _ours(self, ox: Any) -> Iterator[Any]:
        """The triples in our words; what has no place in them is left out."""
        types, kind = ox.NamedNode(_TYPE), ox.NamedNode(OURS + "kind")
        names: dict[str, Any] = {}
        items: set[str] = set()
        for subject, predicate, value in self._triples(ox):
            self.out.triples += 1
            if predicate == types:
                ours, implied = CLASSES.get(plain(str(value.value)), (None, None))
                if ours:
                    items.add(str(subject.value))
                    self._at_most(len(items), MOST_ITEMS, "jobs, outcomes and other items")
                    yield ox.Quad(subject, types, ox.NamedNode(OURS + ours))
                if implied:
                    yield ox.Quad(subject, kind, ox.Literal(implied))
                continue
            iri = predicate.value
            if iri not in names:
                names[iri] = self._property(iri, subject)
            if names[iri]:
                yield ox.Quad(subject, ox.NamedNode(OURS + names[iri]), value)

    def _property(self, iri: str, subject: Any) -> str | None:
        if not iri.startswith(OURS):
            return PROPERTIES.get(plain(iri))
        name = iri.removeprefix(OURS)
        if name not in VOCABULARY:
            self._complain(str(subject.value), f"tl:{name} is not a word of the vocabulary.", "See docs/jtbd.md.")
            return None
        return name

    def _triples(self, ox: Any) -> Iterator[tuple[Any, Any, Any]]:
        try:
            for n, quad in enumerate(ox.parse(input=self.content, format=ox.RdfFormat.TURTLE, base_iri=_BASE)):
                self._at_most(n + 1, MOST_TRIPLES, "triples")
                if n % 1000 == 0:
                    self._in_time()
                yield quad.subject, quad.predicate, quad.object
        except SyntaxError as error:
            why = _WHERE.sub("", error.msg or str(error)).rstrip(".")
            raise SpecError(
                SpecProblem(
                    self.file,
                    error.lineno or 0,
                    f"This is not Turtle: {why}.",
                    "Correct the line; until then the last good state is used.",
                )
            ) from error

    def _at_most(self, count: int, most: int, what: str) -> None:
        if count > most:
            raise SpecError(SpecProblem(self.file, 0, f"The file has more than {most:,} {what}.", "Split it."))

    def _in_time(self) -> None:
        if self.clock() > self.until:
            raise SpecError(
                SpecProblem(self.file, 0, f"Reading it took more than {MOST_SECONDS:g} seconds.", "Split it.")
            )

    def _rows(self, store: Any, query: str) -> dict[str, dict[str, list[Any]]]:
        """Item → property → values, each once, in the order of the answer."""
        self._in_time()
        found: dict[str, dict[str, dict[Any, None]]] = {}
        for row in store.query(query):
            self.rows += 1
            if self.rows % 1000 == 0:
                self._in_time()
                self._at_most(self.rows, MOST_ROWS, "values, with those of nodes that several items share")
            name = row["name"].value
            item = found.setdefault(str(row["item"].value), {})
            if name.startswith(OURS):
                item.setdefault(name.removeprefix(OURS), {})[row["value"]] = None
        return {iri: {name: list(values) for name, values in item.items()} for iri, item in found.items()}

    # ---- items

    def _job(self, common: dict[str, Any], said: Properties, _measured: Properties) -> Job | None:
        if not self._named(common):
            return None
        return Job(
            **common,
            situation=_text(said, "situation"),
            motivation=_text(said, "motivation"),
            result=_text(said, "result"),
            kind=name_key(_text(said, "kind")),
            statement=_text(said, "statement"),
            personas=_all(said, "persona"),
            outcomes=_all(said, "outcome"),
            painpoints=_all(said, "painpoint"),
            forces=_all(said, "force"),
            labels=_all(said, "label"),
            issues=_all(said, "issue"),
        )

    def _outcome(self, common: dict[str, Any], said: Properties, measured: Properties) -> Outcome | None:
        if not self._named(common):
            return None
        binding = self._binding(common["iri"], said, measured)
        target, unit = self._target(common["iri"], said)
        survey = self._survey(common["iri"], said)
        return Outcome(
            **common,
            job=_text(said, "job"),
            direction=self._direction(common["iri"], said) or (binding.direction if binding else None),
            metric=_text(said, "metric"),
            object=_text(said, "object"),
            clarifier=_text(said, "clarifier"),
            statement=_text(said, "statement"),
            importance=self._rating(common["iri"], said, "importance"),
            satisfaction=self._rating(common["iri"], said, "satisfaction"),
            answers=survey["answers"],
            important=survey["important"],
            satisfied=survey["satisfied"],
            target=binding.target if target is None and binding else target,
            unit=unit or (binding.unit if binding else ""),
            labels=_all(said, "label"),
            binding=binding,
        )

    def _persona(self, common: dict[str, Any], _said: Properties, _measured: Properties) -> Persona | None:
        return Persona(**common) if self._named(common) else None

    def _painpoint(self, common: dict[str, Any], said: Properties, _measured: Properties) -> Painpoint | None:
        if not self._named(common):
            return None
        return Painpoint(
            **common,
            job=_text(said, "job"),
            category=_text(said, "category"),
            severity=self._rating(common["iri"], said, "severity"),
            personas=_all(said, "persona"),
            labels=_all(said, "label"),
        )

    def _force(self, common: dict[str, Any], said: Properties, _measured: Properties) -> Force | None:
        if not self._named(common):
            return None
        return Force(**common, job=_text(said, "job"), kind=name_key(_text(said, "kind")))

    # ---- what items have in common

    def _common(self, iri: str, said: Properties) -> dict[str, Any]:
        blank = ":" not in iri
        return {
            "id": _text(said, "id") or ("" if blank else last_part(iri)),
            "title": _text(said, "title"),
            "description": _text(said, "description"),
            "iri": "" if blank else iri,
            "source": self.file,
            "line": self.lines.get(last_part(iri), 0),
        }

    def _named(self, common: dict[str, Any]) -> bool:
        if not common["id"]:
            self._complain("", "Something has neither a name nor a tl:id.", "Give it one.")
        return bool(common["id"])

    def _complain(self, iri: str, message: str, todo: str = "") -> None:
        self.out.problems.append(SpecProblem(self.file, self.lines.get(last_part(iri), 0), message, todo))

    def _rating(self, iri: str, said: Properties, name: str) -> float | None:
        text = _text(said, name)
        if not text:
            return None
        scale = dialects.number(_text(said, "scale") or "10") or 10.0
        value = dialects.rating(text, scale)
        if value is None:
            self._complain(
                iri,
                f"{name} {text!r} of {last_part(iri)} is no rating.",
                f"Write a number from 1 to {scale:g}, or one of: {', '.join(dialects.RATINGS)}.",
            )
        return value

    def _direction(self, iri: str, said: Properties) -> str | None:
        text = _text(said, "direction")
        found = dialects.direction(text)
        if text and found is None:
            self._complain(iri, f"direction {text!r} of {last_part(iri)} is none.", "Write minimise or maximise.")
        return found

    def _target(self, iri: str, said: Properties) -> tuple[float | None, str]:
        text, unit = _text(said, "target"), _text(said, "unit")
        if not text:
            return None, unit
        span = dialects.seconds(text)
        if span is not None:
            return span, unit or "seconds"
        value = dialects.number(text)
        if value is None:
            self._complain(iri, f"target {text!r} of {last_part(iri)} is no number.", "Write a number, and tl:unit.")
        return value, unit

    def _survey(self, iri: str, said: Properties) -> dict[str, int | None]:
        names = {"answers": "answers", "important": "importantAnswers", "satisfied": "satisfiedAnswers"}
        found: dict[str, int | None] = {}
        for ours, name in names.items():
            value = dialects.number(_text(said, name)) if _text(said, name) else None
            people = int(value) if value is not None and value == int(value) and value >= 0 else None
            if _text(said, name) and people is None:
                self._complain(iri, f"tl:{name} of {last_part(iri)} is no number of people.", "Write a whole number.")
            found[ours] = people
        everybody = found["answers"]
        for ours in ("important", "satisfied"):
            some = found[ours]
            if some is not None and (everybody is None or some > everybody):
                self._complain(
                    iri, f"tl:{names[ours]} of {last_part(iri)} is more than tl:answers.", "Correct one of them."
                )
                found[ours] = None
        return found

    def _binding(self, iri: str, said: Properties, node: Properties) -> bindings.Binding | None:
        if _text(node, "metric"):
            return bindings.Binding(
                _text(node, "metric"),
                projects=_all(node, "project"),
                types=_all(node, "type"),
                labels=_all(node, "label"),
                components=_all(node, "component"),
                target=dialects.number(_text(node, "target")) if _text(node, "target") else None,
                unit=_text(node, "unit"),
            )
        text = _text(said, "measuredBy")
        if not text:
            return None
        try:
            return bindings.read(text)
        except bindings.BindingError as error:
            self._complain(iri, str(error))
            return None


def _lines(content: bytes) -> dict[str, int]:
    """Last part of each subject that begins a line → that line."""
    text = content.decode("utf-8", "replace")
    found: dict[str, int] = {}
    line, at = 1, 0
    for match in _SUBJECT.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        found.setdefault(last_part(match["iri"] or match["name"] or ""), line)
    return found


@cache
def _query(name: str) -> str:
    """A query that is shipped with the program; there are no others."""
    return (_QUERIES / f"{name}.rq").read_text("utf-8")


def _is_literal(value: Any) -> bool:
    return hasattr(value, "language")


def _text(said: Properties, name: str) -> str:
    """The value of a property as text: untagged before English before other languages."""
    values = [each for each in said.get(name, ()) if _is_literal(each) or ":" in str(each.value)]
    rank = {None: 0, "": 0, "en": 1}
    values.sort(key=lambda each: (rank.get(getattr(each, "language", None), 2), str(each.value)))
    return re.sub(r"\s+", " ", str(values[0].value)).strip() if values else ""


def _all(said: Properties, name: str) -> tuple[str, ...]:
    """All values of a property, in order."""
    return tuple(sorted({str(each.value).strip() for each in said.get(name, ()) if str(each.value).strip()}))
