"""How a forecast was calculated, in sentences with its own figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from data.forecast.history import Sample, day_of
from data.values.arrays import Numbers
from data.values.forecast import Question, Remaining, whole

_URN = (
    "Days are drawn from an urn for each weekday: a day ahead is drawn from the days of the history that fell on "
    "the same "
    "weekday. A day that was drawn is put back twice within its trial (Pólya’s urn), so it is more likely to be drawn "
    "again: {days} days are only a sample of what the team does, and this makes long forecasts as wide as they "
    "have to be."
)
_ONE_URN = (
    "Days are drawn from one urn, all weekdays together, because there are too few days to tell weekdays apart. "
    "A day that "
    "was drawn is put back twice within its trial (Pólya’s urn): {days} days are only a sample of what the team does."
)
_PLAIN = (
    "Days are drawn plainly: each day ahead is any of the {days} days, all alike, whatever weekday it was. It "
    "knows no weekly "
    "rhythm, and treats the sample as all that can happen, so far answers are narrower than they should be."
)


def how_drawn(sample: Sample, question: Question, by_weekday: bool) -> tuple[str, ...]:
    """What is drawn from, and how."""
    size, days = len(sample.daily), int(np.count_nonzero(sample.in_sample))
    drawn = whole(float(sample.daily[sample.in_sample].sum()))
    out = size - days
    left = f" {out} of these {size} days are not drawn from: days off, or taken out." if out else ""
    how = _PLAIN if question.draw == "plain" else _URN if by_weekday else _ONE_URN
    return (
        f"{drawn:,} {question.unit} were completed on {days} whole days, {day_of(sample.first)} to "
        f"{day_of(sample.last)}: the items of flow velocity, with the same filters and definitions.{left}",
        how.format(days=days),
        "Days off are stepped over: on them no trial completes anything. Of today only the rest is left, so for "
        "it counts "
        "what was completed after this time of day.",
    )


def how_many_steps(
    question: Question,
    by: date,
    days: int,
    worked: int,
    today: bool,
    counts: Numbers,
    values: Mapping[int, float],
    amount: float | None,
) -> tuple[str, ...]:
    """How "how many by a date" was answered; `days` ahead with today, of which `worked` are no days off."""
    rest = worked - today
    ahead = " and ".join(
        each for each in ("the rest of today" * today, f"{rest} whole day{'s' * (rest != 1)}" * bool(rest)) if each
    )
    off = f" ({days - worked} day{'s' * (days - worked != 1)} off stepped over)" if days > worked else ""
    high = values[85]
    unit = question.unit
    steps = (
        f"Each trial draws {ahead or 'no day'}, until {by.isoformat()}{off}, and adds up what was completed.",
        f"{question.trials:,} trials give {whole(float(counts.min())):,} to {whole(float(counts.max())):,} {unit}; "
        f"{np.mean(counts >= high) * 100:.1f} % of them reach {whole(high):,} or more.",
    )
    if amount is None:
        return steps
    share = float(np.mean(counts >= amount - 1e-9)) * 100
    return (*steps, f"{share:.1f} % of them reach {whole(amount):,} or more: the chance that was asked for.")


def when_steps(
    question: Question,
    amount: float,
    first: str,
    last: str,
    answers: Mapping[int, object],
    reached: Mapping[int, float],
) -> tuple[str, ...]:
    """How "when for so many" was answered; `first`, `last`: the earliest and the latest end of a trial."""
    one = amount == 1
    ends = (
        f"{answers[85]} is the first day by which at least 85 % of them are done: {reached[85]:.1f} %"
        if answers[85]
        else "many take longer than five years"
    )
    return (
        f"Each trial draws day after day, from now on, until {whole(amount):,} "
        f"{question.unit[:-1] if one else question.unit} {'is' if one else 'are'} completed.",
        f"{question.trials:,} trials end between {first} and {last}; {ends}.",
    )


def joint_steps(question: Question, teams: int, answers: Mapping[int, object]) -> tuple[str, ...]:
    """How "when are all teams done" was answered."""
    return (
        f"In each trial all {teams} teams draw the same days, each counts what it completed on them itself, and the "
        "delivery is done when the last of them is done.",
        f"Of {question.trials:,} trials at least 85 % are done by {answers[85] or 'a day more than five years ahead'}.",
    )


def caveats(sample: Sample, question: Question, remaining: Remaining | None) -> list[str]:
    """What a reader must know before using the answer."""
    out = []
    drawn = sample.daily[sample.in_sample]
    size, busy = len(drawn), int(np.count_nonzero(drawn))
    if size < 28 or busy < 10:
        out.append(
            f"Little to go by: {busy} days with completions in {size} days of history. Take the answer as a rough one."
        )
    if remaining:
        out.append("It assumes that what gets completed from now on are these items, before anything else.")
        if question.unit == "points" and remaining.unestimated:
            out.append(
                f"{remaining.unestimated:,} of the {len(remaining.keys):,} items left have no estimate and count "
                "as nothing, "
                "so the answer is too early."
            )
    return out
