"""Commands in processes that need not import anything: one process has imported it all, and forks for each command.

`forked` is `tests.dashboard.command` for tests of what a command says and does. That it starts at all, from nothing but
`python app.py`, is what `command` is for; it takes several times as long, nearly all of it for imports.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.dashboard import CHECKOUT, command, environment

LONGEST = 120  # seconds until a command is ended
MODULES = (
    "assembly",
    "cli.program",
    "data.services.numbers",
    "data.services.charts",
    "data.services.forecast",
    "data.jtbd.serving",
    "data.metrics.breakdown",
    "data.services.overview",
    "data.exports.html.page",
    "data.services.teams",
    "data.services.doctor",
    "data.services.sprints",
    "data.services.catalogue",
    "rich.table",
    "sample.generator",
    "sample.preset",
    "sample.server",
    "sample.source",
)


def forked(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs `python app.py …` like `tests.dashboard.command`, in a fork of a process that has everything imported."""
    if not hasattr(os, "fork"):
        return command(folder, *words, **variables)
    with tempfile.TemporaryDirectory() as own:
        out, err = Path(own, "out"), Path(own, "err")
        told = {
            "words": words,
            "env": environment(folder, variables),
            "cwd": str(folder),
            "files": [str(out), str(err)],
        }
        process = _zygote()
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
        code = int(process.stdout.readline())
        assert code != -signal.SIGALRM, f"{words} did not end: {err.read_text('utf-8')}"
        return subprocess.CompletedProcess(list(words), code, out.read_text("utf-8"), err.read_text("utf-8"))


@cache
def _zygote() -> subprocess.Popen[str]:
    env = environment(Path("/nowhere"), {})  # what is read while importing must not be anybody's own
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forked"],
        cwd=CHECKOUT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    process.communicate()


def serve() -> None:
    """Reads a command a line, and says how each ended."""
    import_all()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            become(**json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def import_all() -> None:
    """What commands import themselves, when they are run. No thread may begin here."""
    for name in MODULES:
        import_module(name)


def become(words: list[str], env: dict[str, str], cwd: str, files: list[str]) -> Any:
    """This process is `python app.py …` from now on; it ends as that does."""
    from cli import main

    signal.alarm(LONGEST)
    for number, name in enumerate((os.devnull, *files)):
        flags = os.O_WRONLY | os.O_CREAT if number else os.O_RDONLY
        opened = os.open(name, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["app.py", *words]
    sys.exit(main(words))


if __name__ == "__main__":
    serve()
