"""Real issues of two sites: every metric says what the oracle says, over several periods."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from data.settings.model import Definitions, Workflow
from data.tables.tidy import Tables
from tests.builders import Item, Version, ask, at, site
from tests.data.metrics import oracle, oracle_dora
from tests.data.metrics.test_against_oracle import agree

REAL = Path(__file__).parents[4] / "shared" / "jira_data"
JOURNALS, ALLOY = REAL / "aea" / "aea_2024-12_2025-12.jsonl.gz", REAL / "tidev" / "ALOY.jsonl.gz"
NOW = at("2026-01-15 12:00")
ZONE = "America/New_York"
CATEGORY = {"new": "new", "indeterminate": "indeterminate", "done": "done", "undefined": "new"}
PERIODS = [
    ("2025-01-01", "2025-01-31"),
    ("2025-03-01", "2025-03-31"),
    ("2025-11-02", "2025-11-08"),
    ("2025-01-01", "2025-12-31"),
]
FLAG = ("flagged", "impediment")


def lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        pytest.skip(f"the real issues are not there: {path.name}")
    with gzip.open(path, "rt", encoding="utf-8") as text:
        yield from map(json.loads, text)


def micros(text: str | None) -> int | None:
    return None if text is None else at(datetime.fromisoformat(text).astimezone(UTC))


def moves(issue: dict[str, Any], *names: str) -> list[tuple[int, dict[str, Any]]]:
    """Changes of a field as (instant, change), in order."""
    found = [
        (micros(history["created"]), int(history["id"]), n, item)
        for history in issue.get("changelog", {}).get("histories", [])
        for n, item in enumerate(history["items"])
        if (item.get("fieldId") or item["field"]).casefold() in names or item["field"].casefold() in names
    ]
    return [(when, item) for when, _, _, item in sorted(found, key=lambda each: each[:3])]


def flags(issue: dict[str, Any]) -> list[tuple[int, int | None]]:
    out: list[tuple[int, int | None]] = []
    for when, item in moves(issue, *FLAG):
        up = bool(item["toString"])
        if up and (not out or out[-1][1] is not None):
            out.append((when, None))
        elif not up and out and out[-1][1] is None:
            out[-1] = (out[-1][0], when)
    return out


def item_of(issue: dict[str, Any], places: dict[str, int], versions: dict[str, int]) -> Item:
    fields, history = issue["fields"], moves(issue, "status")
    kind = fields["issuetype"]
    links = [
        (link["type"][side].strip().lower(), places.get(link[f"{side}Issue"]["id"], -1))
        for link in fields["issuelinks"]
        for side in ("inward", "outward")
        if f"{side}Issue" in link
    ]
    return Item(
        created=micros(fields["created"]),
        moves=[(when, change["to"]) for when, change in history],
        status=history[0][1]["from"] if history else fields["status"]["id"],
        type=kind["name"],
        project=fields["project"]["key"],
        hierarchy=kind.get("hierarchyLevel", -1 if kind["subtask"] else 1 if kind["name"] == "Epic" else 0),
        resolution=(fields["resolution"] or {}).get("name"),
        resolved=micros(fields["resolutiondate"]),
        fix_versions=[versions[each["id"]] for each in fields["fixVersions"] if each["id"] in versions],
        links=links,
        flags=flags(issue),
    )


def statuses_of(issues: list[dict[str, Any]], known: list[dict[str, Any]]) -> tuple[tuple[str, str, str], ...]:
    """Statuses in force, and those that only the history names."""
    found = {each["id"]: (each["name"], CATEGORY[each["statusCategory"]["key"]]) for each in known}
    for issue in issues:
        status = issue["fields"]["status"]
        found.setdefault(status["id"], (status["name"], CATEGORY[status["statusCategory"]["key"]]))
    for issue in issues:
        for _, change in moves(issue, "status"):
            for end in ("from", "to"):
                found.setdefault(change[end], (change[f"{end}String"] or change[end], "indeterminate"))
    return tuple((status_id, *rest) for status_id, rest in sorted(found.items()))


def oracle_facts(issues: list[dict[str, Any]], known: list, versions: list[dict[str, Any]]) -> dict[str, Any]:
    places = {issue["id"]: n for n, issue in enumerate(issues)}
    numbers = {each["id"]: n for n, each in enumerate(versions)}
    return {
        "items": [item_of(issue, places, numbers) for issue in issues],
        "statuses": statuses_of(issues, known),
        "versions": [Version(each["name"], each.get("releaseDate"), each["released"], "ALOY") for each in versions],
    }


@cache
def journals() -> tuple[dict[str, Any], Tables]:
    issues = list(lines(JOURNALS))
    facts = oracle_facts(issues, json.loads((JOURNALS.parent / "statuses.json").read_text()), [])
    return facts, site(*facts["items"], zone=ZONE, statuses=facts["statuses"])


@cache
def alloy() -> tuple[dict[str, Any], Tables]:
    issues = list(lines(ALLOY))
    versions = json.loads((ALLOY.parent / "project-ALOY.json").read_text())["versions"]
    facts = oracle_facts(issues, [], versions)
    return facts, site(*facts["items"], zone="UTC", statuses=facts["statuses"], versions=facts["versions"])


def question(facts: dict[str, Any], first: str, last: str, zone: str, active: list[str] | None = None, **rules: Any):
    return oracle.Question(
        **facts,
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        now=NOW,
        zone=zone,
        rules=Definitions(**rules),
        flow=Workflow(active=active or []),
    )


@pytest.mark.parametrize(("first", "last"), PERIODS)
@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"completion": "first", "percentile": "nearest_rank"},
        {"completed_as_of": "period_end", "load": "started"},
        {"subtract_reopened": True, "durations": "working_days", "all_levels": True},
    ],
)
def test_flow_of_the_journals(first, last, rules):
    facts, tables = journals()
    active = [
        status_id for status_id, name, _ in facts["statuses"] if name in ("In Progress", "Verification", "Code", "Data")
    ]
    asked = question(facts, first, last, ZONE, active, **rules)
    for name, formula in oracle.FLOW.items():
        got = ask(name, tables, first, last, now=NOW, workflow={"active": active}, **rules)
        agree(got, formula(asked))


def test_the_journals_need_no_mapping_for_four_flow_metrics_and_ask_for_the_fifth():
    _, tables = journals()
    values = {name: ask(name, tables, "2025-01-01", "2025-12-31", now=NOW) for name in oracle.FLOW}
    assert {name for name, value in values.items() if value.ok} == set(oracle.FLOW) - {"flow_efficiency"}
    assert values["flow_efficiency"].error_state == "missing_mapping"
    assert "workflow.active" in values["flow_efficiency"].details["needs_settings"]
    assert values["flow_velocity"].value > 100 and values["flow_time"].value > 1


def test_the_history_of_the_journals_ends_in_the_status_of_each_issue():
    facts, _ = journals()
    current = [issue["fields"]["status"]["id"] for issue in lines(JOURNALS)]
    assert [item.status_now for item in facts["items"]] == current


@pytest.mark.parametrize(
    ("first", "last"), [("2013-01-01", "2013-12-31"), ("2014-02-01", "2014-03-31"), ("2016-06-01", "2017-05-31")]
)
def test_alloy_by_its_released_versions(first, last):
    facts, tables = alloy()
    rules = {
        "rework_version_types": ["Bug"],
        "incident_types": ["Bug"],
        "incident_links": ["is caused by", "relates to"],
    }
    asked = question(facts, first, last, "UTC", **rules)
    for name, formula in {**oracle.FLOW, **oracle_dora.DORA}.items():
        agree(ask(name, tables, first, last, now=NOW, **rules), formula(asked))


def test_alloy_has_releases_and_no_histories_and_says_so():
    _, tables = alloy()
    found = {name: ask(name, tables, "2013-01-01", "2013-12-31", now=NOW) for name in (*oracle_dora.DORA, *oracle.FLOW)}
    assert found["deployment_frequency"].value > 0 and found["flow_velocity"].value > 0
    for name in ("lead_time_for_changes", "flow_time"):
        value = found[name]
        assert value.error_state == "no_data" and value.details["exclusions"]["no history"] > 100
    assert found["flow_distribution"].details["distribution"]["Defect"] > 0
