"""Jobs of the made-up services: one underserved outcome, one that Jira measures, one without enough answers."""

# ruff: noqa: ARG002 - a fake takes what the real one takes

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from data.jtbd.storage import JobsStorage
from data.services.jtbd import JobsService
from data.services.view import Snapshot, View
from data.values.details import Details
from data.values.jobs import (
    CheckRow,
    DeliverableRow,
    Interval,
    JobChoices,
    JobRow,
    Opportunity,
    OutcomeRow,
    Overview,
    PainpointRow,
    QualityRow,
    RecordPage,
    RecordRow,
    RegisterRow,
)
from data.values.metric_value import MetricValue
from data.values.numbers import Answer
from data.values.periods import Period

if TYPE_CHECKING:
    from tests.fake_services import FakeServices

HOSTILE = "<img src=x onerror=alert(1)> & =cmd|' /C calc'!A0"
FEW = Opportunity(
    8.0, 4.0, "rating", "records", 12.0, 12.0, 12.0, n=7, enough=False, reason="Not enough answers: 7 of 30."
)
MOST = Opportunity(
    9.2, 1.3, "top2", "records", 17.2, 17.2, 17.2, 14.9, 18.5, 38, True, "extreme", "Extreme opportunity"
)
BOUND = Opportunity(
    8.4, 6.3, "rating", "specs", 10.5, 10.5, 10.5, band="worth_considering", band_title="Worth considering"
)


def outcome(name: str, title: str, told: Opportunity, **changes: Any) -> OutcomeRow:
    """A row of the table of outcomes."""
    made: dict[str, Any] = {
        "outcome_id": name,
        "title": title,
        "sentence": f"Minimise {title.lower()}",
        "job_id": "buy",
        "job_title": "Buy again in a minute",
        "in_specs": True,
        "direction": "minimise",
        "target": 2.0,
        "unit": "%",
        "actual": 4.0,
        "achievement": 50.0,
        "reason": "",
        "n": 5,
        "source": "records",
        "binding": "",
        "metric": "",
        "previous_actual": 5.0,
        "previous_achievement": 40.0,
        "trend_direction": "down",
        "trend_percentage": -20.0,
        "trend_verdict": "better",
        "opportunity": told,
        "met": Interval(3, 5, 0.6, 0.231, 0.882, False),
    }
    return OutcomeRow(**made | changes)


OVERVIEW = Overview(
    jobs=(
        JobRow(
            "buy",
            "Buy again in a minute",
            "When I know what I want, I want to pay at once.",
            ("shopper",),
            True,
            40,
            30,
            8,
            2,
            Interval(30, 40, 0.75, 0.6, 0.86, True),
            0.7,
            80.0,
            73.0,
            0,
            Interval(3, 5, 0.6, 0.231, 0.882, False),
            2,
            6,
        ),
    ),
    outcomes=(
        outcome("late-costs", "Costs that appear late", MOST),
        outcome(
            "back",
            "Back after a failure",
            BOUND,
            source="jira",
            binding="flow_time of label checkout",
            metric="flow_time",
            unit="hours",
            met=Interval(0, 1, 0.0, 0.0, 0.793, False),
        ),
        outcome("few", HOSTILE, FEW),
    ),
    painpoints=(
        PainpointRow(
            "steps", "Too many steps", "effort", "buy", True, 7.0, 4, 7.5, 2.25, 70.0, 4, 0, 0, "", 22, 13, "better"
        ),
    ),
    times=(),
    satisfaction=(),
    landscape=(),
    investment=(),
    register=(
        RegisterRow(
            "JTBD-01",
            HOSTILE,
            "Given a sale, the system must hold.",
            "A sale",
            "Hold",
            "p99 < 50 ms",
            "Planning",
            ("Logical",),
            False,
            (DeliverableRow("Cache", True, (), None), DeliverableRow("Test", False, (), None)),
            1,
            4,
            2,
            0.5,
        ),
    ),
    checks=(
        CheckRow("Core jobs addressed", True, (), ""),
        CheckRow("Metrics are quantifiable", False, ("JTBD-01: no number.",), "Name a number."),
    ),
    quality=(QualityRow("Completed jobs with a duration", 28, 30, 28 / 30, "28 of 30.", "Track when they start."),),
    forces=(("buy", "push", "The basket is gone after an hour."),),
    spec_problems=("shop.ttl, line 7: importance 'often' is no number.",),
    notes=(),
    is_example=True,
    formula="clamped",
    period_label="Last 30 days",
)
CARDS = (
    ("job_completion_rate", "Job completion", "percent", 75.0),
    ("outcome_achievement", "Outcome achievement", "percent", 50.0),
    ("opportunity_score", "Largest opportunity", "score", 17.2),
    ("painpoint_resolution", "Painpoint resolution", "percent", 62.0),
)


