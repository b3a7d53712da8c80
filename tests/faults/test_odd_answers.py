"""Answers of odd shapes and sizes: what can be read is kept, what cannot is named, and complete is said only when
proved.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults import faults
from tests.faults.conftest import Syncs
from tests.faults.pages import SeenRequest
from tests.faults.server import Change, Reply
from tests.faults.site import NOTE, Site

BOTH = pytest.mark.parametrize("flavour", ["cloud", "dc"])


@pytest.fixture
def syncs(make, request: pytest.FixtureRequest) -> Syncs:
    """One sync of a small site with small pages."""
    flavour = getattr(request, "param", "cloud")
    return make(1, Site(25, seed=3), flavour, page=9, id_page=10, dc_page=9)


def on_bytes(work: Callable[[bytes], bytes]) -> Change:
    def change(_asked: SeenRequest, reply: Reply) -> Reply:
        reply.body = work(reply.body)
        return reply

    return change


def nested(levels: int) -> Any:
    """The text of a comment in which somebody put a list into a list, again and again."""
    found: dict[str, Any] = {"type": "text", "text": "x"}
    for _ in range(levels):
        found = {"type": "bulletList", "content": [{"type": "listItem", "content": [found]}]}
    return found


def some_issue(syncs: Syncs) -> int:
    """One that the query finds."""
    return next(each.id for each in syncs.site.indexed() if each.histories and each.project != "GAMMA")


# ---- depth


@pytest.mark.parametrize("levels", [60, 247, 5_000])
@BOTH
def test_a_comment_that_is_nested_too_deeply_costs_nothing(make, flavour, levels):
    """Nobody reads the texts of comments: the issue, its comments and all others arrive."""
    syncs = make(1, Site(25, seed=3), flavour, page=9, dc_page=9)

    def deepen(reply: bytes) -> bytes:
        opened = b'{"type":"bulletList","content":[{"type":"listItem","content":['
        return reply.replace(b'"No <b>text</b>"', opened * levels + b'"x"' + b"]}]}" * levels, 1)

    syncs.server.fault(on_bytes(deepen), "page", times=None)
    syncs.server.fault(on_bytes(deepen), "comments", times=None)
    syncs.sync()
    syncs.good()


@pytest.mark.parametrize("levels", [60, 5_000])
def test_an_issue_with_a_value_that_is_nested_too_deeply_is_left_out_counted_and_named(syncs, levels):
    syncs.mapped = {NOTE}
    number = some_issue(syncs)

    def mark(_asked: SeenRequest, found: Any) -> Any:
        for issue in found["issues"]:
            if issue["id"] == str(number):
                issue["fields"][NOTE] = "@deep@"
        return found

    def deepen(reply: bytes) -> bytes:
        return reply.replace(b'"@deep@"', b'{"a":[' * 2 * levels + b"1" + b"]}" * 2 * levels)

    syncs.server.fault(faults.edited(mark), "page", times=None)
    syncs.server.fault(on_bytes(deepen), "page", times=None)
    [result] = syncs.sync()
    assert (result.error, result.complete, result.left_out) == (None, False, 1)
    assert result.issues == len([each for each in syncs.site.indexed() if each.project != "GAMMA"]) - 1
    assert any(syncs.site.tickets[number].key in text for text in result.warnings)
    syncs.recovers()


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"errorMessages":' * 3_000, b'{"errorMessages":[' + b"[" * 900 + b"]" * 900 + b"]}"]
)
@pytest.mark.parametrize(("status", "code"), [(500, "server_trouble"), (400, "bad_query"), (403, "forbidden")])
def test_an_error_that_is_nested_too_deeply_is_an_error_like_any_other(syncs, body, status, code):
    syncs.server.fault(faults.body(body, code=status), "census", times=None)
    syncs.sync()
    syncs.refused(code)
    syncs.recovers()


@pytest.mark.parametrize(
    ("on", "body"),
    [
        ("page", b"[" * 100_000),
        ("page", b'{"issues":' * 3_000),
        ("page", b'{"issues":[' + b"[" * 5_000),
        ("census", b"[" * 5_000),
        ("changes", b"[" * 5_000),
        ("field", b"[" * 5_000),
        ("versions", b"[" * 5_000),
        ("serverInfo", b"[" * 5_000),
    ],
)
def test_an_answer_that_is_nothing_but_depth_is_a_typed_error(syncs, on, body):
    syncs.server.fault(faults.body(body), on, times=None)
    [result] = syncs.sync()
    if on == "versions":
        assert (result.error, [each for each in result.warnings if "versions" in each] != []) == (None, True)
    else:
        syncs.refused("bad_answer", "not_jira")
    syncs.recovers()


# ---- marks, encodings, parts


@BOTH
def test_a_byte_order_mark_is_accepted(make, flavour):
    syncs = make(1, Site(25, seed=3), flavour, page=9)
    syncs.server.fault(on_bytes(lambda data: b"\xef\xbb\xbf" + data), times=None)
    syncs.sync()
    syncs.good()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le"])
def test_another_encoding_is_a_typed_error(syncs, encoding):
    syncs.server.fault(on_bytes(lambda data: data.decode().encode(encoding)), "page", times=None)
    syncs.sync()
    syncs.refused("bad_answer")


@pytest.mark.parametrize("on", ["page", "census", "changes"])
def test_a_part_of_an_answer_is_not_the_answer(syncs, on):
    """206 with an empty list."""
    empty = json.dumps({"issues": [], "isLast": True, "issueChangeLogs": []}).encode()
    syncs.server.fault(faults.body(empty, code=206, Content_Range="bytes 0-2/900"), on, times=None)
    [result] = syncs.sync()
    syncs.refused("bad_answer")
    assert "206" in result.error["message"]
    syncs.recovers()


def test_a_web_page_that_is_said_to_be_json_is_asked_for_again(syncs):
    syncs.server.fault(faults.body(faults.LOGIN_PAGE, Content_Type="application/json"), "page", times=2)
    syncs.sync()
    syncs.good()


def test_an_address_that_is_none_is_a_typed_error(syncs):
    syncs.server.fault(faults.redirect("http://[::1"), "myself", times=None)
    syncs.sync()
    syncs.refused("redirected")


# ---- completeness


def test_an_empty_census_is_no_proof_where_jira_counts_issues(syncs):
    """200, no issues, the last page; but the count says otherwise."""
    syncs.server.fault(faults.body(json.dumps({"issues": [], "isLast": True}).encode()), "census", times=None)
    [result] = syncs.sync()
    assert (result.error, result.complete, result.issues) == (None, False, 0)
    assert any("Jira counts" in text for text in result.warnings)
    syncs.recovers()


@pytest.mark.parametrize("lies", [1, 3])
def test_a_census_that_lacks_issues_is_read_once_more(syncs, lies):
    """A page of ids comes without some of them: the count is larger."""

    def cut(_asked: SeenRequest, found: Any) -> Any:
        return found | {"issues": found["issues"][3:]} if "issues" in found else found

    syncs.server.fault(faults.edited(cut), "census", times=lies)
    syncs.sync()
    syncs.good()


def test_data_center_that_sends_the_same_page_whatever_is_asked_for_ends_soon(make):
    """It ignores startAt: a typed error after a few requests, not the same issues for ever."""
    syncs = make(1, Site(40, seed=3), "dc", dc_page=9)
    stuck(syncs)
    syncs.sync()
    syncs.refused("bad_answer")
    assert syncs.server.count("search") <= 14
    syncs.recovers()


def stuck(syncs: Syncs, *, told: bool = False) -> None:
    """The site gives its first page to everybody; `told`: and says that it is the first."""

    def first(asked: SeenRequest, found: Any) -> Any:
        start = int(asked.body.get("startAt") or 0)
        if "issues" not in found or str(asked.body.get("maxResults")) == "0":
            return found
        page = syncs.server.pages.answer(SeenRequest(0, "POST", asked.path, {}, asked.body | {"startAt": 0}, asked.who))
        return page | {"startAt": 0 if told else start}

    syncs.server.fault(faults.edited(first), "search", times=None)


def test_data_center_that_admits_to_sending_another_page_is_not_believed(make):
    syncs = make(1, Site(40, seed=3), "dc", dc_page=9)
    stuck(syncs, told=True)
    [result] = syncs.sync()
    syncs.refused("bad_answer")
    assert "another page" in result.error["message"]


@pytest.mark.parametrize("total", [0, -1, 1])
def test_a_total_that_cannot_be_right_is_read_to_the_end_and_never_called_complete(make, total):
    """The first page is full, and the site counts fewer: nobody can say whether these are all."""
    syncs = make(1, Site(40, seed=3), "dc", dc_page=9)
    syncs.server.fault(
        faults.edited(lambda _asked, found: found | {"total": total} if "issues" in found else found),
        "search",
        times=None,
    )
    [result] = syncs.sync()
    assert (result.error, result.complete) == (None, False)
    assert any("nobody can tell" in text for text in result.warnings)
    syncs.equal()
    syncs.recovers()


@BOTH
def test_an_issue_whose_id_has_thirty_digits_is_named(make, flavour):
    """It cannot be kept, so the sync is not complete."""
    syncs = make(1, Site(25, seed=3), flavour, page=9, dc_page=9, id_page=10)

    def lengthen(_asked: SeenRequest, found: Any) -> Any:
        if found.get("issues"):
            found["issues"][0]["id"] = "9" * 30
        return found

    syncs.server.fault(faults.edited(lengthen), "search")
    [result] = syncs.sync()
    assert (result.error, result.complete) == (None, False)
    assert result.left_out == 1
    assert any("9" * 30 in text or "that can be kept" in text for text in result.warnings)
    syncs.recovers()


@pytest.mark.parametrize("total", [0, -1])
def test_a_count_of_comments_that_cannot_be_right_is_no_proof(make, total):
    """The issue says that it has fewer comments than it shows: all are asked for."""
    syncs = make(1, Site(25, seed=3), "cloud", comments=2, comment_page=3)

    def alter(_asked: SeenRequest, found: Any) -> Any:
        for issue in found.get("issues", ()):
            if issue.get("fields", {}).get("comment"):
                issue["fields"]["comment"]["total"] = total
        return found

    syncs.server.fault(faults.edited(alter), "page", times=None)
    syncs.sync()
    syncs.good()


@pytest.mark.parametrize("times", [1, None])
@pytest.mark.parametrize("value", [None, {}, "absent"])
@BOTH
def test_an_issue_that_says_nothing_of_its_comments_is_asked_for_once_more(make, flavour, value, times):
    """Where others say at least that there are none; if it stays silent, it is named and the sync is not complete."""
    syncs = make(1, Site(25, seed=3), flavour, page=9, dc_page=9)
    one = some_issue(syncs)

    def silence(_asked: SeenRequest, found: Any) -> Any:
        for issue in found.get("issues", ()):
            if str(issue["id"]) == str(one) and issue.get("fields", {}).pop("comment", None) is not None:
                hit.append(one)
                if value != "absent":
                    issue["fields"]["comment"] = value
        return found

    def first(asked: SeenRequest, found: Any) -> Any:
        return found if hit and times else silence(asked, found)

    hit: list[int] = []
    syncs.server.fault(faults.edited(first), "page", times=None)
    [result] = syncs.sync()
    assert hit and result.error is None
    if result.complete:
        assert times
        syncs.good()
    else:
        assert result.warnings
    syncs.recovers()


@pytest.mark.parametrize("name", ["status", "issuetype", "project", "updated"])
@BOTH
def test_an_issue_without_what_jira_says_of_every_issue_is_named(make, flavour, name):
    """It is counted, and the sync is not complete."""
    syncs = make(1, Site(25, seed=3), flavour, page=9, dc_page=9)

    def leave_out(_asked: SeenRequest, found: Any) -> Any:
        for issue in found.get("issues", ())[:1]:
            issue.get("fields", {}).pop(name, None)
        return found

    syncs.server.fault(faults.edited(leave_out), "page")
    [result] = syncs.sync()
    assert (result.error, result.complete) == (None, False)
    assert any(f"{name} cannot be read" in text for text in result.warnings), result.warnings
    syncs.recovers()


def test_a_page_of_history_that_cannot_be_read_leaves_one_issue_incomplete(syncs):
    """The others have theirs; the issue is named and asked for again."""
    number = some_issue(syncs)

    def alter(_asked: SeenRequest, found: Any) -> Any:
        for each in found.get("issueChangeLogs", ()):
            if each["issueId"] == str(number):
                each["changeHistories"] = "x"
        return found

    syncs.server.fault(faults.edited(alter), "changes", times=None)
    [result] = syncs.sync()
    assert (result.error, result.complete, result.incomplete_histories) == (None, False, 1)
    assert any("history" in text for text in result.warnings)
    syncs.recovers()


# ---- words


def test_a_page_token_that_is_refused_does_not_blame_the_query(syncs):
    syncs.server.fault(faults.expired(), "later", times=None)
    [result] = syncs.sync()
    syncs.refused("bad_page_token")
    assert "JQL" not in result.error["message"] + result.error["hint"]
    assert "next page token is invalid" in result.error["message"]
    syncs.recovers()


@pytest.mark.parametrize(
    ("status", "more"), [(429, {}), (503, {"Retry_After": "7200"}), (400, {}), (403, {}), (500, {})]
)
def test_jiras_own_words_are_kept(syncs, status, more):
    syncs.server.fault(faults.status(status, "Search limit exceeded for this tenant.", **more), "census", times=None)
    [result] = syncs.sync()
    assert "Search limit exceeded for this tenant" in result.error["message"]
