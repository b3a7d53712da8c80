"""Chooses the real parts, here and nowhere else: the services, the storage of jobs, and the dashboard on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dash import Dash

    from data.jtbd.storage import JobsStorage
    from data.services.services import Services


def services() -> Services:
    """On the site in force, or the sample site. Raises HomeError when the state folder cannot be used."""
    import os

    from data.platform.logs import protect
    from data.services.services import open_services
    from sample.source import TEAMS, SampleSite

    protect()
    return open_services(os.environ, sample=SampleSite(teams=TEAMS))


def jobs_storage() -> JobsStorage:
    """Job specs and records of the same site, opened without Jira and without what numbers need. Raises HomeError."""
    import os

    from data.jtbd.storage import open_jobs_storage
    from data.platform.logs import protect
    from sample.source import SampleSite

    protect()
    return open_jobs_storage(os.environ, examples=SampleSite.jobs)


def create_app(bound: str = "") -> Dash:
    """The dashboard on the real services; `bound` is the address that it listens on, if known. Raises AccessError."""
    import atexit
    import os

    from api.application import Programs
    from callbacks.app import create_app as on
    from data.platform.logs import write_logs
    from data.settings.environment import requests_a_minute

    found = services()
    write_logs(os.environ)
    app = on(found, bound=bound, programs=Programs(requests_a_minute(os.environ)))
    found.make_all()
    atexit.register(found.background.stop, 2.0)
    found.background.start()
    return app
