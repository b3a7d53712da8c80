"""What the test Jira answers when nothing is wrong: Cloud version 3 and Data Center version 2, JSON for each
address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.faults import jql
from tests.faults.site import MINUTE, SECOND, Entry, Site, Ticket


class Refused(Exception):
    """Another status than 200, with messages."""

    def __init__(self, status: int, *said: str) -> None:
        super().__init__(*said)
        self.status, self.said = status, list(said)


@dataclass
class Limits:
    """How the site answers; what it grants at most."""

    page: int = 100
    id_page: int = 5_000
    change_page: int = 10_000  # entries of bulk-fetched histories
    changelog_page: int = 100  # entries of one issue's history
    inline: int = 100  # entries of inline histories on Cloud
    dc_inline: int = 10**9  # the same on Data Center, where nothing is cut unless it is broken
    dc_page: int = 1_000
    comments: int = 20  # that Cloud shows within an issue
    dc_comments: int = 10**9  # the same on Data Center
    comment_page: int = 100  # comments a page of an issue's comments
    created: str = "iso"  # of histories: iso | s | ms
    whole_entries: bool = True  # bulk fetch by field ids gives whole entries, not only the items of these fields
    by_offset: bool = False  # tokens stand for "after n issues", not "after this issue": what moves may slip through
    bulk: bool = True  # whether bulk fetching is let through
    public: bool = False  # a bad token is answered with 200 and nothing to see
    count_off: int = 0  # the approximate count is wrong by this


@dataclass
class SeenRequest:
    """One request as the server saw it; `at` and `done` are monotonic seconds."""

    at: float
    method: str
    path: str
    params: dict[str, str]
    body: Any
    who: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 0
    done: float = 0.0
    wait: float | None = None  # how long the answer asked everybody to wait
    labels: frozenset[str] = frozenset()


class Pages:
    """Answers by path."""

    def __init__(self, site: Site, flavour: str, limits: Limits) -> None:
        self.site, self.cloud, self.limits = site, flavour == "cloud", limits
        self.tokens: dict[str, tuple[str, Any]] = {}  # token → its query and where it goes on
        api = r"/rest/api/(?:2|3)" if self.cloud else r"/rest/api/2"
        self.routes: list[tuple[str, Callable[..., Any]]] = [
            (f"{api}/serverInfo", self._server_info),
            (f"{api}/myself", self._myself),
            (f"{api}/field", self._fields),
            (f"{api}/status", self._statuses),
            (f"{api}/issuetype", self._types),
            (f"{api}/project", self._projects),
            (f"{api}/project/search", self._project_page),
            (rf"{api}/project/(\w+)/versions?", self._versions),
            (f"{api}/search", self._old_search if self.cloud else self._dc_search),
            (rf"{api}/issue/([\w-]+)/comment", self._comments),
            ("/rest/agile/1.0/board", self._boards),
            (r"/rest/agile/1.0/board/(\d+)/sprint", self._sprints),
            (r"/rest/agile/1.0/board/(\d+)/configuration", self._board),
        ]
        if self.cloud:
            self.routes += [
                (f"{api}/search/jql", self._search),
                (f"{api}/search/approximate-count", self._count),
                (f"{api}/changelog/bulkfetch", self._bulk),
                (rf"{api}/issue/([\w-]+)/changelog", self._changelog),
            ]

    def answer(self, asked: SeenRequest) -> Any:
        """JSON. Raises Refused."""
        for pattern, work in self.routes:
            if found := re.fullmatch(pattern, asked.path):
                with self.site.lock:
                    return work(asked, *found.groups())
        raise Refused(404, f"null for uri: {asked.path}")

    # ---- lists

    def _server_info(self, _asked: SeenRequest) -> Any:
        return {
            "baseUrl": "https://tests.example.org",
            "version": "1001.0.0" if self.cloud else "10.3.2",
            "serverTitle": "Tests",
            "deploymentType": "Cloud" if self.cloud else "Server",
            "serverTime": self.site.iso(self.site.now),
        }

    def _myself(self, _asked: SeenRequest) -> Any:
        return {"accountId": "me", "name": "me", "displayName": "Me", "timeZone": self.site.zone}

    def _fields(self, _asked: SeenRequest) -> Any:
        return self.site.fields

    def _statuses(self, _asked: SeenRequest) -> Any:
        return [self._status(number) for number in self.site.statuses]

    def _status(self, number: int) -> dict:
        name, category = self.site.statuses[number]
        return {"id": str(number), "name": name, "statusCategory": {"key": category, "name": category}}

    def _types(self, _asked: SeenRequest) -> Any:
        return [self._type(number) for number in self.site.types]

    def _type(self, number: int) -> dict:
        name, subtask, level = self.site.types[number]
        return {"id": str(number), "name": name, "subtask": subtask} | ({"hierarchyLevel": level} if self.cloud else {})

    def _project(self, name: str) -> dict:
        return {"id": str(self.site.projects[name]), "key": name, "name": name.title()}

    def _projects(self, _asked: SeenRequest) -> Any:
        return [self._project(name) for name in self.site.projects]

    def _project_page(self, asked: SeenRequest) -> Any:
        return {"values": self._projects(asked), "startAt": 0, "isLast": True, "total": len(self.site.projects)}

    def _versions(self, asked: SeenRequest, project: str) -> Any:
        if project not in self.site.projects:
            raise Refused(404, f"No project could be found with key '{project}'.")
        rows = [
            {"id": str(number), "name": name, "released": released, "archived": False, "releaseDate": day}
            for number, (owner, name, released, day) in self.site.versions.items()
            if owner == project
        ]
        return rows if asked.path.endswith("s") else {"values": rows, "startAt": 0, "total": len(rows), "isLast": True}

    def _boards(self, asked: SeenRequest) -> Any:
        if asked.params.get("projectKeyOrId", "ALPHA") != "ALPHA":
            return {"startAt": 0, "isLast": True, "values": []}
        return {
            "startAt": 0,
            "isLast": True,
            "values": [{"id": 1, "name": "Board", "type": "scrum"}, {"id": 2, "name": "Flow", "type": "kanban"}],
        }

    def _board(self, _asked: SeenRequest, number: str) -> Any:
        return {"id": int(number), "estimation": {"type": "field", "field": {"fieldId": "customfield_10016"}}}

    def _sprints(self, asked: SeenRequest, number: str) -> Any:
        if number != "1":
            raise Refused(400, "The board does not support sprints")
        values = [
            {"id": each, "name": name, "state": state, "originBoardId": 1}
            for each, (name, state) in self.site.sprints.items()
        ]
        start = int(asked.params.get("startAt", 0))
        return {"startAt": start, "isLast": start + 2 >= len(values), "values": values[start : start + 2]}

    # ---- searches

    def _find(self, text: str) -> tuple[jql.Query, list[Ticket]]:
        site = self.site
        found = site.indexed()
        known = {str(each.id) for each in found} | {each.key for each in found}
        try:
            query = jql.parse(text, zone=site.zone, now=site.now, known=known.__contains__)
        except jql.JqlError as error:
            raise Refused(400, *map(str, error.args)) from error
        return query, sorted(filter(query.test, found), key=query.sort_key)

    def _old_search(self, _asked: SeenRequest) -> Any:
        raise Refused(410, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.")

    def _count(self, asked: SeenRequest) -> Any:
        return {"count": max(0, len(self._find(asked.body["jql"])[1]) + self.limits.count_off)}

    def _search(self, asked: SeenRequest) -> Any:
        body = asked.body if asked.method == "POST" else asked.params
        query, found = self._find(body["jql"])
        if not query.bounded:
            raise Refused(400, "Unbounded JQL queries are not allowed here. Please add a search restriction.")
        fields = body.get("fields") or ["id"]
        fields = fields.split(",") if isinstance(fields, str) else fields
        few = set(fields) <= {"id", "key"}
        size = min(int(body.get("maxResults") or 50), self.limits.id_page if few else self.limits.page)
        skip = 0
        if token := body.get("nextPageToken"):
            of, at = self.tokens.get(token, ("", None))
            if of != body["jql"]:
                raise Refused(400, "The provided next page token is invalid or expired.")
            skip = at if self.limits.by_offset else sum(query.sort_key(each) <= at for each in found)
        some = found[skip : skip + size]
        inline = "changelog" in (body.get("expand") or "")
        page = {"issues": [self.issue(each, fields, self.limits.inline if inline else None) for each in some]}
        if skip + size >= len(found):
            return page | {"isLast": True}
        at = skip + len(some) if self.limits.by_offset else query.sort_key(some[-1])
        return page | {"nextPageToken": self.token(body["jql"], at), "isLast": False}

    def token(self, query: str, at: Any) -> str:
        """A token that goes on with the query."""
        made = f"Ck{len(self.tokens):05d}=="
        self.tokens[made] = (query, at)
        return made

    def _dc_search(self, asked: SeenRequest) -> Any:
        body = asked.body if asked.method == "POST" else asked.params
        _, found = self._find(body.get("jql", ""))
        start, asked_for = int(body.get("startAt") or 0), int(body.get("maxResults", 50))
        some = found[start : start + min(asked_for, self.limits.dc_page)]
        inline = self.limits.dc_inline if "changelog" in (body.get("expand") or "") else None
        fields = body.get("fields") or ["*all"]
        rows = [self.issue(each, fields, inline) for each in some]
        return {
            "startAt": start,
            "maxResults": min(asked_for, self.limits.dc_page),
            "total": len(found),
            "issues": rows,
        }

    def issue(self, ticket: Ticket, fields: list[str], inline: int | None) -> dict:
        """An issue with the fields that were asked for."""
        found: dict[str, Any] = {
            "id": str(ticket.id),
            "self": f"https://tests.example.org/rest/api/3/issue/{ticket.id}",
        }
        if list(fields) != ["id"] or not self.cloud:
            found["key"] = ticket.key
        rest = [each for each in fields if each not in ("id", "key")]
        if rest:
            values = self._values(ticket)
            found["fields"] = {each: values.get(each) for each in rest} if "*all" not in rest else values
        if inline is not None:
            entries = sorted(ticket.histories, key=_by_time, reverse=self.cloud)
            rows = [self.entry(each) for each in entries[:inline]]
            found["changelog"] = {"startAt": 0, "maxResults": len(rows), "total": len(entries), "histories": rows}
        return found

    def _values(self, ticket: Ticket) -> dict[str, Any]:
        site, person = self.site, ticket.assignee
        account = "accountId" if self.cloud else "name"
        values = {
            "summary": ticket.summary,
            "project": self._project(ticket.project),
            "issuetype": self._type(ticket.type),
            "status": self._status(ticket.status),
            "created": site.iso(ticket.created),
            "updated": site.iso(ticket.updated),
            "resolution": {"id": "1", "name": ticket.resolution} if ticket.resolution else None,
            "resolutiondate": site.iso(ticket.resolved),
            "duedate": ticket.due,
            "labels": ticket.labels,
            "assignee": {account: person, "displayName": site.people[person]} if person else None,
            "priority": {"id": "3", "name": ticket.priority} if ticket.priority else None,
            "components": [{"id": "1", "name": each} for each in ticket.components],
            "fixVersions": [{"id": str(each), "name": site.versions[each][1]} for each in ticket.versions],
            "issuelinks": [self._link(*each) for each in ticket.links if each[1] in site.tickets],
            "parent": {"id": str(ticket.parent)} if ticket.parent else None,
            "comment": self._comment_field(ticket),
        }
        return values | {name: site.custom_value(ticket, name, self.cloud) for name in ticket.custom}

    def _link(self, number: int, other: int, inward: bool) -> dict:
        kind = {"id": "1", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
        end = {"id": str(other), "key": self.site.tickets[other].key}
        return {"id": str(number), "type": kind, "inwardIssue" if inward else "outwardIssue": end}

    # ---- comments

    def _comment_field(self, ticket: Ticket) -> dict:
        most = self.limits.comments if self.cloud else self.limits.dc_comments
        some = [self._comment(each) for each in ticket.comments[:most]]
        return {"comments": some, "maxResults": most, "total": len(ticket.comments), "startAt": 0}

    def _comment(self, row: tuple[int, int, str | None]) -> dict:
        number, at, person = row
        author = (
            {"accountId" if self.cloud else "key": person, "displayName": self.site.people[person]} if person else None
        )
        return {
            "id": str(number),
            "author": author,
            "created": self.site.iso(at),
            "updated": self.site.iso(at),
            "body": "No <b>text</b>",
        }

    def _comments(self, asked: SeenRequest, name: str) -> Any:
        ticket = self.site.visible(name)
        if ticket is None:
            raise Refused(404, "Issue does not exist or you do not have permission to see it.")
        start, size = (
            int(asked.params.get("startAt", 0)),
            min(int(asked.params.get("maxResults", 50)), self.limits.comment_page),
        )
        some = [self._comment(each) for each in ticket.comments[start : start + size]]
        return {"comments": some, "maxResults": size, "startAt": start, "total": len(ticket.comments)}

    # ---- histories

    def entry(self, entry: Entry, items: list | None = None) -> dict:
        """An entry as JSON; `items` when only some are shown."""
        style, at = self.limits.created, entry.at
        created = self.site.iso(at) if style == "iso" else at // 1000 if style == "ms" else at // SECOND
        author = {"accountId": entry.author} if entry.author else None
        return {"id": str(entry.id), "author": author, "created": created, "items": items or entry.items}

    def _shown(self, entry: Entry, field_ids: list[str]) -> dict | None:
        ours = [
            each
            for each in entry.items
            if not field_ids or each.get("fieldId", each["field"]) in field_ids or _alias(each) in field_ids
        ]
        if not ours:
            return None
        return self.entry(entry, entry.items if self.limits.whole_entries else ours)

    def _bulk(self, asked: SeenRequest) -> Any:
        body = asked.body
        wanted, field_ids = body["issueIdsOrKeys"], body.get("fieldIds") or []
        if not self.limits.bulk:
            raise Refused(404, "no such address")
        if not 0 < len(wanted) <= 1_000 or len(field_ids) > 10:
            raise Refused(400, "Too many or no issues or field ids.")
        tickets = [each for name in dict.fromkeys(wanted) if (each := self.site.visible(name))]
        rows = [
            (*_by_time(entry), each.id, shown)
            for each in tickets
            for entry in each.histories
            if (shown := self._shown(entry, field_ids))
        ]
        rows.sort(key=lambda row: row[:3])
        token = body.get("nextPageToken")
        if token and self.tokens.get(token, ("",))[0] != str(wanted):
            raise Refused(400, "The provided next page token is invalid or expired.")
        after = self.tokens[token][1] if token else ()
        start = sum(row[:3] <= after for row in rows)
        size = min(int(body.get("maxResults") or 1_000), self.limits.change_page)
        found: dict[int, list[dict]] = {}
        for _, _, number, shown in rows[start : start + size]:
            found.setdefault(number, []).append(shown)
        more = start + size < len(rows)
        return {
            "issueChangeLogs": [{"issueId": str(number), "changeHistories": each} for number, each in found.items()],
            "nextPageToken": self.token(str(wanted), rows[start + size - 1][:3]) if more else None,
        }

    def _changelog(self, asked: SeenRequest, name: str) -> Any:
        ticket = self.site.visible(name)
        if ticket is None:
            raise Refused(404, "Issue does not exist or you do not have permission to see it.")
        entries = sorted(ticket.histories, key=_by_time)
        start, size = (
            int(asked.params.get("startAt", 0)),
            min(int(asked.params.get("maxResults", 100)), self.limits.changelog_page),
        )
        some = [self.entry(each) for each in entries[start : start + size]]
        return {
            "startAt": start,
            "maxResults": size,
            "total": len(entries),
            "isLast": start + size >= len(entries),
            "values": some,
        }


def labels(asked: SeenRequest) -> frozenset[str]:
    """What kind of request it is: names that faults and assertions use."""
    path, body = asked.path, asked.body if isinstance(asked.body, dict) else asked.params
    last = path.rsplit("/", 1)[-1]
    if last == "bulkfetch":
        return frozenset({"any", "changes", "data"})
    if last == "changelog":
        return frozenset({"any", "changelog", "data"})
    if last == "comment":
        return frozenset({"any", "comments", "data"})
    if "/search" not in path or "/project/" in path:
        return frozenset({"any", "list" if "/rest/agile" not in path else "agile", last})
    if last == "approximate-count" or str(body.get("maxResults")) == "0":
        return frozenset({"any", "count"})
    few = set(body.get("fields") or ["id"]) <= {"id", "key"}
    found = {"any", "data", "search", "census" if few else "page"}
    if "updated >=" in str(body.get("jql")) and "-365d" not in str(body.get("jql")):
        found.add("window")
    found.add("later" if body.get("nextPageToken") or int(body.get("startAt") or 0) else "first")
    return frozenset(found)


def _by_time(entry: Entry) -> tuple[int, int]:
    return entry.at, entry.id


def _alias(item: dict) -> str:
    return {
        "Fix Version": "fixVersions",
        "Flagged": "customfield_10021",
        "Sprint": "customfield_10020",
        "Story Points": "customfield_10016",
        "Severity": "customfield_10031",
    }.get(item["field"], "")


__all__ = ["MINUTE", "Limits", "Pages", "Refused", "SeenRequest", "json", "labels"]
