"""Data Center names the epic of an issue in its field Epic Link, whatever that is called: it is read as the parent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from data.forecast.remaining import of_epic
from sample.serve import make_site
from tests.cases.site import CaseSite, synced

EPIC_LINK = "customfield_10300"
STATUSES = {"10": ("To Do", 2, "new"), "30": ("Done", 3, "done")}


def status(number: str) -> dict[str, Any]:
    name, category, key = STATUSES[number]
    return {"id": number, "name": name, "statusCategory": {"id": category, "key": key, "name": name}}


def issue(n: int, kind: str = "Story", done: bool = False, **fields: Any) -> dict[str, Any]:
    level = {"Epic": 1, "Sub-task": -1}.get(kind, 0)
    ended = "2026-10-09T09:00:00.000+0000"
    moved = [
        {"field": "status", "fieldId": "status", "from": "10", "fromString": "To Do", "to": "30", "toString": "Done"}
    ]
    return {
        "id": str(500 + n),
        "key": f"TEA-{n}",
        "fields": {
            "summary": f"Item {n}",
            "project": {"id": "7", "key": "TEA", "name": "Tea"},
            "issuetype": {"id": str(10 + level), "name": kind, "subtask": level < 0, "hierarchyLevel": level},
            "status": status("30" if done else "10"),
            "created": "2026-10-01T09:00:00.000+0000",
            "updated": ended,
            "resolution": None,
            "resolutiondate": ended if done else None,
            **fields,
        },
        "changelog": {
            "startAt": 0,
            "maxResults": 1,
            "total": int(done),
            "histories": [{"id": str(n), "created": ended, "items": moved}] if done else [],
        },
    }


def fields(name: str, custom: str) -> list[dict[str, Any]]:
    system = [
        {"id": each, "name": each, "custom": False, "schema": {"type": "string", "system": each}}
        for each in ("summary", "status", "issuetype", "project", "created", "updated", "resolution", "parent")
    ]
    return [*system, {"id": EPIC_LINK, "name": name, "custom": True, "schema": {"type": "any", "custom": custom}}]


ISSUES = [
    issue(1, "Epic"),
    issue(2, **{EPIC_LINK: "TEA-1"}),
    issue(3, **{EPIC_LINK: "TEA-1"}, done=True),
    issue(4, **{EPIC_LINK: "TEA-99"}),  # an epic that the query does not hold
    issue(5, parent={"id": "506", "key": "TEA-6"}, **{EPIC_LINK: "TEA-1"}),  # a parent wins over the link
    issue(6, "Epic"),
    issue(7),
    issue(8, "Sub-task", parent={"id": "502", "key": "TEA-2"}),
]


def left_below(site: CaseSite, epic: str) -> tuple[str, ...]:
    return of_epic(site.services.sites.data(site.view().snapshot).dataset(site.view()), epic).keys


@pytest.mark.parametrize(
    ("name", "custom"),
    [
        ("Epic Link", "com.pyxis.greenhopper.jira:gh-epic-link"),
        ("Epos-Verknüpfung", "com.pyxis.greenhopper.jira:gh-epic-link"),
        ("Epic Link", ""),
    ],
)
def test_issues_that_name_an_epic_are_below_it(tmp_path: Path, name: str, custom: str) -> None:
    (tmp_path / "issues.jsonl").write_text("\n".join(json.dumps(each) for each in ISSUES), "utf-8")
    (tmp_path / "fields.json").write_text(json.dumps(fields(name, custom)), "utf-8")
    (tmp_path / "statuses.json").write_text(json.dumps([status(each) for each in STATUSES]), "utf-8")
    made = make_site(
        data=[tmp_path / "issues.jsonl"], fields=tmp_path / "fields.json", statuses=tmp_path / "statuses.json"
    )
    home = tmp_path / "home"
    home.mkdir()
    with synced(home, made, flavour="dc") as site:
        assert left_below(site, "TEA-1") == ("TEA-2",)
        assert left_below(site, "TEA-6") == ("TEA-5",)
