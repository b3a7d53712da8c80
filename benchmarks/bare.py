"""The dashboard as gunicorn serves it, with a bare Flask route beside it in the same process:
`benchmarks.bare:server`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from assembly import create_app

BARE, CPU = "/bare", "/cpu"
_bare = Flask("bare", static_folder=None)
_dashboard = create_app().server


@_bare.get(BARE)
def bare() -> str:
    """The least that Flask can be asked for."""
    return "ok"


@_bare.get(CPU)
def cpu() -> str:
    """Seconds of processor time that this process has used so far, all threads together."""
    return repr(time.process_time())


def server(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The two bare routes, else the dashboard."""
    application = _bare if environ["PATH_INFO"] in (BARE, CPU) else _dashboard
    return application.wsgi_app(environ, start_response)
