"""Which issues serve which job, what was worked on them, and where delivery goes beside how underserved a job is."""

from __future__ import annotations

import numpy as np
import pytest

from data.jtbd.bindings import read
from data.jtbd.investment import _verdict, investment, job_satisfaction, landscape, scale_notes
from data.jtbd.measured import filters_for, in_unit, measured
from data.jtbd.picture import picture
from data.jtbd.serving import DAY, Serving
from data.jtbd.specs import Job, Outcome, Painpoint, Persona, Specs
from data.values.filters import Filters, only
from tests.builders import DOING, DONE, Item, at, facts, period, site

SPECS = Specs(
    jobs={
        "buy": Job("buy", "Buy", personas=("ann",), labels=("jtbd-buy",)),
        "sell": Job("sell", "Sell", issues=("PP-1",)),
    },
    outcomes={
        "fast": Outcome(
            "fast",
            "Fast",
            job="buy",
            direction="minimise",
            target=5,
            unit="days",
            importance=9,
            satisfaction=2,
            binding=read("flow_time of label jtbd-buy < 5 days"),
        ),
        "easy": Outcome(
            "easy", "Easy", job="sell", direction="minimise", target=5, importance=5, satisfaction=8, labels=("easy",)
        ),
    },
    personas={"ann": Persona("ann", "Ann the first"), "bob": Persona("bob", "Bob")},
    painpoints={"fees": Painpoint("fees", "Fees", labels=("pp-fees",))},
)
WORK = [("2025-01-02", DOING), ("2025-01-06", DONE)]
NOW = "2025-02-01"


def serving(
    *items: Item, links=("relates to",), filters: Filters | None = None, workflow=None, **definitions
) -> Serving:
    about = facts(site(*items), now=NOW, filters=filters, workflow=workflow, **definitions)
    return Serving(about, SPECS, links)


def item(**parts) -> Item:
    return Item("2025-01-01", parts.pop("moves", WORK), project="PP", **parts)


def test_a_field_wins_over_a_label_and_a_label_over_a_link():
    found = serving(
        item(),
        item(links=[("relates to", 0)]),
        item(links=[("relates to", 0)], labels=["JTBD-buy"]),
        item(labels=["jtbd-buy"], fields={"job_id": "sell"}),
        item(links=[("blocks", 0)]),
        item(fields={"job_id": "Buy"}),
        item(fields={"job_id": "nobody knows"}),
        item(labels=["sell"]),
    )
    assert [("buy", "sell", "")[each] for each in found.job] == ["sell", "sell", "buy", "sell", "", "buy", "", "sell"]


def test_personas_come_from_the_field_else_from_the_job():
    found = serving(item(labels=["jtbd-buy"]), item(labels=["jtbd-buy"], fields={"persona": "BOB"}), item())
    assert list(found.persona) == ["ann", "bob", ""]


def test_issues_become_records_from_their_history():
    found = serving(
        item(labels=["jtbd-buy"]),
        item(labels=["jtbd-buy"], moves=WORK[:1]),
        item(labels=["jtbd-buy"], resolution="Won't Do"),
        item(labels=["jtbd-buy"], moves=[]),
        item(labels=["jtbd-buy"], moves=[("2025-01-06", DONE)]),
        item(labels=["jtbd-buy"], hierarchy=-1, type="Sub-task"),
        item(),
    ).records()
    told = [(each.status, each.started_at, each.completed_at, each.event_id) for each in found.jobs]
    begun, ended = at("2025-01-02"), at("2025-01-06")
    assert told == [
        ("completed", begun, ended, "PP-1"),
        ("in_progress", begun, None, "PP-2"),
        ("failed", begun, ended, "PP-3"),
        ("completed", ended, None, "PP-5"),
    ]
    assert [each.duration_seconds for each in found.jobs] == [4 * 86400, None, 4 * 86400, None]
    assert {each.source for each in found.jobs} == {"jira"}


def test_a_painpoint_is_eased_where_its_severity_was_changed():
    """Issue 1000 was at 8 first and is at 2 now; of 1001 no change is known."""
    rows = [item(fields={"painpoint_id": "fees", "painpoint_severity": "2"}) for _ in range(2)]
    [told] = serving(*rows).records({1000: 8.0}).painpoints
    assert (told.painpoint_id, told.severity_before, told.severity_after, told.resolution_effectiveness) == (
        "fees",
        8.0,
        2.0,
        75.0,
    )
    assert told.resolved_at == at("2025-01-06")