class FakeStorage(JobsStorage):
    """Takes every record and remembers it."""

    is_example = True

    def __init__(self) -> None:
        self.kept: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        for name in ("track_job", "track_outcome", "track_painpoint", "track_satisfaction", "track_time"):
            setattr(self, name, self._keeper(name))

    def _keeper(self, name: str) -> Callable[..., None]:
        return lambda *asked, **more: self.kept.append((name, asked, more))


class FakeJobs(JobsService):
    """Answers the same whatever is asked."""

    def __init__(self, fake: FakeServices) -> None:
        self._fake = fake
        self.kept_in = FakeStorage()

    def revision(self, snapshot: Snapshot) -> str:
        return "r1"

    def storage(self, snapshot: Snapshot) -> JobsStorage:
        return self.kept_in

    def choices(self, snapshot: Snapshot) -> JobChoices:
        return JobChoices(
            (("buy", "Buy again in a minute"),),
            tuple((each.outcome_id, each.title) for each in OVERVIEW.outcomes),
            (("shopper", "Returning shopper"),),
            (("steps", "Too many steps"),),
            ("shop",),
        )

    def unknown(
        self, snapshot: Snapshot, *, persona: str | None = None, job: str | None = None
    ) -> tuple[tuple[str, str], ...]:
        return ()

    def overview(self, view: View, *, persona: str | None = None, job: str | None = None) -> Overview:
        if self._fake.scenario == "failing":
            raise RuntimeError("secret inner words")
        return OVERVIEW

    def answer(
        self,
        view: View,
        *,
        persona: str | None = None,
        job: str | None = None,
        stale_ok: bool = False,
        known_only: bool = False,
    ) -> Answer:
        return Answer(tuple(self._value(view.period, *each) for each in CARDS), "fresh", "2026-11-16T12:00:00.000Z")

    @staticmethod
    def _value(period: Period, name: str, title: str, unit: str, value: float) -> MetricValue:
        details: Details = {
            "title": title,
            "definition": f"{title} in words.",
            "used": 40,
            "exclusions": {},
            "steps": ["30 of 40."],
            "counted": [30, 40],
            "interval": [59.8, 85.8],
            "bars": [["Buy", value]],
            "notes": [],
            "sparkline": [1.0, 2.0],
        }
        return MetricValue(
            metric_name=name,
            metric_type="jtbd",
            value=value,
            unit=unit,
            performance_tier=None,
            performance_tier_color=None,
            calculation_timestamp="2026-11-16T12:00:00.000Z",
            time_period_start=period.start.isoformat(),
            time_period_end=period.end.isoformat(),
            error_state="success",
            error_message=None,
            excluded_issue_count=0,
            total_issue_count=40,
            details=details,
        )

    def record_page(
        self,
        kind: str,
        view: View,
        *,
        about: str | None = None,
        persona: str | None = None,
        job: str | None = None,
        first: int = 0,
        count: int = 50,
    ) -> RecordPage:
        rows = tuple(
            RecordRow(
                kind,
                "late-costs",
                "Costs that appear late",
                "Returning shopper",
                "shop",
                "completed",
                f"2026-11-{n:02}T09:00:00.000Z",
                None,
                float(n),
                "",
                f"{HOSTILE} {n}",
                "manual",
            )
            for n in range(25, 0, -1)
        )
        return RecordPage(rows[first : first + count], len(rows))
