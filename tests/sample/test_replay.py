"""Replayed issues come back as they are in the files; what is missing is derived; --until turns the clock back."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from sample.replay import load
from sample.server import SampleServer
from sample.site import SampleError, Site

SHARED = Path(__file__).parents[2].parent / "shared" / "jira_data"
AEA = SHARED / "aea" / "aea_2024-12_2025-12.jsonl.gz"
ALOY = SHARED / "tidev" / "ALOY.jsonl.gz"
TIMOB = SHARED / "tidev" / "TIMOB.jsonl.gz"
OPEN = {"id": "1", "name": "Open", "statusCategory": {"id": 2, "key": "new", "name": "To Do"}}
DONE = {"id": "5", "name": "Done", "statusCategory": {"id": 3, "key": "done", "name": "Done"}}


def _needs(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"needs {path.name} in a folder shared/jira_data beside the checkout")
    return path


def _raw(path: Path) -> dict[str, dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return {row["id"]: row for row in map(json.loads, file)}


def _served(site: Site, flavour: Any) -> dict[str, dict[str, Any]]:
    """Every issue as the server sends it, whole, with all of its changelog."""
    got: dict[str, dict[str, Any]] = {}
    with SampleServer(site, flavour=flavour) as server, requests.Session() as session:
        session.headers["Authorization"] = "Bearer any"
        body: dict[str, Any] = {"jql": "created >= 1990-01-01 order by key", "fields": ["*all"]}
        while True:
            if flavour == "cloud":
                answer = session.post(
                    f"{server.url}/rest/api/3/search/jql", json=body | {"maxResults": 100}, timeout=60
                )
            else:
                paged = body | {"maxResults": 1000, "startAt": len(got), "expand": ["changelog"]}
                answer = session.post(f"{server.url}/rest/api/2/search", json=paged, timeout=60)
            page = answer.json()
            got |= {row["id"]: row for row in page["issues"]}
            body["nextPageToken"] = page.get("nextPageToken")
            if page.get("isLast") or len(got) == page.get("total"):
                break
        if flavour == "cloud":
            for row in got.values():
                row["changelog"] = {"histories": []}
            body = {"issueIdsOrKeys": list(got), "maxResults": 10_000}
            while True:
                page = session.post(f"{server.url}/rest/api/3/changelog/bulkfetch", json=body, timeout=60).json()
                for log in page["issueChangeLogs"]:
                    got[log["issueId"]]["changelog"]["histories"] += log["changeHistories"]
                if "nextPageToken" not in page:
                    break
                body["nextPageToken"] = page["nextPageToken"]
    return got


def _transitions(row: dict[str, Any]) -> list[tuple]:
    return sorted(
        (history["created"], history["id"], item["from"], item["to"])
        for history in (row.get("changelog") or {}).get("histories", [])
        for item in history["items"]
        if item["field"] == "status"
    )


@pytest.mark.parametrize("flavour", ["cloud", "dc"])
def test_real_cloud_issues_come_back_unchanged(flavour: str) -> None:
    raw = _raw(_needs(AEA))
    site = load([AEA], AEA.with_name("fields.json"), AEA.with_name("statuses.json"))
    got = _served(site, flavour)
    assert len(got) == len(raw) == 649
    assert all(got[number]["fields"] == row["fields"] for number, row in raw.items())
    assert {number: _transitions(row) for number, row in got.items()} == {
        n: _transitions(row) for n, row in raw.items()
    }
    assert sum(len(_transitions(row)) for row in got.values()) == 5754
    assert site.zone == "America/New_York"


def test_statuses_of_real_issues_are_derived_from_them(tmp_path: Path) -> None:
    site = load([_needs(AEA)])
    given = json.loads(AEA.with_name("statuses.json").read_text())
    names = {row["id"]: row["name"] for row in given}
    assert all(names[row["id"]] == row["name"] for row in site.statuses)
    assert {row["statusCategory"]["key"] for row in site.statuses} == {"new", "indeterminate", "done"}


def test_issues_without_history_come_back_with_versions_and_sprints() -> None:
    raw = _raw(_needs(ALOY))
    site = load([ALOY], projects=[ALOY.with_name("project-ALOY.json")], sprints=ALOY.with_name("sprints.json"))
    got = _served(site, "dc")
    assert len(got) == len(raw) == 1499
    assert all(got[number]["fields"] == row["fields"] for number, row in raw.items())
    assert all(row["changelog"]["histories"] == [] for row in got.values())
    project = json.loads(ALOY.with_name("project-ALOY.json").read_text())
    assert site.projects[0]["versions"] == project["versions"]
    assert len(site.sprints) == len(json.loads(ALOY.with_name("sprints.json").read_text()))


def test_versions_are_derived_from_issues_without_a_project_file() -> None:
    site = load([_needs(ALOY)])
    named = {
        version["id"]
        for row in _raw(ALOY).values()
        for name in ("fixVersions", "versions")
        for version in row["fields"].get(name) or []
    }
    assert {row["id"] for row in site.projects[0]["versions"]} == named


def test_many_real_issues_are_served() -> None:
    site = load([_needs(TIMOB)], projects=[TIMOB.with_name("project-TIMOB.json")])
    assert len(site.issues) == 22_371
    with SampleServer(site) as server:
        answer = requests.post(
            f"{server.url}/rest/api/3/search/approximate-count",
            json={"jql": "project = TIMOB and resolution is not empty"},
            headers={"Authorization": "Bearer any"},
            timeout=60,
        )
    assert answer.json() == {"count": sum(row["fields"].get("resolution") is not None for row in _raw(TIMOB).values())}


# --- small files ---------------------------------------------------------------------------------------------------


def _row(number: int, **fields: Any) -> dict[str, Any]:
    basis = {
        "project": {"id": "1", "key": "AB", "name": "Alpha"},
        "issuetype": {"id": "7", "name": "Bug", "subtask": False},
        "status": OPEN,
        "created": f"2025-01-0{number}T10:00:00.000+0100",
        "updated": f"2025-01-0{number}T10:00:00.000+0100",
        "resolution": None,
        "resolutiondate": None,
        "assignee": {"displayName": "A", "timeZone": "Europe/Berlin"},
    }
    return {"id": str(number), "key": f"AB-{number}", "fields": basis | fields}


def _write(path: Path, *rows: Any) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


@pytest.fixture
def resolved() -> dict[str, Any]:
    """Opened on the 1st, done on the 5th, opened again on the 6th, done on the 8th of January."""
    row = _row(1, status=DONE, resolution={"id": "9", "name": "Fixed"})
    row["fields"] |= {"updated": "2025-01-08T10:00:00.000+0100", "resolutiondate": "2025-01-08T10:00:00.000+0100"}

    def change(number: int, day: int, before: dict, after: dict, solved: bool) -> dict[str, Any]:
        move = {
            "field": "status",
            "fieldId": "status",
            "from": before["id"],
            "fromString": before["name"],
            "to": after["id"],
            "toString": after["name"],
        }
        result: dict[str, Any] = {
            "field": "resolution",
            "from": None,
            "fromString": None,
            "to": "9",
            "toString": "Fixed",
        }
        if not solved:
            result |= {"from": "9", "fromString": "Fixed", "to": None, "toString": None}
        return {"id": str(number), "created": f"2025-01-0{day}T10:00:00.000+0100", "items": [move, result]}

    newest_first = [change(13, 8, OPEN, DONE, True), change(12, 6, DONE, OPEN, False), change(11, 5, OPEN, DONE, True)]
    return row | {"changelog": {"histories": newest_first}}


def test_histories_are_kept_oldest_first_whatever_the_file_has(tmp_path: Path, resolved: dict) -> None:
    site = load([_write(tmp_path / "a.jsonl", resolved)])
    assert [each["id"] for each in site.issues[0].changes()] == ["11", "12", "13"]


@pytest.mark.parametrize(
    ("day", "status", "resolution", "updated", "kept"),
    [
        (1, "Open", None, "2025-01-01T10:00:00.000+0100", 0),
        (5, "Done", "Fixed", "2025-01-05T10:00:00.000+0100", 1),
        (7, "Open", None, "2025-01-06T10:00:00.000+0100", 2),
        (8, "Done", "Fixed", "2025-01-08T10:00:00.000+0100", 3),
    ],
)
def test_until_shows_the_site_as_it_stood(
    tmp_path: Path, resolved: dict, day: int, status: str, resolution: str | None, updated: str, kept: int
) -> None:
    late = _row(9)
    site = load([_write(tmp_path / "a.jsonl", resolved, late)], until=date(2025, 1, day))
    assert [issue.key for issue in site.issues] == ["AB-1"]
    fields = site.issues[0].fields
    assert (fields["status"]["name"], (fields["resolution"] or {}).get("name")) == (status, resolution)
    assert (fields["updated"], len(site.issues[0].histories)) == (updated, kept)
    assert site.clock().isoformat() == f"2025-01-0{day}T22:59:59+00:00"


def test_until_opens_issues_without_history_that_were_resolved_later(tmp_path: Path) -> None:
    row = _row(1, status=DONE, resolution={"id": "9", "name": "Fixed"}, resolutiondate="2025-01-08T10:00:00.000+0100")
    site = load([_write(tmp_path / "a.jsonl", row, _row(2))], until=date(2025, 1, 3))
    assert [(issue.fields["status"]["name"], issue.fields["resolutiondate"]) for issue in site.issues] == [
        ("Open", None)
    ] * 2


def test_until_takes_back_releases(tmp_path: Path) -> None:
    version = {"id": "3", "name": "1.0", "released": True, "archived": False, "releaseDate": "2025-01-05"}
    data = _write(tmp_path / "a.jsonl", _row(1, fixVersions=[version]))
    assert load([data], until=date(2025, 1, 5)).projects[0]["versions"][0]["released"] is True
    assert load([data], until=date(2025, 1, 4)).projects[0]["versions"][0]["released"] is False


def test_schemas_of_custom_fields_are_derived_from_values(tmp_path: Path) -> None:
    values = {
        "customfield_1": 3.5,
        "customfield_2": "2025-01-01",
        "customfield_3": "2025-01-01T10:00:00.000+0000",
        "customfield_4": {"id": "1", "value": "Yes"},
        "customfield_5": [{"id": "1", "value": "A"}],
        "customfield_6": "words",
        "customfield_7": [{"id": 3, "name": "S1", "state": "closed"}],
        "customfield_8": {"accountId": "x", "displayName": "X"},
        "customfield_9": ["a", "b"],
    }
    site = load([_write(tmp_path / "a.jsonl", _row(1, **values))])
    found = {row["id"]: (row["schema"]["type"], row["schema"].get("items")) for row in site.fields if row["custom"]}
    assert found == {
        "customfield_1": ("number", None),
        "customfield_2": ("date", None),
        "customfield_3": ("datetime", None),
        "customfield_4": ("option", None),
        "customfield_5": ("array", "option"),
        "customfield_6": ("string", None),
        "customfield_7": ("array", "json"),
        "customfield_8": ("user", None),
        "customfield_9": ("array", "string"),
    }
    assert site.sprints[0]["name"] == "S1"


def test_an_issue_in_two_files_is_there_once_in_its_newest_form(tmp_path: Path) -> None:
    old, new = _row(1, summary="old"), _row(1, summary="new", updated="2025-01-02T10:00:00.000+0100")
    site = load([_write(tmp_path / "a.jsonl", new), _write(tmp_path / "b.jsonl", old)])
    assert [issue.fields["summary"] for issue in site.issues] == ["new"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{nonsense", "line 2: not a JSON object"),
        ("[1]", "line 2: not an issue"),
        ({"id": "1", "key": "A-1"}, "line 2: not an issue"),
        (
            {"id": "1", "key": "A-1", "fields": {"created": "2025-01-01T00:00:00.000+0000"}},
            "line 2: the issue has no 'updated'",
        ),
        (_row(2) | {"id": "abc"}, "line 2: a value has the wrong form"),
        (_row(2, created="yesterday"), "line 2: a value has the wrong form"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, line: Any, words: str) -> None:
    path = _write(tmp_path / "bad.jsonl", _row(1), line)
    with pytest.raises(SampleError, match=words) as caught:
        load([path])
    assert "bad.jsonl" in str(caught.value)


def test_bad_files_are_named(tmp_path: Path) -> None:
    good, empty, broken = (
        _write(tmp_path / "good.jsonl", _row(1)),
        _write(tmp_path / "empty.jsonl"),
        tmp_path / "broken.jsonl.gz",
    )
    broken.write_bytes(b"not gzip")
    wrong = _write(tmp_path / "wrong.json", {"a": 1})
    for arguments, words in (
        (([tmp_path / "absent.jsonl"],), "absent.jsonl does not exist"),
        (([empty],), "no issues in"),
        (([broken],), "broken.jsonl.gz cannot be read"),
        (([good], wrong), "wrong.json: expected a JSON list"),
        (([good], None, None, [wrong]), "wrong.json: expected one project"),
        (([good], None, None, [], None, date(2020, 1, 1)), "No issue was created by 2020-01-01"),
    ):
        with pytest.raises(SampleError, match=words):
            load(*arguments)
