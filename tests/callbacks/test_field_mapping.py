"""The mapping modal: draft, checks, saving, conflicts (D-01 to D-05)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dash import no_update

from callbacks import field_mapping, mapping_draft, mapping_save, mapping_show
from data.settings.fields import FIELDS
from tests.callbacks.acting import acting, words
from tests.fake_services import FakeServices
from ui import ids
from ui.modals.draft import with_change

M = ids.Mapping


class Modal:
    """The stores of an open modal, moved on as the browser would."""

    def __init__(self, services: FakeServices, metric: str | None = None) -> None:
        self.services = services
        self.draft: dict | None = None
        self.result: dict | None = None
        self.checked: dict | None = None
        self.redraw = 0
        self.load(M.SESSION, metric=metric)

    def load(self, by: str, metric: str | None = None) -> None:
        prop = "data" if by in (M.SESSION, M.RESULT) else "n_clicks"
        with acting(self.services, by, prop):
            self.loaded = field_mapping.load({"open": True, "n": 1, "metric": metric}, 1, 1, self.result, "?period=30d")
        self.act(M.LOADED, self.loaded, "data")

    def act(self, component: Any, value: Any = 1, prop: str = "n_clicks") -> None:
        states = ({"open": True}, self.loaded, self.draft, self.redraw, self.result)
        with acting(self.services, component, prop, value):
            draft, redraw = mapping_draft.edit(*[None] * 11, *states)
        if draft is not no_update:
            self.draft = draft
        if redraw is not no_update:
            self.redraw = redraw

    def choose(self, field: str, jira: str | None) -> None:
        self.act(ids.mapping_choice(field), jira, "value")

    def save(self, by: str = M.SAVE) -> dict:
        with acting(self.services, M.WISH, "data"):
            self.checked, result, self.conflict_hidden, self.conflict = mapping_save.save(
                {"n": 1, "by": by}, 1, None, self.draft, self.loaded, self.result
            )
        if result is not no_update:
            self.result = result
        return self.result or {}

    def pane(self, section: str = "fields", item: str = "") -> str:
        with acting(self.services, M.PLACE, "data"):
            place = {"section": section, "item": item, "pane": True}
            return words(mapping_show.show_pane(place, 1, self.checked, self.result, self.loaded, self.draft))

    def left(self, section: str = "fields", item: str = "") -> str:
        with acting(self.services, M.PLACE, "data"):
            place = {"section": section, "item": item, "pane": True}
            return words(list(mapping_show.show_list(place, self.loaded, self.draft)))

    def preview(self) -> str:
        with acting(self.services, M.DRAFT, "data"):
            return words(mapping_show.show_preview(self.draft, self.loaded, "?period=30d"))


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.mark.parametrize("place", [None, {"section": "fields", "item": "", "pane": True}])
def test_the_left_side_waits_for_what_it_is_made_of(services, place):
    with acting(services, M.PLACE, "data"):
        assert mapping_show.show_list(place, None, None) == (no_update,) * 5
        loaded = Modal(services).loaded
        assert mapping_show.show_list(None, loaded, None) == (no_update,) * 5


def test_the_preview_is_empty_until_something_is_changed(services):
    editor = Modal(services)
    with acting(services, M.DRAFT, "data"):
        for draft, loaded in ((None, editor.loaded), ({}, editor.loaded), ({"field/deployment_date": None}, None)):
            assert mapping_show.show_preview(draft, loaded, "?period=30d") == []


def saved_mapping(services: FakeServices) -> dict[str, str]:
    return services.snapshot().settings.mapping


def test_a_choice_is_saved_under_its_family_with_what_the_field_is(services: FakeServices) -> None:
    modal = Modal(services)
    modal.choose("deployment_date", "customfield_10100")
    assert modal.save()["state"] == "saved"
    config = services.snapshot().settings.dora_flow_config
    assert config.field_mappings.dora == {"deployment_date": "customfield_10100"}
    assert config.field_metadata["customfield_10100"]["type"] == "datetime"
    assert config.last_updated


def test_a_save_with_a_warning_stays_open_and_says_it(services: FakeServices) -> None:
    from callbacks.field_mapping import show_state

    modal = Modal(services)
    plain, warned = ({"n": 1, "state": "saved", "message": each} for each in ("", "Jira shows no form of A Bug."))
    with acting(services, M.STATE, "data"):
        said, *_, stays = show_state("saved", {}, modal.loaded, None, plain)
        assert (said, stays) == ("Saved. The numbers are being recalculated.", False)
        said, *_, stays = show_state("saved", {}, modal.loaded, None, warned)
        assert (said, stays) == ("Saved. The numbers are being recalculated. Jira shows no form of A Bug.", True)


def test_what_jira_requires_is_said_at_the_field(services: FakeServices) -> None:
    modal = Modal(services)
    modal.choose("deployment_date", "customfield_10100")
    modal.save()
    assert "Jira requires this field" not in Modal(services).pane("fields", "deployment/deployment_date")
    metadata = {"customfield_10100": {"name": "Deployment date", "required": True}}
    services.field_mapping.save(
        {"dora_flow_config": {"field_metadata": metadata}}, services.snapshot().settings_revision, services.snapshot()
    )
    assert "Jira requires this field whenever" in Modal(services).pane("fields", "deployment/deployment_date")


def test_only_what_changed_is_sent(services: FakeServices) -> None:
    modal = Modal(services)
    modal.act(ids.mapping_setting("percentile"), "nearest_rank", "value")
    modal.save()
    assert modal.checked["patch"] == {"definitions": {"percentile": "nearest_rank"}}


def test_other_keys_of_the_file_survive(services: FakeServices) -> None:
    path = services.settings_store.path
    path.write_text(json.dumps({"theirs": {"a": [1]}, "dora_flow_config": {"note": "x"}}))
    modal = Modal(services)
    modal.choose("story_points", "customfield_10108")
    modal.save()
    kept = json.loads(path.read_text())
    assert kept["theirs"] == {"a": [1]}
    assert kept["dora_flow_config"]["note"] == "x"


def test_clearing_takes_the_mapping_out_of_the_file(services: FakeServices) -> None:
    modal = Modal(services)
    modal.choose("deployment_date", "customfield_10100")
    modal.save()
    modal = Modal(services)
    modal.act(ids.mapping_action("clear:deployment_date"))
    assert modal.draft == {"field/deployment_date": None}
    modal.save()
    assert saved_mapping(services) == {}


def test_choosing_and_choosing_back_is_no_change(services: FakeServices) -> None:
    modal = Modal(services)
    modal.choose("deployment_date", "customfield_10100")
    modal.choose("deployment_date", None)
    assert modal.draft == {}


def test_controls_that_appear_change_nothing(services: FakeServices) -> None:
    modal = Modal(services)
    before = modal.redraw
    modal.choose("deployment_date", None)
    modal.act(ids.mapping_phase("3"), "indeterminate", "value")
    modal.act(ids.mapping_flow_item("Spike v2.0"), "", "value")
    modal.act(ids.mapping_suggestion("deployment_date", "customfield_10100"), None)
    modal.act(ids.mapping_word("incident_types"), "", "value")
    assert not modal.draft
    assert modal.redraw == before


def test_a_field_of_the_wrong_type_is_said_at_once_and_not_saved(services: FakeServices) -> None:
    modal = Modal(services)
    modal.choose("deployment_date", "customfield_10109")
    assert "does not fit deployment date" in modal.pane("fields", "deployment_frequency/deployment_date")
    modal.save()
    assert modal.checked["ok"] is False
    assert "deployment date" in modal.checked["message"]
    assert saved_mapping(services) == {}
    assert modal.draft == {"field/deployment_date": "customfield_10109"}


def test_accept_all_takes_the_sure_suggestions_only(services: FakeServices) -> None:
    modal = Modal(services)
    assert "Accept all 7 sure suggestions" in modal.left()
    modal.act(ids.mapping_action("accept-all"))
    chosen = {key.removeprefix("field/"): jira for key, jira in modal.draft.items()}
    assert chosen["deployment_date"] == "customfield_10100"
    assert "flow_item_type" not in chosen  # a likeness of 0.75 is not sure
    assert len(set(chosen.values())) == len(chosen) == 7
    assert "Accept" not in modal.left()


def test_the_list_says_mapped_suggested_and_missing(services: FakeServices) -> None:
    modal = Modal(services)
    modal.choose("deployment_date", "customfield_10100")
    left = modal.left()
    for each in ("state-mark-mapped", "state-mark-suggested", "state-mark-missing", "suggested: First commit"):
        assert each in left
    modal.choose("deployment_date", "customfield_10109")
    assert "state-mark-unfit" in modal.left()


def test_preview_says_what_happens_to_the_numbers(services: FakeServices) -> None:
    modal = Modal(services)
    assert modal.preview() == "[]"
    modal.choose("deployment_date", "customfield_10100")
    shown = modal.preview()
    assert "needs mapping" in shown
    assert "4.1 / week" in shown
    modal.choose("production_impact", "customfield_10109")
    assert "Not read from Jira yet: Production impact. Saving reads it" in modal.preview()


def test_preview_of_a_wrong_value_says_so_in_plain_words(services: FakeServices) -> None:
    modal = Modal(services)
    modal.act(ids.mapping_setting("failure_window_hours"), -1, "value")
    result = modal.save()
    assert result["state"] == "error"
    assert "Incidents after a deployment" in result["message"]
    assert "This value was not saved." in modal.pane("definitions", "incidents")
    assert modal.draft == {"setting/failure_window_hours": -1}


def test_a_card_opens_the_field_that_it_misses(services: FakeServices) -> None:
    assert (
        Modal(services, "mean_time_to_recovery").loaded["place"]["item"] == "mean_time_to_recovery/incident_detected_at"
    )
    modal = Modal(services)
    modal.choose("incident_detected_at", "customfield_10105")
    modal.save()
    assert (
        Modal(services, "mean_time_to_recovery").loaded["place"]["item"] == "mean_time_to_recovery/incident_resolved_at"
    )
    assert Modal(services, "deployment_rework_rate").loaded["place"] == {
        "section": "definitions",
        "item": "rework",
        "pane": True,
    }


def test_a_card_opens_what_it_says_it_misses() -> None:
    modal = Modal(FakeServices("mixed"), "lead_time_for_changes")  # its card asks for deployment_successful
    assert modal.loaded["place"]["item"] == "change_failure_rate/deployment_successful"


def test_a_status_of_ones_own_is_saved_and_the_rest_keeps_following_jira(services: FakeServices) -> None:
    modal = Modal(services)
    modal.act(ids.mapping_phase("5"), "done", "value")
    modal.act(ids.mapping_work("3"), "active", "value")
    modal.save()
    flow = services.snapshot().settings.workflow
    assert (flow.done, flow.discarded) == (["5", "6"], None)  # "7" is discarded by its name
    assert flow.started == []  # those that are left in progress are so in Jira too
    assert (flow.active, flow.waiting) == (["3"], [])
    modal = Modal(services)
    modal.act(ids.mapping_action("reset:workflow"))
    modal.save()
    flow = services.snapshot().settings.workflow
    assert (flow.done, flow.started, flow.active) == ([], [], [])


def test_a_workflow_without_done_is_refused(services: FakeServices) -> None:
    modal = Modal(services)
    for each in ("6", "7"):
        modal.act(ids.mapping_phase(each), "new", "value")
    modal.save()
    assert modal.checked["ok"] is False
    assert "No status is done" in modal.checked["message"]
    assert "No status is done" in modal.pane("workflow")


def test_one_chosen_type_writes_down_the_suggested_ones_too(services: FakeServices) -> None:
    modal = Modal(services)
    modal.act(ids.mapping_flow_item("Spike v2.0"), "Risk", "value")
    modal.save()
    assert services.snapshot().settings.definitions.flow_types == {
        "Story": "Feature",
        "Bug": "Defect",
        "Task": "Feature",
        "Incident": "Defect",
        "Spike v2.0": "Risk",
    }
    modal = Modal(services)
    modal.act(ids.mapping_flow_item("Task"), "", "value")
    modal.save()
    assert "Task" not in services.snapshot().settings.definitions.flow_types


def test_words_are_added_and_removed(services: FakeServices) -> None:
    modal = Modal(services)
    modal.act(ids.mapping_word("incident_types"), " Sev1, Sev2, Incident ", "value")
    assert modal.draft["setting/incident_types"] == ["Incident", "[System] Incident", "Outage", "Sev1", "Sev2"]
    modal.act(ids.mapping_word_gone("incident_types", "Outage"))
    modal.save()
    assert services.snapshot().settings.definitions.incident_types == ["Incident", "[System] Incident", "Sev1", "Sev2"]


def span(row: int, part: str) -> Any:
    return ids.mapping_span(str(row), part)


def test_named_spans_are_rows_that_are_added_filled_in_and_removed(services: FakeServices) -> None:
    modal = Modal(services)
    for row, (name, start, end) in enumerate(
        (("development", ["In Progress"], ["Review", "Testing"]), ("review: late", ["Review"], ["Done"]))
    ):
        modal.act(ids.mapping_action("add-span"))
        modal.act(span(row, "name"), name, "value")
        modal.act(span(row, "start"), start, "value")
        modal.act(span(row, "end"), end, "value")
    lines = ["development: In Progress -> Review; Testing", "review late: Review -> Done"]
    assert modal.draft["setting/spans"] == lines
    assert modal.save()["state"] == "saved"
    assert services.snapshot().settings.definitions.spans == lines
    again = Modal(services)
    shown = again.pane("definitions", "workflow")
    for said in ("development", "review late", "Remove development", "development: from", "Add a span"):
        assert said in shown
    again.act(ids.mapping_span_gone("0"))
    again.save()
    assert services.snapshot().settings.definitions.spans == lines[1:]


def test_controls_of_spans_that_merely_appear_change_nothing(services: FakeServices) -> None:
    modal = Modal(services)
    modal.act(ids.mapping_action("add-span"))
    before = dict(modal.draft)
    for part, value in (("name", ""), ("start", []), ("end", None)):
        modal.act(span(0, part), value, "value")
        modal.act(span(7, part), "a row that has gone", "value")
    assert modal.draft == before


@pytest.mark.parametrize(
    ("name", "start", "end", "said"),
    [
        ("", ["In Progress"], ["Done"], "A span has no name"),
        ("dev", [], [], "has no start and no end"),
        ("dev", ["Done"], ["done"], "begins and ends in"),
    ],
)
def test_a_span_that_is_not_whole_is_not_saved_and_says_what_it_lacks(
    services: FakeServices, name: str, start: list[str], end: list[str], said: str
) -> None:
    modal = Modal(services)
    modal.act(ids.mapping_action("add-span"))
    for part, value in (("name", name), ("start", start), ("end", end)):
        modal.act(span(0, part), value, "value")
    modal.save()
    assert services.snapshot().settings.definitions.spans == []
    assert said in modal.pane("definitions", "workflow")


def test_of_two_editors_the_second_sees_both_values_and_keeps_its_input(services: FakeServices) -> None:
    first, second = Modal(services), Modal(services)
    first.choose("deployment_date", "customfield_10100")
    first.save()
    second.choose("deployment_date", "customfield_10103")
    second.act(ids.mapping_setting("percentile"), "nearest_rank", "value")
    result = second.save()
    assert result["state"] == "conflict"
    assert second.conflict_hidden is False
    shown = words(second.conflict)
    assert "First commit (customfield_10103)" in shown
    assert "Deployment date (customfield_10100)" in shown
    assert "Percentiles" not in shown
    assert second.draft["field/deployment_date"] == "customfield_10103"
    assert saved_mapping(services)["deployment_date"] == "customfield_10100"


def test_keep_mine_saves_over_theirs(services: FakeServices) -> None:
    first, second = Modal(services), Modal(services)
    first.choose("deployment_date", "customfield_10100")
    first.save()
    second.choose("deployment_date", "customfield_10103")
    second.save()
    assert second.save(M.KEEP_MINE)["state"] == "saved"
    assert saved_mapping(services)["deployment_date"] == "customfield_10103"


def test_use_theirs_drops_only_what_is_in_conflict(services: FakeServices) -> None:
    first, second = Modal(services), Modal(services)
    first.choose("deployment_date", "customfield_10100")
    first.save()
    second.choose("deployment_date", "customfield_10103")
    second.choose("story_points", "customfield_10108")
    second.save()
    second.load(M.USE_THEIRS)
    assert second.draft == {"field/story_points": "customfield_10108"}
    assert second.save()["state"] == "saved"
    assert saved_mapping(services) == {"deployment_date": "customfield_10100", "story_points": "customfield_10108"}


def test_changes_to_different_values_do_not_disturb_each_other(services: FakeServices) -> None:
    first, second = Modal(services), Modal(services)
    first.choose("deployment_date", "customfield_10100")
    first.save()
    second.choose("story_points", "customfield_10108")
    assert second.save()["state"] == "saved"
    assert set(saved_mapping(services)) == {"deployment_date", "story_points"}


def test_settings_that_cannot_be_written_keep_the_input(services: FakeServices) -> None:
    modal = Modal(services)
    modal.choose("deployment_date", "customfield_10100")
    services.settings_store._never_write = True
    result = modal.save()
    assert result["state"] == "error"
    assert "Nothing was saved." in result["message"]
    assert modal.draft


def test_an_unexpected_failure_keeps_the_input_and_names_the_request(services: FakeServices) -> None:
    modal = Modal(services)
    modal.choose("deployment_date", "customfield_10100")

    def fail(*_: Any) -> None:
        raise RuntimeError("secret inner words")

    services.field_mapping.save = fail  # type: ignore[method-assign]
    message = modal.save()["message"]
    assert "Request" in message
    assert "secret" not in message


def test_read_only_settings_say_why_and_disable_save() -> None:
    modal = Modal(FakeServices("broken"))
    modal.choose("deployment_date", "customfield_10100")
    assert "cannot be" in modal.left()
    with acting(modal.services, M.STATE, "data"):
        said, _, disabled, why, _ = field_mapping.show_state("editing", modal.draft, modal.loaded, None, None)
    assert disabled
    assert why
    assert "Read-only" in said


def test_without_jira_the_other_sections_work_and_a_retry_keeps_the_draft(services: FakeServices) -> None:
    services.field_mapping.jira_down = "until retried"
    modal = Modal(services)
    modal.act(ids.mapping_setting("percentile"), "nearest_rank", "value")
    assert "could not be read" in modal.pane()
    assert "In Review" in modal.pane("workflow")
    assert "Nearest rank" in modal.pane("definitions", "time")
    modal.load(M.RETRY)
    assert modal.draft == {"setting/percentile": "nearest_rank"}
    assert "First commit" in modal.pane("fields", "lead_time_for_changes/code_commit_date")


def test_saving_works_without_jira(services: FakeServices) -> None:
    services.field_mapping.jira_down = True
    modal = Modal(services)
    modal.act(ids.mapping_setting("tier_year"), 2021, "value")
    assert modal.save()["state"] == "saved"
    assert services.snapshot().settings.definitions.tier_year == 2021


@pytest.mark.parametrize(
    ("state", "changes", "save_disabled", "clock_disabled"),
    [
        ("loading", 0, True, True),
        ("editing", 0, True, True),
        ("editing", 2, False, True),
        ("validating", 2, True, True),
        ("saving", 2, True, True),
        ("saved", 0, True, False),
        ("error", 2, False, True),
    ],
)
def test_each_state_has_its_words_and_its_buttons(
    services: FakeServices, state: str, changes: int, save_disabled: bool, clock_disabled: bool
) -> None:
    modal = Modal(services)
    draft = {f"field/{name}": "x" for name in list(FIELDS)[:changes]}
    with acting(services, M.STATE, "data"):
        said, label, disabled, _, clock = field_mapping.show_state(
            state, draft, modal.loaded, {"ok": False, "message": "Not saved."}, None
        )
    assert said
    assert (disabled, clock) == (save_disabled, clock_disabled)
    assert label == ("Save 2 changes" if changes else "Save changes")


def leave(services: FakeServices, by: str, draft: dict | None, prop: str = "n_clicks", state: str = "editing") -> tuple:
    with acting(services, by, prop):
        wish = {"n": 1, "changes": len(draft or {})}
        return field_mapping.open_or_close({"n": 1, "metric": None}, wish, 1, 1, 1, state)


def test_leaving_with_changes_asks_how_many_are_lost(services: FakeServices) -> None:
    is_open, session, hidden, question = leave(services, M.LEAVE, {"field/a": 1, "field/b": 2, "setting/c": 3})
    assert (is_open, session, hidden) == (no_update, no_update, False)
    assert question == "Discard 3 changes?"
    assert leave(services, M.KEEP, {"field/a": 1})[0] is no_update
    assert leave(services, M.DISCARD, {"field/a": 1})[0] is False
    assert leave(services, M.LEAVE, {})[0] is False
    assert leave(services, M.CLOCK, {}, "n_intervals", state="saved")[0] is False


def test_a_late_tick_does_not_close_what_was_opened_again(services: FakeServices) -> None:
    for state in ("loading", "editing"):
        assert leave(services, M.CLOCK, {}, "n_intervals", state) == (no_update,) * 4


def test_closing_forgets_the_draft(services: FakeServices) -> None:
    modal = Modal(services)
    modal.choose("deployment_date", "customfield_10100")
    with acting(services, M.SESSION, "data"):
        draft, _ = mapping_draft.edit(*[None] * 11, {"open": False}, modal.loaded, modal.draft, 1, None)
    assert draft == {}


def test_only_a_save_names_the_revision_that_the_page_then_shows(services: FakeServices) -> None:
    modal, other = Modal(services), Modal(services)
    modal.act(ids.mapping_setting("tier_year"), 2021, "value")
    assert modal.save()["page"] == services.status.of(services.snapshot()).revision
    other.act(ids.mapping_setting("tier_year"), 2022, "value")
    assert other.save()["state"] == "conflict"
    assert "page" not in other.result


def test_no_answer_is_large_even_with_five_hundred_fields(services: FakeServices) -> None:
    some = services.field_mapping.jira_fields(services.snapshot())
    many = [
        type(some[0])(f"customfield_{n}", f"A field with a longer name {n}", "datetime", True, some[0].coverage)
        for n in range(20_000, 20_500)
    ]
    services.field_mapping.jira_fields = lambda *_, **_more: [*some, *many]  # type: ignore[method-assign]
    modal = Modal(services)
    modal.act(ids.mapping_action("accept-all"))
    assert len(modal.pane("fields", "deployment_frequency/deployment_date")) < 50_000
    assert len(modal.left()) < 50_000
    assert len(json.dumps(modal.loaded)) < 50_000


def test_put_knows_when_a_value_is_as_saved() -> None:
    base = {"setting/a": [1], "setting/b": None, "setting/c": False, "field/d": None}
    assert with_change({}, base, "setting/a", [1]) == {}
    assert with_change({}, base, "setting/b", "") == {}
    assert with_change({}, base, "setting/c", True) == {"setting/c": True}
    assert with_change({"field/d": "x"}, base, "field/d", None) == {}


def test_on_a_site_with_thousands_of_fields_the_list_follows_what_is_typed(services: FakeServices) -> None:
    some = services.field_mapping.jira_fields(services.snapshot())
    many = [type(some[0])(f"customfield_{n}", f"Field {n}", "datetime", True) for n in range(20_000, 23_000)]
    control = ids.mapping_choice("deployment_date")
    with acting(services, control, "search_value"):
        assert mapping_show.search_fields("Field 22999", None, control) is no_update
    services.field_mapping.jira_fields = lambda *_, **_more: [*some, *many]  # type: ignore[method-assign]
    modal = Modal(services)
    assert "customfield_22999" not in modal.pane("fields", "deployment_frequency/deployment_date")
    with acting(services, control, "search_value"):
        found = mapping_show.search_fields("field 22999", "customfield_10100", control)
    assert {row["value"] for row in found} == {"customfield_10100", "customfield_22999"}


def test_where_the_first_field_is_empty_others_count_in_order(services: FakeServices) -> None:
    modal = Modal(services)
    modal.choose("story_points", "customfield_10016")
    modal.act(ids.mapping_more("story_points"), ["customfield_10031", "customfield_10032"], "value")
    assert modal.draft["field/story_points"] == "customfield_10016,customfield_10031,customfield_10032"
    modal.choose("story_points", "customfield_10031")  # another first one: none counts twice
    assert modal.draft["field/story_points"] == "customfield_10031,customfield_10032"
    modal.act(ids.mapping_more("story_points"), [], "value")
    assert modal.draft["field/story_points"] == "customfield_10031"
