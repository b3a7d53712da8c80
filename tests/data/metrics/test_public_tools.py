"""Same file, same definition, same answer: cycle times of real issues as public flow tools define them.

Each tool is written here from its published definition, in plain Python over Jira's own JSON; docs/definitions.md has
the table of settings.
"""

from __future__ import annotations

import json
import math
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.facts.completions import flow_time_rows
from data.facts.days import percentile
from tests.builders import facts
from tests.data.metrics.test_real_issues import CATEGORY, JOURNALS, ZONE, journals, lines

NOW = "2026-01-15 12:00"
Move = tuple[datetime, str]  # when, category of the status entered
EVERYTHING = {"not_completed_resolutions": [], "all_levels": True}


@cache
def histories() -> list[list[Move]]:
    """For each issue the categories that it entered, its creation first."""
    statuses = json.loads((JOURNALS.parent / "statuses.json").read_text()) if JOURNALS.is_file() else []
    category = {each["id"]: CATEGORY[each["statusCategory"]["key"]] for each in statuses}
    issues = list(lines(JOURNALS))
    for issue in issues:
        status = issue["fields"]["status"]
        category.setdefault(status["id"], CATEGORY[status["statusCategory"]["key"]])
    return [_moves(issue, category) for issue in issues]


def _moves(issue: dict[str, Any], category: dict[str, str]) -> list[Move]:
    found = [
        (datetime.fromisoformat(history["created"]), int(history["id"]), n, item)
        for history in issue["changelog"]["histories"]
        for n, item in enumerate(history["items"])
        if item["field"] == "status"
    ]
    ordered = [(when, item) for when, _, _, item in sorted(found, key=lambda each: each[:3])]
    first = ordered[0][1]["from"] if ordered else issue["fields"]["status"]["id"]
    created = datetime.fromisoformat(issue["fields"]["created"])
    # A status that only histories name any more is taken as work in progress.
    return [
        (created, category.get(first, "indeterminate")),
        *((w, category.get(i["to"], "indeterminate")) for w, i in ordered),
    ]


def local(instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(ZONE)).date()


# ---- the tools -----------------------------------------------------------------------------------------------------


def first_start_last_finish(moves: list[Move]) -> int | None:
    """jirametrics, as its example is set up: first time in progress, "still in" done, both days count."""
    start = next((when for when, kind in moves if kind == "indeterminate"), None)
    stop = None
    for when, kind in moves:
        if kind != "done":
            stop = None
        elif stop is None:
            stop = when
    if start is None or stop is None or start == stop:
        return None
    return (local(stop) - local(start)).days + 1


def stages(moves: list[Move]) -> dict[str, datetime]:
    """ActionableAgile's extractor for Jira: a stage has the earliest date that is not before the latest one of the
    stage in front of it, so moving back takes the dates of later stages away.
    """
    out: dict[str, datetime] = {}
    latest = datetime.min.replace(tzinfo=ZoneInfo("UTC"))
    for stage in ("new", "indeterminate", "done"):
        valid = [when for when, kind in moves if kind == stage and when >= latest]
        if valid:
            out[stage], latest = min(valid), max(valid)
    return out


def moved_back_starts_again(moves: list[Move]) -> int | None:
    """ActionableAgile: the days from the stage of the start to that of the end, both of them counted."""
    found = stages(moves)
    if "indeterminate" not in found or "done" not in found:
        return None
    return (local(found["done"]) - local(found["indeterminate"])).days + 1


def wiped(moves: list[Move]) -> int | None:
    """jira-agile-metrics: the first time in each step is kept, a move back wipes the steps behind; dates less dates."""
    order = ("new", "indeterminate", "done")
    seen: dict[str, datetime | None] = dict.fromkeys(order)
    for when, kind in moves:
        seen[kind] = seen[kind] or when
        for later in order[order.index(kind) + 1 :]:
            seen[later] = None
    start, stop = seen["indeterminate"], seen["done"]
    return None if start is None or stop is None else (local(stop) - local(start)).days


