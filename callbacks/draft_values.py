"""Whether what the browser sends back as the draft of a mapping can be one: known keys, values of their kind."""

from __future__ import annotations

import typing
from collections.abc import Mapping

from data.settings.fields import FIELDS
from ui.modals.mapping_definitions import lines, parts

SECTIONS = ("fields", "workflow", "types", "definitions")


def is_draft(values: Mapping[str, object] | None) -> bool:
    """Whether every key is one of a draft (`ui.modals.draft`) with a value of its kind.

    >>> is_draft({"field/deployment_date": "customfield_1", "phase/3": "done", "setting/durations": "exact"})
    True
    >>> [is_draft(each) for each in ({"field/nope": "x"}, {"phase/3": 7}, {"setting/durations": ["exact"]}, {"x": ""})]
    [False, False, False, False]
    """
    return all(_is_entry(key, value) for key, value in (values or {}).items())


def _is_entry(key: str, value: object) -> bool:
    kind, slash, name = key.partition("/")
    match kind:
        case "field":
            return name in FIELDS and (value is None or isinstance(value, str))
        case "phase" | "work" | "type" if slash:
            return value is None or isinstance(value, str)
        case "setting":
            return is_setting(name, value)
    return False


def is_setting(path: str, value: object) -> bool:
    """Whether a control of that definition can hold the value, be it allowed or not.

    >>> is_setting("working_time.weekdays", [0, 4]), is_setting("working_time.weekdays", 4), is_setting("nope", 4)
    (True, False, False)
    """
    if path not in lines():
        return False
    kind = lines()[path].kind
    if typing.get_origin(kind) is list:
        inner = str if typing.get_args(kind)[0] is str else int
        return value is None or (isinstance(value, list) and all(type(each) is inner for each in value))
    return not isinstance(value, list)


def is_place(place: Mapping[str, object] | None) -> bool:
    """Whether the mapping modal has such a place: a section, and in it an item or none."""
    if place is None:
        return True
    section, item = str(place["section"]), str(place["item"])
    if section not in SECTIONS:
        return False
    if not item:
        return True
    if section == "fields":
        return item.partition("/")[2] in FIELDS
    return section != "definitions" or item in parts()
