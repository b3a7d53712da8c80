"""What the specs say: jobs, desired outcomes, personas, painpoints and forces as plain values."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from data.jtbd.bindings import Binding
from data.jtbd.dialects import last_part
from data.values.names import name_key

KINDS = ("job", "outcome", "persona", "painpoint", "force")


@dataclass(frozen=True)
class SpecProblem:
    """What is wrong with a spec file, and where. `line` counts from 1; 0 where none is known."""

    file: str
    line: int
    message: str
    todo: str = ""

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.message} {self.todo}".strip()


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
        """What to call it."""
        return self.title or self.id


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
        when = f"When {self.situation}, " if self.situation else ""
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
    """Who has a job."""


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


def linked(items: list[tuple[str, Item]]) -> list[tuple[str, Item]]:
    """The same items with ids in place of IRIs wherever one names another; what a job names belongs to it."""
    ids = {item.iri: item.id for _, item in items if item.iri}
    owners: dict[tuple[str, str], str] = {}

    def known(reference: str) -> str:
        return ids.get(reference) or (last_part(reference) if ":" in reference else reference)

    def all_known(references: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(known(each) for each in references))

    out: list[tuple[str, Item]] = []
    for kind, item in items:
        if isinstance(item, Job):
            parts = {name: all_known(getattr(item, name)) for name in ("personas", "outcomes", "painpoints", "forces")}
            item = replace(
                item,
                personas=parts["personas"],
                outcomes=parts["outcomes"],
                painpoints=parts["painpoints"],
                forces=parts["forces"],
            )
            for part in ("outcome", "painpoint", "force"):
                for each in parts[f"{part}s"]:
                    owners.setdefault((part, each), item.id)
        elif isinstance(item, Painpoint):
            item = replace(item, job=known(item.job), personas=all_known(item.personas))
        elif isinstance(item, Outcome | Force):
            item = replace(item, job=known(item.job))
        out.append((kind, item))
    return [
        (kind, replace(item, job=owners[kind, item.id]))
        if isinstance(item, Outcome | Painpoint | Force) and not item.job and (kind, item.id) in owners
        else (kind, item)
        for kind, item in out
    ]


def gathered(
    items: list[tuple[str, Item]], problems: tuple[SpecProblem, ...] = (), synced_at: int | None = None
) -> Specs:
    """Specs of (kind, item) pairs; of two with the same id the first wins."""
    parts: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    for kind, item in items:
        parts[kind].setdefault(item.id, item)
    ordered = {f"{kind}s": dict(sorted(found.items())) for kind, found in parts.items()}
    return Specs(**ordered, problems=problems, synced_at=synced_at)
