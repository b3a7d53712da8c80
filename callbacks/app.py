"""Builds the dashboard: attaches the services to the server, sets the layout, registers the callbacks."""

from __future__ import annotations

import os
import pkgutil
import secrets
from importlib import import_module
from pathlib import Path

from dash import Dash
from flask import Flask, Request, Response
from flask.sessions import NullSession, SessionInterface, SessionMixin

import callbacks
from callbacks.background import files
from callbacks.bundle import SEPARATE, addresses, bundle
from callbacks.compression import compress
from callbacks.context import SERVICES, show_error
from callbacks.errors import answer_errors
from callbacks.export import downloads
from callbacks.health import health
from callbacks.login import require_login
from callbacks.people import people
from callbacks.permissions import check_permissions
from callbacks.programs import Wsgi, mount
from callbacks.report import reports
from callbacks.requests import name_requests
from callbacks.security import secure
from callbacks.sign_in import sign_ins
from callbacks.sign_in_openid import openid
from data.platform.access import Access, access_of, check, for_others
from data.services.services import Services

PARTS = (bundle, downloads, reports, health, files, sign_ins, openid, people)
ROOT = Path(__file__).parents[1]
NAME = "Throughline"
_INDEX = """<!DOCTYPE html>
<html lang="en">
    <head>
        {%metas%}
        <title>{%title%}</title>
        <link rel="icon" type="image/svg+xml" href="/assets/mark.svg">
        <script src="/assets/before_paint.js"></script>
        {%css%}
    </head>
    <body>
        <noscript>Throughline needs JavaScript. Turn it on for this address and reload.</noscript>
        {%app_entry%}
        <footer>
            {%config%}
            {%scripts%}
            <script src="{script}"></script>
            {%renderer%}
        </footer>
    </body>
</html>"""


def create_app(
    services: Services,
    *,
    hosts: tuple[str, ...] | None = None,
    access: Access | None = None,
    bound: str = "",
    programs: Wsgi | None = None,
) -> Dash:
    """The app on some services. `hosts`: names it is reached by besides loopback (default: THROUGHLINE_HOSTS);
    `access`: who may use it (default: as the environment says); `bound`: the address that it listens on, if known;
    `programs`: what answers the addresses of programs.
    Raises AccessError when others could reach it without authentication.

    Module-level callbacks go to the first app of a process; a second one has a page that does not act.
    """
    hosts = hosts if hosts is not None else tuple(os.environ.get("THROUGHLINE_HOSTS", "").split(","))
    access = access if access is not None else access_of(os.environ)
    check(access, os.environ, bound=bound, hosts=hosts, people=services.people.exist)
    services.people.use(access)
    for module in pkgutil.iter_modules(callbacks.__path__):  # being in the folder is being in the app
        import_module(f"callbacks.{module.name}")
    from callbacks.kept_answers import keep_answers
    from callbacks.page import blank, layout

    server = _server(services)
    stylesheet, script = addresses()
    app = Dash(
        NAME,
        server=server,  # type: ignore[arg-type]  # Dash says bool, and takes a Flask application, as its docs say
        assets_folder=str(ROOT / "ui" / "assets"),
        assets_ignore=SEPARATE,
        external_stylesheets=[stylesheet],
        index_string=_INDEX.replace("{script}", script),
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {"name": "color-scheme", "content": "light dark"},
        ],
        title=NAME,
        update_title="",
        on_error=show_error,
        health_endpoint="healthz",
        enable_mcp=False,
    )
    app.validation_layout = app.layout = blank()  # which ids exist, without asking the services for anything
    for part in PARTS:
        server.register_blueprint(part)
    if programs is not None:
        mount(server, programs)
    answer_errors(server)
    name_requests(server)  # first, so that a refusal has a name too
    compress(server)  # runs after the headers are set: the last registered runs first
    require_login(server, access, outside=for_others(bound, hosts))
    secure(app, (*hosts, *_names(bound)))
    _set_up(app)
    check_permissions(app)
    app.layout = layout
    keep_answers(app)
    return app


def _server(services: Services) -> Flask:
    server = Flask(NAME, root_path=str(ROOT), static_folder=None)
    server.secret_key = os.environ.get("THROUGHLINE_SECRET") or secrets.token_hex(32)
    server.session_interface = NoSessions()
    server.extensions[SERVICES] = services
    return server


class NoSessions(SessionInterface):
    """Nothing is kept in cookies, so no request is searched for one."""

    def open_session(self, app: Flask, _request: Request) -> NullSession:
        """A session that refuses whatever is put into it."""
        return self.make_null_session(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """There is nothing to save."""


def _set_up(app: Dash) -> None:
    """Do now what Dash puts off until its first request: the list of callbacks, the addresses of scripts, the assets.

    Dash marks itself as set up before it is. A request that came while the first one was still at it would get an
    empty list of callbacks, and the page of that visitor would never ask for a number.
    """
    with app.server.app_context():
        app._setup_server()  # type: ignore[no-untyped-call]  # of Dash, which brings no types for it


def _names(bound: str) -> tuple[str, ...]:
    """The name by which an address is asked for; one that means every address is no name."""
    return () if bound in ("", "0.0.0.0", "::") else (f"[{bound}]" if ":" in bound else bound,)  # noqa: S104
