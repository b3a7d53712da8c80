"""`jtbd`: jobs to be done in the terminal. Imports nothing heavy: commands import what they need."""

from __future__ import annotations

import typer

from cli.jtbd import keeping, showing, tracking

app = typer.Typer(name="jtbd", help="Jobs to be done: track what customers get done, see what is underserved.")
app.command("track-job")(tracking.track_job)
app.command("track-outcome")(tracking.track_outcome)
app.command("track-painpoint")(tracking.track_painpoint)
app.command("track-satisfaction")(tracking.track_satisfaction)
app.command("track-time")(tracking.track_time)
app.command("dashboard")(showing.dashboard)
app.command("analyze")(showing.analyze)
app.command("export")(showing.export)
app.command("report")(showing.report)
app.command("build")(showing.build)
app.command("sync")(keeping.sync)
app.command("verify")(keeping.verify)
app.command("new")(keeping.new)
app.command("import")(keeping.import_)
app.command("cleanup")(keeping.cleanup)
