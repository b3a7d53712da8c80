"""Reads one Turtle file into spec items: limits first, then names and scales made ours, then the shipped queries."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from data.jtbd.dialects import CLASSES, DEFINING, OURS, READ, VOCABULARY, last_part, plain, property_named
from data.jtbd.spec_items import Maker
from data.jtbd.specs import Item, SpecProblem
from data.jtbd.turtle_lines import Lines, lines_of
from data.values.errors import AppError

MOST_BYTES = 2_000_000
MOST_TRIPLES = 200_000
MOST_ITEMS = 10_000  # jobs, outcomes, personas, painpoints and forces of one file
MOST_ROWS = 400_000  # of answers: a node that many items share counts for each of them
MOST_SECONDS = 10.0
_BASE = "urn:throughline:spec:/"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_LINKS = {"outcome": "Outcome", "painpoint": "Painpoint", "persona": "Persona", "force": "Force"}
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_QUERIES = Path(__file__).parent / "queries"
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
    triples = [ox.Triple(each.subject, each.predicate, each.object) for each in reading.ours(ox)]
    content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    return content.decode(), reading.lines.subjects


@dataclass
class _Node:
    """One subject of a file: the last parts of its classes, its class in our words, and what is said of it."""

    types: list[str] = field(default_factory=list)
    ours: str = ""
    said: list[tuple[str, Any]] = field(default_factory=list)  # IRI of the property, value


class _Reading:
    def __init__(self, content: bytes, file: str, clock: Callable[[], float]) -> None:
        self.content, self.file = content, file
        self.clock, self.until = clock, clock() + MOST_SECONDS
        self.out = Parsed()
        self.rows = 0
        self.nodes: dict[str, _Node] = {}  # by IRI, or by the name of a node without one
        self.unread: dict[tuple[str, str], list[int]] = {}  # (what, of what) → lines

    @cached_property
    def lines(self) -> Lines:
        """Where everything stands; looked for only when it is asked for."""
        return lines_of(self.content)

    def line(self, name: str) -> int:
        """The line on which something is described; 0 where that is not known."""
        return self.lines.subjects.get(name, 0)

    def parsed(self) -> Parsed:
        import pyoxigraph as ox

        store = ox.Store()
        store.extend(self.ours(ox))
        maker = Maker(self.file, self.line, self._complain)
        measured = self._rows(store, _query("measurements"))
        for name in maker.makers:
            found = self._rows(store, _query("items").replace("?class", f"<{OURS}{name}>"))
            for n, (iri, said) in enumerate(sorted(found.items())):
                if n % 100 == 0:
                    self._in_time()
                if item := maker.item(name, iri, said, measured.get(iri, {})):
                    self.out.items.append((name.lower(), item))
        self.out.problems += self._not_understood()
        return self.out

    # ---- triples

    def ours(self, ox: Any) -> Iterator[Any]:
        """The triples in our words; what has no place in them is counted."""
        self._collect(ox)
        types, kind = ox.NamedNode(_TYPE), ox.NamedNode(OURS + "kind")
        names: dict[str, str | None] = {}
        parts = self._parts()
        for name, node in self.nodes.items():
            subject = self.subjects[name]
            if node.ours:
                yield ox.Quad(subject, types, ox.NamedNode(OURS + node.ours))
                for implied in dict.fromkeys(
                    CLASSES[each][1] for each in node.types if each in CLASSES and CLASSES[each][1]
                ):
                    yield ox.Quad(subject, kind, ox.Literal(implied))
            elif name not in parts:
                self._leave_out(name, node)
                continue
            classes = {node.ours} if node.ours else parts[name]
            readable = frozenset[str]().union(*(READ[each] for each in classes))
            for iri, value in node.said:
                if iri not in names:
                    names[iri] = self._property(iri, name)
                ours = names[iri]
                if ours is None and iri.startswith(OURS):
                    continue  # said already
                if ours is None or ours not in readable:
                    self._count(last_part(iri), node.ours.lower() or "part of something", name, iri)
                    continue
                yield ox.Quad(subject, ox.NamedNode(OURS + ours), value)
        yield from self._by_features(ox)

    def _collect(self, ox: Any) -> None:
        """Every subject with its classes; what a link of an item leads to is of the class that the link says."""
        self.subjects: dict[str, Any] = {}
        above: dict[str, str] = {}
        for subject, predicate, value in self._triples(ox):
            self.out.triples += 1
            name = str(subject.value)
            self.subjects.setdefault(name, subject)
            node = self.nodes.setdefault(name, _Node())
            if predicate.value == _TYPE:
                node.types.append(plain(str(value.value)))
            elif predicate.value == _RDFS + "subClassOf":
                above[plain(name)] = plain(str(value.value))
            node.said += [(str(predicate.value), value)] if predicate.value != _TYPE else []
        items = 0
        for node in self.nodes.values():
            for each in node.types:
                seen: set[str] = set()
                while each not in CLASSES and each in above and each not in seen:
                    seen.add(each)
                    each = above[each]
                node.ours = node.ours or CLASSES.get(each, ("", None))[0]
            items += bool(node.ours)
            self._at_most(items, MOST_ITEMS, "jobs, outcomes and other items")
        for node in list(self.nodes.values()):
            for iri, value in node.said if node.ours else ():
                led = self.nodes.get(str(value.value))
                if led is not None and not led.types and not led.ours:
                    led.ours = _LINKS.get(property_named(iri) or "", "")

    def _parts(self) -> dict[str, set[str]]:
        """Nodes that hold more of an item → the classes of these items; a measurement is one of an outcome."""
        found: dict[str, set[str]] = {}
        for node in self.nodes.values():
            for iri, value in node.said if node.ours else ():
                ours = property_named(iri)
                if ours == "part":
                    found.setdefault(str(value.value), set()).add(node.ours)
                elif ours == "measuredBy":
                    found.setdefault(str(value.value), set()).add("Measurement")
        return found

    def _by_features(self, ox: Any) -> Iterator[Any]:
        """What a feature for one job names belongs to that job."""
        for name, node in self.nodes.items():
            if node.ours != "Feature":
                continue
            told = [(property_named(iri), value) for iri, value in node.said]
            jobs = [value for ours, value in told if ours == "job"]
            one = len(jobs) == 1 and not hasattr(jobs[0], "language")
            for n, (ours, value) in enumerate(told):
                if ours in _LINKS and one:
                    yield ox.Quad(jobs[0], ox.NamedNode(OURS + ours), value)
                elif ours in _LINKS:
                    iri = node.said[n][0]
                    self._count(last_part(iri), "a feature for no job, or for several,", name, iri)

    # ---- what is not understood

    def _property(self, iri: str, subject: str) -> str | None:
        if not iri.startswith(OURS):
            return property_named(iri)
        name = iri.removeprefix(OURS)
        if name not in VOCABULARY:
            self._complain(subject, name, f"tl:{name} is not a word of the vocabulary.", "See docs/jtbd.md.")
            return None
        return name

    def _leave_out(self, name: str, node: _Node) -> None:
        """Count a subject that is nothing of ours; what describes a vocabulary is no loss."""
        if DEFINING.intersection(node.types) or any(iri == _RDFS + "subClassOf" for iri, _ in node.said):
            return
        if node.types:
            self._count(f"the class {node.types[0]}", "", name, "a")
            return
        for iri, _ in node.said:
            self._count(last_part(iri), "something without a class", name, iri)

    def _count(self, what: str, of: str, subject: str, iri: str) -> None:
        lines = self.lines.of(last_part(subject), iri)
        known = self.unread.setdefault((what, of), [])
        known.append(next((each for each in lines if each not in known), lines[0]))

    def _not_understood(self) -> list[SpecProblem]:
        """One problem for each property and class, with how often and on which lines."""
        found = []
        for (what, of), lines in sorted(self.unread.items(), key=lambda each: (min(each[1]), each[0])):
            places = [str(each) for each in sorted(set(lines)) if each]
            more = f", and on {len(places) - 5} more" if len(places) > 5 else ""
            where = f" (line{'s' * (len(places) > 1)} {', '.join(places[:5])}{more})" if places else ""
            times = "once" if len(lines) == 1 else f"{len(lines)} times"
            said = f"{what}{f' of {of}' if of else ''} is not understood: {times}{where}."
            found.append(SpecProblem(self.file, min(lines), said, unread=what, count=len(lines)))
        return found

    def _line_of(self, subject: str, name: str) -> int:
        """The first line on which a subject has a property that is called so, or that is read as one of ours."""
        for (whose, said), lines in self.lines.properties.items():
            if whose == subject and (said == plain(name) or property_named(said) == name):
                return lines[0]
        return self.line(subject)

    def _complain(self, iri: str, name: str, message: str, todo: str = "") -> None:
        subject = last_part(iri)
        line = self._line_of(subject, name) if name and iri else self.line(subject)
        self.out.problems.append(SpecProblem(self.file, line, message, todo, name))

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


@cache
def _query(name: str) -> str:
    """A query that is shipped with the program; there are no others."""
    return (_QUERIES / f"{name}.rq").read_text("utf-8")
