"""`metrics` and `issues` on services with fixed answers."""

from __future__ import annotations

import json
from datetime import date

import pytest

from data.exports.csv import csv_text
from data.values.filters import only
from data.values.metric_value import MetricValue
from data.values.problem import Problem
from tests.cli.conftest import Terminal
from tests.cli.fakes import FakeServices, metric_value, without_mapping


def test_metrics_as_json_are_metric_values(terminal: Terminal) -> None:
    said = terminal("metrics", "--from", "2026-01-01", "--to", "2026-01-30", "--format", "json")
    rows = json.loads(said.out)
    assert (said.code, said.err) == (0, "")
    assert [row["metric_name"] for row in rows] == ["lead_time_for_changes", "change_failure_rate", "flow_time"]
    assert MetricValue.from_dict(rows[0]).value == 2.4321


def test_both_days_are_included(terminal: Terminal, services: FakeServices) -> None:
    terminal("metrics", "--from", "2026-01-01", "--to", "2026-01-30", "--family", "flow")
    [(family, period, filters)] = services.asked
    assert (family, period.first, period.last, period.days) == ("flow", date(2026, 1, 1), date(2026, 1, 30), 30)
    assert not filters


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ([], date(2026, 1, 2), date(2026, 1, 31)),
        (["--from", "2026-01-20"], date(2026, 1, 20), date(2026, 1, 31)),
        (["--to", "2025-12-31"], date(2025, 12, 2), date(2025, 12, 31)),
    ],
)
def test_dates_left_out_give_the_last_30_days(
    terminal: Terminal, services: FakeServices, words: list[str], first: date, last: date
) -> None:
    terminal("metrics", *words)
    assert (services.asked[0][1].first, services.asked[0][1].last) == (first, last)


def test_filters_reach_the_services(terminal: Terminal, services: FakeServices) -> None:
    said = terminal(
        "metrics", "--project", "SHOP", "--project", "PAY", "--type", "Story", "--label", "web", "--component", "Cart"
    )
    assert services.asked[0][2] == only(project=("SHOP", "PAY"), type=("Story",), label=("web",), component=("Cart",))
    assert said.err == ""


def test_a_filter_that_matches_nothing_is_said(terminal: Terminal) -> None:
    said = terminal("metrics", "--project", "SHPO")
    assert said.code == 0
    assert "'SHPO'" in said.err
    assert "SHOP, PAY" in said.err


