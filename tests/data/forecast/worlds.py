"""Made-up teams whose future is known: forecasts are asked at noon of one day, and what then happens is compared.

`python -m tests.data.forecast.worlds --teams 500` tries 500 stationary teams, and 100 of each kind that is not, and
prints how often answers held beside the share that was printed, and the mean pinball loss beside that of the plain
draw.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from data.facts.rows import example
from data.forecast.calculate import forecast
from data.forecast.history import Past
from data.values.day_spans import DaySpan, joined, within
from data.values.forecast import SHARES, Draw, Question

HISTORY, AHEAD = 90, 400  # days
TODAY = date(2026, 5, 13).toordinal()  # a Wednesday
AFTERNOON = 0.55  # of a day's items are completed after this time of day
STATIONARY = ("steady", "weekly", "bursts", "holidays", "holidays_and_bursts")
CHANGING = ("rising", "falling", "good_and_bad_weeks")
QUESTIONS = ("how many in 30 days", "how many in 90 days", "when for a month's items", "when for a quarter's items")


@dataclass(frozen=True)
class World:
    """One team. `daily`, `later`: from the first day of the history on; `off`: its days off, which it knows."""

    kind: str
    daily: np.ndarray
    later: np.ndarray
    off: tuple[DaySpan, ...]
    rate: float  # expected items of a usual week
    run: int = 0  # its number among those of its kind

    @property
    def known(self) -> Past:
        """What a forecast may see."""
        daily, later = (each[:HISTORY].astype(float) for each in (self.daily, self.later))
        return Past(TODAY - HISTORY, daily, later, TODAY, "UTC", example(a=[0.0]), off=self.off)

    @property
    def future(self) -> np.ndarray:
        """What then happens: of today only the rest."""
        out = self.daily[HISTORY:].astype(float)
        out[0] = self.later[HISTORY]
        return out


def world(kind: str, run: int) -> World:
    """The team of that kind and number; the same each time."""
    random = np.random.default_rng([20_261_128, run, (*STATIONARY, *CHANGING).index(kind)])
    days = np.arange(TODAY - HISTORY, TODAY + AHEAD)
    a_day = float(np.exp(random.uniform(np.log(0.5), np.log(5))))  # items on a usual working day
    profile = np.array([1, 1, 1, 1, 1, 0, 0], dtype=float)
    if kind != "steady":
        profile = np.append(random.gamma(4, 0.25, 5), random.gamma(1, 0.1, 2))
    rates = a_day * profile[(days - 1) % 7]
    if kind in ("bursts", "holidays_and_bursts"):
        rates = rates * random.gamma(1, 1, len(days))
    if kind == "good_and_bad_weeks":
        rates = rates * random.gamma(4, 0.25, len(days) // 7 + 2)[days // 7 - days[0] // 7]
    if kind in ("rising", "falling"):
        slope = random.uniform(0.3, 0.7) * (1 if kind == "rising" else -1)
        rates = rates * np.clip(1 + slope * (days - TODAY) / HISTORY, 0.1, 3)
    off: tuple[DaySpan, ...] = ()
    if kind.startswith("holidays"):
        off = _holidays(random)
        rates = np.where(within(days, off), 0.0, rates)
    daily = random.poisson(rates)
    return World(kind, daily, random.binomial(daily, AFTERNOON), off, a_day * float(profile.sum()), run)


def _holidays(random: np.random.Generator) -> tuple[DaySpan, ...]:
    """Two to four absences in the history, one or two in each quarter ahead; of one day to two weeks."""
    spans = []
    for first, last, fewest, most in ((-HISTORY, 0, 2, 4), (1, 30, 1, 2), (30, 120, 1, 3), (120, AHEAD, 2, 5)):
        for _ in range(int(random.integers(fewest, most + 1))):
            start = TODAY + int(random.integers(first, last))
            length = int(random.choice([1, 2, 5, 12]))
            spans.append(DaySpan(date.fromordinal(start), date.fromordinal(start + length - 1)))
    return joined(spans)


@dataclass
class Found:
    """What came of one question to many teams. `losses`: mean pinball loss of each team by draw, in shares of what
    was asked; `teams`: kind and number of each of these teams.
    """

    asked: int = 0
    held: dict[int, int] = field(default_factory=lambda: dict.fromkeys(SHARES, 0))
    printed: dict[int, float] = field(default_factory=lambda: dict.fromkeys(SHARES, 0.0))
    losses: dict[Draw, list[float]] = field(default_factory=lambda: {"weekdays": [], "plain": []})
    teams: list[tuple[str, int]] = field(default_factory=list)

    def hit(self, share: int) -> float:
        return 100 * self.held[share] / self.asked

    @property
    def worse(self) -> tuple[float, float]:
        """By how much the loss is more than that of the plain draw, team by team: mean, and its standard error."""
        more = np.subtract(self.losses["weekdays"], self.losses["plain"])
        return float(more.mean()), float(more.std(ddof=1) / np.sqrt(len(more)))

    def stated(self, share: int) -> float:
        return self.printed[share] / self.asked


class _Facts:
    """Facts whose past is given."""

    def __init__(self, found: Past) -> None:
        self._found = found

    def once(self, _make: object, *_args: object) -> Past:
        return self._found


def tried(
    teams: Iterable[World], trials: int = 1_000, draws: tuple[Draw, ...] = ("weekdays", "plain")
) -> dict[str, Found]:
    """Question → what came of it; hits and printed shares are those of the first draw."""
    out: dict[str, Found] = defaultdict(Found)
    for team in teams:
        future = team.future
        for asked in QUESTIONS:
            months = 3 if "quarter" in asked or "90" in asked else 1
            items = max(round(team.rate * 30 * months / 7), 1)
            done = np.cumsum(future) >= items
            if "when" in asked and not done.any():
                continue  # a falling team that never gets there within a year: said by the number asked
            actual = float(done.argmax()) if "when" in asked else float(future[: 30 * months].sum())
            found = out[asked]
            found.asked += 1
            found.teams.append((team.kind, team.run))
            for draw in draws:
                by = None if "when" in asked else date.fromordinal(TODAY + 30 * months - 1)
                question = Question(items=items if by is None else None, by=by, seed=1, trials=trials, draw=draw)
                # a past is all it asks for
                answer: Any = forecast(_Facts(team.known), question)  # type: ignore[arg-type]
                found.losses[draw].append(0.0)
                for share, each in answer.answers.items():
                    said = float(each) if by else float(date.fromisoformat(each).toordinal() - TODAY) if each else AHEAD
                    level = 1 - share / 100 if by else share / 100
                    over = actual - said
                    scale = items if by else 30 * months
                    found.losses[draw][-1] += (level * over if over >= 0 else (level - 1) * over) / scale / len(SHARES)
                    if draw == draws[0]:
                        found.held[share] += int(actual >= said if by else actual <= said)
                        found.printed[share] += answer.reached.get(share, 100.0)
    return dict(out)


def main() -> None:
    """Prints one table for the stationary teams, and one for each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teams", type=int, default=500)
    parser.add_argument("--first", type=int, default=0, help="number of the first team of each kind")
    parser.add_argument("--trials", type=int, default=1_000)
    asked = parser.parse_args()
    each = asked.teams // len(STATIONARY)
    told = {
        kind: tried((world(kind, run) for run in range(asked.first, asked.first + each)), asked.trials)
        for kind in (*STATIONARY, *CHANGING)
    }
    _print(f"stationary, {each * len(STATIONARY)} teams", _together([told[kind] for kind in STATIONARY]))
    for kind, found in told.items():
        _print(f"{kind}, {each} teams", found)


