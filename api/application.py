"""The API as one WSGI application, made when the first request comes: importing what it needs takes a tenth of a
second, which nobody who only opens the page should wait for.
"""

from __future__ import annotations

import pkgutil
import threading
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from api.frame import Application

FOLDER = Path(__file__).parent


class Programs:
    """The door for programs. Every request carries a data.services.visit.Visit in its environ. Safe in several
    threads.
    """

    def __init__(self, requests_a_minute: int = 600) -> None:
        """`requests_a_minute`: of one caller; 0 sets no limit."""
        self._limit = requests_a_minute
        self._lock = threading.Lock()
        self._made: Application | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.application.wsgi_app(environ, start_response)

    @property
    def application(self) -> Application:
        """The Flask application, made now if nobody asked before."""
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = _made(self._limit)
        return self._made


def _made(requests_a_minute: int) -> Application:
    from api.frame import Application

    application = Application(requests_a_minute)
    for module in pkgutil.iter_modules([str(FOLDER)]):  # being in the folder is being in the API
        routes = getattr(import_module(f"api.{module.name}"), "routes", None)
        if routes is not None:
            application.add(routes)
    application.finish()
    return application
