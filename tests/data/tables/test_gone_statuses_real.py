"""Real histories of a site that keeps its old statuses: each that is taken out of its list is taken for what it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select

from data.services.services import open_services
from data.store import schema
from data.store.issue_store import IssueStore
from data.tables.gone_statuses import Taken, rows_of
from data.tables.tidy import Tables, read
from sample.serve import make_site
from sample.server import SampleServer

REAL = Path(__file__).parents[4] / "shared" / "jira_data" / "aea"
YEARS = ("2023-12_2025-02", "2024-12_2025-12")


@pytest.fixture(scope="module", params=YEARS)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IssueStore]:
    """The issues of one year, synced."""
    file = REAL / f"aea_{request.param}.jsonl.gz"
    if not file.is_file():
        pytest.skip(f"the real issues are not there: {file.name}")
    home = tmp_path_factory.mktemp("home")
    site = make_site(data=[file], fields=REAL / "fields.json", statuses=REAL / "statuses.json")
    env = {"THROUGHLINE_HOME": str(home), "HOME": str(home), "JIRA_TOKEN": "some-token"}
    env |= {"JIRA_EMAIL": "someone@example.org", "JIRA_JQL": "created >= 2000-01-01"}
    with SampleServer(site, flavour="cloud") as server:
        services = open_services(env | {"JIRA_URL": server.url})
        result = services.sync.run(services.snapshot())
        assert result.error is None, result.error
    yield services.sites.data(services.snapshot()).store


def without(connection: Connection, *status_ids: str) -> Tables:
    """The tables as they would be if Jira no longer listed these statuses; nothing of it stays."""
    scope = connection.scalar(select(schema.scope.c.scope))
    assert scope is not None
    connection.execute(delete(schema.status).where(schema.status.c.status_id.in_(status_ids)))
    found = read(connection, scope, {})
    connection.rollback()
    return found


def in_histories(connection: Connection) -> dict[str, str]:
    """Status id → category of the statuses to which changes lead, as Jira lists them."""
    visited = select(schema.change.c.to_id).where(schema.change.c.field == "status")
    table = schema.status
    rows = connection.execute(select(table.c.status_id, table.c.category).where(table.c.status_id.in_(visited)))
    return {str(row.status_id): str(row.category) for row in rows}


def lost(tables: Tables) -> dict[str, tuple[str, Taken]]:
    """Status id → category that is assumed, and why, of the statuses that are not listed."""
    codes = tables.statuses
    return {
        str(codes["status_id"].iloc[each.status]): (str(codes["category"].iloc[each.status]), each)
        for each in rows_of(tables.gone_statuses)
    }


def test_each_status_alone_is_taken_for_what_it_is(store: IssueStore) -> None:
    with store.engine.connect() as connection:
        expected = in_histories(connection)
        assert len(expected) >= 20
        found = {each: lost(without(connection, each))[each] for each in expected}
    wrong = {each: row for each, row in found.items() if row[0] != expected[each]}
    assert wrong == {}


def test_all_that_no_issue_is_in_together_are_taken_for_what_they_are(store: IssueStore) -> None:
    with store.engine.connect() as connection:
        now = set(connection.scalars(select(schema.issue.c.status_id).distinct()))
        expected = {each: kind for each, kind in in_histories(connection).items() if each not in now}
        assert len(expected) >= 7
        found = lost(without(connection, *expected))
    assert {each: found[each][0] for each in expected} == expected
