"""`catalogue`, and what `metrics --by` and `--over` print: every metric there is, and one of them taken apart."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import sites
from cli.failures import USAGE, CommandFailed
from cli.options import AnyFormat, Family, TableOrJson, csv_as
from cli.printing import as_json, as_table, as_text, columns, notice
from data.values.program import COMMAND

if TYPE_CHECKING:
    from data.services.services import Services
    from data.services.view import View
    from data.values.numbers import Breakdown, Entry


def catalogue(
    search: Annotated[str, typer.Option("--search", metavar="WORDS", help="Only metrics that have every word.")] = "",
    family: Family = None,
    format_: TableOrJson = "table",
) -> int:
    """List every metric there is with its definition; nothing is calculated."""
    services, _ = sites.opened()
    found = services.catalogue.search(search, family, once=format_ == "table")
    if format_ == "json":
        as_json([asdict(each) for each in found])
        return 0
    table = columns("Metric", "Title", "Unit", "In one sentence", wrap=("Title", "In one sentence"))
    table.title = f"{len(found)} metric{'s' * (len(found) != 1)}"
    for category, entries in _by_category(found):
        table.add_section()
        table.add_row(category, style="bold")
        for each in entries:
            table.add_row(_names(each.name), each.title, each.unit, each.description)
    as_table(table)
    if not found:
        notice(f"No metric has {search!r} in its name, text or tags.")
    return 0


def _names(name: str) -> str:
    from data.services.catalogue import other_names

    return "\n".join((f"  {name}", *(f"  also {each}" for each in other_names(name))))


def _by_category(entries: tuple[Entry, ...]) -> list[tuple[str, list[Entry]]]:
    groups: dict[str, list[Entry]] = {}
    for each in entries:
        groups.setdefault(each.category, []).append(each)
    return list(groups.items())


def must_exist(metric: str) -> None:
    """Raises CommandFailed that names the metrics nearest to one that does not exist."""
    from data.services.catalogue import metric_titles

    known = metric_titles()
    if metric in known:
        return
    from difflib import get_close_matches

    near = get_close_matches(metric, known, n=3, cutoff=0.6)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    raise CommandFailed(
        f"There is no metric {metric!r}. {hint}{COMMAND} catalogue lists them. Choose one of: {', '.join(known)}.",
        USAGE,
    )


def taken_apart(services: Services, metric: str, by: str, view: View, format_: AnyFormat, csv: str) -> int:
    """Print one metric by group or by step of time."""
    found = services.catalogue.breakdown(metric, view, by)
    if format_ == "json":
        as_json(_plain(found, view))
    elif format_ == "csv":
        with csv_as(csv):
            as_text(services.catalogue.csv(found))
    else:
        _table(services, found, view)
    return 0


def _plain(breakdown: Breakdown, view: View) -> dict[str, Any]:
    return {
        "metric_name": breakdown.metric,
        "title": breakdown.title,
        "unit": breakdown.unit,
        "by": breakdown.by,
        "from": view.period.first.isoformat(),
        "to": view.period.last.isoformat(),
        "parts": [_part(each) for each in breakdown.parts],
        "total": _part(breakdown.total) if breakdown.total else None,
        "notes": list(breakdown.notes),
        "error_message": str(breakdown.problem) if breakdown.problem else None,
    }


def _part(each: Any) -> dict[str, Any]:
    row = {"name": each.name, "value": each.value, "used": each.used, "excluded": each.left_out, "share": each.share}
    row |= {"reason": each.why or None, "display_value": each.shown}
    return row | ({"from": each.first, "to": each.last, "so_far": each.so_far} if each.first else {})


def _table(services: Services, breakdown: Breakdown, view: View) -> None:
    heads = (breakdown.by_title, "Value", "Used", "Left out", "Share")
    table = columns(*heads, right=heads[2:], wrap=heads[:1])
    status = services.status.of(view.snapshot)
    table.title = f"{breakdown.title} · {view.period.label} · {status.site_title or status.site_url}"
    for each in breakdown.parts:
        share = "" if each.share is None else f"{each.share:.1f} %"
        said = f"{each.shown} so far" if each.so_far and each.value is not None else each.shown
        table.add_row(each.name, said, str(each.used), str(each.left_out), share)
    if breakdown.total:
        table.add_section()
        table.add_row("All", breakdown.total.shown, str(breakdown.total.used), str(breakdown.total.left_out), "")
    below = [str(breakdown.problem)] if breakdown.problem else list(breakdown.notes)
    if not breakdown.parts and not breakdown.problem:
        below.append("There is nothing to take apart in this period.")
    as_table(table, below)
