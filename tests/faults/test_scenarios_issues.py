"""Cloud: issues that change, go, move and come back while or between syncs; zones, names and mappings."""

from __future__ import annotations

import numpy as np
import pytest

from data.quality.findings import Circumstances, findings
from data.tables.tidy import read
from tests.faults import faults
from tests.faults.conftest import work
from tests.faults.oracle import PROJECTS, expected, held
from tests.faults.pages import Limits
from tests.faults.site import FLAGGED, NOTE, POINTS, SIZE, Site
from tests.faults.variants import MOSTLY_ALONE, big, unlinked

# ---- issues that do not stay where they are


@pytest.mark.parametrize("by_offset", [False, True], ids=["by value", "by offset"])
def test_issues_change_while_paging(make, at_once, by_offset):
    syncs = make(at_once, big(), page=9, id_page=10, by_offset=by_offset)
    site, ids = syncs.site, unlinked(syncs.site)
    site.step = 1_000_000
    for n in range(2, 5):
        syncs.server.at("census", n, lambda n=n: site.transition(ids[n], 1 if site.tickets[ids[n]].status != 1 else 2))
        syncs.server.at("page", n, lambda n=n: site.edit(ids[n + 20], POINTS))
    syncs.server.at("census", 2, lambda: site.delete(ids[0]))
    syncs.server.at("page", 2, lambda: site.delete(ids[30]))
    syncs.server.at("page", 3, lambda: site.move(ids[31], "GAMMA"))
    syncs.sync()
    for each in syncs.results:
        assert each.error is None
    syncs.recovers()


def test_index_lag(syncs):
    """Changes reach the index ten minutes later, after others that were made later."""
    site, ids = syncs.site, unlinked(syncs.site)
    syncs.sync()
    site.pass_time(hours=1)
    with site.late():
        site.transition(ids[0], 2 if site.tickets[ids[0]].status != 2 else 3)
        site.edit(ids[1], "summary")
        site.add("ALPHA")
        site.delete(ids[2])
        site.hide(ids[3])
    site.pass_time(minutes=9)
    site.transition(ids[5], 2 if site.tickets[ids[5]].status != 2 else 3)
    syncs.sync()
    assert all(each.error is None for each in syncs.results)
    site.settle()
    site.pass_time(minutes=1)
    syncs.sync()
    syncs.good()


def test_deleted_moved_hidden(synced):
    site, ids = synced.site, unlinked(synced.site)
    site.delete(ids[10])
    site.move(ids[11], "BETA" if site.tickets[ids[11]].project == "ALPHA" else "ALPHA")
    site.move(ids[12], "GAMMA")
    site.hide(ids[13])
    synced.sync()
    synced.good()
    site.hide(ids[13], False)
    site.move(ids[12], "ALPHA")
    synced.sync()
    synced.good()


@MOSTLY_ALONE
def test_one_goes_and_one_comes(synced):
    """The number stays the same, and `updated` of what comes back is old."""
    site, ids = synced.site, unlinked(synced.site)
    site.hide(ids[15])
    synced.sync()
    synced.good()
    site.hide(ids[15], False)
    site.hide(ids[16])
    synced.sync()
    synced.recovers()


@MOSTLY_ALONE
def test_count_that_is_only_approximate(synced):
    for off in (3, -3, 0):
        synced.limits.count_off = off
        synced.site.delete(unlinked(synced.site)[9])
        synced.sync()
        synced.good()


def later(syncs):
    """After syncs that saw newer changes than those so far."""
    for _ in range(2):
        syncs.sync()
        syncs.good()
        syncs.site.pass_time(hours=2)
        syncs.site.add("ALPHA")
    return syncs


@MOSTLY_ALONE
def test_links_to_deleted_issues(make, at_once):
    site = Site(10, seed=2)
    one, other = list(site.tickets)[:2]
    site.link(one, other)
    syncs = later(make(at_once, site))
    site.delete(other)
    syncs.sync()
    syncs.good()


@MOSTLY_ALONE
def test_links_to_moved_issues(make, at_once):
    site = Site(10, seed=2)
    one, other = list(site.tickets)[:2]
    site.link(one, other)
    syncs = later(make(at_once, site))
    site.move(other, "BETA" if site.tickets[other].project == "ALPHA" else "ALPHA")
    syncs.sync()
    syncs.good()


