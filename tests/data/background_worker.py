"""A process that works on background tasks until it is killed: `python -m tests.data.background_worker FILE FOLDER`.

Each task writes a file of its own in the folder, slowly, and then a line into `written`.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from data.background.table import TaskTable
from data.background.worker import Control, Kind, Worker
from data.values.background import BackgroundTask
from data.values.json_types import JsonObject

LEASE = 1.0


def made(table: TaskTable, folder: Path, steps: int = 10) -> Worker:
    """A worker with short leases."""

    def run(task: BackgroundTask, control: Control) -> JsonObject:
        with (folder / "begun").open("a") as file:
            file.write(f"{task.id} {time.time()}\n")
        for step in range(steps):
            control.check()
            control.report(step / steps, message=f"step {step}")
            time.sleep(0.03)
        return {"by": os.getpid(), "number": task.spec["n"]}

    worker = Worker(lambda: table, threads=2, lease=LEASE, tick=0.1, idle=0.2, first_wait=0.05)
    worker.kinds["write"] = Kind("write", run)
    return worker


def main() -> None:
    table = TaskTable(Path(sys.argv[1]))
    made(table, Path(sys.argv[2])).start()
    print("ready", flush=True)
    while True:
        time.sleep(1)


if __name__ == "__main__":
    main()
