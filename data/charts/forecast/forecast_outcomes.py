"""The outcomes of all trials of a forecast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing, nothing
from data.facts.switches import FINISHED, ISSUES
from data.forecast.calculate import answered
from data.forecast.request import question_of
from data.values.charts import Line, Series
from data.values.forecast import Forecast, ForecastRefused
from data.values.forecast_words import team_words
from data.values.periods import PeriodError, local_date, zone_named

SWITCHES = (*FINISHED, "completion", "not_completed_resolutions", *ISSUES, "working_time.holidays")


def asked_forecast(query: ChartQuery) -> Forecast:
    """The forecast that the tab asks for. Raises ForecastRefused, PeriodError."""
    facts = query.facts
    today = local_date(datetime.fromtimestamp(facts.now / 1e6, UTC), zone_named(facts.zone))
    return facts.once(answered, question_of(query.options, today))


def refused(error: ForecastRefused | PeriodError) -> Drawing:
    """No picture, and why."""
    if isinstance(error, ForecastRefused):
        return nothing(error.message, todo=error.hint)
    return nothing(str(error))


@chart(family="forecast", order=1, title="Outcomes of the trials", switches=SWITCHES)
def forecast_outcomes(query: ChartQuery) -> Drawing:
    """Each bar says in how many percent of the trials it came out like this. The lines are the answers.

    A narrow hill means a sure forecast, a wide one an unsure one. Only the past days shown beside it were drawn from.
    """
    try:
        made = asked_forecast(query)
    except (ForecastRefused, PeriodError) as error:
        return refused(error)
    return outcomes_drawing(made)


def outcomes_drawing(made: Forecast) -> Drawing:
    """The outcomes of a forecast that is made, of one team or of several."""
    when = made.kind == "when"
    shares = [100 * count / made.trials for _, count in made.outcomes]
    values = [value for value, _ in made.outcomes]
    width = _width(values)
    lines = tuple(
        Line("x", found, f"{share} %", "muted" if share != 85 else "main")
        for share, found in made.answers.items()
        if found is not None
    )
    if made.teams:
        lines = (*lines, *(Line("x", each.alone, f"{each.name} alone, 85 %") for each in made.teams if each.alone))
    elif made.chance is not None and made.items is not None:
        lines = (*lines, Line("x", made.items, "asked", "main"))
    half, high = made.answers[50], made.answers[85]

    def table() -> Iterator[tuple[Any, ...]]:
        for (value, count), share in zip(made.outcomes, shares, strict=True):
            yield value, count, share

    if when:
        reading = f"At least half of the trials ({made.reached[50]:.1f} %) are done by {_day(half)}, " + (
            f"at least 85 % ({made.reached[85]:.1f} %) by {_day(high)}."
            if high
            else "85 % later than five years from now."
        )
    else:
        reading = (
            f"At least half of the trials ({made.reached[50]:.1f} %) reach {half:,} {made.unit} or more, at least 85 % "
            f"({made.reached[85]:.1f} %) {high:,} or more."
        )
    return Drawing(
        reading,
        (
            Series(
                "",
                "bars",
                _middles(values, width, when=when),
                [round(each, 3) for each in shares],
                text=_words(made, width, shares),
            ),
        ),
        lines,
        x_title="Done by" if when else f"{made.unit.capitalize()} completed by {_day(made.by)}",
        y_title="% of the trials",
        x_kind="time" if when else "number",
        unit="%",
        columns=("Done by" if when else made.unit.capitalize(), "Trials", "% of the trials"),
        table=table,
        row_count=len(made.outcomes),
        notes=(f"{made.trials:,} trials, seed {made.seed}.", *_coarse(width, when=when), *team_words(made)),
    )


def _width(values: Sequence[str | int]) -> int:
    if len(values) < 2:
        return 1
    first, second = values[:2]
    if isinstance(first, str) or isinstance(second, str):
        out: int = (date.fromisoformat(str(second)) - date.fromisoformat(str(first))).days
        return out
    return second - first


def _middles(values: list[Any], width: int, *, when: bool) -> list[Any]:
    if when:
        return values
    return [value + (width - 1) / 2 for value in values]


def _words(forecast: Forecast, width: int, shares: list[float]) -> list[str]:
    out = []
    for (value, _), share in zip(forecast.outcomes, shares, strict=True):
        if isinstance(value, str):
            first, last = _day(value), _day(date.fromisoformat(value) + timedelta(days=width - 1))
        else:
            first, last = f"{value:,}", f"{value + width - 1:,}"
        span = first if width == 1 else f"{first} to {last}"
        out.append(f"{span}: {share:.1f} % of the trials")
    return out


def _coarse(width: int, *, when: bool) -> tuple[str, ...]:
    return () if width == 1 else (f"Each bar spans {width} {'days' if when else 'numbers'}.",)


def _day(day: Any) -> str:
    found = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{found.day} {found:%b %Y}"
