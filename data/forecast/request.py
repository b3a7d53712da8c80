"""Reads a question from the words of a link."""

from __future__ import annotations

from datetime import date, timedelta

from data.platform.logs import SECRETS
from data.values.forecast import HISTORY, SEED, ForecastRefused, Question
from data.values.periods import parse_day

Options = tuple[tuple[str, str], ...]
ASKED = ("items", "by", "version", "epic")
USUAL = 30  # days ahead that are forecast when nothing is asked


def question_of(options: Options, today: date) -> Question:
    """The first of items, by, version and epic that is there, else "how many in the next 30 days".

    >>> question_of((("items", "12"), ("seed", "7")), date(2026, 1, 1))
    Question(items=12, by=None, version=None, epic=None, history=90, seed=7, trials=10000)
    >>> question_of((), date(2026, 1, 1)).by
    datetime.date(2026, 1, 30)

    Raises ForecastRefused for words where a number belongs, PeriodError for a date that is none.
    """
    said = {name: text.strip() for name, text in options if text.strip()}
    history = _number(said.get("history"), HISTORY, "The number of days of history")
    seed = _number(said.get("seed"), SEED, "The seed")
    asked = next((name for name in ASKED if name in said), None)
    if asked == "items":
        return Question(items=_number(said["items"], 0, "The number of items"), history=history, seed=seed)
    if asked == "version":
        return Question(version=said["version"], history=history, seed=seed)
    if asked == "epic":
        return Question(epic=said["epic"], history=history, seed=seed)
    by = parse_day(said["by"]) if asked == "by" else today + timedelta(days=USUAL - 1)
    return Question(by=by, history=history, seed=seed)


def _number(text: str | None, default: int, what: str) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ForecastRefused(
            f"{what} is {SECRETS.shorten(text, 40)!r}.", "Give a whole number without sign, point or comma."
        )
    return int(text)
