"""Runs the tests of one mutant after another, each in a fork of a process that has the libraries imported already.

`python -m mutants.worker`, started in the top folder of a copy of the tree, reads a JSON object a line:
{"tests": [function, …], "limit": seconds, "output": file}. It answers with {"code": exit code of pytest or null}.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path

# No module of the product, nor of its tests: each fork imports those as the mutant has them.
LIBRARIES = (
    "numpy",
    "pandas",
    "pytest",
    "hypothesis.strategies",
    "sqlalchemy",
    "dash",
    "plotly.graph_objects",
    "flask",
    "msgspec",
    "pydantic",
    "requests",
    "typer",
    "rich.table",
    "pytest_httpserver",
    "xdist",
    "_pytest.doctest",
)


def main() -> None:
    """Serves until the input ends."""
    sys.path.insert(0, str(Path.cwd()))
    for name in LIBRARIES:
        with suppress(ImportError):
            import_module(name)
    for line in sys.stdin:
        print(json.dumps({"code": run(**json.loads(line))}), flush=True)


def run(tests: list[str], limit: float, output: str) -> int | None:
    """The exit code of pytest for these tests, or None where they took longer than `limit` seconds."""
    child = os.fork()
    if not child:
        _become_pytest(tests, output)
    end = time.monotonic() + limit
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            _end_group(child)  # what the tests started and did not end
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    _end_group(child)
    os.waitpid(child, 0)
    return None


def _end_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _become_pytest(tests: list[str], output: str) -> None:
    """This process runs the tests and ends."""
    code = 70
    try:
        os.setsid()
        opened = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for number, file in enumerate((os.open(os.devnull, os.O_RDONLY), opened, opened)):
            os.dup2(file, number)
        _look_for_no_smaller_example()
        import pytest

        words = ["-x", "-q", "--tb=short", "-m", "not torture"]
        words += [each for name in ("randomly", "cacheprovider", "xdist") for each in ("-p", f"no:{name}")]
        words += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # the libraries were imported before pytest
        code = int(pytest.main([*words, *tests]))
    except BaseException:  # noqa: BLE001 - whatever it is, this process must not go on as a worker
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _look_for_no_smaller_example() -> None:
    """That an example fails is enough; looking for a smaller one may take minutes."""
    from hypothesis.internal.conjecture import engine

    engine.MAX_SHRINKING_SECONDS = 0


if __name__ == "__main__":
    main()
