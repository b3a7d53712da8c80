"""The front door: `python app.py` serves the dashboard, `python app.py <command>` is the terminal, `app:server` is for WSGI."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dash import Dash

    from data.workspace import Workspace


def workspace() -> Workspace:
    """The real parts, chosen here and nowhere else. Raises HomeError when the state folder cannot be used."""
    import os

    from data.logs import protect
    from data.workspace import open_workspace
    from sample.source import SampleSite

    protect()
    return open_workspace(os.environ, sample=SampleSite())


def create_app() -> Dash:
    """The dashboard on the real workspace."""
    from callbacks.app import create_app as on

    return on(workspace())


def __getattr__(name: str) -> Any:
    """`gunicorn app:server` finds the WSGI application; nothing else pays for making it."""
    if name == "server":
        server = create_app().server
        globals()["server"] = server
        return server
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def main(argv: list[str] | None = None) -> int:
    """Run a command; without one, serve the dashboard."""
    from cli import main as run

    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
