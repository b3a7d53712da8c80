"""Cloud and Data Center: comments that come in parts, are hidden, refused, deleted, or counted wrongly."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from data.store import schema
from data.store.issue_store import IssueStore
from tests.faults import faults
from tests.faults.conftest import Syncs
from tests.faults.oracle import ADDRESS, JQL
from tests.faults.site import Site
from tests.faults.variants import MOSTLY_ALONE

BOTH = pytest.mark.parametrize("flavour", ["cloud", "dc"])
FEW = {"page": 9, "id_page": 15, "dc_page": 9, "comments": 3, "dc_comments": 3, "comment_page": 4}


def talkative(issues: int = 15) -> Site:
    """Every third issue has more comments than its search shows."""
    site = Site(issues, seed=11)
    for number in list(site.tickets)[::3]:
        for _ in range(9):
            site.say(number)
    return site


def marks(store: IssueStore) -> set[bool | None]:
    """What the store says of the lists of comments."""
    scope = store.scope_for(ADDRESS, JQL)
    table = schema.issue
    with store.engine.connect() as connection:
        return set(connection.scalars(select(table.c.comments_complete).where(table.c.scope == scope.scope)))


@BOTH
def test_comments_in_parts(make, at_once, flavour):
    syncs = make(at_once, talkative(), flavour, **FEW)
    syncs.sync()
    syncs.good()
    assert syncs.server.count("comments") >= 3 * 5 * at_once


@BOTH
@MOSTLY_ALONE
def test_comments_come_and_go(make, at_once, flavour):
    syncs = make(at_once, talkative(), flavour, **FEW)
    syncs.sync()
    site = syncs.site
    for hours in (1, 5, 20):
        site.pass_time(hours=hours)
        for number in list(site.tickets)[:4]:
            site.unsay(number)
        for number in list(site.tickets)[2:7]:
            site.say(number)
        syncs.sync()
        syncs.good()
        assert {each.mode for each in syncs.results} == {"incremental"}


@BOTH
@MOSTLY_ALONE
def test_somebody_comments_while_we_read(make, at_once, flavour):
    syncs = make(at_once, talkative(), flavour, **FEW)
    site, ids = syncs.site, list(syncs.site.tickets)
    for n in range(1, 9):
        syncs.server.at("comments", n, lambda n=n: site.say(ids[n % 4 * 3]))
    syncs.server.at("comments", 3, lambda: site.unsay(ids[0]))
    syncs.sync()
    syncs.recovers()


@BOTH
@MOSTLY_ALONE
def test_comments_that_do_not_come(make, at_once, flavour):
    """Fewer than Jira counts: never taken for all of them."""
    syncs = make(at_once, talkative(), flavour, **FEW)
    syncs.server.fault(faults.edited(lambda _asked, found: found | {"comments": []}), "comments", times=None)
    syncs.sync()
    syncs.honest()
    for each, store in zip(syncs.results, syncs.stores, strict=True):
        assert each.incomplete_comments >= 5 and not each.complete
        assert "did not give all comments" in " ".join(each.warnings)
        assert False in marks(store)
    syncs.recovers()


@pytest.mark.parametrize("code", [403, 404])
@MOSTLY_ALONE
def test_comments_refused(make, at_once, code):
    syncs = make(at_once, talkative(), **FEW)
    syncs.server.fault(faults.status(code), "comments", times=None)
    syncs.sync()
    syncs.honest()
    for each in syncs.results:
        assert each.complete and each.incomplete_comments
        assert [row["what"] for row in each.unread] == ["comments"]
        assert "Not all comments of" in each.warnings[0] and "GET /rest/api/" in each.warnings[0]
    syncs.recovers()


@MOSTLY_ALONE
def test_comments_break_off(make, at_once):
    """The pages of issues came, some of their comments did not: the next sync goes on."""
    syncs = make(at_once, talkative(30), **FEW)
    syncs.server.fault(faults.status(500), "comments", after=3, times=None)
    syncs.sync()
    syncs.refused("server_trouble")
    syncs.recovers()


@MOSTLY_ALONE
def test_comments_without_a_total(make, at_once):
    """Nobody knows whether the list of an issue is whole: all its pages are read."""

    def without(_asked, found):
        for each in found.get("issues", []):
            if each.get("fields", {}).get("comment"):
                del each["fields"]["comment"]["total"]
        return found

    syncs = make(at_once, talkative(), **FEW)
    syncs.server.fault(faults.edited(without), "search", times=None)
    syncs.sync()
    syncs.good()


@MOSTLY_ALONE
def test_comments_hidden(make: object, at_once: int):
    """The site shows no comments at all: that is not the same as none, and no reason to ask for each issue."""

    def hidden(_asked, found):
        for each in found.get("issues", []):
            if "fields" in each:
                each["fields"]["comment"] = None
        return found

    syncs: Syncs = make(at_once, talkative(), **FEW)
    syncs.server.fault(faults.edited(hidden), "search", times=None)
    syncs.sync()
    for each, store in zip(syncs.results, syncs.stores, strict=True):
        assert (each.error, each.complete) == (None, True)
        assert marks(store) == {None}
    assert not syncs.server.count("comments")
