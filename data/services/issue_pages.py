"""One page of the issues behind a number or a point of a chart: narrowed, sorted, cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from data.metrics.detail import MetricDrilldown
from data.values.arrays import Positions
from data.values.errors import NotThere
from data.values.names import name_key
from data.values.numbers import IssuePage

Summaries = Callable[[list[int]], dict[int, tuple[str, str]]]  # issue ids → (key, summary) of each


def page_of(
    behind: MetricDrilldown,
    summaries: Summaries,
    site_url: str,
    *,
    first: int = 0,
    count: int = 50,
    sort: tuple[str, str] | None = None,
    text: str = "",
    reason: str | None = None,
    used: bool | None = None,
) -> IssuePage:
    """Rows filtered, sorted and cut; only the rows of the page ask the store for summaries."""
    keep = np.ones(len(behind.rows), dtype=bool)
    if used is not None:
        keep &= (behind.rows.reason == 0) == used
    if reason:
        keep &= behind.reasons() == reason
    places: Positions = np.flatnonzero(keep)
    if text.strip():
        places = _matching(behind, places, name_key(text), summaries)
    places = _sorted(behind, places, sort, summaries)
    page = places[first : first + count]
    return IssuePage(behind.page(page, _known(behind, page, summaries), site_url), len(places))


def _known(behind: MetricDrilldown, places: Positions, summaries: Summaries) -> dict[int, tuple[str, str]]:
    ids = [each for each in behind.issue_ids()[places].tolist() if each >= 0]
    return summaries(ids) if ids else {}


def _matching(behind: MetricDrilldown, places: Positions, text: str, summaries: Summaries) -> Positions:
    """Rows whose key, type, status, project or summary holds the text."""
    known = _known(behind, places, summaries)
    ids = behind.issue_ids()
    columns = [behind.column(name) for name in ("key", "type", "status", "project")]
    hit = [
        any(text in name_key(str(column[n])) for column in columns)
        or text in name_key(known.get(int(ids[n]), ("", ""))[1])
        for n in places.tolist()
    ]
    out: Positions = places[np.array(hit, dtype=bool)]
    return out


def _sorted(
    behind: MetricDrilldown, places: Positions, sort: tuple[str, str] | None, summaries: Summaries
) -> Positions:
    """By a column; without one the newest first. What is missing comes last either way."""
    name, direction = sort or ("end", "desc")
    down = direction == "desc"
    if name == "summary":
        known, ids = _known(behind, places, summaries), behind.issue_ids()
        keys: list[Any] = [name_key(known.get(int(ids[n]), ("", ""))[1]) for n in places.tolist()]
    elif name == "used":
        keys = (behind.rows.reason[places] != 0).tolist()
    elif name in ("key", "type", "project", "status", "start", "end", "value", "reason", "outcome"):
        values = behind.column(name)[places]
        if name == "key":
            keys = [_natural(str(each)) for each in values]
        elif name in ("start", "end", "value"):
            numbers = values.astype(float)
            missing = ~np.isfinite(numbers) | (numbers <= -9e18)
            order = np.argsort(np.where(missing, 0, -numbers if down else numbers), kind="stable")
            out: Positions = places[np.concatenate((order[~missing[order]], order[missing[order]]))]
            return out
        else:
            keys = [name_key(str(each)) for each in values]
    else:
        raise NotThere(f"There is no column {name!r} to sort by.")
    ordered = sorted(range(len(places)), key=keys.__getitem__, reverse=down)
    return places[np.array(ordered, dtype=np.int64)]


def _natural(key: str) -> tuple[str, int, str]:
    """ABC-9 before ABC-10."""
    project, _, number = key.rpartition("-")
    return (project, int(number), "") if number.isdigit() else (key, 0, "")
