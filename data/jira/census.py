"""All ids of the issues that a query finds, and whether the list is proved to be whole."""

from __future__ import annotations

from dataclasses import dataclass

from data.jira import endpoints, entities, protocol
from data.jira.answers import Issue
from data.jira.client import Jira


@dataclass(frozen=True)
class Listing:
    """Id → key of all issues that a query finds. `odd`: those whose id cannot be read; `doubt`: why some may lack."""

    keys: dict[int, str]
    odd: tuple[str, ...] = ()
    doubt: str = ""


def census(jira: Jira, jql: str) -> Listing:
    """All issues that the query finds: up to 5,000 a request on Cloud, 1,000 on Data Center.

    Cloud ends it with a token. Data Center counts: where the count is another one, it is read once more.
    """
    for _ in range(2):
        listing, total = _listing(jira, jql)
        came = len(listing.keys) + len(listing.odd)
        if total is None or total == came:
            return listing
    doubt = f"Jira counts {total:,} issues and lists {came:,}, so nobody can tell whether they are all."
    return Listing(listing.keys, listing.odd, doubt)


def _listing(jira: Jira, jql: str) -> tuple[Listing, int | None]:
    """The issues, and how many there are according to the last page that says so (Data Center)."""
    size = endpoints.ID_PAGE if jira.cloud else endpoints.DC_ID_PAGE
    keys: dict[int, str] = {}
    odd: list[str] = []
    total = None
    for page in jira.pages(endpoints.in_order(jql), ["id", "key"], size=size):
        total = total if page.total is None else page.total
        odd += page.odd
        for issue in page.issues:
            if (number := number_of(issue)) is None:
                odd.append(name_of(issue))
            else:
                keys[number] = issue.key
    return Listing(keys, tuple(dict.fromkeys(odd))), total


def number_of(issue: Issue) -> int | None:
    """The issue's id as a number."""
    return entities.whole(issue.id)


def name_of(issue: Issue) -> str:
    """What to call an issue whose id cannot be read."""
    return issue.key or protocol.nameless(issue.id)
