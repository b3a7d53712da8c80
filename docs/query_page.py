"""The page docs/query.md: the reference of specs, from their model, the facts and the catalogue."""

from __future__ import annotations

from typing import Any

EXAMPLES = (
    ("Bugs by component in the last 90 days, the most first",
     '{"metrics": ["bug_count"], "group_by": ["component"], "dates": {"preset": "90d"}, '
     '"sort_by": [{"field": "bug_count", "direction": "desc"}], "limit": 10}'),
    ("Created and closed by week since the summer",
     '{"metrics": ["created", "closed"], "group_by": ["week"], "dates": {"from": "2026-09-01", "to": "2026-11-28"}}'),
    ("Cycle time of stories by project, against the month before",
     '{"metrics": ["cycle_time"], "group_by": ["project"], "dates": {"relative": "last_month"}, '
     '"filters": [{"field": "type", "op": "eq", "value": "Story"}], "compare": "previous"}'),
    ("A measure of one\'s own: how long the slowest 15 % of items with more than a day took",
     '{"metrics": [{"name": "slow", "fact": "lead_times", "column": "days", "agg": "p85", '
     '"filters": [{"field": "days", "op": "gt", "value": 1}]}], "group_by": ["type"]}'),
)  # a table: kept in its rows  # fmt: skip


def query_page() -> str:
    """The reference of specs."""
    from data.metrics.registry import CATALOG
    from data.query.checked import DIMENSIONS
    from data.query.spec import AnalyticsSpec, Dates, Measure, Sort, SpecFilter

    out = [
        "# Queries\n",
        "A query is a small JSON object, a spec: which numbers, by what, of which issues and days. "
        "`python app.py query SPEC.json` answers it on the terminal, `POST /api/v1/query` to programs, and the tab "
        "Explore makes specs by hand. Nothing else decides what a number means: specs name metrics of the "
        "[catalogue](metrics.md), or aggregate a column of a [fact](facts.md).\n",
        "Each row of an answer says how many rows of its fact were used and left out. A number that is missing says "
        "why. `--sql` prints the SELECT with its parameters.\n",
        "## Examples\n",
        *(f"{title}:\n\n```json\n{text}\n```\n" for title, text in EXAMPLES),
    ]
    models = ((AnalyticsSpec, "The spec"), (SpecFilter, "A filter"), (Dates, "Days"), (Sort, "An order"))
    for model, title in (*models, (Measure, "A measure of one's own")):
        out += [f"## {title}\n", f"{(model.__doc__ or '').strip()}\n", *_fields(model)]
    out += ["## Dimensions\n", "| name | title |\n|---|---|"]
    out += [f"| `{name}` | {title} |" for name, title in DIMENSIONS.items()]
    out += ["\n## How each metric is calculated\n", _ENGINES, "| metric | by | why |\n|---|---|---|"]
    out += [f"| `{each.name}` | {_engine(each)} |" for each in CATALOG.values()]
    return "\n".join(out).rstrip() + "\n"


_ENGINES = (
    "A metric with SQL is one part of the SELECT. The others are calculated by their formula in Python, for the same "
    "days and groups. A test compares both ways for every metric.\n"
)


def _engine(metric: Any) -> str:
    if not hasattr(metric, "sql"):
        return "records | It comes from records of jobs."
    return f"formula | {metric.not_sql}" if metric.sql is None else "SQL |"


def _fields(model: Any) -> list[str]:
    lines = ["| field | what it says |\n|---|---|"]
    for name, field in model.model_fields.items():
        needed = " Needed." if field.is_required() else ""
        lines.append(f"| `{field.alias or name}` | {field.description or ''}{needed} |")
    return [*lines, ""]
