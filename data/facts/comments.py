"""Comments: who wrote when, and where Jira shows only some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.facts.columns import CREATED, Column, Kind, fact
from data.facts.dataset import Dataset
from data.facts.query import Missing
from data.facts.rows import Rows, Sieve
from data.facts.unread import missing_lists, sentences
from data.values.arrays import Mask, Positions
from data.values.exclusion import Exclusion
from data.values.program import COMMAND

if TYPE_CHECKING:
    from data.facts.query import MetricQuery

HOUR = 3_600_000_000


def complete(facts: Dataset) -> Mask:
    """Issues of which every comment is known, boolean."""
    found = facts.tables.issues.get("comments_complete")
    return np.ones(len(facts.tables), dtype=bool) if found is None else found.to_numpy().astype(bool)


def no_comments(facts: Dataset) -> Missing | None:
    """What to do when no comment of this site is known and none can be."""
    if len(facts.tables.comments) or not len(facts.tables) or facts.once(complete).any():
        return None
    if lacking := sentences(missing_lists(facts, "comments")):
        return Missing(" ".join(("No comments are known.", *lacking)))
    return Missing(
        "No comments are known. Jira shows none to this account, or the data is older than the reading of comments: "
        f"sync everything again ({COMMAND} sync --full)."
    )


@fact(
    "comments",
    Column("author", Kind.CODE, "place in the list of authors; -1 where unknown"),
    Column("comments", Kind.COUNT, "1 for each comment", "comments"),
    CREATED,
    Column("completed", Kind.INSTANT, "when it was written"),
    title="Comments",
    at="writing",
    row="comment",
)
def comment_rows(facts: Dataset) -> Rows:
    """Comments, a row each. Columns: author (code, -1 unknown), comments (1), started (created), completed
    (written).
    """
    table = facts.tables.comments
    issue, at = table["issue"].to_numpy(), table["at"].to_numpy()
    keep = facts.chosen[issue] & (at <= facts.now)
    issue, at = issue[keep], at[keep]
    sieve = Sieve(len(issue)).drop(~facts.once(complete)[issue], Exclusion.COMMENTS_INCOMPLETE)
    return sieve.rows(
        at,
        issue,
        author=table["author"].cat.codes.to_numpy()[keep].astype(np.int64),
        comments=np.ones(len(at), dtype=np.int64),
        started=facts.tables.issues["created"].to_numpy()[issue],
        completed=at,
    )


def by_issue(rows: Rows, query: MetricQuery) -> Rows:
    """One row for each issue with comments in the period, at the last of them; `comments` says how many."""
    found = rows.between(query.start, query.end)
    return _joined(found, found.issue.astype(np.int64))


def by_issue_and_author(rows: Rows, query: MetricQuery) -> Rows:
    """One row for each issue and person who commented on it in the period; of unknown authors one row an issue, left
    out.
    """
    found = rows.between(query.start, query.end)
    people = len(query.facts.tables.comments["author"].cat.categories) + 1
    joined = _joined(found, found.issue.astype(np.int64) * people + found.columns["author"] + 1)
    sieve = Sieve.of(joined)
    sieve.drop(joined.columns["author"] < 0, Exclusion.AUTHOR_UNKNOWN)
    return Rows(joined.at, joined.subjects, sieve.reason, tuple(sieve.reasons), joined.columns)


def _joined(rows: Rows, key: Positions) -> Rows:
    """One row for each key: the last of its rows, with how many there were."""
    _, from_end, count = np.unique(key[::-1], return_index=True, return_counts=True)
    last = len(key) - 1 - from_end
    order = np.argsort(last, kind="stable")
    kept = rows.take(last[order])
    return Rows(kept.at, kept.subjects, kept.reason, kept.reasons, {**kept.columns, "comments": count[order]})


@fact(
    "first_comments",
    Column("hours", Kind.NUMBER, "from creation to the first comment", "hours"),
    CREATED,
    Column("completed", Kind.INSTANT, "when the first comment was written"),
    title="Issues at their first comment",
    at="first comment",
)
def first_comment_rows(facts: Dataset) -> Rows:
    """Issues at their first comment. Columns: hours since they were created, started (created), completed (the
    comment).
    """
    table = facts.tables.comments
    issue, first = np.unique(table["issue"].to_numpy(), return_index=True)  # ordered by issue and instant
    at = table["at"].to_numpy()[first]
    keep = facts.chosen[issue] & (at <= facts.now)
    issue, at = issue[keep], at[keep]
    created = facts.tables.issues["created"].to_numpy()[issue]
    sieve = Sieve(len(issue)).drop(~facts.once(complete)[issue], Exclusion.COMMENTS_INCOMPLETE)
    sieve.drop(at < created, Exclusion.COMMENTED_BEFORE_CREATED)
    return sieve.rows(at, issue, hours=(at - created) / HOUR, started=created, completed=at)


def silent(facts: Dataset, query: MetricQuery) -> int:
    """How many issues created in the period have no comment yet, of those whose comments are all known."""
    created = facts.tables.issues["created"].to_numpy()
    spoken = np.zeros(len(created), dtype=bool)
    table = facts.tables.comments
    spoken[table["issue"].to_numpy()[table["at"].to_numpy() <= facts.now]] = True
    fresh = (created >= query.start) & (created < query.end) & (created <= facts.now)
    return int(np.count_nonzero(fresh & ~spoken & facts.chosen & facts.once(complete)))


def unread(facts: Dataset) -> int:
    """How many of the chosen issues have comments that are not known."""
    return int(np.count_nonzero(facts.chosen & ~facts.once(complete)))
