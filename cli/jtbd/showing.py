"""`dashboard`, `analyze`, `export`, `report`, `build`: see what the records say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.failures import USAGE, CommandFailed
from cli.jtbd import opening
from cli.options import First, Last, view_of
from cli.printing import as_json, as_table, as_text, columns, notice
from data.services.files import write_file
from data.values.names import name_key

if TYPE_CHECKING:
    from data.services.services import Services
    from data.services.view import Snapshot
    from data.values.jobs import Overview

SomePersona = Annotated[str | None, typer.Option("--persona", "-p", metavar="NAME", help="Only this persona.")]
SomeJob = Annotated[str | None, typer.Option("--job-id", "-j", metavar="ID", help="Only this job.")]
Format = Annotated[Literal["table", "json"], typer.Option("--format", "-f", help="How to print the answer.")]
BANDS = {"extreme": "red", "strong": "dark_orange", "worth_considering": "yellow", "overserved": "blue"}


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
    table = columns("Number", "Value", "Change", "Made of", right=("Made of",))
    table.title = f"Jobs to be done · {found.period_label}"
    for each in cards:
        told = each.details
        change = told.get("trend_percentage")
        word = "–" if change is None else f"{change:+.0f} % {told.get('trend_verdict') or ''}".strip()
        table.add_row(told["title"], f"{told['display_value']} {told['display_unit']}".strip(), word, str(told["used"]))
    as_table(table)
    _jobs(found)
    _outcomes(found)
    _painpoints(found)
    _caveats(found)


def analyze(
    job_id: Annotated[str, typer.Argument(metavar="JOB-ID", help="Id or title of the job.")],
    persona: SomePersona = None,
    format_: Format = "table",
    first: First = None,
    last: Last = None,
) -> None:
    """Show one job: how often it is done, how long it takes, its outcomes, and how much delivery goes there."""
    services, snapshot = opening.with_data()
    view = view_of(snapshot, first, last)
    found = services.jobs.overview(view, persona=persona, job=job_id)
    if not found.jobs or not (found.jobs[0].in_specs or found.jobs[0].tracked):
        known = ", ".join(each for each, _ in services.jobs.choices(snapshot).jobs)
        raise CommandFailed(f"There is no job {job_id!r}. The specs know: {known or 'none'}.")
    _warn_of_unknown(services, snapshot, persona, None)
    if format_ == "json":
        as_json(services.jobs.dashboard(view, persona=persona, job=job_id))
        return
    job = found.jobs[0]
    print(f"{job.title} ({job.job_id}), {found.period_label}")
    if job.sentence:
        print(job.sentence)
    share = job.completion
    sure = (
        "" if share.low is None or share.high is None else f" (95 %: {100 * share.low:.0f} to {100 * share.high:.0f} %)"
    )
    print(
        f"Completed: {job.completed} of "
        f"{job.tracked}{'' if share.value is None else f' = {100 * share.value:.0f} %'}{sure}"
    )
    if job.tracked and not share.enough:
        print(f"Not enough records to be sure: {share.n} of 30.")
    if job.median_seconds is not None:
        print(f"Time: median {_span(job.median_seconds)}, mean {_span(job.mean_seconds)}")
    for each in found.investment:
        if each.items_share is not None:
            print(
                f"Delivery: {each.items} items completed ({100 * each.items_share:.0f} %), "
                f"{each.active_days:.1f} days of active time. {each.verdict}"
            )
    for _, kind, text in found.forces:
        print(f"{kind.capitalize()}: {text}")
    print()
    _outcomes(found)
    _painpoints(found)
    _caveats(found)


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
    opening.told(storage.specs().problems)
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


def _span(seconds: float | None) -> str:
    """
    >>> _span(72), _span(5400), _span(None)
    ('72 s', '1.5 h', '–')
    """
    if seconds is None:
        return "–"
    for size, unit in ((86_400, "days"), (3600, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds / (60 if unit == 'min' else size):.1f} {unit}"
    return f"{seconds:.0f} s"


def _number(value: float | None, unit: str = "") -> str:
    """Two or three digits, as many as are worth reading.

    >>> _number(0.744, "errors"), _number(-6.25, "%"), _number(1234.5), _number(None)
    ('0.74 errors', '−6.2 %', '1,234', '–')
    """
    if value is None:
        return "–"
    places = 0 if abs(value) >= 9.95 else 1 if abs(value) >= 0.95 else 2
    text = f"{abs(value):,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{'−' if value < 0 else ''}{text} {unit}".strip()


def _jobs(found: Overview) -> None:
    table = columns(
        "Job",
        "Tracked",
        "Completed",
        "Median time",
        "Outcomes",
        right=("Tracked", "Completed", "Median time", "Outcomes"),
        wrap=("Job",),
    )
    for row in found.jobs:
        rate = "–" if row.completion.value is None else f"{100 * row.completion.value:.0f} %"
        table.add_row(row.title, str(row.tracked), rate, _span(row.median_seconds), _number(row.achievement, "%"))
    as_table(table)


def _outcomes(found: Overview) -> None:
    from rich.text import Text

    right = ("Target", "Actual", "Achieved", "Opportunity")
    table = columns("Outcome", *right, "Band", right=right, wrap=("Outcome", "Band"))
    for row in found.outcomes:
        told = row.opportunity
        band = Text(told.band_title, style=BANDS.get(told.band, "")) if told.band else Text(told.reason, style="dim")
        unit = row.unit if row.unit != "percent" else "%"
        table.add_row(
            row.title,
            _number(row.target, unit),
            _number(row.actual, unit),
            f"{row.met.count} of {row.met.n}" if row.met and row.reached else _number(row.achievement, "%"),
            _number(told.score),
            band,
        )
    as_table(table)


def _painpoints(found: Overview) -> None:
    if not found.painpoints:
        return
    right = ("Before", "After", "Effect", "Issues done")
    table = columns("Painpoint", *right, right=right, wrap=("Painpoint",))
    for row in found.painpoints:
        issues = f"{row.issues_done} of {row.issues}" if row.issues else "–"
        table.add_row(row.title, _number(row.before), _number(row.after), _number(row.effectiveness, "%"), issues)
    as_table(table)


def _caveats(found: Overview) -> None:
    for row in found.quality:
        if row.of and row.count < row.of and row.todo:
            notice(f"{row.name}: {row.message} {row.todo}")
    for each in (*found.spec_problems, *found.notes):
        notice(each)
