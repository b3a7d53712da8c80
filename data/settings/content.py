"""What a settings file may hold: reading and writing its JSON, merging patches, checking values, keeping secrets
out.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from data.platform.logs import SECRETS
from data.settings.fields import FIELDS, STANDARD_FIELDS, field_ids
from data.settings.model import Settings
from data.values.json_types import JsonObject

OURS = (("format",), ("revision",), ("dora_flow_config", "last_updated"))
# Below these the keys are other people's words (issue types, field ids), not names of settings.
FREE_KEYS = (("definitions", "flow_types"), ("dora_flow_config", "field_metadata"))
SECRET_NAME = re.compile(r"token|passw(or)?d|secret|api_?key|authori[sz]ation|credential", re.IGNORECASE)
SECRET_VALUE = re.compile(r"ATATT[\w=+/-]{20,}|://[^/\s@]*@")
CUSTOM_FIELD = re.compile(r"customfield_\d+")
NO_SECRETS = (
    "Tokens and passwords are not kept in the settings file. Give them as JIRA_TOKEN or in the connection form."
)
_PLAIN_WORDS = {
    "string_type": "Write it as text.",
    "int_type": "Write a whole number.",
    "int_parsing": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "float_type": "Write a number.",
    "float_parsing": "Write a number.",
    "finite_number": "Write a finite number.",
    "bool_type": "Choose yes or no.",
    "bool_parsing": "Choose yes or no.",
    "list_type": "Write a list.",
    "dict_type": "Write an object with names and values.",
    "model_type": "Write an object with names and values.",
    "greater_than": "It must be more than {gt}.",
    "greater_than_equal": "It must be at least {ge}.",
    "less_than_equal": "It must be at most {le}.",
    "literal_error": "Choose one of {expected}.",
}


def from_bytes(data: bytes) -> JsonObject:
    """The JSON object in `data`. Raises ValueError that says where it is broken."""
    try:
        raw = json.loads(data.decode("utf-8-sig"), parse_float=_finite, parse_constant=_finite)
    except json.JSONDecodeError as error:
        raise ValueError(f"not valid JSON at line {error.lineno}, column {error.colno} ({error.msg})") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 text at byte {error.start}") from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(raw, dict):
        raise ValueError("not a JSON object")
    return raw


def to_bytes(raw: JsonObject) -> bytes:
    """Readable JSON. Raises TypeError or ValueError for what JSON cannot hold."""
    try:
        return (json.dumps(raw, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    except UnicodeEncodeError:  # half a surrogate pair: only its escape can be written
        return (json.dumps(raw, indent=2, allow_nan=False) + "\n").encode()


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{SECRETS.shorten(text, 20)} is not a number that JSON can hold")
    return number


def merge(base: JsonObject, patch: JsonObject, *, keep: bool = False) -> JsonObject:
    """A new object: `base` with `patch` on top, as in RFC 7396. Objects are merged, None takes a key out, the rest
    replaces.

    A key that is None in both stays. With `keep` the patch only adds what `base` lacks.

    >>> merge({"a": {"x": 1, "y": 2}, "b": 3}, {"a": {"y": None, "z": [4]}})
    {'a': {'x': 1, 'z': [4]}, 'b': 3}
    >>> merge({"a": {"x": 1}, "b": None}, {"a": {"x": 2, "y": 3}, "b": {"c": 4}, "d": 5}, keep=True)
    {'a': {'x': 1, 'y': 3}, 'b': None, 'd': 5}
    """
    merged = dict(base)
    for key, value in patch.items():
        below = merged.get(key)
        if isinstance(value, dict) and (isinstance(below, dict) or not (keep and key in merged)):
            merged[key] = merge(below if isinstance(below, dict) else {}, value, keep=keep)
        elif keep and key in merged:
            continue
        elif value is None and not keep:
            if key not in base or base[key] is not None:
                merged.pop(key, None)
        else:
            merged[key] = deepcopy(value)
    return merged


def leaves(patch: JsonObject, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of the plain values in `patch`."""
    for key, value in patch.items():
        if isinstance(value, dict):
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key)


def part(raw: Any, *path: str) -> Any:
    """What is at `path`, or None."""
    for key in path:
        raw = raw.get(key) if isinstance(raw, dict) else None
    return raw


