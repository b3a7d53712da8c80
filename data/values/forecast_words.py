"""What a forecast says, in the sentences that page, terminal and report share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data.values.backtest import Backtest, past_words
from data.values.forecast import DRAW_WORDS, SHARES, Forecast

SHARES_SAID = (
    "Below each answer is the share of trials in which it holds. Days and items are whole numbers, so the share can be "
    "higher than the label."
)


@dataclass(frozen=True)
class ForecastText:
    """A forecast in words. `rows`: label, answer, share of the trials that holds it. Without an answer `sentences` say
    why.
    """

    question: str
    headline: str
    rows: tuple[tuple[str, str, str], ...]
    sentences: tuple[str, ...]


def headline(answer: Forecast) -> str:
    """The 85 % answer as people say it; of "how likely", the chance itself."""
    high = answer.answers[85]
    if answer.kind == "how_likely":
        return (
            f"{chance_words(answer.chance)} chance: {answer.items:,} {answer.unit} or more by {_day(answer.by or '')}"
        )
    if answer.kind == "how_many":
        return f"85 % chance: {high:,} {answer.unit} or more by {_day(answer.by or '')}"
    if high is None:
        return f"85 % chance: later than {_day(answer.horizon)}"
    return f"85 % chance: by {_day(str(high))}"


def chance_words(percent: float | None) -> str:
    """Never 0 or 100 %: trials are only so many.

    >>> chance_words(100.0), chance_words(0.2), chance_words(84.6)
    ('Over 99 %', 'Under 1 %', '85 %')
    """
    chance = percent or 0.0
    if chance > 99:
        return "Over 99 %"
    return "Under 1 %" if chance < 1 else f"{chance:.0f} %"


def question_words(answer: Forecast) -> str:
    """What was asked, as a question."""
    amount = _amount(answer)
    if answer.teams and not answer.remaining:
        return f"When are {len(answer.teams)} teams done with {amount}?"
    if answer.remaining:
        left = answer.remaining
        said = f"{left.what}: {amount} left, {left.done:,} done. "
        return said + (
            f"How likely is it done by {_day(answer.by)}?" if answer.by and not answer.teams else "When is it done?"
        )
    if answer.kind == "how_likely":
        one = answer.items == 1
        return f"How likely {'is' if one else 'are'} {amount} completed from now until {_day(answer.by or '')}?"
    if answer.kind == "when":
        more = amount.replace(" ", " more ", 1)
        return f"When {'are' if answer.items != 1 else 'is'} {more} done?"
    return f"How many {answer.unit} are completed from now until {_day(answer.by or '')}?"


def share_rows(answer: Forecast) -> list[tuple[int, str, str]]:
    """Percent of the label, the answer, and the share of the trials that holds it."""
    out = []
    for share in SHARES:
        found = answer.answers[share]
        if answer.kind != "when":
            shown = f"{found:,} or more"
        else:
            shown = f"after {_day(answer.horizon)}" if found is None else f"by {_day(str(found))}"
        held = f"{answer.reached[share]:.1f} % of the trials" if share in answer.reached else "not within five years"
        out.append((share, shown, held))
    return out


def team_words(answer: Forecast) -> list[str]:
    """What each of several teams has to do, and the chance that all are done by the date that was asked for."""
    out = [
        f"{each.name}: {each.amount:,} {answer.unit}, alone "
        + (f"by {_day(each.alone)}" if each.alone else f"after {_day(answer.horizon)}")
        + f" (85 %), the last in {each.last:.0f} % of the trials."
        for each in answer.teams
    ]
    if answer.teams and answer.chance is not None:
        out.insert(0, f"{chance_words(answer.chance)} chance that all are done by {_day(answer.by or '')}.")
    return out


def basis_words(answer: Forecast) -> str:
    """What was drawn from, how, and how often."""
    out = sum(n for _, n in answer.left_out)
    days = f"{len(answer.daily):,} whole days; {out:,} item{'s' * (out != 1)} left out"
    if answer.in_sample and answer.drawn_days != len(answer.daily):
        days = f"{answer.drawn_days:,} of {days}"
    return (
        f"Drawn from {answer.completed:,} {answer.unit} completed {_span(answer.history_start, answer.history_end)}"
        f" ({days}), {DRAW_WORDS[answer.draw]}, {answer.trials:,} trials, seed {answer.seed}."
    )


def days_off_words(answer: Forecast) -> str:
    """The days that are stepped over; empty without any."""
    if not answer.off:
        return ""
    runs = [each.partition("..") for each in answer.off]
    said = ", ".join(_span(first, last or first) for first, _, last in runs)
    days = "" if answer.worked is None else f" {answer.worked:,} working day{'s' * (answer.worked != 1)} until then."
    return f"Days off, neither worked nor drawn: {said}.{days}"


def held_words(test: Backtest) -> str:
    """How often each answer held in the past, beside what it stated; empty without a past."""
    if not test.windows:
        return ""
    held = ", ".join(f"{share} %: {test.share(share):.0f} % ({test.stated_share(share):.0f} %)" for share in test.hits)
    return f"Answers held (stated): {held}."


def told(answer: Forecast) -> ForecastText:
    """All that a forecast says, in order."""
    return ForecastText(
        question_words(answer),
        f"{headline(answer)}.",
        tuple((f"{share} %", shown, held) for share, shown, held in share_rows(answer)),
        tuple(
            each
            for each in (
                *team_words(answer),
                answer.confidence,
                basis_words(answer),
                days_off_words(answer),
                f"Would it have held? {past_words(answer.backtest)}",
                held_words(answer.backtest),
                *answer.notes,
            )
            if each
        ),
    )


def _amount(answer: Forecast) -> str:
    return f"{answer.items or 0:,} {answer.unit[:-1] if answer.items == 1 else answer.unit}"


def _day(text: str) -> str:
    day = date.fromisoformat(text[:10])
    return f"{day.day} {day:%b %Y}"


def _span(first: str, last: str) -> str:
    begin, end = date.fromisoformat(first[:10]), date.fromisoformat(last[:10])
    if begin == end:
        return _day(last)
    left = f"{begin.day} {begin:%b}" if begin.year == end.year else _day(first)
    return f"{left} – {_day(last)}"
