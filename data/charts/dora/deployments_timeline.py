"""Deployments over time, which of them failed, and how long recoveries took."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.charts.catalogue import ChartQuery, chart
from data.charts.downsample import thin
from data.charts.drawing import Drawing, Drilldown, NoSuchPoint, nothing
from data.charts.moments import local_minutes
from data.facts.dataset import Dataset
from data.facts.deployment_set import Deployments
from data.facts.deployments import FAILED, UNKNOWN, WORKED, deployment_rows, deployments, outcomes
from data.facts.recoveries import recovery_rows
from data.facts.rows import Rows, Subjects
from data.facts.subjects import names_of_subjects
from data.metrics.registry import ISSUE_METRICS
from data.values.arrays import Codes, Instants, Mask, Positions
from data.values.charts import Series

STATES = {WORKED: "worked", FAILED: "failed", UNKNOWN: "unknown outcome"}
_ROLES = {WORKED: "main", FAILED: "failure", UNKNOWN: "faint"}
_MOST_RECOVERIES = 300


@dataclass(frozen=True)
class Events:
    """Deployments and recoveries of the period. `rows`: tickets or versions of the deployments, then the recoveries.

    `of`: by row, the number of its deployment (below `count`) or of its recovery (from `count` on), -1 for what is left
    out.
    """

    rows: Rows
    of: Positions
    at: Instants  # by event, µs: the deployment, or the end of the recovery
    start: Instants  # by event, µs: the same, or the begin of the recovery
    state: Codes  # by deployment
    names: list[str]  # by event: key of its first ticket, or version
    projects: list[str]
    count: int


def events(query: ChartQuery) -> Events:
    """What the chart shows."""
    facts = query.facts
    found: Deployments = facts.once(deployments)
    deployed = facts.once(deployment_rows).between(query.start, query.end)
    recovered = facts.once(recovery_rows).between(query.start, query.end)
    group = deployed.columns["group"]
    groups = np.unique(group[group >= 0])
    groups = groups[np.argsort(found.group_at[groups], kind="stable")]
    place = np.full(found.count + 1, -1)
    place[groups] = np.arange(len(groups))
    ended = np.flatnonzero(recovered.reason == 0)
    of_recovery = np.full(len(recovered), -1)
    of_recovery[ended] = len(groups) + np.arange(len(ended))
    of = np.concatenate((place[group], of_recovery))
    rows = _both(deployed, recovered)
    head = np.full(len(groups) + len(ended), -1)
    for n in range(len(of) - 1, -1, -1):  # the first row of each event names it
        if of[n] >= 0:
            head[of[n]] = n
    names, projects = _named(facts, rows, head)
    at = np.concatenate((found.group_at[groups], recovered.at[ended]))
    start = np.concatenate((found.group_at[groups], recovered.columns["started"][ended]))
    return Events(rows, of, at, start, facts.once(outcomes).state[groups], names, projects, len(groups))


def _both(deployed: Rows, recovered: Rows) -> Rows:
    """One table of both kinds of row. Column recovery: which kind."""
    shift = len(deployed.reasons)
    reason = np.where(recovered.reason > 0, recovered.reason + shift - 1, 0)
    columns = {
        "recovery": np.arange(len(deployed) + len(recovered)) >= len(deployed),
        "hours": np.concatenate((np.full(len(deployed), np.nan), recovered.columns["hours"])),
        "started": np.concatenate((deployed.at, recovered.columns["started"])),
        "completed": np.concatenate((deployed.at, recovered.at)),
    }
    return Rows(
        np.concatenate((deployed.at, recovered.at)),
        Subjects.joined([deployed.subjects, recovered.subjects]),
        np.concatenate((deployed.reason, reason)).astype(np.int16),
        (*deployed.reasons, *recovered.reasons[1:]),
        columns,
    )


def _named(facts: Dataset, rows: Rows, head: Mask) -> tuple[list[str], list[str]]:
    named, owned = names_of_subjects(facts, rows.take(head))
    return named.astype(str).tolist(), owned.astype(str).tolist()


DRAWN = ("deployment_frequency", "change_failure_rate", "mean_time_to_recovery")
NOT_DRAWN = ("percentile", "tier_year")  # of numbers alone
SWITCHES = tuple(
    dict.fromkeys(each for name in DRAWN for each in ISSUE_METRICS[name].switches if each not in NOT_DRAWN)
)


@chart(
    family="dora",
    order=3,
    wide=True,
    title="Deployments, failures and recoveries",
    switches=SWITCHES,
    fields=("deployment_date", "target_environment", "deployment_successful", "production_impact"),
    missing=ISSUE_METRICS["deployment_frequency"].lacking,
)
def deployments_timeline(query: ChartQuery) -> Drawing:
    """Each point is a deployment to production, in the row of its project; a cross is one that failed.

    A line with a diamond at its end is a recovery: from the failed deployment, or from the detection of the incident
    where the two are not linked, to its resolution. Gaps are days on which nothing reached the users. The same
    deployments, failures and recoveries as the metrics above.
    """
    found = events(query)
    if not len(found.at):
        return nothing(
            "Nothing was deployed and nothing was recovered from between these dates.",
            todo="Choose other days, or clear a filter.",
        )
    failed = int(np.count_nonzero(found.state == FAILED))
    recovered = len(found.at) - found.count
    picks, tokens = _picks(found)
    series, thinned = _series(query, found, tokens)
    stamps, begun = local_minutes(found.at, query.facts.zone), local_minutes(found.start, query.facts.zone)
    hours = (found.at - found.start) / 3_600_000_000

    def table() -> Iterator[tuple[Any, ...]]:
        for n in np.argsort(-found.at, kind="stable").tolist():
            deploys = n < found.count
            what = STATES[int(found.state[n])] if deploys else "recovered"
            yield found.names[n], found.projects[n], what, begun[n], stamps[n], None if deploys else float(hours[n])

    return Drawing(
        (
            f"{found.count:,} deployments, {failed:,} of them failed; {recovered:,} "
            f"recover{'y' if recovered == 1 else 'ies'} ended in this period."
        ),
        series,
        x_title="Local time",
        y_title="Project",
        x_kind="time",
        x_range=(query.period.first.isoformat(), f"{query.period.last.isoformat()}T23:59"),
        columns=("Deployment or incident", "Project", "What", "From", "At", "Hours to recover"),
        table=table,
        table_picks=lambda: [tokens[n] for n in np.argsort(-found.at, kind="stable").tolist()],
        row_count=len(found.at),
        drilldown=picks,
        thinned=thinned,
    )


def _picks(events: Events) -> tuple[Drilldown, list[str]]:
    """A point stands for the tickets or the version of its deployment, or for its recovery."""
    tokens: list[str] = []
    seen: dict[str, int] = {}
    for n, name in enumerate(events.names):
        token = f"{'d' if n < events.count else 'r'}:{events.projects[n]}:{name}"
        seen[token] = seen.get(token, 0) + 1
        tokens.append(token if seen[token] == 1 else f"{token}:{seen[token]}")
    places = {token: n for n, token in enumerate(tokens)}

    def find(token: str) -> Positions:
        if token not in places:
            raise NoSuchPoint(token)
        return np.flatnonzero(events.of == places[token])

    def label(token: str) -> str:
        n = places[token]
        return f"{'Deployment' if n < events.count else 'Recovery'} {events.names[n]}"

    def outcome(some: Rows) -> list[str]:
        return ["recovered" if each else "deployed" for each in some.columns["recovery"].tolist()]

    return Drilldown(
        events.rows, find, label, values="hours", unit="hours", outcome_title="Event", outcome=outcome
    ), tokens


def _series(query: ChartQuery, events: Events, tokens: list[str]) -> tuple[tuple[Series, ...], str]:
    out: list[Series] = []
    state, told = events.state, ""
    zone = query.facts.zone
    after = list(range(events.count, len(events.at)))
    if after:
        longest = sorted(sorted(after, key=lambda n: int(events.start[n] - events.at[n]))[:_MOST_RECOVERIES])
        begin, end = local_minutes(events.start[longest], zone), local_minutes(events.at[longest], zone)
        x: list[str | None] = []
        y: list[str | None] = []
        for n, one, two in zip(longest, begin, end, strict=True):
            x += [one, two, None]
            y += [events.projects[n], events.projects[n], None]
        out.append(Series("", "spans", x, y, text=[""] * len(x), role="recovery"))
        words = [
            f"{events.names[n]} recovered after {(events.at[n] - events.start[n]) / 3_600_000_000:,.1f} hours"
            for n in longest
        ]
        out.append(
            Series(
                "recovered",
                "points",
                end,
                [events.projects[n] for n in longest],
                text=words,
                picks=[tokens[n] for n in longest],
                role="recovery",
            )
        )
    for which in (WORKED, UNKNOWN, FAILED):
        place = np.flatnonzero(state == which)
        if not len(place):
            continue
        shown, said = thin(np.zeros(len(place)), keep_above=None)
        told = told or said
        place = place[shown]
        stamps = local_minutes(events.at[place], zone)
        names = [f"{events.names[n]} {STATES[which]}" for n in place.tolist()]
        out.append(
            Series(
                STATES[which],
                "points",
                stamps,
                [events.projects[n] for n in place.tolist()],
                text=names,
                picks=[tokens[n] for n in place.tolist()],
                role=_ROLES[which],
            )
        )
    return tuple(out), told
