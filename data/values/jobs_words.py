"""What is said of jobs, outcomes and painpoints: each sentence and each number in words is made here once, for the
page, the terminal, the report and files.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from data.values.amounts import amount, count, duration, number, percent
from data.values.change import CANNOT_TELL, CLEAR, Change, change_of, why_not_of
from data.values.jobs import (
    Interval,
    InvestmentRow,
    JobRow,
    Opportunity,
    OutcomeRow,
    Overview,
    PainpointRow,
    RegisterRow,
)

UNDERSERVED = ("extreme", "strong", "worth_considering")
EVEN = 0.05  # a gap of less than so much of all reads as even
BANDS_WORDS = (
    "over 15 extreme, 12 and more strong, over 10 worth considering, below appropriately served; satisfaction above "
    "importance is overserved"
)
_SIGNS = {"minimise": "≤ ", "maximise": "≥ "}


# ---- shares


def range_words(told: Interval) -> str:
    """The 95 % interval of a share.

    >>> range_words(Interval(9, 10, 0.9, 0.596, 0.982, False)), range_words(Interval(0, 0, None, None, None, False))
    ('60 to 98 % with 95 % confidence', '')
    """
    if told.low is None or told.high is None:
        return ""
    return f"{100 * told.low:.0f} to {100 * told.high:.0f} % with 95 % confidence"


def not_enough(told: Interval) -> str:
    """
    >>> not_enough(Interval(9, 10, 0.9, 0.596, 0.982, False)), not_enough(Interval(0, 0, None, None, None, False))
    ('Not enough: 10 of 30.', '')
    """
    return f"Not enough: {told.n} of 30." if told.n and not told.enough else ""


def satisfied(told: Interval) -> str:
    """ "26 of 38 satisfied: 68 % (53 to 81 % with 95 % confidence)"."""
    if told.value is None:
        return "–"
    return f"{told.count} of {told.n} satisfied: {percent(told.value)} ({range_words(told)})"


def completed(row: JobRow) -> str:
    """ "80 % of 97 tries"."""
    if row.completion.value is None:
        return "not tracked"
    return f"{percent(row.completion.value)} of {count(row.completion.n, 'try', 'tries')}"


def takes(row: JobRow) -> str:
    """How long half of those who completed it needed at most."""
    return duration(row.median_seconds)


def met(told: Interval, reason: str = "") -> str:
    """In how many measurements a target was met; of a single one, whether it was; else the reason.

    >>> met(Interval(9, 10, 0.9, 0.596, 0.982, False)), met(Interval(0, 1, 0.0, 0.0, 0.79, False))
    ('Met in 9 of 10', 'Not met')
    >>> met(Interval(0, 0, None, None, None, False), "Nothing was measured.")
    'Nothing was measured.'
    """
    if not told.n:
        return reason or "–"
    if told.n == 1:
        return "Met" if told.count else "Not met"
    return f"Met in {told.count:,} of {told.n:,}"


def met_range(told: Interval) -> str:
    """The interval beside `met`; nothing for a single measurement."""
    return range_words(told) if told.n > 1 else ""


# ---- outcomes


def target(row: OutcomeRow) -> str:
    """ "≤ 60 seconds"; a dash without a target."""
    return (
        "–"
        if row.target is None
        else f"{_SIGNS.get(row.direction or '', '')}{amount(row.target, row.unit, _digits(row))}"
    )


def actual(row: OutcomeRow) -> str:
    """ "52 seconds"; a dash where nothing was measured. It reads as the target only where it is the target."""
    return amount(row.actual, row.unit, _digits(row))


def _digits(row: OutcomeRow) -> int:
    """How many significant digits it takes to tell the actual value from the target."""
    if row.target is None or row.actual is None or row.target == row.actual:
        return 3
    return next((each for each in range(3, 13) if number(row.target, each) != number(row.actual, each)), 3)


def outcome_change(row: OutcomeRow) -> Change:
    """How the actual value changed against the period before, and whether that is better or worse."""
    return change_of(row.trend_direction, row.trend_percentage, row.trend_points, row.trend_verdict)


def trend(row: OutcomeRow) -> str:
    """The same in one line; a dash where there is nothing to compare with."""
    told = outcome_change(row)
    return f"{told.arrow} {told.words}".strip() or "–"


def why_no_change(row: OutcomeRow) -> str:
    """Why no change is said of an outcome, or why better or worse cannot be told."""
    if row.trend_direction is None:
        return row.trend_reason or "No earlier measurement to compare with."
    return why_not_of(row.trend_verdict, row.trend_reason)


def ratio(row: OutcomeRow) -> str:
    """How the one ratio of an outcome was calculated; nothing where there is none."""
    if row.achievement is None or not row.target or not row.actual:
        return ""
    less = row.direction == "minimise"
    top, bottom = (row.target, row.actual) if less else (row.actual, row.target)
    names = "target ÷ actual (less is better)" if less else "actual ÷ target (more is better)"
    of = f" The actual value is the mean of {row.n} measurements." if row.source == "records" and row.n > 1 else ""
    return f"Ratio = {names} = {number(top, 4)} ÷ {number(bottom, 4)} = {row.achievement:,.0f} %.{of}"


def score(told: Opportunity) -> str:
    """ "12.0"; a dash without a score."""
    return "–" if told.score is None else f"{told.score:.1f}"


def score_range(told: Opportunity) -> str:
    """ "10.4 to 13.5", where answers were counted."""
    return "" if told.low is None or told.high is None else f"{told.low:.1f} to {told.high:.1f}"


def band(told: Opportunity) -> str:
    """The band in words, or why there is none."""
    return told.band_title if told.band else told.reason or "Not enough answers."


def opportunity(told: Opportunity) -> str:
    """ "12.0, strong opportunity"; without a band why not."""
    if told.score is None:
        return band(told)
    return f"{score(told)}, {_small(band(told))}"


def answers(told: Opportunity) -> str:
    """What the satisfaction rests on."""
    return f"{told.n:,} answers" if told.n is not None else "ratings of the specs"


# ---- painpoints


def effect(row: PainpointRow) -> Change:
    """How much less, or more, it hurts after, and whether the records say so beyond chance."""
    if row.effectiveness is None:
        return Change("", row.reason or "not recorded in this period", "")
    if row.effectiveness == 0:
        return Change("→", "unchanged", "unchanged")
    eased = row.effectiveness > 0
    size = f"{abs(row.effectiveness):,.0f} %"
    arrow = "↓" if eased else "↑"
    if row.verdict in CLEAR and (row.verdict == "better") == eased:
        return Change(arrow, f"{size} {'eased' if eased else 'worse'}", str(row.verdict))
    words = f"{size} {'less' if eased else 'more'}"
    return Change(arrow, f"{words}, within noise" if row.verdict == "within_noise" else words, "neutral")


def effect_words(row: PainpointRow) -> str:
    """The same in one line."""
    told = effect(row)
    return f"{told.arrow} {told.words}".strip()


def why_no_effect(row: PainpointRow) -> str:
    """Why it is not called eased or worse; empty otherwise."""
    if row.verdict == "within_noise":
        return "The 95 % interval of the effect includes zero: records without any real effect may look the same."
    return row.verdict_reason


def issues_done(done: int, issues: int) -> str:
    """ "13 of 22 done"; a dash where no issue names it."""
    return f"{done:,} of {issues:,} done" if issues else "–"


# ---- work and register


def work(row: InvestmentRow) -> str:
    """ "12 items (30 %), 4.2 days (28 %)": what was completed and how long people worked on it."""
    items, days = count(row.items, "item"), f"{number(row.active_days, 2)} days"
    shares = [f" ({percent(each)})" if each is not None else "" for each in (row.items_share, row.active_share)]
    return f"{items}{shares[0]}, {days}{shares[1]}"


def deliverables(row: RegisterRow) -> str:
    """ "3 of 5 deliverables done"; a dash where none is named."""
    total = len(row.deliverables)
    noun = "step" if row.steps else "deliverable"
    return f"{row.deliverables_done} of {count(total, noun)} done" if total else "–"


# ---- the story


class Sentence(NamedTuple):
    """`lead` names the question; `about` is what `title`, a part of `text`, stands for: "outcome:time-to-pay"."""

    lead: str
    text: str
    title: str = ""
    about: str = ""


def story(overview: Overview) -> tuple[Sentence, ...]:
    """The most underserved outcome, where the work goes, and what got better or worse."""
    found = (need(overview.outcomes), investment(overview.investment), progress(overview.outcomes))
    return tuple(each for each in found if each is not None)


def need(outcomes: Sequence[OutcomeRow]) -> Sentence | None:
    """Which outcome is the most underserved; nothing where none has a band."""
    scored = [each for each in outcomes if each.opportunity.band is not None]
    under = [each for each in scored if each.opportunity.band in UNDERSERVED]
    if not scored:
        return None
    lead = "Most underserved"
    if not under:
        many = "the only outcome with enough answers is" if len(scored) == 1 else f"all {len(scored)} outcomes are"
        return Sentence(lead, f"nobody: {many} served.")
    best = max(under, key=lambda each: each.opportunity.score or 0)
    of = f" ({best.job_title})" if best.job_title else ""
    told = best.opportunity
    text = f"{best.title}{of}: opportunity {score(told)} of 20, {_small(told.band_title)}."
    verb = "is" if len(under) == 1 else "are"
    text += f" {len(under)} of {count(len(scored), 'outcome')} with enough answers {verb} underserved."
    return Sentence(lead, text, best.title, f"outcome:{best.outcome_id}")


def investment(rows: Sequence[InvestmentRow]) -> Sentence | None:
    """Which underserved job gets the least of the work for its opportunity; nothing without completed items."""
    if not any(each.items for each in rows):
        return None
    short = [each for each in rows if each.gap is not None and each.gap <= -EVEN and each.band in UNDERSERVED]
    named = [each for each in rows if each.gap is not None]
    rest = next((each for each in rows if not each.job_id), None)
    title = about = ""
    if short:
        worst = min(short, key=lambda each: each.gap or 0)
        title, about = worst.title, f"job:{worst.job_id}"
        text = (
            f"{title} has {percent(worst.opportunity_share)} of the opportunity and got {percent(part(worst))} of the "
            "items that name a job."
        )
    elif named:
        text = "no underserved job gets less of it than its share."
    else:
        text = "no completed item names a job whose opportunity is known."
    if rest is not None and rest.items_share:
        text += f" {percent(rest.items_share)} of all completed items name no job."
    return Sentence("The work", text, title, about)


def part(row: InvestmentRow) -> float:
    """The share of a job in the items that name one, from 0 to 1."""
    return max((row.gap or 0) + (row.opportunity_share or 0), 0.0)


def progress(outcomes: Sequence[OutcomeRow]) -> Sentence | None:
    """How many outcomes got better or worse beyond chance; nothing where none can be compared."""
    known = [each for each in outcomes if each.trend_verdict is not None]
    judged = [each for each in known if each.trend_verdict != CANNOT_TELL]
    if not known:
        return None
    if not judged:
        return Sentence(
            "Did it help", "no outcome has enough measurements in both periods to tell a change from chance."
        )
    moved = [each for each in judged if each.trend_verdict in CLEAR]
    better, worse = (sum(each.trend_verdict == word for each in moved) for word in CLEAR)
    if not moved:
        many = count(len(judged), "outcome")
        return Sentence(
            "Did it help", f"of {many} with enough measurements, no single one changed by more than chance."
        )
    text = f"{count(better, 'outcome')} got better and {worse} worse than in the period before"
    measured = [each for each in moved if each.source == "jira"]
    bound = max(measured, key=lambda each: abs(each.trend_percentage or 0), default=None)
    if bound is None:
        return Sentence("Did it help", f"{text}.")
    text += f"; {bound.title}, which Jira measures, got {bound.trend_verdict}."
    return Sentence("Did it help", text, bound.title, f"outcome:{bound.outcome_id}")


def _small(title: str) -> str:
    """A title within a sentence.

    >>> _small("Strong opportunity")
    'strong opportunity'
    """
    return title[:1].lower() + title[1:]
