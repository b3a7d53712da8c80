"""The list of commands, and how one of them is run. Imports nothing heavy: commands import what they need."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from cli import catalogue, forecast, jtbd, numbers, password, serving, site, syncing, teams
from cli.failures import guarded

app = typer.Typer(
    name="throughline",
    help="DORA and Flow numbers from the Jira a team already has. Without a command: serve the dashboard.",
    epilog="JIRA_URL, JIRA_EMAIL, JIRA_TOKEN and JIRA_JQL win over the settings; without a site the sample site is used.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(serving.serve)
app.command("sync")(syncing.sync)
app.command("metrics")(numbers.metrics)
app.command("issues")(numbers.issues)
app.command("catalogue")(catalogue.catalogue)
app.command("forecast")(forecast.forecast)
app.command("fields")(site.fields)
app.command("doctor")(site.doctor)
app.command("sample")(serving.sample)
app.command("password")(password.password)
app.command("version")(site.version)
app.add_typer(jtbd.app)
app.add_typer(teams.app)


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command, `serve` when there is none, and return its exit code; failures: see cli.failures."""
    typed = list(sys.argv[1:] if argv is None else argv) or ["serve"]
    return guarded(lambda: app(typed, prog_name="python app.py", standalone_mode=False))
