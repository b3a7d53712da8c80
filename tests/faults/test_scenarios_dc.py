"""Data Center: no tokens, no bulk fetch, histories inside the pages; for one sync and for four at once."""

from __future__ import annotations

import pytest

from tests.faults import faults
from tests.faults.conftest import work
from tests.faults.site import NOTE, POINTS, Site
from tests.faults.variants import MOSTLY_ALONE


def test_nothing_is_wrong(dc):
    dc.sync()
    dc.good()
    work(dc.site)
    dc.mapped = {POINTS, NOTE}
    dc.sync()
    dc.good()


@MOSTLY_ALONE
def test_limits(data_center):
    data_center.server.fault(faults.too_many("0.7", wait=0.7), "page")
    data_center.sync()
    data_center.good()
    data_center.patient()


@pytest.mark.parametrize("how", ["reset", "cut", "500", "no json"])
def test_broken_once(data_center, how):
    broken = {
        "reset": faults.reset(0.5),
        "cut": faults.cut(),
        "500": faults.status(500),
        "no json": faults.broken_json(),
    }
    for on in ("serverInfo", "myself", "field", "page", "versions"):
        data_center.server.fault(broken[how], on, after=int(on == "page"))
    data_center.sync()
    data_center.good()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (faults.status(401), "not_authorized"),
        (faults.status(403, X_Authentication_Denied_Reason="CAPTCHA_CHALLENGE; login-url=x"), "captcha"),
        (faults.login_page(), "not_jira"),
        (faults.nobody(), "not_authorized"),
        (faults.status(400, "Field 'x' does not exist."), "bad_query"),
    ],
    ids=["401", "captcha", "login page", "nobody", "400"],
)
def test_refusals(dc, fault, code):
    dc.server.fault(fault, "search", times=None)
    dc.sync()
    dc.refused(code)
    assert dc.each("search") <= 4
    dc.recovers()


def test_pages_of_any_size(data_center):
    """The site grants less than asked for, and not always the same."""
    sizes = iter([3, 9, 1, 5] * 1000)

    def less(asked, found):
        data_center.limits.dc_page = next(sizes)
        return found

    data_center.server.fault(faults.edited(less), "search", times=None)
    data_center.sync()
    data_center.good()


def test_history_cut(make, at_once):
    """`total` says more than there is: counted, marked, not used silently, and whole again once the site is."""
    site = Site(12, seed=3)
    number = next(iter(site.tickets))
    for _ in range(60):
        site.edit(number, POINTS)
    syncs = make(at_once, site, "dc", dc_inline=40)
    syncs.mapped = {POINTS}
    syncs.sync()
    for each in syncs.results:
        assert (each.error, each.complete, each.incomplete_histories) == (None, False, 1)
    syncs.honest()
    syncs.limits.dc_inline = 10**9
    syncs.recovers(2)


def test_an_issue_is_deleted_and_one_comes_while_paging(make, at_once):
    """What follows the deleted one slips into a page that was read; the number of issues stays the same."""
    syncs = make(at_once, Site(40, seed=8), "dc", dc_page=9)
    site, ids = syncs.site, sorted(syncs.site.tickets, key=lambda n: syncs.site.tickets[n].created)

    def swap():
        site.delete(ids[1])
        site.add("ALPHA")

    syncs.server.at("page", 2, swap)
    syncs.sync()
    syncs.recovers(2)


def test_deleted_moved_hidden_and_late(dc):
    site, ids = dc.site, [each.id for each in dc.site.tickets.values() if not each.links]
    site.delete(ids[10])
    site.hide(ids[11])
    site.move(ids[12], "GAMMA")
    with site.late():
        site.edit(ids[13], "summary")
    dc.sync()
    assert all(each.error is None for each in dc.results)
    site.settle()
    site.hide(ids[11], False)
    site.pass_time(minutes=9)
    dc.sync()
    dc.good()


@MOSTLY_ALONE
def test_hang_for_ever(dc):
    dc.patience.timeout, dc.patience.deadline = (5, 0.3), 0.6
    dc.server.fault(faults.hang(), "data", times=None)
    dc.sync()
    dc.refused("unreachable")
    dc.recovers()


def test_a_shared_limit(make):
    """One token is told to wait: nobody in this process may ask."""
    syncs = make(4, flavour="dc", dc_page=9)
    syncs.server.fault(faults.hang(0.2), "page", times=None)  # so that all are busy while one is told to wait
    syncs.server.fault(faults.too_many("1", wait=1), "page", who="good-token-2")
    syncs.sync()
    syncs.good()
    syncs.patient()
