"""What the ten DORA and Flow metrics promise, checked once for all of them (D-06, D-07, D-09)."""

from __future__ import annotations

import doctest
import json
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from data.facts.rows import example
from data.metrics.catalogue import FAMILIES, example_question
from data.metrics.registry import ISSUE_METRICS
from data.settings.definitions import expanded, table
from data.settings.fields import FIELDS
from data.values.metric_value import TIER_COLORS, ErrorState, MetricValue
from tests.builders import DOING, DONE, REVIEW, Item, Version, ask, at, site

DORA = [
    "deployment_frequency",
    "lead_time_for_changes",
    "change_failure_rate",
    "mean_time_to_recovery",
    "deployment_rework_rate",
]
FLOW = ["flow_velocity", "flow_time", "flow_efficiency", "flow_load", "flow_distribution"]
UNITS = {
    "deployment_frequency": "deployments/day",
    "lead_time_for_changes": "days",
    "flow_time": "days",
    "change_failure_rate": "percent",
    "deployment_rework_rate": "percent",
    "flow_efficiency": "percent",
    "flow_distribution": "percent",
    "mean_time_to_recovery": "hours",
    "flow_velocity": "items",
    "flow_load": "items",
}
KEYS = {
    "title",
    "definition",
    "display_value",
    "display_unit",
    "used",
    "exclusions",
    "benchmarks",
    "trend_direction",
    "trend_percentage",
    "trend_verdict",
    "previous_value",
    "sparkline",
    "low_confidence",
    "notes",
    "higher_is_better",
}
every = pytest.mark.parametrize("name", [*DORA, *FLOW])
FIRST, LAST, NOW = "2025-02-01", "2025-03-02", "2025-03-10"


def busy(count: int = 60):
    """A site on which every metric has a value: work, deployments, failures and incidents over three months."""
    rows = []
    for n in range(count):
        day = date(2025, 1, 1) + timedelta(days=n)
        noon, later = f"{day} 12:00", f"{day + timedelta(days=1 + n % 5)} 15:00"
        rows.append(
            Item(
                str(day),
                [(noon, DOING), (later, DONE)],
                type=["Story", "Bug", "Spike"][n % 3],
                hierarchy=-(n % 7 == 6),
                resolution="Won't Do" if n % 11 == 10 else "Done",
                fields={"code_commit_date": noon, "deployed_to_production_date": later} if n % 4 else {},
            )
        )
        rows.append(
            Item(
                str(day),
                type="Deployment",
                labels=["hotfix"] if n % 6 == 0 else [],
                fields={
                    "deployment_date": noon,
                    "target_environment": "prod" if n % 5 else "test",
                    "deployment_successful": "no" if n % 9 == 0 else "yes",
                },
            )
        )
        if n % 8 == 0:
            rows.append(
                Item(noon, [(noon, DOING), (later, DONE)], type="Incident", fields={"incident_detected_at": noon})
            )
    return site(*rows, zone="Europe/Berlin")


@cache
def answer(name: str, first: str = FIRST, last: str = LAST) -> MetricValue:
    return ask(name, busy(), first, last, now=NOW, workflow={"active": [DOING]}, rework_labels=["hotfix"])


def test_there_are_ten_metrics_in_a_fixed_order():
    assert list(ISSUE_METRICS)[:10] == [*DORA, *FLOW]
    assert [each.family for each in ISSUE_METRICS.values()][:10] == [
        family for family in ("dora", "flow") for _ in range(5)
    ]
    families = list(FAMILIES)
    order = [families.index(each.family) for each in ISSUE_METRICS.values()]
    assert order == sorted(order) and families[:2] == ["dora", "flow"]


@every
def test_a_metric_explains_itself(name):
    metric = ISSUE_METRICS[name]
    assert metric.title and metric.title[0].isupper() and metric.title[1:] == metric.title[1:].lower()
    assert metric.summary.endswith(".") and "\n" not in metric.summary and len(metric.summary) < 120
    assert "Source: " in metric.text and ">>>" not in metric.text and ">>>" in metric.help
    assert metric.nothing.endswith(".")
    assert set(metric.fields) <= set(FIELDS)
    assert set(expanded(metric.switches)) <= set(table())


