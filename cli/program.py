"""The list of commands, and how one of them is run. Imports nothing heavy: commands import what they need."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
from typer.models import CommandInfo

from cli import (
    audit,
    catalogue,
    forecast,
    importing,
    issue,
    jtbd,
    mcp_door,
    numbers,
    password,
    people,
    query,
    report,
    serving,
    site,
    sprints,
    stages,
    syncing,
    tasks,
    teams,
    tokens,
)
from cli.failures import guarded
from cli.noted import note
from data.platform.telemetry import leave, span
from data.values.program import COMMAND

app = typer.Typer(
    name="throughline",
    help="DORA and Flow numbers from the Jira a team already has. Without a command: serve the dashboard.",
    epilog=(
        "JIRA_URL, JIRA_EMAIL, JIRA_TOKEN and JIRA_JQL win over the settings; without a site the sample site is used."
    ),
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(serving.serve)
app.command("sync")(syncing.sync)
app.command("metrics")(numbers.metrics)
app.command("issues")(numbers.issues)
app.command("issue")(issue.issue)
app.command("stages")(stages.stages)
app.command("sprints")(sprints.sprints)
app.command("catalogue")(catalogue.catalogue)
app.command("query")(query.query)
app.command("forecast")(forecast.forecast)
app.command("report")(report.report)
app.command("fields")(site.fields)
app.command("quality")(site.quality)
app.command("doctor")(site.doctor)
app.command("sample")(serving.sample)
app.command("password")(password.password)
app.command("audit")(audit.audit)
app.command("mcp")(mcp_door.mcp)
app.command("version")(site.version)
app.add_typer(jtbd.app)
app.add_typer(teams.app)
app.add_typer(tokens.app)
app.add_typer(people.app)
app.add_typer(importing.app)
app.add_typer(tasks.app)
app.add_typer(tasks.app, name="jobs", hidden=True)


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command, `serve` when there is none, and return its exit code; failures: see cli.failures."""
    typed = list(sys.argv[1:] if argv is None else argv) or ["serve"]
    name = _named(typed)
    with span("command", command=name) as told:
        told["exit_code"] = code = guarded(lambda: app(typed, prog_name=COMMAND, standalone_mode=False))
    note(name, typed, code)
    leave()
    return code


def _named(typed: Sequence[str]) -> str:
    """The command alone, without what was given to it.

    >>> _named(["jtbd", "track-job", "buy", "-p", "ann"])
    'jtbd track-job'
    >>> _named(["metrics", "--from", "2026-01-01"])
    'metrics'
    >>> _named(["--help"])
    ''
    >>> _named(["people", "add", "ada"])
    'people add'
    """
    names = {word for each in commands_of(app) for word in each.split()} | {"jobs"}
    return " ".join(word for word in typed[:2] if word in names)


def commands_of(program: typer.Typer) -> list[str]:
    """Every command as it is typed, such as `tokens new`."""
    found = [_name(each) for each in program.registered_commands]
    for group in program.registered_groups:
        if group.typer_instance is not None and not group.hidden:
            found += [f"{group.typer_instance.info.name} {each}" for each in commands_of(group.typer_instance)]
    return found


def _name(command: CommandInfo) -> str:
    return command.name or (command.callback.__name__.replace("_", "-") if command.callback else "")
