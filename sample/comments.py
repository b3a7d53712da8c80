"""Who comments on made-up issues, and when: most have a few comments, some none, a few a discussion over many pages."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from random import Random
from typing import Any

from sample.company import PEOPLE
from sample.site import Issue

_TYPICAL = {"Incident": 6.0, "Support request": 4.0, "Bug": 3.0, "Story": 2.5, "Epic": 2.5, "Deployment": 0.6}
_USUAL = 1.5  # comments of the other types
_DISCUSSED = 331  # one of so many issues is talked about at length
_WORDS = (
    "Looks good to me.", "Can somebody take a look?", "I could reproduce it.", "Waiting for an answer.",
    "Deployed to staging.", "The numbers are in the sheet.", "Done, please check.", "Which version is that?",
)  # a table: kept in its rows  # fmt: skip
_TEAM = 6  # people who mostly talk to each other


def discuss(issue: Issue, created: int, last: int, random: Random) -> None:
    """Gives the issue its comments, between its creation and its last change (seconds), so that `updated` stays
    true.
    """
    mean = _TYPICAL.get(issue.fields["issuetype"]["name"], _USUAL)
    many = issue.id % _DISCUSSED == 7
    count = (
        random.randrange(60, 260) if many else 0 if random.random() < 0.25 else 1 + int(random.expovariate(1 / mean))
    )
    span = last - created
    if span <= 120 or not count:
        return
    # The first answers come early.
    instants = sorted(created + 60 + int((span - 60) * random.random() ** 2.2) for _ in range(min(count, span // 60)))
    team = random.randrange(len(PEOPLE))
    issue.comments = array("q")
    for at in instants:
        person = (team + random.randrange(_TEAM)) % len(PEOPLE) if random.random() < 0.9 else random.randrange(24)
        issue.comments.extend((at, person))


def made(issue: Issue, first: int, size: int, zone_text: Any) -> list[dict[str, Any]]:
    """Some of its comments as Cloud shows them, with plain text as their body, oldest first."""
    pairs = issue.comments[2 * first : 2 * (first + size)]
    rows = []
    for place in range(len(pairs) // 2):
        number, person = first + place, PEOPLE[pairs[2 * place + 1]]
        at = zone_text(pairs[2 * place])
        rows.append(
            {
                "id": str(issue.id * 1000 + number),
                "author": person,
                "body": _WORDS[(issue.id + number) % len(_WORDS)],
                "updateAuthor": person,
                "created": at,
                "updated": at,
            }
        )
    return rows


def given(issue: Issue) -> tuple[list[dict[str, Any]], int] | None:
    """The comments of a replayed issue as its file has them, and how many there are; None where it shows none."""
    shown = issue.fields.get("comment")
    if not isinstance(shown, Mapping) or not isinstance(shown.get("comments"), list):
        return None
    total = shown.get("total")
    return shown["comments"], total if isinstance(total, int) else len(shown["comments"])
