"""What a value of a Jira field says, as far as its meaning is plain: a text, a number or an instant."""

from __future__ import annotations

from typing import Any

from data.jira.instants import instant

_TEXTS = ("value", "name", "displayName", "label", "title")


def text_of(value: Any) -> str | None:
    """The text of an option, a version, a person, a rich text or a plain value; None where it has none to read.

    >>> text_of({"value": "Production"})
    'Production'
    >>> text_of({"displayName": "Ann"})
    'Ann'
    >>> text_of({"workspaceId": "w", "objectId": "12"})
    >>> paragraph = {"type": "paragraph", "content": [{"type": "text", "text": "Rolled back"}]}
    >>> text_of({"type": "doc", "content": [paragraph]})
    'Rolled back'
    """
    if isinstance(value, dict):
        if value.get("type") == "doc":
            return document_text(value)
        found = next((value[key] for key in _TEXTS if isinstance(value.get(key), str | int | float)), None)
        return None if found is None else str(found).strip()
    return str(value).strip() if isinstance(value, str | int | float) else None


def texts_of(value: Any) -> tuple[str, ...] | None:
    """All texts of a value: of each of several, and of each level of a cascading one. None where none can be read.

    >>> texts_of([{"value": "EU"}, {"value": "US"}]), texts_of({"value": "Production", "child": {"value": "EU"}})
    (('EU', 'US'), ('Production', 'EU'))
    >>> texts_of([{"workspaceId": "w", "id": "w:12", "objectId": "12"}]), texts_of("")
    (None, ())
    """
    found: list[str] = []
    readable = False
    for each in value if isinstance(value, list) else [value]:
        text = text_of(each)
        readable = readable or text is not None
        found += [text] if text else []
        if isinstance(each, dict) and isinstance(each.get("child"), dict) and (below := text_of(each["child"])):
            found.append(below)
    return tuple(found) if readable else None


def document_text(node: Any) -> str:
    """The words of a rich text.

    >>> document_text({"type": "doc", "content": [{"type": "text", "text": "No"}, {"type": "text", "text": "impact"}]})
    'No impact'
    """
    if not isinstance(node, dict):
        return ""
    inside = node.get("content")
    own = str(node.get("text") or "")
    return " ".join(filter(None, [own, *map(document_text, inside if isinstance(inside, list) else [])])).strip()


def number_of(value: Any) -> float | None:
    """A number, as it is or as text, or of an option that is one; None for anything else.

    >>> number_of("3.5"), number_of({"value": "8"}), number_of({"id": "1"}), number_of(True)
    (3.5, 8.0, None, None)
    """
    plain = value.get("value") if isinstance(value, dict) else value
    if isinstance(plain, bool) or not isinstance(plain, str | int | float):
        return None
    try:
        return float(plain)
    except ValueError:
        return None


def is_agreement(value: Any) -> bool:
    """Whether a value is a service level agreement of Jira Service Management."""
    return isinstance(value, dict) and ("completedCycles" in value or "ongoingCycle" in value)


def agreement_instant(value: dict[str, Any], end: bool) -> int | None:
    """The start of the first cycle of an agreement, or the stop of its last one, in µs; None where there is none yet.

    An agreement that runs again has no end. Raises ValueError for cycles that cannot be read.

    >>> cycle = {"startTime": {"epochMillis": 1000}, "stopTime": {"epochMillis": 5000}}
    >>> agreement_instant({"completedCycles": [cycle]}, True), agreement_instant({"completedCycles": [cycle]}, False)
    (5000000, 1000000)
    >>> ongoing = {"startTime": {"epochMillis": 9000}}
    >>> agreement_instant({"completedCycles": [cycle], "ongoingCycle": ongoing}, True) is None
    True
    """
    completed, ongoing = value.get("completedCycles") or [], value.get("ongoingCycle")
    if not isinstance(completed, list):
        raise ValueError("the cycles of a service level agreement are no list")
    if end and ongoing:
        return None
    cycles = [*completed, *([ongoing] if ongoing and not end else [])]
    found = [_moment(each, "stopTime" if end else "startTime") for each in cycles]
    if not found:
        return None
    return max(found) if end else min(found)


def _moment(cycle: Any, name: str) -> int:
    told = cycle.get(name) if isinstance(cycle, dict) else None
    if isinstance(told, dict):
        millis = told.get("epochMillis")
        if isinstance(millis, int) and not isinstance(millis, bool):
            return millis * 1000
        if (read := instant(told.get("iso8601"))) is not None:
            return read
    raise ValueError(f"a cycle of a service level agreement has no {name}")
