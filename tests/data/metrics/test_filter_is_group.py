"""A filter chooses what is counted, not how: a number filtered to X is the row X of the same number by group.

Random sites with everything that the catalogue measures: deployment tickets or releases, incidents that are linked to
them or not, sprints, estimates, comments and blocked time. Every metric is asked by every group, and again filtered to
each name.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from data.facts.attributes import attribute
from data.facts.dataset import Dataset
from data.facts.query import MetricQuery
from data.metrics.breakdown import GROUPS, by_group
from data.metrics.measure import rows_for
from data.metrics.registry import ISSUE_METRICS
from data.settings.filter_fields import FILTER_FIELDS
from data.tables.deliveries import NO_DELIVERIES, Deliveries, deliveries_of
from data.tables.tidy import Tables
from data.values.filters import NONE, Filter, Filters, only
from data.values.names import name_key
from data.values.periods import Period
from data.values.reported import Report, ReportedChange, ReportKind, ReportState
from tests import seeding
from tests.builders import DOING, DONE, REVIEW, TODO, WAITING, Item, Version, at, facts, period
from tests.data.sprints.stories import Company, Sprint, Story
from tests.some import some

HOUR, DAY = 3_600_000_000, 86_400_000_000
FIRST = at("2025-01-06")
TYPES = ("Story", "story", "Bug", "Task", "Incident", "Incident", "Deployment", "Deployment")
TEAMS = ("Blue", "blue", "Green")
PERIODS = (period("2025-01-06", "2025-02-16"), period("2025-01-20", "2025-02-02"))
RULES: tuple[dict[str, Any], ...] = (
    {},
    {"deployment_source": "versions", "rework_version_types": ["Bug"]},
    {"failure_window_hours": 48.0, "rework_labels": ["hotfix"], "completed_as_of": "period_end"},
    {"deployment_merge": "each_issue", "load": "started", "backward_moves": "pause", "rework_types": ["Bug"]},
    {"incident_links": [], "all_levels": True, "stuck_days": 2.0, "rework_types": ["Deployment"]},
    {"deployment_source": "versions", "completion": "first", "percentile": "nearest_rank"},
    {"delivery_source": "both", "failure_window_hours": 48.0, "rework_version_types": ["Bug"]},
    {"delivery_source": "reported", "rework_version_types": ["Bug", "Task"]},
    {"delivery_source": "both", "deployment_source": "versions", "rework_version_types": ["Bug"]},
    {"delivery_source": "reported", "failure_window_hours": 48.0},
)


def delivering(seed: int) -> Company:
    """Seventy issues of three projects in six weeks, with versions and four sprints."""
    chance = seeding.dice(seed)
    versions = [
        Version(
            f"1.{n}",
            chance.choice([None, f"2025-01-{7 + n:02}", f"2025-02-{1 + n:02}"]),
            chance.random() < 0.85,
            chance.choice("PQR"),
        )
        for n in range(12)
    ]
    of_one_board = chance.random() < 0.5  # a score compares a sprint with at least three of its board
    boards = [(1, "Blue", "scrum"), (2, "Red", "scrum"), (3, "blue", "scrum")]
    sprints = [
        Sprint(
            n,
            FIRST + 10 * n * DAY,
            FIRST + 10 * (n + 1) * DAY,
            name=f"S{n % 3}",
            board=1 if of_one_board else chance.choice([1, 1, 2, 3, None]),
        )
        for n in range(4)
    ]
    stories = [_story(chance, versions) for _ in range(70)]
    for story in stories:
        if story.item.type in ("Incident", "Bug") and chance.random() < 0.7:
            other = chance.randrange(len(stories))
            story.item.links = [(chance.choice(["is caused by", "is caused by", "relates to"]), other)]
    mapped = ("deployment_date", "deployment_successful", "target_environment", "team")
    return Company(stories, sprints, boards, points=True, versions=versions, mapped=mapped)


def _story(chance: random.Random, versions: list[Version]) -> Story:
    created, *later = sorted(FIRST + chance.randrange(42 * 24) * HOUR for _ in range(chance.randint(2, 7)))
    status, moves = chance.choice([TODO, TODO, TODO, DOING]), []
    for instant in later:
        before = moves[-1][1] if moves else status
        moves.append(
            (instant, chance.choice([each for each in (TODO, DOING, REVIEW, DONE, DONE, WAITING) if each != before]))
        )
    kind, project = chance.choice(TYPES), chance.choice("PQR")
    fields: dict[str, Any] = {}
    if kind == "Deployment":
        fields = {
            "deployment_date": FIRST + chance.randrange(21) * 2 * DAY,
            "target_environment": chance.choice(["prod", "prod", "prod", "test", None]),
            "deployment_successful": chance.choice([None, "yes", "yes", "no"]),
        }
    fields["team"] = tuple(chance.sample(TEAMS, chance.randint(0, 2))) or None
    own = [n for n, each in enumerate(versions) if each.project == project]
    item = Item(
        created,
        moves,
        status,
        type=kind,
        project=project,
        hierarchy=chance.choice([0, 0, 0, 0, 0, 0, -1, 1]),
        resolution=chance.choice([None, "Done", "Done", "Won't Do"]),
        assignee=chance.choice(["ann", "bob", None]),
        priority=chance.choice(["High", "high", "Low", None]),
        labels=chance.sample(["hotfix", "ui", "UI"], chance.randint(0, 2)),
        components=chance.sample(["Ops", "ops", "Web"], chance.randint(0, 2)),
        fix_versions=chance.sample(own, min(len(own), chance.randint(0, 2))),
        flags=[(created + HOUR, chance.choice([None, created + 30 * HOUR]))] if chance.random() < 0.3 else [],
        comments=[
            (created + chance.randrange(200) * HOUR, chance.choice(["ann", "bob", None]))
            for _ in range(chance.randint(0, 3))
        ],
        history_complete=chance.random() < 0.95,
        comments_complete=chance.random() < 0.9,
        fields={name: value for name, value in fields.items() if value is not None},
    )
    edited = [
        (FIRST + chance.randrange(55) * DAY, name, chance.choice(olds))
        for name, olds in (("project", "PQR"), ("type", TYPES), ("resolution", (None, "Won't Do", "Done")))
        if chance.random() < 0.3
    ]
    item.edits = sorted((each for each in edited if each[0] > created), key=lambda each: each[0])
    place = min((created - FIRST) // (10 * DAY) + chance.choice([0, 1, 1, 1]), 3)
    moved = [(FIRST + (10 * place + chance.randrange(15)) * DAY, [(place + 1) % 4])] if chance.random() < 0.3 else []
    late = chance.random() < 0.3
    points = chance.choice([None, 1.0, 2.0, 5.0])
    return Story(
        item,
        () if late else (place,),
        [(created + 3 * DAY, [place])] if late else [m for m in moved if m[0] > created],
        points,
    )


def reporting(seed: int, tables: Tables) -> Deliveries:
    """Sixty deployments and incidents of two systems, of the projects of the site and of one that it does not have."""
    chance = seeding.dice(seed + 1)
    keys = [str(each) for each in tables.issues["key"]]
    found = []
    for n in range(40):
        at = FIRST + chance.randrange(21) * 2 * DAY + chance.choice([0, HOUR // 6, 5 * HOUR])
        named = tuple(chance.sample(keys, chance.randint(0, 2)))
        brought = [ReportedChange(f"{n}{i}", at - chance.randrange(90) * HOUR, key) for i, key in enumerate(named)]
        found.append(
            Report(
                ReportKind.DEPLOYMENT, chance.choice(["ci", "cd"]), str(n),
                chance.choice([ReportState.DEPLOYED, ReportState.DEPLOYED, ReportState.NOT_DEPLOYED]), at,
                project=chance.choice("PQRX"), environment=chance.choice(["prod", "prod", "test", ""]),
                outcome=chance.choice(["", "worked", "failed"]), version=chance.choice(["", f"1.{n % 12}"]),
                ended_at=at, issues=named, committed_at=chance.choice([None, at - 3 * DAY]), commit=f"c{n % 30}",
                changes=tuple(brought) if chance.random() < 0.4 else (),
            )
        )  # a table: kept in its rows  # fmt: skip
    for n in range(20):
        at = FIRST + chance.randrange(40) * DAY
        cause = chance.choice(found[:40])
        found.append(
            Report(
                ReportKind.INCIDENT, "alerts", str(n),
                chance.choice([ReportState.OPEN, ReportState.RESOLVED, ReportState.RESOLVED, ReportState.WITHDRAWN]),
                at, project=chance.choice("PQRX"), began_at=at, ended_at=at + 7 * HOUR,
                issues=tuple(chance.sample(keys, chance.choice([0, 0, 1]))),
                caused_by=(cause.source, cause.id) if chance.random() < 0.5 else None,
            )
        )  # a table: kept in its rows  # fmt: skip
    return deliveries_of(replace(each, ended_at=None) if each.state is ReportState.OPEN else each for each in found)


GROUP_FIELDS = tuple(each for each in GROUPS if each in FILTER_FIELDS)


def names_of(field: str, tables: Tables) -> list[str]:
    """Names to filter by; the first is that of having no value."""
    return [NONE, *dict.fromkeys(attribute(tables, field).names)]


Row = tuple[float | None, int, int]  # value, used, left out


def rows(group: str, metric: str, about: Dataset, days: Period) -> dict[str, Row] | None:
    """The rows by name, that of no value under NONE; None where the metric says what to map."""
    found = by_group(ISSUE_METRICS[metric], about, days, group)
    if found.problem:
        return None
    parts = [each for each in found.parts if not each.rest or each.name == "none"]
    return {NONE if each.rest else each.name: (each.value, each.used, each.left_out) for each in parts}


def filtered(metric: str, about: Dataset, days: Period) -> Row | None:
    """The number of a narrowed view; None where the metric says what to map."""
    asked, one = MetricQuery(about, days), ISSUE_METRICS[metric]
    if one.missing(about):
        return None
    found = rows_for(one, asked)
    return one(found, asked), found.used, len(found) - found.used


def differences(about: Dataset, days: Period, groups: Iterable[str] = GROUP_FIELDS) -> list[tuple[Any, ...]]:
    """(metric, group, name, row, filtered) of every number that is another one when it is filtered."""
    out: list[tuple[Any, ...]] = []
    for group in groups:
        by = {metric: rows(group, metric, about, days) for metric in ISSUE_METRICS}
        for name in some(names_of(group, about.tables), 2):
            narrowed = about.narrowed(about.filters.also(Filter(group, "in", (name,))))
            for metric, found in by.items():
                got = filtered(metric, narrowed, days)
                if found is None or got is None:
                    if found is not got:
                        out.append((metric, group, name, found, got))
                    continue
                found = {name_key(each): row for each, row in found.items()}
                row = found.get(name_key(name))
                if row is None:  # nothing happened there, which a number may say as 0
                    row = (None if got[0] == 0 else got[0], 0, 0) if not any(got[1:]) else (None, 0, 0)
                    got = (None if got[0] == 0 else got[0], *got[1:])
                if row[1:] != got[1:] or not same(row[0], got[0]):
                    out.append((metric, group, name, row, got))
    return out


def same(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and one == pytest.approx(other, rel=1e-12))


def about_site(seed: int) -> Dataset:
    tables, rules = delivering(seed).tables(), RULES[seed % len(RULES)]
    found = reporting(seed, tables) if "delivery_source" in rules else NO_DELIVERIES
    return facts(tables, now=FIRST + 60 * DAY, workflow={"active": [DOING]}, deliveries=found, **rules)


@pytest.mark.parametrize("seed", seeding.seeds(len(RULES), 500, times=4))
def test_a_number_filtered_to_a_name_is_the_row_of_that_name(seed: int) -> None:
    found = differences(about_site(seed), PERIODS[seed % 2])
    assert not found, (Counter(each[:2] for each in found).most_common(), found[:5])


NARROWED = (
    only(project=("P", "Q")),
    only(label=("ui",)),
    only(type=("Deployment", "Incident")),
    Filters((Filter("type", "not_in", ("Bug",)), Filter("assignee", "not_in", ("ann", NONE)))),
    Filters((Filter("status", "not_in", ("Done",)), Filter("sprint", "contains", ("S",)))),
    Filters((Filter("team", "is_null"), Filter("project", "ne", ("R",)))),
    Filters((Filter("board", "in", ("Blue",)),)),
)


@pytest.mark.parametrize("seed", seeding.seeds(len(RULES) // 2, 600, times=4))
def test_a_row_of_a_filtered_view_is_the_number_with_both_filters(seed: int) -> None:
    about = about_site(seed)
    for filters in NARROWED:
        groups = [each for each in GROUP_FIELDS if not filters.of(each)]
        found = differences(about.narrowed(filters), PERIODS[0], groups)
        assert not found, (filters, Counter(each[:2] for each in found).most_common(), found[:5])


@pytest.mark.parametrize("field", GROUP_FIELDS)
def test_what_is_excluded_and_what_is_wanted_are_all_together(field: str) -> None:
    """Of what is made of one issue each row is in one of two views: filtered to some values, and to all but these."""
    about = about_site(500)
    wanted = Filter(field, "in", tuple(names_of(field, about.tables)[1:3]))
    others = replace(wanted, op="not_in")
    for metric in ("flow_velocity", "flow_time", "flow_load", "arrivals", "reopened_items"):
        if metric in ISSUE_METRICS:
            whole, one, other = (
                filtered(metric, about.narrowed(about.filters.also(*each)), PERIODS[0])
                for each in ((), (wanted,), (others,))
            )
            assert whole and one and other and whole[1] == one[1] + other[1], (metric, field, whole, one, other)


def test_the_sites_have_something_of_every_number() -> None:
    """A comparison of nothing with nothing proves nothing."""
    counted = Counter(
        metric
        for seed in range(500, 500 + len(RULES))
        for metric in ISSUE_METRICS
        for name, row in (rows("project", metric, about_site(seed), PERIODS[0]) or {}).items()
        if row[1] and row[0]
    )
    assert [metric for metric in ISSUE_METRICS if counted[metric] < 3] == []
