"""When each item entered each stage of the workflow, a column a stage: the table that public flow tools read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from data.charts.flow.cumulative_flow import counted, present, spans, stages
from data.facts.dataset import Dataset
from data.facts.query import MetricQuery
from data.facts.stuck import blocked_rows
from data.tables.frames import NEVER
from data.tables.tidy import DAY
from data.values.arrays import Instants, Positions
from data.values.names import told_apart
from data.values.periods import Period

BEFORE = ("ID", "Link", "Name")
AFTER = ("Type", "Status", "Resolution", "Project", "Labels", "Components", "Blocked Days")


@dataclass(frozen=True)
class StageDates:
    """`issue`: positions of the items; `entered`: instants (µs, NEVER), a row an item, a column a stage."""

    stages: tuple[str, ...]
    issue: Positions
    entered: Instants


def stage_dates(facts: Dataset, period: Period) -> StageDates:
    """The items that were open in the period or were finished in it, by when each came as far as each stage.

    An item that was moved back has the date of the last time that it came that far, and none of the stages that it has
    not come to again; one that skipped a stage has the date on which it came past it. So dates never go backwards.
    Left out are discarded items, and sub-tasks and epics unless the definitions count them.
    """
    titles, _ = stages(facts)
    owner, band, entered, _ = held = spans(facts, "backfill")
    use = counted(facts, held)
    size = len(titles) - 1  # without the discarded
    out = np.full((len(facts.tables), size), NEVER, dtype=np.int64)
    for stage in range(size):
        there = use & (band >= stage) & (band < size)
        first = np.full(len(facts.tables), np.iinfo(np.int64).max)
        np.minimum.at(first, owner[there], entered[there])
        out[:, stage] = np.where(first == np.iinfo(np.int64).max, NEVER, first)
    issue, sieve = present(facts)
    keep = np.zeros(len(facts.tables), dtype=bool)
    keep[issue[sieve.reason == 0]] = True
    keep[owner[band == size]] = False
    query = MetricQuery(facts, period)
    done = out[:, size - 1]
    keep &= (out[:, 0] != NEVER) & (out[:, 0] < query.end) & ((done == NEVER) | (done >= query.start))
    chosen = np.flatnonzero(keep)
    reserved = (*BEFORE, *AFTER)
    names = [told_apart(each, reserved, "stage") for each in titles[:-1]]
    return StageDates(tuple(names), chosen, out[chosen])


def stage_rows(
    facts: Dataset, dates: StageDates, titles: Sequence[str], links: Sequence[str]
) -> list[list[str | float | date | None]]:
    """The rows of the table: `titles`, `links`: of each item, in the order of `dates.issue`."""
    issues = facts.tables.issues
    local = [_local_days(dates.entered[:, n], facts.zone) for n in range(len(dates.stages))]
    keys, types, projects = (issues[name].to_numpy(dtype=object)[dates.issue] for name in ("key", "type", "project"))
    statuses = [*facts.tables.statuses["name"].astype(str), ""]
    resolutions = issues["resolution"].to_numpy(dtype=object)[dates.issue]
    labels, components = (_joined(facts.tables.labels), _joined(facts.tables.components))
    blocked = _blocked_days(facts)
    rows: list[list[str | float | date | None]] = []
    for n, place in enumerate(dates.issue.tolist()):
        rows.append(
            [
                str(keys[n]),
                links[n],
                titles[n],
                *(each[n] for each in local),
                str(types[n]),
                statuses[int(issues["status"].to_numpy()[place])],
                "" if pd.isna(resolutions[n]) else str(resolutions[n]),
                str(projects[n]),
                labels.get(place, ""),
                components.get(place, ""),
                round(blocked.get(place, 0.0), 2),
            ]
        )
    return rows


def _local_days(instants: Instants, zone: str) -> list[date | None]:
    known = instants != NEVER
    stamps = pd.DatetimeIndex(np.where(known, instants, 0).astype("datetime64[us]")).tz_localize("UTC").tz_convert(zone)
    return [day if there else None for day, there in zip(stamps.date, known.tolist(), strict=True)]


def _joined(table: pd.DataFrame) -> dict[int, str]:
    """Position of an issue → its names with | between them, as these tools read lists."""
    out: dict[int, list[str]] = {}
    for place, name in zip(table["issue"].tolist(), table["name"].astype(str), strict=True):
        out.setdefault(place, []).append(name.replace("|", "/"))
    return {place: "|".join(sorted(names)) for place, names in out.items()}


def _blocked_days(facts: Dataset) -> dict[int, float]:
    """Position of an issue → days blocked while in progress, until now."""
    rows = facts.once(blocked_rows)
    out: dict[int, float] = {}
    for place, begin, end in zip(rows.issue.tolist(), rows.at.tolist(), rows.columns["end"].tolist(), strict=True):
        out[place] = out.get(place, 0.0) + (end - begin) / DAY
    return out
