"""A tiny Jira for tests: answers as scripted, remembers what it was asked."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zoneinfo import ZoneInfo


@dataclass
class Asked:
    method: str
    path: str
    query: str
    body: Any
    headers: dict[str, str]


@dataclass
class Reply:
    status: int = 200
    body: Any = None  # JSON, or bytes as they are
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0  # bytes left out at the end, although announced


class FakeJira:
    """`routes`: path → JSON, Reply, list of Replies (one a call, the last stays), or a function of SeenRequest."""

    def __init__(self, **routes: Any) -> None:
        self.routes: dict[str, Any] = dict(routes)
        self.asked: list[Asked] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # a client that goes away is no news
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> FakeJira:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def paths(self) -> Counter:
        return Counter(each.path for each in self.asked)

    def reply(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            found = self.routes.get(asked.path, Reply(404, {"errorMessages": [f"no {asked.path}"]}))
            if found and isinstance(found, list) and all(isinstance(each, Reply) for each in found):
                found = found.pop(0) if len(found) > 1 else found[0]
        if isinstance(found, Callable):
            found = found(asked)
        return found if isinstance(found, Reply) else Reply(body=found)


def _handler(fake: FakeJira) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one piece: nobody waits for acknowledgements
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            path, _, query = self.path.partition("?")
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(raw) if raw else None
            reply = fake.reply(Asked(self.command, path, query, body, dict(self.headers)))
            out = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            headers = {"Content-Type": "application/json"} | reply.headers
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(out)))
            self.end_headers()
            self.wfile.write(out[: len(out) - reply.cut])
            self.wfile.flush()
            if reply.cut:
                self.close_connection = True

        do_GET = do_POST = _answer

        def log_message(self, *_: object) -> None:
            pass

    return Handler


INFO = {"deploymentType": "Cloud", "version": "1001.0.0", "serverTitle": "Fake", "baseUrl": "https://fake.example"}
DC_INFO = INFO | {"deploymentType": "Server", "version": "10.3.1"}
MYSELF = {"accountId": "me", "displayName": "Me", "timeZone": "Europe/Berlin"}


def fake_cloud(**more: Any) -> FakeJira:
    fake = FakeJira()
    fake.routes = {"/rest/api/3/serverInfo": INFO, "/rest/api/3/myself": MYSELF} | more
    return fake


def fake_dc(**more: Any) -> FakeJira:
    fake = FakeJira()
    fake.routes = {"/rest/api/2/serverInfo": DC_INFO, "/rest/api/2/myself": MYSELF} | more
    return fake


class FakeSite(FakeJira):
    """A Cloud site with issues, that pages by token; `issues` may change between syncs."""

    def __init__(self, count: int = 3, *, page: int = 100) -> None:
        super().__init__()
        self.page = page
        # Each was updated an hour after the one before; with 250 the last on 11 January at 10 o'clock.
        days = (
            datetime(2025, 1, 1, tzinfo=timezone(timedelta(hours=1))) + timedelta(hours=n) for n in range(1, count + 1)
        )
        self.issues = {1000 + n: an_issue(1000 + n, updated=day.isoformat()) for n, day in enumerate(days, 1)}
        self.histories: dict[int, list] = {number: [a_move(number)] for number in self.issues}
        self.fields = [
            {"id": "customfield_1", "name": "Story Points", "custom": True, "schema": {"type": "number"}},
            {"id": "customfield_2", "name": "Flagged", "custom": True, "schema": {"type": "array", "items": "option"}},
            {"id": "customfield_3", "name": "Deployment date", "custom": True, "schema": {"type": "datetime"}},
        ]
        self.versions = [{"id": "70", "name": "1.0", "released": True, "releaseDate": "2025-02-01"}]
        api = "/rest/api/3"
        self.routes = {
            f"{api}/serverInfo": INFO,
            f"{api}/myself": MYSELF,
            f"{api}/field": lambda _: self.fields,
            f"{api}/status": [
                {"id": "1", "name": "To Do", "statusCategory": {"key": "new"}},
                {"id": "3", "name": "Done", "statusCategory": {"key": "done"}},
            ],
            f"{api}/issuetype": [{"id": "10", "name": "Story", "subtask": False, "hierarchyLevel": 0}],
            f"{api}/project/A/versions": lambda _: self.versions,
            f"{api}/search/approximate-count": lambda _: {"count": len(self.issues)},
            f"{api}/search/jql": self._search,
            f"{api}/changelog/bulkfetch": self._changes,
        }

    def _search(self, asked: Asked) -> Any:
        start = int(asked.body.get("nextPageToken", "t0")[1:])
        fields = asked.body["fields"]
        rows = list(self.issues.values())
        if only := re.search(r"\bid in \(([\d, ]+)\)", asked.body["jql"]):
            ids = [each.strip() for each in only[1].split(",")]
            gone = [each for each in ids if int(each) not in self.issues]
            if gone:
                said = [f"A value with ID '{each}' does not exist for the field 'id'." for each in gone]
                return Reply(400, {"errorMessages": said})
            rows = [each for each in rows if each["id"] in ids]
        if since := re.search(r'updated >= "([\d: -]+)"', asked.body["jql"]):
            limit = datetime.strptime(since[1], "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo("Europe/Berlin"))
            rows = [each for each in rows if datetime.fromisoformat(each["fields"]["updated"]) >= limit]
        if set(fields) <= {"id", "key"}:
            return {"issues": [{"id": each["id"], "key": each["key"]} for each in rows], "isLast": True}
        some = rows[start : start + self.page]
        shown = [each | {"fields": {k: v for k, v in each["fields"].items() if k in fields}} for each in some]
        following = start + self.page
        return {"issues": shown} | ({"nextPageToken": f"t{following}"} if following < len(rows) else {"isLast": True})

    def _changes(self, asked: Asked) -> Any:
        ids = [int(each) for each in asked.body["issueIdsOrKeys"]]
        logs = [{"issueId": str(n), "changeHistories": self.histories[n]} for n in ids if self.histories.get(n)]
        return {"issueChangeLogs": logs}


def an_issue(number: int, **fields: Any) -> dict:
    base = {
        "summary": f"Issue {number}",
        "project": {"id": "5", "key": "A", "name": "Alpha"},
        "issuetype": {"id": "10", "name": "Story", "subtask": False, "hierarchyLevel": 0},
        "status": {"id": "3", "name": "Done", "statusCategory": {"key": "done"}},
        "created": "2025-01-15T10:00:00.000+0100",
        "updated": "2025-01-20T10:00:00.000+0100",
        "labels": ["x"],
        "components": [{"id": "1", "name": "API"}],
        "fixVersions": [{"id": "70", "name": "1.0"}],
        "comment": {"comments": [], "total": 0},
        "customfield_1": number % 7,
    }
    return {"id": str(number), "key": f"A-{number}", "fields": base | fields}


def a_move(number: int, *, at: Any = 1737200000123, field: str = "status") -> dict:
    item = {"field": field, "fieldId": field, "from": "1", "fromString": "To Do", "to": "3", "toString": "Done"}
    return {"id": str(number * 10), "created": at, "items": [item]}
