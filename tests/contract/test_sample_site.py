"""The sample site answers what Jira's OpenAPI documents describe."""

from __future__ import annotations

import pytest

from sample.server import BAD_TOKEN
from tests.contract.referee import Behind, verdict

CLOUD_PATHS = (
    "serverInfo",
    "myself",
    "field",
    "field/search",
    "field/search?startAt=10&maxResults=5&type=custom",
    "status",
    "statuses/search",
    "issuetype",
    "issueLinkType",
    "priority",
    "resolution",
    "project/search",
    "project/SHOP",
    "project/SHOP/versions",
    "project/SHOP/version?maxResults=3",
    "issue/createmeta/SHOP/issuetypes/10001?maxResults=5",
    "issue/SHOP-5?expand=changelog",
    "issue/SHOP-5/changelog?startAt=1&maxResults=2",
    "issue/SHOP-5/comment?startAt=1&maxResults=2&orderBy=created",
    "search/jql?jql=project%20%3D%20SHOP&fields=comment",
    "search/jql?jql=project%20%3D%20SHOP&fields=summary&fields=status&expand=changelog",
)
DC_PATHS = (
    "serverInfo",
    "myself",
    "field",
    "status",
    "issuetype",
    "issueLinkType",
    "priority",
    "resolution",
    "project",
    "project/SHOP",
    "project/SHOP/versions",
    "project/SHOP/version?maxResults=3",
    "issue/createmeta/SHOP/issuetypes/10001?maxResults=5",
    "issue/SHOP-5?expand=changelog",
    "issue/SHOP-5/comment?startAt=1&maxResults=2&orderBy=created",
    "search?jql=project%20%3D%20SHOP&fields=comment",
    "search?jql=project%20%3D%20SHOP&fields=summary&fields=status&expand=changelog",
)
AGILE_PATHS = (
    "board",
    "board?startAt=1&maxResults=2&projectKeyOrId=SHOP",
    "board/1/sprint",
    "board/1/sprint?startAt=2&maxResults=3",
    "board/1/configuration",
    "sprint/1",
)


@pytest.mark.parametrize("path", CLOUD_PATHS)
def test_cloud_reads_keep_the_contract(cloud: Behind, path: str) -> None:
    answer = cloud.ask("GET", f"/rest/api/3/{path}")
    assert (answer.status_code, verdict(answer)) == (200, [])


@pytest.mark.parametrize("path", DC_PATHS)
def test_data_center_reads_keep_the_contract(dc: Behind, path: str) -> None:
    answer = dc.ask("GET", f"/rest/api/2/{path}")
    assert (answer.status_code, verdict(answer)) == (200, [])


@pytest.mark.parametrize("path", AGILE_PATHS)
@pytest.mark.parametrize("flavour", ["cloud", "dc"])
def test_boards_and_sprints_keep_the_contract(request: pytest.FixtureRequest, flavour: str, path: str) -> None:
    answer = request.getfixturevalue(flavour).ask("GET", f"/rest/agile/1.0/{path}")
    assert (answer.status_code, verdict(answer)) == (200, [])


def test_cloud_searches_and_bulk_changelogs_keep_the_contract(cloud: Behind) -> None:
    everything = [row["id"] for row in cloud.site.fields]
    numbers = [str(issue.id) for issue in cloud.site.issues]
    jql = "project in (SHOP, PAY, OPS, HELP) ORDER BY key"
    bodies = [
        ("search/jql", {"jql": jql}),
        ("search/jql", {"jql": jql, "fields": ["*all"], "maxResults": 100}),
        ("search/jql", {"jql": jql, "fields": everything, "expand": "changelog", "maxResults": 100}),
        ("search/approximate-count", {"jql": jql}),
        ("changelog/bulkfetch", {"issueIdsOrKeys": numbers, "maxResults": 300}),
        (
            "changelog/bulkfetch",
            {"issueIdsOrKeys": numbers, "fieldIds": ["status", "customfield_10021"], "maxResults": 10000},
        ),
    ]
    for path, body in bodies:
        answer = cloud.ask("POST", f"/rest/api/3/{path}", body)
        assert (path, answer.status_code, verdict(answer)) == (path, 200, [])


def test_all_pages_of_a_cloud_search_keep_the_contract(cloud: Behind) -> None:
    body = {"jql": "created >= -1000d ORDER BY key", "fields": ["*all"], "maxResults": 100}
    found: list[str] = []
    while True:
        answer = cloud.ask("POST", "/rest/api/3/search/jql", body)
        assert verdict(answer) == []
        found += [row["id"] for row in answer.json()["issues"]]
        if answer.json()["isLast"]:
            break
        body["nextPageToken"] = answer.json()["nextPageToken"]
    assert sorted(found, key=int) == [str(issue.id) for issue in cloud.site.issues]


def test_a_data_center_search_keeps_the_contract(dc: Behind) -> None:
    body = {"jql": "project = SHOP", "fields": ["*all"], "expand": ["changelog"], "startAt": 20, "maxResults": 80}
    answer = dc.ask("POST", "/rest/api/2/search", body)
    assert (answer.status_code, verdict(answer)) == (200, [])


def test_refusals_keep_the_contract(cloud: Behind, dc: Behind) -> None:
    cases = [
        (cloud, "/rest/api/3/search/jql?jql=", 400),
        (cloud, "/rest/api/3/search/jql?jql=nothing%3D1", 400),
        (cloud, "/rest/api/3/search?jql=project%3DSHOP", 410),
        (cloud, "/rest/api/3/project/NOPE", 404),
        (cloud, "/rest/api/3/issue/NOPE-1", 404),
        (cloud, "/rest/agile/1.0/board/4/sprint", 400),
        (dc, "/rest/api/2/search?jql=nothing%3D1", 400),
        (dc, "/rest/api/2/project/NOPE", 404),
    ]
    for behind, path, status in cases:
        answer = behind.ask("GET", path)
        assert (path, answer.status_code, verdict(answer)) == (path, status, [])


def test_a_bad_token_is_refused_as_described(cloud: Behind, dc: Behind) -> None:
    for behind in (cloud, dc):
        answer = behind.ask("GET", f"/rest/api/{behind.api}/myself", account=BAD_TOKEN)
        assert (answer.status_code, verdict(answer)) == (401, [])


def test_the_referee_objects_to_a_wrong_request(cloud: Behind) -> None:
    answer = cloud.ask("POST", "/rest/api/3/changelog/bulkfetch", {"fieldIds": ["status"]})
    assert verdict(answer) != []
