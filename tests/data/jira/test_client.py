"""The client against a server that misbehaves."""

from __future__ import annotations

import json
import logging
import threading
import time
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from data.jira import comments, errors
from data.jira.answers import Comment
from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.sender import RetryPolicy
from tests.data.jira.fake import DC_INFO, INFO, MYSELF, FakeJira, Reply, fake_cloud, fake_dc
from tests.some import some

SEARCH = "/rest/api/3/search/jql"
TOKEN = "canary-7f3a"
ONE = {"issues": [{"id": "1", "key": "A-1"}], "isLast": True}


class Clock:
    """Remembers the pauses and makes none."""

    def __init__(self):
        self.pauses = []

    def __call__(self, seconds):
        self.pauses.append(seconds)


def client(fake, *, email="me@example.org", token=TOKEN, path="", **more):
    return Jira(Connection(fake.url + path, email, token), **more)


def asked(fake, path=SEARCH):
    return fake.paths[path]


def search(jira):
    return [issue.key for page in jira.search("project = A", ["status"]) for issue in page.issues]


def test_who_we_are_is_asked_before_anything_else():
    with fake_cloud(**{SEARCH: ONE}) as fake, client(fake) as jira:
        assert search(jira) == ["A-1"]
        assert [each.path.rpartition("/")[2] for each in fake.asked] == ["serverInfo", "myself", "jql"]
        assert jira.requests == 3


def test_a_bad_token_stops_after_one_question():
    with fake_cloud(**{"/rest/api/3/myself": Reply(401), SEARCH: ONE}) as fake, client(fake) as jira:
        with pytest.raises(errors.NotAuthorized):
            search(jira)
        assert (asked(fake, "/rest/api/3/myself"), asked(fake)) == (1, 0)


@pytest.mark.parametrize(("email", "scheme"), [("me@example.org", "Basic "), ("", "Bearer ")])
def test_basic_with_an_email_bearer_without(email, scheme):
    with fake_cloud() as fake, client(fake, email=email) as jira:
        assert jira.myself().zone == "Europe/Berlin"
        assert all(each.headers["Authorization"].startswith(scheme) for each in fake.asked)


def test_a_context_path_is_part_of_every_question():
    with FakeJira() as fake:
        fake.routes = {"/jira/rest/api/2/serverInfo": DC_INFO, "/jira/rest/api/2/myself": MYSELF}
        with client(fake, path="/jira") as jira:
            assert (jira.server_info().flavour, jira.myself().name) == ("dc", "Me")


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_trouble_of_the_server_is_tried_again(status):
    clock = Clock()
    with fake_cloud(**{SEARCH: [Reply(status), Reply(status), Reply(body=ONE)]}) as fake:
        with client(fake, pause=clock) as jira:
            assert search(jira) == ["A-1"]
        assert asked(fake) == 3
    assert len(clock.pauses) == 2
    assert clock.pauses[0] < clock.pauses[1] < 30


def test_after_four_tries_it_is_reported():
    with fake_cloud(**{SEARCH: Reply(502)}) as fake, client(fake, pause=Clock()) as jira:
        with pytest.raises(errors.ServerTrouble):
            search(jira)
        assert asked(fake) == 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 418])
def test_other_refusals_are_never_tried_again(status):
    with fake_cloud(**{SEARCH: Reply(status, {"errorMessages": ["no"]})}) as fake:
        with client(fake, pause=Clock()) as jira, pytest.raises(errors.JiraError):
            search(jira)
        assert asked(fake) == 1


@pytest.mark.parametrize("said", ["0", "0.2", "1", "http-date"])
def test_nothing_is_asked_before_retry_after_is_over(said):
    refused: list[float] = []
    gap: list[float] = []

    def answer(_):
        if not refused:
            refused.append(time.monotonic())
            date = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
            return Reply(429, headers={"Retry-After": date if said == "http-date" else said})
        gap.append(time.monotonic() - refused[0])
        return Reply(body=ONE)

    with fake_cloud(**{SEARCH: answer}) as fake, client(fake) as jira:
        assert search(jira) == ["A-1"]
    assert gap[0] >= (1.0 if said == "http-date" else float(said))


