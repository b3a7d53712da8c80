"""One page of the issues drilldown a number or a point of a chart: narrowed, sorted, cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict, Unpack

import numpy as np

from data.metrics.detail import MetricDrilldown
from data.values.arrays import Positions
from data.values.errors import NotThere
from data.values.names import name_key
from data.values.numbers import IssuePage

Summaries = Callable[[list[int]], dict[int, tuple[str, str]]]  # issue ids → (key, summary) of each


PAGE = 50


class IssueChoice(TypedDict, total=False):
    """Which of the issues behind a number or a point are wanted. What is absent does not narrow them."""

    first: int  # place of the first one, from 0
    count: int  # at most so many; 50
    sort: tuple[str, str] | None  # column of IssueRow, "asc" | "desc"
    text: str  # part of key or summary
    reason: str | None  # why they are left out
    used: bool | None  # whether they count


def page_of(
    drilldown: MetricDrilldown,
    summaries: Summaries,
    site_url: str,
    **choice: Unpack[IssueChoice],
) -> IssuePage:
    """Rows filtered, sorted and cut; only the rows of the page ask the store for summaries."""
    first, count, sort = choice.get("first", 0), choice.get("count", PAGE), choice.get("sort")
    text, reason, used = choice.get("text", ""), choice.get("reason"), choice.get("used")
    keep = np.ones(len(drilldown.rows), dtype=bool)
    if used is not None:
        keep &= (drilldown.rows.reason == 0) == used
    if reason:
        keep &= drilldown.reasons() == reason
    places: Positions = np.flatnonzero(keep)
    if text.strip():
        places = _matching(drilldown, places, name_key(text), summaries)
    places = _sorted(drilldown, places, sort, summaries)
    page = places[first : first + count]
    return IssuePage(drilldown.page(page, _known(drilldown, page, summaries), site_url), len(places))


def _known(drilldown: MetricDrilldown, places: Positions, summaries: Summaries) -> dict[int, tuple[str, str]]:
    ids = [each for each in drilldown.issue_ids()[places].tolist() if each >= 0]
    return summaries(ids) if ids else {}


def _matching(drilldown: MetricDrilldown, places: Positions, text: str, summaries: Summaries) -> Positions:
    """Rows whose key, type, status, project or summary holds the text."""
    known = _known(drilldown, places, summaries)
    ids = drilldown.issue_ids()
    columns = [drilldown.column(name) for name in ("key", "type", "status", "project")]
    hit = [
        any(text in name_key(str(column[n])) for column in columns)
        or text in name_key(known.get(int(ids[n]), ("", ""))[1])
        for n in places.tolist()
    ]
    out: Positions = places[np.array(hit, dtype=bool)]
    return out


def _sorted(
    drilldown: MetricDrilldown, places: Positions, sort: tuple[str, str] | None, summaries: Summaries
) -> Positions:
    """By a column; without one the newest first. What is missing comes last either way."""
    name, direction = sort or ("end", "desc")
    down = direction == "desc"
    if name == "summary":
        known, ids = _known(drilldown, places, summaries), drilldown.issue_ids()
        keys: list[Any] = [name_key(known.get(int(ids[n]), ("", ""))[1]) for n in places.tolist()]
    elif name == "used":
        keys = (drilldown.rows.reason[places] != 0).tolist()
    elif name in ("key", "type", "project", "status", "start", "end", "value", "reason", "outcome"):
        values = drilldown.column(name)[places]
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
