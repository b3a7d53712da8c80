"""A status "Resolved" was deleted years ago: work was completed when it came there, not at the bulk close months
later.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cases.site import CaseSite, site_of, synced

BULK = datetime(2026, 8, 3, 9, tzinfo=UTC)  # somebody closes all that is resolved, and Resolved is deleted
CATEGORIES = {"new": 2, "indeterminate": 4, "done": 3}
STATUSES = {
    "10": ("To Do", "new"),
    "20": ("In Progress", "indeterminate"),
    "40": ("Declined", "done"),
    "50": ("Closed", "done"),
}
GONE = {"30": "Resolved", "31": "Investigating", "32": "In progress"}


def _status(number: str) -> dict[str, Any]:
    name, category = STATUSES[number]
    return {
        "id": number,
        "name": name,
        "statusCategory": {"id": CATEGORIES[category], "key": category, "name": category},
    }


def _text(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def issue(number: int, moves: list[tuple[datetime, str]], resolved: int | None) -> dict[str, Any]:
    """One issue; `resolved`: the place of the move that sets the resolution."""
    before, histories = "10", []
    for n, (when, to) in enumerate(moves):
        names = [GONE.get(each) or STATUSES[each][0] for each in (before, to)]
        items = [
            {
                "field": "status",
                "fieldId": "status",
                "from": before,
                "fromString": names[0],
                "to": to,
                "toString": names[1],
            }
        ]
        if n == resolved:
            items.append(
                {
                    "field": "resolution",
                    "fieldId": "resolution",
                    "from": None,
                    "fromString": None,
                    "to": "1",
                    "toString": "Fixed",
                }
            )
        author = {"accountId": "a1", "displayName": "Somebody"}
        histories.append({"id": str(number * 10 + n), "created": _text(when), "author": author, "items": items})
        before = to
    fields = {
        "summary": f"Work {number}",
        "project": {"id": "1", "key": "OLD", "name": "Old"},
        "issuetype": {"id": "1", "name": "Story", "subtask": False, "hierarchyLevel": 0},
        "status": _status(before),
        "resolution": None if resolved is None else {"id": "1", "name": "Fixed"},
        "resolutiondate": None if resolved is None else _text(moves[resolved][0]),
        "created": _text(moves[0][0] - timedelta(days=5)),
        "updated": _text(moves[-1][0]),
    }
    whole = {"startAt": 0, "maxResults": len(histories), "total": len(histories), "histories": histories}
    return {"id": str(number), "key": f"OLD-{number}", "fields": fields, "changelog": whole}


def write(folder: Path) -> Path:
    """The files of the site: 30 issues, 23 of them resolved in March and closed in August."""
    rows = []
    for n in range(30):
        start = datetime(2026, 3, 2 + n % 25, 9, tzinfo=UTC)
        middle = "31" if n % 3 == 0 else "32" if n % 3 == 1 else "20"
        path = [(start, "20"), (start + timedelta(days=1), middle)] if middle != "20" else [(start, "20")]
        end = start + timedelta(days=4)
        closing = [(end, "30"), (BULK, "50")] if n < 23 else [(end, "50")]
        rows.append(issue(n + 1, [*path, *closing], resolved=len(path)))
    (folder / "issues.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    (folder / "statuses.json").write_text(json.dumps([_status(each) for each in STATUSES]))
    return folder


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseSite]:
    folder = write(tmp_path_factory.mktemp("old"))
    with synced(tmp_path_factory.mktemp("home"), site_of(folder)) as site:
        yield site


def test_work_is_completed_when_it_came_to_the_deleted_status(old: CaseSite) -> None:
    march, august = old.view("2026-03-01", "2026-04-15"), old.view("2026-08-01", "2026-08-31")
    assert [old.value("flow_velocity", view).value for view in (march, august)] == [30, 0]
    assert old.value("flow_time", march).value == 4.0
    assert old.value("flow_load", old.view("2026-06-01", "2026-06-30")).value == 0


def test_whoever_says_otherwise_gets_the_other_numbers(old: CaseSite) -> None:
    chosen = (("workflow.started", "20,30,31,32"), ("workflow.done", "50"))
    march, august = (
        old.view(*days, definitions=chosen) for days in (("2026-03-01", "2026-04-15"), ("2026-08-01", "2026-08-31"))
    )
    assert [old.value("flow_velocity", view).value for view in (march, august)] == [7, 23]


def test_the_form_lists_them_with_what_is_assumed_and_why(old: CaseSite) -> None:
    lost = {each.name: each for each in old.services.field_mapping.statuses(old.services.snapshot()) if each.is_gone}
    assert {name: (each.usual, each.entries) for name, each in lost.items()} == {
        "Resolved": ("done", 23),
        "Investigating": ("indeterminate", 10),
        "In Progress (no longer in Jira)": ("indeterminate", 10),
    }
    assert lost["Resolved"].why == "23 of its 23 entries set a resolution and ended the work"
    assert lost["In Progress (no longer in Jira)"].like == "20"
    assert {each.fit for each in lost.values()} == {1.0}


def test_data_quality_says_what_they_do_to_the_numbers(old: CaseSite) -> None:
    services = old.services
    snapshot = services.snapshot()
    [said] = [each for each in services.sites.data(snapshot).quality(snapshot).findings if "no longer" in each.title]
    assert (
        "“Resolved” (23 entries, of which 100 % fit) counts as finished, so items are completed when they come there"
        in said.effect
    )
    assert "“Investigating” (10 entries, of which 100 % fit) counts as work in progress" in said.effect
    assert "Workflow" in said.todo
