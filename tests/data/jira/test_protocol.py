"""What each answer of Jira means, without a network."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from data.jira import endpoints, entities, errors, http_errors, protocol
from data.jira.http_errors import refusal, wait_seconds

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def body(**values):
    return json.dumps(values).encode()


@pytest.mark.parametrize(
    ("status", "headers", "text", "query", "kind"),
    [
        (200, {"Content-Type": "application/json"}, b"{}", False, None),
        (200, {"Content-Type": "text/html;charset=UTF-8"}, b"<html>log in</html>", False, errors.NotJira),
        (200, {}, b"\n <!DOCTYPE html>", False, errors.NotJira),
        (200, {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}, b"[]", False, errors.NotAuthorized),
        (200, {"X-Seraph-LoginReason": "OK"}, b"[]", False, None),
        (302, {"Location": "https://login.example"}, b"", False, errors.Redirected),
        (400, {}, body(errorMessages=["Field 'x' does not exist"]), True, errors.BadQuery),
        (400, {}, body(errorMessages=["no"]), False, errors.JiraError),
        (401, {}, b"", False, errors.NotAuthorized),
        (401, {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=x"}, b"", False, errors.CaptchaRequired),
        (403, {}, b"{}", False, errors.Forbidden),
        (403, {"X-Seraph-LoginReason": "AUTHENTICATION_DENIED"}, b"", False, errors.NotAuthorized),
        (404, {}, b"", False, errors.NotFound),
        (405, {}, b"", False, errors.MethodNotAllowed),
        (407, {}, b"", False, errors.ProxyRefused),
        (401, {}, body(code=401, message="Unauthorized; scope does not match"), False, errors.ScopeMissing),
        (403, {}, body(message="Insufficient scopes"), False, errors.ScopeMissing),
        (403, {"Content-Type": "text/html", "Server": "cloudflare"}, b"<html>Request blocked", False, errors.Blocked),
        (403, {"Content-Type": "text/html", "X-AREQUESTID": "1x2x3"}, b"<html>Forbidden", False, errors.Forbidden),
        (403, {"Content-Type": "text/plain"}, b"XSRF check failed", False, errors.CrossSite),
        (403, {}, body(errorMessages=["XSRF check failed"]), False, errors.CrossSite),
        (408, {}, b"", False, errors.ServerTrouble),
        (410, {}, body(errorMessages=["migrate to /rest/api/3/search/jql"]), True, errors.Gone),
        (429, {"Retry-After": "7"}, b"", False, errors.RateLimited),
        (500, {}, b"", False, errors.ServerTrouble),
        (503, {}, b"<html>busy</html>", False, errors.ServerTrouble),
        (503, {"Retry-After": "7"}, b"", False, errors.RateLimited),
        (504, {}, b"", True, errors.ServerTrouble),
    ],
)
def test_each_status_is_the_error_it_stands_for(status, headers, text, query, kind):
    found = refusal(status, headers, text, now=NOW, query=query)
    assert type(found) is (kind if kind else type(None))
    if found:
        assert found.hint
        assert found.message


def test_what_jira_says_is_passed_on_in_one_short_line():
    said = body(errorMessages=["Error in the JQL\nQuery:  x"], errors={"jql": "bad"})
    error = refusal(400, {}, said, now=NOW, query=True)
    assert str(error).startswith("Jira does not accept the query: Error in the JQL Query: x; jql: bad. ")
    long = refusal(400, {}, body(message="y" * 5000), now=NOW)
    assert len(long.message) < 400


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "3"}, 3),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "1.25"}, 1.25),
        ({"Retry-After": format_datetime(NOW + timedelta(seconds=9), usegmt=True)}, 9),
        ({"Retry-After": format_datetime(NOW - timedelta(hours=1), usegmt=True)}, 0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
        ({"X-RateLimit-Reset": "2026-03-01T12:00:20Z"}, 20),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 30)}, 30),
        ({"Retry-After": "4", "X-RateLimit-Reset": "2026-03-01T13:00Z"}, 4),
    ],
)
def test_the_wait_is_read_in_every_spelling(headers, seconds):
    assert wait_seconds(headers, NOW) == seconds


def test_a_rate_limit_says_when_to_come_back_and_why():
    error = refusal(429, {"Retry-After": "3600", "RateLimit-Reason": "jira-quota-global-based"}, b"", now=NOW)
    assert error.retry_after == 3600
    assert str(error) == (
        "Jira asked us to slow down (jira-quota-global-based). "
        "Sync again in 60 minutes; the data you have stays as it is."
    )


@pytest.mark.parametrize(
    ("jql", "plain"),
    [
        ("project = A ORDER BY rank", "project = A"),
        ("order by created", ""),
        ('summary ~ "order by" order  by key', 'summary ~ "order by"'),
        ("text ~ 'it\\'s order by' AND a = 1", "text ~ 'it\\'s order by' AND a = 1"),
        ('"Order by" = 3', '"Order by" = 3'),
        ("reorder by = 3", "reorder by = 3"),
    ],
)
def test_the_users_order_is_stripped_but_never_quoted_text(jql, plain):
    assert endpoints.without_order(jql) == plain


def test_pages_are_read_until_there_is_no_token():
    page = protocol.read_search(body(issues=[{"id": "1", "key": "A-1"}], nextPageToken="t"), {})
    assert ([each.key for each in page.issues], page.next_token) == (["A-1"], "t")
    assert protocol.read_search(body(issues=[], nextPageToken="t", isLast=True), {}).next_token is None
    assert protocol.read_search(body(issues=[]), {}).next_token is None


def test_data_center_goes_on_after_what_came_not_after_what_was_asked():
    page = protocol.read_search(body(issues=[{"id": "1"}, {"id": "2"}], startAt=0, maxResults=500, total=5), {})
    assert protocol.after(page, None) == 2
    assert protocol.after(page, 3) is None


def test_one_unreadable_issue_does_not_lose_the_page():
    page = protocol.read_search(body(issues=[{"id": "1", "key": "A-1"}, {"key": "A-2", "fields": 7}, {"id": 3}]), {})
    assert ([each.id for each in page.issues], page.odd) == (["1", 3], ["A-2"])


def test_a_failed_login_with_an_empty_answer_is_an_error():
    with pytest.raises(errors.NotAuthorized):
        protocol.read_search(body(issues=[]), {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"})
    with pytest.raises(errors.NotAuthorized):
        protocol.read_myself(b"{}", {})


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"issues": 3}', b'{"issues": [{"id": "1"', b"\xff\xfe"])
def test_broken_json_is_a_bad_answer(text):
    with pytest.raises(errors.BadAnswer):
        protocol.read_search(text, {})


@pytest.mark.parametrize(
    ("kind", "flavour"), [("Cloud", "cloud"), ("Server", "dc"), ("DataCenter", "dc"), ("CLOUD", "cloud")]
)
def test_the_flavour_comes_from_server_info(kind, flavour):
    assert protocol.read_server_info(body(deploymentType=kind, version="1")).flavour == flavour


def test_json_that_is_not_jiras_is_told_apart():
    with pytest.raises(errors.BadAnswer):
        protocol.read_server_info(body(hello="world"))


@pytest.mark.parametrize(
    ("row", "category"),
    [
        ({"id": 1, "statusCategory": {"id": 4, "key": "indeterminate"}}, "indeterminate"),
        ({"id": 1, "statusCategory": {"key": "undefined"}}, "new"),
        ({"id": 1, "statusCategory": {"id": 1}}, "new"),
        ({"id": 1, "statusCategory": {"id": 2}}, "new"),
        ({"id": 1, "statusCategory": {"id": 3}}, "done"),
        ({"id": 1, "statusCategory": {"id": 4}}, "indeterminate"),
        ({"id": 1}, "indeterminate"),
    ],
)
def test_status_categories(row, category):
    assert entities.status(row).category == category


def test_lists_come_plain_or_paged():
    def told(text, start=0):
        page = protocol.read_list(text, start)
        return page.rows, page.row_count, page.last, page.total

    assert told(b'[{"id": 1}, 7]') == ([{"id": 1}, 7], 2, True, None)
    assert told(body(values=[{"id": 1}], isLast=False)) == ([{"id": 1}], 1, False, None)
    assert told(body(values=[{"id": 1}], startAt=5, total=6), 5) == ([{"id": 1}], 1, None, 6)


@pytest.mark.parametrize(
    "text",
    [
        body(values=[], startAt="x"),
        body(values=[], startAt=3),
        body(values=[{}], total=0),
        body(values=[], total=-1),
        body(values={}),
        body(values=None),
        b'"x"',
        b"null",
        body(values=[], isLast="yes"),
    ],
)
def test_a_list_whose_place_or_size_cannot_be_right_is_a_bad_answer(text):
    with pytest.raises(errors.BadAnswer):
        protocol.read_list(text)


def test_a_row_that_cannot_be_read_is_left_out_unless_all_are_needed():
    rows = [{"id": 1, "name": "To Do"}, 7, {"name": "no id"}, {"id": 2, "statusCategory": {"id": [3]}}]
    assert [each.id for each in protocol.read_rows(rows, entities.status)] == ["1", "2"]
    with pytest.raises(errors.BadAnswer):
        protocol.read_rows(rows, entities.status, all_needed=True)


@pytest.mark.parametrize("text", [b"{}", b'{"errorMessages": []}', b'{"issueChangeLogs": null}'])
def test_an_answer_without_histories_is_not_an_empty_history(text):
    with pytest.raises(errors.BadAnswer):
        protocol.read_bulk_changelogs(text)
    with pytest.raises(errors.BadAnswer):
        protocol.read_issue_changelog(text)


def test_bulk_fetching_names_at_most_ten_fields():
    assert "fieldIds" not in endpoints.bulk_changelogs([1], [f"f{n}" for n in range(11)]).body
    assert endpoints.bulk_changelogs([1], ["status"]).body["fieldIds"] == ["status"]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("999999999", 999_999_999), ("9" * 40, 1e9), ("Fri, 31 Dec 9999 23:59:59 GMT", None)],
)
def test_a_pause_beyond_an_hour_is_told_with_its_end(said, seconds):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    error = http_errors.refusal(429, {"Retry-After": said}, b"", now=now)
    assert error.retry_after == seconds or (seconds is None and error.retry_after > 1e9)
    assert "asks to wait until" in error.hint
    assert "in an hour" in error.hint, "nobody waits for years"


def test_a_pause_of_some_hours_is_told_with_its_end_and_not_doubted():
    error = http_errors.refusal(429, {"Retry-After": "7200"}, b"", now=datetime(2026, 1, 1, tzinfo=UTC))
    assert re.search(r"until \d{4}-\d\d-\d\d \d\d:\d\d UTC", error.hint)
    assert "in an hour" not in error.hint


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("A/../../myself?x=1#", "/rest/api/3/project/A%2F..%2F..%2Fmyself%3Fx%3D1%23/versions"),
        ("ÄB C", "/rest/api/3/project/%C3%84B%20C/versions"),
    ],
)
def test_a_project_key_stays_one_piece_of_the_path(key, path):
    assert endpoints.all_versions("3", key).path == path
    assert endpoints.versions("3", key, 0).path == path.removesuffix("s")


@pytest.mark.parametrize("key", ["", ".", "..", "..."])
def test_a_project_key_that_no_path_can_hold_is_not_asked_for(key):
    with pytest.raises(errors.NotFound):
        endpoints.all_versions("3", key)


def test_words_are_looked_for_in_errors_only(monkeypatch):
    """A good answer is decoded once, by the reader."""
    monkeypatch.setattr(
        http_errors, "messages", lambda *_: pytest.fail("a good answer was decoded to look for an error")
    )
    assert http_errors.refusal(200, {"Content-Type": "application/json"}, b"{}", now=datetime.now(UTC)) is None


def test_a_good_page_is_decoded_once(monkeypatch):
    monkeypatch.setattr(protocol, "_decode", lambda *_: pytest.fail("a good page was decoded twice"))
    page = protocol.read_search(body(issues=[{"id": "1", "key": "A-1", "fields": {"summary": "x"}}], isLast=True), {})
    assert page.issues[0].fields == {"summary": "x"}


@pytest.mark.parametrize("status", [201, 202, 204, 205, 206, 226])
def test_only_a_whole_answer_is_a_good_one(status):
    error = http_errors.refusal(status, {"Content-Type": "application/json"}, b"{}", now=datetime.now(UTC))
    assert isinstance(error, errors.BadAnswer)
