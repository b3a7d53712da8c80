"""A view may choose other definitions than the saved ones; they are checked like saved settings."""

import pytest

from data.settings.model import Settings
from data.settings.switches import BadSwitch, laid_over


def test_other_definitions_are_laid_over_the_saved_ones_and_nothing_else_changes():
    saved = Settings()
    seen = laid_over(
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
    with pytest.raises(BadSwitch) as refused:
        laid_over(Settings(), [(name, value)])
    assert name in refused.value.message


def test_an_empty_list_is_a_choice():
    assert laid_over(Settings(), [("incident_types", "")]).definitions.incident_types == []
