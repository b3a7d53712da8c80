"""`forecast`: how many by a date, when for so many items, when for a version or an epic. It only reads the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli import sites
from cli.failures import USAGE, CommandFailed
from cli.numbers import warn_of_unknown
from cli.options import AnyFormat, Components, CsvStyleName, Labels, Projects, Sets, Types, Where, csv_as, filters_of
from cli.printing import as_json, as_table, as_text, columns
from data.values.program import COMMAND

if TYPE_CHECKING:
    from data.values.day_spans import DaySpan
    from data.values.forecast import Forecast

Draw = Literal["weekdays", "plain"]
Unit = Literal["items", "points"]


_Sample = Annotated[
    str | None,
    typer.Option("--sample", metavar="FROM..TO", help="Days to draw from, in place of the last days of history."),
]
_Without = Annotated[
    list[str] | None,
    typer.Option(
        "--without", metavar="DAYS", help="Days of the history not to draw from: a day or FROM..TO; repeatable."
    ),
]
_DaysOff = Annotated[
    list[str] | None,
    typer.Option(
        "--days-off",
        metavar="DAYS",
        help="Holidays and absences besides those of the settings: a day or FROM..TO; repeatable.",
    ),
]
_Teams = Annotated[
    list[str] | None,
    typer.Option(
        "--team",
        metavar="NAME[=NUMBER]",
        help=(
            "A saved view that shares the work, with its number of items unless a version or epic is given; repeatable."
        ),
    ),
]
_Draw = Annotated[
    Draw, typer.Option("--draw", help="By weekday, with an urn; or plainly, all days of the history alike.")
]


def forecast(
    items: Annotated[int | None, typer.Option("--items", min=1, max=100_000, help="When are so many done?")] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="DATE", help="How many by then, or how likely so many? YYYY-MM-DD.")
    ] = None,
    version: Annotated[str | None, typer.Option("--version", metavar="NAME", help="When is this version done?")] = None,
    epic: Annotated[str | None, typer.Option("--epic", metavar="KEY", help="When is this epic done?")] = None,
    history: Annotated[
        int, typer.Option("--history", metavar="DAYS", min=1, max=3_650, help="Whole days to draw from.")
    ] = 90,
    sample: _Sample = None,
    without: _Without = None,
    days_off: _DaysOff = None,
    draw: _Draw = "weekdays",
    team: _Teams = None,
    unit: Annotated[Unit, typer.Option("--unit", help="What is counted.")] = "items",
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same answer.")] = 1,
    project: Projects = None,
    type_: Types = None,
    label: Labels = None,
    component: Components = None,
    where: Where = None,
    sets: Sets = None,
    format_: AnyFormat = "table",
    csv: CsvStyleName = "plain",
) -> int:
    """Forecast from daily throughput: how many by a date, when for so many items, or how likely so many by a date."""
    from data.values.forecast import Question
    from data.values.periods import parse_day

    _check_asked(items, by, version, epic, team)
    question = Question(
        items=items,
        by=parse_day(by) if by else None,
        version=version,
        epic=epic,
        history=history,
        seed=seed,
        sample=_spans([sample], "--sample")[0] if sample else None,
        without=_spans(without, "--without"),
        off=_spans(days_off, "--days-off"),
        draw=draw,
        unit=unit,
        teams=_teams_of(team),
    )
    services, snapshot = sites.with_data()
    filters = filters_of(project, type_, label, component, where, sets)
    warn_of_unknown(services, snapshot, filters)
    view = snapshot.view(filters=filters)
    if format_ == "csv":
        with csv_as(csv):
            as_text(services.forecast.csv(question, view))
        return 0
    answer = services.forecast.answer(question, view)
    if format_ == "json":
        as_json(answer.to_dict())
    else:
        _print(answer)
    return 0


def _check_asked(
    items: int | None, by: str | None, version: str | None, epic: str | None, team: list[str] | None
) -> None:
    amounts = sum(each is not None for each in (items, version, epic))
    if amounts > 1 or (not amounts and by is None and not team) or (team and items is not None):
        raise CommandFailed(
            "Give one of --items, --version and --epic, or --by, or --by with one of them; --team with a version or an "
            "epic, or as NAME=NUMBER. "
            f"See: {COMMAND} forecast --help",
            USAGE,
        )


def _spans(texts: list[str] | None, option: str) -> tuple[DaySpan, ...]:
    from data.values.day_spans import day_spans

    try:
        return day_spans(",".join(texts or ()))
    except ValueError as error:
        raise CommandFailed(f"{option}: {error}", USAGE) from error


def _teams_of(texts: list[str] | None) -> tuple[tuple[str, int | None], ...]:
    from data.services.forecast import team_of

    return tuple(team_of(each) for each in texts or ())


def _print(answer: Forecast) -> None:
    from data.values.forecast_words import told

    text = told(answer)
    table = columns("Label", "Answer", "Trials that hold it", right=("Trials that hold it",))
    table.title = text.question
    for row in text.rows:
        table.add_row(*row)
    as_table(table, [text.headline, *text.sentences, *_left(answer)])


def _left(answer: Forecast) -> list[str]:
    left = answer.remaining
    if left is None:
        return []
    shown = ", ".join(left.keys[:20]) + (f" and {len(left.keys) - 20} more" if len(left.keys) > 20 else "")
    out = "".join(f", {n} left out ({why})" for why, n in left.left_out)
    return [f"{left.what}: {left.done} done{out}. To do: {shown}."]
