"""What asking the same question of the past found: how often answers held, how far off they were, and in words what
follows for the answer of today.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from data.values.shares import wilson_bounds

Verdict = Literal["overconfident", "underconfident", "as_stated", "cannot_tell"]
MAIN = 85  # percent: the answer that people plan with
FEW = 10  # windows that do not overlap


@dataclass(frozen=True)
class Backtest:
    """How often the answers would have held. Mappings: percent of the label → number.

    `loss`, `naive`: mean pinball loss over all windows and labels, of the forecast and of the average pace carried on
    as if it were certain; in days for dates, else in items or points. Less is better.
    """

    windows: int
    apart: int  # about so many of them do not overlap
    hits: Mapping[int, int]  # windows in which the answer held
    first: str | None = None  # first day of the first window
    last: str | None = None  # last day that was looked at
    waiting: int = 0  # windows whose answers have not come due
    stated: Mapping[int, float] | None = None  # mean share of the trials that held the answers, percent
    loss: float | None = None
    naive: float | None = None
    unit: str = ""
    chance_stated: float | None = None  # mean chance of the number asked for, percent
    chance_held: int | None = None  # windows that reached it

    def share(self, percent: int) -> float | None:
        """In how many percent of the windows the answer held; None without windows."""
        return 100 * self.hits[percent] / self.windows if self.windows else None

    def stated_share(self, percent: int) -> float:
        """The share of the trials that was printed beside the answer, on average; percent."""
        return float(percent) if self.stated is None else self.stated[percent]

    @property
    def skill(self) -> float | None:
        """By how many percent the pinball loss is less than that of the naive forecast; None where that has none."""
        return None if self.loss is None or not self.naive else 100 * (1 - self.loss / self.naive)

    @property
    def verdict(self) -> Verdict:
        """Whether the 85 % answer held less or more often than it says, by more than chance explains.

        The interval is Wilson's (95 %), for as many windows as stand alone: windows that overlap are not independent.
        """
        if not self.windows or self.apart < 1:
            return "cannot_tell"
        low, high = wilson_bounds((self.share(MAIN) or 0.0) / 100 * self.apart, self.apart)
        stated = self.stated_share(MAIN) / 100
        if high < stated:
            return "overconfident"
        if low > stated:
            return "underconfident"
        return "as_stated" if self.apart >= FEW else "cannot_tell"


def confidence_words(test: Backtest) -> str:
    """What the past says about the answer of today, in one sentence that stands beside it; empty without a past."""
    if not test.windows:
        return ""
    held = f"the 85 % answer held in {test.share(MAIN):.0f} % of {_windows(test.windows)} of the last 12 months"
    return {
        "overconfident": f"Overconfident in the past: {held}, where it promised {test.stated_share(MAIN):.0f} %. "
        "Promise less than this forecast says.",
        "underconfident": f"Underconfident in the past: {held}, where it promised {test.stated_share(MAIN):.0f} %. "
        "The team did better than its answers.",
        "as_stated": f"As good as its word in the past: {held}, where it promised {test.stated_share(MAIN):.0f} %.",
        "cannot_tell": f"Tested on the past: {held}, where it promised {test.stated_share(MAIN):.0f} %. "
        f"Only {test.apart} of the windows do not overlap: too few to say whether it is over- or underconfident.",
    }[test.verdict]


def score_words(test: Backtest) -> str:
    """The proper score beside that of the naive forecast, in words; empty where there is none."""
    if test.loss is None or test.naive is None:
        return ""
    said = (
        f"Mean pinball loss: {test.loss:,.2f} {test.unit}; a naive forecast, in which the average pace goes on, has "
        f"{test.naive:,.2f}"
    )
    if test.skill is None:
        return f"{said}. Lower is better."
    better = f"{abs(test.skill):.0f} % {'better' if test.skill >= 0 else 'worse'}"
    return f"{said}. This one is {better} (lower is better)."


def past_words(test: Backtest) -> str:
    """What the backtest found, in a few sentences, beside what `confidence_words` says."""
    if not test.windows:
        if test.waiting:
            return "Not to be said yet: for the same question asked in the past, the dates have not come."
        return "Not to be said: there is not enough data before the history to ask the same question in the past."
    few = ", so this is a hint, not proof" if test.apart < FEW else ""
    said = [
        f"The 85 % answer held in {test.hits[MAIN]:,} of {_windows(test.windows)}, one a week from "
        f"{_day(test.first)} on. "
        f"The windows overlap: they are worth about {test.apart} separate ones{few}.",
        score_words(test),
    ]
    if test.chance_stated is not None and test.chance_held is not None:
        said.append(
            f"The number asked for was reached in {test.chance_held:,} of {test.windows:,}; "
            f"on average the chance of it was said to be {test.chance_stated:.0f} %."
        )
    return " ".join(each for each in said if each)


def _windows(count: int) -> str:
    return f"{count:,} window{'s' * (count != 1)}"


def _day(text: str | None) -> str:
    day = date.fromisoformat(text or "")
    return f"{day.day} {day:%b %Y}"