def test_reports_of_a_painpoint_are_those_open_or_done_in_the_period():
    found = serving(
        item(labels=["pp-fees"]),
        item(labels=["pp-fees"], moves=[("2025-01-20", DONE)]),
        item(labels=["pp-fees"], moves=[]),
        item(labels=["pp-fees"], resolution="Duplicate"),
    )
    told = found.reported(at("2025-01-10"), at("2025-01-31"))
    assert (told["fees"].issues, told["fees"].done) == (2, 1)
    told = found.reported(at("2025-01-01"), at("2025-01-10"))
    assert (told["fees"].issues, told["fees"].done) == (3, 1)


def test_active_time_lies_in_the_period_and_is_not_blocked():
    found = serving(
        item(flags=[("2025-01-03", "2025-01-04")]),
        item(moves=WORK[:1]),
        item(hierarchy=1, type="Epic"),
    )
    days = found.active(at("2025-01-01"), at("2025-01-31")) / DAY
    assert np.round(days, 3).tolist() == [3, 29, 0]
    days = found.active(at("2025-01-05"), at("2025-01-08")) / DAY
    assert np.round(days, 3).tolist() == [1, 3, 0]
    assert found.active(at("2025-01-30"), at("2025-03-30"))[1] == 2 * DAY, "not beyond now"


def test_investment_stands_beside_opportunity():
    found = serving(
        *(item(labels=["jtbd-buy"]) for _ in range(1)),
        *(item(labels=["sell"]) for _ in range(3)),
        *(item() for _ in range(4)),
    )
    outcomes = picture(found.records(), SPECS).outcomes
    rows = investment(found, outcomes, at("2025-01-01"), at("2025-01-31"))
    assert [(row.job_id, row.items, row.items_share) for row in rows] == [
        ("buy", 1, 0.125),
        ("sell", 3, 0.375),
        ("", 4, 0.5),
    ]
    assert sum(row.active_share for row in rows) == pytest.approx(1)
    assert (rows[0].opportunity, rows[0].band, rows[1].band) == (16, "extreme", "overserved")
    assert rows[0].opportunity_share == pytest.approx(16 / 21)
    assert rows[0].gap == pytest.approx(0.25 - 16 / 21)
    assert rows[0].verdict == "Underserved, and gets less of the work than its share."
    assert rows[1].verdict == "Overserved, and gets more of the work than its share."
    assert [row.job_id for row in investment(found, outcomes, at("2025-01-01"), at("2025-01-31"), job="sell")] == [
        "sell"
    ]
    ours = investment(found, outcomes, at("2025-01-01"), at("2025-01-31"), persona="ann")
    assert [row.items for row in ours] == [1, 0, 0]


@pytest.mark.parametrize(
    ("band", "served"),
    [
        ("extreme", "Underserved"),
        ("strong", "Underserved"),
        ("worth_considering", "Underserved"),
        ("served", "Served"),
        ("overserved", "Overserved"),
    ],
)
def test_each_band_is_said_in_words_and_so_is_the_share_of_work(band, served):
    assert _verdict(band, None, 3, True) == f"{served}; no completed item names a job."
    assert _verdict(band, 0.2, 0, True) == f"{served}, and nothing was completed for it."
    assert (
        _verdict(band, 0.049, 3, True)
        == _verdict(band, -0.049, 3, True)
        == f"{served}, and gets about its share of the work."
    )
    less, more = (_verdict(band, gap, 3, True) for gap in (-0.05, 0.05))
    assert less.endswith("gets less of the work than its share.") and more.endswith(
        "gets more of the work than its share."
    )
    assert less.startswith(served) and more.startswith(served)
    if served == "Underserved":
        assert (", and " in less, ", but " in more) == (True, True)
    assert _verdict(band, 0.2, 3, False) == _verdict(None, 0.2, 3, True) == "No outcome of it has a score."


def test_without_a_completed_item_there_are_no_shares():
    found = serving(item(moves=[]))
    rows = investment(found, picture(found.records(), SPECS).outcomes, at("2025-01-01"), at("2025-01-31"))
    assert [row.items_share for row in rows] == [None] * 3
    assert "no completed item names a job" in rows[0].verdict


def test_the_landscape_is_sized_by_effort():
    found = serving(item(labels=["jtbd-buy"]), item(labels=["sell"]), item(labels=["sell", "easy"]))
    outcomes = picture(found.records(), SPECS).outcomes
    points = {each.outcome_id: each for each in landscape(outcomes, SPECS, found, at("2025-01-01"), at("2025-01-31"))}
    assert (round(points["fast"].effort_days, 3), points["fast"].effort_shared) == (4, True)
    assert (round(points["easy"].effort_days, 3), points["easy"].effort_shared) == (4, False), "issues name the outcome"
    alone = landscape(outcomes, SPECS, None, 0, 1)
    assert [each.effort_days for each in alone] == [None, None]


