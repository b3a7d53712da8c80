"""What a replayed site must know beside its issues, worked out from the issues where no file says it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from sample.company import FIELD_TYPES, GREENHOPPER, SYSTEM_FIELDS, system_field
from sample.site import CATEGORIES, DONE, NEW, PROGRESS, Issue

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_DONE_WORDS = re.compile(r"done|closed|resolved|complete|cancel|finished|published|released|won'?t", re.IGNORECASE)
_NEW_WORDS = re.compile(r"open|to ?do|backlog|new|selected|waiting for support|scheduled", re.IGNORECASE)
_LOOKED_AT = 200  # values of one field that are looked at


def named_things(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Each object with an id once, by id."""
    found = {str(row["id"]): row for row in rows if isinstance(row, dict) and "id" in row}
    return [found[number] for number in sorted(found, key=_by_number)]


def _by_number(text: str) -> tuple[int, int, str]:
    return (0, int(text), "") if text.isdigit() else (1, 0, text)


def zone_of(issues: list[Issue]) -> str:
    """The zone of the account that exported the issues: that of most people, unless all instants are in UTC."""
    if all(issue.fields["created"].endswith(("+0000", "Z")) for issue in issues):
        return "UTC"
    people = Counter(
        person.get("timeZone")
        for issue in issues
        for person in (issue.fields.get("assignee"), issue.fields.get("reporter"))
        if isinstance(person, dict)
    )
    known = available_timezones()
    return next((zone for zone, _ in people.most_common() if zone in known), "UTC")


# --- statuses ------------------------------------------------------------------------------------------------------


