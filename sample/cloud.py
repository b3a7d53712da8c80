"""Jira Cloud's REST API v3 for a sample site: pages by token, changelogs in bulk, no old search."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import msgspec

from sample.requests_seen import Refused, Request, page
from sample.shared_routes import Answer, Flavour

GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration "
    "guideline is "
    "available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
ISSUES_A_PAGE = 100
KEYS_A_PAGE = 5000


class Cloud(Flavour):
    """Answers as a Jira Cloud site does."""

    cloud = True

    def routes(self) -> list[tuple[str, str, Answer]]:
        """The common paths and those that only Cloud has."""
        root = self.root
        return [
            *super().routes(),
            ("GET", f"{root}/search/jql", self.search),
            ("POST", f"{root}/search/jql", self.search),
            ("POST", f"{root}/search/approximate-count", self.count),
            ("GET", f"{root}/field/search", self.field_page),
            ("GET", f"{root}/project/search", self.project_page),
            ("GET", f"{root}/statuses/search", self.status_page),
            ("GET", f"{root}/issue/{{key}}/changelog", self.changelog),
            ("POST", f"{root}/changelog/bulkfetch", self.changelogs),
            *((method, f"/rest/api/{api}/search", self.gone) for method in ("GET", "POST") for api in ("2", "3")),
        ]

    def gone(self, _: Request) -> Any:
        """The old search."""
        raise Refused(410, GONE)

    def server_info(self, _: Request) -> dict[str, Any]:
        """Says that this is Cloud."""
        return {
            "baseUrl": self.base,
            "version": "1001.0.0-SNAPSHOT",
            "versionNumbers": [1001, 0, 0],
            "deploymentType": "Cloud",
            "buildNumber": 100290,
            "buildDate": "2026-03-02T00:00:00.000+0000",
            "serverTime": self.site.clock().strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "scmInfo": "0000000000000000000000000000000000000000",
            "serverTitle": self.site.title,
        }

    # --- search ----------------------------------------------------------------------------------------------------

    def search(self, seen: Request) -> dict[str, Any]:
        """A page of `/search/jql`: by default ids only, 50 at a time; 100 at most once fields are asked for."""
        jql = str(seen.get("jql") or "")
        asked = seen.names("fields")
        wanted = self.renderer.wanted(asked or ["id"])
        only_ids = wanted is not None and set(wanted) <= {"id", "key"}
        inline = self.inline(seen)
        limit = KEYS_A_PAGE if only_ids and inline is None else ISSUES_A_PAGE
        size = max(1, seen.number("maxResults", 50, most=limit))
        token = seen.get("nextPageToken")
        if token:
            minute, start = self._read_token(str(token), jql)
            found = self.matches_at(jql, minute, bounded=True)
        else:
            start = 0
            minute, found = self.matches(jql, bounded=True)
        shown = [self.site.issues[position] for position in found[start : start + size]]
        if asked is None or wanted == ["id"]:
            rows = [self._bare(str(issue.id), inline, issue) for issue in shown]
        else:
            rows = [self.renderer.issue(issue, wanted, inline) for issue in shown]
        answer: dict[str, Any] = {"issues": rows, "isLast": start + size >= len(found)}
        if not answer["isLast"]:
            answer["nextPageToken"] = self._token(jql, minute, start + size)
        return answer

    def _bare(self, number: str, inline: int | None, issue: Any) -> dict[str, Any]:
        row: dict[str, Any] = {"id": number}
        if inline is not None:
            row["changelog"] = self.renderer.issue(issue, [], inline)["changelog"]
        return row

    def count(self, seen: Request) -> dict[str, int]:
        """How many issues a query finds."""
        return {"count": len(self.matches(str(seen.get("jql") or ""), bounded=True)[1])}

    @staticmethod
    def _seal(jql: str, minute: int, start: int) -> str:
        return hashlib.sha256(f"{jql}\n{minute}\n{start}".encode()).hexdigest()[:16]

    def _token(self, jql: str, minute: int, start: int) -> str:
        """Where the next page starts, sealed so that only tokens given out for this query are taken back."""
        text = f"{minute}:{start}:{self._seal(jql, minute, start)}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _read_token(self, token: str, jql: str) -> tuple[int, int]:
        try:
            text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
            minute, start, seal = text.split(":")
            place = int(minute), int(start)
        except ValueError:
            place, seal = (0, 0), ""
        if seal != self._seal(jql, *place):
            raise Refused(400, "The provided next page token is invalid or has expired for this query.")
        return place

    # --- changelogs ------------------------------------------------------------------------------------------------

    def changelog(self, seen: Request, key: str) -> dict[str, Any]:
        """The history of one issue, oldest first, 100 a page."""
        issue = self.find_issue(key)
        answer = page(seen, self.renderer.histories(issue), most=100)
        return {"self": f"{self.base}{self.root}/issue/{issue.id}/changelog", **answer}

    def changelogs(self, seen: Request) -> dict[str, Any]:
        """The histories of up to 1,000 issues, 10,000 entries a page at most; one issue may go on on the next page."""
        keys, fields = seen.names("issueIdsOrKeys") or [], seen.names("fieldIds")
        if not 1 <= len(keys) <= 1000:
            raise Refused(400, "issueIdsOrKeys must contain between 1 and 1000 issues.")
        if fields and len(fields) > 10:
            raise Refused(400, "fieldIds must contain at most 10 fields.")
        size = seen.number("maxResults", 1000)
        if not 1 <= size <= 10_000:
            raise Refused(400, "maxResults must be between 1 and 10000.")
        identity = ",".join(keys) + "|" + ",".join(fields or [])
        token = seen.get("nextPageToken")
        _, start = self._read_token(str(token), identity) if token else (0, 0)
        numbers = sorted({issue.id for issue in map(self._known, keys) if issue is not None})
        logs, skipped, taken, more = [], 0, 0, False
        for number in numbers:
            rows = self._filtered(number, frozenset(fields) if fields else None)
            if skipped + len(rows) <= start:
                skipped += len(rows)
                continue
            rows = rows[max(0, start - skipped) :]
            skipped = max(skipped, start)
            part = rows[: size - taken]
            if part:
                logs.append({"issueId": str(number), "changeHistories": part})
                taken += len(part)
            if len(part) < len(rows):
                more = True
                break
        answer: dict[str, Any] = {"issueChangeLogs": logs}
        if more:
            answer["nextPageToken"] = self._token(identity, 0, start + taken)
        return answer

    def _known(self, key: str) -> Any:
        return self.site.by_id.get(int(key)) if key.isdigit() else self.site.by_key.get(key.upper())

    def _filtered(self, number: int, fields: frozenset[str] | None) -> list[msgspec.Raw]:
        """The history entries of an issue with only the items of the asked fields."""
        issue = self.site.by_id[number]
        rows = self.renderer.histories(issue)
        if fields is None:
            return rows
        kept = []
        for raw, touched in zip(rows, issue.touched, strict=True):
            inside = [name in fields for name in touched]
            if all(inside):
                kept.append(raw)
            elif any(inside):
                history = msgspec.json.decode(bytes(raw))
                history["items"] = [item for item, keep in zip(history["items"], inside, strict=True) if keep]
                kept.append(msgspec.Raw(msgspec.json.encode(history)))
        return kept

    # --- paged lists -----------------------------------------------------------------------------------------------

    def field_page(self, seen: Request) -> dict[str, Any]:
        """`/field/search`, 50 a page."""
        text, kinds, ids = str(seen.get("query") or "").lower(), seen.names("type"), seen.names("id")
        rows = [
            {"schema": {"type": "any", "system": row["id"]}}
            | {name: row[name] for name in ("id", "key", "name", "schema") if name in row}
            for row in self.site.fields
            if text in row["name"].lower()
            and (not kinds or ("custom" if row["custom"] else "system") in kinds)
            and (not ids or row["id"] in ids)
        ]
        return page(seen, rows, most=100, default=50)

    def project_page(self, seen: Request) -> dict[str, Any]:
        """`/project/search`, 50 a page by default."""
        text, keys = str(seen.get("query") or "").lower(), seen.names("keys")
        rows = [
            self.project_row(row)
            for row in self.site.projects
            if (text in row["name"].lower() or text in row["key"].lower()) and (not keys or row["key"] in keys)
        ]
        return page(seen, rows, most=100, default=50)

    def status_page(self, seen: Request) -> dict[str, Any]:
        """`/statuses/search`, 200 a page at most."""
        category = {"new": "TODO", "indeterminate": "IN_PROGRESS", "done": "DONE"}
        rows = [
            {
                "id": str(row["id"]),
                "name": row["name"],
                "description": row.get("description", ""),
                "statusCategory": category[row["statusCategory"]["key"]],
                "scope": {"type": "GLOBAL"},
            }
            for row in self.site.statuses
        ]
        return page(seen, rows, most=200, default=200)
