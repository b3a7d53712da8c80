"""Cloud: histories that are long, cut, come in parts, or are written in another way."""

from __future__ import annotations

import pytest

from tests.faults import faults
from tests.faults.site import POINTS, Site
from tests.faults.variants import LONG, MOSTLY_ALONE, big


def deep(issues: int = 12) -> Site:
    """A few issues with more than a hundred entries in their histories."""
    site = Site(issues, seed=3)
    for number in list(site.tickets)[:3]:
        for _ in range(130):
            site.edit(number, POINTS)
        for _ in range(20):
            site.transition(number, 2 if site.tickets[number].status != 2 else 3)
    return site


@pytest.mark.parametrize("size", [pytest.param(1, marks=LONG), 7, pytest.param(40, marks=LONG), 100])
def test_bulk_histories_in_parts(make, size):
    syncs = make(1, deep(6 if size < 7 else 12), change_page=size)
    syncs.mapped = {POINTS}
    syncs.sync()
    syncs.good()


@pytest.mark.parametrize("size", [40, 100])
@MOSTLY_ALONE
def test_histories_one_by_one(make, at_once, size):
    syncs = make(at_once, deep(), changelog_page=size, bulk=False)
    syncs.mapped = {POINTS}
    syncs.sync()
    syncs.good()


@MOSTLY_ALONE
def test_histories_that_do_not_end(make, at_once):
    """Bulk fetching says that there is more, but the rest does not come: never used silently."""
    syncs = make(at_once, deep(), change_page=100)
    syncs.mapped = {POINTS}

    def ends(asked, found):
        return (
            found
            if found["nextPageToken"] is None
            else found | {"nextPageToken": asked.body.get("nextPageToken") or "x"}
        )

    syncs.server.fault(faults.edited(ends), "changes", times=None)
    syncs.sync()
    syncs.honest()
    syncs.recovers()


@MOSTLY_ALONE
def test_histories_for_only_some_issues_of_a_query(syncs):
    """Issues without changes are left out of the answer: that is a complete, empty history."""
    quiet = syncs.site.add("BETA")
    syncs.sync()
    syncs.good()
    assert not syncs.site.tickets[quiet].histories


@pytest.mark.parametrize("created", ["s", "ms"])
@MOSTLY_ALONE
def test_instants_as_numbers(syncs, created):
    syncs.limits.created = created
    syncs.mapped = {POINTS}
    syncs.sync()
    syncs.good()


@MOSTLY_ALONE
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


@MOSTLY_ALONE
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


@MOSTLY_ALONE
def test_an_issue_is_deleted_before_its_history_is_read(make, at_once):
    """Histories one by one: that one is gone is no reason to give up."""
    syncs = make(at_once, big(12), bulk=False)
    site = syncs.site
    syncs.server.at(
        "changelog", 2, lambda: site.delete(next(each.id for each in site.tickets.values() if not each.links))
    )
    syncs.sync()
    assert all(each.error is None for each in syncs.results)
    syncs.recovers()


@MOSTLY_ALONE
def test_a_history_that_does_not_come_is_marked(make, at_once):
    """The issue is there, its history is refused: it is never taken for an issue without changes."""
    syncs = make(at_once, deep(6), bulk=False)
    syncs.server.fault(faults.status(404), "changelog", times=2)
    syncs.sync()
    syncs.honest()
    assert all(each.incomplete_histories == 2 and not each.complete for each in syncs.results)
    syncs.recovers()
