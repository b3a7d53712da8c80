"""What Jira Cloud and Data Center answer alike: who you are, fields, statuses, projects, versions, boards, sprints."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

from sample.jql import JqlError
from sample.query import Finder
from sample.rendering import Renderer
from sample.requests_seen import Refused, Request, page
from sample.site import Issue, Site

Answer = Callable[..., Any]
COMMENTS_A_PAGE = 100


class Flavour:
    """The common part of both servers. `routes` are (method, path pattern, answer); patterns name groups in braces."""

    cloud = True
    agile = "/rest/agile/1.0"

    def __init__(self, site: Site, base: str) -> None:
        self.site = site
        self.base = base
        self.finder = Finder(site)
        self.renderer = Renderer(site, base, cloud=self.cloud)
        self._found: OrderedDict[tuple[str, int], list[int]] = OrderedDict()
        self._lock = Lock()

    @property
    def root(self) -> str:
        """/rest/api/3 or /rest/api/2."""
        return f"/rest/api/{self.renderer.api}"

    def routes(self) -> list[tuple[str, str, Answer]]:
        """Every path that this flavour answers."""
        root, agile = self.root, self.agile
        return [
            ("GET", f"{root}/serverInfo", self.server_info),
            ("GET", f"{root}/myself", self.myself),
            ("GET", f"{root}/field", lambda _: self.field_rows()),
            ("GET", f"{root}/status", lambda _: self.site.statuses),
            ("GET", f"{root}/issuetype", lambda _: self.site.issue_types),
            ("GET", f"{root}/issueLinkType", lambda _: {"issueLinkTypes": self.site.link_types}),
            ("GET", f"{root}/priority", lambda _: self.site.priorities),
            ("GET", f"{root}/resolution", lambda _: self.site.resolutions),
            ("GET", f"{root}/project", lambda _: [self.project_row(row) for row in self.site.projects]),
            ("GET", f"{root}/project/{{key}}", self.project),
            ("GET", f"{root}/project/{{key}}/versions", lambda _, key: self.versions(key)),
            ("GET", f"{root}/project/{{key}}/version", lambda seen, key: page(seen, self.versions(key), most=50)),
            (
                "GET",
                f"{root}/issue/createmeta/{{key}}/issuetypes/{{kind}}",
                lambda seen, key, kind: self.create_page(seen, self.create_fields(key, kind)),
            ),
            ("GET", f"{root}/issue/{{key}}", self.issue),
            ("GET", f"{root}/issue/{{key}}/comment", self.comments),
            ("GET", f"{agile}/board", self.boards),
            ("GET", f"{agile}/board/{{number}}/configuration", self.board_configuration),
            ("GET", f"{agile}/board/{{number}}/sprint", self.sprints),
            ("GET", f"{agile}/sprint/{{number}}", self.sprint),
        ]

    # --- the site --------------------------------------------------------------------------------------------------

    def server_info(self, _: Request) -> dict[str, Any]:
        """Overridden: what `/serverInfo` says."""
        raise NotImplementedError

    def myself(self, _: Request) -> dict[str, Any]:
        """The account that asks; its time zone is the one in which dates in queries are read."""
        person = {"displayName": "Sample Visitor", "active": True, "timeZone": self.site.zone, "locale": "en_GB"}
        person["emailAddress"] = "visitor@sample.invalid"
        if self.cloud:
            return {
                "self": f"{self.base}{self.root}/user?accountId=sample-visitor",
                "accountId": "sample-visitor",
                "accountType": "atlassian",
                **person,
            }
        return {"self": f"{self.base}{self.root}/user?username=visitor", "key": "visitor", "name": "visitor", **person}

    def field_rows(self) -> list[dict[str, Any]]:
        """The fields as `/field` lists them."""
        return self.site.fields

    # --- projects --------------------------------------------------------------------------------------------------

    def project_row(self, row: dict[str, Any]) -> dict[str, Any]:
        """A project as lists show it."""
        hidden = ("versions", "components", "issueTypes", "lead", "description")
        shown = {name: value for name, value in row.items() if name not in hidden}
        return {"self": f"{self.base}{self.root}/project/{row['id']}", **shown}

    def project(self, _: Request, key: str) -> dict[str, Any]:
        """A project with its components, issue types and versions."""
        row = self._project(key)
        shown = {"self": f"{self.base}{self.root}/project/{row['id']}", **row, "versions": self.versions(key)}
        if row.get("lead"):
            shown["lead"] = row["lead"] if self.cloud else self.renderer.account(row["lead"])
        return shown

    def versions(self, key: str) -> list[dict[str, Any]]:
        """All versions of a project."""
        row = self._project(key)
        number = int(row["id"]) if str(row["id"]).isdigit() else 0
        return [
            {"self": f"{self.base}{self.root}/version/{each['id']}", "projectId": number, **each}
            for each in row.get("versions", [])
        ]

    def create_page(self, seen: Request, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """A page of the fields of a form; Cloud has a name of its own for them."""
        shown = page(seen, rows, most=200, default=50)
        if self.cloud:
            shown["fields"] = shown.pop("values")
            del shown["isLast"]
        return shown

    def create_fields(self, key: str, kind: str) -> list[dict[str, Any]]:
        """The fields of the form that creates an issue: what such issues have, with their choices."""
        project = self._project(key)
        offered: dict[str, dict[str, dict[str, Any]]] = {}
        for issue in self.site.issues:
            if _id(issue, "project") == project["id"] and _id(issue, "issuetype") == kind:
                for name, value in issue.fields.items():
                    choices = offered.setdefault(name, {})
                    for each in value if isinstance(value, list) else [value]:
                        if isinstance(each, dict) and "value" in each:
                            choices[each["id"]] = {"id": each["id"], "value": each["value"]}
        if not offered:
            raise Refused(404, "The issue type selected is invalid.")
        required = ("summary", "issuetype", "project")
        return [
            {
                "fieldId": row["id"],
                **({"key": row["id"]} if self.cloud else {}),
                "name": row["name"],
                "required": row["id"] in required,
                "hasDefaultValue": False,
                "operations": ["set"],
                "schema": row.get("schema", {"type": "any"}),
                **({"allowedValues": list(offered[row["id"]].values())} if offered[row["id"]] else {}),
            }
            for row in self.site.fields
            if row["id"] in offered and (row["custom"] or row["id"] in (*required, "priority", "labels", "duedate"))
        ]

    def _project(self, key: str) -> dict[str, Any]:
        for row in self.site.projects:
            if key.upper() == str(row["key"]).upper() or key == row["id"]:
                return row
        raise Refused(404, f"No project could be found with key '{key}'.")

    # --- issues ----------------------------------------------------------------------------------------------------

    def issue(self, seen: Request, key: str) -> dict[str, Any]:
        """One issue by key or id, with all fields unless some are asked for."""
        wanted = self.renderer.wanted(seen.names("fields") or ["*all"])
        return self.renderer.issue(self.find_issue(key), wanted, self.inline(seen))

    def comments(self, seen: Request, key: str) -> dict[str, Any]:
        """A page of the comments of an issue, oldest first unless asked otherwise; 100 at most."""
        issue = self.find_issue(key)
        start = seen.number("startAt", 0)
        size = seen.number("maxResults", 100 if self.cloud else 50, most=COMMENTS_A_PAGE)
        if str(seen.get("orderBy") or "created") not in ("created", "+created", " created"):
            raise Refused(400, "The sample site orders comments by created only.")
        rows, total = self.renderer.comments(issue, start, size) or ([], 0)
        return {"comments": rows, "maxResults": size, "startAt": start, "total": total}

    def inline(self, seen: Request) -> int | None:
        """How much changelog goes inline: None for none, 0 for all of it."""
        if "changelog" not in (seen.names("expand") or []):
            return None
        return 100 if self.cloud else 0

    def find_issue(self, key: str) -> Issue:
        """By id or key. Refused with 404."""
        issue = self.site.by_id.get(int(key)) if key.isdigit() else self.site.by_key.get(key.upper())
        if issue is None:
            raise Refused(404, "Issue does not exist or you do not have permission to see it.")
        return issue

    def matches(self, jql: str, *, bounded: bool) -> tuple[int, list[int]]:
        """The positions that a query finds now, and the minute it was asked in. The same list serves all its pages."""
        now = self.site.clock()
        minute = int(now.timestamp()) // 60
        return minute, self.matches_at(jql, minute, bounded=bounded)

    def matches_at(self, jql: str, minute: int, *, bounded: bool) -> list[int]:
        """The same for a minute that an earlier page came from."""
        from datetime import UTC, datetime

        with self._lock:
            kept = self._found.get((jql, minute))
            if kept is not None:
                self._found.move_to_end((jql, minute))
                return kept
        instant = self.site.now or datetime.fromtimestamp(minute * 60, UTC)
        try:
            found = self.finder.find(jql, instant, bounded=bounded)
        except JqlError as error:
            raise Refused(400, str(error)) from error
        with self._lock:
            self._found[jql, minute] = found
            while len(self._found) > 32:
                self._found.popitem(last=False)
        return found

    # --- boards and sprints ----------------------------------------------------------------------------------------

    def boards(self, seen: Request) -> dict[str, Any]:
        """The boards, 50 a page."""
        rows = [
            {
                "id": row["id"],
                "self": f"{self.base}{self.agile}/board/{row['id']}",
                "name": row["name"],
                "type": row["type"],
            }
            for row in self.site.boards
            if seen.get("projectKeyOrId") in (None, row.get("project")) and seen.get("type") in (None, row["type"])
        ]
        return page(seen, rows, most=50)

    def _board(self, number: str) -> dict[str, Any]:
        for row in self.site.boards:
            if str(row["id"]) == number:
                return row
        raise Refused(404, f"Board {number} does not exist or you do not have permission to see it.")

    def board_configuration(self, _: Request, number: str) -> dict[str, Any]:
        """Columns and the field that holds estimates."""
        row = self._board(number)
        shown: dict[str, Any] = {
            "id": row["id"],
            "name": row["name"],
            "self": f"{self.base}{self.agile}/board/{row['id']}/configuration",
            "columnConfig": {
                "columns": [
                    {
                        "name": status["name"],
                        "statuses": [{"id": status["id"], "self": f"{self.base}{self.root}/status/{status['id']}"}],
                    }
                    for status in self.site.statuses
                ],
                "constraintType": "issueCount",
            },
        }
        points = self.site.custom("jsw-story-points")
        if row.get("estimate") and points:
            name = self.site.field_ids[points]["name"]
            shown["estimation"] = {"type": "field", "field": {"fieldId": points, "displayName": name}}
        return shown

    def sprints(self, seen: Request, number: str) -> dict[str, Any]:
        """The sprints of a board, 50 a page; a Kanban board has none and answers 400."""
        row = self._board(number)
        if row["type"] == "kanban":
            raise Refused(400, "The board does not support sprints")
        states = seen.names("state")
        mine = [
            self._sprint_row(each)
            for each in self.site.sprints
            if each.get("boardId", each.get("originBoardId")) == row["id"] and (not states or each["state"] in states)
        ]
        return page(seen, mine, most=50, total=not self.cloud or True)

    def sprint(self, _: Request, number: str) -> dict[str, Any]:
        """One sprint."""
        for each in self.site.sprints:
            if str(each["id"]) == number:
                return self._sprint_row(each)
        raise Refused(404, "Sprint does not exist or you do not have permission to view it.")

    def _sprint_row(self, row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: value for name, value in row.items() if name != "boardId"}
        shown.setdefault("originBoardId", row.get("boardId", 0))
        return {"self": f"{self.base}{self.agile}/sprint/{row['id']}", **shown}


def _id(issue: Issue, field: str) -> str:
    """The id of what an issue has in a field; "" where it has nothing there."""
    return str((issue.fields.get(field) or {}).get("id", ""))
