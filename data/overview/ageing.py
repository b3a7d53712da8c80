"""Which items in progress are older than nearly all completed ones were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from data.charts.flow.ageing_work import LEAST, pace
from data.charts.percentiles import SHARES, cycle_rows
from data.charts.registry import ChartQuery
from data.facts.ages import aged_in_span
from data.facts.dataset import Dataset
from data.facts.load import at_snapshot, load_rows
from data.values.arrays import Codes, Mask, Numbers, Positions
from data.values.overview import OLD, Ageing
from data.values.periods import Period

SHOWN = 10
COMPARED = 90  # days of completed items, at least
Summaries = Callable[[list[int]], dict[int, tuple[str, str]]]


@dataclass(frozen=True)
class Old:
    """Items (positions) that are too old, the oldest first, and what they are compared with."""

    issue: Positions
    status: Codes
    age: Numbers
    limit: Numbers
    whole: Mask  # compared with the whole way, not with the status
    in_progress: int
    compared: int
    since: Period


def too_old(facts: Dataset, period: Period) -> Old:
    """In progress at the end of the period (now, if that is earlier), and older than 85 % of the items completed in the
    90 days before (or the period, if longer) were: when they left the same status for the last time, or were done.

    Days since the start of work, by the rule for durations in force. A status that fewer than 5 of them left is
    compared by the whole way alone.
    """
    since = Period(min(period.first, period.last - timedelta(days=COMPARED - 1)), period.last, period.zone)
    asked = ChartQuery(facts, since)
    now = aged_in_span(at_snapshot(facts.once(load_rows), ChartQuery(facts, period)), ChartQuery(facts, period))
    used = now.take(now.reason == 0)
    done = cycle_rows(asked)
    done = done.take(done.reason == 0)
    ages = done.columns["days"]
    whole = asked.quantile(ages, OLD) if len(ages) >= LEAST else None
    codes = np.unique(used.columns["status"])
    place = SHARES.index(OLD)
    known = {int(code): edges[place] for code, edges in zip(codes, pace(asked, codes), strict=True)}
    status, age = used.columns["status"], used.columns["age"]
    far = np.inf if whole is None else whole
    here = np.array([far if known[int(code)] is None else known[int(code)] for code in status], dtype=float)
    limit = np.minimum(here, far)
    old = np.flatnonzero(age > limit)
    old = old[np.argsort(-age[old], kind="stable")]
    return Old(used.issue[old], status[old], age[old], limit[old], here[old] >= far, len(used), len(ages), since)


def listed(facts: Dataset, rows: Old, summaries: Summaries, browse: str) -> tuple[Ageing, ...]:
    """The oldest of them, as plain values. `summaries`: issue ids → {id: (key, summary)}; `browse`: address of
    issues.
    """
    table, names = facts.tables.issues, facts.tables.statuses["name"].to_numpy(dtype=object)
    top = rows.issue[:SHOWN]
    ids = table["issue_id"].to_numpy()[top]
    said = summaries(ids.tolist())
    out = []
    for n, issue in enumerate(top.tolist()):
        key, status = str(table["key"].iloc[issue]), str(names[rows.status[n]])
        who = table["assignee"].iloc[issue]
        out.append(
            Ageing(
                key=key,
                url=f"{browse}/browse/{key}" if browse else "",
                summary=said.get(int(ids[n]), ("", ""))[1],
                type=str(table["type"].iloc[issue]),
                status=status,
                assignee="" if who != who or who is None else str(who),
                age=float(rows.age[n]),
                limit=float(rows.limit[n]),
                within="" if rows.whole[n] else status,
            )
        )
    return tuple(out)
