"""Random work on the site, random faults, random page sizes: two clean syncs later the store is what the site is."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests import seeding
from tests.faults import faults
from tests.faults.conftest import Syncs
from tests.faults.oracle import ADDRESS, snapshot
from tests.faults.pages import SeenRequest
from tests.faults.site import DEPLOYED, FLAGGED, NOTE, POINTS, SEVERITY, SIZE, SPRINT, Site
from tests.faults.variants import LONG

EDITED = ("summary", "assignee", "labels", "fixVersions", POINTS, SIZE, SPRINT, FLAGGED, SEVERITY, NOTE, DEPLOYED)
MAPPED = (POINTS, SIZE, NOTE, SEVERITY, DEPLOYED)
# These leave the old data alone or are noticed.
LOUD: tuple[Callable[[], faults.Change], ...] = (
    lambda: faults.too_many("0"),
    lambda: faults.too_many(None),
    lambda: faults.too_many("7200"),
    lambda: faults.status(500),
    lambda: faults.status(503),
    lambda: faults.status(504),
    lambda: faults.status(401),
    lambda: faults.status(403),
    lambda: faults.status(410),
    lambda: faults.reset(),
    lambda: faults.reset(0.6),
    lambda: faults.cut(0.7),
    lambda: faults.broken_json(),
    lambda: faults.body(b"null"),
    lambda: faults.login_page(),
    lambda: faults.nobody(),
    lambda: faults.token("nonsense"),
)
# These look like good answers. What a page of changes lacks nobody can know, what the census named can be missed.
QUIET: tuple[Callable[[], faults.Change], ...] = (
    faults.same_token,
    faults.expired,
    lambda: faults.edited(_no_token),
    lambda: faults.edited(lambda asked, found: _lacking(asked, found, 1)),
    lambda: faults.edited(lambda asked, found: _lacking(asked, found, None)),
)


def _no_token(_asked: SeenRequest, found: dict) -> dict:
    """A page that is not the last, and does not say how to go on."""
    return found | {"nextPageToken": None} if found.get("isLast") is False else found


def _lacking(asked: SeenRequest, found: dict, first: int | None) -> dict:
    """The page without its first issue, or without any."""
    if "issues" not in found or "window" in asked.labels:
        return found
    return found | {"issues": found["issues"][first:] if first else []}


def seeds(short: int, long: int) -> list:
    """Some always, all in the long run, where they are fresh ones."""
    first = seeding.first(0)
    return [pytest.param(first + n, marks=pytest.mark.seeded if n < short else LONG) for n in range(long)]


def act(site: Site, dice: random.Random, *, wild: bool) -> None:
    """One thing that somebody does. `wild`: also what leaves no trace in the issues that it touches."""
    ids = [number for number, each in site.tickets.items() if wild or not each.links]
    pick, number = dice.random(), dice.choice(ids)
    ticket = site.tickets[number]
    if pick < 0.1:
        site.say(number) if dice.random() < 0.7 else site.unsay(number)
    elif pick < 0.35:
        site.edit(number, dice.choice(EDITED))
    elif pick < 0.65:
        site.transition(number, dice.choice([each for each in site.statuses if each != ticket.status]))
    elif pick < 0.78:
        site.add(dice.choice(["ALPHA", "BETA", "GAMMA"]))
    elif pick < 0.85:
        site.move(number, dice.choice([each for each in site.projects if each != ticket.project]))
    elif pick < 0.9 and len(ids) > 25:
        site.delete(number)
    elif pick < 0.95 and wild:
        site.hide(number, not ticket.hidden)
    elif wild and len(ids) > 1:
        site.link(number, dice.choice([each for each in ids if each != number]))
    else:
        site.rename_status(dice.choice(list(site.statuses)), f"Status {dice.randrange(100)}")


def work(site: Site, dice: random.Random, most: int, *, wild: bool) -> None:
    """Some time passes on the site; the index may lag behind."""
    site.pass_time(minutes=dice.choice([1, 7, 30, 600]))
    site.step = dice.choice([0, 1000, 1_000_000])
    for _ in range(dice.randrange(most)):
        if dice.random() < 0.15:
            with site.late():
                act(site, dice, wild=wild)
        else:
            act(site, dice, wild=wild)


def random_site(make: Callable[..., Syncs], seed: int) -> tuple[Syncs, random.Random]:
    """A site that pages in some way, Cloud or Data Center."""
    dice = random.Random(seed)  # noqa: S311 - reproducible
    site = Site(
        dice.randrange(28, 50),
        seed=seed,
        zone=dice.choice(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
    )
    syncs = make(
        1,
        site,
        dice.choice(["cloud", "cloud", "dc"]),
        page=dice.choice([5, 9, 100]),
        id_page=dice.choice([8, 5000]),
        change_page=dice.choice([9, 40, 10_000]),
        changelog_page=dice.choice([3, 100]),
        dc_page=dice.choice([7, 1000]),
        by_offset=dice.random() < 0.5,
        whole_entries=dice.random() < 0.5,
        created=dice.choice(["iso", "ms"]),
        bulk=dice.random() < 0.85,
        comments=dice.choice([0, 2, 20]),
        dc_comments=dice.choice([2, 1000]),
        comment_page=dice.choice([2, 100]),
    )
    return syncs, dice


def sequence(make: Callable[..., Syncs], seed: int, *, wild: bool) -> None:
    """A few syncs, each with faults and work before and meanwhile; then two clean ones."""
    syncs, dice = random_site(make, seed)
    kinds = LOUD + QUIET if wild else LOUD
    for _ in range(dice.randrange(2, 5)):
        work(syncs.site, dice, 12, wild=wild)
        if dice.random() < 0.3:
            syncs.mapped = set(dice.sample(MAPPED, dice.randrange(4)))
        for _ in range(dice.randrange(4)):
            on = dice.choice(
                ["any", "page", "census", "changes", "window", "search", "count", "myself", "versions", "comments"]
            )
            syncs.server.fault(dice.choice(kinds)(), on, after=dice.randrange(6), times=dice.choice([1, 1, 2, 3, None]))
        for _ in range(dice.randrange(3)):
            syncs.server.at("data", dice.randrange(1, 9), lambda: act(syncs.site, dice, wild=wild))
        syncs.sync(full=dice.random() < 0.15)
        for each, before in zip(syncs.results, syncs.before, strict=True):
            if each.error:
                assert snapshot(syncs.stores[0], ADDRESS) == before, f"a failed sync changed something: {each}"
        syncs.server.heal()
    syncs.recovers(2)


@pytest.mark.parametrize("seed", seeds(12, 200))
def test_two_clean_syncs_are_enough(make, seed):
    sequence(make, seed, wild=False)


@pytest.mark.seeded
@pytest.mark.parametrize(("first", "last"), [(1000, 1006), pytest.param(1006, 1200, marks=LONG)])
def test_two_clean_syncs_are_enough_whatever_happens(make, first, last):
    """With what leaves no trace: links, hidden issues, and answers that look good but lack something."""
    failed = []
    for seed in range(seeding.first(first), seeding.first(last)):
        try:
            sequence(make, seed, wild=True)
        except AssertionError as error:
            failed.append(f"{seed}: {str(error)[:300]}")
    assert not failed, "\n".join(failed)


# ---- paging


def busy(syncs: Syncs, dice: random.Random, wanted: int) -> None:
    """Somebody works before many of the next requests."""
    for n in range(1, wanted):
        syncs.server.at("data", n, lambda: act(syncs.site, dice, wild=False))


def nothing_twice(syncs: Syncs) -> None:
    """Each issue was counted once, and is held once."""
    for each in syncs.results:
        assert each.error is None, each.error
        assert each.fetched <= len(syncs.site.tickets) + 60
        assert each.fetched >= each.changed


@pytest.mark.parametrize("seed", seeds(6, 50))
def test_issues_change_while_paging(make, seed):
    """None missing, none doubled: at the latest after the next clean sync."""
    syncs, dice = random_site(make, 5000 + seed)
    syncs.site.step = 1_000_000
    for full in (True, False):
        busy(syncs, dice, 12)
        syncs.sync(full=full)
        nothing_twice(syncs)
        syncs.recovers()
        work(syncs.site, dice, 25, wild=False)
