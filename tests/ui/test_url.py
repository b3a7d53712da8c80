"""The URL is the state of the page: what is written is what is read back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from data.settings.filter_fields import FILTER_FIELDS
from data.values.filters import Filter, Filters
from ui.url import TABS, PageView, parse, query

WORDS = st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable() and text.strip())
NAMES = st.lists(WORDS, max_size=3).map(lambda names: tuple(sorted(set(names))))
SWITCHES = st.dictionaries(WORDS.filter(lambda name: ":" not in name), WORDS, max_size=3).map(
    lambda found: tuple(sorted(found.items()))
)
FILTER = st.builds(
    Filter,
    st.sampled_from([*FILTER_FIELDS, "unknown"]),
    st.sampled_from(["in", "not_in", "contains", "starts_with", "is_null", "eq"]),
    NAMES.filter(bool),
)
FILTERS = st.builds(
    Filters, st.lists(FILTER, max_size=4, unique_by=lambda each: (each.field, each.op)).map(tuple), SWITCHES
)
DAYS = st.dates().map(str)


@st.composite
def views(draw) -> PageView:
    period = draw(st.sampled_from(["7d", "30d", "90d", None]))
    dates = (draw(DAYS), draw(DAYS)) if period is None else (None, None)
    metric = draw(st.none() | st.sampled_from(["flow_time", "lead_time_for_changes"]))
    tab = draw(st.sampled_from(list(TABS)))
    own = tuple((name, draw(WORDS)) for name in TABS[tab].own if draw(st.booleans()))
    chart = None if metric else draw(st.none() | st.sampled_from(["cycle_time_scatter"]))
    pick = draw(st.just("") | WORDS) if chart else ""
    return PageView(tab, period, *dates, draw(FILTERS), metric, own, chart, pick)


@given(views())
def test_reads_back_what_it_writes(view):
    assert parse(query(view)) == view


@given(st.text(max_size=200))
def test_any_text_is_a_view(text):
    view = parse(text)
    assert view.tab in TABS
    assert parse(query(view)) == view


def test_the_page_as_it_opens_has_no_query():
    assert query(PageView()) == ""
    assert parse("") == parse(None) == PageView()


def test_wrong_dates_are_passed_on_to_be_explained():
    view = parse("?from=2026-13-01&to=x&period=7d")
    assert (view.period, view.first, view.last) == (None, "2026-13-01", "x")
    assert parse("?from=2026-01-01").last == ""


def test_unknown_words_become_the_defaults():
    assert parse("?tab=nothing&period=1000d") == PageView()


def test_only_so_much_is_read():
    assert len(query(parse("?label=" + "x" * 100_000))) < 9_000


def test_a_metric_and_a_point_of_a_chart_are_never_open_at_once():
    view = parse("?chart=cycle_time_scatter&pick=SHOP-1")
    assert (view.chart, view.pick) == ("cycle_time_scatter", "SHOP-1")
    assert query(view.with_metric("flow_time")) == "?metric=flow_time"
    assert parse("?metric=flow_time&chart=cycle_time_scatter&pick=x").chart is None
    assert query(view.with_chart("net_flow")) == "?chart=net_flow"
