"""Cloud: tokens and pages that are not as one would like."""

from __future__ import annotations

import pytest

from tests.faults import faults
from tests.faults.conftest import work
from tests.faults.site import SPRINT, Site
from tests.faults.variants import LONG, MOSTLY_ALONE, big, unlinked

REPEATED = [
    pytest.param("page", 1, marks=LONG),
    pytest.param("page", None),
    pytest.param("changes", 1),
    pytest.param("changes", None, marks=LONG),
    pytest.param("census", 1),
    pytest.param("census", None, marks=LONG),
    pytest.param("window", 1, marks=LONG),
    pytest.param("window", None),
]


@pytest.mark.parametrize(("on", "times"), REPEATED)
def test_token_repeated(make, at_once, on, times):
    syncs = make(at_once, big(), page=9, id_page=15, change_page=40)
    if on == "window":
        syncs.sync()
        work(syncs.site, list(syncs.site.tickets)[:30])
        syncs.forget()
    syncs.server.fault(faults.same_token(), on, after=0 if times is None else 1, times=times)
    syncs.sync()
    assert syncs.each(on) <= 60, "it goes round in circles"
    syncs.honest()
    if times == 1:
        syncs.good()
    syncs.recovers()


@MOSTLY_ALONE
def test_token_repeated_when_there_is_old_data(make, at_once):
    syncs = make(at_once, big(), page=9, id_page=15, change_page=40)
    syncs.sync()
    syncs.server.fault(faults.same_token(), "census", times=None)
    syncs.sync(full=True)
    syncs.honest()
    syncs.recovers()


@pytest.mark.parametrize("on", ["census", "window", "changes"])
def test_token_expired_once(make, at_once, on):
    syncs = make(at_once, big(), page=9, id_page=15, change_page=40)
    if on == "window":
        syncs.sync()
        work(syncs.site, list(syncs.site.tickets)[:30])
    syncs.server.fault(faults.expired(), on, after=1)
    syncs.sync()
    syncs.good()


@pytest.mark.parametrize("value", ["Ck00000==", pytest.param("nonsense", marks=pytest.mark.torture)])
@pytest.mark.parametrize("on", ["census", "window"])
@MOSTLY_ALONE
def test_token_foreign_or_invented(make, at_once, on, value):
    syncs = make(at_once, big(), page=9, id_page=15, change_page=40)
    syncs.sync()
    work(syncs.site, list(syncs.site.tickets)[:30])
    syncs.server.fault(faults.token(value), on)
    syncs.sync(full=on == "census")
    syncs.honest()
    syncs.recovers()


@pytest.mark.parametrize("on", ["census", "window"])
@MOSTLY_ALONE
def test_no_token_although_it_is_not_the_last_page(make, at_once, on):
    """The answer says isLast: false, and how to go on is missing."""
    syncs = make(at_once, big(), page=9, id_page=15, change_page=40)
    if on == "window":
        syncs.sync()
        work(syncs.site, list(syncs.site.tickets)[:30])
    syncs.server.fault(faults.token(None), on)
    syncs.sync()
    syncs.honest()
    syncs.recovers()


@MOSTLY_ALONE
def test_token_foreign_for_ever(synced):
    synced.server.fault(faults.token("nonsense"), "census", times=None)
    synced.sync(full=True)
    synced.honest()
    assert synced.each("census") <= 12
    synced.recovers()


@pytest.mark.parametrize("on", ["census", "window"])
@MOSTLY_ALONE
def test_empty_page_with_a_token(make, at_once, on):
    syncs = make(at_once, big(), page=9, id_page=15)
    syncs.sync()
    work(syncs.site, list(syncs.site.tickets)[:30])
    sent: dict[str, str] = {}
    pages = syncs.server.pages

    def instead(asked, found):
        """Nothing, and a new token for what was asked for."""
        query, at = pages.tokens.get(asked.body.get("nextPageToken"), (asked.body["jql"], (-(10**18), -(10**18), 0)))
        made = pages.token(query, at)
        sent[made] = query
        return {"issues": [], "nextPageToken": made, "isLast": False}

    for after in (0, 3):
        syncs.server.fault(faults.edited(instead), on, after=after, times=2)
    syncs.sync(full=on == "census")
    assert sent
    syncs.good()


@MOSTLY_ALONE
def test_empty_pages_for_ever(synced):
    synced.server.most = 300
    pages = synced.server.pages

    def instead(asked, found):
        return {"issues": [], "nextPageToken": pages.token(asked.body["jql"], (0, 0, 0)), "isLast": False}

    synced.server.fault(faults.edited(instead), "search", times=None)
    synced.sync(full=True)
    assert synced.each("search") <= 200, "it asks for ever"
    synced.recovers()


@MOSTLY_ALONE
def test_short_pages_and_no_last(syncs):
    """The site grants less each time, and never says isLast."""
    sizes = iter([1, 4, 2, 9] * 1000)

    def less(asked, found):
        found.pop("isLast", None)
        syncs.limits.page = syncs.limits.id_page = next(sizes)
        return found

    syncs.server.fault(faults.edited(less), "search", times=None)
    syncs.sync()
    syncs.good()
    work(syncs.site)
    syncs.sync()
    syncs.good()


@MOSTLY_ALONE
def test_last_page_that_also_has_a_token(syncs):
    syncs.server.fault(
        faults.edited(lambda _asked, found: found | ({"nextPageToken": "more"} if found.get("isLast") else {})),
        "search",
        times=None,
    )
    syncs.sync()
    syncs.good()


def test_an_issue_twice(syncs):
    def twice(asked, found):
        found["issues"] = [*found["issues"][-1:], *found["issues"], *found["issues"][:1]]
        return found

    syncs.server.fault(faults.edited(twice), "search", times=None)
    syncs.sync()
    syncs.good()


@MOSTLY_ALONE
def test_a_page_leaves_an_issue_out(syncs):
    """The census named it: gone meanwhile, or lost on the way?"""
    lost = faults.edited(lambda _asked, found: found | {"issues": found["issues"][1:]})
    syncs.server.fault(lost, "page")
    syncs.sync()
    syncs.honest()
    syncs.recovers()


def test_goes_on_where_it_broke_off(make, at_once):
    """Pages that came are not read again, unless they changed meanwhile."""
    syncs = make(at_once, big(), page=5, id_page=20, change_page=40)
    site, ids = syncs.site, unlinked(syncs.site)
    syncs.server.fault(faults.status(401), "page", after=6, times=None)
    syncs.sync()
    syncs.refused("not_authorized")
    site.pass_time(minutes=5)
    site.transition(ids[0], 3 if site.tickets[ids[0]].status != 3 else 4)
    site.delete(ids[1])
    site.add("BETA")
    syncs.forget()
    syncs.recovers()
    assert all(each.resumed for each in syncs.results)
    assert syncs.each("page") < 60 / 5, "it read everything again"


def test_sprints_change(make, at_once):
    syncs = make(at_once, Site(12, seed=9))
    syncs.sync()
    syncs.good()
    site = syncs.site
    site.pass_time(hours=3)
    site.sprints[501] = ("Sprint one, id=7", "closed")
    site.sprints[504] = ("Newest", "future")
    for number in list(site.tickets)[:6]:
        site.edit(number, SPRINT)
    syncs.sync()
    syncs.good()