@every
def test_its_worked_example_holds(name):
    metric = ISSUE_METRICS[name]
    names = {name: metric, "example": example, "example_question": example_question}
    found = doctest.DocTestParser().get_doctest(metric.help, names, name, None, 0)
    assert found.examples
    result = doctest.DocTestRunner().run(found)
    assert result.failed == 0


@every
def test_its_unit_is_fixed(name):
    assert ISSUE_METRICS[name].unit == UNITS[name]
    assert answer(name).unit == UNITS[name]


@every
def test_on_a_busy_site_it_has_a_value(name):
    value = answer(name)
    assert value.error_state == ErrorState.SUCCESS, value.error_message
    assert value.error_message is None and value.ok
    assert value.metric_name == name and value.metric_type == ISSUE_METRICS[name].family
    assert set(value.details) >= KEYS
    assert value.details["display_value"] and isinstance(value.details["display_value"], str)
    assert isinstance(value.details["low_confidence"], bool)


@every
def test_the_period_is_written_in_utc_with_an_exclusive_end(name):
    value = answer(name)
    assert (value.time_period_start, value.time_period_end) == ("2025-01-31T23:00:00.000Z", "2025-03-02T23:00:00.000Z")
    assert value.calculation_timestamp == "2025-03-09T23:00:00.000Z"


@every
@pytest.mark.parametrize("last", [LAST, "2025-02-01", "2025-02-07", "2026-01-31"])
def test_used_and_excluded_add_up(name, last):
    value = answer(name, last=last)
    assert value.details["used"] == value.total_issue_count - value.excluded_issue_count
    assert sum(value.details["exclusions"].values()) == value.excluded_issue_count
    assert all(why and n > 0 for why, n in value.details["exclusions"].items())


@every
@pytest.mark.parametrize("last", ["2025-02-01", "2025-02-02", LAST, "2025-05-01", "2026-02-01"])
def test_a_sparkline_has_at_most_thirty_points(name, last):
    value = answer(name, last=last)
    line = value.details["sparkline"]
    assert bool(line) == value.ok and len(line) <= 30
    assert all(point is None or point >= 0 for point in line)


@every
def test_it_survives_json(name):
    value = answer(name)
    text = json.dumps(value.to_dict(), allow_nan=False)
    assert MetricValue.from_dict(json.loads(text)) == value
    assert len(text) < 4_800  # a hundred entries of five metrics each stay below 480 KB only if each is small


@every
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Apia"])
def test_an_empty_site_gives_no_number_and_a_reason(name, zone):
    value = ask(name, site(zone=zone), FIRST, LAST)
    assert value.value is None and value.performance_tier is None and value.performance_tier_color is None
    assert value.error_state in (ErrorState.MISSING_MAPPING, ErrorState.NO_DATA)
    assert value.error_message.endswith(".")
    assert value.total_issue_count == value.excluded_issue_count == value.details["used"] == 0
    json.dumps(value.to_dict(), allow_nan=False)


@every
def test_unmapped_it_asks_for_a_mapping_or_has_a_value_but_never_fails(name):
    items = [Item("2025-02-01", [("2025-02-02", DOING), ("2025-02-05", DONE)]), Item("2025-02-01")]
    value = ask(name, site(*items), FIRST, LAST)
    needs_nothing = {"flow_velocity", "flow_time", "flow_load", "flow_distribution"}
    assert value.error_state == (ErrorState.SUCCESS if name in needs_nothing else ErrorState.MISSING_MAPPING)
    if name not in needs_nothing:
        needs = value.details["needs"]
        assert needs or value.details["needs_settings"]
        assert value.details["needs_titles"] == [FIELDS[each].title for each in needs]


@every
def test_every_mapped_field_empty_is_no_failure(name):
    items = [Item("2025-02-01", [("2025-02-02", DOING), ("2025-02-05", DONE)])]
    value = ask(name, site(*items, mapped=FIELDS), FIRST, LAST, workflow={"active": [DOING]}, rework_labels=["x"])
    assert value.error_state != ErrorState.CALCULATION_ERROR
    assert value.ok or value.value is None