def derive_statuses(issues: list[Issue], given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The given statuses and those that issues have; without a file also those that only histories know."""
    found = {str(row["id"]): _complete(row) for row in given}
    for issue in issues:
        status = issue.fields["status"]
        found.setdefault(str(status["id"]), _complete(status))
    if not given:
        for issue in issues:
            for history in issue.changes():
                for item in history.get("items", ()):
                    if (item.get("fieldId") or item.get("field")) == "status":
                        for number, name in (
                            (item.get("from"), item.get("fromString")),
                            (item.get("to"), item.get("toString")),
                        ):
                            if number and number not in found:
                                found[number] = _complete({"id": number, "name": name or number})
    return [found[number] for number in sorted(found, key=_by_number)]


def _complete(row: dict[str, Any]) -> dict[str, Any]:
    if (row.get("statusCategory") or {}).get("key"):
        return row
    name = str(row.get("name", ""))
    category = DONE if _DONE_WORDS.search(name) else NEW if _NEW_WORDS.search(name) else PROGRESS
    return row | {"statusCategory": CATEGORIES[category]}


# --- fields --------------------------------------------------------------------------------------------------------


def derive_fields(issues: list[Issue], given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The given fields, with a schema where they lack one, and every other field that an issue has."""
    samples: dict[str, list[Any]] = {}
    names: dict[str, str] = {}
    for issue in issues:
        for name, value in issue.fields.items():
            seen = samples.setdefault(name, [])
            if value not in (None, [], "") and len(seen) < _LOOKED_AT:
                seen.append(value)
    for issue in issues[:2000]:
        for history, touched in zip(issue.changes(), issue.touched, strict=True):
            if any(name.startswith("customfield_") and name not in names for name in touched):
                for item in history["items"]:
                    names.setdefault(str(item.get("fieldId")), str(item.get("field")))
    rows = [_with_schema(row, samples.get(row["id"], [])) for row in given]
    have = {row["id"] for row in rows}
    for name in samples:
        if name not in have:
            rows.append(_derived_field(name, names.get(name, name), samples[name]))
    return rows + [row for name, row in SYSTEM_FIELDS.items() if name not in have and name not in samples and not given]


def _with_schema(row: dict[str, Any], values: list[Any]) -> dict[str, Any]:
    if row.get("schema"):
        return row
    system = SYSTEM_FIELDS.get(row["id"])
    if system is not None:
        return row | ({"schema": system["schema"]} if "schema" in system else {})
    schema = _schema(row["id"], values) if values else None
    return row | {"schema": schema} if schema else row


def _derived_field(number: str, name: str, values: list[Any]) -> dict[str, Any]:
    if number in SYSTEM_FIELDS:
        return SYSTEM_FIELDS[number]
    custom = number.startswith("customfield_")
    row = system_field(number, name if custom else number.capitalize(), None)
    row["custom"] = custom
    if custom:
        row["clauseNames"] = [f"cf[{number.removeprefix('customfield_')}]", name]
    schema = _schema(number, values)
    return row | {"schema": schema} if schema else row


def _schema(number: str, values: list[Any]) -> dict[str, Any] | None:
    kinds = Counter(_kind(value) for value in values)
    if not kinds:
        return None
    kind, items, plugin = kinds.most_common(1)[0][0]
    if kind == "date" and any(each[0] == "datetime" for each in kinds):
        kind, plugin = "datetime", FIELD_TYPES + "datetime"
    schema: dict[str, Any] = {"type": kind} | ({"items": items} if items else {})
    digits = number.removeprefix("customfield_")
    if digits.isdigit():
        return schema | {"custom": plugin, "customId": int(digits)}
    return schema | {"system": number}


def _kind(value: Any) -> tuple[str, str | None, str]:
    """Schema type, item type and custom type that a value suggests."""
    if isinstance(value, list):
        first = value[0] if value else None
        if isinstance(first, dict) and ("state" in first or "startDate" in first):
            return "array", "json", GREENHOPPER + "gh-sprint"
        if isinstance(first, str) and "greenhopper.service.sprint.Sprint@" in first:
            return "array", "string", GREENHOPPER + "gh-sprint"
        if isinstance(first, dict) and "value" in first:
            return "array", "option", FIELD_TYPES + "multiselect"
        return "array", "string", FIELD_TYPES + "labels"
    if isinstance(value, dict):
        if "accountId" in value or "displayName" in value:
            return "user", None, FIELD_TYPES + "userpicker"
        return (
            ("option", None, FIELD_TYPES + "select")
            if "value" in value
            else ("any", None, FIELD_TYPES + "readonlyfield")
        )
    if isinstance(value, bool):
        return "boolean", None, FIELD_TYPES + "readonlyfield"
    if isinstance(value, int | float):
        return "number", None, FIELD_TYPES + "float"
    if _DATE.fullmatch(str(value)):
        return "date", None, FIELD_TYPES + "datepicker"
    if _DATETIME.match(str(value)):
        return "datetime", None, FIELD_TYPES + "datetime"
    return "string", None, FIELD_TYPES + "textfield"


# --- projects, versions, boards ------------------------------------------------------------------------------------


def derive_projects(issues: list[Issue], given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The given projects and those of the issues; only projects without a file get the versions that issues name."""
    rows = {str(row["key"]): row | {"versions": list(row.get("versions") or ())} for row in given}
    given_keys = set(rows)
    versions: dict[str, dict[str, dict[str, Any]]] = {}
    for issue in issues:
        project = issue.fields["project"]
        key = str(project["key"])
        if key in given_keys:
            continue
        rows.setdefault(key, {"name": key, **project})
        mine = versions.setdefault(key, {})
        for name in ("fixVersions", "versions"):
            for version in issue.fields.get(name) or ():
                mine.setdefault(str(version["id"]), {"archived": False, "released": False, **version})
    for key, mine in versions.items():
        rows[key]["versions"] = named_things(mine.values())
        rows[key]["issueTypes"] = named_things(
            issue.fields["issuetype"] for issue in issues if issue.fields["project"]["key"] == key
        )
    return list(rows.values())


def derive_boards(
    issues: list[Issue], given: list[dict[str, Any]] | None, projects: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Sprints (given or found in issues) and the boards that they name; a sprint without a board is on the first."""
    found: dict[int, dict[str, Any]] = {}
    for issue in issues:
        for value in issue.fields.values():
            for row in value if isinstance(value, list) else [value]:
                if isinstance(row, dict) and {"id", "name", "state"} <= row.keys():
                    found.setdefault(int(row["id"]), row)
    rows = list(found.values()) if given is None else given
    sprints = []
    for row in sorted(rows, key=lambda each: int(each["id"])):
        other = found.get(int(row["id"]), row)
        board = (
            row.get("originBoardId") or row.get("boardId") or other.get("originBoardId") or other.get("boardId") or 1
        )
        sprints.append(row | {"id": int(row["id"]), "boardId": board, "originBoardId": board})
    first = projects[0]["key"] if projects else None
    numbers = sorted({sprint["boardId"] for sprint in sprints})
    boards = [{"id": n, "name": f"Board {n}", "type": "scrum", "project": first, "estimate": True} for n in numbers]
    return sprints, boards
