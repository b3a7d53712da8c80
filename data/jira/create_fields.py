"""What Jira says of the fields of a form that creates an issue: which are required, and what they may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from data.jira import protocol
from data.jira.answers import ListPage
from data.platform.logs import SECRETS

_WORDS = ("value", "name", "label")  # where an allowed value says what people read


@dataclass(frozen=True)
class CreateField:
    """One field of the form for a project and an issue type. `options`: what may be chosen, in Jira's order."""

    field_id: str
    is_required: bool
    options: tuple[str, ...] = ()


class _RawPage(msgspec.Struct):
    fields: list[Any] | None = None  # Cloud
    results: list[Any] | None = None  # Cloud, its other name for them
    values: list[Any] | None = None  # Data Center
    start: int | None = msgspec.field(default=None, name="startAt")
    total: int | None = None
    last: bool | None = msgspec.field(default=None, name="isLast")


def read_page(body: bytes, start: int = 0) -> ListPage:
    """The page of fields that begins at `start`, of Cloud or Data Center. Raises BadAnswer.

    >>> read_page(b'{"fields": [{"fieldId": "duedate"}], "startAt": 0, "total": 1}').rows
    [{'fieldId': 'duedate'}]
    """
    found: _RawPage = protocol.decode(body, _RawPage)
    rows = next((each for each in (found.fields, found.results, found.values) if each is not None), [])
    protocol.check_place(start, found.start, found.total, len(rows))
    return ListPage(rows, len(rows), found.last, found.total)


def create_field(row: Mapping[str, Any]) -> CreateField | None:
    """A field of the form; None where it does not say which field it is or whether it is required.

    >>> create_field({"fieldId": "priority", "required": False, "allowedValues": [{"id": "1", "name": "High"}]})
    CreateField(field_id='priority', is_required=False, options=('High',))
    >>> create_field({"key": "summary", "required": True})
    CreateField(field_id='summary', is_required=True, options=())
    """
    field_id, required = row.get("fieldId") or row.get("key"), row.get("required")
    if not isinstance(field_id, str) or not isinstance(required, bool):
        return None
    allowed = row.get("allowedValues")
    words = [_word(each) for each in allowed] if isinstance(allowed, list) else []
    return CreateField(field_id, required, tuple(dict.fromkeys(filter(None, words))))


def _word(value: object) -> str:
    """What people read of an allowed value; "" for one that is no longer offered, or says nothing."""
    if isinstance(value, str):
        return SECRETS.clean(value)
    if not isinstance(value, Mapping) or value.get("disabled") is True or value.get("archived") is True:
        return ""
    found = next((value[each] for each in _WORDS if isinstance(value.get(each), str)), "")
    return SECRETS.clean(found)
