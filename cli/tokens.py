"""`tokens`: the tokens of programs that use the API: made, listed, revoked."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from cli import sites
from cli.options import TableOrJson
from cli.printing import as_json, as_table, columns, notice
from data.values.callers import Scope
from data.values.program import COMMAND

app = typer.Typer(name="tokens", help="Tokens of programs that use the API (docs/api.md).", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="Id of the token, as `tokens list` has it.")]


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for, for example nightly-report.")],
    scope: Annotated[
        list[Scope] | None,
        typer.Option("--scope", help="What it may do; repeatable. Default: read."),
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3_650, help="Days until it expires.")] = 90,
    never: Annotated[bool, typer.Option("--never", help="It does not expire; revoke it in time.")] = False,
    this_site: Annotated[
        bool, typer.Option("--this-site", help="Only while the site that is in force now is shown.")
    ] = False,
    format_: TableOrJson = "table",
) -> int:
    """Make a token and print it. It is shown this once; only its SHA-256 is kept."""
    services, snapshot = sites.opened()
    site = snapshot.known_as if this_site else ""
    text, made = services.tokens.make(name, scope or [Scope.READ], None if never else days, site=site)
    if format_ == "json":
        as_json({"token": text, **asdict(made)})
        return 0
    notice(
        f"“{made.name}” may {', '.join(made.scopes)}; {_until(made.expires_at)}. Keep it now: it is not shown again."
    )
    print(text)
    return 0


@app.command("list")
def list_(format_: TableOrJson = "table") -> int:
    """List the tokens, without their text."""
    services, _ = sites.opened()
    found = services.tokens.list()
    if format_ == "json":
        as_json([asdict(each) for each in found])
        return 0
    table = columns("Id", "Name", "Scopes", "State", "Made", "Expires", "Last used", wrap=("Name", "Scopes"))
    for each in found:
        days = (each.created_at[:10], (each.expires_at or "never")[:10], (each.used_at or "never")[:16])
        table.add_row(each.id, each.name, ", ".join(each.scopes), each.state, *days)
    as_table(table, [] if found else [f"There are no tokens. Make one: {COMMAND} tokens new NAME"])
    return 0


@app.command()
def revoke(number: Id) -> int:
    """A token counts for nothing from now on; in a running server a second later."""
    services, _ = sites.opened()
    made = services.tokens.revoke(number)
    notice(f"The token “{made.name}” ({made.id}) is revoked.")
    return 0


def _until(expires_at: str | None) -> str:
    """Until when a token is valid.

    >>> _until("2026-12-31T00:00:00.000Z"), _until(None)
    ('valid until 2026-12-31', 'valid until it is revoked')
    """
    return f"valid until {expires_at[:10]}" if expires_at else "valid until it is revoked"