@MOSTLY_ALONE
def test_links_to_issues_that_the_query_never_found(make, at_once):
    """Nothing tells that such an issue was deleted, until a full sync; the quality page says so."""
    site = Site(10, seed=2)
    one, other = next(iter(site.tickets)), site.add("GAMMA")
    site.link(one, other)
    syncs = later(make(at_once, site))
    site.delete(other)
    syncs.sync()
    syncs.good()
    for store in syncs.stores:
        with store.reading() as connection:
            tables = read(connection, 1, {})
        told = findings(tables, Circumstances(now=site.now, zone="UTC", done=np.zeros(9, dtype=bool), max_age=10**15))
        assert any("known at the next full sync" in each.effect for each in told)
    syncs.sync(full=True)
    assert all(held(store, 1, ())["link"].keys() == expected_links(site) for store in syncs.stores)


def expected_links(site):
    """As the oracle has them, those out of the query too."""
    return expected(site, (), Limits(), True, PROJECTS)["link"].keys()


@MOSTLY_ALONE
def test_project_renamed(make, at_once):
    """All keys change, but no `updated`."""
    syncs = make(at_once, Site(15, seed=4))
    query = "project in (ALPHA, BETA, DELTA)"
    syncs.site.projects["DELTA"] = syncs.site.projects.pop("GAMMA")
    syncs.site.versions = {n: row for n, row in syncs.site.versions.items() if row[0] != "GAMMA"}
    syncs.sync(jql=query)
    del syncs.site.projects["DELTA"]
    syncs.site.rename_project("BETA", "DELTA")
    for _ in range(2):
        syncs.site.pass_time(hours=1)
        syncs.sync(jql=query)
    syncs.equal(jql=query, projects=("ALPHA", "DELTA"))


@MOSTLY_ALONE
def test_project_emptied(make, at_once):
    syncs = make(at_once, Site(15, seed=4))
    syncs.sync()
    for each in list(syncs.site.tickets.values()):
        if each.project == "BETA":
            syncs.site.move(each.id, "ALPHA")
    syncs.sync()
    syncs.equal(strict=True)


def test_far_fewer_issues_than_before(make, at_once):
    syncs = make(at_once, big())
    syncs.sync()
    ids = list(syncs.site.tickets)
    for number in ids[:30]:
        syncs.site.hide(number)
    for full in (False, True):
        syncs.sync(full=full)
        syncs.refused("shrunk")
    for number in ids[:30]:
        syncs.site.hide(number, False)
    syncs.recovers()


def test_fewer_issues_accepted(make):
    syncs = make(1, big())
    syncs.sync()
    for number in unlinked(syncs.site)[:30]:
        syncs.site.hide(number)
    syncs.sync(accept_fewer=True, full=True)
    syncs.good()


# ---- times and names


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "UTC"])
def test_zones(make, zone):
    syncs = make(1, Site(25, seed=6, zone=zone), page=9)
    syncs.sync()
    syncs.good()
    work(syncs.site)
    syncs.sync()
    assert syncs.results[0].mode == "incremental"
    assert syncs.results[0].fetched < 20, "it read far more than what changed"
    syncs.good()


@MOSTLY_ALONE
def test_names_change(synced):
    site = synced.site
    site.rename_status(2, "Doing")
    site.statuses[9] = ("Blocked", "indeterminate")
    site.versions[900][1:] = ["renamed", True, "2026-02-28"]
    site.transition(list(site.tickets)[1], 9)
    synced.sync()
    synced.good()


# ---- mappings


@MOSTLY_ALONE
def test_a_new_mapping_and_an_old_one_again(syncs):
    site, ids = syncs.site, list(syncs.site.tickets)
    for mapped in ({POINTS}, {POINTS, NOTE}, {NOTE}, {NOTE, POINTS, SIZE}, set(), {SIZE, POINTS}):
        syncs.mapped = mapped
        site.pass_time(hours=2)
        for number in ids[:5]:
            for name in (POINTS, NOTE, SIZE, FLAGGED):
                site.edit(number, name)
        syncs.sync()
        syncs.good()


@MOSTLY_ALONE
def test_a_broken_sync_that_fills_in(synced):
    synced.mapped = {POINTS, NOTE}
    synced.server.fault(faults.status(500), "changes", times=None)
    synced.sync()
    synced.refused("server_trouble")
    synced.recovers()


@MOSTLY_ALONE
def test_a_page_leaves_an_issue_out_while_filling_in(synced):
    synced.mapped = {SIZE, POINTS}

    def lacking(asked, found):
        return found if "window" in asked.labels else found | {"issues": found["issues"][-1:]}

    synced.server.fault(faults.edited(lacking), "page", after=1, times=3)
    synced.sync()
    synced.honest()
    synced.recovers(2)


@MOSTLY_ALONE
def test_issues_go_after_a_broken_fill(synced):
    site = synced.site
    synced.mapped = {SIZE, POINTS}
    synced.server.fault(faults.status(401), "page", after=4, times=None)
    synced.sync()
    synced.refused("not_authorized")
    for number in unlinked(site)[:12]:
        site.delete(number)
    synced.recovers(2)
