"""Whether Jira requires a field and which choices it has: true to its forms, unknown with a reason elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.sender import RetryPolicy
from data.services.field_mapping import with_metadata
from data.services.field_rules import MOST_FORMS, MOST_OPTIONS, FieldRules, rules_of
from data.services.services import open_services
from data.settings.fields import FIELDS
from data.values.fields import FieldInfo
from sample.generator import generate
from sample.server import SampleServer
from tests.data.jira.fake import FakeSite, Reply, an_issue
from tests.sample_services import environment

API = "/rest/api/3"
FORM = f"{API}/issue/createmeta/A/issuetypes/10"
BUGS = f"{API}/issue/createmeta/A/issuetypes/11"


def form(*rows: tuple[str, bool, list[object] | None]) -> dict[str, object]:
    fields = [
        {"fieldId": name, "key": name, "name": name, "required": required, "operations": ["set"], "schema": {}}
        | ({} if allowed is None else {"allowedValues": allowed})
        for name, required, allowed in rows
    ]
    return {"startAt": 0, "maxResults": 200, "total": len(fields), "fields": fields}


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with FakeSite(30) as site:
        site.issues[2000] = an_issue(2000, issuetype={"id": "11", "name": "Bug"})
        site.routes[FORM] = form(
            ("summary", True, None),
            ("customfield_2", True, [{"id": "1", "value": "Yes"}, {"id": "2", "value": "Old", "disabled": True}]),
            ("customfield_3", True, None),
        )
        site.routes[BUGS] = form(
            ("summary", True, None),
            ("customfield_2", True, [{"id": "3", "value": "No"}]),
            ("customfield_3", False, None),
        )
        yield site


def rules(site: FakeSite) -> FieldRules:
    with Jira(
        Connection(site.url, "me@example.org", "canary-51c2"), patience=RetryPolicy(tries=1), pause=lambda _: None
    ) as jira:
        return rules_of(jira, "project = A")


def test_a_field_is_required_where_every_form_in_use_requires_it(site: FakeSite) -> None:
    found = rules(site)
    assert found.described("customfield_2") == {"required": True, "options": ["Yes", "No"]}
    assert found.described("customfield_3") == {"required": False}
    assert found.described("customfield_99") == {"required": False}, "no form has it"
    assert found.why_unknown == ""


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(401, {"code": 401, "message": "Unauthorized; scope does not match"}), "read:issue-meta:jira"),
        (Reply(403, {"errorMessages": ["You do not have permission."]}), "You do not have permission"),
        (Reply(404, {"errorMessages": ["No project with this key."]}), "No project with this key"),
        (form(), "The account may need the permission to create issues there."),
        (Reply(200, b"<html>please log in</html>", {"Content-Type": "text/html"}), "Jira does not say"),
    ],
)
def test_forms_that_are_shut_leave_it_unknown_and_say_why(site: FakeSite, reply: object, said: str) -> None:
    site.routes[FORM] = site.routes[BUGS] = reply
    found = rules(site)
    told = found.described("customfield_2")
    assert told["required"] is None and "options" not in told
    assert said in str(told["why_unknown"]) and "A Story" in found.why_unknown


def test_one_shut_form_leaves_what_the_others_say(site: FakeSite) -> None:
    site.routes[BUGS] = Reply(403, {"errorMessages": ["No."]})
    told = rules(site).described("customfield_3")
    assert told["required"] is True and "for A Bug" in str(told["why_unknown"])


def test_a_form_of_several_pages_is_read_whole(site: FakeSite) -> None:
    first = form(("summary", True, None), ("customfield_2", True, None))
    second = form(("customfield_3", True, None))
    site.routes[FORM] = [Reply(200, first | {"total": 3}), Reply(200, second | {"total": 3, "startAt": 2})]
    site.issues.pop(2000)
    assert rules(site).required("customfield_3") is True


def test_only_the_most_used_forms_are_asked_for(site: FakeSite) -> None:
    for n in range(20):
        site.issues[3000 + n] = an_issue(3000 + n, issuetype={"id": str(100 + n), "name": f"Type {n}"})
    rules(site)
    assert len([each for each in site.asked if "createmeta" in each.path]) == MOST_FORMS


def test_long_lists_of_choices_are_cut_and_say_so(site: FakeSite) -> None:
    site.routes[FORM] = form(("customfield_2", True, [{"value": f"v{n}"} for n in range(MOST_OPTIONS + 7)]))
    site.issues.pop(2000)
    told = rules(site).described("customfield_2")
    assert (len(list(told["options"] or ())), told["options_left_out"]) == (MOST_OPTIONS, 7)  # type: ignore[call-overload]


def test_what_jira_says_now_takes_the_place_of_what_was_kept() -> None:
    fields = [FieldInfo("customfield_2", "Flagged", "select", True, None, "", "")]
    patch = {"dora_flow_config": {"field_mappings": {"dora": {"target_environment": "customfield_2"}}}}
    made = with_metadata(patch, fields, FieldRules())["dora_flow_config"]["field_metadata"]
    assert made["customfield_2"] == {
        "name": "Flagged",
        "type": "select",
        "description": FIELDS["target_environment"].help,
        "required": None,
    }


@pytest.mark.parametrize("flavour", ["cloud", "dc"])
def test_a_saved_mapping_holds_what_the_sites_forms_say(tmp_path: Path, flavour: Literal["cloud", "dc"]) -> None:
    site = generate(160, seed=3, until=datetime.now(UTC).date())
    with SampleServer(site, flavour=flavour) as server:
        env = environment(
            tmp_path, JIRA_URL=server.url, JIRA_EMAIL="me@example.org" if flavour == "cloud" else "", JIRA_TOKEN="good"
        )
        services = open_services(env)
        snapshot = services.snapshot()
        services.field_mapping.jira_fields(snapshot)
        saved = services.field_mapping.save(
            {"dora_flow_config": {"field_mappings": {"flow": {"flow_item_type": "customfield_10109"}}}},
            snapshot.settings_revision,
            snapshot,
        )
    told = saved.settings.dora_flow_config.field_metadata["customfield_10109"]
    assert (saved.warning, told["required"], told["type"]) == ("", False, "select")
    assert {"Feature", "Defect"} <= set(told["options"])  # type: ignore[arg-type]
