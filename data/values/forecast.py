"""The plain values of a forecast: what is asked, what is answered, and why it is refused."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from data.values.errors import AppError
from data.values.problem import Problem

SHARES = (50, 70, 85, 95)  # percent of the trials that an answer holds in
TRIALS = 10_000
HISTORY = 90  # days
MOST_HISTORY = 3_650
MOST_ITEMS = 100_000
SEED = 1


class ForecastRefused(AppError):
    """There is no honest answer; says why and what to do."""

    code = "forecast_refused"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(Problem(message, todo=hint))


@dataclass(frozen=True)
class Question:
    """Exactly one of items, by, version and epic is given."""

    items: int | None = None
    by: date | None = None
    version: str | None = None
    epic: str | None = None
    history: int = HISTORY  # whole days
    seed: int = SEED
    trials: int = TRIALS


@dataclass(frozen=True)
class Remaining:
    """What is still to be done of a version or an epic."""

    what: str  # "Version 2.4", "Epic SHOP-12"
    keys: tuple[str, ...]  # not done, in the order of the data
    done: int
    left_out: tuple[tuple[str, int], ...] = ()  # reason, number: not done, and not counted


@dataclass(frozen=True)
class Backtest:
    """How often the answers would have held. `held`: percent → number of windows."""

    windows: int
    apart: int  # about so many of them do not overlap
    held: dict[int, int]
    first: str | None = None  # first day of the first window
    last: str | None = None  # last day that was looked at
    waiting: int = 0  # windows whose answers have not come due

    def share(self, percent: int) -> float | None:
        """In how many percent of the windows the answer held; None without windows."""
        return 100 * self.held[percent] / self.windows if self.windows else None


@dataclass(frozen=True)
class Forecast:
    """`answers`: percent → ISO date by which all items are done (the date that nearest to so
    many percent of the trials keep), or the number of items reached at least; None: later than
    `horizon`. `outcomes`: (date or number, trials), in order. `daily`: completions of each day of the history.
    """

    kind: str  # when | how_many
    items: int | None
    by: str | None
    answers: dict[int, str | int | None]
    reached: dict[int, float]  # percent → percent of the trials in which the answer holds: days and items are whole
    seed: int
    trials: int
    history_start: str
    history_end: str
    zone: str
    today: str
    horizon: str
    daily: tuple[int, ...]
    left_out: tuple[tuple[str, int], ...]  # reason, number of completions in the history that do not count
    outcomes: tuple[tuple[str | int, int], ...]
    backtest: Backtest
    remaining: Remaining | None = None
    notes: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()

    @property
    def completed(self) -> int:
        """Items completed in the history."""
        return sum(self.daily)

    @property
    def busy_days(self) -> int:
        """Days of the history with a completion."""
        return sum(each > 0 for each in self.daily)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: p50, p70, p85, p95, seed, history_start, history_end, trials and the rest."""
        test = self.backtest
        return {
            "question": self.kind,
            "items": self.items,
            "by": self.by,
            **{f"p{share}": self.answers[share] for share in SHARES},
            "trials_percent": {f"p{share}": self.reached.get(share) for share in SHARES},
            "seed": self.seed,
            "trials": self.trials,
            "history_start": self.history_start,
            "history_end": self.history_end,
            "history_days": len(self.daily),
            "days_with_completions": self.busy_days,
            "completed": self.completed,
            "left_out": dict(self.left_out),
            "zone": self.zone,
            "today": self.today,
            "remaining": asdict(self.remaining) | {"left_out": dict(self.remaining.left_out)}
            if self.remaining
            else None,
            "backtest": {
                "windows": test.windows,
                "without_overlap": test.apart,
                "first": test.first,
                "last": test.last,
                "waiting": test.waiting,
                **{f"p{share}_held_percent": test.share(share) for share in SHARES},
            },
            "notes": list(self.notes),
        }
