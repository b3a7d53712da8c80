"""Definitions that one view chooses instead of the saved ones: written as text in its URL, checked like a saved
setting.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from data.settings.definitions import WORKFLOW, Definition, table, value_of
from data.settings.model import Definitions, Settings, Workflow
from data.values.errors import AppError
from data.values.names import name_key
from data.values.problem import Problem

LONGEST = 2_000  # characters of one value
_PARTS: Mapping[str, type[BaseModel]] = {"definitions": Definitions, "workflow": Workflow}


class BadOverride(AppError, ValueError):
    """A link asks for a definition that does not exist, or for a value that it cannot have. `name`: which.

    Its text is for the terminal, where names and values are written as they are; `message` and `hint` are for the page.
    """

    code = "definition"
    usage = True

    def __init__(self, name: str, typed: str, message: str, hint: str = "") -> None:
        super().__init__(Problem(message, todo=hint))
        self.args = (typed,)
        self.name = name


def with_overrides(settings: Settings, chosen: Iterable[tuple[str, str]]) -> Settings:
    """The settings with other definitions: ("durations", "inclusive_days"), ("working_time.start", "08:00"),
    ("workflow.started", "3,10001"). Lists are separated by commas, or JSON. Raises BadOverride.

    >>> with_overrides(Settings(), [("durations", "inclusive_days")]).definitions.durations
    'inclusive_days'
    >>> with_overrides(Settings(), [("percentile", "median")])
    Traceback (most recent call last):
        ...
    data.settings.overrides.BadOverride: 'percentile' cannot be 'median'. Choose linear or nearest_rank.
    """
    pairs = list(chosen)
    if not pairs:
        return settings
    parts: dict[str, dict[str, Any]] = {
        "definitions": settings.definitions.model_dump(),
        "workflow": settings.workflow.model_dump(),
    }
    for name, text in pairs:
        set_value(parts, name, read(name, text))
    made = {}
    for part, model in _PARTS.items():
        try:
            made[part] = model.model_validate(parts[part])
        except ValidationError as error:
            raise _bad(part, error, pairs) from error
    return settings.model_copy(update=made)


def read(name: str, text: str) -> Any:
    """A text as the kind of value that the definition has; what does not fit is left as it is. Raises BadOverride."""
    known = table().get(name)
    if known is None:
        near = get_close_matches(name, table(), n=1, cutoff=0.7)
        hint = f"Did you mean {near[0]!r}?" if near else "docs/definitions.md lists them."
        said = f"This link asks for a definition “{name}”, and there is none."
        raise BadOverride(name, f"There is no definition {name!r}. {hint}", said, hint if near else "")
    if len(text) > LONGEST:
        said = f"“{known.title}” is too long: at most {LONGEST:,} characters."
        raise BadOverride(name, f"The value of {name!r} is too long. Use at most {LONGEST:,} characters.", said)
    if known.kind is bool:
        return {"true": True, "yes": True, "false": False, "no": False}.get(name_key(text), text)
    if known.names_of:
        return None if text == "" and known.default is None else _list(known, text)
    if known.name == "flow_types":
        return _json(text)
    if any(isinstance(each, int) for each in known.choices) and text.isascii() and text.isdigit():
        return int(text)
    return None if text == "" and known.default is None else text


def set_value(parts: dict[str, dict[str, Any]], name: str, value: Any) -> None:
    """Set a value by its dotted name in {"definitions": …, "workflow": …}."""
    part, path = ("workflow", name.removeprefix(WORKFLOW)) if name.startswith(WORKFLOW) else ("definitions", name)
    *outer, last = path.split(".")
    where = parts.setdefault(part, {})
    for each in outer:
        where = where.setdefault(each, {})
    where[last] = value


def patch_of(saved: Settings, chosen: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """What to save so that everybody has the definitions of a view. Empty where they are saved already. Raises
    BadOverride.

    >>> patch_of(Settings(), [("durations", "exact"), ("working_time.start", "08:00")])
    {'definitions': {'working_time': {'start': '08:00'}}}
    """
    wanted = with_overrides(saved, chosen)
    out: dict[str, dict[str, Any]] = {}
    for name, _ in chosen:
        if value_of(wanted, name) != value_of(saved, name):
            set_value(out, name, value_of(wanted, name))
    return out


def _list(known: Definition, text: str) -> Any:
    words = _json(text) if text.startswith("[") else [each.strip() for each in text.split(",") if each.strip()]
    if known.names_of == "weekdays" and isinstance(words, list):
        return [int(each) if str(each).isascii() and str(each).isdigit() else each for each in words]
    return words


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _bad(part: str, error: ValidationError, pairs: Sequence[tuple[str, str]]) -> BadOverride:
    """Which of the pairs is to blame, and what it could be."""
    first = error.errors()[0]
    where = ".".join(str(each) for each in first["loc"])
    path = f"{WORKFLOW}{where}" if part == "workflow" else where
    hit = [
        pair for pair in pairs if path == pair[0] or path.startswith(f"{pair[0]}.") or pair[0].startswith(f"{path}.")
    ]
    name, text = (hit or list(pairs))[-1]
    expected = str(first.get("ctx", {}).get("expected", "")).replace("'", "")
    why = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
    known = table()[name]
    if known.kind is bool:
        expected = "true or false"
    could = "; ".join(known.in_words(each) for each in known.choices)
    return BadOverride(
        name,
        f"{name!r} cannot be {text!r}. " + (f"Choose {expected}." if expected else f"{why}."),
        f"“{known.title}” cannot be “{text}”.",
        f"It can be: {could}." if could else f"{why}.",
    )
