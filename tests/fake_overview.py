"""A hand-made overview: every kind of entry, with hostile names among them."""

# ruff: noqa: ARG002 - a fake takes what the real one takes

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.forecast.request import Options
from data.overview.key_points import key_points
from data.services.overview import OverviewService
from data.services.view import View
from data.values.metric_value import MetricValue, iso
from data.values.overview import Ageing, Caveat, Change, Overview, Report

if TYPE_CHECKING:
    from tests.fake_services import FakeServices

HOSTILE = "<script>alert(1)</script> & =cmd|' /C calc'!A0"
_WEEKS = (9.0, 11.0, 8.0, None, 12.0, 10.0, 9.0, 11.0, 10.0, 9.0, 11.0, 19.0, 10.0)
CHANGES = (
    Change(
        "flow_time",
        "Flow time",
        "19 days in the week 2 – 8 Nov 2026, above the upper natural limit of 16 days.",
        "a week outside the natural limits",
        "Before: mean 9.9 days, natural limits 3.5 days to 16 days, from the weeks 24 Aug – 18 Oct 2026.",
        "unusually high",
        "worse",
        "Open it and look for what was different in these weeks.",
        _WEEKS,
        9,
        (11,),
        9.9,
        3.5,
        16.3,
    ),
    Change(
        "flow_velocity",
        "Flow velocity",
        "8 weeks in a row above the mean of 40 items, since 21 Sep 2026; 52 items in the last of them.",
        "8 or more weeks in a row on one side of the mean",
        "Before: mean 40 items, natural limits 20 items to 60 items, from the weeks 24 Aug – 18 Oct 2026.",
        "unusually high",
        "better",
        "Open it, find what helped, and keep it.",
        tuple(40.0 + n % 5 for n in range(13)),
        9,
        tuple(range(5, 13)),
        40.0,
        20.0,
        60.0,
    ),
)
AGEING = (
    Ageing(
        "SHOP-3",
        "http://127.0.0.1:4020/browse/SHOP-3",
        HOSTILE,
        "Story",
        "In Review",
        "Ada <b>Byron</b>",
        61.2,
        6.4,
        "In Review",
    ),
    Ageing(
        "SHOP-9",
        "http://127.0.0.1:4020/browse/SHOP-9",
        "Basket keeps its items",
        "Bug",
        "In Progress",
        "",
        40.9,
        14.8,
        "",
    ),
)
DOUBTS = (
    Caveat(
        "A <b>mapped</b> field is empty: Deployment date (812 issues)",
        "Nothing to count.",
        "Check the field mapping.",
        "danger",
        "quality",
    ),
    Caveat(
        "Change failure rate cannot be measured",
        "Needed: Deployment successful.",
        "Map it, if your Jira has it.",
        "warning",
        "mapping",
        "change_failure_rate",
    ),
    Caveat(
        "Time to recovery (median) is based on few",
        "Only 4 are used, so one more or less changes it much.",
        "Choose a longer period before you draw conclusions.",
        "info",
        "metric",
        "mean_time_to_recovery",
    ),
)
QUIET = Overview((), ("Flow time", "Flow velocity"), (), 26, 4, (), 0, 0, 0, ("2026-08-19", "2026-11-16"), ())
FULL = replace(
    QUIET,
    changes=CHANGES,
    steady=("Flow load",),
    untold=("Time to recovery (median)",),
    ageing=AGEING,
    over=2,
    in_progress=37,
    compared=180,
    caveats=DOUBTS,
)


class FakeOverview(OverviewService):
    """Full in most scenarios, quiet in `empty`."""

    def __init__(self, fake: FakeServices) -> None:
        self._fake = fake

    def values(self, view: View) -> list[MetricValue]:
        return [each for family in ("dora", "flow") for each in self._fake.numbers.answer(family, view).values]

    def known_caveats(self, view: View) -> tuple[Caveat, ...] | None:
        """What the cache knows: in `doubtful` all, in `empty` that there is nothing, else nothing yet."""
        known = {"doubtful": tuple(each for each in DOUBTS if each.metric and each.level != "info"), "empty": ()}
        return known.get(self._fake.scenario)

    def answer(self, view: View) -> Overview:
        self._fake.calls.append(("overview", view.period.first, view.period.last, view.filters))
        if self._fake.scenario == "failing":
            raise RuntimeError("secret inner words")
        overview = QUIET if self._fake.scenario == "empty" else FULL
        return replace(overview, points=key_points(self.values(view), overview))

    def report(self, view: View, link: str = "", options: Options = ()) -> Report:
        status, period = self._fake.status.of(view.snapshot), view.period
        return Report(
            site=status.site_title,
            jql=status.jql,
            is_sample=status.is_sample,
            period=period.label,
            compared=period.previous().label,
            zone=period.zone,
            made_at=iso(self._fake.now),
            synced_at=status.synced_at,
            issues=status.issue_count,
            filters=(("Labels", HOSTILE),),
            values=tuple(self.values(view)),
            overview=self.answer(view),
            definitions=(("Durations", "exact", False), ("Zone", HOSTILE, True)),
            link=link,
        )