def first_to_first(moves: list[Move]) -> int | None:
    """A spreadsheet: first day in progress to first day done, one subtracted from the other."""
    start = next((when for when, kind in moves if kind == "indeterminate"), None)
    stop = next((when for when, kind in moves if kind == "done"), None)
    return None if start is None or stop is None or stop < start else (local(stop) - local(start)).days


# ---- ours ----------------------------------------------------------------------------------------------------------


def ours(**rules: Any) -> dict[int, float]:
    """Place of the issue → days."""
    _, tables = journals()
    rows = flow_time_rows(facts(tables, now=NOW, **EVERYTHING, **rules))
    return dict(zip(rows.issue[rows.reason == 0].tolist(), rows["days"].tolist(), strict=True))


def theirs(tool: Any) -> dict[int, float]:
    return {n: days for n, moves in enumerate(histories()) if (days := tool(moves)) is not None}


def done_now(found: dict[int, float]) -> dict[int, float]:
    """Those that are done today: of an item that is reopened we say nothing until it is done again."""
    return {n: days for n, days in found.items() if histories()[n][-1][1] == "done"}


@pytest.mark.parametrize(
    ("tool", "rules"),
    [
        (first_start_last_finish, {"durations": "inclusive_days"}),
        (moved_back_starts_again, {"durations": "inclusive_days", "backward_moves": "restart"}),
        (wiped, {"durations": "exclusive_days", "backward_moves": "restart"}),
    ],
)
def test_every_issue_has_the_cycle_time_of_the_tool(tool: Any, rules: dict[str, Any]):
    got, want = ours(**rules), theirs(tool)
    assert len(want) > 300
    if tool is first_start_last_finish:  # it leaves out what started and stopped at one instant
        got = {n: days for n, days in got.items() if n in want or ours()[n] > 0}
    assert set(got) == set(want)
    assert {n: days for n, days in got.items() if days != pytest.approx(want[n], abs=1e-9)} == {}


def test_first_entry_to_started_and_done_gives_n_and_inclusive_n_plus_1():
    rules = {"completion": "first"}
    exclusive, inclusive = ours(durations="exclusive_days", **rules), ours(durations="inclusive_days", **rules)
    want = done_now(theirs(first_to_first))
    assert len(want) > 300
    assert set(exclusive) == set(inclusive) == set(want)
    assert exclusive == want
    assert inclusive == {n: days + 1 for n, days in want.items()}


def test_the_rules_matter_for_these_issues():
    """Else the comparisons above would say nothing."""
    plain = ours(durations="inclusive_days")
    again = ours(durations="inclusive_days", backward_moves="restart")
    assert sum(again.get(n) != days for n, days in plain.items()) > 10
    first = ours(durations="inclusive_days", completion="first")
    assert sum(first.get(n) != days for n, days in plain.items()) > 2


@pytest.mark.parametrize("share", [50, 85, 95])
def test_percentiles_differ_as_they_should(share: int):
    days = sorted(ours(durations="inclusive_days").values())
    count = len(days)
    nearest = percentile(days, share, "nearest_rank")
    assert nearest == days[math.ceil(count * share / 100) - 1], "the value of a real item"
    place = (count - 1) * share / 100  # R-7, as pandas and jira-agile-metrics have it
    low, high = days[math.floor(place)], days[math.ceil(place)]
    assert percentile(days, share) == pytest.approx(low + (high - low) * (place - math.floor(place)))
    # jirametrics takes the value after so many percent: one rank higher where that is a whole number of items.
    after = days[min(count * share // 100, count - 1)]
    assert after == (nearest if count * share % 100 else days[count * share // 100])


def test_percentiles_of_a_handful_by_hand():
    assert (percentile([1, 2, 3, 10], 50), percentile([1, 2, 3, 10], 50, "nearest_rank")) == (2.5, 2)
    assert (percentile([1, 2, 3, 10], 85), percentile([1, 2, 3, 10], 85, "nearest_rank")) == (pytest.approx(6.85), 10)
