"""The front door: `python app.py` serves the dashboard, `python app.py <command>` is the terminal, `app:server` is
for WSGI.
"""

from __future__ import annotations

import sys
from typing import Any, NoReturn

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


def leave(code: int) -> NoReturn:
    """End the process with `code`, as `sys.exit` does, but whole even while daemon threads are at work.

    An idle connection, a log line or a warm-up may be in the middle of something then. When the interpreter is taken
    apart around such a thread, it can abort the process (signal 6) in place of the exit code. So everything that ends
    by itself is ended, `atexit` functions run, the streams are flushed, and the operating system takes the rest.
    """
    import atexit
    import os
    import threading
    from contextlib import suppress

    if not any(thread.daemon for thread in threading.enumerate()):
        sys.exit(code)
    threading._shutdown()  # type: ignore[attr-defined]  # what the interpreter calls first, too: joins the others
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


def throughline() -> NoReturn:
    """The command of the installed application."""
    leave(main())


if __name__ == "__main__":
    throughline()
