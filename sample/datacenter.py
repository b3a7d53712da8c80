"""Jira Data Center's REST API v2 for a sample site: startAt paging, complete changelogs inline, sprint strings."""

from __future__ import annotations

from typing import Any

from sample.company import GREENHOPPER
from sample.requests_seen import Request, page
from sample.shared_routes import Answer, Flavour


class DataCenter(Flavour):
    """Answers as a Jira Data Center site does."""

    cloud = False

    def routes(self) -> list[tuple[str, str, Answer]]:
        """The common paths and those that only Data Center has."""
        return [
            *super().routes(),
            ("GET", f"{self.root}/search", self.search),
            ("POST", f"{self.root}/search", self.search),
        ]

    def server_info(self, _: Request) -> dict[str, Any]:
        """Says that this is Data Center, which calls itself Server."""
        return {
            "baseUrl": self.base,
            "version": "10.3.2",
            "versionNumbers": [10, 3, 2],
            "deploymentType": "Server",
            "buildNumber": 10030002,
            "buildDate": "2026-01-14T00:00:00.000+0000",
            "serverTime": self.site.clock().strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "scmInfo": "0000000000000000000000000000000000000000",
            "serverTitle": self.site.title,
        }

    def field_rows(self) -> list[dict[str, Any]]:
        """Without `key`; stories name their epic in a field of its own."""
        rows = [{name: value for name, value in row.items() if name != "key"} for row in self.site.fields]
        if self.site.generated:
            schema = {"type": "any", "custom": GREENHOPPER + "gh-epic-link", "customId": 10014}
            rows.append(
                {
                    "id": "customfield_10014",
                    "name": "Epic Link",
                    "custom": True,
                    "orderable": True,
                    "navigable": True,
                    "searchable": True,
                    "clauseNames": ["cf[10014]", "Epic Link"],
                    "schema": schema,
                }
            )
        return rows

    def search(self, seen: Request) -> dict[str, Any]:
        """A page of `/search`: all fields by default, 50 at a time, 1,000 at most; total is exact."""
        _, found = self.matches(str(seen.get("jql") or ""), bounded=False)
        wanted = self.renderer.wanted(seen.names("fields") or ["*navigable"])
        cut = page(seen, found, most=1000, default=50)
        answer = {name: cut[name] for name in ("startAt", "maxResults", "total")}
        inline = self.inline(seen)
        rows = [self.renderer.issue(self.site.issues[position], wanted, inline) for position in cut["values"]]
        return {"expand": "schema,names", **answer, "issues": rows}
