"""Cloud: tokens, pages, histories and issues that are not as one would like, for one sync and for four at once."""

from __future__ import annotations

import pytest

from tests.faults import faults
from tests.faults.conftest import work
from tests.faults.pages import Limits
from tests.faults.site import FLAGGED, NOTE, POINTS, SIZE, Site


def broken(reason: str, *, raises: type[Exception] = AssertionError) -> pytest.MarkDecorator:
    """What the client does not yet do; the test says what it must do."""
    return pytest.mark.xfail(strict=True, reason=reason, raises=raises)


SILENT = broken("a repeated token ends the reading as if it were the end: what follows is missing and nobody says so")
RESTART = broken("an expired token ends the sync with bad_query instead of reading that query again from its start")


def big(issues: int = 60, **more) -> Site:
    return Site(issues, seed=7, **more)


def unlinked(site: Site) -> list[int]:
    """Issues without links: those that go take no link of another along."""
    return [each.id for each in site.tickets.values() if not each.links]


# ---- tokens and pages


LONG = pytest.mark.torture
REPEATED = [
    pytest.param("page", 1, marks=LONG), pytest.param("page", None), pytest.param("changes", 1),
    pytest.param("changes", None, marks=LONG), pytest.param("census", 1, marks=SILENT),
    pytest.param("census", None, marks=(SILENT, LONG)), pytest.param("window", 1, marks=(SILENT, LONG)),
    pytest.param("window", None, marks=SILENT),
]  # fmt: skip


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


def test_token_repeated_when_there_is_old_data(make, at_once):
    syncs = make(at_once, big(), page=9, id_page=15, change_page=40)
    syncs.sync()
    syncs.server.fault(faults.same_token(), "census", times=None)
    syncs.sync(full=True)
    syncs.honest()
    syncs.recovers()


@pytest.mark.parametrize(
    "on", [pytest.param("census", marks=RESTART), pytest.param("window", marks=RESTART), "changes"]
)
def test_token_expired_once(make, at_once, on):
    syncs = make(at_once, big(), page=9, id_page=15, change_page=40)
    if on == "window":
        syncs.sync()
        work(syncs.site, list(syncs.site.tickets)[:30])
    syncs.server.fault(faults.expired(), on, after=1)
    syncs.sync()
    syncs.good()


LOST = broken("a page that is not the last and has no token is taken for the last: what follows is missing")


@pytest.mark.parametrize("value", ["Ck00000==", pytest.param("nonsense", marks=pytest.mark.torture)])
@pytest.mark.parametrize("on", ["census", "window"])
def test_token_foreign_or_invented(make, at_once, on, value):
    syncs = make(at_once, big(), page=9, id_page=15, change_page=40)
    syncs.sync()
    work(syncs.site, list(syncs.site.tickets)[:30])
    syncs.server.fault(faults.token(value), on)
    syncs.sync(full=on == "census")
    syncs.honest()
    syncs.recovers()


@LOST
@pytest.mark.parametrize("on", ["census", "window"])
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


def test_token_foreign_for_ever(synced):
    synced.server.fault(faults.token("nonsense"), "census", times=None)
    synced.sync(full=True)
    synced.honest()
    assert synced.each("census") <= 12
    synced.recovers()


@pytest.mark.parametrize("on", ["census", "window"])
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


@broken("nothing ends a row of empty pages with ever new tokens")
def test_empty_pages_for_ever(synced):
    synced.server.most = 300
    pages = synced.server.pages

    def instead(asked, found):
        return {"issues": [], "nextPageToken": pages.token(asked.body["jql"], (0, 0, 0)), "isLast": False}

    synced.server.fault(faults.edited(instead), "search", times=None)
    synced.sync(full=True)
    assert synced.each("search") <= 200, "it asks for ever"
    synced.recovers()


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


def test_last_page_that_also_has_a_token(syncs):
    syncs.server.fault(
        faults.edited(lambda _asked, found: found | ({"nextPageToken": "more"} if found.get("isLast") else {})), "search", times=None
    )  # fmt: skip
    syncs.sync()
    syncs.good()


def test_an_issue_twice(syncs):
    def twice(asked, found):
        found["issues"] = [*found["issues"][-1:], *found["issues"], *found["issues"][:1]]
        return found

    syncs.server.fault(faults.edited(twice), "search", times=None)
    syncs.sync()
    syncs.good()


@broken(
    "an issue that the census named and the page left out is dropped without asking again, and the sync is complete"
)
def test_a_page_leaves_an_issue_out(syncs):
    """The census named it: gone meanwhile, or lost on the way?"""
    lost = faults.edited(lambda _asked, found: found | {"issues": found["issues"][1:]})
    syncs.server.fault(lost, "page")
    syncs.sync()
    syncs.honest()
    syncs.recovers()


# ---- histories


