"""The history of one issue: statuses, blocks, sprints, deployments, and what the numbers of a period do with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np

from data.facts.dataset import Dataset
from data.facts.deployments import deployment_rows
from data.facts.efficiency import blocked_spans
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.status_groups import status_titles
from data.metrics.measure import rows_for
from data.metrics.registry import ISSUE_METRICS
from data.services.sites import Sites, browse_url
from data.services.view import View
from data.tables.frames import FOREVER, NEVER
from data.values.errors import NotThere
from data.values.families import HEADLINE
from data.values.issue_history import Counted, Event, IssueHistory, Stay
from data.values.metric_value import iso as iso_of
from data.values.names import name_key

_DAY = 86_400_000_000  # µs


def iso(instant: int) -> str:
    """An instant in µs as ISO 8601."""
    return iso_of(datetime.fromtimestamp(instant / 1e6, UTC))


class IssueHistoryService:
    """One issue after the other."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites

    def of(self, key: str, view: View) -> IssueHistory:
        """The history of an issue, whatever the filters of the view. Raises NotThere, JiraError."""
        data = self._sites.data(view.snapshot)
        facts = data.dataset(view)
        keys = facts.tables.issues["key"].to_numpy(dtype=object)
        found = np.flatnonzero(keys == key)
        if not len(found):  # as people type it: shop-12
            found = np.flatnonzero([name_key(each) == name_key(key) for each in keys.tolist()])
        if not len(found):
            raise NotThere(f"There is no issue {key!r} in the data. It may lie outside the query.")
        place, base = int(found[0]), browse_url(view.snapshot)
        row = facts.tables.issues.iloc[place]
        issue_id = int(row["issue_id"])
        summary = data.summaries(view.snapshot, [issue_id]).get(issue_id, ("", ""))[1]
        names = [*facts.once(status_titles), "unknown"]
        shipped = _deployments(facts, place)
        stays = tuple(_stays(facts, place, names))
        until = _until(facts, place, [event_at for event_at, _ in shipped])
        return IssueHistory(
            key=str(row["key"]),
            summary=summary,
            type=_word(row["type"]),
            status=names[int(row["status"])],
            assignee=_word(row["assignee"]),
            url=f"{base}/browse/{row['key']}" if base else "",
            created=iso(int(row["created"])),
            until=iso(until),
            stays=stays,
            blocked=tuple(_blocked(facts, place)),
            sprints=tuple(_sprints(facts, place)),
            deployments=tuple(Event(name, iso(at)) for at, name in shipped),
            counted=tuple(_counted(facts, place, view)),
            complete=bool(row["history_complete"]),
        )


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _stay(facts: Dataset, name: str, kind: str, start: int, end: int) -> Stay:
    last = min(end, facts.now)
    over = end != FOREVER and end <= facts.now
    return Stay(name, kind, iso(start), iso(end) if over else None, max(last - start, 0) / _DAY)


def _stays(facts: Dataset, place: int, names: list[str]) -> Iterator[Stay]:
    stays, roles = facts.stays, facts.roles
    for n in np.flatnonzero(stays.issue == place).tolist():
        code, entered, left = int(stays.status[n]), int(stays.entered[n]), int(stays.left[n])
        if entered > facts.now:
            continue
        kinds = {
            "discarded": roles.discarded,
            "done": roles.done,
            "blocked": roles.blocked,
            "waiting": roles.waiting,
            "active": roles.active,
            "in progress": roles.progress,
        }
        kind = next((name for name, which in kinds.items() if code >= 0 and which[code]), "not started")
        yield _stay(facts, names[code], kind, entered, left)


def _blocked(facts: Dataset, place: int) -> Iterator[Stay]:
    issue, start, end = facts.once(blocked_spans)
    for n in np.flatnonzero(issue == place).tolist():
        last = int(end[n])
        yield _stay(facts, "Blocked", "blocked", int(start[n]), FOREVER if last >= facts.now else last)


def _sprints(facts: Dataset, place: int) -> Iterator[Stay]:
    """The spans in a sprint: from joining it, or its start if that is later, to leaving it or its close."""
    moves, table = facts.tables.sprint_moves, facts.tables.sprints
    mine = moves[moves["issue"].to_numpy() == place]
    joined: dict[int, int] = {}
    spans: list[tuple[int, int, int]] = []
    for at, sprint, came in zip(mine["at"].tolist(), mine["sprint"].tolist(), mine["joined"].tolist(), strict=True):
        if sprint < 0:
            continue
        if came:
            joined.setdefault(sprint, at)
        elif sprint in joined:
            spans.append((sprint, joined.pop(sprint), at))
    spans += [(sprint, at, FOREVER) for sprint, at in joined.items()]
    started, closed = table["started"].to_numpy(), table["completed"].to_numpy()
    for sprint, first, last in sorted(spans, key=lambda each: each[1]):
        begin = max(first, int(started[sprint])) if started[sprint] != NEVER else first
        end = min(last, int(closed[sprint])) if closed[sprint] != NEVER else last
        if end > begin and begin <= facts.now:
            yield _stay(facts, str(table["name"].iloc[sprint]), "sprint", begin, end)


def _deployments(facts: Dataset, place: int) -> list[tuple[int, str]]:
    """Instant and words: when its change reached production, and when it was deployed as a ticket of a deployment."""
    changes = _of_issue(ISSUE_METRICS["lead_time_for_changes"].rows(facts), place)
    found = [(int(at), "In production") for at in changes.at[changes.reason == 0].tolist()]
    tickets = _of_issue(facts.once(deployment_rows), place)
    known = {at for at, _ in found}
    found += [(int(at), "Deployment") for at in tickets.at[tickets.reason == 0].tolist() if int(at) not in known]
    return sorted(set(found))


def _of_issue(rows: Rows, place: int) -> Rows:
    return rows.take(np.flatnonzero(rows.issue == place))


def _until(facts: Dataset, place: int, shipped: list[int]) -> int:
    """Where the drawing ends: now while it is open; else the last thing that happened, with a little room."""
    mine = np.flatnonzero(facts.stays.issue == place)
    last, first = int(facts.stays.entered[mine[-1]]), int(facts.stays.entered[mine[0]])
    code = int(facts.stays.status[mine[-1]])
    if code < 0 or not facts.roles.ended[code]:
        return int(facts.now)
    end = max([last, *shipped])
    return int(min(facts.now, end + max((end - first) // 20, _DAY // 4)))


def _counted(facts: Dataset, place: int, view: View) -> Iterator[Counted]:
    query = MetricQuery(facts, view.period)
    for metric in ISSUE_METRICS.values():
        if metric.family not in HEADLINE or metric.lacking(facts):
            continue
        rows = _of_issue(rows_for(metric, query), place)
        if not len(rows):
            continue
        used = np.flatnonzero(rows.reason == 0)
        n = int(used[0]) if len(used) else 0
        value = float(rows.columns[metric.measures][n]) if metric.measures and len(used) else None
        known = value is not None and not np.isnan(value)
        yield Counted(
            metric.name,
            metric.title,
            bool(len(used)),
            "" if len(used) else rows.reasons[int(rows.reason[0])],
            value if known else None,
            {"age": "days", "share": "%"}.get(metric.measures, metric.measures),
        )