def test_a_rate_limit_holds_back_every_thread():
    until: list[float] = []
    early: list[str] = []

    def limited(_):
        if not until:
            until.append(time.monotonic() + 0.5)
            return Reply(429, headers={"Retry-After": "0.5"})
        return other(_)

    def other(request):
        if until and time.monotonic() < until[0]:
            early.append(request.path)
        return []

    with fake_cloud(**{"/rest/api/3/field": limited, "/rest/api/3/status": other}) as fake, client(fake) as jira:
        jira.myself()
        first = threading.Thread(target=jira.fields)
        first.start()
        while not until:
            time.sleep(0.005)
        time.sleep(0.1)  # the refusal has arrived
        jira.statuses()
        first.join()
    assert early == []


def test_unreadable_retry_after_backs_off():
    answers = [Reply(429, headers={"Retry-After": "soon"}), Reply(body=ONE)]
    with fake_cloud(**{SEARCH: answers}) as fake, client(fake) as jira:
        assert search(jira) == ["A-1"]


def test_an_hour_is_reported_not_waited_for():
    refused = Reply(429, headers={"Retry-After": "3600", "RateLimit-Reason": "jira-quota-global-based"})
    with fake_cloud(**{SEARCH: refused}) as fake, client(fake, pause=Clock()) as jira:
        with pytest.raises(errors.RateLimited) as caught:
            search(jira)
        assert (caught.value.retry_after, asked(fake)) == (3600, 1)


def test_a_person_waits_no_longer_than_their_patience():
    with fake_cloud(**{SEARCH: Reply(429, headers={"Retry-After": "15"})}) as fake:
        with client(fake, patience=RetryPolicy(longest=10)) as jira, pytest.raises(errors.RateLimited):
            search(jira)
        assert asked(fake) == 1


def test_a_login_page_instead_of_data_is_told_apart():
    page = Reply(200, b"<html><title>Log in</title></html>", {"Content-Type": "text/html"})
    with fake_cloud(**{SEARCH: page}) as fake, client(fake, pause=Clock()) as jira:
        with pytest.raises(errors.NotJira):
            search(jira)
        assert asked(fake) == 1


@pytest.mark.parametrize("answer", [Reply(200, {"hello": "world"}), Reply(404), Reply(200, b"<html>", {})])
def test_an_address_without_jira_says_so(answer):
    with FakeJira() as fake:
        fake.routes = {"/rest/api/3/serverInfo": answer, "/rest/api/2/serverInfo": answer}
        with client(fake, pause=Clock()) as jira, pytest.raises(errors.NotJira) as caught:
            jira.server_info()
        assert "address" in caught.value.hint


@pytest.mark.parametrize("broken", [Reply(200, b'{"issues": [{"id": "1", "ke'), Reply(200, ONE, cut=9)])
def test_a_broken_answer_is_asked_for_again(broken):
    with fake_cloud(**{SEARCH: [broken, Reply(body=ONE)]}) as fake, client(fake, pause=Clock()) as jira:
        assert search(jira) == ["A-1"]
        assert asked(fake) == 2


def test_an_answer_that_stays_broken_is_reported():
    with fake_cloud(**{SEARCH: Reply(200, b"{")}) as fake, client(fake, pause=Clock()) as jira:
        with pytest.raises(errors.BadAnswer):
            search(jira)
        assert asked(fake) == 4


def test_a_redirect_to_another_origin_gets_no_token():
    with FakeJira() as other, FakeJira() as fake:
        fake.routes = {"/rest/api/3/serverInfo": Reply(302, headers={"Location": f"{other.url}/rest/api/3/serverInfo"})}
        with client(fake, pause=Clock()) as jira, pytest.raises(errors.Redirected):
            jira.server_info()
        assert other.asked == []


def test_a_redirect_on_the_same_origin_is_followed_for_reading():
    with fake_cloud() as fake:
        fake.routes["/rest/api/3/myself"] = Reply(301, headers={"Location": "/elsewhere"})
        fake.routes["/elsewhere"] = MYSELF
        with client(fake) as jira:
            assert jira.myself().name == "Me"


