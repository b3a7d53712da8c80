"""The dashboard in a process of its own, as `make run` starts it, for tests, benchmarks and screenshots."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


@contextmanager
def dashboard(folder: Path, **variables: str) -> Iterator[str]:
    """Gives its address; state and settings live in `folder`. Raises RuntimeError when it does not start."""
    words = [sys.executable, str(CHECKOUT / "app.py"), "serve", "--port", "0"]
    log = folder / "server.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            words, env=environment(folder, variables), cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as running,
    ):
        try:
            line = running.stdout.readline() if running.stdout else ""
            address = next((word for word in line.split() if word.startswith("http://")), "")
            if not address:
                raise RuntimeError(f"the dashboard did not start: {log.read_text()}")
            yield address
        finally:
            running.terminate()


def command(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs `python app.py …` with the same state as `dashboard(folder)`."""
    return subprocess.run(
        [sys.executable, str(CHECKOUT / "app.py"), *words],
        env=environment(folder, variables),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def environment(folder: Path, variables: dict[str, str]) -> dict[str, str]:
    # The width of whoever runs the tests, too; and without bytecode each process would compile everything anew.
    not_ours = ("JIRA_", "THROUGHLINE_", "COLUMNS", "LINES", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(not_ours)}
    ours = {"THROUGHLINE_HOME": str(folder / "home"), "THROUGHLINE_SETTINGS": str(folder / "app_settings.json")}
    return kept | ours | variables
