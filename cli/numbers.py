"""`metrics` and `issues`: the numbers of a period, and the issues behind one of them. Both only read the store."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import sites
from cli.catalogue import must_exist, taken_apart
from cli.failures import FAILED, USAGE, CommandFailed
from cli.options import (
    AnyFormat,
    Components,
    CsvStyleName,
    Family,
    First,
    Labels,
    Last,
    Projects,
    Sets,
    Types,
    Where,
    csv_as,
    filters_of,
    view_of,
)
from cli.printing import as_json, as_table, as_text, columns, notice
from data.values.change import change, tier_words
from data.values.families import HEADLINE, JOBS
from data.values.unknown_names import unknown_names

if TYPE_CHECKING:
    from data.services.services import Services
    from data.services.view import Snapshot, View
    from data.values.filters import Filters
    from data.values.metric_value import MetricValue
    from data.values.numbers import IssuePage
    from data.values.periods import Period

EVERY = 10**9  # more issues than there are
SHOWN = 50  # issues in a table, unless --limit says otherwise
Group = Literal[
    "project", "type", "status", "assignee", "priority", "team", "component", "label", "sprint", "board", "week"
]
Step = Literal["day", "week", "month"]
TIER_STYLES = {"Elite": "green", "High": "yellow", "Medium": "dark_orange", "Low": "red"}


def metrics(
    first: First = None,
    last: Last = None,
    family: Family = None,
    metric: Annotated[
        str | None,
        typer.Option("--metric", metavar="NAME", help="Only one metric: any that `catalogue` lists."),
    ] = None,
    by: Annotated[
        Group | None, typer.Option("--by", help="That metric for each of these; issues without one are “none”.")
    ] = None,
    over: Annotated[Step | None, typer.Option("--over", help="That metric for each of these in the period.")] = None,
    project: Projects = None,
    type_: Types = None,
    label: Labels = None,
    component: Components = None,
    where: Where = None,
    sets: Sets = None,
    format_: AnyFormat = "table",
    csv: CsvStyleName = "plain",
) -> int:
    """Print the metrics of a period: DORA and Flow, or any other family or metric, whole or taken apart."""
    _fits(family, metric, by, over)
    services, snapshot = sites.with_data()
    filters = filters_of(project, type_, label, component, where, sets)
    view = view_of(snapshot, first, last, filters)
    warn_of_unknown(services, snapshot, filters)
    if metric and (by or over):
        return taken_apart(services, metric, by or over or "", view, format_, csv)
    answers = [services.numbers.answer(each, view) for each in _families(family, metric)]
    values = [value for answer in answers for value in answer.values if metric in (None, value.metric_name)]
    if format_ == "json":
        as_json([value.to_dict() for value in values])
    elif format_ == "csv":
        with csv_as(csv):
            as_text(services.numbers.csv_metric(metric, view) if metric else services.numbers.csv_all(view, family))
    else:
        _metric_table(services, view, values, measured_with(services, view))
    _point_to_data(answers, view.period)
    broken = [value for value in values if value.error_state == "calculation_error"]
    for value in broken:
        notice(f"{_title(value)}: {value.error_message}")
    return FAILED if broken else 0


def _fits(family: str | None, metric: str | None, by: str | None, over: str | None) -> None:
    """Raises CommandFailed for options that make no sense together."""
    from data.services.numbers import family_of

    if metric:
        must_exist(metric)
        if (by or over) and family_of(metric) == JOBS:
            raise CommandFailed(f"{metric} is a number of jobs, which --by and --over cannot take apart.", USAGE)
    if metric and family:
        raise CommandFailed("Give --metric or --family, not both: a metric is of one family.", USAGE)
    if (by or over) and not metric:
        raise CommandFailed("--by and --over take one metric apart. Say which: --metric NAME.", USAGE)
    if by and over:
        raise CommandFailed("Give --by or --over, not both.", USAGE)


def _families(family: str | None, metric: str | None) -> list[str]:
    """Which families to ask for; those of the overview without a choice."""
    if metric:
        from data.services.numbers import family_of

        return [family_of(metric)]
    return [family] if family else list(HEADLINE)


def issues(
    metric: Annotated[str, typer.Option("--metric", metavar="NAME", help="Which number, for example flow_time.")],
    first: First = None,
    last: Last = None,
    project: Projects = None,
    type_: Types = None,
    label: Labels = None,
    component: Components = None,
    where: Where = None,
    sets: Sets = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=0, help="At most so many; 0 is all. Default: 50 in a table, else all."),
    ] = None,
    format_: AnyFormat = "table",
    csv: CsvStyleName = "plain",
) -> int:
    """Print the issues behind one metric: what was used, and what was left out and why."""
    from data.services.catalogue import metric_titles

    must_exist(metric)
    services, snapshot = sites.with_data()
    filters = filters_of(project, type_, label, component, where, sets)
    view = view_of(snapshot, first, last, filters)
    warn_of_unknown(services, snapshot, filters)
    if limit is None:
        limit = SHOWN if format_ == "table" else 0
    if format_ == "csv":
        with csv_as(csv):
            as_text(services.numbers.csv_issues(metric, view, limit or EVERY))
        return 0
    page = services.numbers.issue_page(metric, view, count=limit or EVERY)
    if format_ == "json":
        as_json([asdict(row) for row in page.rows])
    else:
        _issue_table(metric_titles()[metric], view.period, page)
    if len(page.rows) < page.total:
        notice(f"{len(page.rows)} of {page.total} shown; --limit 0 shows all.")
    return 0


def warn_of_unknown(services: Services, snapshot: Snapshot, filters: Filters) -> None:
    """A filter that no issue matches is most often a typing error; an answer of zero would hide it."""
    if not filters:
        return
    for sentence in unknown_names(filters, services.numbers.choices(snapshot)):
        notice(sentence)


def _point_to_data(answers: list[Any], period: Period) -> None:
    """When a period is empty but others are not, say where the data is."""
    for answer in answers:
        if answer.suggestion:
            first, last = answer.suggestion
            said = f"The data covers {answer.covered[0]} to {answer.covered[1]}. " if answer.covered else ""
            notice(f"Nothing in {period.label}. {said}Try: --from {first} --to {last}")
            return


def _title(value: MetricValue) -> str:
    return value.details.get("title") or value.metric_name


def _shown(value: MetricValue) -> str:
    if value.value is None:
        return "–"
    details = value.details
    number = details.get("display_value") or f"{value.value:.2g}"
    unit = details.get("display_unit") or value.unit
    return f"{number} {unit}".strip()


def _change(value: MetricValue) -> str:
    found = change(value)
    return f"{found.arrow} {found.words}" if found.arrow else "–"


def _shares(value: MetricValue) -> list[str]:
    shares = value.details.get("distribution") or {}
    return (
        [", ".join(f"{name.replace('_', ' ')} {share:.1f} %" for name, share in shares.items()) + "."] if shares else []
    )


def measured_with(services: Services, view: View) -> list[str]:
    """One sentence about the definitions that --set chose; none without."""
    if not view.overrides:
        return []
    words = "; ".join(
        f"{each.title}: {each.words}" for each in services.definitions.chosen(view.filters, view.snapshot)
    )
    return [f"Measured otherwise than saved. {words}."]


def _metric_table(services: Services, view: View, values: list[MetricValue], said: list[str]) -> None:
    from rich.text import Text

    heads = ("Metric", "Value", "Tier", "Change", "Used", "Left out")
    table = columns(*heads, right=heads[-2:], wrap=("Metric", "Change"))
    status = services.status.of(view.snapshot)
    table.title = f"{status.site_title or status.site_url} · {view.period.label} · {status.zone}"
    below = list(said)
    for value in values:
        tier = value.performance_tier
        table.add_row(
            _title(value),
            _shown(value),
            Text(tier_words(value), style=TIER_STYLES.get(tier, "")) if tier else "–",
            _change(value),
            str(value.details.get("used", value.total_issue_count - value.excluded_issue_count)),
            str(value.excluded_issue_count),
        )
        sentences = [value.error_message] if value.error_message else list(value.details.get("notes") or [])
        below += [f"{_title(value)}: {sentence}" for sentence in [*_shares(value), *sentences]]
    as_table(table, below)


def _issue_table(title: str, period: Period, page: IssuePage) -> None:
    unit = next((row.value_unit for row in page.rows if row.value_unit), "")
    value = unit.capitalize() or "Value"
    table = columns(
        "Key", value, "From", "To", "Left out", "Summary", right=(value,), wrap=("Left out",), cut="Summary"
    )
    table.title = f"{title} · {period.label} · {page.total} issues"
    for row in page.rows:
        table.add_row(
            row.key,
            "" if row.value is None else f"{row.value:.2f}",
            (row.start or "")[:10],
            (row.end or "")[:10],
            "" if row.used else row.reason or "yes",
            row.summary,
        )
    as_table(table)
