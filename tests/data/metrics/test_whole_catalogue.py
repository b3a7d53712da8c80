"""What every metric promises, whatever its family: a definition that is complete, and an answer on any site."""

from __future__ import annotations

import doctest
import json
import re
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from data.exports.csv import csv_text
from data.facts.dataset import Dataset
from data.facts.query import MetricQuery
from data.facts.rows import example
from data.metrics.breakdown import GROUPS, STEPS, by_group, over_time
from data.metrics.catalogue import AGGREGATIONS, example_question
from data.metrics.detail import MetricDrilldown, detail
from data.metrics.measure import measure
from data.metrics.registry import ISSUE_METRICS
from data.services.catalogue import COLUMNS, entry_of, rows_of
from data.settings.definitions import expanded, table
from data.settings.fields import FIELDS
from data.settings.model import Definitions, Workflow
from data.tables.tidy import NEVER
from data.values.details import Details
from data.values.families import FAMILIES
from data.values.metric_value import ErrorState, MetricValue
from data.values.periods import Period
from sample.tables import UNTIL, tidy
from tests.builders import DOING, DONE, TODO, Item, ask, facts, period, site

OURS = {
    "throughput": ["created", "closed", "velocity", "throughput_ratio"],
    "lead_time": ["lead_time_p50", "lead_time_p90", "lead_time_avg", "cycle_time"],
    "quality": ["reopened_count", "bug_count", "escaped_defects", "reopen_rate"],
    "capacity": ["blocked_hours", "wip", "stuck_count", "wip_no_assignee"],
    "collaboration": ["comment_count", "unique_commenters", "hours_to_first_comment"],
}
every = pytest.mark.parametrize("name", ISSUE_METRICS)
FIRST, LAST = "2025-02-01", "2025-02-28"


def test_the_catalogue_has_what_it_promises_in_its_order():
    for family, names in OURS.items():
        assert [each.name for each in ISSUE_METRICS.values() if each.family == family] == names
    assert len({each.title for each in ISSUE_METRICS.values()}) == len(ISSUE_METRICS)
    assert [each.family for each in ISSUE_METRICS.values()] == sorted(
        (each.family for each in ISSUE_METRICS.values()), key=list(FAMILIES).index
    )


@every
def test_a_definition_is_complete(name):
    metric = ISSUE_METRICS[name]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name) and metric.name == name
    assert metric.title[0].isupper() and metric.unit and metric.category == FAMILIES[metric.family].title
    assert metric.summary.endswith(".") and "\n" not in metric.summary and len(metric.summary) < 130
    assert metric.formula_words and not metric.formula_words.endswith(".")
    assert "Source: " in metric.text and ">>>" not in metric.text and metric.nothing.endswith(".")
    assert metric.aggregation in AGGREGATIONS
    assert re.fullmatch(r"\d+\.\d+", metric.version)
    assert metric.tags and len(set(metric.tags)) == len(metric.tags)


@every
def test_what_it_names_is_real(name):
    metric = ISSUE_METRICS[name]
    assert set(metric.fields) <= set(FIELDS)
    assert expanded(metric.switches) and set(expanded(metric.switches)) <= set(table())
    assert set(metric.depends) <= set(ISSUE_METRICS) - {name}
    assert set(metric.weights) <= set(metric.depends)
    if metric.weights:
        assert sum(metric.weights.values()) == pytest.approx(1.0)


def test_no_metric_depends_on_itself_by_a_detour():
    def reached(name: str, path: tuple[str, ...] = ()) -> None:
        assert name not in path, " → ".join((*path, name))
        for each in ISSUE_METRICS[name].depends:
            reached(each, (*path, name))

    for name in ISSUE_METRICS:
        reached(name)


@every
def test_its_worked_example_holds(name):
    metric = ISSUE_METRICS[name]
    names = {name: metric, "example": example, "example_question": example_question, "NEVER": NEVER, "np": np}
    found = doctest.DocTestParser().get_doctest(metric.help, names, name, None, 0)
    assert found.examples and doctest.DocTestRunner().run(found).failed == 0


