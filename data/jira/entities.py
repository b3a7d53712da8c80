"""Fields, statuses, types, projects and versions: one row of Jira's lists as a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from data.jira import answers
from data.jira.answers import JiraField
from data.jira.fields import kind_of

_CATEGORIES = {"new": "new", "indeterminate": "indeterminate", "done": "done", "undefined": "new"}
_CATEGORY_IDS: dict[int | None, str] = {1: "new", 2: "new", 3: "done", 4: "indeterminate"}


def status(row: Mapping[str, Any]) -> answers.Status | None:
    """A status from the list or from an issue; None if it has no id."""
    category = row.get("statusCategory")
    category = category if isinstance(category, dict) else {}
    known = _CATEGORIES.get(str(category.get("key"))) or _CATEGORY_IDS.get(whole(category.get("id")), "indeterminate")
    number = plain_id(row.get("id"))
    return None if number is None else answers.Status(number, _name_of(row, number), known)


def jira_field(row: Mapping[str, Any]) -> JiraField | None:
    """A field of the site with the kind that its schema tells; None where its id, name or schema cannot be read.

    Without its schema or name a sync would not know which changes to keep.
    """
    number, name, given = row.get("id"), row.get("name"), row.get("schema")
    if not isinstance(number, str) or not number or not isinstance(name, str) or not isinstance(given, dict | None):
        return None
    schema = {key: value for key, value in (given or {}).items() if isinstance(value, str | int | float | None)}
    if isinstance(plain := row.get("untranslatedName"), str) and plain:
        schema["untranslatedName"] = plain  # kept with the schema: it says what the field is, in every language
    custom = bool(row.get("custom", number.startswith("customfield_")))
    return JiraField(number, name or number, custom, kind_of(schema, (), number), schema)


def issue_type(row: Mapping[str, Any]) -> answers.IssueType | None:
    """A type from the list or from an issue; None if it has no id."""
    number = plain_id(row.get("id"))
    if number is None:
        return None
    return answers.IssueType(number, _name_of(row, number), bool(row.get("subtask")), whole(row.get("hierarchyLevel")))


def project(row: Mapping[str, Any]) -> answers.Project | None:
    number = whole(row.get("id"))
    key = plain_text(row.get("key"))
    if key is None:
        return None
    return answers.Project(number if number is not None else 0, key, _name_of(row, key))


def version(row: Mapping[str, Any], project_key: str) -> answers.Version | None:
    number = whole(row.get("id"))
    if number is None:
        return None
    return answers.Version(
        id=number,
        project=project_key,
        name=str(row.get("name") or number),
        released=row.get("released") is True,
        archived=row.get("archived") is True,
        release_date=_plain_date(row.get("releaseDate")),
        start_date=_plain_date(row.get("startDate")),
    )


def plain_id(value: object) -> str | None:
    """An id as text; Jira writes ids as numbers, or as texts of digits.

    >>> plain_id("10001"), plain_id(3), plain_id("x"), plain_id(True), plain_id({"id": 3})
    ('10001', '3', None, None, None)
    """
    return None if whole(value) is None else str(value)


def plain_text(value: object) -> str | None:
    """A text that is not empty, else None."""
    return value if isinstance(value, str) and value else None


def _name_of(row: Mapping[str, Any], otherwise: str) -> str:
    return plain_text(row.get("name")) or otherwise


def whole(value: object) -> int | None:
    """A 64-bit number from "10001" or 10001, else None.

    >>> whole("10001"), whole(10001), whole("9" * 30), whole(True), whole("1.5")
    (10001, 10001, None, None, None)
    """
    if isinstance(value, str):
        if len(value) > 20 or not value.isascii() or not value.removeprefix("-").isdigit():
            return None
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        return None
    return number if -(2**63) <= number < 2**63 else None


def _plain_date(value: Any) -> str | None:
    return value[:10] if isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}", value) else None
