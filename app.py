"""The front door: `python app.py` serves the dashboard, `python app.py <command>` is the terminal, `app:server` is for WSGI."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dash import Dash

    from data.jtbd.shelf import Shelf
    from data.workspace import Workspace


_NEVER_BOOTS = 3  # gunicorn does not start a worker again that ends like this


def workspace() -> Workspace:
    """The real parts, chosen here and nowhere else. Raises HomeError when the state folder cannot be used."""
    import os

    from data.logs import protect
    from data.workspace import open_workspace
    from sample.source import SampleSite

    protect()
    return open_workspace(os.environ, sample=SampleSite())


def shelf() -> Shelf:
    """Job specs and records of the same site, without Jira and without what numbers need. Raises HomeError."""
    import os

    from data.jtbd.shelf import open_shelf
    from data.logs import protect
    from sample.source import SampleSite

    protect()
    return open_shelf(os.environ, examples=SampleSite.jobs)


def create_app(bound: str = "") -> Dash:
    """The dashboard on the real workspace; `bound` is the address that it listens on, if known. Raises AccessError."""
    import atexit
    import os

    from callbacks.app import create_app as on
    from data.logs import write_logs

    found = workspace()
    write_logs(os.environ)
    atexit.register(found.cancel_sync)
    return on(found, bound=bound)


def __getattr__(name: str) -> Any:
    """`gunicorn app:server` finds the WSGI application; nothing else pays for making it."""
    if name == "server":
        from data.access import AccessError

        try:
            server = create_app().server
        except AccessError as error:
            print(error, file=sys.stderr)
            raise SystemExit(_NEVER_BOOTS) from error
        globals()["server"] = server
        return server
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def main(argv: list[str] | None = None) -> int:
    """Run a command; without one, serve the dashboard."""
    from cli import main as run

    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
