"""`serve` and `sample`: the two servers, the dashboard and a Jira to try it on. Both listen on this machine only."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.failures import USAGE, CommandFailed
from cli.printing import notice

if TYPE_CHECKING:
    from data.workspace import Workspace

HOST = "127.0.0.1"
DEFAULT_PORT = 8050


def serve(
    port: Annotated[
        int, typer.Option("--port", envvar="PORT", min=0, max=65535, help="Port on 127.0.0.1.")
    ] = DEFAULT_PORT,
) -> None:
    """Serve the dashboard on 127.0.0.1."""
    _serve_dashboard(port)


def sample(
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on 127.0.0.1; 0 picks a free one.")
    ] = 4020,
    issues: Annotated[int, typer.Option("--issues", min=50, max=500_000, help="How many issues to generate.")] = 800,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same site.")] = 1,
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", help="Replay real issues: JSON Lines, one issue a line, .gz too; repeatable."),
    ] = None,
    fields: Annotated[Path | None, typer.Option("--fields", help="JSON answer of /field, with --data.")] = None,
    statuses: Annotated[Path | None, typer.Option("--statuses", help="JSON answer of /status, with --data.")] = None,
    projects: Annotated[
        list[Path] | None, typer.Option("--projects", help="JSON answers of /project/KEY, with --data; repeatable.")
    ] = None,
    sprints: Annotated[Path | None, typer.Option("--sprints", help="JSON list of sprints, with --data.")] = None,
    until: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day of the site. Default: today.")
    ] = None,
    flavour: Annotated[
        Literal["cloud", "dc"], typer.Option("--flavour", help="Jira Cloud (v3) or Data Center (v2).")
    ] = "cloud",
    latency: Annotated[int, typer.Option("--latency", min=0, help="Milliseconds that each answer takes.")] = 0,
) -> None:
    """Serve a sample Jira on 127.0.0.1, generated or replayed from files. Any token but expired-token is accepted."""
    if not data and (fields or statuses or projects or sprints):
        raise CommandFailed("--fields, --statuses, --projects and --sprints go with --data.", USAGE)
    _serve_sample(
        port=port,
        issues=issues,
        seed=seed,
        data=data or [],
        fields=fields,
        statuses=statuses,
        projects=projects or [],
        sprints=sprints,
        until=until.date() if until else None,
        flavour=flavour,
        latency_ms=latency,
    )


def _serve_dashboard(port: int) -> None:
    """Serve until SIGINT or SIGTERM. Raises CommandFailed when the port is taken."""
    listening = _listen(port)  # before the slow imports, so that a taken port is said at once
    notice("Starting Throughline …")
    from werkzeug.serving import WSGIRequestHandler, make_server

    from app import create_app

    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # not a line for each request
    WSGIRequestHandler.protocol_version = "HTTP/1.1"  # keeps connections open between requests
    flask = create_app().server
    threading.Thread(target=_warm, args=(flask.extensions["workspace"],), daemon=True, name="warm-up").start()
    server = make_server(HOST, port, flask, threaded=True, fd=listening.fileno())
    signal.signal(signal.SIGTERM, _interrupt)
    print(f"Throughline is ready: http://{HOST}:{listening.getsockname()[1]}  (Ctrl-C stops it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


def _warm(workspace: Workspace) -> None:
    """Read the tables while the browser still opens the page, which will say what is wrong with them, if anything."""
    from data.jira.errors import JiraError

    with suppress(JiraError):
        workspace.warm()


def _listen(port: int) -> socket.socket:
    """A listening socket on this machine; what connects early waits. Raises CommandFailed when the port is taken."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        raise CommandFailed(
            f"Cannot serve on {HOST}:{port}: {(error.strerror or str(error)).lower()}. "
            f"Stop what uses the port, or choose another: PORT={port + 1 if port < 65_535 else 8051} make run"
        ) from error
    listening.listen(128)
    return listening


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _serve_sample(**choices: Any) -> None:
    from sample.serve import serve_forever

    serve_forever(**choices)
