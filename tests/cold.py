"""Servers that start with nothing: no bytecode, no settings, no state."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.dashboard import CHECKOUT, environment

SERVERS = ("serve", "gunicorn")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def words_of(server: str, port: int, workers: int) -> list[str]:
    """The command that starts `serve`, or gunicorn with so many workers, on the port."""
    if server == "serve":
        return [sys.executable, str(CHECKOUT / "app.py"), "serve", "--port", str(port)]
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "app:server",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        str(workers),
        "--threads",
        "8",
        "--timeout",
        "120",
        "--no-control-socket",
    ]


@contextmanager
def cold(server: str, folder: Path, workers: int = 1) -> Iterator[str]:
    """The address of a server with no bytecode, no settings and no state, from the moment when its port answers."""
    port = free_port()
    variables = {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(
            words_of(server, port, workers), env=environment(folder, variables), cwd=CHECKOUT, stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + 120
        while True:
            assert running.poll() is None, (folder / "log").read_text()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                assert time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        try:
            running.wait(60)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
