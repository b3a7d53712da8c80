"""The plain values of the overview: sentences with their next step, and what they are made of."""

from __future__ import annotations

from dataclasses import dataclass

from data.values.forecast_words import ForecastText
from data.values.metric_value import MetricValue

OLD = 85  # percent of completed items that were younger
FEW = 5  # completed items, below which nothing is said about age


@dataclass(frozen=True)
class Change:
    """A metric whose weekly values show a signal in the period: more than noise."""

    metric: str
    title: str
    sentence: str  # what was seen
    rule: str  # which rule makes it a signal
    basis: str  # what it is judged by: mean, natural limits and the weeks that they are from
    shift: str  # "unusually high" or "unusually low": not the words of a card, which compares two periods
    verdict: str | None  # whether that is better | worse | None: neither
    todo: str
    weeks: tuple[float | None, ...]  # weekly values, oldest first
    before: int  # how many of them are before the period: mean and limits are made of those
    marked: tuple[int, ...]  # places of the weeks that are the signal
    mean: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Ageing:
    """An item in progress that is older than nearly all completed ones were."""

    key: str
    url: str
    summary: str
    type: str
    status: str
    assignee: str
    age: float  # days since its work began
    limit: float  # days: 85 % of the completed items were younger
    within: str  # where they were: the name of the status that they left, "" for the whole way

    @property
    def compared(self) -> str:
        """
        >>> Ageing("", "", "", "", "", "", 9.0, 6.42, "Review").compared
        '85 % left Review within 6.4 days'
        >>> Ageing("", "", "", "", "", "", 1, 0.2, "").compared
        '85 % were done within 5 hours'
        """
        size, unit = (self.limit, "day") if self.limit >= 1 else (max(round(self.limit * 24), 1), "hour")
        number = f"{size:,.1f}".removesuffix(".0") if size < 10 else f"{size:,.0f}"
        unit += "" if number == "1" else "s"
        return f"{OLD} % {f'left {self.within}' if self.within else 'were done'} within {number} {unit}"


@dataclass(frozen=True)
class Caveat:
    """Why some number cannot be trusted, or is not there. `action`: mapping | metric | quality."""

    title: str
    sentence: str
    todo: str
    level: str = "warning"  # info | warning | danger
    action: str = "metric"
    metric: str = ""


@dataclass(frozen=True)
class KeyPoint:
    """One of the sentences that open the overview.

    `action`: where it is explained: metric | ageing | quality | mapping; empty: nowhere.
    """

    question: str  # What changed | At risk | Next step
    sentence: str
    evidence: str
    action: str = ""
    metric: str = ""


@dataclass(frozen=True)
class Overview:
    """What is to be said of a period beside its numbers.

    `steady`: titles of metrics without a signal; `untold`: those of which it cannot be told, `why_untold`: the reason
    for each; `baseline`: whole weeks that say what is usual, `against`: the same in words, `weeks`: those of the
    period. `over`: how many items are too old, of `in_progress`; `since`: first and last day of the completed items
    that ages are compared with, `compared`: how many those are.
    """

    changes: tuple[Change, ...]
    steady: tuple[str, ...]
    untold: tuple[str, ...]
    baseline: int
    weeks: int
    ageing: tuple[Ageing, ...]
    over: int
    in_progress: int
    compared: int
    since: tuple[str, str]
    caveats: tuple[Caveat, ...]
    why_untold: tuple[str, ...] = ()
    against: str = ""
    points: tuple[KeyPoint, ...] = ()

    @property
    def usual_weeks(self) -> str:
        """The weeks that say what is usual, in words."""
        return self.against or f"the {self.baseline} whole weeks before the period"

    @property
    def changes_words(self) -> str:
        """How many numbers changed, and what that means."""
        against = self.usual_weeks
        if not self.baseline:
            where = against.removeprefix("the 0 whole weeks ")
            return f"There is no whole week of data {where}, so nothing can be said about changes."
        if not self.changes and not self.steady:
            return (
                f"Whether anything changed cannot be told. {self._untold_words} Each week is compared with {against} "
                "(XmR rules)."
            )
        many, all_of = len(self.changes), len(self.changes) + len(self.steady)
        of = f"{many} of {all_of} number{'s' if all_of != 1 else ''}" if many else "No number"
        moved = f"{of} moved outside {'its' if many < 2 else 'their'} usual weekly variation."
        how = (
            f"Each week of this period is compared with {against} (XmR rules); "
            "the cards compare the period with the one before."
        )
        return " ".join(filter(None, (moved, self._untold_words, how)))

    @property
    def _untold_words(self) -> str:
        """Which numbers limits cannot judge, those of one reason together."""
        why = self.why_untold or ("too few weeks with values",) * len(self.untold)
        groups: dict[str, list[str]] = {}
        for title, reason in zip(self.untold, why, strict=True):
            groups.setdefault(reason, []).append(title)
        said = "; ".join(f"{', '.join(titles)}: {reason}" for reason, titles in groups.items())
        return f"Cannot tell: {said}." if said else ""

    @property
    def ageing_words(self) -> str:
        """How much work is too old, and compared with what."""
        if not self.in_progress:
            return "Nothing is in progress at the end of this period."
        items = f"{self.in_progress:,} item{'s' if self.in_progress != 1 else ''} in progress"
        if self.compared < FEW:
            return f"{items}; too few items were completed to say which of them are old for their status."
        if not self.over:
            one = f"The one item in progress is not older than {OLD} %"
            return (
                f"{one if self.in_progress == 1 else f'None of {items} is older than {OLD} %'} of the "
                f"{self.compared:,} items completed before were."
            )
        are = "is" if self.over == 1 else "are"
        return (
            f"{self.over:,} of {items} {are} older than {OLD} % of completed items were when they left the same status "
            f"({self.compared:,} items are compared). Ask what holds each of them up: split it, unblock it, or stop it."
        )


@dataclass(frozen=True)
class Report:
    """Everything that the report of a period says."""

    site: str
    jql: str
    is_sample: bool
    period: str  # in words
    compared: str
    zone: str
    made_at: str  # ISO
    synced_at: str | None
    issues: int
    filters: tuple[tuple[str, str], ...]  # what, names
    values: tuple[MetricValue, ...]
    overview: Overview
    definitions: tuple[tuple[str, str, bool], ...]  # title, value in words, chosen for this view
    link: str = ""  # the query of the view
    forecast: ForecastText | None = None