def test_redirects_in_a_circle_end():
    with FakeJira() as fake:
        fake.routes = {"/rest/api/3/serverInfo": Reply(302, headers={"Location": "/rest/api/3/serverInfo"})}
        with client(fake, pause=Clock()) as jira, pytest.raises(errors.Redirected):
            jira.server_info()
        assert len(fake.asked) < 6


def test_a_response_bomb_is_refused():
    with fake_cloud(**{SEARCH: Reply(200, b" " * 300_000)}) as fake:
        with client(fake, patience=RetryPolicy(most_bytes=100_000)) as jira, pytest.raises(errors.TooLarge):
            search(jira)
        assert asked(fake) == 1


def test_an_answer_as_large_as_it_may_be_is_read():
    whole = json.dumps(ONE).encode().ljust(50_000)
    for most, fits in ((len(whole), True), (len(whole) - 1, False)):
        patience = RetryPolicy(most_bytes=most)
        with fake_cloud(**{SEARCH: Reply(200, whole)}) as fake, client(fake, patience=patience) as jira:
            if fits:
                assert search(jira) == ["A-1"]
            else:
                with pytest.raises(errors.TooLarge):
                    search(jira)


def test_a_hanging_server_is_given_up():
    with fake_cloud(**{SEARCH: lambda _: time.sleep(0.5) or ONE}) as fake:
        jira = client(fake, patience=RetryPolicy((1, 0.1), tries=2), pause=Clock())
        with jira, pytest.raises(errors.Unreachable) as caught:
            search(jira)
        assert "too long" in str(caught.value)


def test_nobody_there_is_unreachable():
    with FakeJira() as fake:
        url = fake.url
    with Jira(Connection(url, "", TOKEN), pause=Clock()) as jira, pytest.raises(errors.Unreachable):
        jira.server_info()


def test_a_token_that_leads_round_in_circles_is_reported_not_taken_for_the_end():
    page = {"issues": [{"id": "1", "key": "A-1"}], "nextPageToken": "again"}
    with fake_cloud(**{SEARCH: page}) as fake, client(fake) as jira:
        with pytest.raises(errors.BadAnswer, match="circles"):
            search(jira)
        assert (asked(fake), jira.restarts) == (8, 3)


def test_a_token_that_repeats_once_begins_the_query_anew():
    pages = [
        Reply(body={"issues": [{"id": n, "key": f"A-{n}"}], "nextPageToken": t})
        for n, t in ((1, "a"), (2, "a"), (1, "a"))
    ]
    with (
        fake_cloud(**{SEARCH: [*pages, Reply(body={"issues": [{"id": "2", "key": "A-2"}]})]}) as fake,
        client(fake) as jira,
    ):
        assert search(jira) == ["A-1", "A-2", "A-1", "A-2"]
        assert jira.restarts == 1


def test_an_empty_page_with_a_token_is_not_the_end():
    pages = [Reply(body={"issues": [], "nextPageToken": "t"}), Reply(body=ONE)]
    with fake_cloud(**{SEARCH: pages}) as fake, client(fake) as jira:
        assert search(jira) == ["A-1"]


def test_data_center_pages_by_what_it_grants():
    rows = [{"id": str(n), "key": f"A-{n}", "fields": {}} for n in range(7)]

    def page(request):
        start = request.body["startAt"]
        return {"startAt": start, "maxResults": 3, "total": 7, "issues": rows[start : start + 3]}

    with fake_dc(**{"/rest/api/2/search": page}) as fake, client(fake) as jira:
        assert search(jira) == [f"A-{n}" for n in range(7)]
        assert asked(fake, "/rest/api/2/search") == 3


