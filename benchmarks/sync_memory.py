"""Peak memory of a full sync: `python -m benchmarks.sync_memory 200000` (the sample server runs in a process of its
own).
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.syncing import unavoidable
from data.jira.connection import Connection
from data.store.issue_store import IssueStore
from data.sync.run import sync

JQL = "created >= -7300d"


def measure(url: str) -> dict[str, float | str | None]:
    """Syncs everything from `url` in this process; MiB, seconds, requests."""
    with tempfile.TemporaryDirectory() as folder:
        store = IssueStore(Path(folder) / "issues.db")
        began = time.perf_counter()
        result = sync(Connection(url, "bench@example.org", "any"), store, jql=JQL, full=True)
        took = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        least = unavoidable(store)
        store.close()
    return {
        "issues": result.issues,
        "peak_mib": round(peak),
        "seconds": round(took, 1),
        "requests": result.requests,
        "unavoidable": least,
        "error": (result.error or {}).get("message"),
    }


def run(issues: int) -> dict[str, float | str | None]:
    """The same with a sample server of so many issues."""
    command = [sys.executable, "app.py", "sample", "--port", "0", "--issues", str(issues), "--seed", "7"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = (server.stdout.readline() if server.stdout else "").strip()
            child = [sys.executable, "-m", "benchmarks.sync_memory", "--url", url]
            return json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
        finally:
            server.terminate()


if __name__ == "__main__":
    found = measure(sys.argv[2]) if sys.argv[1] == "--url" else run(int(sys.argv[1]))
    print(json.dumps(found))
