"""Which variants of a scenario run always, and which only in the long run; the sites they run on."""

from __future__ import annotations

import pytest

from tests.faults.site import Site

LONG = pytest.mark.torture
# For what does not depend on how many syncs there are: four at once only in the long run.
MOSTLY_ALONE = pytest.mark.parametrize(
    "at_once", [1, pytest.param(4, marks=LONG)], ids=["alone", "four"], indirect=True
)


def big(issues: int = 60, **more) -> Site:
    """More issues, for many pages."""
    return Site(issues, seed=7, **more)


def unlinked(site: Site) -> list[int]:
    """Issues without links: those that go take no link of another along."""
    return [each.id for each in site.tickets.values() if not each.links]
