"""The past that a forecast draws from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import NO_DRILLDOWN, Drawing, Drilldown, NoSuchPoint
from data.charts.forecast.forecast_outcomes import SWITCHES, asked_forecast, refused
from data.facts.completions import completed_rows
from data.facts.rows import Rows
from data.tables.tidy import microseconds
from data.values.arrays import Instants, Positions
from data.values.charts import Line, Series
from data.values.forecast import Forecast, ForecastRefused
from data.values.periods import PeriodError, first_instant, zone_named

DAILY = 35  # up to so many days a bar is a day, else a week


@chart(family="forecast", order=2, title="The history that the forecast draws from", switches=SWITCHES)
def forecast_history(query: ChartQuery) -> Drawing:
    """Items completed in each week (or day) of the history: every trial draws from these days, except days off and days
    that were taken out.

    A forecast says "if it goes on like this". Where the bars climb or fall, it does not: choose a history that is like
    the days to come. Weeks are counted back from the last whole day.
    """
    try:
        made = asked_forecast(query)
    except (ForecastRefused, PeriodError) as error:
        return refused(error)
    first, zone = date.fromisoformat(made.history_start), zone_named(made.zone)
    last = first + timedelta(days=len(made.daily))
    rows = query.facts.once(completed_rows).between(
        microseconds(first_instant(first, zone)), microseconds(first_instant(last, zone))
    )
    return history_drawing(made, rows)


def history_drawing(made: Forecast, rows: Rows | None) -> Drawing:
    """The history of a forecast that is made. `rows`: the completions in it; None: those of several teams, which are
    not listed.
    """
    first, size = date.fromisoformat(made.history_start), len(made.daily)
    step = 1 if size <= DAILY else 7
    ends = np.arange(size, 0, -step)[::-1]
    whole = [int(end) for end in ends if end >= step]
    counts = [sum(made.daily[end - step : end]) for end in whole]
    starts = [first + timedelta(days=end - step) for end in whole]
    mean = sum(counts) / len(counts)
    zone = zone_named(made.zone)
    edges = np.array(
        [microseconds(first_instant(each, zone)) for each in (*starts, starts[-1] + timedelta(days=step))],
        dtype=np.int64,
    )

    def table() -> Iterator[tuple[Any, ...]]:
        for start, count in zip(starts, counts, strict=True):
            yield start.isoformat(), (start + timedelta(days=step - 1)).isoformat(), count

    what = "week" if step == 7 else "day"
    rest = size - len(whole) * step  # days before the first whole week
    before = sum(made.daily[:rest])
    days = [each.isoformat() for each in starts]
    return Drawing(
        f"{made.completed:,} {made.unit} in {size} days: {mean:,.1f} a {what} on "
        f"average, {min(counts):,} to {max(counts):,}.",
        (_bars(days, counts, what, made.unit, picked=rows is not None),),
        (Line("y", round(mean, 2), f"average {mean:,.1f}", "muted"),),
        x_title="Completed",
        y_title=f"{made.unit.capitalize()} a {what}",
        x_kind="time",
        unit=made.unit,
        columns=("First day", "Last day", made.unit.capitalize()),
        table=table,
        table_picks=lambda: days if rows is not None else [],
        row_count=len(days),
        drilldown=NO_DRILLDOWN if rows is None else _drilldown(rows, starts, edges, what),
        notes=(*made.notes, *_uneven(first, rest, before, made.unit), *_not_drawn(made)),
    )


def _drilldown(rows: Rows, starts: Sequence[date], edges: Instants, what: str) -> Drilldown:
    """The completions of each bar, by its first day."""
    places = {each.isoformat(): n for n, each in enumerate(starts)}

    def find(token: str) -> Positions:
        if token not in places:
            raise NoSuchPoint(token)
        n = places[token]
        return np.flatnonzero((rows.at >= edges[n]) & (rows.at < edges[n + 1]))

    return Drilldown(rows, find, lambda token: f"{what.capitalize()} of {token}")


def _bars(days: list[str], counts: Sequence[float], what: str, unit: str, *, picked: bool) -> Series:
    """A bar for each week (or day, `what`), by its first day."""
    text = [f"{what.capitalize()} of {day}: {count:,} {unit}" for day, count in zip(days, counts, strict=True)]
    return Series("", "bars", days, counts, text=text, picks=days if picked else None, role="second")


def _uneven(first: date, rest: int, amount: float, unit: str) -> tuple[str, ...]:
    """What the bars and their average leave out: days before the first whole week of the history."""
    if not rest:
        return ()
    last = first + timedelta(days=rest - 1)
    days = (
        f"The first day, {_day(first)}, is"
        if rest == 1
        else f"The first {rest} days, {_day(first)} to {_day(last)}, are"
    )
    held = f"{amount:,} {unit if amount != 1 else unit[:-1]}"
    return (
        f"{days} less than a week: their {held} are not in the bars and the average, but the trials draw from them.",
    )


def _not_drawn(forecast: Forecast) -> tuple[str, ...]:
    out = len(forecast.daily) - forecast.drawn_days
    return (
        (f"{out} of the {len(forecast.daily)} days are in the bars, but the trials do not draw from them.",)
        if out
        else ()
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
