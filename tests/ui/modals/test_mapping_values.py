"""The values of a mapped field are offered with what they mean, and a choice is a change of the lists of words."""

from __future__ import annotations

from data.settings.fields import FIELDS
from data.settings.model import Settings
from data.values.fields import ValueInfo
from ui.modals.draft import base_of, in_force, patch
from ui.modals.mapping_values import meaning_of, put_meaning, values_section

BASE = base_of(Settings(), [], [])
OURS = FIELDS["deployment_successful"]
FOUND = [ValueInfo("Yes", 31), ValueInfo("Rolled forward", 6), ValueInfo("No", 4)]


def test_what_a_value_means_is_told_from_the_lists_however_it_is_spelled():
    said = [meaning_of(OURS.name, text, BASE) for text in ("YES ", "rolled\u00a0back", "Rolled forward")]
    assert said == ["success_words", "failure_words", ""]


def test_a_choice_moves_a_value_from_one_list_to_another():
    draft = put_meaning({}, BASE, OURS.name, "Rolled forward", "failure_words")
    assert draft["setting/failure_words"][-1] == "Rolled forward" and "setting/success_words" not in draft
    draft = put_meaning(draft, BASE, OURS.name, "Rolled forward", "success_words")
    assert "Rolled forward" in draft["setting/success_words"] and "setting/failure_words" not in draft
    saved = patch(draft, BASE, [], {})["definitions"]
    assert saved == {"success_words": draft["setting/success_words"]}
    assert put_meaning(draft, BASE, OURS.name, "Rolled forward", "") == {}


def test_a_value_can_be_made_unknown():
    draft = put_meaning({}, BASE, OURS.name, "yes", "")
    assert meaning_of(OURS.name, "Yes", in_force(draft, BASE)) == ""


def test_a_control_that_merely_appears_changes_nothing():
    for each, setting in (("Yes", "success_words"), ("Rolled forward", "")):
        assert put_meaning({}, BASE, OURS.name, each, setting) == {}


def test_the_section_counts_what_is_not_known():
    section = str(values_section(OURS, FOUND, BASE))
    assert "1 value on 6 issues is not known yet." in section
    assert section.index("'Yes'") < section.index("'Rolled forward'") < section.index("'No'")


def test_a_field_whose_values_are_no_words_has_no_section():
    assert values_section(FIELDS["story_points"], FOUND, BASE) is None
    assert values_section(OURS, [], BASE) is None


def test_an_environment_is_production_or_not_and_never_unknown():
    section = str(values_section(FIELDS["target_environment"], [ValueInfo("Live", 3), ValueInfo("QA", 2)], BASE))
    assert "not known" not in section and "Not production" in section
