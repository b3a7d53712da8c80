"""What a person chooses for statuses is what the numbers obey after saving, whatever was saved before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.facts.dataset import Dataset
from data.services.field_mapping import merged, statuses
from data.settings.model import Settings, Workflow
from data.tables.status_intervals import Roles
from data.values.fields import StatusInfo
from tests.builders import STATUSES, TODO, Item, facts, site
from tests.callbacks.acting import words
from ui.modals.draft import DISCARDED, DONE, NEW, PHASES, STARTED, Draft, base_of, patch, with_change
from ui.modals.mapping_workflow import workflow_pane

IDS = [status for status, _, _ in STATUSES]
EVERYWHERE = Item("2025-01-01", [(f"2025-01-{n + 2:02}", each) for n, each in enumerate(IDS[1:])], TODO)


def phases(roles: Roles) -> dict[str, str]:
    """What each status means by the roles that numbers obey."""
    masks = {DISCARDED: roles.discarded, DONE: roles.done, STARTED: roles.progress, NEW: roles.before}
    found = {name: [IDS[n] for n in np.flatnonzero(mask)] for name, mask in masks.items()}
    return {status: name for name, each in found.items() for status in each}


def about(settings: Settings) -> Dataset:
    return facts(site(EVERYWHERE), workflow=settings.workflow.model_dump())


SOME = st.lists(st.sampled_from(IDS), unique=True, max_size=3)
SAVED = st.builds(Workflow, started=SOME, active=SOME, waiting=SOME, done=SOME, discarded=st.none() | SOME)
CHOSEN = st.dictionaries(st.sampled_from(IDS), st.sampled_from(list(PHASES)), min_size=1)


@given(SAVED, CHOSEN)
def test_the_numbers_obey_what_the_form_shows_before_and_after_saving(saved: Workflow, chosen: dict[str, str]) -> None:
    settings = Settings(workflow=saved)
    known = statuses(site(EVERYWHERE))
    base = base_of(settings, known, [])
    shown = {each: base[f"phase/{each}"] for each in IDS}
    assert shown == phases(about(settings).roles)
    draft: Draft = {}
    for status, phase in chosen.items():
        draft = with_change(draft, base, f"phase/{status}", phase)
    after = merged(settings, patch(draft, base, known, {}))
    wanted = shown | chosen
    if any(phase == STARTED for phase in wanted.values()) and any(phase == DONE for phase in wanted.values()):
        assert phases(about(after).roles) == wanted  # else the form refuses to save


@pytest.mark.parametrize(
    ("workflow", "said"),
    [({}, "by its name"), ({"done": ["7"]}, "Jira says done"), ({"discarded": []}, "Jira says done")],
)
def test_the_form_says_why_a_status_is_discarded(workflow: dict[str, Any], said: str) -> None:
    known = statuses(site(EVERYWHERE))
    values = base_of(Settings(workflow=Workflow(**workflow)), known, [])
    assert said in str(workflow_pane(known, values, values))


def test_settings_of_an_older_version_keep_what_they_say() -> None:
    older = Settings.model_validate({"workflow": {"started": ["2"], "active": [], "waiting": [], "done": ["4", "7"]}})
    roles = about(older).roles
    assert [IDS[n] for n in np.flatnonzero(roles.done)] == ["4", "7"]
    assert not roles.discarded.any()
    assert older.workflow.discarded is None


def test_statuses_no_longer_in_jira_stand_by_themselves_the_least_sure_first() -> None:
    lost = [
        StatusInfo("7", "Sure", "done", 0, is_gone=True, entries=40, fit=0.958),
        StatusInfo("8", "Doubtful", "done", 0, is_gone=True, entries=10, fit=0.8),
        StatusInfo("9", "Unseen", "indeterminate", 0, is_gone=True),
    ]
    living = [StatusInfo("1", "Open", "new", 3)]
    values = {f"phase/{each.id}": each.usual for each in (*living, *lost)}
    said = words(workflow_pane([*lost, *living], values, values))
    places = [said.index(each) for each in ("Open", "No longer in Jira", "Unseen", "Doubtful", "Sure")]
    assert places == sorted(places)
    for each in ("0 entries", "10 entries 80 % fit", "40 entries 95 % fit"):
        assert each in said.replace("\u00a0", " ")
    assert "No longer in Jira" not in words(workflow_pane(living, values, values))
