"""What is said of one thing in a spec file, made an item: a job, an outcome, a persona, a painpoint, a force."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from data.jtbd import bindings, dialects
from data.jtbd.dialects import last_part
from data.jtbd.quantities import Quantity, converted, quantity
from data.jtbd.specs import Force, Item, Job, Outcome, Painpoint, Persona
from data.values.names import name_key

Properties = dict[str, list[Any]]  # of one item: name of a property → its values
Complain = Callable[[str, str, str, str], None]  # IRI, property, message, what to do
_LINKS = {"job", "persona", "outcome", "painpoint", "force"}
_SEVERAL = _LINKS | {
    "label", "issue", "project", "type", "component", "description", "part", "kind", "measuredBy", "priority",
    "impact", "criterion",
}  # a table: kept in its rows  # fmt: skip
_STATEMENT = re.compile(
    r"^when\s+(?P<situation>.+?),\s*I\s+(?:want|need|would like)\s+to\s+(?P<motivation>.+?)"
    r"(?:,?\s+so(?:\s+that)?\s+I\s+can\s+(?P<result>.+?))?\.?$",
    re.IGNORECASE,
)


class Maker:
    """Makes the items of one file. `line` gives the line of a name; `complain` takes what makes no sense."""

    def __init__(self, file: str, line: Callable[[str], int], complain: Complain) -> None:
        self.file, self.line, self._complain = file, line, complain
        self.makers: Mapping[str, Callable[[dict[str, Any], Properties, Properties], Item | None]] = {
            "Job": self._job,
            "Outcome": self._outcome,
            "Persona": self._persona,
            "Painpoint": self._painpoint,
            "Force": self._force,
        }

    def item(self, kind: str, iri: str, said: Properties, measured: Properties) -> Item | None:
        """The item; None where it has no name. `measured`: what is said of the node that it is measured by."""
        common = self._common(iri, said)
        if not common["id"]:
            self._complain("", "", "Something has neither a name nor a tl:id.", "Give it one.")
            return None
        for name, values in said.items():
            if name not in _SEVERAL and (told := _rivals(values)):
                listed = ", ".join(repr(each) for each in told[:3])
                self._complain(
                    iri,
                    name,
                    f"{name} of {common['id']} has {len(told)} values: {listed}. The first is used.",
                    "Keep one.",
                )
        return self.makers[kind](common, said, measured)

    def _job(self, common: dict[str, Any], said: Properties, _measured: Properties) -> Job:
        statement = _text(said, "statement")
        parts = _STATEMENT.match(statement or common["description"])
        told: dict[str, Any] = {
            name: _text(said, name) or (parts[name] or "" if parts else "")
            for name in ("situation", "motivation", "result")
        }
        if not common["title"] and told["motivation"] and len(told["motivation"]) <= 120:
            common = common | {"title": told["motivation"][:1].upper() + told["motivation"][1:]}
        return Job(
            **common,
            **told,
            kind=name_key(_text(said, "kind")),
            statement=statement,
            personas=_all(said, "persona"),
            outcomes=_all(said, "outcome"),
            painpoints=_all(said, "painpoint"),
            forces=_all(said, "force"),
            labels=_all(said, "label"),
            issues=_all(said, "issue"),
        )

    def _outcome(self, common: dict[str, Any], said: Properties, measured: Properties) -> Outcome:
        iri = common["iri"]
        binding = self._binding(iri, said, measured)
        direction = self._direction(iri, said, common["title"])
        target, unit, way = self._target(iri, said, direction)
        if direction and way and direction != way:
            against = f"The target of {common['id']} reads as {way}, its direction says {direction}."
            self._complain(iri, "target", against, "Correct one of them; the direction is used.")
        baseline, baseline_unit = self._baseline(iri, said, unit)
        survey = self._survey(iri, said)
        importance, priority = self._rating(iri, said, "importance", 1), self._priority(iri, said)
        return Outcome(
            **common,
            job=_text(said, "job"),
            direction=direction or way or (binding.direction if binding else None),
            metric=_text(said, "metric"),
            object=_text(said, "object"),
            clarifier=_text(said, "clarifier"),
            statement=_text(said, "statement"),
            importance=priority if importance is None else importance,
            satisfaction=self._rating(iri, said, "satisfaction", 1),
            answers=survey["answers"],
            important=survey["important"],
            satisfied=survey["satisfied"],
            target=binding.target if target is None and binding else target,
            unit=unit or baseline_unit or (binding.unit if binding else ""),
            target_text=_words(_text(said, "target") or _text(said, "criterion")),
            baseline=baseline,
            baseline_text=_words(_text(said, "baseline")),
            personas=_all(said, "persona"),
            painpoints=_all(said, "painpoint"),
            labels=_all(said, "label"),
            binding=binding,
        )

    def _persona(self, common: dict[str, Any], said: Properties, _measured: Properties) -> Persona:
        return Persona(
            **common,
            jobs=_all(said, "job"),
            outcomes=_all(said, "outcome"),
            painpoints=_all(said, "painpoint"),
            personas=_all(said, "persona"),
        )

    def _painpoint(self, common: dict[str, Any], said: Properties, _measured: Properties) -> Painpoint:
        severity = self._rating(common["iri"], said, "severity")
        if severity is None and (impact := _text(said, "impact")):
            severity = dialects.rating(impact)
            if severity is None:
                self._unread(common["iri"], "impact", impact, "it is no level")
        return Painpoint(
            **common,
            job=_text(said, "job"),
            category=_text(said, "category") or _text(said, "kind"),
            severity=severity,
            personas=_all(said, "persona"),
            labels=_all(said, "label"),
        )

    def _force(self, common: dict[str, Any], said: Properties, _measured: Properties) -> Force:
        return Force(**common, job=_text(said, "job"), kind=name_key(_text(said, "kind")))

    # ---- what items have in common

    def _common(self, iri: str, said: Properties) -> dict[str, Any]:
        blank = ":" not in iri
        title = _text(said, "title")
        return {
            "id": _text(said, "id") or (_slug(title) if blank else last_part(iri)),
            "title": title,
            "description": _joined(said, "description"),
            "iri": f"_:{iri}" if blank else iri,
            "source": self.file,
            "line": self.line(last_part(iri)),
        }

    def _rating(self, iri: str, said: Properties, name: str, lowest: float = 0) -> float | None:
        text = _text(said, name)
        if not text:
            return None
        scale = dialects.number(_text(said, "scale") or "10") or 10.0
        value = dialects.rating(text, scale, lowest)
        if value is None or (lowest and 0 < value < lowest):
            self._complain(
                iri,
                name,
                f"{name} {text!r} of {last_part(iri)} is no rating.",
                f"Write a number from 1 to {scale:g}, or one of: {', '.join(dialects.RATINGS)}.",
            )
            return None
        return value

    def _priority(self, iri: str, said: Properties) -> float | None:
        """A priority in words is an importance; a number may as well be a rank."""
        for text in _all(said, "priority"):
            value = None if dialects.number(text) is not None else dialects.rating(text)
            if value is not None:
                return value
            self._unread(iri, "priority", text, "it may be a rank or a rating; tl:importance says which")
        return None

    def _direction(self, iri: str, said: Properties, title: str) -> str | None:
        text = _text(said, "direction")
        found = dialects.direction(text)
        if text and found is None:
            self._complain(
                iri, "direction", f"direction {text!r} of {last_part(iri)} is none.", "Write minimise or maximise."
            )
        if text:
            return found
        first = [each.split(maxsplit=1)[0] for each in (_text(said, "statement"), title) if each]
        return next((way for each in first if (way := dialects.direction(each))), None)

    def _target(self, iri: str, said: Properties, direction: str | None) -> tuple[float | None, str, str | None]:
        """(value, unit, direction that its words say)."""
        text, unit = _text(said, "target"), _text(said, "unit")
        if not text:
            text = next((each for each in _all(said, "criterion") if isinstance(quantity(each), Quantity)), "")
        for each in _all(said, "criterion"):
            if each != text:
                self._unread(iri, "criterion", each, "the target says it" if text else "it names no value")
        if not text:
            return None, unit, None
        span = dialects.seconds(text)
        found: Quantity | str = Quantity(span, "seconds") if span is not None else quantity(text)
        if isinstance(found, str):
            self._complain(
                iri,
                "target",
                f"target {text!r} of {last_part(iri)} is no value: {found}.",
                "Write a number and a unit, such as < 5 minutes.",
            )
            return None, unit, None
        value, way = found.value, found.direction
        if found.high is not None:
            way = way or direction
            if way is None:
                self._unread(iri, "target", text, "it is a range, and nothing says whether less or more is better")
                return None, unit or found.unit, None
            value = found.high if way == "minimise" else found.value
        if unit and found.unit:
            other = converted(value, found.unit, unit)
            if other is None:
                self._complain(
                    iri,
                    "unit",
                    f"The target of {last_part(iri)} is in {found.unit}, its unit is {unit!r}.",
                    "Write one of them.",
                )
                return value, found.unit, way
            value = other
        return value, unit or found.unit, way

    def _baseline(self, iri: str, said: Properties, unit: str) -> tuple[float | None, str]:
        """(value in the unit of the target, its own unit where there is none)."""
        text = _text(said, "baseline")
        if not text:
            return None, ""
        span = dialects.seconds(text)
        found: Quantity | str = Quantity(span, "seconds") if span is not None else quantity(text)
        if isinstance(found, str) or found.high is not None:
            why = found if isinstance(found, str) else "it is a range"
            self._unread(iri, "baseline", text, f"{why}; its words are kept")
            return None, ""
        if not unit or not found.unit:
            return found.value, found.unit
        value = converted(found.value, found.unit, unit)
        if value is None:
            self._unread(iri, "baseline", text, f"it is in {found.unit}, and the target in {unit}; its words are kept")
        return value, ""

    def _unread(self, iri: str, name: str, text: str, why: str) -> None:
        shown = text if len(text) <= 60 else f"{text[:59]}…"
        self._complain(iri, name, f"{name} {shown!r} of {last_part(iri)} is not understood: {why}.", "")

    def _survey(self, iri: str, said: Properties) -> dict[str, int | None]:
        names = {"answers": "answers", "important": "importantAnswers", "satisfied": "satisfiedAnswers"}
        found: dict[str, int | None] = {}
        for ours, name in names.items():
            value = dialects.number(_text(said, name)) if _text(said, name) else None
            people = int(value) if value is not None and value == int(value) and value >= 0 else None
            if _text(said, name) and people is None:
                self._complain(
                    iri, name, f"tl:{name} of {last_part(iri)} is no number of people.", "Write a whole number."
                )
            found[ours] = people
        everybody = found["answers"]
        for ours in ("important", "satisfied"):
            some = found[ours]
            if some is not None and (everybody is None or some > everybody):
                self._complain(
                    iri,
                    names[ours],
                    f"tl:{names[ours]} of {last_part(iri)} is more than tl:answers.",
                    "Correct one of them.",
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
            self._complain(iri, "measuredBy", str(error), "")
            return None


def _is_literal(value: Any) -> bool:
    return hasattr(value, "language")


def _ranked(values: list[Any]) -> list[str]:
    """The texts of the best language there is: without one before English before others; of a node its last part."""
    rank = {None: 0, "": 0, "en": 1}
    found = [each for each in values if _is_literal(each) or ":" in str(each.value)]
    ranks = [rank.get(getattr(each, "language", None), 2) for each in found]
    best = [each for each, place in zip(found, ranks, strict=True) if place == min(ranks)]
    texts = [str(each.value) if _is_literal(each) else last_part(str(each.value)) for each in best]
    return sorted({re.sub(r"\s+", " ", each).strip() for each in texts} - {""})


def _rivals(values: list[Any]) -> list[str]:
    """Different values where there should be one; one in capitals is no other."""
    told = _ranked(values)
    return told if len({name_key(each) for each in told}) > 1 else []


def _text(said: Properties, name: str) -> str:
    """The value of a property as text; a link keeps its IRI."""
    links = [str(each.value) for each in said.get(name, ()) if name in _LINKS and not _is_literal(each)]
    if links:
        return min(links)
    told = _ranked(said.get(name, []))
    return told[0] if told else ""


def _joined(said: Properties, name: str) -> str:
    """All values of a property in the best language, one after the other."""
    return " ".join(_ranked(said.get(name, [])))


def _words(text: str) -> str:
    """A value as it was written; nothing where it is a plain number."""
    return "" if dialects.number(text) is not None else text


def _slug(title: str) -> str:
    """An id out of a title.

    >>> _slug("Pay in < 5 minutes")
    'pay-in-5-minutes'
    """
    return re.sub(r"[^\w]+", "-", name_key(title)).strip("-")[:80]


def _all(said: Properties, name: str) -> tuple[str, ...]:
    """All values of a property, in order; of nodes their IRIs."""
    found = {
        f"_:{each.value}" if type(each).__name__ == "BlankNode" else re.sub(r"\s+", " ", str(each.value)).strip()
        for each in said.get(name, ())
    }
    return tuple(sorted(found - {""}))
