"""The generated site, made livelier, synced as Cloud and as Data Center: every sprint is what the oracle says of the
JSON.
"""

from __future__ import annotations

import copy
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from data.facts.dataset import Dataset
from data.facts.sprint_statistics import stats
from data.jira.connection import Connection
from data.settings.model import Definitions, Workflow
from data.store.issue_store import IssueStore
from data.sync.run import sync
from data.tables.tidy import Tables, read
from sample.company import STATUSES as SITE_STATUSES
from sample.generator import generate
from sample.server import SampleServer
from tests.builders import DOING, DONE, TODO, Item
from tests.data.sprints.oracle import tell
from tests.data.sprints.stories import Company, Sprint, Story
from tests.data.sprints.test_against_oracle import agree

ALL = "created >= 2000-01-01"
DAY = 86_400_000_000
STATUS = {"new": TODO, "indeterminate": DOING, "done": DONE}
CATEGORY = {row["id"]: row["statusCategory"]["key"] for row in SITE_STATUSES.values()}


def micros(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)


@pytest.fixture(scope="module")
def lively() -> Any:
    """The site with what the generator leaves out: work taken out of sprints, put back, and estimated anew."""
    site = copy.deepcopy(generate(400, seed=5, until=date(2026, 10, 31)))
    field, points = site.custom("gh-sprint"), "customfield_10016"
    for n, issue in enumerate(site.issues):
        changes = list(issue.changes())
        own = [each for each in changes if any(item["field"] == "Sprint" for item in each["items"])]
        if not own or n % 3:
            continue
        first, following = own[0], own[1] if len(own) > 1 else None
        item = next(each for each in first["items"] if each["field"] == "Sprint")
        out = micros(first["created"]) + (2 + n % 7) * DAY // 2
        if following is not None and out + DAY > micros(following["created"]):
            continue
        changes.append(_entry(n, out, field, "Sprint", (item["to"], item["toString"]), ("", "")))
        if n % 2:
            changes.append(_entry(n + 5_000, out + DAY // 3, field, "Sprint", ("", ""), (item["to"], item["toString"])))
        elif following is None:
            issue.fields.pop(field, None)
        if points in issue.fields:
            new = issue.fields[points] + 1
            old = str(int(issue.fields[points]))
            changes.append(
                _entry(n + 9_000, out + DAY // 4, points, "Story Points", (None, old), (None, str(int(new))))
            )
            issue.fields[points] = new
        issue.histories, issue.touched = [], []
        for each in sorted(changes, key=lambda each: micros(each["created"])):
            issue.add_history(each)
    return site


def _entry(n: int, at: int, field: str, name: str, before: tuple, after: tuple) -> dict[str, Any]:
    when = datetime.fromtimestamp(at / 1e6).astimezone().isoformat(timespec="milliseconds")
    item = {"field": name, "fieldtype": "custom", "fieldId": field, "from": before[0], "fromString": before[1]}
    return {"id": str(9_000_000 + n), "created": when, "items": [item | {"to": after[0], "toString": after[1]}]}


def stories(site: Any) -> list[Story]:
    """What the JSON says, in the oracle's words."""
    return [
        _story(msgspec.json.decode(msgspec.json.encode(each.to_dict())))
        for each in sorted(site.issues, key=lambda each: each.id)
    ]


def _story(issue: dict[str, Any]) -> Story:
    fields = issue["fields"]
    moves, sprints, points, flags = [], [], [], []
    for entry in sorted(issue["changelog"]["histories"], key=lambda each: (micros(each["created"]), int(each["id"]))):
        at = micros(entry["created"])
        for item in entry["items"]:
            if item["field"] == "status":
                moves.append((at, item["from"], item["to"]))
            elif item["field"] == "Sprint":
                sprints.append(
                    (at, *([int(n) for n in item.get(end, "").split(",") if n.strip()] for end in ("from", "to")))
                )
            elif item["field"] == "Story Points":
                points.append((at, *(_number(item.get(end)) for end in ("fromString", "toString"))))
            elif item["field"] in ("Flagged", "Impediment"):
                flags.append((at, bool(item.get("toString"))))
    now = fields["status"]["statusCategory"]["key"]
    opening = CATEGORY[moves[0][1]] if moves else now
    states = [(at, STATUS[CATEGORY[to]]) for at, _, to in moves]
    item = Item(
        micros(fields["created"]),
        # Between two statuses of one category nothing happens that matters here.
        [each for n, each in enumerate(states) if each[1] != (states[n - 1][1] if n else STATUS[opening])],
        status=STATUS[opening],
        type=fields["issuetype"]["name"],
        hierarchy={"Sub-task": -1, "Epic": 1}.get(fields["issuetype"]["name"], 0),
        resolution=(fields.get("resolution") or {}).get("name"),
        flags=_spans(flags),
    )
    estimate = fields.get("customfield_10016")
    return Story(
        item,
        sprints[0][1] if sprints else (),
        [(at, after) for at, _, after in sprints],
        points[0][1] if points else estimate,
        [(at, after) for at, _, after in points],
    )


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def _spans(flags: list[tuple[int, bool]]) -> list[tuple[int, int | None]]:
    found: list[tuple[int, int | None]] = []
    for at, raised in flags:
        if raised and (not found or found[-1][1] is not None):
            found.append((at, None))
        elif not raised and found and found[-1][1] is None:
            found[-1] = (found[-1][0], at)
    return found


def company(site: Any, *, points: bool) -> Company:
    sprints = [
        Sprint(
            row["id"],
            *(micros(row[name]) if row.get(name) else None for name in ("startDate", "completeDate")),
            state=row["state"],
            board=row["boardId"],
        )
        for row in sorted(site.sprints, key=lambda row: row["id"])
    ]
    return Company(stories(site), sprints, points=points)


def synced(site: Any, flavour: str, folder: Any, mapping: dict[str, str]) -> Tables:
    store = IssueStore(folder / "issues.sqlite")
    with SampleServer(site, flavour=flavour) as server:
        connection = Connection(server.url, "me@example.org", "secret")
        result = sync(connection, store, jql=ALL, mapped_fields=set(mapping.values()), known_as="http://127.0.0.1:1")
    assert result.error is None and result.complete, (result.error, result.warnings)
    with store.reading() as connection:
        tables = read(connection, store.scope_for("http://127.0.0.1:1", ALL).scope, mapping)
    store.close()
    return tables


@pytest.mark.parametrize("flavour", ["cloud", "dc"])
@pytest.mark.parametrize("points", [True, False])
def test_every_sprint_is_what_the_oracle_says(lively, tmp_path, flavour, points):
    mapping = {"story_points": "customfield_10016"} if points else {}
    tables = synced(lively, flavour, tmp_path, mapping)
    assert len(tables.sprints) == len(lively.sprints) > 80 and len(tables.boards) == 4
    now = round(lively.now.timestamp() * 1_000_000)
    facts = Dataset(tables, Definitions(), Workflow(), now)
    told = tell(company(lively, points=points), now, Definitions())
    agree(facts, told)
    totals = {name: sum(each.sums.get(name, 0) for each in told) for name in told[0].sums}
    assert min(totals.values()) > 10, f"the site lets nothing happen: {totals}"
    assert sum(each.score is not None for each in told) > 30
    assert stats(facts).extra["reestimated"].any() == points