@every
def test_a_broken_table_is_an_error_of_one_card_only(name, monkeypatch):
    def broken(*_):
        raise RuntimeError("this data cannot be")

    monkeypatch.setattr(ISSUE_METRICS[name], "rows", broken)
    value = ask(name, busy(3), FIRST, LAST, workflow={"active": [DOING]}, rework_labels=["hotfix"])
    assert value.error_state == ErrorState.CALCULATION_ERROR
    assert value.value is None and ISSUE_METRICS[name].title in value.error_message
    assert "this data cannot be" not in value.error_message


@every
def test_a_period_to_come_holds_no_number(name):
    value = ask(
        name,
        busy(20),
        "2027-01-01",
        "2027-01-31",
        now="2025-03-01",
        workflow={"active": [DOING]},
        rework_labels=["hotfix"],
    )
    assert value.error_state == ErrorState.NO_DATA
    assert value.value is None


@every
def test_only_dora_metrics_have_tiers(name):
    value = answer(name)
    if ISSUE_METRICS[name].family == "flow" or name == "deployment_rework_rate":
        assert value.performance_tier is None and value.performance_tier_color is None
        assert value.details["benchmarks"] == {}
    else:
        assert value.performance_tier_color == TIER_COLORS.get(value.performance_tier or "")
        assert value.performance_tier or value.details["tier_reason"] in value.details["notes"]
        assert value.details["benchmarks"]["year"] == 2023
        assert set(value.details["benchmarks"]) == {"year", "Elite", "High", "Medium", "Low"}


def test_few_used_are_low_confidence():
    def deployed(count):
        return site(
            *(
                Item(
                    "2025-02-01", fields={"deployment_date": f"2025-02-0{n + 1} 12:00", "deployment_successful": "yes"}
                )
                for n in range(count)
            )
        )

    four, five = (ask("change_failure_rate", deployed(n), FIRST, LAST).details["low_confidence"] for n in (4, 5))
    assert four is True and five is False


def test_many_tickets_of_few_deployments_are_low_confidence_too():
    tickets = [Item("2025-02-01", fields={"deployment_date": "2025-02-01 12:00", "deployment_successful": "yes"})] * 9
    value = ask("change_failure_rate", site(*tickets), FIRST, LAST)
    assert (value.details["used"], value.details["count"], value.details["low_confidence"]) == (9, 1, True)


@every
def test_the_comparison_is_with_as_many_days_just_before(name):
    value = answer(name, first="2025-02-10", last="2025-02-19")
    before = answer(name, first="2025-01-31", last="2025-02-09")
    assert value.details["previous_start"] == "2025-01-31" and value.details["previous_end"] == "2025-02-09"
    assert value.details["previous_value"] == before.value
    if before.value:
        change = 100 * (value.value - before.value) / before.value
        assert value.details["trend_percentage"] == pytest.approx(change)
        assert value.details["trend_direction"] == ("flat" if not change else "up" if change > 0 else "down")


@pytest.mark.parametrize(
    ("name", "better_when_up"),
    [
        ("deployment_frequency", True),
        ("lead_time_for_changes", False),
        ("change_failure_rate", False),
        ("mean_time_to_recovery", False),
        ("deployment_rework_rate", False),
        ("flow_velocity", True),
        ("flow_time", False),
        ("flow_efficiency", True),
        ("flow_load", False),
        ("flow_distribution", None),
    ],
)
def test_better_and_worse_follow_the_metric(name, better_when_up):
    value = answer(name)
    assert value.details["higher_is_better"] is better_when_up
    verdict, direction = value.details["trend_verdict"], value.details["trend_direction"]
    expected = {None: None, True: {"up": "better", "down": "worse"}, False: {"up": "worse", "down": "better"}}[
        better_when_up
    ]
    if expected is None:
        assert verdict is None
    elif direction in ("up", "down"):
        low, high = value.details.get("trend_interval") or (None, None)
        clear = (low is not None and low > 0) or (high is not None and high < 0)
        assert verdict == expected[direction] if clear else verdict in ("within_noise", "cannot_tell")


