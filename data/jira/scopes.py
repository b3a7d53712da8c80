"""Which scopes a token of Jira Cloud needs for each request that is sent, and what the answer is for."""

from __future__ import annotations

import re
from dataclasses import dataclass

WORK, USER = "read:jira-work", "read:jira-user"  # the two classic scopes that are enough for all but boards and sprints


@dataclass(frozen=True)
class Need:
    """One kind of request. `classic` is "" where Jira knows granular scopes only; `optional`: a sync works without it.

    `path` has names in braces for what differs; `granular` is complete, both as Jira's own documentation lists them.
    """

    method: str
    path: str
    classic: str
    granular: tuple[str, ...]
    purpose: str
    optional: bool = False

    @property
    def scopes(self) -> str:
        """In words.

        >>> need_of("GET", "/rest/api/3/status").scopes
        'read:jira-work (classic) or read:status:jira (granular)'
        """
        fine = ", ".join(self.granular)
        return f"{self.classic} (classic) or {fine} (granular)" if self.classic else f"{fine} (granular)"


_SEARCH = (
    "read:issue-details:jira",
    "read:field.default-value:jira",
    "read:field.option:jira",
    "read:field:jira",
    "read:group:jira",
)
_HISTORY = ("read:issue-meta:jira", "read:avatar:jira", "read:issue.changelog:jira")
NEEDS = (
    Need(
        "GET",
        "/rest/api/3/myself",
        USER,
        ("read:application-role:jira", "read:group:jira", "read:user:jira", "read:avatar:jira"),
        "who the account is, and its time zone",
    ),
    Need(
        "GET",
        "/rest/api/3/field",
        WORK,
        (
            "read:field:jira",
            "read:avatar:jira",
            "read:project-category:jira",
            "read:project:jira",
            "read:field-configuration:jira",
        ),
        "the fields of the site",
    ),
    Need("GET", "/rest/api/3/status", WORK, ("read:status:jira",), "statuses and which of them mean done"),
    Need("POST", "/rest/api/3/search/jql", WORK, _SEARCH, "the issues"),
    Need("POST", "/rest/api/3/search/approximate-count", WORK, _SEARCH, "how many issues the query matches", True),
    Need("POST", "/rest/api/3/changelog/bulkfetch", WORK, _HISTORY, "the histories of issues"),
    Need(
        "GET",
        "/rest/api/3/issue/{issueIdOrKey}/changelog",
        WORK,
        _HISTORY,
        "the histories, where bulk reading is refused",
    ),
    Need(
        "GET",
        "/rest/api/3/issuetype",
        WORK,
        ("read:issue-type:jira", "read:avatar:jira", "read:project-category:jira", "read:project:jira"),
        "issue types that no issue read has",
        True,
    ),
    Need(
        "GET",
        "/rest/api/3/project/{projectIdOrKey}/versions",
        WORK,
        ("read:project-version:jira",),
        "releases: deployments, where no deployment date is mapped",
        True,
    ),
    Need(
        "GET",
        "/rest/api/3/project/{projectIdOrKey}/version",
        WORK,
        ("read:project-version:jira",),
        "the same, page by page",
        True,
    ),
    Need(
        "GET",
        "/rest/api/3/issue/{issueIdOrKey}/comment",
        WORK,
        (
            "read:comment:jira",
            "read:comment.property:jira",
            "read:group:jira",
            "read:project:jira",
            "read:project-role:jira",
            "read:user:jira",
            "read:avatar:jira",
        ),
        "numbers made of comments, for issues with many of them",
        True,
    ),
    Need(
        "GET",
        "/rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}",
        WORK,
        ("read:issue-meta:jira", "read:avatar:jira", "read:field-configuration:jira"),
        "which mapped fields Jira requires, and their choices",
        True,
    ),
    Need(
        "GET",
        "/rest/agile/1.0/board",
        "",
        ("read:board-scope:jira-software", "read:project:jira"),
        "boards, for the tab Sprints",
        True,
    ),
    Need("GET", "/rest/agile/1.0/board/{boardId}/sprint", "", ("read:sprint:jira-software",), "their sprints", True),
)
_PATTERNS = [
    (each, re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(each.path)).replace("api/3", "api/[23]")))
    for each in NEEDS
]


def need_of(method: str, path: str) -> Need | None:
    """What is known of a request, None for one that needs no scope."""
    return next((need for need, pattern in _PATTERNS if need.method == method and pattern.fullmatch(path)), None)
