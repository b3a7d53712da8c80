"""Pages and histories travel side by side, and nothing is lost on the way."""

from __future__ import annotations

import re
import threading
import time

import pytest

from data.jira import crew, reading
from data.jira.answers import Page
from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.crew import Crew
from data.jira.errors import Cancelled, Unreachable
from data.jira.reading import Census
from data.store.issue_store import IssueStore
from data.sync.run import sync
from tests.data.jira.fake import FakeSite, an_issue, fake_dc


def test_never_more_than_four_requests_at_once():
    busy, most, lock = [0], [0], threading.Lock()

    def count(_):
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        time.sleep(0.02)
        with lock:
            busy[0] -= 1

    with FakeSite(1200) as site, Jira(Connection(site.url, "", "t")) as jira:
        for path in ("/rest/api/3/search/jql", "/rest/api/3/changelog/bulkfetch"):
            answer = site.routes[path]
            site.routes[path] = lambda asked, answer=answer: count(asked) or answer(asked)
        found = list(reading.read(jira, "project = A", ["status", "updated"], histories=["status"]))
    assert 2 <= most[0] <= crew.AT_ONCE
    assert sum(len(each.issues) for each in found if isinstance(each, Page)) == 1200
    assert {number for each in found if isinstance(each, dict) for number in each} == set(site.issues)
    assert [len(each.ids) for each in found if isinstance(each, Census)] == [1200]


def test_answers_that_nobody_takes_do_not_pile_up():
    begun = []
    with Crew(size=2) as crew:
        for n in range(50):
            crew.start(n, begun.append, n)
        results = crew.results()
        next(results)
        time.sleep(0.05)
        assert len(begun) <= 5
        assert len(list(results)) == 49
    assert len(begun) == 50


def test_a_cancelled_crew_does_not_wait_for_its_threads():
    stop, hold = threading.Event(), threading.Event()
    with Crew(stop.is_set) as crew:
        crew.start("slow", hold.wait, 10)
        stop.set()
        with pytest.raises(Cancelled):
            list(crew.results())
    assert not hold.is_set()
    hold.set()


def test_what_is_ready_or_under_way_comes_before_a_failure():
    """And nothing new is begun after it."""
    failed, slow = threading.Event(), threading.Event()
    begun = []

    def work(name):
        begun.append(name)
        if name == "slow":
            failed.wait(5)
            slow.set()
        elif name == "bad":
            failed.set()
            raise Unreachable
        return name

    with Crew(size=2) as crew:
        for name in ("good", "slow", "bad", *range(20)):
            crew.start(name, work, name)
        came = []
        with pytest.raises(Unreachable):
            for name, done in crew.results():
                came.append(name)
                done.result()
    assert slow.is_set()
    assert came[-1] == "bad" and {"good", "slow"} < set(came)
    assert set(came) == set(begun), "an answer that came was not handed over"
    assert len(begun) < 10


def test_what_is_ready_comes_before_a_cancellation():
    stop = threading.Event()
    with Crew(stop.is_set, size=2) as crew:
        for n in range(4):
            crew.start(n, int, n)
        while crew._ready.qsize() < 4:
            time.sleep(0.005)
        stop.set()
        came = []
        with pytest.raises(Cancelled):
            came += [name for name, _ in crew.results() if came.append(name) is None]
    assert sorted(came) == [0, 1, 2, 3]


def test_few_issues_need_no_census():
    with FakeSite(3) as site, Jira(Connection(site.url, "", "t")) as jira:
        found = list(reading.read(jira, "project = A", ["status"], histories=None, few=True))
    assert [type(each) for each in found] == [Page]
    assert len(site.asked) == 3, "who, where, and the page"


@pytest.mark.parametrize("granted", [1, 3, 100])
def test_data_center_loses_no_issue_when_one_is_deleted_while_we_read(tmp_path, granted):
    rows = [an_issue(n) | {"changelog": {"histories": [], "total": 0}} for n in range(1, 11)]
    asked_for_all = []

    def search(asked):
        body = asked.body
        shown = rows
        if only := re.search(r"id in \(([\d, ]+)\)", body["jql"]):
            shown = [each for each in rows if each["id"] in only[1].split(", ")]
        start = body["startAt"]
        page = shown[start : start + min(granted, body["maxResults"])]
        answer = {"startAt": start, "total": len(shown), "issues": [dict(each) for each in page]}
        if not asked_for_all:
            asked_for_all.append(asked)
            del rows[0]  # all later ones move up by one
        return answer

    api = "/rest/api/2"
    lists = {f"{api}/field": [], f"{api}/status": [], f"{api}/issuetype": [], f"{api}/project/A/versions": []}
    store = IssueStore(tmp_path / "issues.sqlite")
    with fake_dc(**lists, **{f"{api}/search": search}) as fake:
        result = sync(Connection(fake.url, "", "t"), store, jql="project = A")
    assert result.error is None
    assert set(store.summaries(1, range(1, 11))) >= set(range(2, 11))
    store.close()


def test_a_gateway_address_is_the_base_of_every_path():
    with FakeSite(2) as site:
        gateway = "/ex/jira/11aa-22bb"
        site.routes = {gateway + path: answer for path, answer in site.routes.items()}
        with Jira(Connection(site.url + gateway, "", "t")) as jira:
            assert sum(len(page.issues) for page in jira.search("project = A", ["status"])) == 2
        assert all(each.path.startswith(gateway) for each in site.asked)
