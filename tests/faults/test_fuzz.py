"""Whatever an endpoint answers: only typed errors leave the client, and a sync never says complete where something
lacks.
"""

from __future__ import annotations

import http.client
import io
import json
import os
import random
import re
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from sqlalchemy import select
from urllib3 import HTTPHeaderDict, HTTPResponse

from data.jira import host_limiter
from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.errors import JiraError
from data.jira.sender import RetryPolicy
from data.store import schema
from data.store.issue_store import IssueStore
from data.sync.run import SyncResult, sync
from tests.faults import fuzz
from tests.faults.conftest import empty
from tests.faults.oracle import JQL
from tests.faults.pages import Limits, Pages, Refused, SeenRequest
from tests.faults.server import Reply
from tests.faults.site import Site
from tests.faults.variants import LONG

MANY = int(os.environ.get("FUZZED_ANSWERS", "10000"))  # of each endpoint, in the long run
URL = "http://127.0.0.1:9"
FIELDS = ["summary", "status", "updated", "created", "comment", "customfield_10016", "customfield_10020"]
POLICY = RetryPolicy(timeout=(1, 1), tries=2, longest=0, deadline=60, most_bytes=2_000_000)
Wrong = Callable[[SeenRequest, Any], Reply | None]


class Inside(BaseAdapter):
    """Answers a session's requests without a network. `wrong` gives another answer than the good one, or None."""

    def __init__(self, pages: Pages, wrong: Wrong) -> None:
        super().__init__()
        self.pages, self.wrong, self._http = pages, wrong, HTTPAdapter()

    def send(self, request: requests.PreparedRequest, **_more: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        body = json.loads(request.body) if request.body else None
        asked = SeenRequest(0, str(request.method), parts.path, dict(parse_qsl(parts.query)), body, "me")
        try:
            value = self.pages.answer(asked)
            reply = self.wrong(asked, value) or Reply(
                200, {"Content-Type": "application/json"}, json.dumps(value).encode()
            )
        except Refused as error:
            reply = Reply(
                error.status, {"Content-Type": "application/json"}, json.dumps({"errorMessages": error.said}).encode()
            )
        message = http.client.HTTPMessage()
        for name, text in reply.headers.items():
            message.add_header(name, text)
        raw = HTTPResponse(
            io.BytesIO(reply.body),
            HTTPHeaderDict(reply.headers),
            reply.status,
            preload_content=False,
            decode_content=False,
            request_method=request.method,
        )
        raw._original_response = SimpleNamespace(msg=message, isclosed=lambda: True, close=lambda: None)
        return self._http.build_response(request, raw)

    def close(self) -> None:
        """Nothing is open."""


def client(pages: Pages, wrong: Wrong) -> Jira:
    """A client whose requests never leave the process."""
    jira = Jira(Connection(URL, "me@example.org", "t"), patience=POLICY, pause=lambda _: None)
    jira._sender._session.mount("http://", Inside(pages, wrong))
    return jira


def good(_asked: SeenRequest, _value: Any) -> None:
    """Nothing is wrong."""


def small_site() -> Site:
    """A few issues, with histories, comments and sprints."""
    return Site(7, seed=5)


def pages_of(flavour: str, **limits: Any) -> Pages:
    return Pages(small_site(), flavour, Limits(**limits))


def some_ids(pages: Pages) -> list[int]:
    return list(pages.site.tickets)


# ---- the client


ENDPOINTS: dict[str, tuple[str, Callable[[Jira, list[int]], Any]]] = {
    "server info": ("cloud", lambda jira, _: jira.server_info()),
    "myself": ("cloud", lambda jira, _: jira.myself()),
    "fields": ("cloud", lambda jira, _: jira.fields()),
    "statuses": ("cloud", lambda jira, _: jira.statuses()),
    "issue types": ("cloud", lambda jira, _: jira.issue_types()),
    "projects": ("cloud", lambda jira, _: jira.projects()),
    "versions": ("cloud", lambda jira, _: jira.versions("ALPHA")),
    "boards": ("cloud", lambda jira, _: jira.boards("ALPHA")),
    "sprints": ("cloud", lambda jira, _: jira.sprints(1)),
    "count": ("cloud", lambda jira, _: jira.approximate_count(JQL)),
    "search": ("cloud", lambda jira, _: list(jira.search(JQL, FIELDS, expand_changelog=True, size=3))),
    "newest": ("cloud", lambda jira, _: list(jira.newest(JQL, FIELDS, 5))),
    "changelogs": ("cloud", lambda jira, ids: jira.changelogs(ids)),
    "changelog": ("cloud", lambda jira, ids: jira.changelog(ids[0])),
    "comments": ("cloud", lambda jira, ids: [jira.comments(each) for each in ids[:3]]),
    "projects, Data Center": ("dc", lambda jira, _: jira.projects()),
    "versions, Data Center": ("dc", lambda jira, _: jira.versions("ALPHA")),
    "count, Data Center": ("dc", lambda jira, _: jira.approximate_count(JQL)),
    "search, Data Center": ("dc", lambda jira, _: list(jira.search(JQL, FIELDS, expand_changelog=True, size=3))),
}


@pytest.mark.parametrize("answers", [60, pytest.param(MANY, marks=LONG)])
@pytest.mark.parametrize("name", ENDPOINTS)
def test_only_typed_errors_leave_the_client(name, answers):
    """Every answer of the endpoint is a little wrong, each in another way."""
    dice = random.Random(zlib.crc32(name.encode()))  # noqa: S311 - reproducible
    flavour, ask = ENDPOINTS[name]
    pages = pages_of(flavour, page=3, dc_page=3, change_page=5, comment_page=2, changelog_page=2)
    wrong, count, outcomes = [False], 0, Counter()

    def answer(_asked: SeenRequest, value: Any) -> Reply | None:
        nonlocal count
        if not wrong[0]:
            return None
        count += 1
        return fuzz.change(dice, value) if dice.random() < 0.9 else None

    while count < answers:
        host_limiter.forget()
        with client(pages, answer) as jira:
            wrong[0] = name in ("server info", "myself")
            try:
                jira.myself()
                wrong[0] = True
                for _ in range(20):
                    jira.restarts = 0
                    outcomes[outcome(lambda jira=jira: ask(jira, some_ids(pages)))] += 1
            except JiraError:
                outcomes["error"] += 1
            wrong[0] = False
    assert outcomes["good"] and outcomes["error"], "the answers are all good, or all refused"


def outcome(work: Callable[[], Any]) -> str:
    """good or error; another exception than JiraError fails the test."""
    try:
        work()
    except JiraError as error:
        assert error.message and error.hint and "Traceback" not in str(error)
        return "error"
    return "good"


# ---- syncs


SYNCED: dict[str, tuple[str, str]] = {
    "server info": ("cloud", "serverInfo"),
    "myself": ("cloud", "myself"),
    "fields": ("cloud", "/field"),
    "statuses": ("cloud", "/status"),
    "issue types": ("cloud", "/issuetype"),
    "versions": ("cloud", "/versions"),
    "boards": ("cloud", "1.0/board$"),
    "sprints": ("cloud", "/sprint"),
    "count": ("cloud", "/approximate-count"),
    "search": ("cloud", "/search/jql"),
    "changelogs": ("cloud", "/bulkfetch"),
    "changelog": ("alone", "/changelog$"),
    "comments": ("cloud", "/comment$"),
    "search, Data Center": ("dc", "/search"),
    "comments, Data Center": ("dc", "/comment$"),
}


SAID = [schema.issue.c[name] for name in ("issue_id", "project_key", "type_id", "status_id", "created", "updated")]


def what_is_held(store: IssueStore) -> tuple[set, Counter, set]:
    """Issues with what Jira says of each, how many changes each has, ids of comments."""
    with store.engine.connect() as connection:
        return (
            set(map(tuple, connection.execute(select(*SAID)))),
            Counter(connection.scalars(select(schema.change.c.issue_id))),
            set(connection.scalars(select(schema.comment.c.comment_id))),
        )


def one_sync(
    pages: Pages, path: Path, wrong: Wrong, *, first: bool = True
) -> tuple[SyncResult, tuple[set, Counter, set]]:
    """A first sync into an empty store, or one more."""
    host_limiter.forget()
    if first:
        path.write_bytes(empty())
    store = IssueStore(path)
    with client(pages, wrong) as jira:
        result = sync(jira.connection, store, jql=JQL, jira=jira, now=pages.site.clock)
    held = what_is_held(store)
    store.close()
    return result, held


@pytest.fixture(scope="module")
def truths() -> dict[str, tuple[set, Counter, set]]:
    """What good syncs hold, by flavour."""
    return {}


@pytest.mark.parametrize("answers", [12, pytest.param(MANY, marks=LONG)])
@pytest.mark.parametrize("name", SYNCED)
def test_complete_is_never_said_where_something_lacks(name, answers, tmp_path, truths):
    """Some answers of the endpoint are wrong; a sync that says complete holds all issues, changes and comments, be it
    the first one or the next.
    """
    dice = random.Random(zlib.crc32(name.encode()))  # noqa: S311 - reproducible
    flavour, pattern = SYNCED[name]
    pages = pages_of(
        "dc" if flavour == "dc" else "cloud",
        page=3,
        id_page=4,
        dc_page=3,
        change_page=8,
        comments=1,
        dc_comments=1,
        comment_page=2,
        changelog_page=2,
        bulk=flavour != "alone",
    )
    path = tmp_path / "issues.sqlite"
    if flavour not in truths:
        result, truths[flavour] = one_sync(pages, path, good)
        assert result.complete, result
    count, outcomes = 0, Counter()

    def answer(asked: SeenRequest, value: Any) -> Reply | None:
        nonlocal count
        if not re.search(pattern, asked.path):
            return None
        count += 1
        last.append(dice.getstate())
        return fuzz.change(dice, value) if dice.random() < 0.5 else None

    first = True
    while count < answers:
        last: list[Any] = []
        result, held = one_sync(pages, path, answer if first or dice.random() < 0.5 else good, first=first)
        # Where something lacks, often one more sync goes over it.
        first = result.complete or dice.random() < 0.5
        outcomes["error" if result.error else "complete" if result.complete else "incomplete"] += 1
        if result.error:
            assert not result.complete and result.error["message"] and result.error["hint"]
        elif result.complete:
            # Comments that Jira refuses to this account are named, and do not count as lacking.
            compared = 2 if "comments" in {each["what"] for each in result.unread} else 3
            assert held[:compared] == truths[flavour][:compared], f"wrong after {count} answers; {result.warnings}"
        else:
            assert result.warnings, "not complete, and nobody says why"
    print(name, dict(outcomes), count)


def test_the_fuzzer_makes_answers_of_all_kinds():
    """Statuses, headers and bodies differ, and most bodies are still JSON."""
    dice = random.Random(1)  # noqa: S311 - reproducible
    value = {"issues": [{"id": "1", "key": "A-1", "fields": {"summary": "x"}}], "total": 1}
    replies = [fuzz.change(dice, value) for _ in range(500)]
    assert len({each.status for each in replies}) > 20
    assert len({each.body for each in replies}) > 200
    assert len({tuple(each.headers.items()) for each in replies}) > 20
    assert sum(is_json(each.body) for each in replies) > 200


def is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
