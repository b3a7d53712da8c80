"""Reads a spec: JSON or plain values become an AnalyticsSpec, or an error that names the field and the nearest name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import get_args

from pydantic import BaseModel, ValidationError

from data.platform.logs import SECRETS
from data.query.problems import BadSpec
from data.query.spec import AnalyticsSpec, Dates, Measure, Sort, SpecFilter
from data.values.filters import nearest

LONGEST = 100_000  # characters of a spec
_MODELS: Mapping[str, type[BaseModel]] = {
    "metrics": Measure, "filters": SpecFilter, "dates": Dates, "sort_by": Sort
}  # a table: kept in its rows  # fmt: skip
EXAMPLE = 'Write, for example, {"metrics": ["flow_velocity"]}.'


def read_json(text: str | bytes) -> AnalyticsSpec:
    """A spec from JSON. Raises BadSpec."""
    if len(text) > LONGEST:
        raise BadSpec("", f"The spec is longer than {LONGEST:,} characters.")
    if not text.strip():
        raise BadSpec("", "The spec is empty.", EXAMPLE)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadSpec("", f"The spec is not JSON: {_short(str(error))}.") from error
    return read(found)


def read(found: object) -> AnalyticsSpec:
    """A spec from plain values as JSON has them. Raises BadSpec.

    >>> read({"metrics": ["closed"], "groupby": ["type"]})
    Traceback (most recent call last):
        ...
    data.query.problems.BadSpec: groupby: The spec has no such field. Did you mean “group_by”?
    """
    if not isinstance(found, dict):
        raise BadSpec("", "The spec is not an object.", EXAMPLE)
    try:
        return AnalyticsSpec.model_validate(found)
    except ValidationError as error:
        raise _told(error, found) from error
    except RecursionError as error:
        raise BadSpec("", "The spec is nested too deeply.") from error


def _told(error: ValidationError, spec: Mapping[str, object]) -> BadSpec:
    """The error that says most: that of the branch that was meant, where a field may be of several kinds."""
    errors = error.errors(include_url=False, include_input=False)
    found = next((each for each in errors if _meant(each["loc"], spec)), errors[0])
    place = ".".join(str(part) for part in _places(found["loc"]))
    if found["type"] == "extra_forbidden":
        model = _model(found["loc"])
        names = [each.alias or name for name, each in model.model_fields.items()]
        return BadSpec(place, "The spec has no such field.", nearest(str(found["loc"][-1]), names))
    if found["type"] == "missing":
        return BadSpec(place, "This field is needed.")
    if found["type"] == "literal_error":
        expected = found["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        return BadSpec(place, "It cannot have this value.", nearest(_value(found["loc"], spec), expected))
    message = str(found["msg"]).rstrip(".")
    return BadSpec(place, f"{message[:1].upper()}{message[1:]}.")


def _meant(place: tuple[int | str, ...], spec: Mapping[str, object]) -> bool:
    """Whether an error is of the branch that was meant: that of own measures for an object, else that of names."""
    if len(place) < 3 or place[0] != "metrics":
        return True
    is_object = _value(place[:2], spec, plain=False).startswith("{")
    return (place[2] == Measure.__name__) == is_object


_BRANCHES = {Measure.__name__, "constrained-str", "str", "float", "bool", "list", "none", "constrained-float"}


def _places(place: tuple[int | str, ...]) -> list[int | str]:
    """Where an error is, without the names of branches.

    >>> _places(("metrics", 0, "Measure", "agg")), _places(("filters", 0, "value", "list[union[...]]", 3))
    (['metrics', 0, 'agg'], ['filters', 0, 'value', 3])
    """
    return [each for n, each in enumerate(place) if n == 0 or not (each in _BRANCHES or "[" in str(each))]


def _model(place: tuple[int | str, ...]) -> type[BaseModel]:
    """The model whose field an error is about."""
    inner = [str(each) for each in place[:-1]]
    if not inner:
        return AnalyticsSpec
    return SpecFilter if "filters" in inner else _MODELS.get(inner[0], AnalyticsSpec)


def _value(place: Iterable[int | str], spec: object, *, plain: bool = True) -> str:
    """What a spec says at a place; a short text."""
    for each in _places(tuple(place)):
        try:
            spec = spec[each]  # type: ignore[index]  # whatever was sent; what cannot be indexed ends the search
        except (KeyError, IndexError, TypeError):
            return ""
    return _short(str(spec)) if plain else str(spec)


def _short(text: str) -> str:
    said = SECRETS.shorten(text, 60)
    return said if len(text) <= 60 else f"{said}…"


def choices(model: type[BaseModel], field: str) -> tuple[str, ...]:
    """The values that a field of choices may have.

    >>> choices(Sort, "direction")
    ('asc', 'desc')
    """
    return tuple(str(each) for each in get_args(model.model_fields[field].annotation))
