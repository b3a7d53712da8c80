"""What our client asks of Jira, and how it reads the answers, keeps the contract: the referee turns errors into 422
or 500.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from data.jira.client import Jira
from data.jira.connection import Connection
from data.store.issue_store import IssueStore
from data.sync.run import sync
from sample.preset import preset
from tests.contract.referee import Behind


def _connection(behind: Behind) -> Connection:
    return Connection(behind.url, "visitor@sample.invalid" if behind.api == "3" else "", "any-token")


@pytest.fixture(params=["cloud", "dc"])
def behind(request: pytest.FixtureRequest) -> Behind:
    """Each flavour in turn."""
    return request.getfixturevalue(request.param)


def test_the_client_reads_what_describes_a_site(behind: Behind) -> None:
    with Jira(_connection(behind)) as jira:
        assert jira.server_info().flavour == ("cloud" if behind.api == "3" else "dc")
        assert jira.myself().zone == "Europe/Berlin"
        assert len(jira.fields()) >= len(behind.site.fields)
        assert len(jira.statuses()) == len(behind.site.statuses)
        assert len(jira.issue_types()) == len(behind.site.issue_types)
        assert len(jira.projects()) == len(behind.site.projects)
        assert len(jira.versions("SHOP")) == len(behind.site.projects[0]["versions"])
        forms = {each.field_id: each for each in jira.create_fields("SHOP", "10001")}
        assert forms["summary"].is_required and "Feature" in forms["customfield_10109"].options
        assert jira.approximate_count("project = SHOP") > 50


def test_a_whole_sync_passes_the_referee(behind: Behind, tmp_path: Path) -> None:
    store = IssueStore(tmp_path / "issues.sqlite")
    mapped = {
        field
        for family in preset(behind.site)["dora_flow_config"]["field_mappings"].values()
        for field in family.values()
    }
    result = sync(_connection(behind), store, jql="created >= -1000d", mapped_fields=mapped)
    store.engine.dispose()
    assert result.error is None
    assert (result.complete, result.fetched) == (True, len(behind.site.issues))
    assert result.incomplete_histories == 0
