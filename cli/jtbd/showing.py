"""`dashboard`, `analyze`, `export`, `report`, `build`: see what the records say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from cli.failures import USAGE, CommandFailed
from cli.jtbd import opening
from cli.options import CsvStyleName, First, Last, csv_as, view_of
from cli.printing import as_json, as_table, as_text, columns, notice
from data.services.files import write_file
from data.values import jobs_tables as tables
from data.values import jobs_words as words
from data.values.names import name_key

if TYPE_CHECKING:
    from data.services.services import Services
    from data.services.view import Snapshot
    from data.values.jobs import Overview

Row = TypeVar("Row")

SomePersona = Annotated[str | None, typer.Option("--persona", "-p", metavar="NAME", help="Only this persona.")]
SomeJob = Annotated[str | None, typer.Option("--job-id", "-j", metavar="ID", help="Only this job.")]
Format = Annotated[Literal["table", "json"], typer.Option("--format", "-f", help="How to print the answer.")]


def dashboard(
    persona: SomePersona = None,
    job_id: SomeJob = None,
    format_: Format = "table",
    first: First = None,
    last: Last = None,
) -> None:
    """Show jobs, outcomes and painpoints of a period, the most underserved outcome first."""
    services, snapshot = opening.with_data()
    view = view_of(snapshot, first, last)
    _warn_of_unknown(services, snapshot, persona, job_id)
    if format_ == "json":
        as_json(services.jobs.dashboard(view, persona=persona, job=job_id))
        return
    found = services.jobs.overview(view, persona=persona, job=job_id)
    cards = services.jobs.answer(view, persona=persona, job=job_id).values
    print(f"Jobs to be done · {found.period_label}")
    _story(found)
    _table(tables.CARDS, cards, right=("Made of",), wrap=("95 % interval", "Change"))
    _table(tables.JOBS, found.jobs, right=("Takes",), wrap=("Job", "Completed", "Targets met"))
    _table(tables.INVESTMENT, found.investment, wrap=("Job", "What it says"))
    _detail(found)


def analyze(
    job_id: Annotated[
        str | None, typer.Argument(metavar="[JOB-ID]", help="Id or title of the job. Without one: all jobs.")
    ] = None,
    job_option: Annotated[str | None, typer.Option("--job-id", "-j", metavar="ID", help="The same as JOB-ID.")] = None,
    persona: SomePersona = None,
    format_: Format = "table",
    first: First = None,
    last: Last = None,
) -> None:
    """Show one job, or all: how often it is done, how long it takes, its outcomes, how much delivery goes there."""
    if job_id and job_option and job_id != job_option:
        raise CommandFailed(f"The job is named twice: {job_id} and {job_option}. Name it once.", USAGE)
    asked = job_id or job_option
    services, snapshot = opening.with_data()
    view = view_of(snapshot, first, last)
    found = services.jobs.overview(view, persona=persona, job=asked)
    if not any(each.in_specs or each.tracked for each in found.jobs):
        known = ", ".join(each for each, _ in services.jobs.choices(snapshot).jobs)
        named = "no job" if asked is None else f"no job {asked!r}"
        raise CommandFailed(f"There is {named}. The specs know: {known or 'none'}.")
    _warn_of_unknown(services, snapshot, persona, None)
    if format_ == "json":
        as_json(services.jobs.dashboard(view, persona=persona, job=asked))
        return
    one_by_one = [each.job_id for each in found.jobs] if asked is None else []
    for name in one_by_one:
        _analysis(services.jobs.overview(view, persona=persona, job=name))
    if asked is not None:
        _analysis(found)


def _analysis(found: Overview) -> None:
    """What is known of the one job of an overview."""
    job = found.jobs[0]
    print(f"{job.title} ({job.job_id}), {found.period_label}")
    if job.sentence:
        print(job.sentence)
    told = words.range_words(job.completion)
    print(f"Completed: {words.completed(job)}{f' ({told})' if told else ''}")
    if few := words.not_enough(job.completion):
        print(few)
    print(f"Takes (half of them): {words.takes(job)}")
    told = words.met_range(job.met)
    print(f"Targets met: {words.met(job.met, 'not measured')}{f' ({told})' if told else ''}")
    for each in found.investment:
        print(f"Work in the period: {words.work(each)}. {each.verdict}")
    for _, kind, text in found.forces:
        print(f"{kind.capitalize()}: {text}")
    print()
    _story(found)
    _detail(found)


def export(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write; - is stdout. Default: jtbd_metrics.csv or .json."),
    ] = None,
    format_: Annotated[Literal["csv", "json"], typer.Option("--format", "-f", help="How to write it.")] = "csv",
    filter_: Annotated[
        str | None,
        typer.Option(
            "--filter", metavar="TERMS", help="persona=NAME, job=ID, separated by commas; or the same as JSON."
        ),
    ] = None,
    records: Annotated[bool, typer.Option("--records", help="The records themselves, as `import` reads them.")] = False,
    first: First = None,
    last: Last = None,
    csv: CsvStyleName = "plain",
) -> None:
    """Write the metrics of a period to a file."""
    services, snapshot = opening.with_data()
    chosen = filters_of(filter_)
    view = view_of(snapshot, first or chosen.get("from"), last or chosen.get("to"))
    asked = {"persona": chosen.get("persona"), "job": chosen.get("job")}
    jobs = services.jobs
    if format_ == "json":
        told = jobs.export_data(view, **asked) if records else jobs.dashboard(view, **asked)
        text = json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    else:
        with csv_as(csv):
            text = jobs.csv("records", view, **asked) if records else jobs.csv_metrics(view, **asked)
    _write(output or Path(f"jtbd_metrics.{format_}"), text)


def report(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write. Default: stdout.")] = None,
    persona: SomePersona = None,
    job_id: SomeJob = None,
    first: First = None,
    last: Last = None,
) -> None:
    """Write the jobs of a period as Markdown."""
    services, snapshot = opening.with_data()
    view = view_of(snapshot, first, last)
    _write(output or Path("-"), services.jobs.report(view, persona=persona, job=job_id))


def build(
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write; - is stdout.")] = Path(
        "jtbd-metrics.json"
    ),
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="First day (UTC). Default: all records.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day (UTC), included.")] = None,
) -> None:
    """Write jtbd-metrics.json from specs and records alone: the same inputs give the same bytes."""
    from data.values.periods import Period, parse_day

    storage = opening.storage()
    span: tuple[int | None, int | None] = (None, None)
    if first or last:
        if not (first and last):
            raise CommandFailed("Give both --from and --to, or neither.", USAGE)
        period = Period(parse_day(first), parse_day(last))
        span = (round(period.start.timestamp() * 1e6), round(period.end.timestamp() * 1e6))
    content = storage.build(*span)
    opening.told_of_specs(storage)
    _write(output, content.decode())


def filters_of(text: str | None) -> dict[str, str]:
    """persona, job, from and to out of what was typed. Raises CommandFailed.

    >>> filters_of("persona=Accountant, job=job-close-books"), filters_of('{"job_id": "x"}')
    ({'persona': 'Accountant', 'job': 'job-close-books'}, {'job': 'x'})
    """
    if not text or not text.strip():
        return {}
    names = {
        "persona": "persona",
        "job": "job",
        "job_id": "job",
        "job-id": "job",
        "from": "from",
        "to": "to",
        "start_date": "from",
        "end_date": "to",
    }
    try:
        told = (
            json.loads(text) if text.lstrip().startswith("{") else dict(part.split("=", 1) for part in text.split(","))
        )
        return {names[str(name).strip()]: str(value).strip() for name, value in told.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CommandFailed(
            f"--filter {text!r} is not understood. Write persona=NAME,job=ID (also from=DATE, to=DATE).", USAGE
        ) from error


def _write(path: Path, text: str) -> None:
    if str(path) == "-":
        as_text(text)
        return
    write_file(path, text.encode())
    notice(f"Wrote {path.name}: {len(text.encode()):,} bytes.")


def _warn_of_unknown(services: Services, snapshot: Snapshot, persona: str | None, job: str | None) -> None:
    """A name that nothing knows is most often a typing error; an empty answer would hide it."""
    choices = services.jobs.choices(snapshot)
    for what, wanted, known in (("persona", persona, choices.personas), ("job", job, choices.jobs)):
        names = {name_key(each) for pair in known for each in pair}
        if wanted is not None and name_key(wanted) not in names:
            notice(f"The specs know no {what} {wanted!r}. There are: {', '.join(each for each, _ in known) or 'none'}.")


def _story(found: Overview) -> None:
    for each in words.story(found):
        print(f"{each.lead}: {each.text}")
    print()


def _detail(found: Overview) -> None:
    """Outcomes, painpoints, answers, times, and what is doubtful."""
    _table(tables.OUTCOMES, found.outcomes, right=("Target", "Actual"), wrap=("Outcome", "Target met", "Trend"))
    _table(tables.PAINPOINTS, found.painpoints, right=("Before", "After"), wrap=("Painpoint",))
    _table(tables.SATISFACTION, found.satisfaction, wrap=("About",))
    _table(tables.TIMES, found.times, right=("Reached", "Half within", "75 % within", "90 % within"), wrap=("Outcome",))
    _caveats(found)


def _table(
    heads: Mapping[str, Callable[[Row], str]],
    rows: Sequence[Row],
    right: tuple[str, ...] = (),
    wrap: tuple[str, ...] = (),
) -> None:
    if not rows:
        return
    table = columns(*heads, right=right, wrap=wrap)
    for line in tables.lines(heads, rows):
        table.add_row(*line)
    as_table(table)


def _caveats(found: Overview) -> None:
    for row in found.quality:
        if row.of and row.count < row.of and row.todo:
            notice(f"{row.name}: {row.message} {row.todo}")
    for each in (*found.spec_problems, *found.notes):
        notice(each)
