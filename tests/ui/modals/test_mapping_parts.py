"""The parts of the mapping modal as they look in each state."""

from __future__ import annotations

import dataclasses
import typing

import pytest

from data.metrics import ISSUE_METRICS
from data.settings.fields import FIELDS
from data.settings.model import Definitions, Settings
from data.values.fields import Coverage, FieldInfo, StatusInfo, Suggestion, TypeInfo, ValueInfo
from data.values.problem import Problem
from tests.callbacks.acting import words
from tests.some import some
from ui.modals import mapping_definitions as definitions
from ui.modals.draft import base_of, in_force, keys_at, patch
from ui.modals.field_mapping import banner, conflict_rows, field_mapping_modal, jira_problem
from ui.modals.mapping_field import coverage, field_pane, options
from ui.modals.mapping_needs import BY_NAME, ELSEWHERE, GROUPS, first_place, steps
from ui.modals.mapping_spans import SETTING
from ui.modals.mapping_workflow import types_pane, workflow_pane

JIRA = [
    FieldInfo(
        "customfield_1", "Deployment date", "datetime", True, Coverage(412, 800, ("2026-11-14T09:12:00.000+0100",))
    ),
    FieldInfo("customfield_2", "Team", "text", True, Coverage(780, 800, ("<b>Checkout</b>",))),
    FieldInfo("customfield_3", "Deployment date", "date", True, Coverage(3, 800, ())),
]
PLACE = "deployment_frequency/deployment_date"


def pane(chosen: str | None = None, problem: Problem | None = None, error: str = "") -> str:
    return words(field_pane(PLACE, chosen, JIRA, [Suggestion("customfield_1", 1.0, "its name")], problem, error))


def test_the_closed_modal_has_nothing_in_it_yet() -> None:
    assert len(words(field_mapping_modal())) < 8_000


def test_a_field_shows_use_examples_and_type() -> None:
    shown = pane()
    for each in (
        "set on 412 of the newest 800 issues",
        "14 Nov 2026, 09:12",
        "date and time",
        "Not mapped.",
        "customfield_1",
    ):
        assert each in shown
    assert '"aria-pressed": "false"' in shown


def test_a_taken_suggestion_is_marked_and_can_be_cleared() -> None:
    shown = pane("customfield_1")
    assert '"aria-pressed": "true"' in shown
    assert "Mapped to Deployment date" in shown


def test_problems_stand_where_the_choice_is() -> None:
    assert "does not fit" in pane("customfield_2", Problem("It does not fit.", level="danger"))
    assert "was not saved" in pane("customfield_1", error="Too old.")
    assert "which this Jira does not have" in pane("customfield_9")


def test_options_put_what_fits_first_and_tell_namesakes_apart() -> None:
    rows = options(FIELDS["deployment_date"], JIRA, None)
    assert [row["value"] for row in rows] == ["customfield_1", "customfield_3", "customfield_2"]
    assert "(customfield_1)" in rows[0]["label"]
    assert rows[2]["label"].endswith("does not fit")
    assert options(FIELDS["deployment_date"], JIRA, "gone")[0]["label"] == "gone · not in this Jira"


@pytest.mark.parametrize(
    ("seen", "said"),
    [(None, "Not counted"), (Coverage(0, 0), "No issues"), (Coverage(0, 10), "set on 0 of the newest 10 issues")],
)
def test_coverage_says_what_is_known(seen: Coverage | None, said: str) -> None:
    assert said in words(coverage(seen))


def test_every_field_can_be_reached_and_every_card_leads_somewhere() -> None:
    assert {each.partition("/")[2] for each in steps()} == set(FIELDS)
    tabbed = {name for name, each in ISSUE_METRICS.items() if each.family in ("dora", "flow")}
    assert tabbed <= set(BY_NAME) | set(ELSEWHERE)
    for name in ISSUE_METRICS:
        section, item = first_place(name, set())
        assert section != "fields" or item in steps()
        assert section != "definitions" or item in definitions.parts()


def test_groups_list_fields_that_the_metric_really_uses() -> None:
    read_by_all = {"status_entry_timestamp"}  # where history is missing, for every completion
    for group in GROUPS:
        if group.name in ISSUE_METRICS:
            assert set(group.fields) - read_by_all <= set(ISSUE_METRICS[group.name].fields), group.name


