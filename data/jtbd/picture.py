"""Records and specs put together: one row for each job, outcome and painpoint; the data of every dashboard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from statistics import fmean, median
from typing import Any

from data.jtbd.changes import NO_TREND, Trend, outcome_trend, trend_of, with_effect
from data.jtbd.inputs import Bound, RecordSelection, Reported
from data.jtbd.operations import (
    NOT_MEASURED,
    Achievement,
    achievement,
    aggregate_painpoint_resolution,
    calculate_job_completion_rate,
    calculate_outcome_achievement,
    compute_time_to_outcome_stats,
    is_met,
)
from data.jtbd.opportunity import opportunity_of, ratings, said_yes, satisfied
from data.jtbd.record_quality import answer_rows, quality_rows
from data.jtbd.specs import Outcome, Specs
from data.metrics.jobs import interval
from data.metrics.registry import JOB_METRICS
from data.values.jobs import (
    NO_SHARE,
    Interval,
    JobRow,
    Opportunity,
    OutcomeRow,
    PainpointRow,
    QualityRow,
    SatisfactionRow,
    TimeRow,
)
from data.values.records import ENDED, KINDS, JobCompletion, Record, Records, UserSatisfaction
from data.values.shares import wilson


@dataclass
class Picture:
    """All rows, and what they add up to."""

    jobs: list[JobRow] = field(default_factory=list)
    outcomes: list[OutcomeRow] = field(default_factory=list)
    painpoints: list[PainpointRow] = field(default_factory=list)
    times: list[TimeRow] = field(default_factory=list)
    satisfaction: list[SatisfactionRow] = field(default_factory=list)
    quality: list[QualityRow] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)


def picture(
    records: Records,
    specs: Specs,
    wanted: RecordSelection | None = None,
    *,
    bound: Mapping[str, Bound] | None = None,
    reported: Mapping[str, Reported] | None = None,
    formula: str = "clamped",
) -> Picture:
    """Every row of the period. `records` may hold more than the period: what lies outside is left alone."""
    return _Drawing(records, specs, wanted or RecordSelection(), bound or {}, reported or {}, formula).picture()


Groups = dict[str, list[Any]]


class _Drawing:
    def __init__(
        self,
        records: Records,
        specs: Specs,
        wanted: RecordSelection,
        bound: Mapping[str, Bound],
        reported: Mapping[str, Reported],
        formula: str,
    ) -> None:
        self.specs, self.wanted, self.bound, self.reported, self.formula = specs, wanted, bound, reported, formula
        self.persona = None if wanted.persona is None else specs.resolve("persona", wanted.persona)
        self._personas: dict[str | None, bool] = {None: self.persona is None}
        now = dict.fromkeys(KINDS, (wanted.start, wanted.end))
        self.now = {
            kind: self._grouped(kind, part, *now[kind]) for kind, part in zip(KINDS, records.parts(), strict=True)
        }
        self.before: dict[str, Groups] = {}
        for kind, part in zip(KINDS, records.parts(), strict=True):
            span = wanted.before(kind) if kind in ("job", "outcome") else None
            self.before[kind] = {} if span is None else self._grouped(kind, part, *span)

    def _grouped(self, kind: str, rows: Sequence[Record], start: int | None, end: int | None) -> Groups:
        """What a record is about → the records of a span and persona."""
        made, _, when = KINDS[kind]
        clock, person = itemgetter(made._fields.index(when)), itemgetter(made._fields.index("persona"))
        if start is not None or end is not None:
            low, high = -(1 << 63) if start is None else start, 1 << 63 if end is None else end
            rows = [each for each in rows if low <= clock(each) < high]
        if self.persona is not None:
            rows = [each for each in rows if self._is_persona(person(each))]
        groups: Groups = {}
        for each in rows:
            try:
                groups[each[0]].append(each)
            except KeyError:
                groups[each[0]] = [each]
        of = {"time": "outcome", "satisfaction": "outcome"}.get(kind, kind)
        merged: Groups = {}
        for name, part in groups.items():
            merged.setdefault(self.specs.resolve(of, name), []).extend(part)
        return merged

    def _is_persona(self, text: str | None) -> bool:
        found = self._personas.get(text)
        if found is None:
            found = self._personas[text] = self.specs.resolve("persona", text or "") == self.persona
        return found

    def picture(self) -> Picture:
        out = Picture()
        out.outcomes = [self._outcome(each) for each in self._ids("outcome", "time", "satisfaction")]
        met: dict[str, list[Interval]] = {}
        for row in out.outcomes:
            met.setdefault(row.job_id, []).append(row.met)
        out.painpoints = [self._painpoint(each) for each in self._ids("painpoint")]
        eased: dict[str, int] = {}
        for pain in out.painpoints:
            eased[pain.job_id] = eased.get(pain.job_id, 0) + pain.improved
        out.jobs = [self._job(each, _together(met.get(each, ())), eased.get(each, 0)) for each in self._ids("job")]
        out.times = [self._time(row) for row in out.outcomes if row.outcome_id in self.now["time"]]
        out.satisfaction = [self._satisfied(row) for row in out.outcomes if row.outcome_id in self.now["satisfaction"]]
        out.quality = quality_rows(out.jobs, out.outcomes, out.painpoints) + answer_rows(self.now["satisfaction"])
        out.summary = self._summary(out)
        return out

    def _ids(self, of: str, *kinds: str) -> list[str]:
        """Ids of the specs, then those that only records name; of one job where one is wanted."""
        known = self.specs.of(of)
        strange = sorted({name for kind in (of, *kinds) for name in self.now[kind]} - set(known))
        return [each for each in (*known, *strange) if self._of_job(of, each)]

    def _of_job(self, of: str, name: str) -> bool:
        if self.wanted.job is None:
            return True
        job = self.specs.resolve("job", self.wanted.job)
        if of == "job":
            return name == job
        item = self.specs.of(of).get(name)
        return item is not None and item.job == job

    # ---- rows

    def _job(self, name: str, met: Interval, eased: int) -> JobRow:
        rows = self.now["job"].get(name, [])
        status = Counter(each.status for each in rows)
        done = [each for each in rows if each.status == "completed"]
        spans = _durations(done)
        spec = self.specs.jobs.get(name)
        return JobRow(
            job_id=name,
            title=spec.name if spec else name,
            sentence=spec.sentence if spec else "",
            personas=spec.personas if spec else tuple(sorted({each.persona for each in rows if each.persona})),
            in_specs=spec is not None,
            tracked=len(rows),
            completed=len(done),
            failed=status["failed"],
            abandoned=status["abandoned"],
            open=len(rows) - sum(status[each] for each in ENDED),
            completion=interval(wilson(len(done), len(rows))),
            previous_rate=calculate_job_completion_rate(self.before["job"].get(name, [])),
            mean_seconds=fmean(spans) if spans else None,
            median_seconds=median(spans) if spans else None,
            without_duration=sum(each.duration_seconds is None for each in done),
            met=met,
            painpoints_resolved=eased,
            from_jira=sum(each.source == "jira" for each in rows),
        )

    def _outcome(self, name: str) -> OutcomeRow:
        spec = self.specs.outcomes.get(name)
        known = spec or Outcome(name)
        bound = self.bound.get(name)
        found = self._measured(name, known, bound)
        earlier = self._measured_before(name, known, bound)
        job = self.specs.jobs.get(known.job)
        trend = self._trend(name, known, bound)
        answers: list[UserSatisfaction] = self.now["satisfaction"].get(name, [])
        return OutcomeRow(
            outcome_id=name,
            title=known.name,
            sentence=known.sentence,
            job_id=known.job,
            job_title=job.name if job else known.job,
            in_specs=spec is not None,
            direction=known.direction,
            target=found.expected,
            unit=known.unit,
            actual=found.actual,
            achievement=found.achievement,
            reason=found.reason,
            n=found.n,
            source="jira" if bound else "records" if found.n else "",
            binding=known.binding.words if known.binding else "",
            metric=bound.metric if bound else "",
            previous_actual=earlier.actual,
            previous_achievement=earlier.achievement,
            trend_direction=trend.direction,
            trend_percentage=trend.percent,
            trend_points=trend.points,
            trend_verdict=trend.verdict,
            trend_reason=trend.reason,
            trend_interval=trend.interval,
            met=interval(found.met),
            unjudged=found.unjudged,
            met_reason=found.met_reason,
            opportunity=opportunity_of(spec, answers, self.formula)
            if spec
            else Opportunity(reason="No spec names it."),
        )

    def _measured(self, name: str, spec: Outcome, bound: Bound | None) -> Achievement:
        if bound is None:
            rows = [each._replace(outcome_id=name) for each in self.now["outcome"].get(name, [])]
            return calculate_outcome_achievement(rows, name, spec.direction, spec.target)
        return _of_bound(name, spec, bound.actual, bound.n, bound.reason)

    def _measured_before(self, name: str, spec: Outcome, bound: Bound | None) -> Achievement:
        if bound is None:
            rows = [each._replace(outcome_id=name) for each in self.before["outcome"].get(name, [])]
            return calculate_outcome_achievement(rows, name, spec.direction, spec.target)
        return _of_bound(name, spec, bound.previous, 0, bound.reason)

    def _trend(self, name: str, spec: Outcome, bound: Bound | None) -> Trend:
        if self.wanted.previous_start is None:
            return NO_TREND
        if bound is not None:
            return trend_of(bound.change, bound.why_no_change)
        now, then = self.now["outcome"].get(name, []), self.before["outcome"].get(name, [])
        return outcome_trend(now, then, spec.unit, spec.direction, self.wanted.uncovered.get("outcome", ""))

    def _painpoint(self, name: str) -> PainpointRow:
        spec = self.specs.painpoints.get(name)
        rows = self.now["painpoint"].get(name, [])
        found = aggregate_painpoint_resolution((each._replace(painpoint_id=name) for each in rows), name)
        told = self.reported.get(name, Reported())
        row = PainpointRow(
            painpoint_id=name,
            title=spec.name if spec else next((each.description for each in rows if each.description), name),
            category=spec.category if spec else next((each.category for each in rows if each.category), ""),
            job_id=spec.job if spec else "",
            in_specs=spec is not None,
            severity=spec.severity if spec else None,
            n=found.n,
            before=found.before,
            after=found.after,
            effectiveness=found.effectiveness,
            improved=found.improved,
            worse=found.worse,
            unchanged=found.unchanged,
            reason=found.reason,
            issues=told.issues,
            issues_done=told.done,
        )
        return row if self.wanted.previous_start is None else with_effect(row, rows)

    def _time(self, row: OutcomeRow) -> TimeRow:
        name = row.outcome_id
        rows = (each._replace(outcome_id=name) for each in self.now["time"][name])
        found = compute_time_to_outcome_stats(rows, name)
        return TimeRow(
            name,
            row.title,
            found.n,
            found.open,
            found.p50,
            found.p75,
            found.p90,
            found.mean,
            found.shortest,
            found.longest,
        )

    def _satisfied(self, row: OutcomeRow) -> SatisfactionRow:
        answers: list[UserSatisfaction] = self.now["satisfaction"][row.outcome_id]
        scores = ratings(answers)
        efforts = [each.effort_score for each in answers if each.effort_score is not None]
        return SatisfactionRow(
            about="outcome",
            id=row.outcome_id,
            title=row.title,
            satisfied=interval(satisfied(answers)),
            mean_rating=fmean(scores) if scores else None,
            ratings=len(scores),
            met_expectations=said_yes(each.met_expectations for each in answers),
            would_recommend=said_yes(each.would_recommend for each in answers),
            mean_effort=fmean(efforts) if efforts else None,
        )

    # ---- sums

    def _summary(self, out: Picture) -> dict[str, Any]:
        completion, achievement = (JOB_METRICS[each](out) for each in ("job_completion_rate", "outcome_achievement"))
        met, measurements = achievement.details["counted"]
        spans = _durations(
            each for row in out.jobs for each in self.now["job"].get(row.job_id, ()) if each.status == "completed"
        )
        return {
            "total_jobs": completion.used,
            "completed_jobs": completion.details["counted"][0],
            "failed_jobs": sum(row.failed for row in out.jobs),
            "abandoned_jobs": sum(row.abandoned for row in out.jobs),
            "open_jobs": sum(row.open for row in out.jobs),
            "completion_rate": None if completion.value is None else completion.value / 100,
            "avg_completion_time": fmean(spans) if spans else None,
            "outcomes_measured": sum(row.met.n > 0 for row in out.outcomes),
            "measurements": measurements,
            "measurements_met": met,
            "met_rate": None if achievement.value is None else achievement.value / 100,
            "painpoints_recorded": sum(row.n for row in out.painpoints),
            "painpoints_improved": sum(row.improved for row in out.painpoints),
            "answers": sum(row.satisfied.n for row in out.satisfaction),
        }


def _durations(done: Iterable[JobCompletion]) -> list[float]:
    """Seconds that people took; those of issues, which are days of delivery, only where there are no others."""
    found = [(each.source == "jira", each.duration_seconds) for each in done if each.duration_seconds is not None]
    told = [seconds for from_jira, seconds in found if not from_jira]
    return told or [seconds for _, seconds in found]


def _of_bound(name: str, spec: Outcome, actual: float | None, n: int, reason: str) -> Achievement:
    """What Jira measures is one measurement for the whole period, of `n` issues."""
    if actual is None:
        why = reason or NOT_MEASURED
        return Achievement(name, spec.direction, spec.target, None, None, why, n, met_reason=why)
    if spec.target is None:
        why = "The specs name no target."
        return Achievement(name, spec.direction, None, actual, None, why, n, actual, unjudged=1, met_reason=why)
    rate, why = achievement(spec.target, actual, spec.direction)
    told = is_met(spec.target, actual, spec.direction)
    exceeds = None if rate is None else rate > 100
    met, unjudged = wilson(int(told is True), int(told is not None)), int(told is None)
    reason = why if unjudged else ""
    return Achievement(name, spec.direction, spec.target, actual, rate, why, n, actual, exceeds, met, unjudged, reason)


def _together(parts: Sequence[Interval]) -> Interval:
    """One share of all."""
    return interval(wilson(sum(each.count for each in parts), sum(each.n for each in parts))) if parts else NO_SHARE


def sorted_by_opportunity(rows: Iterable[OutcomeRow]) -> list[OutcomeRow]:
    """The most underserved first; those without a score last."""
    key: Callable[[OutcomeRow], tuple[bool, float, str]] = lambda row: (  # noqa: E731
        row.opportunity.band in (None, "overserved"),
        -(row.opportunity.score or 0),
        row.outcome_id,
    )
    return sorted(rows, key=key)
