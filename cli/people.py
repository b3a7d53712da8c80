"""`people`: who may sign in, and what each may do."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli import sites
from cli.options import TableOrJson
from cli.password import asked_twice
from cli.printing import as_json, as_table, columns, notice
from data.values.callers import Role
from data.values.people import SignIn
from data.values.program import COMMAND

if TYPE_CHECKING:
    from data.services.people import PeopleService
    from data.services.services import Services

app = typer.Typer(name="people", help="People who may sign in, and their roles (docs/people.md).", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The name that the person signs in with.")]
RoleOption = Annotated[
    Role, typer.Option("--role", help="viewer: look and export; editor: change too; admin: people and connection too.")
]


@app.command()
def add(
    name: Name,
    role: RoleOption = Role.VIEWER,
    sign_in: Annotated[
        SignIn, typer.Option("--sign-in", help="With a password that is asked for, or elsewhere.")
    ] = SignIn.PASSWORD,
) -> int:
    """Add a person. The password is asked for, or read from standard input. From then on everybody has to sign in."""
    services, people = _opened()
    is_first = not people.exist() and not people.access.configured
    password = asked_twice() if sign_in is SignIn.PASSWORD else ""
    made = people.add(name, role, sign_in, password)
    notice(f"“{made.name}” is {_a(made.role)} and signs in {_HOW[made.sign_in]}.")
    if is_first:
        notice("From now on whoever opens the dashboard has to sign in.")
    del services
    return 0


@app.command("list")
def list_(format_: TableOrJson = "table") -> int:
    """List everybody who may sign in."""
    _, people = _opened()
    found = people.list()
    if format_ == "json":
        as_json([asdict(each) for each in found])
        return 0
    table = columns("Name", "Role", "Signs in", "State", "Added by", "Last signed in", "Sessions", right=("Sessions",))
    for each in found:
        state = "disabled" if each.disabled else "active"
        seen = (each.seen_at or "never")[:16].replace("T", " ")
        table.add_row(each.name, each.role, _HOW[each.sign_in], state, each.created_by, seen, str(each.sessions))
    hint = f"Nobody is on the list, so nobody has to sign in. Add somebody: {COMMAND} people add NAME --role admin"
    as_table(table, [] if found else [hint])
    return 0


@app.command()
def role(name: Name, new: Annotated[Role, typer.Argument(metavar="ROLE", help="viewer, editor or admin.")]) -> int:
    """Give a person another role. It counts at once; in a running server a second later."""
    _, people = _opened()
    made = people.set_role(name, new)
    notice(f"“{made.name}” is {_a(made.role)} now.")
    return 0


@app.command()
def password(name: Name) -> int:
    """Give a person another password. Whoever is signed in with the one before has to sign in again."""
    _, people = _opened()
    made = people.set_password(name, asked_twice())
    notice(f"“{made.name}” has another password and is signed out everywhere.")
    return 0


@app.command()
def disable(name: Name) -> int:
    """A person may not sign in any more, and is signed out everywhere."""
    _, people = _opened()
    notice(f"“{people.disable(name).name}” is disabled and signed out everywhere.")
    return 0


@app.command()
def enable(name: Name) -> int:
    """A person who was disabled may sign in again."""
    _, people = _opened()
    notice(f"“{people.disable(name, False).name}” may sign in again.")
    return 0


@app.command("sign-out")
def sign_out(name: Name) -> int:
    """Sign a person out everywhere; they may sign in again."""
    services, _ = _opened()
    ended = services.sessions.end_everywhere(name)
    notice(f"“{name}” is signed out of {ended} browser{'' if ended == 1 else 's'}.")
    return 0


@app.command()
def remove(name: Name) -> int:
    """Remove a person, with their sessions; the tokens that they made count for nothing."""
    _, people = _opened()
    nobody_left = people.remove(name)
    notice(f"“{name}” is removed.")
    if nobody_left:
        notice("Nobody is on the list any more, so nobody has to sign in at this machine.")
    return 0


_HOW = {SignIn.PASSWORD: "with a password", SignIn.OPENID: "with OpenID Connect", SignIn.PROXY: "by the proxy"}


def _a(role: Role) -> str:
    return f"{'a' if role is Role.VIEWER else 'an'} {role}"


def _opened() -> tuple[Services, PeopleService]:
    from data.platform.access import access_of

    services, _ = sites.opened(tell_of_sample=False)
    services.people.use(access_of(os.environ))
    return services, services.people