def test_scores_in_issues_are_the_satisfaction_of_their_job():
    scores = (9.0, 4.0, None, 40.0)
    items = [item(labels=["jtbd-buy"], fields={"satisfaction": score}) for score in scores]
    found = serving(*items, satisfaction_scale="1-10")
    [row] = job_satisfaction(found, at("2025-01-01"), at("2025-01-31"), None, None)
    assert (row.id, row.mean_rating, row.ratings, row.satisfied.value) == ("buy", 6.5, 2, 0.5)
    assert job_satisfaction(found, at("2025-01-07"), at("2025-01-31"), None, None) == []


def test_scores_are_read_on_the_declared_scale_and_on_no_other():
    items = [item(labels=["jtbd-buy"], fields={"satisfaction": score}) for score in (4.0, 5.0) * 5]
    span = (at("2025-01-01"), at("2025-01-31"))
    five = serving(*items, satisfaction_scale="1-5")
    [row] = job_satisfaction(five, *span, None, None)
    assert (row.satisfied.count, row.satisfied.n, row.mean_rating) == (10, 10, 8.875)
    assert scale_notes(five, *span, None) == []
    undeclared = serving(*items)
    assert job_satisfaction(undeclared, *span, None, None) == []
    [asked] = scale_notes(undeclared, *span, None)
    assert asked.startswith("10 issues say how satisfied somebody is, from 4 to 5, on a scale that nobody declared")
    [doubt] = scale_notes(serving(*items, satisfaction_scale="1-10"), *span, None)
    assert doubt.startswith("None of 10 values of the field Satisfaction on the scale 1-10 is above 5.")


def test_filters_of_the_view_hold_here_too():
    found = serving(
        item(labels=["jtbd-buy"]),
        Item("2025-01-01", WORK, project="QQ", labels=["jtbd-buy"]),
        filters=only(project=("QQ",)),
    )
    assert [each.event_id for each in found.records().jobs] == ["QQ-2"]


# ---- bound outcomes


def bound(outcome: Outcome, *items: Item, filters: Filters | None = None, **definitions):
    asked = []

    def facts_for(chosen: Filters):
        asked.append(chosen)
        return facts(site(*items), now=NOW, filters=chosen, **definitions)

    return measured(outcome, facts_for, filters or Filters(), period("2025-01-01", "2025-01-31")), asked


def test_an_outcome_is_measured_by_the_catalogue():
    slow = [("2025-01-02", DOING), ("2025-01-22", DONE)]
    found, asked = bound(
        SPECS.outcomes["fast"],
        item(labels=["jtbd-buy"]),
        item(labels=["jtbd-buy"], moves=slow),
        item(moves=slow),
        filters=only(project=("PP",)),
    )
    assert (found.metric, found.actual, found.n) == ("flow_time", 12.0, 2), "the median of 4 and 20 days"
    assert asked[0] == only(project=("PP",), label=("jtbd-buy",))


def test_the_value_comes_in_the_unit_of_the_outcome():
    hours = Outcome("o", unit="hours", binding=read("flow_time"))
    assert bound(hours, item())[0].actual == 96.0
    odd = bound(Outcome("o", unit="percent", binding=read("flow_time")), item())[0]
    assert (odd.actual, odd.reason) == (None, "The target is in percent, but Flow time is in days.")


def test_what_cannot_be_measured_says_why():
    assert (
        bound(Outcome("o", binding=read("walking_speed")), item())[0].reason
        == "The catalogue has no metric 'walking_speed'."
    )
    unmapped = bound(Outcome("o", binding=read("change_failure_rate")), item())[0]
    assert unmapped.actual is None
    assert unmapped.reason
    empty = bound(SPECS.outcomes["fast"], item(moves=[]))[0]
    assert (empty.actual, bool(empty.reason)) == (None, True)
    assert bound(Outcome("o"), item())[0] is None


def test_filters_of_a_binding_win_over_those_of_the_view():
    chosen = filters_for(read("flow_time of label a and project P"), only(label=("b",), type=("Bug",)))
    assert chosen == only(project=("P",), type=("Bug",), label=("a",))


@pytest.mark.parametrize(
    ("has", "wanted", "value"),
    [
        ("hours", "days", 2.0),
        ("days", "h", 1152.0),
        ("percent", "%", 48.0),
        ("items", "", 48.0),
        ("items", "days", None),
    ],
)
def test_units(has, wanted, value):
    assert in_unit(48.0, has, wanted) == value