def test_the_table_shows_value_tier_change_and_counts_at_80_columns(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = terminal("metrics")
    for words in ("Lead time for changes", "2.4 days", "High", "↓ 18 % better", "41", "3", "2 – 31 Jan 2026"[4:]):
        assert words in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    assert "…" not in said.out


def test_a_missing_mapping_is_an_answer(terminal: Terminal, services: FakeServices) -> None:
    services.values["dora"] = (without_mapping("change_failure_rate", "dora"),)
    said = terminal("metrics", "--family", "dora")
    assert said.code == 0
    assert "Change failure rate: Map “Deployment successful”." in said.out
    assert said.err == ""


def test_a_calculation_error_fails_and_is_named(terminal: Terminal, services: FakeServices) -> None:
    broken = {"value": None, "performance_tier": None, "performance_tier_color": None}
    services.values["flow"] = (
        metric_value("flow_time", "flow", **broken, error_state="calculation_error", error_message="It broke."),
    )
    said = terminal("metrics", "--family", "flow", "--format", "json")
    assert (said.code, said.err) == (1, "Flow time: It broke.\n")
    assert json.loads(said.out)[0]["error_state"] == "calculation_error"


def test_csv_is_written_for_the_spreadsheet_that_is_named(
    terminal: Terminal, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.numbers, "csv_all", lambda *_: csv_text(["a", "b"], [[1.5, 2]]))
    assert terminal("metrics", "--format", "csv", "--csv", "excel-semicolon").out == "\ufeffa;b\r\n1,5;2\r\n"
    assert terminal("metrics", "--format", "csv").out == "a,b\r\n1.5,2\r\n"


def test_csv_comes_from_the_services(terminal: Terminal, services: FakeServices) -> None:
    said = terminal("metrics", "--format", "csv", "--family", "flow")
    assert said.out.splitlines() == ["metric_name,value", "flow_time,2.4"]
    assert terminal("issues", "--metric", "flow_time", "--format", "csv", "--limit", "7").out.count("\n") == 2
    assert ("csv", "flow") in services.asked
    assert services.asked[-1] == ("csv", "flow_time", 7)


def test_an_empty_period_points_to_one_with_data(terminal: Terminal, services: FakeServices) -> None:
    services.suggestion = ("2025-12-02", "2025-12-31")
    assert "--from 2025-12-02 --to 2025-12-31" in terminal("metrics").err


@pytest.mark.parametrize(
    ("words", "clue"),
    [
        (["metrics", "--from", "yesterday"], "YYYY-MM-DD"),
        (["metrics", "--from", "2026-02-30"], "not a date"),
        (["metrics", "--from", "2026-01-31", "--to", "2026-01-01"], "Swap"),
        (["metrics", "--from", "2024-01-01", "--to", "2026-01-01"], "at most 366"),
        (["metrics", "--format", "xml"], "'table', 'json', 'csv'"),
        (["metrics", "--family", "jobs"], "is not one of 'dora', 'flow'"),
        (["metrics", "stray"], "stray"),
        (["issues"], "--metric"),
        (["issues", "--metric", "speed"], "flow_time"),
        (["fly"], "fly"),
        (["--fly"], "--fly"),
    ],
)
def test_what_is_typed_wrongly_gives_one_line_and_exit_2(terminal: Terminal, words: list[str], clue: str) -> None:
    said = terminal(*words)
    assert said.code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert clue in said.err


def test_a_site_never_synced_gives_exit_3_and_names_sync(terminal: Terminal, services: FakeServices) -> None:
    services.synced_at = None
    for words in (["metrics"], ["issues", "--metric", "flow_time"]):
        said = terminal(*words)
        assert (said.code, said.out) == (3, "")
        assert "sync" in said.err
        assert said.err.count("\n") == 1
    assert services.asked == []


def test_the_sample_site_is_synced_when_needed_and_said_on_stderr(terminal: Terminal, services: FakeServices) -> None:
    services.is_sample, services.synced_at = True, None
    said = terminal("metrics", "--format", "json")
    assert said.code == 0
    assert "sample site" in said.err
    assert services.asked[0] == ("sync", False)
    json.loads(said.out)
    terminal("metrics", "--format", "json")
    assert services.asked.count(("sync", False)) == 1


def test_problems_go_to_stderr(terminal: Terminal, services: FakeServices) -> None:
    services.problems = (Problem("app_settings.json is broken.", "Line 3.", "Mend it."), Problem("Hi", level="info"))
    said = terminal("metrics", "--format", "json")
    assert said.err == "app_settings.json is broken. Line 3. Mend it.\n"


def test_issues_as_json_are_all_issues(terminal: Terminal, services: FakeServices) -> None:
    services.total = 2345
    said = terminal("issues", "--metric", "flow_time", "--format", "json")
    rows = json.loads(said.out)
    assert (said.code, said.err, len(rows)) == (0, "", 2345)
    assert len({row["key"] for row in rows}) == 2345
    assert rows[9] | {"used": False, "reason": "no start"} == rows[9]


def test_a_table_of_issues_is_cut_and_says_so(terminal: Terminal) -> None:
    said = terminal("issues", "--metric", "flow_time")
    assert "SHOP-50" in said.out
    assert "SHOP-51" not in said.out
    assert "50 of 120" in said.err
    assert terminal("issues", "--metric", "flow_time", "--limit", "0").err == ""
