"""`tasks`: what runs in the background (syncs, exports, the daily removal of what is old), and files to download."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli import sites
from cli.failures import FAILED, CommandFailed
from cli.options import (
    Components,
    CsvStyleName,
    First,
    Labels,
    Last,
    Projects,
    Sets,
    TableOrJson,
    Types,
    filters_of,
    view_of,
)
from cli.printing import as_json, as_table, columns, notice
from cli.stopping import stopped_by_signals

if TYPE_CHECKING:
    from data.services.services import Services
    from data.values.background import BackgroundTask

app = typer.Typer(
    name="tasks",
    help="Background tasks: syncs, exports and the daily removal of what is old. Also as: jobs.",
    no_args_is_help=True,
)
Number = Annotated[str, typer.Argument(metavar="ID", help="The task; its beginning is enough.")]
Content = Literal["report", "metrics", "issues", "charts", "sprints", "records"]
Kind = Literal["csv", "json", "jsonl", "xlsx", "pdf"]


@app.command("list")
def list_(
    live: Annotated[bool, typer.Option("--live", help="Only what waits or runs.")] = False,
    format_: TableOrJson = "table",
) -> int:
    """List what waits, runs and has ended, the newest first."""
    from data.values.background import plain

    services, snapshot = sites.opened()
    found = services.background.tasks(snapshot, live=live)
    if format_ == "json":
        as_json([plain(each) for each in found])
        return 0
    table = columns("ID", "Task", "State", "Progress", "Asked for", "By", "Said", right=("Progress",), wrap=("Said",))
    for each in found:
        at = str(plain(each)["created_at"])[:16].replace("T", " ")
        said = str(each.problem or each.message)
        table.add_row(each.id[:8], _title(each), each.state, f"{each.progress:.0%}", at, each.created_by, said)
    as_table(table, [] if found else ["Nothing has run in the background yet."])
    return 0


@app.command()
def show(number: Number) -> int:
    """Show one task as JSON, with its result."""
    from data.values.background import plain

    services, _ = sites.opened()
    task = _found(services, number)
    as_json({**plain(task), "result": task.result})
    return 0


@app.command()
def cancel(number: Number) -> int:
    """Cancel what waits, and stop what runs, in whatever process."""
    services, _ = sites.opened()
    task = services.background.cancel(_found(services, number).id)
    notice(f"{_title(task)} {task.id[:8]}: {'is asked to stop' if task.cancelling else task.state}.")
    return 0


@app.command()
def retry(number: Number) -> int:
    """Queue again what failed or was cancelled. A running server takes it; without one: tasks run."""
    from data.services.background import TERMINAL

    services, _ = sites.opened()
    task = services.background.retry(_found(services, number).id, TERMINAL, ring=False)
    notice(f"{_title(task)} {task.id[:8]}: {task.state}.")
    return 0


@app.command()
def run() -> int:
    """Work on all that is due, here and now, until nothing is left."""
    services, _ = sites.opened()
    with stopped_by_signals(lambda: _stop(services)) as told:
        done = services.background.run_due()
    for each in done:
        notice(f"{_title(each)} {each.id[:8]}: {each.state}. {each.problem or ''}".strip())
    notice(f"{len(done)} task{'' if len(done) == 1 else 's'} done.")
    failed = any(each.problem is not None and not each.state.is_live for each in done)
    return told.code or (FAILED if failed else 0)


@app.command()
def export(
    content: Annotated[
        Content, typer.Argument(metavar="WHAT", help="report, metrics, issues, charts, sprints, records.")
    ],
    kind: Annotated[
        Kind, typer.Option("--format", help="How to write it; not every content has every format.")
    ] = "csv",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to put it.")] = None,
    metric: Annotated[str, typer.Option("--metric", metavar="NAME", help="Only this metric, or its issues.")] = "",
    csv: CsvStyleName = "plain",
    first: First = None,
    last: Last = None,
    project: Projects = None,
    type_: Types = None,
    label: Labels = None,
    component: Components = None,
    sets: Sets = None,
) -> int:
    """Write a file with tables or the report of a view. It is a task like one that is asked for in the page."""
    from data.services.background import TERMINAL
    from data.services.exports import Asked

    services, snapshot = sites.with_data()
    view = view_of(snapshot, first, last, filters_of(project, type_, label, component, sets))
    task = services.exports.submit(view, content, kind, by=TERMINAL, asked=Asked(metric=metric), csv=csv, ring=False)
    with stopped_by_signals(lambda: _stop(services, task.id)) as told:
        task = services.background.finish_here(task.id)
    if told.code:
        return told.code
    found = services.exports.file(task)
    if found is None:
        raise CommandFailed(str(task.problem or f"The export is {task.state}."))
    path = output or Path(found.name)
    try:
        shutil.copyfile(services.exports.opened(task.id)[1], path)
    except OSError as error:
        raise CommandFailed(
            f"The file could not be written to {path}: {error.strerror}. Choose another --output."
        ) from error
    print(f"{path}: {found.rows:,} rows, {found.size:,} bytes, SHA-256 {found.sha256}")
    return 0


def _stop(services: Services, number: str = "") -> None:
    if number:
        services.background.cancel(number)
    services.background.stop(0.0)


def _found(services: Services, number: str) -> BackgroundTask:
    """The task whose id begins so. Raises NoSuchTask."""
    known = [each for each in services.background.every() if each.id.startswith(number)] if len(number) >= 4 else []
    return known[0] if len(known) == 1 else services.background.one(number)


def _title(task: BackgroundTask) -> str:
    if task.kind in ("export", "query"):
        return f"export of {task.spec.get('content')} ({task.spec.get('format')})"
    return task.kind
