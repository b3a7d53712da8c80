"""A process that has everything imported, and forks writers in milliseconds: `python -m tests.torture.zygote`.

Reads one JSON list a line: ["start", pipe, writer, path, …] answers the process id, ["kill", id] kills it with -9.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from tests.torture import writers


def main() -> None:
    for line in sys.stdin:
        what, *told = json.loads(line)
        answer = start(*told) if what == "start" else kill(*told)
        print(answer, flush=True)


def start(pipe: str, name: str, *more: str) -> int:
    child = os.fork()
    if child:
        return child
    try:
        writers.run(name, os.open(pipe, os.O_WRONLY), *more)
    finally:
        os._exit(1)


def kill(child: int) -> int:
    """How it ended: -9 unless it ended by itself before."""
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
