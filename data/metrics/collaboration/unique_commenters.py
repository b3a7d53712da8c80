"""People who commented."""

from __future__ import annotations

import numpy as np

from data.facts.comments import by_issue_and_author, unread
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.metrics.collaboration.family import comment_metric
from data.values.details import Details


@comment_metric(
    order=2,
    title="People who commented",
    unit="people",
    shows="people",
    lower_is_better=None,
    select=by_issue_and_author,
    aggregation="distinct",
    tags=("discussion", "participants", "people"),
    not_sql="Comments of unknown people are left out for each issue and person.",
)
def unique_commenters(rows: Rows, query: MetricQuery) -> float | None:
    """How many different people wrote comments.

    number of different authors of the comments written in the period

    Each person counts once, however many issues they wrote on; the list has a row for each issue and person. Automation
    counts as a person if it has an account. Source: common practice in collaboration reporting, "participants".

    >>> unique_commenters(example(author=[3, 3, 5]), example_question())
    2.0
    """
    if not len(rows) and not query.covered:
        return None
    return float(len(np.unique(rows["author"])))


@unique_commenters.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    people, written, dark = len(np.unique(rows["author"])), int(rows["comments"].sum()), unread(query.facts)
    issues = len(np.unique(rows.issue[rows.reason == 0]))
    return {
        "comments": written,
        "count_words": f"{people} people on {issues} issue{'s' * (issues != 1)}",
        "notes": [f"Of {dark} issues not all comments are known."] if dark else [],
        "steps": [f"{written} comments on {issues} issues, by {people} different people."],
    }
