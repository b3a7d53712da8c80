"""Reads a question from the words of a link."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from data.platform.logs import SECRETS
from data.values.day_spans import DaySpan, day_span, day_spans
from data.values.forecast import DRAWS, HISTORY, SEED, UNITS, Draw, ForecastRefused, Question, Unit
from data.values.periods import parse_day

Options = tuple[tuple[str, str], ...]
AMOUNTS = ("items", "version", "epic")
USUAL = 30  # days ahead that are forecast when nothing is asked


def question_of(options: Options, today: date) -> Question:
    """The first of items, version and epic that is there, with a date or without; else "how many in the next 30 days".

    >>> question_of((("items", "12"), ("seed", "7")), date(2026, 1, 1)).items
    12
    >>> question_of((), date(2026, 1, 1)).by
    datetime.date(2026, 1, 30)

    Raises ForecastRefused for words where a number belongs, PeriodError for a date that is none.
    """
    said = {name: text.strip() for name, text in options if text.strip()}
    amount = next((name for name in AMOUNTS if name in said), None)
    by = parse_day(said["by"]) if "by" in said else None
    if amount is None and by is None and "teams" not in said:
        by = today + timedelta(days=USUAL - 1)
    return Question(
        items=_number(said["items"], 0, "The number of items") if amount == "items" else None,
        by=by,
        version=said["version"] if amount == "version" else None,
        epic=said["epic"] if amount == "epic" else None,
        history=_number(said.get("history"), HISTORY, "The number of days of history"),
        seed=_number(said.get("seed"), SEED, "The seed"),
        sample=sample_dates(said["sample"]) if "sample" in said else None,
        without=day_list(said.get("without", "")),
        off=day_list(said.get("off", "")),
        draw=cast(Draw, _one_of(said.get("draw"), DRAWS, "Days are drawn")),
        unit=cast(Unit, _one_of(said.get("unit"), UNITS, "A forecast is made in")),
        teams=tuple(team_of(each) for each in said.get("teams", "").split("|") if each.strip()),
    )


def team_of(text: str) -> tuple[str, int | None]:
    """A saved view, and its number of items where that is given.

    >>> team_of(" Checkout "), team_of("Web shop=12")
    (('Checkout', None), ('Web shop', 12))
    """
    name, mark, amount = text.rpartition("=")
    if mark and amount.strip().isdigit():
        return name.strip(), _number(amount.strip(), 0, "The number of items")
    return text.strip(), None


def sample_dates(text: str) -> DaySpan:
    """The days to draw from. Raises ForecastRefused."""
    try:
        return day_span(text)
    except ValueError as error:
        raise ForecastRefused(str(error)) from error


def day_list(text: str) -> tuple[DaySpan, ...]:
    """Days and runs of days with commas between them. Raises ForecastRefused."""
    try:
        return day_spans(text)
    except ValueError as error:
        raise ForecastRefused(str(error)) from error


def _one_of(text: str | None, choices: tuple[str, ...], what: str) -> str:
    if text is None:
        return choices[0]
    if text not in choices:
        raise ForecastRefused(f"{what} {' or '.join(choices)}, not {SECRETS.shorten(text, 40)!r}.")
    return text


def _number(text: str | None, default: int, what: str) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ForecastRefused(
            f"{what} is {SECRETS.shorten(text, 40)!r}.", "Give a whole number without sign, point or comma."
        )
    return int(text)