def own_part(patch: JsonObject) -> JsonObject:
    """`patch` without the values that only we set; an empty field mapping means none."""
    patch = deepcopy(patch)
    for *above, key in OURS:
        holder = part(patch, *above)
        if isinstance(holder, dict):
            holder.pop(key, None)
    mappings = part(patch, "dora_flow_config", "field_mappings")
    for chosen in mappings.values() if isinstance(mappings, dict) else ():
        if isinstance(chosen, dict):
            chosen.update({name: None for name, field in chosen.items() if field == ""})
    return patch


def refused(patch: JsonObject) -> dict[str, str]:
    """{dotted path: why} for what a patch must not hold: secrets, and mappings that cannot work (D-04)."""
    errors = dict.fromkeys(secret_paths(patch), NO_SECRETS)
    mappings = part(patch, "dora_flow_config", "field_mappings") or {}
    for family, chosen in mappings.items() if isinstance(mappings, dict) else ():
        for name, field in chosen.items() if isinstance(chosen, dict) else ():
            path = f"dora_flow_config.field_mappings.{family}.{name}"
            if name not in FIELDS or FIELDS[name].family != family:
                errors[path] = f"Throughline has no {family} field of that name."
            elif wrong := [each for each in _named(field) if not _mappable(each)]:
                errors[path] = (
                    f"{wrong[0]} is neither a custom field (customfield_…) nor a standard field that can be mapped."
                )
    return errors


def _named(mapped: object) -> tuple[str, ...]:
    """The Jira fields that a mapping names: one text, or a list of texts."""
    if isinstance(mapped, list):
        return tuple(str(each) for each in mapped)
    return field_ids(mapped) or (mapped,) if isinstance(mapped, str) else ()


def _mappable(field: str) -> bool:
    return bool(CUSTOM_FIELD.fullmatch(field)) or field in STANDARD_FIELDS


def secret_paths(raw: Any, above: tuple[str, ...] = ()) -> list[str]:
    """Dotted paths of the values that are secrets by their name or look."""
    found: list[str] = []
    for key, value in raw.items() if isinstance(raw, dict) else ():
        path = (*above, key)
        if SECRET_NAME.search(key) and above not in FREE_KEYS and value not in (None, ""):
            found.append(".".join(path))
        elif isinstance(value, dict):
            found += secret_paths(value, path)
        elif any(isinstance(each, str) and SECRET_VALUE.search(each) for each in _each(value)):
            found.append(".".join(path))
    return found


def without_secrets(raw: JsonObject) -> JsonObject:
    """`raw` without the values that `secret_paths` finds."""
    return _cleaned(raw, set(secret_paths(raw)), ())


def _cleaned(raw: JsonObject, secret: set[str], above: tuple[str, ...]) -> JsonObject:
    return {
        key: _cleaned(value, secret, (*above, key)) if isinstance(value, dict) else value
        for key, value in raw.items()
        if ".".join((*above, key)) not in secret
    }


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def checked(raw: JsonObject) -> tuple[Settings, dict[str, str]]:
    """The settings made of `raw`, and {dotted path: message} of its wrong values; with errors, all defaults."""
    try:
        return Settings.model_validate(without_secrets(raw)), {}
    except ValidationError as error:
        return Settings(), {_dotted(each["loc"]): _message(each) for each in error.errors(include_url=False)}
    except RecursionError:
        return Settings(), {"": "Nested too deeply."}


def readable(raw: JsonObject) -> Settings:
    """As much of `raw` as is valid: a wrong value is taken as its default."""
    raw = without_secrets(raw)
    for _ in range(100):
        try:
            return Settings.model_validate(raw)
        except ValidationError as error:
            for each in error.errors(include_url=False, include_context=False, include_input=False):
                raw = _without(raw, each["loc"])
        except RecursionError:
            break
    return Settings()


def effective(raw: JsonObject) -> JsonObject:
    """`raw` with the defaults filled in, for comparing."""
    return readable(raw).model_dump()


def _without(raw: Any, loc: tuple[int | str, ...]) -> Any:
    """A copy of `raw` without the setting that `loc` points into."""
    if not isinstance(raw, dict) or not loc or loc[0] not in raw:
        return raw
    below = raw[loc[0]]
    rest = {key: value for key, value in raw.items() if key != loc[0]}
    if isinstance(below, dict) and len(loc) > 1 and loc[1] in below:
        rest[loc[0]] = _without(below, loc[1:])
    return rest


def _dotted(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(each) for each in loc if each != "[key]")


def _message(error: Any) -> str:
    if error["type"] in ("value_error", "assertion_error"):
        return str(error.get("ctx", {}).get("error") or error["msg"])
    words = _PLAIN_WORDS.get(error["type"])
    return words.format(**error.get("ctx", {})) if words else f"{error['msg']}."
