"""One sync in a process of its own, so that it can be killed: address, store and token are its arguments."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from data.jira.connection import Connection
from data.store.issue_store import IssueStore
from data.sync.run import sync
from tests.faults.oracle import ADDRESS, JQL
from tests.faults.site import SECOND, START


def main(url: str, path: str, token: str) -> None:
    """Syncs once, at a time when a full sync is not due."""
    now = datetime.fromtimestamp(START // SECOND, UTC) + timedelta(hours=1)
    store = IssueStore(path)
    print(sync(Connection(url, "sync0@example.org", token), store, jql=JQL, now=lambda: now, known_as=ADDRESS))
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