@cache
def _small() -> Dataset:
    """Two months in which a bit of everything happens."""
    rows = []
    for n in range(40):
        day = date(2025, 1, 10) + timedelta(days=n)
        noon, later = f"{day} 12:00", f"{day + timedelta(days=1 + n % 4)} 15:00"
        moves = [(noon, DOING), *([] if n % 7 == 6 else [(later, DONE)])]
        moves += [(f"{day + timedelta(days=7)} 09:00", DOING)] if n % 9 == 4 else []
        rows.append(
            Item(
                str(day),
                moves,
                TODO,
                type=["Story", "Bug", "Incident"][n % 3],
                project="PQ"[n % 2],
                assignee=[None, "Ann", "Bob"][n % 3],
                resolution="Done",
                labels=["ui"] if n % 2 else [],
                components=["Web", "Ops"][: n % 3],
                flags=[(noon, None if n % 5 else later)] if n % 4 == 0 else [],
                comments=[(f"{day} 18:00", "ann"), (f"{day + timedelta(days=2)} 08:00", "bob")][: n % 3],
                fields={
                    "story_points": float(n % 5),
                    "deployment_date": later,
                    "deployment_successful": "no" if n % 8 == 0 else "yes",
                },
            )
        )
    return facts(
        site(*rows, zone="Europe/Berlin"),
        now="2025-02-20 10:00",
        workflow={"active": [DOING]},
        rework_labels=["ui"],
        incident_types=["Incident"],
    )


@cache
def _large() -> Dataset:
    tables = tidy(2_000, 3)
    return Dataset(tables, Definitions(), Workflow(), int(tables.issues["updated"].max()))


def _whole_period(about: Dataset):
    from datetime import UTC, datetime

    last = datetime.fromtimestamp(about.now / 1e6, UTC).date()
    return period(str(last - timedelta(days=29)), str(last), about.zone)


@every
def test_on_an_empty_site_there_is_a_reason(name):
    value = ask(name, site(), FIRST, LAST)
    assert value.value is None and value.error_state in (ErrorState.NO_DATA, ErrorState.MISSING_MAPPING)
    assert value.error_message.endswith((".", ")"))


@every
@pytest.mark.parametrize("make", [_small, _large])
def test_on_other_sites_there_is_a_number_or_a_reason(name, make):
    about = make()
    days = _whole_period(about)
    value = measure(ISSUE_METRICS[name], about, days)
    assert value.error_state != ErrorState.CALCULATION_ERROR
    assert value.ok or value.error_message
    assert value.details["used"] == value.total_issue_count - value.excluded_issue_count
    assert sum(value.details["exclusions"].values()) == value.excluded_issue_count
    text = json.dumps(value.to_dict(), allow_nan=False)
    assert MetricValue.from_dict(json.loads(text)) == value
    assert len(text) < 6_000  # the cache holds a hundred families
    assert "trend_points" in value.details


def test_ours_all_have_a_number_on_a_small_site():
    about = _small()
    days = _whole_period(about)
    found = {name: measure(ISSUE_METRICS[name], about, days) for names in OURS.values() for name in names}
    assert {name: value.error_message for name, value in found.items() if not value.ok} == {}
    # Nobody commented on nothing: each number comes from something.
    assert {name for name, value in found.items() if not value.value} <= {"stuck_count"}


@every
def test_it_has_a_detail_and_issues(name):
    about = _small()
    asked = MetricQuery(about, _whole_period(about))
    found = detail(ISSUE_METRICS[name], asked)
    assert found.title == ISSUE_METRICS[name].title and found.definition == ISSUE_METRICS[name].summary
    behind = MetricDrilldown.of(ISSUE_METRICS[name], asked)
    rows = behind.page(np.arange(min(len(behind.rows), 5)), {}, "")
    assert len(rows) == min(len(behind.rows), 5)
    assert all(row.key for row in rows) and (not found.value.ok or found.value.total_issue_count == len(behind.rows))


