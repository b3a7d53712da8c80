"""Small made-up sites, described in a few lines and written as the files that the sample server serves."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cases.site import CaseSite, site_of, synced

STATUSES = (("1", "To Do", "new"), ("3", "In Progress", "indeterminate"), ("5", "Done", "done"))
_CATEGORY_IDS = {"new": 2, "indeterminate": 4, "done": 3}
_CUSTOM = "com.atlassian.jira.plugin.system.customfieldtypes:"


@dataclass(frozen=True)
class Change:
    """One change: at what instant, which field, from and to what. An id of None is one that Jira did not give."""

    at: str
    field: str
    source: tuple[str | None, str | None]
    target: tuple[str | None, str | None]
    field_id: str = ""


@dataclass(frozen=True)
class Ticket:
    """One issue. `fields`: what is set besides the standard ones, as Jira gives it."""

    key: str
    type: str = "Story"
    created: str = "2026-10-01T00:00:00.000+0000"
    status: str = "5"
    resolution: Mapping[str, str] | None = field(default_factory=lambda: {"id": "1", "name": "Done"})
    resolved: str | None = "2026-10-09T00:00:00.000+0000"
    changes: Sequence[Change] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)


def moved(started: str = "2026-10-03", done: str = "2026-10-09") -> tuple[Change, ...]:
    """To Do, In Progress, Done, at midnight of two days."""
    return (
        Change(f"{started}T00:00:00.000+0000", "status", ("1", "To Do"), ("3", "In Progress"), "status"),
        Change(f"{done}T00:00:00.000+0000", "status", ("3", "In Progress"), ("5", "Done"), "status"),
    )


def custom(number: int, name: str, kind: str, *, type_name: str = "", items: str = "", **more: Any) -> dict[str, Any]:
    """A row of Jira's list of fields."""
    field_id = f"customfield_{number}"
    schema = {"type": kind, "custom": type_name or f"{_CUSTOM}x", "customId": number} | (
        {"items": items} if items else {}
    )
    return {"id": field_id, "key": field_id, "name": name, "custom": True, "schema": schema, **more}


def write(
    folder: Path,
    tickets: Sequence[Ticket],
    *,
    fields: Sequence[Mapping[str, Any]] = (),
    statuses: Sequence[tuple[str, str, str]] = STATUSES,
    versions: Sequence[Mapping[str, Any]] = (),
) -> Path:
    """The files of a site, in a folder that is made for them."""
    folder.mkdir(parents=True, exist_ok=True)
    known = {each[0]: _status(each) for each in statuses}
    lines = "".join(json.dumps(_issue(n, each, known)) + "\n" for n, each in enumerate(tickets, 1))
    (folder / "issues.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    (folder / "statuses.json").write_text(json.dumps(list(known.values())), "utf-8")
    if fields:
        (folder / "fields.json").write_text(json.dumps([dict(each) for each in fields]), "utf-8")
    if versions:
        (folder / "projects").mkdir()
        project = {"id": "80", "key": "P", "name": "P", "versions": [dict(each) for each in versions]}
        (folder / "projects" / "project-P.json").write_text(json.dumps(project), "utf-8")
    return folder


@contextmanager
def served(
    folder: Path,
    tickets: Sequence[Ticket],
    *,
    mapping: Mapping[str, str] | None = None,
    definitions: Mapping[str, Any] | None = None,
    **site: Any,
) -> Iterator[CaseSite]:
    """The site, synced once. `mapping`: our DORA or flow field → Jira field id; `site`: as `write` takes it."""
    from data.settings.fields import FIELDS

    written = write(folder / "site", tickets, **site)
    mappings: dict[str, dict[str, str]] = {}
    for name, jira in (mapping or {}).items():
        mappings.setdefault(FIELDS[name].family, {})[name] = jira
    settings = folder / "settings.json"
    content = {"format": 1, "dora_flow_config": {"field_mappings": mappings}, "definitions": dict(definitions or {})}
    settings.write_text(json.dumps(content), "utf-8")
    home = folder / "home"
    home.mkdir()
    with synced(home, site_of(written), settings=settings) as found:
        yield found


def _status(row: tuple[str, str, str]) -> dict[str, Any]:
    number, name, category = row
    return {
        "id": number,
        "name": name,
        "statusCategory": {"id": _CATEGORY_IDS[category], "key": category, "name": category},
    }


def _issue(number: int, ticket: Ticket, statuses: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    histories = [
        {"id": str(1000 + number * 100 + n), "created": each.at, "items": [_item(each)]}
        for n, each in enumerate(ticket.changes)
    ]
    return {
        "id": str(number),
        "key": ticket.key,
        "fields": {
            "summary": f"Summary of {ticket.key}",
            "project": {"id": "80", "key": "P", "name": "P"},
            "issuetype": {
                "id": str(500 + sum(map(ord, ticket.type))),
                "name": ticket.type,
                "subtask": False,
                "hierarchyLevel": 0,
            },
            "status": statuses[ticket.status],
            "resolution": ticket.resolution,
            "resolutiondate": ticket.resolved,
            "created": ticket.created,
            "updated": ticket.resolved or ticket.created,
            "labels": [],
            "components": [],
            "fixVersions": [],
            "issuelinks": [],
            "assignee": None,
            "priority": {"id": "3", "name": "Medium"},
            "comment": {"comments": [], "total": 0, "maxResults": 0, "startAt": 0},
            **ticket.fields,
        },
        "changelog": {
            "startAt": 0,
            "maxResults": len(histories),
            "total": len(histories),
            "histories": histories[::-1],
        },
    }


def _item(change: Change) -> dict[str, Any]:
    item: dict[str, Any] = {
        "field": change.field,
        "fieldtype": "jira",
        "from": change.source[0],
        "fromString": change.source[1],
        "to": change.target[0],
        "toString": change.target[1],
    }
    return item | ({"fieldId": change.field_id} if change.field_id else {})