def test_every_definition_has_a_control_and_its_own_help() -> None:
    shown = ""
    values = base_of(Settings(), [], [])
    for part in definitions.parts():
        shown += words(definitions.definitions_pane(part, values, {}, definitions.Known()))
    for name, line in definitions.lines().items():
        control = '"action": "add-span"' if name == SETTING else f'"setting": "{name}"'
        assert control in shown
        assert line.help and line.help in shown.replace('\\"', '"')
    assert {name.partition(".")[0] for name in definitions.lines()} == set(Definitions.model_fields) - {"flow_types"}


def test_every_choice_of_a_definition_is_offered() -> None:
    literals = {
        path: line for path, line in definitions.lines().items() if typing.get_origin(line.kind) is typing.Literal
    }
    for path, line in some(literals.items(), 5):
        shown = words(definitions.definitions_pane(definitions.part_of(path), {}, {}, definitions.Known()))
        for each in some(typing.get_args(line.kind), 2):
            assert f'"value": {words(each)}' in shown


def test_a_refused_value_is_marked() -> None:
    shown = words(
        definitions.definitions_pane("incidents", {}, {"failure_window_hours": "Too small."}, definitions.Known())
    )
    assert "is-invalid" in shown
    assert "Too small." in shown


STATUSES = [
    StatusInfo("1", "To Do", "new", 3),
    StatusInfo("2", "Doing", "indeterminate", 1),
    StatusInfo("3", "Done", "done", 9),
]


def test_workflow_shows_jiras_category_until_it_is_changed() -> None:
    base = base_of(Settings(), STATUSES, [])
    assert "Follow Jira" not in words(workflow_pane(STATUSES, base, base))
    changed = words(workflow_pane(STATUSES, in_force({"phase/1": "done"}, base), base))
    assert "Jira says not started" in changed
    assert "Follow Jira" in changed
    assert "after the first sync" in words(workflow_pane([], {}, {}))


def test_types_show_what_is_suggested() -> None:
    types = [TypeInfo("Story", 5, "Feature", True), TypeInfo("Spike", 1, None, True)]
    base = base_of(Settings(), [], types)
    shown = words(types_pane(types, base, base))
    assert shown.count('"suggested"') == 1
    assert "Use the suggestions" not in shown


def test_what_is_in_the_way_is_said_where_it_matters() -> None:
    jira, locked = Problem("No Jira."), Problem("Locked.")
    assert "No Jira." in words(banner(None, jira, "fields"))
    assert banner(None, jira, "workflow") == []
    assert "Locked." in words(banner(locked, None, "workflow"))
    assert "Your mapping is safe" in words(jira_problem(jira))


def test_both_sides_of_a_conflict_are_shown() -> None:
    shown = words(conflict_rows([{"title": "Percentiles", "mine": "linear", "theirs": "nearest_rank"}]))
    assert all(each in shown for each in ("Percentiles", "linear", "nearest_rank", "Nothing of yours is lost"))


def test_the_patch_of_no_draft_is_empty() -> None:
    assert patch({}, {}, STATUSES, {}) == {}


def test_paths_of_the_settings_lead_back_to_changes() -> None:
    draft = {
        "field/job_id": "x",
        "phase/1": "done",
        "work/2": "active",
        "type/v1.0 Task": "Risk",
        "setting/working_time.start": "8:00",
    }
    assert keys_at("dora_flow_config.field_mappings.jtbd.job_id", draft) == ["field/job_id"]
    assert keys_at("workflow.done", draft) == ["phase/1", "work/2"]
    assert keys_at("definitions.flow_types.v1.0 Task", draft) == ["type/v1.0 Task"]
    assert keys_at("definitions.flow_types", draft) == ["type/v1.0 Task"]
    assert keys_at("definitions.working_time", draft) == ["setting/working_time.start"]
    assert keys_at("sync.max_age_hours", draft) == []


def test_of_a_long_list_the_names_that_came_with_the_program_and_occur_nowhere_are_behind_a_line() -> None:
    held = ["Won't Do", "Parked", "Mine", *(f"Seed {n}" for n in range(20))]
    known = definitions.Known(resolutions=(ValueInfo("Parked", 3), ValueInfo("Done", 40)))
    line = dataclasses.replace(definitions.lines()["not_completed_resolutions"], default=["Won't Do", "Parked"])
    chosen = [each for each in definitions._words(line, held, known).children if each is not None]
    lists = {type(each).__name__: str(each) for each in chosen}
    assert "1 name that no issue here has" in lists["Details"]
    assert "Won't Do" in lists["Details"]
    assert [name for name in held if f"Remove {name} from" in lists["Ul"]] == held[1:]
    assert "Details" not in {type(each).__name__ for each in definitions._words(line, held[:3], known).children}
