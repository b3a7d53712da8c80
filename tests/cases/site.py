"""One site of the cases, synced, asked as users ask it: by services and by commands."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from unittest import mock

from cli import main, sites
from data.services.services import Services, open_services
from data.services.view import View
from data.values.filters import only
from data.values.metric_value import MetricValue
from sample.serve import make_site
from sample.server import SampleServer
from sample.site import Site

TODAY = datetime(2026, 11, 28, 12, tzinfo=UTC)  # the cases end in November 2026; every question is asked at this moment
JQL = "created >= 2020-01-01"
OCTOBER = ("2026-10-01", "2026-10-31")


@dataclass(frozen=True)
class Answered:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The output of `--format json`. Raises ValueError for other output."""
        return json.loads(self.out)


@dataclass(frozen=True)
class CaseSite:
    """A site in a home of its own. `env`: the environment of its commands; `services`: open on the same home."""

    home: Path
    env: Mapping[str, str]
    services: Services

    def view(
        self,
        first: str = OCTOBER[0],
        last: str = OCTOBER[1],
        *,
        definitions: tuple[tuple[str, str], ...] = (),
        **filters: tuple[str, ...],
    ) -> View:
        """The days (both included), filters and definitions: `view(project=("A",))`."""
        return self.services.view(None, first, last, replace(only(**filters), definitions=definitions))

    def value(self, metric: str, view: View | None = None) -> MetricValue:
        """One number of a view, October where none is given."""
        [found] = self.services.numbers.one(metric, view or self.view())
        return found

    def run(self, *words: str) -> Answered:
        """`python app.py …` in this process, on this home."""
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, self.env, clear=True),
            mock.patch.object(sites, "_services", lambda: self.services),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = main(list(words))
        return Answered(code, out.getvalue(), err.getvalue())


def site_of(folder: Path) -> Site:
    """The site that the files of a case describe. Raises SampleError."""

    def there(name: str) -> Path | None:
        return folder / name if (folder / name).exists() else None

    return make_site(
        data=[folder / "issues.jsonl.gz"],
        fields=there("fields.json"),
        statuses=there("statuses.json"),
        projects=sorted((folder / "projects").glob("*.json")),
        sprints=there("sprints.json"),
    )


@contextmanager
def synced(
    home: Path, site: Site, *, settings: Path | None = None, flavour: Literal["cloud", "dc"] = "cloud"
) -> Iterator[CaseSite]:
    """The site, served on 127.0.0.1 while it is synced into the home. Raises AssertionError where the sync fails."""
    env = {"THROUGHLINE_HOME": str(home), "JIRA_TOKEN": "some-token", "JIRA_JQL": JQL, "HOME": str(home)}
    if settings is not None:
        env["THROUGHLINE_SETTINGS"] = str(shutil.copyfile(settings, home / "app_settings.json"))
        (home / "app_settings.json").chmod(0o600)
    if flavour == "cloud":
        env["JIRA_EMAIL"] = "someone@example.org"
    with SampleServer(site, flavour=flavour) as server:
        env["JIRA_URL"] = server.url
        services = open_services(env, clock=lambda: TODAY)
        result = services.sync.run(services.snapshot())
        assert result.error is None, result.error
    yield CaseSite(home, env, services)


@contextmanager
def without_site(home: Path, jobs: Path | None = None) -> Iterator[CaseSite]:
    """A home in which no Jira is configured: for commands that need none. `jobs`: a register, of which it gets a
    copy.
    """
    env = {"THROUGHLINE_HOME": str(home), "HOME": str(home)}
    if jobs is not None:
        env["THROUGHLINE_JTBD"] = str(home / "jtbd")
        (home / "jtbd").mkdir()
        for file in jobs.iterdir():
            (home / "jtbd" / file.name).write_bytes(file.read_bytes())
    yield CaseSite(home, env, open_services(env, clock=lambda: TODAY))
