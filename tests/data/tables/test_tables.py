"""Rows of the issue store become tidy tables: instants, codes, intervals and parsed fields, nothing of another
query.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from data.metrics.measure import measure
from data.metrics.registry import CATALOG
from data.store import schema
from data.tables.frames import FOREVER, NEVER
from data.tables.tidy import read
from tests.builders import at, facts, period
from tests.data.tables.stored_site import STATUSES, Site


def rows(frame: Any, *names: str) -> list[tuple]:
    return [tuple(row) for row in frame[list(names)].astype(object).itertuples(index=False)]


def test_an_empty_scope_gives_empty_tables(jira):
    tables = jira.tables(deployment_date="customfield_1")
    assert len(tables) == len(tables.changes) == len(tables.flags) == len(tables.links) == len(tables.versions) == 0
    assert (tables.revision, tables.zone, tables.as_of) == (f"{jira.number}.7", "Europe/Berlin", None)
    assert tables.fields["deployment_date"].tolist() == []


def test_an_unknown_scope_is_said_to_be_unknown(store):
    with store.reading() as connection, pytest.raises(LookupError, match="no scope 99"):
        read(connection, 99, {})


def test_issues_are_numbered_by_their_id_and_statuses_by_their_place(jira):
    jira.issue(30, status_id="3", resolved=5_000, resolution="Done", assignee="Ada", history_complete=False)
    jira.issue(20, status_id="2", project_key="Q")
    tables = jira.tables()
    assert rows(tables.issues, "issue_id", "project", "type", "status", "created", "resolved", "history_complete") == [
        (20, "Q", "Story", 1, 1_000, NEVER, True),
        (30, "P", "Story", 2, 1_000, 5_000, False),
    ]
    assert tables.issues["resolution"].tolist()[1] == "Done" and tables.issues["assignee"].tolist()[1] == "Ada"
    assert rows(tables.statuses, "status_id", "name", "category") == STATUSES


def test_changes_are_ordered_by_instant_then_history_then_place_in_it(jira):
    jira.issue(1)
    jira.change(1, 900, "2", "3", history_id=8)
    jira.change(1, 500, "1", "2", history_id=9)
    jira.change(1, 900, "3", "1", history_id=12, item=1)
    jira.change(1, 900, "1", "2", history_id=12, item=3)
    assert rows(jira.tables().changes, "issue", "at", "source", "target") == [
        (0, 500, 0, 1),
        (0, 900, 1, 2),
        (0, 900, 2, 0),
        (0, 900, 0, 1),
    ]


def test_changes_of_an_issue_that_is_not_held_are_left_out(jira):
    jira.issue(5)
    for issue_id in (4, 5, 6):
        jira.change(issue_id, 500, "1", "2")
    assert rows(jira.tables().changes, "issue", "at") == [(0, 500)]


def test_changes_of_other_fields_are_no_status_changes(jira):
    jira.issue(1)
    jira.change(1, 500, "1", "2", field="resolution")
    assert len(jira.tables().changes) == 0


def test_comments_have_instant_and_author_and_say_whether_they_are_all(jira):
    jira.issue(8, comments_complete=None)
    jira.issue(7, comments_complete=True)
    jira.issue(9, comments_complete=False)
    for number, comment, when, author in ((9, 4, 50, "b"), (7, 3, 90, None), (7, 5, 30, "a"), (6, 1, 10, "gone")):
        jira.add(schema.comment, issue_id=number, comment_id=comment, created=when, author_id=author)
    tables = jira.tables()
    assert rows(
        tables.comments.assign(author=tables.comments["author"].astype(object).fillna("")), "issue", "at", "author"
    ) == [(0, 30, "a"), (0, 90, ""), (2, 50, "b")]
    assert tables.comments["author"].dtype == "category"
    assert tables.issues["comments_complete"].tolist() == [True, False, False]


def test_a_status_is_known_by_its_id_whatever_it_was_called_then(jira):
    jira.issue(1)
    jira.change(1, 500, "1", "2", from_name="Done", to_name="Open")
    assert rows(jira.tables().changes, "source", "target") == [(0, 1)]


def test_a_status_deleted_since_is_the_one_of_its_name_or_else_work_in_progress(jira):
    jira.issue(1)
    jira.change(1, 500, "1", "71", to_name="in progress")
    jira.change(1, 600, "71", "72", from_name="In Progress", to_name="Limbo")
    jira.change(1, 700, "72", "3", from_name="Limbo", to_name="Done")
    tables = jira.tables()
    assert rows(tables.changes, "source", "target") == [(0, 3), (3, 4), (4, 2)]
    assert rows(tables.statuses, "status_id", "name", "category")[3:] == [
        ("71", "In Progress", "indeterminate"),
        ("72", "Limbo", "indeterminate"),
    ]
    assert rows(tables.gone_statuses, "status", "reason", "like") == [(3, "same_name", 1), (4, "nothing", -1)]


def test_the_level_is_jiras_or_what_the_type_says_where_jira_has_none(jira):
    for type_id, name, subtask in (
        ("20", "Bug", False),
        ("21", "Teilaufgabe", True),
        ("22", "epic", False),
        ("23", "Subtask", False),
    ):
        jira.add(schema.issue_type, type_id=type_id, name=name, subtask=subtask, hierarchy=None)
    for n, type_id in enumerate(("10", "11", "12", "20", "21", "22", "23", "unheard of")):
        jira.issue(n + 1, type_id=type_id)
    tables = jira.tables()
    assert tables.issues["hierarchy"].tolist() == [0, -1, 1, 0, -1, 1, -1, 0]
    assert tables.issues["type"].tolist()[-1] == "unheard of"


def test_flags_become_intervals_and_one_still_up_has_no_end(jira):
    jira.issue(1)
    jira.issue(2)
    for issue_id, when, text in (
        (1, 100, "Impediment"),
        (1, 150, "Impediment"),
        (1, 300, ""),
        (1, 500, "Impediment"),
        (2, 200, None),
        (2, 400, "Impediment"),
    ):
        jira.change(issue_id, when, None, None, field="flagged", to_name=text)
    assert rows(jira.tables().flags, "issue", "start", "end") == [(0, 100, 300), (0, 500, FOREVER), (1, 400, FOREVER)]


def test_the_flag_is_found_by_the_id_of_its_field_too(jira):
    jira.add(schema.field, field_id="customfield_10021", name="Flagged", custom=True)
    jira.issue(1)
    jira.change(1, 100, None, "[10019]", field="customfield_10021", to_name="Impediment")
    jira.change(1, 300, "[10019]", "[]", field="customfield_10021")
    assert rows(jira.tables().flags, "issue", "start", "end") == [(0, 100, 300)]


def test_labels_and_components_are_rows_of_issue_and_name(jira):
    jira.issue(1, labels='["a", "b"]', components='["Api"]')
    jira.issue(2, labels='["b"]')
    tables = jira.tables()
    assert rows(tables.labels, "issue", "name") == [(0, "a"), (0, "b"), (1, "b")]
    assert rows(tables.components, "issue", "name") == [(0, "Api")]


def test_versions_keep_plain_dates_and_fix_versions_point_at_them(jira):
    for version_id, released, day in ((7, True, "2025-01-31"), (9, False, None), (11, True, "soon")):
        jira.add(
            schema.version,
            version_id=version_id,
            project_key="P",
            name=f"1.{version_id}",
            released=released,
            release_date=day,
        )
    jira.issue(1, fix_versions="[9, 7, 8]")
    tables = jira.tables()
    assert rows(tables.versions, "version_id", "released", "release_date") == [
        (7, True, date(2025, 1, 31)),
        (9, False, None),
        (11, True, None),
    ]
    assert rows(tables.fix_versions, "issue", "version") == [(0, 1), (0, 0)]


def test_links_have_one_spelling_of_each_phrase_and_others_may_be_elsewhere(jira):
    jira.issue(1)
    jira.issue(2)
    for link_id, phrase, other in ((1, "Is caused by", 2), (2, "relates to", 99), (3, "blocks ", None)):
        jira.add(schema.link, issue_id=1, link_id=link_id, phrase=phrase, type_name="-", other_id=other, other_key="-")
    assert rows(jira.tables().links, "issue", "phrase", "other") == [
        (0, "Is caused by", 1),
        (0, "relates to", -1),
        (0, "blocks", -1),
    ]


def linked(jira, *held: tuple[int, int, str, str, int]) -> list[tuple]:
    """The links of three issues; held: issue, link, phrase, type, other."""
    for issue in (1, 2, 3):
        jira.issue(issue)
    for issue, link_id, phrase, kind, other in held:
        jira.add(
            schema.link, issue_id=issue, link_id=link_id, phrase=phrase, type_name=kind, other_id=other, other_key="-"
        )
    return rows(jira.tables().links, "issue", "phrase", "other")


@pytest.mark.parametrize(
    "held", [(2, 7, "causes", "Problem/Incident", 1), (1, 7, "is caused by", "Problem/Incident", 2)]
)
def test_a_link_that_one_end_holds_is_read_from_both(jira, held):
    assert linked(jira, held) == [(0, "is caused by", 1), (1, "causes", 0)]


def test_a_link_that_both_ends_hold_is_there_once_for_each(jira):
    both = [(1, 7, "is caused by", "Problem/Incident", 2), (2, 7, "causes", "Problem/Incident", 1)]
    assert linked(jira, *both) == [(0, "is caused by", 1), (1, "causes", 0)]


def test_the_phrase_of_the_other_end_is_learned_from_links_of_the_same_type(jira):
    known = [(1, 7, "wird ausgelöst von", "Auslöser", 2), (2, 7, "löst aus", "Auslöser", 1)]
    assert linked(jira, *known, (3, 8, "löst aus", "Auslöser", 1)) == [
        (0, "wird ausgelöst von", 1),
        (0, "wird ausgelöst von", 2),
        (1, "löst aus", 0),
        (2, "löst aus", 0),
    ]


def test_a_phrase_that_nobody_knows_is_not_made_up(jira):
    assert linked(jira, (3, 8, "löst aus", "Auslöser", 1)) == [(2, "löst aus", 0)]


@pytest.mark.parametrize("holder", ["incident", "deployment", "both"])
def test_an_incident_blames_its_deployment_whoever_holds_the_link(jira, holder):
    sides = {
        "incident": (1, 7, "is caused by", "Problem/Incident", 2),
        "deployment": (2, 7, "causes", "Problem/Incident", 1),
    }
    linked(jira, *(side for name, side in sides.items() if holder in (name, "both")))
    jira.value(2, "customfield_1", "2025-03-30T12:00:00Z")
    jira.value(1, "customfield_2", "2025-03-30T15:00:00Z")
    tables = jira.tables(deployment_date="customfield_1", incident_detected_at="customfield_2")
    found = measure(CATALOG["change_failure_rate"], facts(tables), period("2025-03-30", "2025-03-30"))
    assert (found.value, found.total_issue_count) == (100.0, 1)


@pytest.mark.parametrize(
    ("raw", "instant"),
    [
        ("2025-03-30T12:00:00.000+0000", "2025-03-30 12:00+00:00"),
        ("2025-03-30T12:00:00.123+0200", "2025-03-30 10:00:00.123+00:00"),
        ("2025-03-30T12:00:00Z", "2025-03-30 12:00+00:00"),
        ("2025-03-30T12:00:00.5-04:30", "2025-03-30 16:30:00.5+00:00"),
    ],
)
def test_times_of_mapped_fields_are_instants(jira, raw, instant):
    jira.issue(1)
    jira.issue(2)
    jira.value(1, "customfield_1", raw)
    tables = jira.tables(deployment_date="customfield_1")
    assert tables.fields["deployment_date"].tolist() == [at(instant), NEVER]
    assert tables.date_only["deployment_date"] is False


def test_plain_dates_are_the_first_instant_of_the_local_day(jira):
    for issue_id, day in ((1, "2025-03-30"), (2, "2025-06-01"), (3, "2025-02-30"), (4, "tomorrow")):
        jira.issue(issue_id)
        jira.value(issue_id, "customfield_1", day)
    tables = jira.tables(deployment_date="customfield_1")
    assert tables.fields["deployment_date"].tolist() == [
        at("2025-03-29 23:00+00:00"),
        at("2025-05-31 22:00+00:00"),
        NEVER,
        NEVER,
    ]
    assert tables.date_only["deployment_date"] is True


def test_a_mixed_or_broken_value_spoils_only_itself(jira):
    for issue_id, value in enumerate(
        ["2025-01-01T00:00:00.000Z", {"odd": 1}, ["2025-01-01"], True, "not a time at all"], 1
    ):
        jira.issue(issue_id)
        jira.value(issue_id, "customfield_1", value)
    assert (
        jira.tables(incident_detected_at="customfield_1").fields["incident_detected_at"].tolist()
        == [at("2025-01-01")] + [NEVER] * 4
    )


def test_standard_fields_may_be_mapped(jira):
    jira.issue(1, resolved=5_000_000, due="2025-01-02", labels='["x", "y"]', priority="High")
    jira.issue(2)
    tables = jira.tables(
        work_completed_date="resolutiondate",
        deployment_date="duedate",
        work_started_date="created",
        flow_item_type="priority",
        production_impact="labels",
    )
    assert tables.fields["work_completed_date"].tolist() == [5_000_000, NEVER]
    assert tables.fields["work_started_date"].tolist() == [1_000, 1_000]
    assert tables.fields["deployment_date"].tolist() == [at("2025-01-01 23:00+00:00"), NEVER]
    assert (tables.date_only["deployment_date"], tables.date_only["work_completed_date"]) == (True, False)
    assert tables.fields["flow_item_type"].tolist() == [("High",), None]
    assert tables.fields["production_impact"].tolist() == [("x", "y"), None]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("Production", ("Production",)),
        ({"value": "Production", "id": "1"}, ("Production",)),
        ({"name": "High"}, ("High",)),
        ({"displayName": "Ada"}, ("Ada",)),
        ([{"value": "prod"}, {"value": "live"}], ("prod", "live")),
        ([{"value": "Yes"}], ("Yes",)),
        (["a", " b "], ("a", "b")),
        (True, ("True",)),
        (False, ("False",)),
        (0, ("0",)),
        ("  ", None),
        ([], None),
        ([None, ""], None),
    ],
)
def test_words_come_from_options_lists_checkboxes_and_text(jira, raw, words):
    jira.issue(1)
    jira.value(1, "customfield_1", raw)
    assert jira.tables(deployment_successful="customfield_1").fields["deployment_successful"].tolist() == [words]


@pytest.mark.parametrize(
    ("raw", "number"), [(8, 8.0), (0, 0.0), (2.5, 2.5), ("3", 3.0), ({"value": "13"}, 13.0), ("many", None), ([], None)]
)
def test_numbers_are_numbers_or_missing(jira, raw, number):
    jira.issue(1)
    jira.value(1, "customfield_1", raw)
    found = jira.tables(story_points="customfield_1").fields["story_points"]
    assert (np.isnan(found[0]) and number is None) or found[0] == number


def test_only_mapped_fields_of_ours_are_there(jira):
    jira.issue(1)
    jira.value(1, "customfield_1", "x")
    jira.value(1, "customfield_2", "y")
    tables = jira.tables(flow_item_type="customfield_1", no_such_field="customfield_2")
    assert set(tables.fields) == {"flow_item_type"}
    assert jira.tables().fields == {}


def test_another_query_of_the_same_site_does_not_mix_in(store):
    one, two = Site(store, "project = A"), Site(store, "project = B", zone="Asia/Kathmandu")
    one.issue(1)
    one.change(1, 500, "1", "2")
    two.issue(2, key="B-1")
    two.value(2, "customfield_1", "x")
    assert (
        len(one.tables()),
        len(one.tables().changes),
        one.tables(persona="customfield_1").fields["persona"].tolist(),
    ) == (1, 1, [None])
    assert (two.tables().issues["key"].tolist(), len(two.tables().changes), two.tables().zone) == (
        ["B-1"],
        0,
        "Asia/Kathmandu",
    )