def _together(parts: list[dict[str, Found]]) -> dict[str, Found]:
    out: dict[str, Found] = defaultdict(Found)
    for part in parts:
        for asked, each in part.items():
            into = out[asked]
            into.asked += each.asked
            for share in SHARES:
                into.held[share] += each.held[share]
                into.printed[share] += each.printed[share]
            into.teams += each.teams
            for draw, losses in each.losses.items():
                into.losses[draw] += losses
    return dict(out)


def worse_than_plain(found: dict[str, Found]) -> tuple[float, float]:
    """By how many percent the mean pinball loss over all questions is above that of the plain draw, and how far that
    can be off by chance (95 %).

    The answers to one team’s questions hang together, so each team counts as one.
    """
    by_team: dict[tuple[str, int], float] = defaultdict(float)
    plain = 0.0
    for each in found.values():
        plain += sum(each.losses["plain"])
        for team, ours, theirs in zip(each.teams, each.losses["weekdays"], each.losses["plain"], strict=True):
            by_team[team] += ours - theirs
    more = np.array(list(by_team.values()))
    usual = plain / len(more)
    return 100 * float(more.mean()) / usual, 196 * float(more.std(ddof=1)) / np.sqrt(len(more)) / usual


def _print(title: str, found: dict[str, Found]) -> None:
    print(title)
    for asked, each in found.items():
        shares = "  ".join(f"{share}: {each.hit(share):.1f} ({each.stated(share):.1f})" for share in SHARES)
        loss = "  ".join(f"{draw} {np.mean(losses):.4f}" for draw, losses in each.losses.items())
        mean, error = each.worse
        loss += f" (difference {mean:+.4f} ± {1.96 * error:.4f})"
        print(f"  {asked} ({each.asked}): held (printed) {shares}; pinball loss {loss}")
    mean, error = worse_than_plain(found)
    print(f"  over all questions: pinball loss {mean:+.2f} % ± {error:.2f} % of that of the plain draw")


if __name__ == "__main__":
    main()
