"""What every test gets: its own state folder, no Jira from the environment, reproducible properties, a real browser."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import chromium

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

_OURS = ("JIRA_", "THROUGHLINE_")


def pytest_configure() -> None:
    """Nothing that runs before the first test, or for the whole session, may touch a person's own state."""
    for name in [name for name in os.environ if name.startswith(_OURS)]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="throughline-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["THROUGHLINE_HOME"] = str(folder / "home")
    os.environ["THROUGHLINE_SETTINGS"] = str(folder / "app_settings.json")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On a busy machine a click may meet a page that is just being drawn: there a browser test gets a second chance, and
    the summary counts it."""
    if os.environ.get("CI"):
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder and a settings file of the test's own, neither existing yet; gives their parent folder."""
    folder = tmp_path_factory.mktemp("state")
    for name in [name for name in os.environ if name.startswith(_OURS)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("THROUGHLINE_HOME", str(folder / "home"))
    monkeypatch.setenv("THROUGHLINE_SETTINGS", str(folder / "app_settings.json"))
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the checkout that holds real issues and Jira's OpenAPI documents; skips where it is absent."""
    folder = Path(__file__).resolve().parent.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared data is not beside this checkout")
    return folder


def pytest_setup_options():  # type: ignore[no-untyped-def]
    """How dash_duo starts Chromium."""
    from selenium.webdriver.chrome.options import Options

    options = Options()
    options.binary_location = chromium.driven() or ""
    for flag in ("--headless=new", *chromium.FLAGS):
        options.add_argument(flag)
    return options


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """How Playwright starts Chromium: the machine's own, nothing downloaded."""
    path = chromium.executable()
    return {**browser_type_launch_args, "executable_path": path, "args": list(chromium.FLAGS)}