@every
@pytest.mark.parametrize("by", [*STEPS, *GROUPS])
def test_it_can_be_taken_apart_every_way(name, by):
    for about in (_small(), facts(site(), now="2025-02-20")):
        days = _whole_period(about)
        found = (over_time if by in STEPS else by_group)(ISSUE_METRICS[name], about, days, by)
        assert found.problem or found.total
        assert all(part.value is not None or part.why for part in found.parts)
        assert csv_text(COLUMNS, rows_of(found)).startswith("metric_name,title,by,")
        if found.parts and not found.several and found.by not in STEPS and found.total.used:
            assert sum(part.used for part in found.parts) == found.total.used
            assert round(sum(part.share for part in found.parts), 6) == 100


def test_the_same_thing_under_two_names_is_the_same_number():
    about = _small()
    days = _whole_period(about)
    for one, other in (("cycle_time", "flow_time"), ("wip", "flow_load")):
        assert measure(ISSUE_METRICS[one], about, days).value == measure(ISSUE_METRICS[other], about, days).value
        assert ISSUE_METRICS[one].switches == ISSUE_METRICS[other].switches


@every
def test_its_entry_says_everything_without_calculating(name, monkeypatch):
    monkeypatch.setattr(ISSUE_METRICS[name], "rows", None)
    entry = entry_of(ISSUE_METRICS[name])
    assert (entry.name, entry.title, entry.unit) == (name, ISSUE_METRICS[name].title, ISSUE_METRICS[name].unit)
    assert entry.better in ("lower", "higher", "neither") and all(title for _, title in entry.definitions)


def test_a_percentage_changes_in_points():
    def finished(back: int):
        return [
            Item("2025-01-01", [("2025-02-10", DONE), *([("2025-02-11", DOING)] if n < back else [])])
            for n in range(10)
        ] + [Item("2025-01-01", [("2025-01-20", DONE), *([("2025-01-21", DOING)] if n < 1 else [])]) for n in range(10)]

    value = ask("reopen_rate", site(*finished(4)), FIRST, LAST)
    assert (value.value, value.details["previous_value"]) == (40.0, 10.0)
    assert value.details["trend_points"] == pytest.approx(30.0)
    assert value.details["trend_percentage"] == pytest.approx(300.0)
    assert ask("closed", site(*finished(4)), FIRST, LAST).details["trend_points"] is None


def test_a_deployment_of_several_tickets_counts_once_in_each_group():
    tickets = [
        Item("2025-02-01", project="P", labels=[label], fields={"deployment_date": "2025-02-05 12:00"})
        for label in "abb"
    ]
    about = facts(site(*tickets))
    parts = by_group(ISSUE_METRICS["deployment_frequency"], about, period("2025-02-01", "2025-02-10"), "label").parts
    assert {part.name: (part.value, part.used) for part in parts} == {"a": (0.1, 1), "b": (0.1, 2)}


def test_the_smallest_of_many_groups_are_one_row():
    items = [Item("2025-02-01", assignee=f"P{n:03}") for n in range(130)] + [Item("2025-02-01", assignee="P000")]
    parts = by_group(ISSUE_METRICS["created"], facts(site(*items)), period(FIRST, LAST), "assignee").parts
    assert (parts[0].name, parts[0].value) == ("P000", 2.0)
    assert (len(parts), parts[-1].name, parts[-1].value) == (101, "30 others", 30.0)


def test_what_nobody_asked_for_is_refused_in_words():
    about = facts(site())
    with pytest.raises(LookupError, match=r"no step 'year'\. Choose one of: day, week, month"):
        over_time(ISSUE_METRICS["created"], about, period(FIRST, LAST), "year")
    with pytest.raises(LookupError, match="no group 'planet'"):
        by_group(ISSUE_METRICS["created"], about, period(FIRST, LAST), "planet")


@pytest.mark.parametrize("metric", ISSUE_METRICS.values(), ids=list(ISSUE_METRICS))
def test_what_stands_beside_a_value_is_declared(metric):
    """`details` travels as JSON to page, files and programs: nothing in it has a name that is declared nowhere."""
    tables = tidy(400, 3)
    value = measure(metric, facts(tables, now=int(tables.as_of or 0)), Period.last_days(90, UNTIL, tables.zone))
    assert value.details and set(value.details) <= set(Details.__annotations__)
