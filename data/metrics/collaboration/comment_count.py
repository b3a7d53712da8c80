"""Comments written."""

from __future__ import annotations

from data.facts.comments import by_issue, unread
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.metrics.collaboration.family import comment_metric
from data.metrics.in_sql import total
from data.values.details import Details


@comment_metric(
    order=1,
    title="Comments",
    unit="comments",
    shows="comments",
    select=by_issue,
    measures="comments",
    aggregation="sum",
    tags=("discussion", "conversation", "activity"),
    sql=total("comments", or_zero=True, zero_if_known=True),
)
def comment_count(rows: Rows, query: MetricQuery) -> float | None:
    """How many comments were written.

    count of comments written in the period

    On issues of every level, sub-tasks and epics included. Issues of which Jira shows only some comments are left out.
    Source: common practice in collaboration reporting, "comment volume".

    >>> comment_count(example(comments=[2, 5]), example_question())
    7.0
    """
    if not len(rows) and not query.covered:
        return None
    return float(rows["comments"].sum())


@comment_count.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    written, dark = int(rows["comments"].sum()), unread(query.facts)
    return {
        "issues_with_comments": rows.used,
        "count_words": f"{written} comment{'s' * (written != 1)} on {rows.used} issue{'s' * (rows.used != 1)}",
        "notes": [f"Of {dark} issues not all comments are known."] if dark else [],
        "steps": [f"{written} comments were written in the period, on {rows.used} issues."],
    }
