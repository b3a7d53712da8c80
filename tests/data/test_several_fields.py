"""One concept, several fields: of each issue the first that is filled counts, now and in its history, and it is
said.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.settings.fields import field_ids
from data.settings.model import Settings
from data.settings.store import Invalid
from data.tables.estimates import in_force
from sample.serve import make_site
from tests import seeding
from tests.cases.site import CaseSite, synced
from tests.data.sync.test_epic_link import STATUSES, issue, status

POINTS, ESTIMATE = "customfield_10016", "customfield_10031"


def numbers() -> list[dict[str, Any]]:
    system = [
        {"id": each, "name": each, "custom": False, "schema": {"type": "string", "system": each}}
        for each in ("summary", "status", "issuetype", "project", "created", "updated", "resolution", "resolutiondate")
    ]
    kind = {"type": "number", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:float"}
    titles = {POINTS: "Story Points", ESTIMATE: "Story point estimate"}
    return [*system, *({"id": each, "name": name, "custom": True, "schema": kind} for each, name in titles.items())]


ISSUES = [
    issue(1, done=True, **{POINTS: 3.0}),
    issue(2, done=True, **{ESTIMATE: 5.0}),
    issue(3, done=True, **{POINTS: 1.0, ESTIMATE: 8.0}),
    issue(4, done=True, **{POINTS: 0.0, ESTIMATE: 8.0}),  # 0 is an answer, not empty
    issue(5, done=True),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseSite]:
    folder = tmp_path_factory.mktemp("several")
    (folder / "issues.jsonl").write_text("\n".join(json.dumps(each) for each in ISSUES), "utf-8")
    (folder / "fields.json").write_text(json.dumps(numbers()), "utf-8")
    (folder / "statuses.json").write_text(json.dumps([status(each) for each in STATUSES]), "utf-8")
    chosen = {"dora_flow_config": {"field_mappings": {"flow": {"story_points": [POINTS, ESTIMATE]}}}}
    (folder / "given.json").write_text(json.dumps(chosen), "utf-8")
    made = make_site(data=[folder / "issues.jsonl"], fields=folder / "fields.json", statuses=folder / "statuses.json")
    (folder / "home").mkdir()
    with synced(folder / "home", made, settings=folder / "given.json") as found:
        yield found


def test_of_each_issue_the_first_field_that_is_filled_counts(site: CaseSite) -> None:
    details = site.value("flow_velocity").details
    assert (details["points"], details["points_on"]) == (3 + 5 + 1 + 0, 4)


def test_the_card_says_which_field_gave_how_many(site: CaseSite) -> None:
    said = "Story points is from Story Points (3 issues), else Story point estimate (1 issue)."
    assert said in site.value("flow_velocity").details["notes"]


def test_a_mapping_is_one_text_or_a_list() -> None:
    for given_as in ([POINTS, ESTIMATE], f"{POINTS}, {ESTIMATE}"):
        parts = {"field_mappings": {"flow": {"story_points": given_as}}}
        mapping = Settings.model_validate({"dora_flow_config": parts}).mapping
        assert field_ids(mapping["story_points"]) == (POINTS, ESTIMATE)


@pytest.mark.parametrize("wrong", [f"{POINTS},nonsense", [POINTS, "nonsense"], [POINTS, 7]])
def test_a_field_that_cannot_be_mapped_is_refused_at_any_place(site: CaseSite, wrong: Any) -> None:
    snapshot = site.services.snapshot()
    store = site.services.sites.data(snapshot).settings
    patch = {"dora_flow_config": {"field_mappings": {"flow": {"story_points": wrong}}}}
    with pytest.raises(Invalid):
        store.save(patch, revision=store.load().revision)


def test_each_field_of_a_mapping_is_checked(site: CaseSite) -> None:
    snapshot = site.services.snapshot()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site.services.field_mapping, "jira_fields", lambda _snapshot: [])
        problem = site.services.field_mapping.check("story_points", f"{POINTS},{ESTIMATE}", snapshot)
    assert problem is not None and POINTS in problem.what


# ---- history -----------------------------------------------------------------------------------------------------

AMOUNTS = st.sampled_from([math.nan, 0.0, 1.0, 5.0])


@seeding.examples(100)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), AMOUNTS), max_size=8),
    st.fixed_dictionaries(dict.fromkeys("abc", AMOUNTS)),
)
def test_an_estimate_at_any_instant_is_the_first_that_was_filled_then(
    steps: list[tuple[str, float]], start: dict[str, float]
) -> None:
    held, changes = dict(start), []
    first = [next((held[each] for each in "abc" if not math.isnan(held[each])), math.nan)]
    for at, (field, value) in enumerate(steps):
        changes.append((at, field, held[field], value))
        held[field] = value
        first.append(next((held[each] for each in "abc" if not math.isnan(held[each])), math.nan))
    found = in_force(("a", "b", "c"), changes, held)
    wanted = [(n, a, b) for n, (a, b) in enumerate(pairwise(first)) if str(a) != str(b)]
    assert [tuple(map(str, each)) for each in found] == [tuple(map(str, each)) for each in wanted]