@pytest.mark.parametrize(("name", "better_when_up"), [("flow_velocity", True), ("flow_time", False)])
@pytest.mark.parametrize("up", [True, False])
def test_a_change_far_beyond_noise_is_better_or_worse(name: str, better_when_up: bool, up: bool):
    """Twelve short items in one month, forty long ones in the other."""
    few, many = ("2025-01", "2025-02") if up else ("2025-02", "2025-01")
    short = [
        Item(f"{few}-{n + 1:02} 08:00", [(f"{few}-{n + 1:02} 09:00", DOING), (f"{few}-{n + 1:02} 10:00", DONE)])
        for n in range(12)
    ]
    long = [
        Item(
            f"{many}-{n % 8 + 1:02} 08:00",
            [(f"{many}-{n % 8 + 1:02} 09:00", DOING), (f"{many}-{n % 8 + 18:02} 10:00", DONE)],
        )
        for n in range(40)
    ]
    value = ask(name, site(*short, *long), "2025-02-01", "2025-02-28", now="2025-03-05")
    assert value.details["trend_direction"] == ("up" if up else "down")
    assert value.details["trend_verdict"] == ("better" if up == better_when_up else "worse")


BASE = {
    "metric_name": "flow_time",
    "metric_type": "flow",
    "value": 1.0,
    "unit": "days",
    "performance_tier": None,
    "performance_tier_color": None,
    "calculation_timestamp": "2025-03-01T00:00:00.000Z",
    "time_period_start": "2025-01-01T00:00:00.000Z",
    "time_period_end": "2025-02-01T00:00:00.000Z",
    "error_state": "success",
    "error_message": None,
    "excluded_issue_count": 0,
    "total_issue_count": 1,
}


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"value": None}, "value goes with success"),
        ({"value": -0.1}, "not negative"),
        ({"value": float("nan")}, "finite"),
        ({"value": float("inf")}, "finite"),
        ({"error_state": "no_data", "error_message": "Nothing."}, "value goes with success"),
        ({"value": None, "error_state": "no_data"}, "there is a message"),
        ({"value": None, "error_state": "missing_mapping", "error_message": ""}, "there is a message"),
        ({"time_period_end": "2024-12-31T00:00:00.000Z"}, "end before it starts"),
        ({"excluded_issue_count": 2}, "some of all"),
        ({"excluded_issue_count": -1}, "some of all"),
        ({"performance_tier": "Elite"}, "belong together"),
        ({"performance_tier": "Elite", "performance_tier_color": "red"}, "belong together"),
        ({"performance_tier_color": "green"}, "belong together"),
    ],
)
def test_a_value_that_breaks_its_promises_cannot_be_made(broken, why):
    MetricValue(**BASE)
    with pytest.raises(ValueError, match=why):
        MetricValue(**{**BASE, **broken})


def test_tiers_are_green_yellow_orange_red():
    assert TIER_COLORS == {"Elite": "green", "High": "yellow", "Medium": "orange", "Low": "red"}


def test_a_value_is_the_same_number_wherever_it_is_asked():
    one = ask("flow_time", busy(), FIRST, LAST, now=NOW)
    two = ask("flow_time", busy(), FIRST, LAST, now=datetime(2025, 3, 20, tzinfo=UTC))
    assert one.value == two.value and one.details["p50"] == one.value


def test_a_snapshot_of_versions_survives_json_too():
    versions = [Version("1.0", "2025-02-03"), Version("1.1", "2025-02-10"), Version("2.0", None, released=False)]
    items = [Item("2025-01-01", [("2025-01-10", REVIEW), ("2025-02-01", DONE)], fix_versions=[n]) for n in (0, 1)]
    for name in DORA:
        value = ask(name, site(*items, versions=versions), FIRST, LAST, now=at(NOW))
        assert MetricValue.from_dict(json.loads(json.dumps(value.to_dict(), allow_nan=False))) == value
