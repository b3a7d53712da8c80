"""The state of the page as a URL query: what is looked at can be shared, bookmarked and gone back to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlencode

from data.values.explore import NAMES as EXPLORED
from data.values.filters import Filters
from data.values.periods import PRESETS
from data.values.question import DEFAULT_PERIOD as DEFAULT_PERIOD  # other modules take it from here
from data.values.question import DEFINITION, filter_pairs, question_of


@dataclass(frozen=True)
class Tab:
    """One tab: its title, and the names in the URL that only it uses."""

    title: str
    own: tuple[str, ...] = ()


TABS = {
    "overview": Tab("Overview"),
    "dora": Tab("DORA"),
    "flow": Tab("Flow"),
    "forecast": Tab(
        "Forecast",
        own=(
            "items",
            "by",
            "history",
            "seed",
            "version",
            "epic",
            "sample",
            "without",
            "off",
            "draw",
            "unit",
            "teams",
        ),
    ),
    "sprints": Tab("Sprints", own=("board", "sprint")),
    "jobs": Tab("Jobs", own=("persona", "job")),
    "catalogue": Tab("Catalogue", own=("q", "category", "measure", "by", "over", "limits")),
    "explore": Tab("Explore", own=EXPLORED),
    "teams": Tab("Teams", own=("team",)),
    "quality": Tab("Data quality"),
}
DEFAULT_TAB = "overview"
_LONGEST = 8_000  # characters of a query that we are willing to read


@dataclass(frozen=True)
class PageView:
    """What a person looks at. `period` is a preset, or None when `first` and `last` (YYYY-MM-DD) are given."""

    tab: str = DEFAULT_TAB
    period: str | None = DEFAULT_PERIOD
    first: str | None = None
    last: str | None = None
    filters: Filters = field(default_factory=Filters)
    metric: str | None = None
    own: tuple[tuple[str, str], ...] = ()  # what only this tab asks: (name, value), in the order of Tab.own
    chart: str | None = None  # whose issues are looked at; never with a metric
    pick: str = ""  # a point of it; empty: all
    unknown_period: str = field(default="", compare=False)  # what the address names in place of a preset
    issue: str | None = None  # whose history is looked at; what it was reached from stays in the address

    def asks(self, name: str) -> str | None:
        """What the tab's own question says under a name."""
        return dict(self.own).get(name)

    def with_metric(self, metric: str | None) -> PageView:
        return replace(self, metric=metric, chart=None, pick="", issue=None)

    def with_chart(self, chart: str, pick: str = "") -> PageView:
        return replace(self, metric=None, chart=chart, pick=pick, issue=None)

    def with_issue(self, key: str | None) -> PageView:
        """The history of an issue, on top of what is looked at; None: without it."""
        return replace(self, issue=key)

    def with_dates(self, first: str, last: str) -> PageView:
        return replace(self, period=None, first=first, last=last)


def parse(search: str | None) -> PageView:
    """The view that a query such as `?tab=flow&period=90d&project=SHOP` describes.

    Unknown tabs and presets become the defaults, which the page says; dates are passed on as written, so that a wrong
    one can be explained.
    """
    asked = parse_qs((search or "")[:_LONGEST].lstrip("?"), keep_blank_values=False)

    def one(name: str) -> str | None:
        return asked.get(name, [None])[-1]

    tab = one("tab")
    tab = tab if tab in TABS else DEFAULT_TAB
    found = question_of(asked)
    period = found.period if found.period is None or found.period in PRESETS else DEFAULT_PERIOD
    return PageView(
        tab=tab,
        period=period,
        first=found.first,
        last=found.last,
        filters=found.filters,
        metric=one("metric"),
        issue=one("issue"),
        chart=None if one("metric") else one("chart"),
        pick=(one("pick") or "") if one("chart") and not one("metric") else "",
        own=tuple((name, value) for name in TABS[tab].own if (value := one(name))),
        unknown_period=found.period if found.period and found.period != period else "",
    )


def query(view: PageView, **extra: str) -> str:
    """The query that `parse` reads back; defaults are left out. Empty for the page as it first opens."""
    pairs: list[tuple[str, str]] = []
    if view.tab != DEFAULT_TAB:
        pairs.append(("tab", view.tab))
    if view.period is None:
        pairs += [("from", view.first or ""), ("to", view.last or "")]
    elif view.period != DEFAULT_PERIOD:
        pairs.append(("period", view.period))
    pairs += filter_pairs(view.filters)
    pairs += [(DEFINITION, f"{name}:{value}") for name, value in view.filters.definitions]
    pairs += view.own
    if view.metric:
        pairs.append(("metric", view.metric))
    elif view.chart:
        pairs.append(("chart", view.chart))
        pairs += [("pick", view.pick)] if view.pick else []
    pairs += [("issue", view.issue)] if view.issue else []
    pairs += extra.items()
    return f"?{urlencode(pairs)}" if pairs else ""
