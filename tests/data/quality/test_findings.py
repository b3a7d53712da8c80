"""What makes numbers doubtful is found, with how many issues it touches; sound data gives no finding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from data.facts.examples import empty_tables
from data.quality.findings import Circumstances, findings
from data.tables.frames import frame
from data.tables.tidy import DAY
from data.values.quality import Finding
from tests.builders import DOING, DONE, Item, at, facts, site

NOW = at("2026-11-16 12:00")
HOUR = DAY // 24
SOUND = Item("2026-11-01", [("2026-11-02", DOING), ("2026-11-05", DONE)])


def found(*items: Item, tables: dict[str, Any] | None = None, mapped: tuple[str, ...] = (), **known: Any):
    """Findings about a site of these items, read an hour ago."""
    made = replace(site(*items, mapped=mapped), **{"as_of": NOW - HOUR, **(tables or {})})
    about = {"now": NOW, "zone": "UTC", "done": facts(made).roles.done, "max_age": DAY, **known}
    return findings(made, Circumstances(**about))


def only(what: tuple[Finding, ...]) -> Finding:
    assert len(what) == 1, [each.title for each in what]
    return what[0]


def test_sound_data_gives_no_finding():
    sync = {"complete": True, "mode": "full", "expected": 1, "fetched": 1, "warnings": [], "error": None}
    assert found(SOUND, sync=sync) == ()
    assert findings(empty_tables(), Circumstances(NOW, "UTC", np.zeros(4, dtype=bool), DAY)) == ()


def test_every_finding_says_what_it_does_and_what_to_do():
    broken = Item("2026-12-01", status=DONE, history_complete=False, links=[("causes", -1)])
    everything = found(
        broken,
        mapped=("deployment_date", "story_points", "persona"),
        tables={"as_of": NOW - 9 * DAY, "gone_statuses": gone((0, "nothing", 2, 0, -1))},
        pending=frozenset({"job_id"}),
        complete_from=NOW - 30 * DAY,
        sync={"mode": "full", "expected": 5, "fetched": 1, "complete": False, "warnings": ["SHOP-1: odd."]},
    )
    assert len(everything) == 13
    for each in everything:
        assert each.effect.endswith(".") and each.todo.endswith((".", "--full.")) and each.title[0].isupper()
        assert each.level in ("info", "warning", "danger")
        assert each.issues is None or each.issues > 0


@pytest.mark.parametrize(
    ("age", "title", "level"),
    [
        (25 * HOUR, "The data is 25 hours old", "warning"),
        (3 * DAY, "The data is 3 days old", "warning"),
        (8 * DAY, "The data is 8 days old", "danger"),
    ],
)
def test_old_data(age, title, level):
    each = only(found(SOUND, tables={"as_of": NOW - age}))
    assert (each.title, each.level, each.issues) == (title, level, None)


def test_old_is_what_the_settings_call_old():
    assert found(SOUND, tables={"as_of": NOW - 25 * HOUR}, max_age=2 * DAY) == ()
    assert only(found(SOUND, tables={"as_of": NOW - HOUR}, max_age=HOUR // 2)).title == "The data is 1 hour old"


def test_a_failed_sync_says_what_to_do():
    error = {"code": "unreachable", "message": "No answer.", "hint": "Check the network."}
    each = only(found(SOUND, sync={"error": error, "mode": "full", "expected": 9, "fetched": 1}))
    assert each.title == "The last sync did not work"
    assert each.todo == "Check the network."


def test_a_cancelled_sync_is_no_finding():
    assert found(SOUND, sync={"error": {"code": "cancelled", "message": "Cancelled."}}) == ()


def test_what_a_sync_could_not_read():
    one = only(found(SOUND, sync={"complete": False, "warnings": ["SHOP-7: it has a shape that we cannot read."]}))
    assert (one.title, one.level) == ("The last sync reported 1 problem", "warning")
    assert only(found(SOUND, sync={"complete": True, "warnings": ["a", "b"]})).level == "info"


def test_issues_that_jira_counted_and_did_not_give():
    each = only(found(SOUND, sync={"mode": "full", "complete": True, "expected": 12, "fetched": 9}))
    assert each.issues == 3
    assert found(SOUND, sync={"mode": "incremental", "complete": True, "expected": None, "fetched": 9}) == ()


def test_incomplete_histories():
    assert only(found(SOUND, replace(SOUND, history_complete=False))).issues == 1


def test_incomplete_comments():
    made = site(SOUND, SOUND)
    issues = made.issues.assign(comments_complete=np.array([False, True]))
    each = only(found(SOUND, SOUND, tables={"issues": issues}))
    assert (each.title, each.issues) == ("Issues whose comments could not all be read", 1)
    none = made.issues.assign(comments_complete=np.array([False, False]))
    assert only(found(SOUND, SOUND, tables={"issues": none})).title == "No comments are shown"


def gone(*rows: tuple[int, str, int, int, int]):
    """Statuses that Jira no longer lists: code, reason, entries, resolving, like."""
    return frame(rows, status=np.int16, reason=object, entries=np.int64, resolving=np.int64, like=np.int16)


def test_statuses_that_no_longer_exist_are_named_with_what_they_do_to_the_numbers():
    lost = gone((2, "nothing", 1, 0, -1), (3, "resolves", 40, 38, -1))
    each = only(found(SOUND, tables={"gone_statuses": lost}))
    assert each.title == "Statuses that are no longer in Jira: 2"
    assert "“Done” (40 entries, of which 95 % fit) counts as finished" in each.effect
    assert "38 of its 40 entries set a resolution" in each.effect
    assert "“In Review” (1 entry, which fits) counts as work in progress" in each.effect
    assert each.effect.index("Done") < each.effect.index("In Review")  # the one whose entries fit least comes first
    assert each.level == "warning"


@pytest.mark.parametrize(
    ("reason", "chosen", "level"),
    [("nothing", [], "warning"), ("nothing", ["3"], "info"), ("ambiguous", [], "warning"), ("done_name", [], "info")],
)
def test_what_is_assumed_without_a_sign_is_a_warning_until_people_choose(reason: str, chosen: list[str], level: str):
    each = only(found(SOUND, tables={"gone_statuses": gone((2, reason, 5, 0, -1))}, chosen=frozenset(chosen)))
    assert each.level == level
    assert ("as chosen" in each.effect) == bool(chosen)


def test_a_status_that_jira_does_not_list():
    made = site(SOUND, SOUND)
    issues = made.issues.assign(status=np.array([-1, 3], dtype=np.int16))
    assert only(found(SOUND, SOUND, tables={"issues": issues})).issues == 1


def test_finished_without_a_date():
    undated = Item("2026-11-01", status=DONE)
    assert only(found(SOUND, undated, undated)).issues == 2
    assert found(replace(undated, resolved="2026-11-03")) == ()
    assert found(replace(undated, fields={"work_completed_date": "2026-11-03"})) == ()
    assert found(replace(undated, fields={"status_entry_timestamp": "2026-11-03"})) == ()
    assert found(Item("2026-11-01", status=DOING)) == ()


@pytest.mark.parametrize("name", ["deployment_date", "story_points", "persona"])
def test_a_mapped_field_that_is_empty_everywhere(name):
    each = only(found(SOUND, SOUND, mapped=(name,)))
    assert each.title.startswith("Mapped but always empty: ")
    assert each.issues == 2


@pytest.mark.parametrize(
    ("name", "value"), [("deployment_date", "2026-11-02"), ("story_points", 3), ("persona", "Ada")]
)
def test_one_value_is_not_empty(name, value):
    assert found(SOUND, replace(SOUND, fields={name: value})) == ()


def test_a_field_that_the_next_sync_reads():
    each = only(found(SOUND, pending=frozenset({"story_points", "job_id"})))
    assert each.title == "Mapped and not read yet: Job, Story points"
    assert each.level == "info"


def test_dates_in_the_future():
    ahead = replace(SOUND, fields={"deployment_date": "2026-12-24", "incident_detected_at": "2027-01-01"})
    each = only(found(SOUND, ahead))
    assert each.title == "Dates in the future: Deployment date, Incident detected at"
    assert each.issues == 1
    assert found(replace(SOUND, fields={"deployment_date": "2026-11-16"})) == (), "today is not the future"
    assert found(Item("2026-11-16 12:05")) == (), "clocks differ by minutes"
    assert only(found(Item("2026-11-16 13:00"))).title == "Dates in the future: Created"


@pytest.mark.parametrize(("days", "level"), [(365, "info"), (180, "info"), (179, "warning"), (30, "warning")])
def test_how_far_back_the_query_reaches(days, level):
    each = only(found(SOUND, complete_from=NOW - days * DAY))
    assert each.level == level
    assert each.title.startswith("The query holds only issues updated since ")


def test_the_reach_is_a_day_of_the_zone():
    assert only(found(SOUND, complete_from=at("2026-01-01 20:00"), zone="Asia/Tokyo")).title.endswith(
        "since 2 Jan 2026"
    )


def test_links_to_issues_outside():
    out = replace(SOUND, links=[("causes", -1), ("blocks", -1), ("relates to", 0)])
    assert only(found(SOUND, out)).issues == 1
    assert found(SOUND, replace(SOUND, links=[("causes", 0)])) == ()
