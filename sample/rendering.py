"""Shows the issues of a site as one of the two Jira flavours does, ready to be written as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from sample.comments import given, made
from sample.site import Issue, Site

COMMENTS_INLINE = 20  # that Cloud shows within an issue
MOST_COMMENTS = 10**6
Wanted = list[str] | None  # field ids, None for all


class Renderer:
    """Turns issues into what is sent. `base` is the server's URL, `api` "2" or "3"; Data Center differs in places."""

    def __init__(self, site: Site, base: str, *, cloud: bool) -> None:
        self.site = site
        self.base = base
        self.cloud = cloud
        self.api = "3" if cloud else "2"
        self.zone = ZoneInfo(site.zone)
        self.sprint = site.custom("gh-sprint")
        self.epic_link = "customfield_10014"
        self._accounts: dict[int, dict[str, Any]] = {}
        self._sprints: dict[int, str] = {}

    def wanted(self, names: Iterable[str]) -> Wanted:
        """The ids that a `fields` parameter asks for; "-x" takes one away."""
        plus, minus, everything = [], set(), False
        for name in names:
            if name in ("*all", "*navigable"):
                everything = True
            elif name.startswith("-"):
                minus.add(name[1:])
            elif name:
                plus.append(name)
        if minus and not plus:
            everything = True
        if not everything:
            return [name for name in plus if name not in minus]
        if not minus:
            return None
        return [each["id"] for each in self.site.fields if each["id"] not in minus]

    def issue(self, issue: Issue, wanted: Wanted, changelog: int | None = None) -> dict[str, Any]:
        """One issue with the asked fields; `changelog` adds the newest that many history entries (0: all, oldest
        first).
        """
        row: dict[str, Any] = {
            "expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields",
            "id": str(issue.id),
            "self": f"{self.base}/rest/api/{self.api}/issue/{issue.id}",
            "key": issue.key,
        }
        if wanted is None or any(name not in ("id", "key") for name in wanted):
            row["fields"] = self.fields(issue, wanted)
        if changelog is not None:
            row["changelog"] = self._changelog(issue, changelog)
        return row

    def fields(self, issue: Issue, wanted: Wanted) -> dict[str, Any]:
        """The asked fields; a field that exists but is empty here is null, as in Jira."""
        have = issue.fields
        if wanted is None:
            fields = dict(have)
        else:
            known = self.site.field_ids
            fields = {name: have.get(name) for name in wanted if name in have or name in known}
        if "comment" in fields or (wanted is None and self.site.generated):
            fields["comment"] = self._comment_field(issue)
        return self._flavoured(issue, fields) if self.site.generated else fields

    # --- comments --------------------------------------------------------------------------------------------------

    def comments(self, issue: Issue, start: int, size: int) -> tuple[list[dict[str, Any]], int] | None:
        """Some comments, oldest first, and how many there are; None where an exported issue shows none."""
        if not self.site.generated:
            found = given(issue)
            return found and (found[0][start : start + size], found[1])
        rows = made(issue, start, size, self._text)
        for row in rows:
            row["self"] = f"{self.base}/rest/api/{self.api}/issue/{issue.id}/comment/{row['id']}"
            if self.cloud:
                row |= {"body": document(row["body"]), "jsdPublic": True}
            else:
                row |= {name: self.account(row[name]) for name in ("author", "updateAuthor")}
        return rows, len(issue.comments) // 2

    def _comment_field(self, issue: Issue) -> dict[str, Any] | None:
        """Cloud shows the first few, Data Center all."""
        found = self.comments(issue, 0, COMMENTS_INLINE if self.cloud else len(issue.comments) + MOST_COMMENTS)
        if found is None:
            return None
        if not self.site.generated and len(found[0]) == len(issue.fields["comment"]["comments"]):
            as_in_the_file: dict[str, Any] = issue.fields["comment"]
            return as_in_the_file
        url = f"{self.base}/rest/api/{self.api}/issue/{issue.id}/comment"
        size = COMMENTS_INLINE if self.cloud else found[1]
        return {"comments": found[0], "self": url, "maxResults": size, "total": found[1], "startAt": 0}

    def _text(self, instant: int) -> str:
        moment = datetime.fromtimestamp(instant, self.zone)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.000{moment:%z}"

    def histories(self, issue: Issue) -> list[msgspec.Raw]:
        """All history entries, oldest first, already JSON."""
        if self.cloud or not self.site.generated:
            return [msgspec.Raw(raw) for raw in issue.histories]
        return [msgspec.Raw(raw.replace(b'"accountId":', b'"name":')) for raw in issue.histories]

    def _changelog(self, issue: Issue, newest: int) -> dict[str, Any]:
        rows = self.histories(issue)
        total = len(rows)
        if newest:
            rows = rows[::-1][:newest]
        return {"startAt": 0, "maxResults": newest or total, "total": total, "histories": rows}

    # --- what differs between the flavours, for generated sites ----------------------------------------------------

    def _flavoured(self, issue: Issue, fields: dict[str, Any]) -> dict[str, Any]:
        if "description" in fields:
            text = self.describe(issue)
            fields["description"] = document(text) if self.cloud else text
        if self.cloud:
            return fields
        for name in ("assignee", "reporter", "creator"):
            if fields.get(name):
                fields[name] = self.account(fields[name])
        if fields.get(self.sprint or ""):
            fields[self.sprint or ""] = [self._sprint_text(row) for row in fields[self.sprint or ""]]
        parent = fields.get("parent")
        if parent and parent["fields"]["issuetype"]["name"] == "Epic":
            del fields["parent"]
            fields[self.epic_link] = parent["key"]
        return fields

    @staticmethod
    def describe(issue: Issue) -> str:
        """A description made of the summary; it is not stored."""
        return f"{issue.fields['summary']}. Written for the sample site."

    def account(self, person: dict[str, Any]) -> dict[str, Any]:
        """The person as Data Center shows people: by name and key, without account id."""
        key = id(person)
        if key not in self._accounts:
            kept = {name: value for name, value in person.items() if name not in ("accountId", "accountType")}
            self._accounts[key] = {"name": person["accountId"], "key": person["accountId"], **kept}
        return self._accounts[key]

    def _sprint_text(self, row: dict[str, Any]) -> str:
        """`com.atlassian…Sprint@1fdd[id=12,…,name=SHOP Sprint 3,…]`"""
        number = row["id"]
        if number not in self._sprints:
            value = {
                "id": number,
                "rapidViewId": row.get("boardId"),
                "state": str(row["state"]).upper(),
                "name": row["name"],
                "startDate": row.get("startDate", "<null>"),
                "endDate": row.get("endDate", "<null>"),
                "completeDate": row.get("completeDate", "<null>"),
                "activatedDate": row.get("startDate", "<null>"),
                "sequence": number,
                "goal": row.get("goal", ""),
                "autoStartStop": "false",
            }
            inner = ",".join(f"{name}={each}" for name, each in value.items())
            self._sprints[number] = f"com.atlassian.greenhopper.service.sprint.Sprint@{7000 + number:x}[{inner}]"
        return self._sprints[number]


def document(text: str) -> dict[str, Any]:
    """Plain text as the rich-text document that Cloud v3 sends."""
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }
