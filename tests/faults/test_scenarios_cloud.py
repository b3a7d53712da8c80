"""Cloud: limits, broken answers and refusals as they happen in practice, for one sync and for four at once."""

from __future__ import annotations

import threading
import tracemalloc

import pytest

from tests.faults import faults
from tests.faults.conftest import work
from tests.faults.server import FaultyJira
from tests.faults.site import Site
from tests.faults.variants import LONG, MOSTLY_ALONE

READS = ["serverInfo", "myself", "field", "census", "page", "changes", "versions"]


def test_nothing_is_wrong(syncs):
    syncs.sync()
    syncs.good()
    work(syncs.site)
    syncs.sync()
    syncs.good()


# ---- limits


@MOSTLY_ALONE
@pytest.mark.parametrize("on", ["page", pytest.param("changes", marks=LONG), pytest.param("myself", marks=LONG)])
def test_retry_after_whole_seconds(syncs, on):
    syncs.server.fault(faults.too_many("1", wait=1), on)
    syncs.sync()
    syncs.good()
    syncs.patient()


def test_retry_after_holds_for_all_who_ask_this_site(make):
    syncs = make(4, page=9)
    syncs.server.fault(faults.hang(0.2), "page", times=None)  # so that all are busy while one is told to wait
    syncs.server.fault(faults.too_many("1", wait=1), "page", who="sync2@example.org")
    syncs.sync()
    syncs.good()
    syncs.patient()


@MOSTLY_ALONE
def test_retry_after_decimal(syncs):
    syncs.server.fault(faults.too_many("0.7", wait=0.7), "page")
    syncs.sync()
    syncs.good()
    syncs.patient()


@MOSTLY_ALONE
def test_retry_after_date(syncs):
    syncs.server.fault(faults.too_many_until(0.5), "census")
    syncs.sync()
    syncs.good()
    syncs.patient()


@pytest.mark.parametrize("skew", [-600, pytest.param(600, marks=LONG)])
def test_retry_after_date_of_a_server_whose_clock_is_wrong(make, skew):
    syncs = make(1, page=9)
    syncs.server.fault(faults.hang(0.2), "page", times=None)
    syncs.server.fault(faults.too_many_until(0.5, skew=skew), "page")
    syncs.sync()
    syncs.good()
    syncs.patient()


@MOSTLY_ALONE
def test_retry_after_zero(syncs):
    syncs.server.fault(faults.too_many("0"), "page", times=2)
    syncs.sync()
    syncs.good()
    assert syncs.each("page") <= len(syncs.site.tickets) // 9 + 4 + 2


@pytest.mark.parametrize("said", ["soon", "-5", *(pytest.param(each, marks=LONG) for each in ("1e3", "NaN", "9" * 40))])
def test_retry_after_garbage(make, said):
    syncs = make(1, page=9)
    syncs.server.fault(faults.too_many(said, wait=0.35), "myself")
    syncs.sync()
    syncs.good()
    assert not syncs.server.too_early(grace=0), "it came again at once"


@MOSTLY_ALONE
def test_retry_after_missing(syncs):
    syncs.server.fault(faults.too_many(None), "page")
    syncs.sync()
    syncs.good()


@MOSTLY_ALONE
def test_rate_limit_reset(syncs):
    syncs.server.fault(faults.too_many("0", X_RateLimit_Reset="2020-01-01T00:00Z"), "census")
    syncs.server.fault(faults.too_many_until(0.5, header="X-RateLimit-Reset"), "page")
    syncs.sync()
    syncs.good()
    syncs.patient()


@MOSTLY_ALONE
def test_unavailable_with_retry_after(syncs):
    syncs.server.fault(faults.status(503, wait=1, Retry_After="1"), "page")
    syncs.sync()
    syncs.good()
    syncs.patient()


@pytest.mark.parametrize("on", ["myself", "page", "census"])
def test_long_retry_after_fails_fast(synced, on):
    synced.server.fault(faults.too_many("3600", RateLimit_Reason="jira-quota-tenant-based"), on, times=None)
    synced.sync()
    synced.refused("rate_limited")
    assert all("jira-quota-tenant-based" in each.error["message"] for each in synced.results)
    assert all("minutes" in each.error["hint"] for each in synced.results)
    assert synced.server.count(on) <= 4 * len(synced.stores), "it went on asking"
    synced.forget()
    synced.sync()
    synced.refused("rate_limited")
    assert synced.server.count() == 0, "the hour is not over"
    synced.recovers()


@MOSTLY_ALONE
def test_limit_that_does_not_end(synced):
    synced.server.fault(faults.too_many("0"), "any", times=None)
    synced.sync()
    synced.refused("rate_limited")
    assert synced.each("any") <= 4
    synced.recovers()


# ---- answers that do not arrive


@pytest.mark.parametrize("code", [500, pytest.param(502, marks=LONG), 503, pytest.param(504, marks=LONG)])
def test_server_errors_pass(syncs, code):
    for on in READS:
        syncs.server.fault(faults.status(code), on, times=2)
    syncs.sync()
    syncs.good()


@pytest.mark.parametrize("on", ["myself", "page", "changes"])
def test_server_errors_that_stay(synced, on):
    synced.server.fault(faults.status(500), on, times=None)
    synced.sync(full=True)
    synced.refused("server_trouble")
    assert synced.each(on) <= 16, "many threads went on asking a broken server"
    synced.recovers()


BROKEN = {
    "reset before": faults.reset(),
    "reset within": faults.reset(0.5),
    "cut": faults.cut(),
    "cut to nothing": faults.cut(0),
    "no json": faults.broken_json(),
    "empty": faults.body(b""),
    "null": faults.body(b"null"),
    "list": faults.body(b"[]"),
    "wrong types": faults.body(b'{"issues": 7, "values": 7, "issueChangeLogs": 7, "count": "many"}'),
}
# An empty list may be an answer, and who gets no account is nobody.
MEANT = {("list", "field"), ("list", "versions"), *((how, "myself") for how in ("null", "list", "wrong types"))}


@pytest.mark.parametrize("how", BROKEN)
def test_broken_once(make, how):
    syncs = make(1, page=9, id_page=15, change_page=40)
    for on in READS:
        if (how, on) not in MEANT:
            syncs.server.fault(BROKEN[how], on, after=int(on == "page"))
    syncs.sync()
    syncs.good()


@pytest.mark.parametrize(
    "how",
    ["reset before", pytest.param("reset within", marks=LONG), "cut", "no json"],
)
@MOSTLY_ALONE
def test_broken_twice_everywhere(syncs, how):
    for on in READS:
        syncs.server.fault(BROKEN[how], on, times=2)
    syncs.sync()
    syncs.good()


FOR_EVER = [
    pytest.param(how, on, marks=() if (place + turn) % 7 == 0 else LONG, id=f"{how}, {on}")
    for turn, how in enumerate(BROKEN)
    for place, on in enumerate(["myself", "page", "changes", "census", "versions"])
    if (how, on) not in MEANT
]


@pytest.mark.parametrize(("how", "on"), FOR_EVER)
def test_broken_for_ever(make, how, on):
    syncs = make(1, page=9, id_page=15, change_page=40)
    syncs.sync()
    work(syncs.site)
    syncs.forget()
    syncs.server.fault(BROKEN[how], on, times=None)
    syncs.sync()
    if on == "versions" and all(each.error is None for each in syncs.results):
        # A list that can be missed: it is named, numbers that need it say so, and all else is as the server has it.
        assert all({row["what"] for row in each.unread} == {"versions"} for each in syncs.results)
        syncs.honest()
    else:
        syncs.refused("bad_answer", "unreachable", "not_jira", "not_authorized")
    assert syncs.each(on) <= 20
    syncs.recovers()


@pytest.mark.parametrize("on", ["page", *(pytest.param(each, marks=LONG) for each in ("census", "changes"))])
def test_hang_once(syncs, on):
    syncs.patience.timeout = (5, 0.7)
    syncs.server.fault(faults.hang(), on)
    syncs.sync()
    syncs.good()


@MOSTLY_ALONE
@pytest.mark.parametrize("how", ["hang", "drip"])
def test_hang_and_drip_for_ever(synced, how):
    synced.patience.timeout, synced.patience.deadline = (5, 0.3), 0.6
    synced.server.fault(faults.hang() if how == "hang" else faults.drip(), "data", times=None)
    synced.sync()
    synced.refused("unreachable")
    assert synced.each("data") <= 4
    synced.recovers()


def test_cancelled_while_it_hangs(make):
    syncs = make(1)
    syncs.patience.timeout = (5, 60)
    stop = threading.Event()
    syncs.server.fault(faults.hang(), "page")
    syncs.server.at("page", 1, stop.set)
    syncs.sync(cancelled=stop.is_set)
    syncs.refused("cancelled")
    syncs.server.ending.set()


# ---- too much


@pytest.mark.parametrize(
    "bomb",
    [faults.huge(4_000_000), faults.bomb(60_000_000), faults.bomb(60_000_000, layers=2)],
    ids=["long", "gzip", "gzip twice"],
)
@pytest.mark.parametrize("on", ["page", "changes"])
def test_bombs(make, bomb, on):
    syncs = make(1)
    syncs.sync()
    work(syncs.site)
    syncs.forget()
    syncs.server.fault(bomb, on, times=None)
    tracemalloc.start()
    try:
        syncs.sync()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    syncs.refused("too_large")
    assert syncs.each(on) <= 4
    assert most < 30_000_000, f"{most:,} bytes were in memory"
    syncs.recovers()


# ---- who asks, and where


@pytest.mark.parametrize(
    "on",
    ["serverInfo", "myself", "window", "changes", *(pytest.param(each, marks=LONG) for each in ("field", "versions"))],
)
def test_login_page_with_200(synced, on):
    synced.server.fault(faults.login_page(), on, times=None)
    synced.sync()
    synced.refused("not_jira", "not_authorized")
    assert synced.each(on) <= 4
    synced.recovers()


@pytest.mark.parametrize("on", ["search", "window"])
def test_nobody_with_200(synced, on):
    synced.server.fault(faults.nobody(), on, times=None)
    synced.sync(full=on == "search")
    synced.refused("not_authorized")
    assert synced.each("search") <= 4
    synced.recovers()


def test_bad_token_on_a_public_site(make, at_once):
    syncs = make(at_once, public=True)
    syncs.sync()
    work(syncs.site)
    syncs.forget()
    syncs.site.fields, fields = [], syncs.site.fields
    syncs.sync(token="old")
    syncs.site.fields = fields
    syncs.refused("not_authorized")
    assert syncs.server.count("search") == 0
    syncs.recovers()


DENIED = "CAPTCHA_CHALLENGE; login-url=https://x/login.jsp"
REFUSALS = {
    "401": (faults.status(401, "Unauthorized"), "not_authorized"),
    "403": (faults.status(403, "Forbidden"), "forbidden"),
    "captcha": (faults.status(403, X_Authentication_Denied_Reason=DENIED), "captcha"),
    "captcha 401": (faults.status(401, X_Authentication_Denied_Reason=DENIED), "captcha"),
}
NOW = {
    ("401", "myself"),
    ("401", "page"),
    ("403", "window"),
    ("403", "changes"),
    ("captcha", "serverInfo"),
    ("captcha 401", "field"),
}


@pytest.mark.parametrize(
    ("what", "on"),
    [
        pytest.param(what, on, marks=() if (what, on) in NOW else LONG, id=f"{what}, {on}")
        for what in REFUSALS
        for on in ["serverInfo", "myself", "field", "window", "page", "changes"]
    ],
)
def test_refusals_are_not_tried_again(synced, what, on):
    fault, code = REFUSALS[what]
    synced.server.fault(fault, on, times=None)
    synced.sync(full=on == "page")
    synced.refused(code)
    # What travels side by side may be under way already.
    assert synced.each(on) <= (4 if on in ("page", "changes") else 1)
    synced.recovers()


def test_gone(synced):
    synced.server.fault(faults.status(410, "The requested API has been removed. CHANGE-2046"), "search", times=None)
    synced.sync()
    synced.refused("gone")
    assert synced.each("search") == 1
    assert "CHANGE-2046" in synced.results[0].error["message"]
    synced.recovers()


def test_bad_query(make, at_once):
    syncs = make(at_once)
    syncs.sync(jql="projekt = ALPHA")
    for each in syncs.results:
        assert each.error["code"] == "bad_query" and "projekt" in each.error["message"]
    assert syncs.each("search") == 1


def test_redirect_to_another_origin(synced):
    with FaultyJira(Site(1)) as other:
        for code in (302, 308):
            synced.server.faults.clear()
            synced.server.fault(faults.redirect(f"{other.url}/rest/api/3/myself", code), "myself", times=None)
            synced.sync()
            synced.refused("redirected")
            synced.server.faults.clear()
            synced.server.fault(faults.redirect(f"{other.url}/rest/api/3/search/jql", code), "search", times=None)
            synced.sync()
            synced.refused("redirected")
        assert other.asked == [], "the token went to another place"
    synced.recovers()


def test_redirect_in_circles(synced):
    synced.server.fault(faults.redirect("/rest/api/3/myself"), "myself", times=None)
    synced.sync()
    synced.refused("redirected")
    assert synced.each("myself") <= 10
    synced.recovers()
