"""`audit`: who did what, when, from where."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from cli import sites
from cli.options import TableOrJson
from cli.printing import as_json, as_table, columns


def audit(
    most: Annotated[int, typer.Option("--most", min=1, max=100_000, help="How many lines, the newest first.")] = 50,
    who: Annotated[str, typer.Option("--who", help="Only what this person did.")] = "",
    action: Annotated[str, typer.Option("--action", help="Only this action, as the list has it.")] = "",
    format_: TableOrJson = "table",
) -> int:
    """List who did what, when, from where, and how it ended: the page, the API, the terminal, and sign-ins."""
    services, _ = sites.opened(tell_of_sample=False)
    found = services.audit.lines(most, actor=who, action=action)
    if format_ == "json":
        as_json([asdict(each) for each in found])
        return 0
    table = columns("When (UTC)", "Who", "Via", "Action", "About", "Result", "From", wrap=("About", "Who"))
    for each in found:
        when = each.at[:19].replace("T", " ")
        table.add_row(when, each.actor, each.via, each.action, each.subject, each.result, each.address)
    as_table(table, [] if found else ["No line fits." if who or action else "Nothing is noted yet."])
    return 0
