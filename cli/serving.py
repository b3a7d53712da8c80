"""`serve` and `sample`: the two servers, the dashboard and a Jira to try it on. Both listen on this machine only."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.failures import USAGE, CommandFailed
from cli.printing import notice

if TYPE_CHECKING:
    from data.services.services import Services

HOST = "127.0.0.1"
GRACE = 5.0  # seconds for running requests and a running sync when the process is told to stop
IDLE = 60.0  # seconds after which a connection that says nothing is closed: each holds a thread
DEFAULT_PORT = 8050


def serve(
    port: Annotated[
        int, typer.Option("--port", envvar="PORT", min=0, max=65535, help="Port on 127.0.0.1.")
    ] = DEFAULT_PORT,
    host: Annotated[
        str,
        typer.Option(
            "--host",
            envvar="THROUGHLINE_HOST",
            help="Address to listen on; any but this machine's own needs authentication.",
        ),
    ] = "",
) -> None:
    """Serve the dashboard on 127.0.0.1, or on another address if authentication is configured."""
    _serve_dashboard(port, host.strip() or _host_of_environment())


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


def _host_of_environment() -> str:
    """HOST, if it is an address: some shells put the name of the machine there."""
    from ipaddress import ip_address

    named = os.environ.get("HOST", "").strip()
    with suppress(ValueError):
        return str(ip_address(named))
    return HOST


def _serve_dashboard(port: int, host: str = HOST) -> None:
    """Serve until SIGINT or SIGTERM, then let what runs end. Raises CommandFailed when the port is taken or when
    others could reach the dashboard without authentication."""
    _refuse_strangers(host)
    listening = _listen(port, host)  # before the slow imports, so that a taken port is said at once
    notice("Starting Throughline …")
    from werkzeug.serving import WSGIRequestHandler, make_server

    from assembly import create_app

    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # not a line for each request
    WSGIRequestHandler.protocol_version = "HTTP/1.1"  # keeps connections open between requests
    WSGIRequestHandler.timeout = IDLE
    flask = create_app(bound=host).server
    threading.Thread(target=_warm, args=(flask.extensions["services"],), daemon=True, name="warm-up").start()
    running = InFlight(flask)
    server = make_server(host, port, running, threaded=True, fd=listening.fileno())
    signal.signal(signal.SIGTERM, _interrupt)
    print(f"Throughline is ready: {_address(host, listening.getsockname()[1])}  (Ctrl-C stops it)", flush=True)
    if words := _for_others(host, os.environ.get("THROUGHLINE_HOSTS", "")):
        notice(words)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # whoever asks twice does not wait
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    finally:
        server.server_close()
        listening.close()
        _let_end(flask.extensions["services"], running)


def _address(host: str, port: int) -> str:
    """An address that answers here: where every address of the machine is listened on, that of the machine itself.

    >>> _address("0.0.0.0", 8050), _address("::", 8050), _address("10.0.0.7", 8050)
    ('http://127.0.0.1:8050', 'http://[::1]:8050', 'http://10.0.0.7:8050')
    """
    named = {"0.0.0.0": HOST, "::": "::1"}.get(host, host)  # noqa: S104 - it is replaced
    return f"http://[{named}]:{port}" if ":" in named else f"http://{named}:{port}"


def _for_others(host: str, hosts: str) -> str:
    """How other machines reach it, where every address of the machine is listened on; empty elsewhere.

    >>> _for_others("0.0.0.0", "metrics.example.org"), _for_others("127.0.0.1", "")
    ('Other machines reach it as metrics.example.org (THROUGHLINE_HOSTS).', '')
    """
    if host not in ("0.0.0.0", "::"):  # noqa: S104
        return ""
    names = [each.strip() for each in hosts.split(",") if each.strip()]
    if names:
        return f"Other machines reach it as {', '.join(names)} (THROUGHLINE_HOSTS)."
    return (
        "Other machines are refused until THROUGHLINE_HOSTS names the hosts under which they reach it, "
        "for example THROUGHLINE_HOSTS=metrics.example.org or an address of this machine."
    )


def _refuse_strangers(host: str) -> None:
    from data.platform.access import AccessError, access_of, check

    try:
        hosts = os.environ.get("THROUGHLINE_HOSTS", "").split(",")
        check(access_of(os.environ), os.environ, bound=host, hosts=hosts, people=_people_exist)
    except AccessError as error:
        raise CommandFailed(str(error), USAGE) from error


def _people_exist() -> bool:
    from assembly import services

    return services().people.exist()


class InFlight:
    """A WSGI application that knows how many of its answers are not finished yet."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._changed = threading.Condition()
        self._count = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        from werkzeug.wsgi import ClosingIterator

        self._add(1)
        try:
            return ClosingIterator(self._application(environ, start_response), lambda: self._add(-1))
        except BaseException:
            self._add(-1)
            raise

    def _add(self, n: int) -> None:
        with self._changed:
            self._count += n
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Until everything is answered; False when the time was up first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count == 0, seconds)


def _let_end(services: Services, running: InFlight) -> None:
    """Requests get their answers. A sync stops before its next request to Jira and leaves the data as it was; the next
    start goes on with it, as with all that runs in the background.
    """
    until = time.monotonic() + GRACE
    services.background.stop(0.0)
    running.wait(GRACE)
    services.background.stop(max(0.0, until - time.monotonic()))


def _warm(services: Services) -> None:
    """Read what is stored while the browser still opens the page, which will say what is wrong with it, if anything."""
    from data.jira.errors import JiraError

    with suppress(JiraError):
        services.warm()


def _listen(port: int, host: str = HOST) -> socket.socket:
    """A listening socket; what connects early waits. Raises CommandFailed when the port is taken."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise CommandFailed(
            f"Cannot serve on {host}:{port}: {(error.strerror or str(error)).lower()}. "
            f"Stop what uses the port, or choose another: PORT={port + 1 if port < 65_535 else 8051} make run"
        ) from error
    listening.listen(128)
    return listening


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _serve_sample(**choices: Any) -> None:
    from sample.serve import serve_forever

    serve_forever(**choices)
