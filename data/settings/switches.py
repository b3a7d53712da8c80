"""Definitions that one view chooses instead of the saved ones: written as text in its URL, checked like a saved setting."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from data.settings.model import Definitions, Settings, Workflow

_WORKFLOW = "workflow."


class BadSwitch(ValueError):
    """A link asks for a definition that does not exist, or for a value that it cannot have."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint


def laid_over(settings: Settings, chosen: Iterable[tuple[str, str]]) -> Settings:
    """The settings with other definitions: ("durations", "inclusive_days"), ("working_time.start", "08:00"),
    ("workflow.started", "3,10001"). Lists are separated by commas. Raises BadSwitch.

    >>> laid_over(Settings(), [("durations", "inclusive_days")]).definitions.durations
    'inclusive_days'
    >>> laid_over(Settings(), [("durations", "fortnights")])
    Traceback (most recent call last):
        ...
    data.settings.switches.BadSwitch: 'durations' cannot be 'fortnights'. Choose exact, inclusive_days, exclusive_days or working_days.
    """
    pairs = list(chosen)
    if not pairs:
        return settings
    parts: dict[str, dict[str, Any]] = {
        "definitions": settings.definitions.model_dump(),
        "workflow": settings.workflow.model_dump(),
    }
    for name, text in pairs:
        part, path = ("workflow", name.removeprefix(_WORKFLOW)) if name.startswith(_WORKFLOW) else ("definitions", name)
        *outer, last = path.split(".")
        where = parts[part]
        for each in outer:
            where = where.get(each) if isinstance(where.get(each), dict) else {}
        if last not in where:
            raise BadSwitch(f"There is no definition {name!r}.", "Remove it from the address.")
        where[last] = _read(text, where[last])
        try:
            (Workflow if part == "workflow" else Definitions).model_validate(parts[part])
        except ValidationError as error:
            raise BadSwitch(f"{name!r} cannot be {text!r}.", _choices(error)) from error
    return settings.model_copy(
        update={
            "definitions": Definitions.model_validate(parts["definitions"]),
            "workflow": Workflow.model_validate(parts["workflow"]),
        }
    )


def _read(text: str, now: Any) -> Any:
    """Text as the kind of value that stands there now."""
    if isinstance(now, bool):
        return {"true": True, "false": False}.get(text.casefold(), text)
    if isinstance(now, list):
        words = [each.strip() for each in text.split(",") if each.strip()]
        return [int(each) for each in words] if all(each.isdigit() for each in words) and _numbers(now) else words
    if isinstance(now, dict):
        try:
            return json.loads(text)
        except ValueError:
            return text
    if isinstance(now, int) and text.isdigit():
        return int(text)
    return None if text == "" and not isinstance(now, str) else text


def _numbers(now: list[Any]) -> bool:
    return bool(now) and all(isinstance(each, int) for each in now)


def _choices(error: ValidationError) -> str:
    first = error.errors()[0]
    expected = str(first.get("ctx", {}).get("expected", ""))
    return f"Choose {expected.replace(chr(39), '')}." if expected else f"{first['msg']}."
