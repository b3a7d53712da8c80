"""What every test gets: its own state folder, no Jira from the environment, examples that can be drawn again, children
with default signals, a limit of time, a real browser."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from hypothesis import is_hypothesis_test, seed, settings

from tests import chromium, seeding
from tests.slow import is_slow

settings.register_profile("seeded", seeding.examples())
settings.load_profile("seeded")

_OURS = ("JIRA_", "THROUGHLINE_")
LONGEST = 3_600  # seconds that a test of `make torture` may take; the others: `timeout` in pyproject.toml


def pytest_configure() -> None:
    """Nothing that runs before the first test, or for the whole session, may touch a person's own state."""
    give_children_default_signals()
    for name in [name for name in os.environ if name.startswith(_OURS)]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="throughline-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["THROUGHLINE_HOME"] = str(folder / "home")
    os.environ["THROUGHLINE_SETTINGS"] = str(folder / "app_settings.json")


def give_children_default_signals() -> None:
    """Programs that tests start can be ended, also where the tests themselves ignore signals, as background jobs do.

    A new program inherits that a signal is ignored, but not a handler: a handler that does nothing keeps this process
    as it is and gives its children the default.
    """
    for name in ("SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows lacks some
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


@pytest.hookimpl(tryfirst=True)  # before markers choose
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks by what a test is.

    On a busy machine a click may meet a page that is just being drawn: there a browser test gets a second chance, and
    the summary counts it. Tests with `@given` draw. The long ones of `make torture` may take an hour.
    """
    for item in items:
        if os.environ.get("CI") and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))
        if is_slow(item.nodeid):
            item.add_marker(pytest.mark.slow)
        if is_hypothesis_test(test := getattr(item, "function", None)):
            item.add_marker(pytest.mark.seeded)
            if seeding.base():
                seed(seeding.base())(test)
        if item.get_closest_marker("torture") or (seeding.base() and item.get_closest_marker("seeded")):
            item.add_marker(pytest.mark.timeout(LONGEST))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how to draw the same examples again."""
    if seeding.base():
        terminalreporter.write_line(f"Examples were drawn with {seeding.VARIABLE}={seeding.base()}.")


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


@pytest.hookimpl(optionalhook=True)  # of dash's own plugin
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
