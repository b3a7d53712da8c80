"""The front door: `python app.py` serves the dashboard, `python app.py <command>` is the terminal, `app:server` is for WSGI."""

from __future__ import annotations

import sys
from typing import Any

_NEVER_BOOTS = 3  # gunicorn does not start a worker again that ends like this


def __getattr__(name: str) -> Any:
    """`gunicorn app:server` finds the WSGI application; nothing else pays for making it."""
    if name == "server":
        from assembly import create_app
        from data.platform.access import AccessError

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
