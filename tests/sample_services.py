"""Services for tests: with a folder of their own, over the sample site."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from data.services.services import Services, open_services
from sample.source import SampleSite

ISSUES = 300


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of an installation that keeps everything below the folder; `more` adds variables."""
    return {"THROUGHLINE_HOME": str(folder / "home"), "THROUGHLINE_SETTINGS": str(folder / "app_settings.json"), **more}


def sample_services(folder: Path, issues: int = ISSUES, clock: Callable[[], datetime] | None = None) -> Services:
    """Services of an installation below the folder that knows the sample site and has not read it."""
    sample = SampleSite(issues=issues)
    env = environment(folder)
    return open_services(env, sample=sample) if clock is None else open_services(env, sample=sample, clock=clock)


def synced_services(folder: Path, issues: int = ISSUES, clock: Callable[[], datetime] | None = None) -> Services:
    """The same, after the first sync."""
    services = sample_services(folder, issues, clock)
    assert services.sync.run(services.snapshot()).error is None
    return services