def test_bulk_changelogs_join_an_issue_that_spans_pages():
    def page(request):
        if request.body.get("nextPageToken"):
            return {"issueChangeLogs": [{"issueId": "1", "changeHistories": [entry("12")]}]}
        logs = [{"issueId": "1", "changeHistories": [entry("11")]}, {"issueId": "9", "changeHistories": [entry("91")]}]
        return {"issueChangeLogs": logs, "nextPageToken": "t"}

    def entry(number):
        return {"id": number, "created": 1_700_000_000_000, "items": [{"field": "status", "to": "3"}]}

    with fake_cloud(**{"/rest/api/3/changelog/bulkfetch": page}) as fake, client(fake) as jira:
        found = jira.changelogs([1, 2])
    assert {number: [each.id for each in histories] for number, histories in found.items()} == {1: ["11", "12"], 2: []}


def an_entry(*items):
    rows = [{"field": "status", "fieldId": "status", "from": before, "to": after} for before, after in items]
    return {"id": "11", "created": "2025-01-01T00:00:00.000+0000", "items": rows}


def moves(history):
    return [(each.source, each.target) for each in history.items]


def test_an_entry_that_spans_two_pages_has_the_items_of_both_each_once():
    def bulk(request):
        second = bool(request.body.get("nextPageToken"))
        part = an_entry(("2", "3"), ("3", "4")) if second else an_entry(("1", "2"), ("2", "3"))
        return {"issueChangeLogs": [{"issueId": "1", "changeHistories": [part]}]} | (
            {} if second else {"nextPageToken": "t"}
        )

    with fake_cloud(**{"/rest/api/3/changelog/bulkfetch": bulk}) as fake, client(fake) as jira:
        [history] = jira.changelogs([1])[1]
    assert moves(history) == [("1", "2"), ("2", "3"), ("3", "4")]


def test_one_issue_with_many_entries_is_read_to_the_end():
    entries = [{"id": str(n), "created": "2025-01-01T00:00:00.000+0000", "items": []} for n in range(250)]

    def page(request):
        start = int(dict(part.split("=") for part in request.query.split("&"))["startAt"])
        return {"values": entries[start : start + 100], "total": 250, "startAt": start, "isLast": start + 100 >= 250}

    with fake_cloud(**{"/rest/api/3/issue/1/changelog": page}) as fake, client(fake) as jira:
        assert len(jira.changelog(1)) == 250


def test_versions_are_paged_where_the_plain_list_is_missing():
    def page(request):
        start = int(dict(part.split("=") for part in request.query.split("&"))["startAt"])
        rows = [{"id": str(n), "name": f"v{n}", "released": True} for n in range(start, min(start + 50, 120))]
        return {"values": rows, "startAt": start, "total": 120, "isLast": start + 50 >= 120}

    with fake_cloud(**{"/rest/api/3/project/A/version": page}) as fake, client(fake) as jira:
        assert len(jira.versions("A")) == 120


def test_waiting_ends_at_once_when_cancelled():
    stop = threading.Event()
    refused = Reply(429, headers={"Retry-After": "50"})
    with fake_cloud(**{SEARCH: refused}) as fake, client(fake, cancelled=stop.is_set) as jira:
        threading.Timer(0.2, stop.set).start()
        begun = time.monotonic()
        with pytest.raises(errors.Cancelled):
            search(jira)
    assert time.monotonic() - begun < 25, "it did not wait for the 50 s"


def test_cookies_are_not_kept():
    with fake_cloud(**{SEARCH: Reply(body=ONE, headers={"Set-Cookie": "JSESSIONID=other; Path=/"})}) as fake:
        with client(fake) as jira:
            search(jira)
            search(jira)
        assert all("Cookie" not in each.headers for each in some(fake.asked, 2))


def test_surroundings_do_not_change_where_the_token_goes(monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with fake_cloud() as fake, client(fake, email="") as jira:
        jira.myself()
        assert fake.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "answer",
    [Reply(401), Reply(403), Reply(400), Reply(500), Reply(200, b"<html>"), Reply(429), Reply(200, b"{", cut=1)],
)
def test_the_token_is_in_no_error_and_no_log(answer, caplog):
    caplog.set_level(logging.DEBUG)
    with fake_cloud(**{SEARCH: answer}) as fake, client(fake, pause=Clock(), patience=RetryPolicy(tries=2)) as jira:
        with pytest.raises(errors.JiraError) as caught:
            search(jira)
        seen = (
            "".join(traceback.format_exception(caught.value)) + repr(caught.value) + json.dumps(caught.value.to_dict())
        )
        seen += caplog.text + repr(jira) + repr(vars(jira))
    assert TOKEN not in seen
    assert "Basic " not in seen


