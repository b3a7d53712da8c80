"""The list of commands, and how one of them is run. Imports nothing heavy: commands import what they need."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from cli import (
    catalogue,
    forecast,
    jtbd,
    numbers,
    password,
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
app.command("stages")(stages.stages)
app.command("sprints")(sprints.sprints)
app.command("catalogue")(catalogue.catalogue)
app.command("forecast")(forecast.forecast)
app.command("report")(report.report)
app.command("fields")(site.fields)
app.command("quality")(site.quality)
app.command("doctor")(site.doctor)
app.command("sample")(serving.sample)
app.command("password")(password.password)
app.command("version")(site.version)
app.add_typer(jtbd.app)
app.add_typer(teams.app)
app.add_typer(tokens.app)
app.add_typer(tasks.app)
app.add_typer(tasks.app, name="jobs", hidden=True)


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command, `serve` when there is none, and return its exit code; failures: see cli.failures."""
    typed = list(sys.argv[1:] if argv is None else argv) or ["serve"]
    with span("command", command=_named(typed)) as told:
        told["exit_code"] = code = guarded(lambda: app(typed, prog_name=COMMAND, standalone_mode=False))
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
    """
    groups = [each.typer_instance for each in app.registered_groups if each.typer_instance]
    names = {each.name for part in (app, *groups) for each in part.registered_commands} | {
        part.info.name for part in groups
    }
    return " ".join(word for word in typed[:2] if word in names)
