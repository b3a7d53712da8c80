"""The sample server answers as Jira Cloud and Data Center do, refusals included."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import requests

from sample.company import ID
from sample.generator import generate
from sample.query import microseconds
from sample.server import BAD_TOKEN, SampleServer
from sample.site import Issue, SampleError, Site

ALL = "created >= -2000d"


class Visitor:
    """Asks one server."""

    def __init__(self, url: str, api: str, account: str = "any") -> None:
        self.url = url
        self.api = f"/rest/api/{api}/"
        self.session = requests.Session()
        self.session.trust_env = False
        if account:
            self.session.headers["Authorization"] = f"Bearer {account}"

    def get(self, path: str, status: int = 200, **values: Any) -> Any:
        """The JSON answer to a GET; the status must be as said."""
        path = path if path.startswith("/") else self.api + path
        answer = self.session.get(self.url + path, params=values, timeout=20)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        """The JSON answer to a POST; the status must be as said."""
        answer = self.session.post(self.url + self.api + path, json=body, timeout=20)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def site() -> Site:
    made = generate(300, seed=4, until=date(2026, 10, 30))
    long = made.issues[0]
    for n in range(250):  # longer than one page and than what goes inline
        number = 900_000 + n
        item = {
            "field": "labels",
            "fieldId": "labels",
            "fieldtype": "jira",
            "fromString": f"{n}",
            "toString": f"{n + 1}",
        }
        long.add_history({"id": str(number), "created": "2026-10-30T12:00:00.000+0100", "items": [item]})
    return made


@pytest.fixture(scope="module")
def cloud(site: Site) -> Iterator[Visitor]:
    with SampleServer(site) as server:
        yield Visitor(server.url, "3")


@pytest.fixture(scope="module")
def dc(site: Site) -> Iterator[Visitor]:
    with SampleServer(site, flavour="dc") as server:
        yield Visitor(server.url, "2")


def _pages(cloud: Visitor, **body: Any) -> list[dict]:
    pages = []
    while True:
        answer = cloud.post("search/jql", **body)
        pages.append(answer)
        if answer["isLast"]:
            assert "nextPageToken" not in answer
            return pages
        body["nextPageToken"] = answer["nextPageToken"]


# --- who asks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("flavour", "api", "kind"), [("cloud", "3", "Cloud"), ("dc", "2", "Server")])
def test_server_info_names_the_flavour_to_anybody(site: Site, flavour: Any, api: str, kind: str) -> None:
    with SampleServer(site, flavour=flavour) as server:
        info = Visitor(server.url, api, account="").get("serverInfo")
    assert (info["deploymentType"], info["serverTitle"], info["baseUrl"]) == (kind, site.title, server.url)


@pytest.mark.parametrize("token", ["", BAD_TOKEN])
def test_without_a_good_token_every_other_answer_is_401(cloud: Visitor, dc: Visitor, token: str) -> None:
    for visitor, api in ((cloud, "3"), (dc, "2")):
        stranger = Visitor(visitor.url, api, token)
        stranger.get("myself", 401)
        stranger.get("field", 401)
        answer = stranger.session.get(f"{visitor.url}/rest/api/{api}/myself", timeout=20)
        assert answer.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"


def test_basic_and_bearer_tokens_are_accepted(cloud: Visitor) -> None:
    for auth, status in ((("me@x.org", "secret"), 200), (("me@x.org", BAD_TOKEN), 401), (("me@x.org", ""), 401)):
        assert requests.get(f"{cloud.url}/rest/api/3/myself", auth=auth, timeout=20).status_code == status


def test_myself_names_the_zone_of_the_site(cloud: Visitor, dc: Visitor) -> None:
    assert cloud.get("myself")["timeZone"] == dc.get("myself")["timeZone"] == "Europe/Berlin"


# --- Cloud ---------------------------------------------------------------------------------------------------------


def test_the_old_search_is_gone_from_cloud(cloud: Visitor) -> None:
    for path in ("/rest/api/3/search", "/rest/api/2/search"):
        assert "CHANGE-2046" in cloud.get(path, 410, jql=ALL)["errorMessages"][0]


def test_a_search_gives_ids_only_unless_fields_are_asked(cloud: Visitor) -> None:
    assert {frozenset(row) for row in cloud.get("search/jql", jql=ALL)["issues"]} == {frozenset({"id"})}
    row = cloud.get("search/jql", jql=ALL, fields="summary,duedate,nonsense", maxResults=1)["issues"][0]
    assert set(row["fields"]) == {"summary", "duedate"}


def test_pages_hold_100_issues_with_fields_and_5000_without(cloud: Visitor, site: Site) -> None:
    assert len(cloud.post("search/jql", jql=ALL, maxResults=5000)["issues"]) == len(site.issues)
    pages = _pages(cloud, jql=f"{ALL} order by key", fields=["summary"], maxResults=5000)
    assert [len(page["issues"]) for page in pages] == [100, 100, 100]
    keys = [row["key"] for page in pages for row in page["issues"]]
    assert sorted(keys) == sorted(issue.key for issue in site.issues)
    assert all("total" not in page for page in pages)


def test_get_and_post_give_the_same_page(cloud: Visitor) -> None:
    jql = "project = SHOP order by updated desc, key"
    by_get = cloud.get("search/jql", jql=jql, fields="status,labels", maxResults=7)
    assert cloud.post("search/jql", jql=jql, fields=["status", "labels"], maxResults=7) == by_get


def test_a_page_can_be_asked_again_and_a_foreign_token_cannot_be_used(cloud: Visitor) -> None:
    body = {"jql": f"{ALL} order by key", "fields": ["status"], "maxResults": 50}
    token = cloud.post("search/jql", **body)["nextPageToken"]
    second = cloud.post("search/jql", **body, nextPageToken=token)
    assert cloud.post("search/jql", **body, nextPageToken=token) == second
    cloud.post("search/jql", 400, **(body | {"jql": "project = PAY", "nextPageToken": token}))
    cloud.post("search/jql", 400, **body, nextPageToken="bm9uc2Vuc2U")
    cloud.post("search/jql", 400, **body, nextPageToken="%%%")


def test_wrong_queries_are_400_with_a_reason(cloud: Visitor) -> None:
    for jql, words in (
        ("", "Unbounded"),
        ("order by key", "Unbounded"),
        ("nope = 1", "Field 'nope' does not exist"),
        ("project =", "Error"),
    ):
        assert words in cloud.post("search/jql", 400, jql=jql)["errorMessages"][0]


def test_the_count_is_that_of_the_search(cloud: Visitor, site: Site) -> None:
    assert cloud.post("search/approximate-count", jql=ALL) == {"count": len(site.issues)}
    assert cloud.post("search/approximate-count", jql="project = HELP")["count"] == sum(
        issue.key.startswith("HELP-") for issue in site.issues
    )


def test_comments_within_an_issue_are_the_first_20_and_their_pages_have_all(cloud: Visitor, site: Site) -> None:
    issue = max(site.issues, key=lambda each: len(each.comments))
    count = len(issue.comments) // 2
    assert count > 20
    shown = cloud.post("search/jql", jql=f"id = {issue.id}", fields=["comment"])["issues"][0]["fields"]["comment"]
    assert (shown["total"], shown["maxResults"], len(shown["comments"])) == (count, 20, 20)
    got: list[dict] = []
    while len(got) < count:
        page = cloud.get(f"issue/{issue.id}/comment", startAt=len(got), maxResults=30, orderBy="created")
        assert (page["total"], page["startAt"]) == (count, len(got)) and page["comments"]
        got += page["comments"]
    assert got[:20] == shown["comments"]
    assert len({each["id"] for each in got}) == count
    instants = [microseconds(each["created"]) for each in got]
    assert instants == sorted(instants)
    assert cloud.get(f"issue/{issue.id}/comment", startAt=count)["comments"] == []
    cloud.get("issue/NOPE-1/comment", 404)


def test_inline_changelogs_are_newest_first_and_cut_at_100(cloud: Visitor, site: Site) -> None:
    long = site.issues[0]
    row = cloud.post("search/jql", jql=f"id = {long.id}", fields=["status"], expand="changelog")["issues"][0]
    assert (row["changelog"]["total"], len(row["changelog"]["histories"])) == (len(long.histories), 100)
    assert row["changelog"]["histories"] == list(long.changes())[::-1][:100]


def test_the_changelog_of_an_issue_is_paged_oldest_first(cloud: Visitor, site: Site) -> None:
    long, got = site.issues[0], []
    while True:
        page = cloud.get(f"issue/{long.key}/changelog", startAt=len(got))
        got += page["values"]
        assert len(page["values"]) <= 100
        if page["isLast"]:
            break
    assert got == list(long.changes())


@pytest.mark.parametrize("size", [40, 1000, 10_000])
def test_bulk_changelogs_are_complete_also_when_an_issue_spans_pages(cloud: Visitor, site: Site, size: int) -> None:
    body: dict[str, Any] = {"issueIdsOrKeys": [str(issue.id) for issue in site.issues], "maxResults": size}
    got: dict[str, list] = {}
    while True:
        answer = cloud.post("changelog/bulkfetch", **body)
        assert sum(len(log["changeHistories"]) for log in answer["issueChangeLogs"]) <= size
        for log in answer["issueChangeLogs"]:
            got.setdefault(log["issueId"], []).extend(log["changeHistories"])
        if "nextPageToken" not in answer:
            break
        body["nextPageToken"] = answer["nextPageToken"]
    assert got == {str(issue.id): list(issue.changes()) for issue in site.issues if issue.histories}


def test_bulk_changelogs_of_some_fields_hold_only_those(cloud: Visitor, site: Site) -> None:
    wanted = {"status", ID["Flagged"]}
    numbers = [str(issue.id) for issue in site.issues]
    answer = cloud.post("changelog/bulkfetch", issueIdsOrKeys=numbers, fieldIds=sorted(wanted), maxResults=10_000)
    got = [item for log in answer["issueChangeLogs"] for each in log["changeHistories"] for item in each["items"]]
    expected = [
        item for issue in site.issues for each in issue.changes() for item in each["items"] if item["fieldId"] in wanted
    ]
    assert got == expected


def test_bulk_changelogs_have_limits(cloud: Visitor) -> None:
    cloud.post("changelog/bulkfetch", 400, issueIdsOrKeys=[])
    cloud.post("changelog/bulkfetch", 400, issueIdsOrKeys=[str(n) for n in range(1001)])
    cloud.post("changelog/bulkfetch", 400, issueIdsOrKeys=["10000"], fieldIds=[f"f{n}" for n in range(11)])
    cloud.post("changelog/bulkfetch", 400, issueIdsOrKeys=["10000"], maxResults=10_001)


def test_cloud_shows_sprints_as_objects_people_by_account_and_text_as_documents(cloud: Visitor, site: Site) -> None:
    issue = next(each for each in site.issues if ID["Sprint"] in each.fields and each.fields["assignee"])
    fields = cloud.get(f"issue/{issue.key}", fields=f"{ID['Sprint']},assignee,description")["fields"]
    assert fields[ID["Sprint"]][0]["state"] in ("closed", "active", "future")
    assert fields["assignee"]["accountId"]
    assert fields["description"]["type"] == "doc"


# --- both ----------------------------------------------------------------------------------------------------------


def test_lists_of_the_site_are_complete(cloud: Visitor, dc: Visitor, site: Site) -> None:
    for visitor, more in ((cloud, 0), (dc, 1)):  # Data Center has the Epic Link field besides
        assert len(visitor.get("field")) == len(site.fields) + more
        assert [row["id"] for row in visitor.get("status")] == [row["id"] for row in site.statuses]
        assert len(visitor.get("issuetype")) == len(site.issue_types)
        assert len(visitor.get("project")) == len(site.projects)
        assert len(visitor.get("project/SHOP/versions")) == len(site.projects[0]["versions"])
        assert visitor.get("project/SHOP")["versions"] == visitor.get("project/SHOP/versions")
        visitor.get("project/NOPE", 404)
        visitor.get("nonsense", 404)
    assert [row["key"] for row in cloud.get("project/search", maxResults=2)["values"]] == ["SHOP", "PAY"]
    assert cloud.get("field/search", type="custom", maxResults=100)["total"] == sum(
        row["custom"] for row in site.fields
    )


def test_versions_come_in_pages(cloud: Visitor, site: Site) -> None:
    first = cloud.get("project/SHOP/version", maxResults=5)
    second = cloud.get("project/SHOP/version", maxResults=50, startAt=5)
    assert (first["isLast"], second["isLast"]) == (False, True)
    assert len(first["values"] + second["values"]) == first["total"] == len(site.projects[0]["versions"])


def test_boards_have_sprints_unless_they_are_kanban(cloud: Visitor, dc: Visitor, site: Site) -> None:
    for visitor in (cloud, dc):
        boards = visitor.get("/rest/agile/1.0/board")["values"]
        assert [row["type"] for row in boards] == ["scrum", "scrum", "simple", "kanban"]
        sprints = visitor.get(f"/rest/agile/1.0/board/{boards[0]['id']}/sprint")
        assert [row["name"] for row in sprints["values"]] == [
            row["name"] for row in site.sprints if row["boardId"] == 1
        ]
        active = visitor.get(f"/rest/agile/1.0/board/{boards[0]['id']}/sprint", state="active")["values"]
        assert [row["state"] for row in active] == ["active"]
        visitor.get(f"/rest/agile/1.0/board/{boards[3]['id']}/sprint", 400)
        visitor.get("/rest/agile/1.0/board/99/sprint", 404)
        settings = visitor.get(f"/rest/agile/1.0/board/{boards[0]['id']}/configuration")
        assert settings["estimation"]["field"]["fieldId"] == ID["Story Points"]


def test_cloud_answers_under_the_old_version_and_latest_too(cloud: Visitor, dc: Visitor) -> None:
    for path in ("/rest/api/2/serverInfo", "/rest/api/latest/serverInfo"):
        assert cloud.get(path)["deploymentType"] == "Cloud"
        assert dc.get(path)["deploymentType"] == "Server"
    dc.get("/rest/api/3/serverInfo", 404)


# --- Data Center ---------------------------------------------------------------------------------------------------


def test_data_center_pages_by_start_and_says_the_total(dc: Visitor, site: Site) -> None:
    keys: list[str] = []
    while True:
        page = dc.get("search", jql="project in (SHOP, PAY, OPS, HELP) order by key", startAt=len(keys), maxResults=70)
        assert page["total"] == len(site.issues)
        keys += [row["key"] for row in page["issues"]]
        if len(keys) >= page["total"]:
            break
    assert sorted(keys) == sorted(issue.key for issue in site.issues)
    assert dc.get("search", maxResults=9999)["maxResults"] == 1000


def test_data_center_sends_complete_changelogs_inline(dc: Visitor, site: Site) -> None:
    rows = dc.post("search", jql="", fields=["status"], expand=["changelog"], maxResults=1000)["issues"]
    assert {row["id"]: row["changelog"]["total"] for row in rows} == {
        str(each.id): len(each.histories) for each in site.issues
    }
    assert all(len(row["changelog"]["histories"]) == row["changelog"]["total"] for row in rows)
    dc.get("issue/SHOP-1/changelog", 404)


def test_data_center_shows_sprints_as_strings_and_people_by_name(dc: Visitor, site: Site) -> None:
    issue = next(each for each in site.issues if ID["Sprint"] in each.fields and each.fields["assignee"])
    row = dc.get(f"issue/{issue.key}", expand="changelog")
    text = row["fields"][ID["Sprint"]][0]
    assert "service.sprint.Sprint@" in text
    assert f"name={issue.fields[ID['Sprint']][0]['name']}," in text
    assert "name" in row["fields"]["assignee"]
    assert "accountId" not in str(row)


def test_data_center_has_no_cloud_search(dc: Visitor) -> None:
    dc.get("search/jql", 404, jql=ALL)
    dc.post("changelog/bulkfetch", 404, issueIdsOrKeys=["10000"])


# --- the server itself ---------------------------------------------------------------------------------------------


def test_it_listens_on_this_machine_only(site: Site) -> None:
    with SampleServer(site) as server:
        assert server.url.startswith("http://127.0.0.1:")


def test_a_taken_port_is_said_clearly(site: Site) -> None:
    with SampleServer(site) as first, pytest.raises(SampleError, match=f"port {first.port}"):
        SampleServer(site, port=first.port).start()


def test_after_stop_nobody_answers(site: Site) -> None:
    with SampleServer(site) as server:
        Visitor(server.url, "3").get("myself")
        port = server.port
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_latency_delays_each_answer(site: Site) -> None:
    with SampleServer(site, latency_ms=120) as server:
        before = time.monotonic()
        Visitor(server.url, "3").get("myself")
        assert time.monotonic() - before >= 0.12


def test_broken_bodies_are_400(cloud: Visitor) -> None:
    for body in (b"{", b"[1]", b"\xff"):
        answer = cloud.session.post(f"{cloud.url}/rest/api/3/search/jql", data=body, timeout=20)
        assert answer.status_code == 400


def test_bodies_that_are_too_large_are_refused(cloud: Visitor) -> None:
    headers = {"Content-Length": "4000001"}
    answer = cloud.session.post(f"{cloud.url}/rest/api/3/search/jql", data=b"", headers=headers, timeout=20)
    assert answer.status_code == 413


def test_an_unset_history_is_served_too() -> None:
    made = generate(50, 1, date(2026, 10, 30))
    made.issues[0] = Issue(made.issues[0].id, made.issues[0].key, made.issues[0].fields)
    with SampleServer(made) as server:
        row = Visitor(server.url, "3").get(f"issue/{made.issues[0].key}", expand="changelog")
    assert row["changelog"] == {"startAt": 0, "maxResults": 100, "total": 0, "histories": []}
