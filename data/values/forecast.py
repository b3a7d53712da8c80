"""The plain values of a forecast: what is asked, what is answered, and why it is refused."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal, get_args

from data.values.backtest import Backtest, confidence_words
from data.values.day_spans import DaySpan
from data.values.errors import AppError
from data.values.problem import Problem

SHARES = (50, 70, 85, 95)  # percent of the trials that an answer holds in, at least
TRIALS = 10_000
HISTORY = 90  # days
MOST_HISTORY = 3_650
MOST_ITEMS = 100_000
SEED = 1
Draw = Literal["weekdays", "plain"]
Unit = Literal["items", "points"]
DRAWS: tuple[Draw, ...] = get_args(Draw)
UNITS: tuple[Unit, ...] = get_args(Unit)
DRAW_WORDS: dict[Draw, str] = {"weekdays": "by weekday, with an urn", "plain": "plainly, all days alike"}


class ForecastRefused(AppError):
    """There is no honest answer; says why and what to do."""

    code = "forecast_refused"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(Problem(message, todo=hint))


@dataclass(frozen=True)
class Question:
    """Exactly one of items, version and epic is given ("when"), or `by` alone ("how many"), or both ("how likely")."""

    items: int | None = None  # or points, as `unit` says
    by: date | None = None
    version: str | None = None
    epic: str | None = None
    history: int = HISTORY  # whole days
    seed: int = SEED
    trials: int = TRIALS
    sample: DaySpan | None = None  # days to draw from, in place of the last `history` days
    without: tuple[DaySpan, ...] = ()  # days of the sample that are not drawn from
    off: tuple[DaySpan, ...] = ()  # days on which nobody works, besides those of the settings
    draw: Draw = "weekdays"
    unit: Unit = "items"
    teams: tuple[
        tuple[str, int | None], ...
    ] = ()  # saved views that share the work; number of items, None: what is left


@dataclass(frozen=True)
class TeamPart:
    """What one of several teams has to do for one delivery."""

    name: str
    amount: int | float
    alone: str | None  # ISO date by which it is done in at least 85 % of the trials; None: later than the horizon
    last: float  # percent of the trials in which it is the last, or one of the last


@dataclass(frozen=True)
class Remaining:
    """What is still to be done of a version or an epic."""

    what: str  # "Version 2.4", "Epic SHOP-12"
    keys: tuple[str, ...]  # not done, in the order of the data
    done: int
    left_out: tuple[tuple[str, int], ...] = ()  # reason, number: not done, and not counted
    points: float | None = None  # estimates of those not done, together; None: points are not mapped
    unestimated: int = 0  # of those not done


@dataclass(frozen=True)
class Forecast:
    """`answers`: percent → first ISO date by which in at least so many percent of the trials all is done, or the number
    that at least so many percent of them reach; None: later than `horizon`. `outcomes`: (date or number, trials), in
    order. `daily`: completions of each day of the history; `in_sample`: whether it is drawn from.
    """

    kind: str  # when | how_many | how_likely
    items: int | float | None
    by: str | None
    answers: dict[int, str | int | float | None]
    reached: dict[int, float]  # percent → percent of the trials in which the answer holds: days and items are whole
    seed: int
    trials: int
    history_start: str
    history_end: str
    zone: str
    today: str
    horizon: str
    daily: tuple[int | float, ...]
    left_out: tuple[tuple[str, int], ...]  # reason, number of completions in the history that do not count
    outcomes: tuple[tuple[str | int, int], ...]
    backtest: Backtest
    remaining: Remaining | None = None
    notes: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    in_sample: tuple[bool, ...] = ()  # empty: all days
    off: tuple[str, ...] = ()  # days off from the first day of the history to the last day ahead that matters
    worked: int | None = None  # working days (by the settings) until `by`, without days off, today included
    chance: float | None = None  # how_likely: percent of the trials that reach `items` by `by`
    unit: Unit = "items"
    draw: Draw = "weekdays"
    teams: tuple[TeamPart, ...] = ()  # all of them must be done

    @property
    def completed(self) -> int | float:
        """Items (points) completed in the history, on days off too."""
        return whole(sum(self.daily))

    @property
    def drawn_days(self) -> int:
        """Days of the history that are drawn from."""
        return sum(self.in_sample) if self.in_sample else len(self.daily)

    @property
    def not_drawn(self) -> int | float:
        """Items (points) completed on days of the history that are not drawn from."""
        return (
            whole(sum(each for each, kept in zip(self.daily, self.in_sample, strict=True) if not kept))
            if self.in_sample
            else 0
        )

    @property
    def busy_days(self) -> int:
        """Days of the history with a completion."""
        return sum(each > 0 for each in self.daily)

    @property
    def confidence(self) -> str:
        """What the past says about this answer, in one sentence."""
        return confidence_words(self.backtest)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: p50, p70, p85, p95, seed, history_start, history_end, trials and the rest."""
        left = self.remaining
        return {
            "question": self.kind,
            "unit": self.unit,
            "items": self.items,
            "by": self.by,
            **{f"p{share}": self.answers[share] for share in SHARES},
            "trials_percent": {f"p{share}": self.reached.get(share) for share in SHARES},
            "chance_percent": self.chance,
            "seed": self.seed,
            "trials": self.trials,
            "draw": self.draw,
            "history_start": self.history_start,
            "history_end": self.history_end,
            "history_days": len(self.daily),
            "drawn_days": self.drawn_days,
            "days_with_completions": self.busy_days,
            "completed": self.completed,
            "completed_not_drawn": self.not_drawn,
            "days_off": list(self.off),
            "working_days_ahead": self.worked,
            "left_out": dict(self.left_out),
            "zone": self.zone,
            "today": self.today,
            "remaining": asdict(left) | {"left_out": dict(left.left_out)} if left else None,
            "teams": [asdict(each) for each in self.teams],
            "backtest": _test(self.backtest),
            "notes": list(self.notes),
        }


def _test(test: Backtest) -> dict[str, Any]:
    return {
        "windows": test.windows,
        "without_overlap": test.apart,
        "first": test.first,
        "last": test.last,
        "waiting": test.waiting,
        **{f"p{share}_held_percent": test.share(share) for share in SHARES},
        **{f"p{share}_stated_percent": test.stated_share(share) if test.windows else None for share in SHARES},
        "pinball_loss": test.loss,
        "naive_pinball_loss": test.naive,
        "loss_unit": test.unit or None,
        "better_than_naive_percent": test.skill,
        "chance_stated_percent": test.chance_stated,
        "chance_held_windows": test.chance_held,
        "verdict": test.verdict,
        "in_words": confidence_words(test),
    }


def whole(amount: float) -> int | float:
    """A number without a decimal part as a whole number, others to two decimals.

    >>> whole(3.0), whole(2.5)
    (3, 2.5)
    """
    return int(amount) if float(amount).is_integer() else round(float(amount), 2)
