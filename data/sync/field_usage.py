"""How much each Jira field is used: read from the newest issues, with a few example values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import msgspec

from data.jira import reading
from data.jira.answers import Issue, JiraField, Page
from data.jira.census import number_of
from data.jira.client import Jira
from data.jira.fields import Coverage, kind_of
from data.jira.sender import never

NEWEST = 800
_TYPE = "issuetype"
_EXAMPLES = 3
_LONGEST = 60  # characters of an example
_VALUES = 100  # of a field
_SAMPLES = 40  # values a field's kind is guessed from


def candidates(fields: Iterable[JiraField], standard: Collection[str] = ()) -> list[str]:
    """Ids of the fields worth looking at: custom ones that can hold a value we map, and some standard ones."""
    return [
        each.id
        for each in fields
        if (each.custom and (each.kind not in ("other", "user") or not each.schema)) or each.id in standard
    ]


def coverage(
    jira: Jira,
    jql: str,
    field_ids: Sequence[str],
    most: int = NEWEST,
    *,
    cancelled: Callable[[], bool] = never,
) -> dict[str, Coverage]:
    """Field id → on how many of the newest `most` issues of the query it is set. Raises JiraError."""
    wanted = list(dict.fromkeys(field_ids))
    values: dict[str, list[Any]] = {each: [] for each in wanted}
    counts = dict.fromkeys(wanted, 0)
    texts: dict[str, Counter[str]] = {each: Counter() for each in wanted}
    types: dict[str, Counter[str]] = {each: Counter() for each in wanted}
    of = 0
    for issue in _newest(jira, jql, [*wanted, _TYPE], most, cancelled) if wanted else ():
        of += 1
        kind = _shown_or_nothing(issue.fields.get(_TYPE))
        for name, value in issue.fields.items():  # most fields of most issues are empty
            if value is not None and name in values and is_set(value):
                counts[name] += 1
                texts[name].update(_texts(value))
                types[name].update([kind] if kind else [])
                if len(values[name]) < _SAMPLES:
                    values[name].append(value)
    return {
        each: Coverage(
            each,
            counts[each],
            of,
            _examples(values[each]),
            kind_of(None, values[each]),
            _frequent(texts[each]),
            _frequent(types[each]),
        )
        for each in wanted
    }


def _newest(jira: Jira, jql: str, fields: Sequence[str], most: int, cancelled: Callable[[], bool]) -> Iterable[Issue]:
    """The last updated issues: their ids first, then the pages side by side."""
    if not jira.cloud:
        yield from jira.newest(jql, fields, most)
        return
    ids = [number for issue in jira.newest(jql, ["id"], most) if (number := number_of(issue)) is not None]
    for found in reading.read_these(jira, ids, fields, histories=None, cancelled=cancelled):
        if isinstance(found, Page):
            yield from found.issues


def is_set(value: Any) -> bool:
    """Whether a field holds something.

    >>> [is_set(each) for each in (None, "", [], " ", 0, False, {"value": "x"})]
    [False, False, False, False, True, True, True]
    """
    return not (value is None or value == [] or value == {} or (isinstance(value, str) and not value.strip()))


def _texts(value: Any) -> set[str]:
    """The texts of a value of options or words; nothing of long texts and of what is no text."""
    found = {_shown_or_nothing(each) for each in (value if isinstance(value, list) else [value])}
    return {each for each in found if 0 < len(each) <= _LONGEST}


def _frequent(texts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(texts.items(), key=lambda each: (-each[1], each[0]))[:_VALUES])


def _examples(values: Iterable[Any]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for each in values:
        text = _shown_or_nothing(each)
        if text:
            found.setdefault(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
        if len(found) == _EXAMPLES:
            break
    return tuple(found)


def _shown_or_nothing(value: Any) -> str:
    try:
        return _shown(value)
    except RecursionError:  # nested more deeply than anybody could read
        return ""


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_shown, value)))
    if isinstance(value, dict):
        for name in ("value", "displayName", "name"):
            if value.get(name) is not None:
                return str(value[name])
        return _document_text(value) if value.get("type") == "doc" else msgspec.json.encode(value).decode()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else " ".join(str(value).split())


def _document_text(node: Any) -> str:
    """The words of a rich text field."""
    if not isinstance(node, dict):
        return ""
    inside = node.get("content")
    own = str(node.get("text") or "")
    return " ".join([own, *map(_document_text, inside if isinstance(inside, list) else [])]).strip()


__all__ = ["NEWEST", "Coverage", "candidates", "coverage", "is_set"]
