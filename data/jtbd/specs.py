"""What the specs say: jobs, desired outcomes, personas, painpoints and forces as plain values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from data.jtbd.bindings import Binding
from data.jtbd.dialects import last_part
from data.values.names import name_key

_LONGEST_NAME = 120  # characters
_NAMED = 6  # properties that a sentence names
KINDS = ("job", "outcome", "persona", "painpoint", "force")


@dataclass(frozen=True)
class SpecProblem:
    """What is wrong with a spec file, and where. `line` counts from 1; 0 where none is known.

    `unread`: the property or class that is not understood, `count` times in the file; "" for any other problem.
    """

    file: str
    line: int
    message: str
    todo: str = ""
    unread: str = ""
    count: int = 1

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.message} {self.todo}".strip()


def not_understood(problems: Sequence[SpecProblem]) -> str:
    """How much of the specs is not understood, in a sentence; "" where nothing is.

    >>> not_understood([SpecProblem("a.ttl", 3, "…", unread="goals", count=2), SpecProblem("b.ttl", 9, "…")])
    '2 statements about 1 property or class (goals 2) in 1 file are not understood.'
    """
    counts = Counter[str]()
    for each in problems:
        counts.update({each.unread: each.count} if each.unread else {})
    if not counts:
        return ""
    total, files = counts.total(), len({each.file for each in problems if each.unread})
    named = ", ".join(f"{name} {count}" for name, count in counts.most_common(_NAMED))
    more = f", and {len(counts) - _NAMED} more" if len(counts) > _NAMED else ""
    nouns = "property or class" if len(counts) == 1 else "properties or classes"
    return (
        f"{total} statement{'s' * (total != 1)} about {len(counts)} {nouns} ({named}{more}) in {files} "
        f"file{'s' * (files != 1)} {'is' if total == 1 else 'are'} not understood."
    )


@dataclass(frozen=True)
class _Item:
    id: str
    title: str = ""
    description: str = ""
    iri: str = ""
    source: str = ""  # file name
    line: int = 0

    @property
    def name(self) -> str:
        """What to call it: its title, else its statement, else a short description, else its id."""
        said = self.title or getattr(self, "statement", "") or self.description
        return said if 0 < len(said) <= _LONGEST_NAME else self.title or self.id


@dataclass(frozen=True)
class Job(_Item):
    """Progress that somebody wants to make. `labels` and `issues` are how Jira issues say that they serve it."""

    situation: str = ""
    motivation: str = ""
    result: str = ""
    kind: str = ""
    statement: str = ""
    personas: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    painpoints: tuple[str, ...] = ()
    forces: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """When …, I want to …, so I can ….

        >>> Job("x", situation="I pay", motivation="see all costs", result="trust the shop").sentence
        'When I pay, I want to see all costs, so I can trust the shop.'
        """
        if self.statement or not self.motivation:
            return self.statement or self.description or self.name
        situation = re.sub(r"^when\s+", "", self.situation, flags=re.IGNORECASE)
        when = f"When {situation}, " if situation else ""
        so = f", so I can {self.result}" if self.result else ""
        want = f"I want to {self.motivation}"
        return f"{when}{want}{so}."


@dataclass(frozen=True)
class Outcome(_Item):
    """How people measure that a job goes well. Importance and satisfaction are 1 to 10; the counts are of a survey."""

    job: str = ""
    direction: str | None = None  # minimise | maximise
    metric: str = ""
    object: str = ""
    clarifier: str = ""
    statement: str = ""
    importance: float | None = None
    satisfaction: float | None = None
    answers: int | None = None
    important: int | None = None
    satisfied: int | None = None
    target: float | None = None
    unit: str = ""
    target_text: str = ""  # as written, where it is more than a number
    baseline: float | None = None  # in `unit`: what it was when the spec was written
    baseline_text: str = ""
    personas: tuple[str, ...] = ()
    painpoints: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    binding: Binding | None = None

    @property
    def sentence(self) -> str:
        """Minimise the … ….

        >>> Outcome("x", direction="minimise", metric="time", object="it takes to pay", clarifier="on a phone").sentence
        'Minimise the time it takes to pay on a phone'
        """
        if self.statement or not (self.direction and self.metric):
            return self.statement or self.name
        return " ".join(
            each for each in (f"{self.direction.capitalize()} the {self.metric}", self.object, self.clarifier) if each
        )


@dataclass(frozen=True)
class Persona(_Item):
    """Who has a job: a person, or a segment that has `personas`."""

    jobs: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    painpoints: tuple[str, ...] = ()
    personas: tuple[str, ...] = ()


@dataclass(frozen=True)
class Painpoint(_Item):
    """What gets in the way. `severity` from 1 to 10."""

    job: str = ""
    category: str = ""
    severity: float | None = None
    personas: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Force(_Item):
    """What drives people on (push, pull) or holds them back (anxiety, habit)."""

    job: str = ""
    kind: str = ""


Item = Job | Outcome | Persona | Painpoint | Force
TYPES: dict[str, type[Item]] = dict(zip(KINDS, (Job, Outcome, Persona, Painpoint, Force), strict=True))


def to_dict(item: Item) -> dict[str, Any]:
    """Plain JSON types."""
    plain: dict[str, Any] = asdict(item)
    return plain


def from_dict(kind: str, row: dict[str, Any]) -> Item:
    """Back from `to_dict`; keys of newer versions are left out. Raises TypeError, KeyError when it is none of ours."""
    made = TYPES[kind]
    known = {each.name for each in fields(made)}
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.items() if name in known
    }
    if isinstance(values.get("binding"), dict):
        held: dict[str, Any] = values["binding"]
        parts: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in held.items()}
        values["binding"] = Binding(**parts)
    return made(**values)


@dataclass(frozen=True)
class Specs:
    """All that is specified, by id, in the order of ids; `problems` are of the files as they are now."""

    jobs: dict[str, Job] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    personas: dict[str, Persona] = field(default_factory=dict)
    painpoints: dict[str, Painpoint] = field(default_factory=dict)
    forces: dict[str, Force] = field(default_factory=dict)
    problems: tuple[SpecProblem, ...] = ()
    synced_at: int | None = None  # µs

    def __bool__(self) -> bool:
        return bool(self.jobs or self.outcomes or self.personas or self.painpoints or self.forces)

    def of(self, kind: str) -> dict[str, Any]:
        """Items of one kind by id."""
        items: dict[str, Any] = getattr(self, f"{kind}s")
        return items

    def direction(self, outcome: str) -> str | None:
        """minimise, maximise, or None where no spec says."""
        found = self.outcomes.get(outcome)
        return found.direction if found else None

    def resolve(self, kind: str, text: str) -> str:
        """The id that a record or an issue means by an id or a title in any case; the text itself where none fits.

        >>> Specs(personas={"shopper": Persona("shopper", "Returning shopper")}).resolve("persona", "returning SHOPPER")
        'shopper'
        """
        items: dict[str, Item] = self.of(kind)
        if text in items:
            return text
        wanted = name_key(text)
        for each in items.values():
            if wanted in (name_key(each.id), name_key(each.title)):
                return each.id
        return text


_REFERENCES = {
    "personas": "persona",
    "outcomes": "outcome",
    "painpoints": "painpoint",
    "forces": "force",
    "jobs": "job",
}
Pairs = list[tuple[str, Item]]


def linked(items: Pairs) -> Pairs:
    """The same items with ids in place of IRIs wherever one names another; links hold from either side: what a job
    names belongs to it, and a persona that names a job is the job's.
    """
    ids = {item.iri: item.id for _, item in items if item.iri}
    titles = {(kind, name_key(item.title)): item.id for kind, item in items if item.title}
    here = {(kind, item.id) for kind, item in items}

    def known(kind: str, reference: str) -> str:
        found = ids.get(reference) or (last_part(reference) if ":" in reference else reference)
        return found if (kind, found) in here else titles.get((kind, name_key(found)), found)

    out: Pairs = []
    for kind, item in items:
        found: dict[str, Any] = {
            name: tuple(dict.fromkeys(known(of, each) for each in getattr(item, name)))
            for name, of in _REFERENCES.items()
            if hasattr(item, name)
        }
        if hasattr(item, "job"):
            found["job"] = known("job", item.job) if item.job else ""
        if item.iri.startswith("_:"):
            found["iri"] = ""
        out.append((kind, replace(item, **found)))
    return _owned(_from_personas(out))


def _from_personas(items: Pairs) -> Pairs:
    """Jobs, outcomes and painpoints with the personas that name them; jobs of a segment are of its personas too."""
    named: dict[tuple[str, str], list[str]] = {}
    members: dict[str, tuple[str, ...]] = {}
    for _, item in items:
        if isinstance(item, Persona):
            members[item.id] = item.personas
            for kind, of in (("job", item.jobs), ("outcome", item.outcomes), ("painpoint", item.painpoints)):
                for each in of:
                    named.setdefault((kind, each), []).append(item.id)
    out: Pairs = []
    for kind, item in items:
        if isinstance(item, Job | Outcome | Painpoint):
            found = [*item.personas, *named.get((kind, item.id), ())]
            found += [each for name in found for each in members.get(name, ())]
            item = replace(item, personas=tuple(dict.fromkeys(found)))
        out.append((kind, item))
    return out


def _owned(items: Pairs) -> Pairs:
    """Outcomes, painpoints and forces with the job that names them; a painpoint of an outcome is of its job."""
    owners: dict[tuple[str, str], str] = {}
    for _, item in items:
        if isinstance(item, Job):
            for kind, of in (("outcome", item.outcomes), ("painpoint", item.painpoints), ("force", item.forces)):
                for each in of:
                    owners.setdefault((kind, each), item.id)
    for _, item in items:
        if isinstance(item, Outcome) and (job := item.job or owners.get(("outcome", item.id), "")):
            for each in item.painpoints:
                owners.setdefault(("painpoint", each), job)
    return [
        (kind, replace(item, job=owners[kind, item.id]))
        if isinstance(item, Outcome | Painpoint | Force) and not item.job and (kind, item.id) in owners
        else (kind, item)
        for kind, item in items
    ]


def in_words(items: Pairs) -> Pairs:
    """Outcomes, painpoints and personas that links only name by a few words, and that no file has, as items with that
    title.
    """
    here = {(kind, item.id) for kind, item in items}
    made: Pairs = []
    for _, item in items:
        for name in ("outcomes", "painpoints", "personas"):
            kind = _REFERENCES[name]
            for each in getattr(item, name, ()):
                if " " in each and (kind, each) not in here:
                    here.add((kind, each))
                    made.append((kind, TYPES[kind](each, each, source=item.source, line=item.line)))
    return made


def gathered(
    items: list[tuple[str, Item]], problems: tuple[SpecProblem, ...] = (), synced_at: int | None = None
) -> Specs:
    """Specs of (kind, item) pairs; of two with the same id the first wins."""
    parts: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    for kind, item in items:
        parts[kind].setdefault(item.id, item)
    ordered = {f"{kind}s": dict(sorted(found.items())) for kind, found in parts.items()}
    return Specs(**ordered, problems=problems, synced_at=synced_at)
