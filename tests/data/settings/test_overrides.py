"""A view may choose other definitions than the saved ones; they are checked like saved settings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.settings.definitions import table, value_of
from data.settings.model import Settings
from data.settings.overrides import BadOverride, patch_of, with_overrides
from data.values.filters import Filters
from tests import seeding
from tests.some import some
from ui.url import PageView, parse, query


def test_other_definitions_are_laid_over_the_saved_ones_and_nothing_else_changes():
    saved = Settings()
    seen = with_overrides(
        saved,
        [
            ("durations", "working_days"),
            ("working_time.weekdays", "0,1,2"),
            ("working_time.start", "08:00"),
            ("subtract_reopened", "true"),
            ("tier_year", "2021"),
            ("failure_window_hours", "24"),
            ("incident_types", "Outage,Sev 1"),
            ("workflow.started", "3,10001"),
        ],
    )
    assert seen.definitions.durations == "working_days"
    assert seen.definitions.working_time.weekdays == [0, 1, 2]
    assert seen.definitions.working_time.start == "08:00"
    assert seen.definitions.subtract_reopened is True
    assert seen.definitions.tier_year == 2021
    assert seen.definitions.failure_window_hours == 24
    assert seen.definitions.incident_types == ["Outage", "Sev 1"]
    assert seen.workflow.started == ["3", "10001"]
    assert saved == Settings(), "the saved settings are not touched"
    assert seen.definitions.percentile == saved.definitions.percentile


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("durations", "fortnights"),
        ("nothing", "1"),
        ("working_time.nothing", "1"),
        ("zone", "Mars/Olympus"),
        ("subtract_reopened", "perhaps"),
        ("working_time.end", "07:00"),
        ("working_time.weekdays", "0,9"),
        ("failure_window_hours", "-1"),
        ("flow_types", "not JSON"),
        ("workflow.nothing", "3"),
        ("durations.deeper", "exact"),
    ],
)
def test_what_cannot_be_is_refused_by_name(name, value):
    with pytest.raises(BadOverride) as refused:
        with_overrides(Settings(), [(name, value)])
    assert name in str(refused.value) and refused.value.name == name
    assert refused.value.message


def test_an_empty_list_is_a_choice():
    assert with_overrides(Settings(), [("incident_types", "")]).definitions.incident_types == []


SPANS = ("development: In Progress -> Review", "waiting: To Do -> In Progress")
VALUES = {
    "statuses": st.lists(st.sampled_from(["1", "3", "10001"]), max_size=3, unique=True),
    "weekdays": st.lists(st.integers(0, 6), max_size=7, unique=True),
    "days": st.lists(st.dates().map(str), max_size=3, unique=True).map(sorted),
}
WORDS = st.lists(st.text(min_size=1, max_size=12).filter(lambda text: "\x00" not in text), max_size=3, unique=True)


def values(name):
    """Values that a definition can have."""
    known = table()[name]
    if known.choices:
        return st.sampled_from(known.choices)
    if known.names_of and name not in ("spans", "reported_projects"):
        return VALUES.get(known.names_of, WORDS)
    return {
        "spans": st.lists(st.sampled_from(SPANS), max_size=2, unique=True),
        "reported_projects": st.lists(st.sampled_from(["acme/shop -> SHOP", "api, v2->API"]), max_size=2, unique=True),
        "zone": st.sampled_from(["", "UTC", "Europe/Berlin", "Pacific/Apia"]),
        "failure_window_hours": st.none() | st.floats(0.25, 500).map(lambda hours: round(hours, 3)),
        "flow_types": st.dictionaries(st.text(max_size=8), st.sampled_from(["Feature", "Risk"]), max_size=2),
        "working_time.start": st.sampled_from(["00:00", "08:30"]),
        "working_time.end": st.sampled_from(["17:30", "24:00"]),
    }.get(name, st.just(known.default))


@seeding.examples(300)
@given(st.data())
def test_what_a_definition_says_as_text_is_read_back(data):
    names = data.draw(st.lists(st.sampled_from(sorted(table())), min_size=1, max_size=5, unique=True))
    wanted = {name: data.draw(values(name), name) for name in names}
    chosen = [(name, table()[name].text(value)) for name, value in wanted.items()]
    view = PageView(filters=Filters(definitions=tuple(sorted(chosen))))
    assert parse(query(view)).filters.definitions == view.filters.definitions, "the address keeps it"
    seen = with_overrides(Settings(), parse(query(view)).filters.definitions)
    for name, value in wanted.items():
        got = value_of(seen, name)
        assert got == (pytest.approx(value, rel=1e-5) if isinstance(value, float) else value)
    others = set(table()) - set(wanted)
    assert all(value_of(seen, name) == value_of(Settings(), name) for name in others)
    patched = patch_of(Settings(), chosen)
    assert bool(patched) == any(value_of(seen, name) != value_of(Settings(), name) for name in wanted)


@given(st.text(max_size=40), st.text(max_size=60))
@seeding.examples(300)
def test_no_text_breaks_it(name, text):
    for each in (name, "durations", "incident_types", "working_time.holidays", "flow_types", "sprint_weights.bugs"):
        try:
            with_overrides(Settings(), [(each, text)])
        except BadOverride as refused:
            assert refused.message and refused.name == each


def test_every_definition_is_said_in_words():
    for known in some(table().values(), 30):
        assert known.title[0].isupper() and known.help.endswith("."), known.name
        for value in (known.default, *known.choices):
            said = known.in_words(value)
            assert said and "_" not in said, (known.name, value)
        assert known.part != "other", known.name


def test_weights_must_be_one_together():
    with pytest.raises(BadOverride, match=r"weights are 1\.25 together"):
        with_overrides(Settings(), [("sprint_weights.spillover", "0.5")])
    seen = with_overrides(
        Settings(),
        [("sprint_weights.spillover", "0.5"), ("sprint_weights.churn", "0"), ("sprint_weights.bugs", "0.05")],
    )
    assert seen.definitions.sprint_weights.spillover == 0.5


def test_saving_a_view_takes_only_what_differs():
    assert patch_of(Settings(), [("durations", "exact")]) == {}
    chosen = [("durations", "exclusive_days"), ("workflow.started", "3"), ("working_time.end", "18:00")]
    assert patch_of(Settings(), chosen) == {
        "definitions": {"durations": "exclusive_days", "working_time": {"end": "18:00"}},
        "workflow": {"started": ["3"]},
    }
