"""Every chart of flow equals an independent slow calculation: on random sites, real issues, and the generated site."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.charts.catalogue import ChartQuery
from data.charts.drawing import Drawing
from data.facts.dataset import Dataset
from data.services.charts import drawn
from data.settings.model import Definitions, Workflow
from data.values.filters import only
from data.values.periods import Period
from tests import seeding
from tests.builders import CLOSED, DOING, DONE, Item, at, facts, site
from tests.data.charts import oracle
from tests.data.generated_place import active_statuses, generated, generated_place
from tests.data.metrics.oracle import Question
from tests.data.metrics.sites import FLOW_RULES, WORKFLOWS, flow_sites
from tests.data.metrics.test_real_issues import NOW, ZONE, journals

quick = seeding.examples(60)
CFD = st.sampled_from(["history", "high_water", "backfill"])
PROJECTS = st.sampled_from([(), (), ("P",), ("Q",)])
# Charts whose table is compared row by row with the oracle's.
TABLES = (
    "cycle_time_scatter",
    "throughput",
    "net_flow",
    "ageing_work",
    "load_by_status",
    "load_by_person",
    "flow_distribution_over_time",
)
SORTED = ("cycle_time_scatter", "ageing_work")


def close(found: Any, wanted: Any) -> None:
    """Equal, numbers to nine digits."""
    assert len(found) == len(wanted), (found, wanted)
    for one, other in zip(found, wanted, strict=True):
        for a, b in zip(one, other, strict=True):
            assert a == (pytest.approx(b, rel=1e-9, abs=1e-6) if isinstance(b, float) else b), (one, other)


def compare(about: Dataset, period: Period, ask: Question) -> None:
    """All charts of flow for one question."""
    for name in TABLES:
        drawing = drawn(about, name, period)
        wanted = getattr(oracle, name)(ask, lambda item: item.key)
        found = list(drawing.table())
        if drawing.problem is not None:
            assert not any(isinstance(each, int) and each for row in wanted for each in row[2:]), (name, wanted)
            continue
        close(sorted(found, key=lambda row: row[0]) if name in SORTED else found, wanted)
    _histograms(about, period, ask)
    _cumulative(drawn(about, "cumulative_flow", period), oracle.cumulative_flow(ask, None))
    _statuses(drawn(about, "time_in_status", period), oracle.time_in_status(ask, None))
    _blocked(drawn(about, "blocked_time", period), oracle.blocked_time(ask, None))


def _histograms(about: Dataset, period: Period, ask: Question) -> None:
    for name, days in (
        ("cycle_time_histogram", oracle.cycle_days(ask)),
        ("lead_time_histogram", oracle.lead_days(ask)),
    ):
        drawing = drawn(about, name, period)
        if drawing.problem is not None:
            assert not days
            continue
        bars = drawing.series[0]
        width = bars.width[0] / 0.92
        assert sum(bars.y) == len(days)
        for middle, n in zip(bars.x, bars.y, strict=True):
            low, high = middle - width / 2, middle + width / 2
            last = middle == bars.x[-1]
            near = [each for each in days if abs(each - low) < 1e-7 or abs(each - high) < 1e-7]
            inside = sum(low - 1e-9 <= each and (each < high - 1e-9 or last) for each in days)
            assert abs(n - inside) <= len(near)
        marks = {line.at for line in drawing.lines}
        for share in oracle.SHARES:
            edge = ask.percentile(days, share)
            if edge <= drawing.x_range[1]:
                assert any(mark == pytest.approx(edge) for mark in marks)


def _cumulative(drawing: Drawing, wanted: dict[str, Counter]) -> None:
    found = {row[0]: Counter(dict(zip(drawing.columns[1:], row[1:], strict=True))) for row in drawing.table()}
    if drawing.problem is not None:
        assert not any(wanted.values())
        return
    assert {day: +each for day, each in found.items()} == wanted


def test_cumulative_flow_counts_the_whole_period_and_says_where_velocity_differs():
    """Six items come to Done, one of them on the first day; velocity counts five of them, and one that was reopened."""
    start, done = "2025-03-01 12:00", [("2025-03-05", DOING), ("2025-03-06", DONE)]
    items = [
        Item(start, [(start, DOING), ("2025-03-03 10:00", DONE)]),
        *(Item(start, done) for _ in range(4)),
        Item(start, done, resolution="Won't Do"),
        Item(start, [("2025-03-02", DONE), ("2025-03-04", DOING), ("2025-03-05", DONE)]),
    ]
    drawing = drawn(
        facts(site(*items), now="2025-03-10"), "cumulative_flow", Period(date(2025, 3, 3), date(2025, 3, 7), "UTC")
    )
    assert drawing.reading == "Work in progress went from 1 to 0 items, and the number of done items grew by 6."
    [note] = [each for each in drawing.notes if "velocity" in each]
    assert note == (
        "6 items reached “Done”; flow velocity counts 6. Not counted there: resolution Won't Do 1. "
        "Not counted here: in “Done” before, reopened and finished again 1."
    )


def test_cumulative_flow_and_velocity_add_up():
    items, statuses, zone = generated()
    place = {
        "items": items,
        "zone": zone,
        "first": date(2026, 9, 1),
        "last": date(2026, 9, 30),
        "now": at("2026-10-30 12:00", zone),
        "mapped": frozenset(),
        "statuses": statuses,
    }
    about, period, _ = question(place, {}, {}, ())
    [note] = [each for each in drawn(about, "cumulative_flow", period).notes if "velocity" in each]
    came, velocity = map(int, re.findall(r"(\d+) items? reached .* counts (\d+)\.", note)[0])
    there, here = (
        sum(map(int, re.findall(r" (\d+)(?=[,.])", part)))
        for part in re.match(r"[^.]*\.(?: Not counted there:([^.]*\.))?(?: Not counted here:(.*))?", note).groups("")
    )
    assert came - there + here == velocity and (there or here)


def _statuses(drawing: Drawing, wanted: dict[str, Any]) -> None:
    found = {row[0]: (row[2], row[3], row[4], row[5]) for row in drawing.table()}
    close(sorted((name, *each) for name, each in found.items()), sorted((name, *each) for name, each in wanted.items()))


def _blocked(drawing: Drawing, wanted: list[float]) -> None:
    found = [row[2] for row in drawing.table()]
    assert (found or [0.0] * len(wanted)) == pytest.approx(wanted, abs=1e-7)


def question(place: dict[str, Any], rules: dict[str, Any], flow: dict[str, Any], projects: tuple[str, ...]):
    """Facts, period, and the same for the oracle, which sees only the chosen items."""
    items = [replace(item, key=f"{item.project}-{n + 1}") for n, item in enumerate(place["items"])]
    place = {**place, "items": items}
    tables = site(
        *items,
        zone=place["zone"],
        mapped=place["mapped"],
        **({"statuses": place["statuses"]} if "statuses" in place else {}),
    )
    about = facts(tables, now=place["now"], workflow=flow, filters=only(project=projects), **rules)
    ask = Question(**place, rules=Definitions(**rules), flow=Workflow(**flow), projects=projects)
    mapped = frozenset({*place["mapped"], *(name for item in items for name in item.fields)})
    ask.mapped = mapped
    ask.plain = Question(**place, rules=Definitions(**rules)).plain
    return about, Period(place["first"], place["last"], place["zone"]), ask


@quick
@given(flow_sites(edited=True), FLOW_RULES, WORKFLOWS, CFD, PROJECTS)
def test_random_sites(place, rules, flow, cfd, projects):
    compare(*question(place, {**rules, "cfd": cfd}, flow, projects))


RULES = (
    {},
    {"cfd": "high_water", "durations": "inclusive_days", "percentile": "nearest_rank", "backward_moves": "restart"},
    {"cfd": "backfill", "completion": "first", "backward_moves": "pause", "load": "started", "all_levels": True},
)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize(("first", "last"), [("2026-09-01", "2026-09-30"), ("2026-03-01", "2026-10-31")])
def test_the_generated_site(rules, first, last):
    place = generated_place(first, last)
    rules = {**rules, "blocked_statuses": [each for each, name, _ in place["statuses"] if name == "Blocked"]}
    about, period, ask = question(place, rules, {"active": active_statuses(place)}, ())
    compare(about, period, ask)
    _behaviour(about, period, ask)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize(("first", "last"), [("2025-03-01", "2025-03-31"), ("2025-01-01", "2025-12-31")])
def test_the_journals(rules, first, last):
    known, _ = journals()
    place = {
        "items": known["items"],
        "statuses": known["statuses"],
        "zone": ZONE,
        "first": date.fromisoformat(first),
        "last": date.fromisoformat(last),
        "now": NOW,
        "mapped": frozenset(),
    }
    about, period, ask = question(place, dict(rules), {}, ())
    compare(about, period, ask)
    _behaviour(about, period, ask)


def _behaviour(about: Dataset, period: Period, ask: Question) -> None:
    drawing = drawn(about, "process_behaviour", period)
    wanted = oracle.weekly(ask)
    if not any(n for _, n in wanted):
        assert drawing.problem is not None
        return
    rows = list(drawing.table())
    assert [(row[0], row[2]) for row in rows] == [(day.isoformat(), n) for day, n in wanted]
    moving = [abs(one - other) for (_, one), (_, other) in pairwise(wanted)]
    beside = [sum(moving[max(n - 1, 0) : n + 1]) for n in range(len(wanted))]
    if len(wanted) < 6 or not sum(moving) or max(beside) >= 0.9 * sum(moving):
        assert "cannot be told" in drawing.reading
        assert not drawing.lines
        return
    mean, lower, upper, broken = oracle.signals([n for _, n in wanted])
    assert [line.at for line in drawing.lines] == pytest.approx([mean, upper, lower])
    for row, rules in zip(rows, broken, strict=True):
        said = {
            "outside" if "limit" in each and " of " not in each else "near" if " of " in each else "run"
            for each in row[3].split("; ")
            if each
        }
        assert said == rules, row


def _asked(about: Dataset, period: Period) -> ChartQuery:
    return ChartQuery(about, period)


@pytest.mark.parametrize("cfd", ["history", "high_water", "backfill"])
def test_a_status_in_progress_that_is_named_done_is_a_band_of_its_own(cfd):
    """Where only Closed is done, an item in the status Done is in progress, and the band "Done" holds others."""
    items = [
        Item("2025-03-03", [("2025-03-03", DONE), ("2025-03-03 01:00", CLOSED)]),
        Item("2025-03-03", [("2025-03-03", DONE)]),
    ]
    about = facts(site(*items), workflow={"active": [DOING], "done": [CLOSED]}, now="2025-03-10", cfd=cfd)
    drawing = drawn(about, "cumulative_flow", Period(date(2025, 3, 3), date(2025, 3, 3), "UTC"))
    assert drawing.columns == ("Day", "Done (in progress)", "Done")
    assert list(drawing.table()) == [("2025-03-03", 1, 1)]
    behind = {each.name: drawing.drilldown.rows_of(each.picks[0]) for each in drawing.series}
    assert {name: rows.issue.tolist() for name, rows in behind.items()} == {"Done (in progress)": [1], "Done": [0]}


def test_a_person_named_nobody_is_not_the_bar_of_those_without_an_assignee():
    items = [Item("2025-03-03", [("2025-03-03", DOING)], assignee=name) for name in ("nobody", "nobody", None)]
    days = Period(date(2025, 3, 3), date(2025, 3, 4), "UTC")
    drawing = drawn(facts(site(*items), now="2025-03-10"), "load_by_person", days)
    assert [row[:2] for row in drawing.table()] == [("nobody (a person)", 2), ("nobody", 1)]
    [bars] = drawing.series
    assert [drawing.drilldown.rows_of(pick).used for pick in bars.picks] == [2, 1]


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ("aab", "3 items are in progress; a has the most, 2."),
        ("aabbc", "5 items are in progress; a and b hold the most, 2 each."),
        ("aabbccdd", "8 items are in progress; 4 hold the most, 2 each."),
        ("ab", "2 items are in progress; nobody has more than one."),
    ],
)
def test_all_who_hold_the_most_are_told(people, said):
    items = [Item("2025-03-03", [("2025-03-03", DOING)], assignee=name) for name in people]
    days = Period(date(2025, 3, 3), date(2025, 3, 4), "UTC")
    assert drawn(facts(site(*items), now="2025-03-10"), "load_by_person", days).reading == said


@quick
@given(flow_sites(), FLOW_RULES, WORKFLOWS, CFD)
def test_the_issues_behind_a_point_are_those_that_it_counts(place, rules, flow, cfd):
    """Whatever is counted: as many rows as the point says; together all that the chart used."""
    about, period, _ = question(place, {**rules, "cfd": cfd}, flow, ())
    for name in (
        "cycle_time_histogram",
        "lead_time_histogram",
        "throughput",
        "cumulative_flow",
        "load_by_status",
        "load_by_person",
        "flow_distribution_over_time",
    ):
        drawing = drawn(about, name, period)
        for series in drawing.series:
            values = series.x if series.kind == "lying" else series.y
            for value, pick in zip(values, series.picks or (), strict=True):
                assert (drawing.drilldown.rows_of(pick).used if pick else 0) == value, (name, pick)
    scatter = drawn(about, "cycle_time_scatter", period)
    for series in scatter.series:
        for key, days in zip(series.picks, series.y, strict=True):
            rows = scatter.drilldown.rows_of(key)
            assert rows.used == 1
            assert rows["days"][0] == pytest.approx(days, abs=1e-3)
    net = drawn(about, "net_flow", period)
    for series in net.series:
        for value, pick in zip(series.y, series.picks, strict=True):
            departs = net.drilldown.rows_of(pick)["departs"] if pick else []
            assert sum(not each for each in departs) - sum(bool(each) for each in departs) == value