def test_cloud_or_data_center_is_what_server_info_says():
    with fake_cloud() as fake, client(fake) as jira:
        assert jira.cloud
        assert jira.server_info().title == INFO["serverTitle"]
    with fake_dc() as fake, client(fake) as jira:
        assert not jira.cloud


# ---- comments


def comment(number, author="ada"):
    return {
        "id": str(number),
        "created": f"2025-01-01T10:{number:02}:00.000+0000",
        "author": {"accountId": author},
        "body": {"type": "doc"},
    }


def start_of(asked):
    return int(dict(part.split("=") for part in asked.query.split("&"))["startAt"])


@pytest.mark.parametrize("granted", [1, 3, 100])
def test_all_comments_of_an_issue_come_page_by_page(granted):
    rows = [comment(n) for n in range(7)]

    def answer(asked):
        start = start_of(asked)
        return {"comments": rows[start : start + granted], "startAt": start, "total": 7, "maxResults": granted}

    with fake_cloud(**{"/rest/api/3/issue/5/comment": answer}) as fake, client(fake) as jira:
        page = jira.comments(5)
        assert fake.paths["/rest/api/3/issue/5/comment"] == -(-7 // granted)
    assert ([each.id for each in page.comments], page.total) == (list(range(7)), 7)
    assert page.comments[0] == Comment(0, 1735725600000000, "ada")


def test_comments_that_are_counted_and_do_not_come_end_the_asking():
    def answer(asked):
        return {"comments": [] if start_of(asked) else [comment(1)], "total": 4}

    with fake_cloud(**{"/rest/api/3/issue/5/comment": answer}) as fake, client(fake) as jira:
        page = jira.comments(5)
    assert (len(page.comments), page.total) == (1, 4)
    assert not comments.is_whole(page)


@pytest.mark.parametrize(
    ("author", "account"),
    [
        ({"accountId": "a", "name": "n"}, "a"),
        ({"key": "JIRAUSER1", "name": "n"}, "JIRAUSER1"),
        ({"name": "n"}, "n"),
        (None, None),
        ("?", None),
    ],
)
def test_who_commented(author, account):
    shown = comments.of_field(
        {"comments": [{"id": 3, "created": "2025-01-15T09:00:00.000+0000", "author": author}], "total": 1}
    )
    assert shown.comments[0].author == account
    assert comments.is_whole(shown)


@pytest.mark.parametrize("value", [None, [], "text", {}, {"comments": None}, {"comments": 3}])
def test_no_comments_are_shown(value):
    assert comments.of_field(value) is None


@pytest.mark.parametrize(
    "row",
    [
        {"id": "x", "created": "2025-01-15T09:00:00.000+0000"},
        {"id": 4, "created": "soon"},
        {"created": "2025-01-15T09:00:00.000+0000"},
        7,
        None,
    ],
)
def test_a_comment_that_cannot_be_read_leaves_the_list_short(row):
    shown = comments.of_field({"comments": [row, {"id": 5, "created": "2025-01-15T09:00:00.000+0000"}], "total": 2})
    assert (len(shown.comments), comments.is_whole(shown)) == (1, False)


@pytest.mark.parametrize(
    "row",
    [{"id": 1.5, "name": "Flagged"}, {"id": "a"}, {"id": "a", "name": [3]}, {"id": "a", "name": "b", "schema": "c"}, 7],
)
def test_a_field_that_cannot_be_read_is_a_bad_answer(row):
    """Without it a sync would not know which changes to keep."""
    answer = [{"id": "summary", "name": "Summary"}, row]
    with (
        fake_cloud(**{"/rest/api/3/field": answer}) as fake,
        client(fake, pause=Clock()) as jira,
        pytest.raises(errors.BadAnswer),
    ):
        jira.fields()
