"""`sync`, `verify`, `new`, `import`, `cleanup`: maintain specs, register and records."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.failures import FAILED, CommandFailed
from cli.jtbd import opening
from cli.options import TableOrJson
from cli.printing import as_json, as_table, columns, notice
from cli.reading import need_file


def sync(
    validate: Annotated[
        bool, typer.Option("--validate", help="Also check the files against the shapes; needs the package pyshacl.")
    ] = False,
    format_: TableOrJson = "table",
) -> int:
    """Read the specs (*.ttl) again. Of a broken file the last good state stays; exit code 1 when one is broken."""
    storage = opening.storage()
    found = storage.sync()
    problems = list(found.problems)
    if validate:
        problems += storage.validate()
    if format_ == "json":
        as_json({**asdict(found), "problems": [asdict(each) for each in problems]})
    else:
        names = ("Jobs", "Outcomes", "Personas", "Painpoints", "Forces", "Files", "Triples")
        table = columns(*names, right=names)
        table.add_row(*(str(each) for each in found.counts.values()), str(len(found.files)), f"{found.triples:,}")
        below = (
            []
            if found.files
            else [f"There is no *.ttl file in {storage.specs_folder}. docs/jtbd.md shows how to write one."]
        )
        as_table(table, below)
    opening.print_problems([*problems, *storage.not_understood()])
    return FAILED if found.broken or (validate and len(problems) > len(found.problems)) else 0


def verify(format_: TableOrJson = "table") -> int:
    """Check the register of jobs: five checks, each with what fails; exit code 1 when one does."""
    storage = opening.storage()
    register, checks = storage.register(), storage.verify()
    if format_ == "json":
        as_json([asdict(each) for each in checks])
    else:
        from rich.text import Text

        table = columns("Check", "Result", "What fails", wrap=("What fails",))
        for each in checks:
            word = Text("ok", style="green") if each.ok else Text("failed", style="red")
            table.add_row(each.name, word, "" if each.ok else f"{' '.join(each.failing)} {each.todo}")
        as_table(table, [f"{len(register.jobs)} jobs in {storage.specs_folder.name}/register.md."])
    if register.repaired:
        notice(f"Mis-encoded characters that were read as what they were meant to be: {register.repaired}.")
    opening.told_of_specs(storage)
    return 0 if all(each.ok for each in checks) else FAILED


def new(
    title: Annotated[str, typer.Argument(help="A short name.")],
    situation: Annotated[str, typer.Option("--situation", prompt="Given", help="Given which situation.")],
    pattern: Annotated[str, typer.Option("--pattern", prompt="the system must", help="What the system must do.")],
    metric: Annotated[str, typer.Option("--metric", prompt="to ensure", help="Which measure that ensures.")],
    superpower: Annotated[str, typer.Option("--superpower", help="How it is planned.")] = "Writing-Plans",
    views: Annotated[str, typer.Option("--views", help="Which of the 4+1 views, separated by commas.")] = "Logical",
    issues: Annotated[
        str, typer.Option("--issues", help="Jira issues: keys, or 'label NAME', separated by commas.")
    ] = "",
    deliverable: Annotated[
        list[str] | None, typer.Option("--deliverable", "-d", help="What will be delivered; repeatable.")
    ] = None,
    steps: Annotated[bool, typer.Option("--steps", help="The deliverables are steps in order.")] = False,
    id_: Annotated[str, typer.Option("--id", help="Default: the next number.")] = "",
) -> None:
    """Add a job to the register (register.md beside the specs)."""
    made = opening.storage().new_job(
        title,
        situation,
        pattern,
        metric,
        superpower=superpower,
        views=views,
        issues=issues,
        deliverables=deliverable or (),
        steps=steps,
        id=id_,
    )
    print(f"{made.id}: {made.sentence}")


def import_(
    files: Annotated[list[Path], typer.Argument(help="CSV with a header, JSON, or JSON Lines; repeatable.")],
    scale: Annotated[
        str | None,
        typer.Option("--scale", help="Scale of answers that name none: 1-5, 1-7, 1-10, 0-10 or words."),
    ] = None,
    format_: TableOrJson = "table",
) -> None:
    """Import records; all of a file or none. What is known already is left alone, and said."""
    for path in files:
        need_file(path)
    storage = opening.storage()
    told = [(path.name, storage.import_file(path, scale)) for path in files]
    opening.told_in_short(storage)
    if format_ == "json":
        as_json([{"file": name, **asdict(done)} for name, done in told])
        return
    for name, done in told:
        print(f"{name}: {done.records} records, {done.new} of them new.")
        for sentence in done.sentences:
            print(f"  {sentence}")


def cleanup(
    days: Annotated[
        int | None,
        typer.Option("--days", min=1, help="Keep so many days. Default: the setting jtbd.retention_days (90)."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Show which records are too old and, when told to, remove them; a sync and the start of the server remove those
    that the setting names once a day anyway. Their daily counts stay, and with them every number.
    """
    storage = opening.storage()
    found = storage.old(days)
    if found is None or not found.total:
        print("All records are kept, however old." if found is None else f"{found}")
        return
    print(f"Older than {found.days} days: {found.total:,} records ({found.kinds}). Their daily counts are kept.")
    try:
        agreed = yes or typer.confirm("Remove these records?")
    except typer.Abort:  # nobody is there to be asked
        agreed = False
    if not agreed:
        raise CommandFailed("Nothing was removed. Give --yes to remove them without being asked.")
    run = storage.remove_old(days)
    kept = sum(storage.store.counts().values())
    print(f"{run.total if run else 0:,} records removed, {kept:,} kept.")