def deep(issues: int = 12) -> Site:
    """A few issues with more than a hundred entries in their histories."""
    site = Site(issues, seed=3)
    for number in list(site.tickets)[:3]:
        for _ in range(130):
            site.edit(number, POINTS)
        for _ in range(20):
            site.transition(number, 2 if site.tickets[number].status != 2 else 3)
    return site


@pytest.mark.parametrize("size", [1, 7, 40, 100])
def test_bulk_histories_in_parts(make, size):
    syncs = make(1, deep(6 if size < 7 else 12), change_page=size)
    syncs.mapped = {POINTS}
    syncs.sync()
    syncs.good()


@pytest.mark.parametrize("size", [40, 100])
def test_histories_one_by_one(make, at_once, size):
    syncs = make(at_once, deep(), changelog_page=size, bulk=False)
    syncs.mapped = {POINTS}
    syncs.sync()
    syncs.good()


def test_histories_that_do_not_end(make, at_once):
    """Bulk fetching says that there is more, but the rest does not come: never used silently."""
    syncs = make(at_once, deep(), change_page=100)
    syncs.mapped = {POINTS}

    def ends(asked, found):
        return found if found["nextPageToken"] is None else found | {"nextPageToken": asked.body.get("nextPageToken") or "x"}  # fmt: skip

    syncs.server.fault(faults.edited(ends), "changes", times=None)
    syncs.sync()
    syncs.honest()
    syncs.recovers()


def test_histories_for_only_some_issues_of_a_query(syncs):
    """Issues without changes are left out of the answer: that is a complete, empty history."""
    quiet = syncs.site.add("BETA")
    syncs.sync()
    syncs.good()
    assert not syncs.site.tickets[quiet].histories


@pytest.mark.parametrize("created", ["s", "ms"])
def test_instants_as_numbers(syncs, created):
    syncs.limits.created = created
    syncs.mapped = {POINTS}
    syncs.sync()
    syncs.good()


def test_items_of_histories_by_field(make, at_once):
    """Bulk fetch gives only the items that were asked for, so an item's place in its entry is not always the same."""
    site = big(20)
    for number in list(site.tickets)[:8]:
        site.edit(number, POINTS)
        entry = site.tickets[number].histories[-1]
        site.transition(number, 2 if site.tickets[number].status != 2 else 3)
        last = site.tickets[number].histories.pop()
        entry.items += last.items
    syncs = make(at_once, site, whole_entries=False)
    syncs.sync()
    syncs.good()
    syncs.mapped = {POINTS}
    syncs.sync()
    assert {each.mode for each in syncs.results} == {"fill"}
    syncs.good()


def test_changes_in_one_second_and_without_authors(make, at_once):
    site = Site(10, seed=5)
    site.step = 0
    for number in list(site.tickets)[:5]:
        for status in (2, 3, 2, 4, 1, 2):
            if site.tickets[number].status != status:
                site.transition(number, status)
                site.tickets[number].histories[-1].author = None
    syncs = make(at_once, site)
    syncs.sync()
    syncs.good()


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


@broken("the ids are compared only where the count differs: one issue less and one more go unnoticed for a week")
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


@broken("links from other issues to one that is gone stay, until the other is updated or a full sync comes")
def test_links_to_deleted_issues(make, at_once):
    site = Site(10, seed=2)
    one, other = list(site.tickets)[:2]
    site.link(one, other)
    syncs = later(make(at_once, site))
    site.delete(other)
    syncs.sync()
    syncs.good()


@broken("links from other issues keep the old key of one that was moved")
def test_links_to_moved_issues(make, at_once):
    site = Site(10, seed=2)
    one, other = list(site.tickets)[:2]
    site.link(one, other)
    syncs = later(make(at_once, site))
    site.move(other, "BETA" if site.tickets[other].project == "ALPHA" else "ALPHA")
    syncs.sync()
    syncs.good()


@broken("new keys without a new `updated` are not noticed: the census compares ids, not keys")
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


@broken("a project without issues stays in the list of projects until a full sync")
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


def test_names_change(synced):
    site = synced.site
    site.rename_status(2, "Doing")
    site.statuses[9] = ("Blocked", "indeterminate")
    site.versions[900][1:] = ["renamed", True, "2026-02-28"]
    site.transition(list(site.tickets)[1], 9)
    synced.sync()
    synced.good()


# ---- mappings


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


def test_a_broken_sync_that_fills_in(synced):
    synced.mapped = {POINTS, NOTE}
    synced.server.fault(faults.status(500), "changes", times=None)
    synced.sync()
    synced.refused("server_trouble")
    synced.recovers()


def test_limits_are_those_of_the_test_site():
    """The oracle reads what the server grants: the two must not drift apart."""
    assert (Limits().page, Limits().created, Limits().whole_entries) == (100, "iso", True)
