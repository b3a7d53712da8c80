"""Writes the example's records: `python -m examples.jtbd.make_records`; the same seed gives the same files.

Four months that tell a story: a checkout on one page comes out 32 days before the end and helps; search does not get
better; fees are not worked on.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path(__file__).parent / "records"
END = datetime(2026, 10, 31, 18, tzinfo=UTC)
DAYS, LAUNCH = 120, 32  # days of history; how many days before the end the new checkout came out
LEVELS = ("very_dissatisfied", "dissatisfied", "neutral", "satisfied", "very_satisfied")
# job, persona, feature before, feature after, tries a day, rate before, rate after, median seconds before, after
JOBS = (
    ("job-buy-fast", "Returning shopper", "classic checkout", "one-page checkout", 3.2, 0.64, 0.83, 150, 72),
    ("job-find-product", "Returning shopper", "search", "search", 2.4, 0.61, 0.60, 210, 215),
    ("job-find-product", "First-time buyer", "search", "search", 1.2, 0.48, 0.50, 260, 250),
    ("job-trust-payment", "First-time buyer", "classic checkout", "one-page checkout", 1.8, 0.55, 0.57, 190, 170),
    ("job-close-books", "Accountant", "monthly statement", "monthly statement", 0.35, 0.90, 0.93, 9000, 7600),
)
# outcome, persona, metric, expected, at the start, at the launch, at the end, spread
MEASURED = (
    ("out-time-to-pay", "Returning shopper", "seconds", 60, 150, 142, 68, 0.06),
    ("out-steps-to-pay", "Returning shopper", "steps", 4, 9, 8.6, 4, 0.05),
    ("out-found-on-first-page", "Returning shopper", "percent", 80, 57, 58, 57, 0.04),
    ("out-empty-results", "Returning shopper", "percent", 5, 6.5, 5.2, 4.1, 0.06),
    ("out-late-costs", "First-time buyer", "percent", 2, 11.5, 11.0, 11.8, 0.08),
    ("out-card-accepted", "First-time buyer", "percent", 97, 93.1, 93.8, 94.4, 0.004),
    ("out-matching-effort", "Accountant", "hours", 2, 3.4, 2.6, 2.0, 0.07),
    ("out-statement-errors", "Accountant", "errors", 1, 2.2, 1.2, 0.7, 0.15),
    ("out-night-releases", "Developer", "releases", 1, 4.4, 3.1, 2.2, 0.12),
)
# outcome, persona, answers a day, mean level before and after the launch (0 to 4)
ASKED = (
    ("out-time-to-pay", "Returning shopper", 1.5, 1.7, 2.5),
    ("out-found-on-first-page", "Returning shopper", 1.3, 2.0, 2.0),
    ("out-late-costs", "First-time buyer", 1.2, 1.1, 1.0),
    ("out-statement-errors", "Accountant", 0.3, 3.1, 3.3),
)
# outcome, persona, answers a day, mean rating before and after (1 to 10)
RATED = (
    ("out-steps-to-pay", "Returning shopper", 1.2, 5.4, 7.0),
    ("out-card-accepted", "First-time buyer", 0.4, 6.2, 6.3),
)
# painpoint, category, persona, feature, days before the end, severity before, after
EASED = (
    (
        "pp-too-many-steps",
        "effort",
        "Returning shopper",
        "one-page checkout",
        (44, 38, 31, 26, 19, 12, 5),
        (7, 8),
        (2, 3),
    ),
    ("pp-forgotten-basket", "reliability", "Returning shopper", "basket on the server", (52, 29, 14), (5, 6), (2, 4)),
    ("pp-poor-search", "capability", "Returning shopper", "new ranking", (61, 24, 9), (8, 8), (7, 8)),
    ("pp-unclear-fees", "trust", "First-time buyer", "one-page checkout", (41, 22, 7), (8, 9), (8, 10)),
    ("pp-manual-matching", "effort", "Accountant", "payout references", (58, 27, 3), (6, 7), (3, 4)),
    ("pp-night-releases", "wellbeing", "Developer", "self-service releases", (36, 17), (8, 8), (4, 5)),
)


def main() -> None:
    """Write the five files."""
    random = Random(7)  # noqa: S311 - not a secret
    for name, rows in (
        ("jobs", list(_jobs(random))),
        ("outcomes", list(_outcomes(random))),
        ("painpoints", list(_painpoints(random))),
        ("times", list(_times(random))),
        ("satisfaction", list(_satisfaction(random))),
    ):
        with (FOLDER / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(sorted(rows, key=lambda row: [str(each) for each in row.values()]))
        print(f"{name}.csv: {len(rows)} records")


def _moments(random: Random, a_day: float) -> Iterator[tuple[datetime, bool]]:
    """Instants in waking hours, and whether each lies after the launch."""
    for day in range(DAYS):
        for _ in range(int(a_day) + (random.random() < a_day % 1)):
            at = END - timedelta(days=day, minutes=random.uniform(5, 660))
            yield at.replace(microsecond=0), day < LAUNCH


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _jobs(random: Random) -> Iterator[dict[str, Any]]:
    for job, persona, old, new, a_day, rate_before, rate_after, before, after in JOBS:
        for at, launched in _moments(random, a_day * 0.8):
            chance = random.random()
            rate = rate_after if launched else rate_before
            status = "completed" if chance < rate else "failed" if chance < rate + (1 - rate) * 0.8 else "started"
            seconds = round((after if launched else before) * random.lognormvariate(0, 0.45))
            ended = status != "started"
            yield {
                "kind": "job",
                "job_id": job,
                "persona": persona,
                "feature_used": new if launched else old,
                "status": status,
                "started_at": _text(at),
                "completed_at": _text(min(at + timedelta(seconds=seconds), END)) if ended else "",
            }


def _outcomes(random: Random) -> Iterator[dict[str, Any]]:
    for outcome, persona, metric, expected, first, middle, last, spread in MEASURED:
        for week in range(DAYS // 7):
            days = week * 7 + random.uniform(0, 1)
            part = 1 - days / LAUNCH if days < LAUNCH else (days - LAUNCH) / (DAYS - LAUNCH)
            low, high = (middle, last) if days < LAUNCH else (middle, first)
            value = (low + (high - low) * math.sqrt(max(part, 0))) * random.gauss(1, spread)
            value = min(value, 100) if metric == "percent" else value
            yield {
                "kind": "outcome",
                "outcome_id": outcome,
                "metric": metric,
                "expected_value": expected,
                "actual_value": round(max(value, 0.1), 1),
                "feature": "shop",
                "persona": persona,
                "status": "unknown",
                "measured_at": _text((END - timedelta(days=days)).replace(microsecond=0)),
            }


def _painpoints(random: Random) -> Iterator[dict[str, Any]]:
    for pain, category, persona, feature, days, before, after in EASED:
        for day in days:
            at = (END - timedelta(days=day, hours=random.uniform(0, 8))).replace(microsecond=0)
            yield {
                "kind": "painpoint",
                "painpoint_id": pain,
                "category": category,
                "description": "",
                "feature": feature,
                "persona": persona,
                "severity_before": random.randint(*before),
                "severity_after": random.randint(*after),
                "resolved_at": _text(at),
            }


def _times(random: Random) -> Iterator[dict[str, Any]]:
    for outcome, persona, a_day, before, after in (
        ("out-time-to-pay", "Returning shopper", 0.9, 145, 70),
        ("out-found-on-first-page", "First-time buyer", 0.6, 95, 92),
        ("out-matching-effort", "Accountant", 0.25, 9800, 7100),
    ):
        for at, launched in _moments(random, a_day):
            seconds = round((after if launched else before) * random.lognormvariate(0, 0.4))
            yield {
                "kind": "time",
                "outcome_id": outcome,
                "persona": persona,
                "feature": "shop",
                "start_time": _text(at),
                "end_time": "" if random.random() < 0.08 else _text(min(at + timedelta(seconds=seconds), END)),
            }


def _satisfaction(random: Random) -> Iterator[dict[str, Any]]:
    for outcome, persona, a_day, before, after in ASKED:
        for at, launched in _moments(random, a_day):
            place = min(4, max(0, round(random.gauss(after if launched else before, 1.05))))
            yield _answer(random, outcome, persona, LEVELS[place], place / 4, at)
    for outcome, persona, a_day, before, after in RATED:
        for at, launched in _moments(random, a_day):
            score = min(10, max(1, round(random.gauss(after if launched else before, 1.6))))
            yield _answer(random, outcome, persona, str(score), score / 10, at)


def _answer(random: Random, outcome: str, persona: str, level: str, mood: float, at: datetime) -> dict[str, Any]:
    return {
        "kind": "satisfaction",
        "outcome_id": outcome,
        "feature": "shop",
        "persona": persona,
        "satisfaction_level": level,
        "met_expectations": "yes" if random.random() < mood else "no",
        "would_recommend": "yes" if random.random() < mood * 0.9 else "no",
        "effort_score": min(7, max(1, round(random.gauss(6 - 4 * mood, 1)))),
        "recorded_at": _text(at),
        "scale": "1-10" if level.isdigit() else "",
    }


if __name__ == "__main__":
    main()
