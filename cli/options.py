"""The options that several commands share."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from data.values.families import FAMILIES, HEADLINE, MEASURED

if TYPE_CHECKING:
    from data.services.view import Snapshot, View
    from data.values.filters import Filters

    FamilyName = str
else:
    FamilyName = Literal[MEASURED]  # the choices, from the table of families

DEFAULT_PERIOD = "30d"

First = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="First day, YYYY-MM-DD. Default: the last 30 days.")
]
Last = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day, included, YYYY-MM-DD.")]
Projects = Annotated[list[str] | None, typer.Option("--project", metavar="KEY", help="Only this project; repeatable.")]
Types = Annotated[list[str] | None, typer.Option("--type", metavar="NAME", help="Only this issue type; repeatable.")]
Labels = Annotated[list[str] | None, typer.Option("--label", metavar="NAME", help="Only this label; repeatable.")]
Components = Annotated[
    list[str] | None, typer.Option("--component", metavar="NAME", help="Only this component; repeatable.")
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        metavar="FIELD=NAME",
        help=(
            "Only issues with this value in a field; FIELD!=NAME is all but these, FIELD= is those without a value. "
            "Repeatable: several names of one field are alternatives, several fields must all fit. Fields: project, "
            "type, status, assignee, priority, label, component, sprint, board, team and other mapped fields of words."
        ),
    ),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Measure with this definition instead of the saved one; repeatable."
    ),
]
TableOrJson = Annotated[Literal["table", "json"], typer.Option("--format", help="How to print the answer.")]
Family = Annotated[
    FamilyName | None,
    typer.Option(
        "--family",
        help=f"Only one family of metrics. Without it: {' and '.join(FAMILIES[name].title for name in HEADLINE)}.",
    ),
]
AnyFormat = Annotated[Literal["table", "json", "csv"], typer.Option("--format", help="How to print the answer.")]
CsvStyleName = Annotated[
    Literal["plain", "excel", "excel-semicolon"],
    typer.Option("--csv", help="How CSV is written: for programs, for Excel in English, or with a decimal comma."),
]


def csv_as(name: str) -> AbstractContextManager[None]:
    """Inside of it CSV is written in that style."""
    from data.values.csv_style import csv_written, style_named

    return csv_written(style_named(name))


def view_of(snapshot: Snapshot, first: str | None, last: str | None, filters: Filters | None = None) -> View:
    """The question of a command: the days asked for, both included; the last 30 days when no date is given. Raises
    PeriodError, BadOverride.

    With only a first day it runs until today; with only a last day it is the 30 days that end there.
    """
    from datetime import timedelta

    from data.values.filters import Filters
    from data.values.periods import PRESETS, parse_day

    filters = Filters() if filters is None else filters  # filters that only choose definitions count as none
    if first is None and last is None:
        return snapshot.view(DEFAULT_PERIOD, filters=filters)
    if last is None:
        last = snapshot.view(DEFAULT_PERIOD, filters=filters).today.isoformat()
    if first is None:
        first = (parse_day(last) - timedelta(days=PRESETS[DEFAULT_PERIOD] - 1)).isoformat()
    return snapshot.view(None, first, last, filters)


def filters_of(
    projects: list[str] | None,
    types: list[str] | None,
    labels: list[str] | None,
    components: list[str] | None,
    where: list[str] | None,
    sets: list[str] | None = None,
) -> Filters:
    """The filters as a value; an option that was not given does not filter. `where`: filters as FIELD=NAME; `sets`:
    definitions as NAME=VALUE. Whether each can be applied is checked where the view is made.
    """
    from data.values.filters import Filters, from_texts

    named = {"project": projects, "type": types, "label": labels, "component": components}
    short = [f"{field}:in:{name}" for field, names in named.items() for name in names or ()]
    return Filters(from_texts([*short, *(where or ())]), definitions_of(sets))


def definitions_of(sets: list[str] | None) -> tuple[tuple[str, str], ...]:
    """What --set chose, in order of names; the last of the same name counts. An address writes NAME:VALUE, which is
    understood too. Raises BadParameter.

    >>> definitions_of(["durations=exact", "zone:UTC", "durations=working_days"])
    (('durations', 'working_days'), ('zone', 'UTC'))
    """
    chosen = {}
    for each in sets or ():
        name, mark, value = each.partition(min("=:", key=lambda sign: each.find(sign) % (len(each) + 1)))
        if not mark or not name.strip():
            raise typer.BadParameter(f"{each!r} is not NAME=VALUE, for example --set durations=working_days")
        chosen[name.strip()] = value.strip()
    return tuple(sorted(chosen.items()))
