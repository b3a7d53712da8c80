"""`forecast`: how many by a date, when for so many items, when for a version or an epic. It only reads the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import sites
from cli.failures import USAGE, CommandFailed
from cli.numbers import _warn_of_unknown as warn_of_unknown
from cli.options import AnyFormat, Components, Labels, Projects, Sets, Types, filters_of
from cli.printing import as_json, as_table, as_text, columns

if TYPE_CHECKING:
    from data.values.forecast import Backtest, Forecast


def forecast(
    items: Annotated[int | None, typer.Option("--items", min=1, max=100_000, help="When are so many done?")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="DATE", help="How many by then, YYYY-MM-DD?")] = None,
    version: Annotated[str | None, typer.Option("--version", metavar="NAME", help="When is this version done?")] = None,
    epic: Annotated[str | None, typer.Option("--epic", metavar="KEY", help="When is this epic done?")] = None,
    history: Annotated[
        int, typer.Option("--history", metavar="DAYS", min=1, max=3_650, help="Whole days to draw from.")
    ] = 90,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same answer.")] = 1,
    project: Projects = None,
    type_: Types = None,
    label: Labels = None,
    component: Components = None,
    sets: Sets = None,
    format_: AnyFormat = "table",
) -> int:
    """Forecast from daily throughput: how many by a date, or when for so many items."""
    from data.values.forecast import Question
    from data.values.periods import parse_day

    if sum(each is not None for each in (items, by, version, epic)) != 1:
        raise CommandFailed("Give one of --items, --by, --version or --epic. See: python app.py forecast --help", USAGE)
    question = Question(items, parse_day(by) if by else None, version, epic, history, seed)
    services, snapshot = sites.with_data()
    filters = filters_of(project, type_, label, component, sets)
    warn_of_unknown(services, snapshot, filters)
    view = snapshot.view(filters=filters)
    if format_ == "csv":
        as_text(services.forecast.csv(question, view))
        return 0
    answer = services.forecast.answer(question, view)
    if format_ == "json":
        as_json(answer.to_dict())
    else:
        _print(answer)
    return 0


def _print(answer: Forecast) -> None:
    when = answer.kind == "when"
    table = columns("Chance", "Done by" if when else "At least", right=() if when else ("At least",))
    asked = f"When are {answer.items:,} items done" if when else f"How many items by {answer.by}"
    table.title = f"{answer.remaining.what}: {answer.items:,} left" if answer.remaining else asked
    for share, found in answer.answers.items():
        shown = f"after {answer.horizon}" if found is None else f"{found}" if when else f"{found:,} items"
        table.add_row(f"{share} %", shown)
    below = [
        f"{answer.completed:,} items completed from {answer.history_start} to {answer.history_end} "
        f"({len(answer.daily)} days, {answer.zone}). {answer.trials:,} trials, seed {answer.seed}.",
        _tested(answer.backtest),
        *_left(answer),
        *answer.notes,
    ]
    as_table(table, below)


def _left(answer: Forecast) -> list[str]:
    left = answer.remaining
    if left is None:
        return []
    shown = ", ".join(left.keys[:20]) + (f" and {len(left.keys) - 20} more" if len(left.keys) > 20 else "")
    out = "".join(f", {n} left out ({why})" for why, n in left.left_out)
    return [f"{left.what}: {left.done} done{out}. To do: {shown}."]


def _tested(test: Backtest) -> str:
    if not test.windows:
        return "Backtest: not enough history before the window to try the answers on the past."
    held = ", ".join(f"{share} %: {test.share(share):.0f} %" for share in test.held)
    return (
        f"Backtest on {test.windows} windows, {test.first} to {test.last}: the answers held {held} of the time. "
        f"Windows overlap; about {test.apart} stand{'s' if test.apart == 1 else ''} apart."
    )
