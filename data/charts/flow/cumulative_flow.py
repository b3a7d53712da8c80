"""How many items were where, day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing, Drilldown, NoSuchPoint, nothing
from data.charts.moments import Buckets, buckets
from data.charts.statuses import names, workflow_order
from data.facts.columns import Subject
from data.facts.dataset import Dataset
from data.facts.levels import recorded
from data.facts.past import chosen_at, cut
from data.facts.rows import Rows, Sieve, Subjects
from data.facts.status_groups import status_groups
from data.metrics.measure import rows_for
from data.metrics.registry import ISSUE_METRICS
from data.tables.frames import FOREVER, NEVER
from data.values.arrays import Codes, Counts, Instants, Mask, Positions
from data.values.charts import Series
from data.values.names import told_apart

NOT_STARTED, DONE, DISCARDED = "Not started", "Done", "Discarded"
ROLES = {NOT_STARTED: "band-todo", DONE: "band-done", DISCARDED: "band-discarded"}
Held = tuple[Positions, Codes, Instants, Instants]  # issue, band, from and to: where each issue was when


def stages(facts: Dataset) -> tuple[list[str], Codes]:
    """The bands from first to last (not started, in progress, done, discarded), and the band of each status code.

    No two are called the same: a status in progress that is named "Done" says that it is in progress.
    """
    codes = workflow_order(facts)
    band = np.zeros(len(facts.tables.statuses) + 1, dtype=np.int64)
    band[codes] = np.arange(1, len(codes) + 1)
    band = band[facts.once(status_groups)]
    band[:-1][facts.roles.done] = len(codes) + 1
    band[:-1][facts.roles.discarded] = len(codes) + 2
    between = [told_apart(name, ROLES, "in progress") for name in names(facts, codes)]
    return [NOT_STARTED, *between, DONE, DISCARDED], band


def spans(facts: Dataset, rule: str) -> Held:
    """issue, band, from, to (µs) by the rule in force, in order of issue and time; `to` FOREVER: still so.

    history: where each item truly was. high_water: the furthest band reached so far. backfill: the furthest band that
    it never left backwards again, so a band counts from the last time that it was entered from before it.
    """
    titles, band = stages(facts)
    stays = facts.stays.within(facts.stays.entered <= facts.now)
    issue, where = stays.issue.astype(np.int64), band[stays.status]
    if rule != "history" and len(issue):
        size = len(titles)
        if rule == "high_water":
            where = np.maximum.accumulate(where + issue * size) - issue * size
        else:  # the lowest band from here on: what an item comes back behind does not count yet
            where = np.minimum.accumulate((where + issue * size)[::-1])[::-1] - issue * size
    row, entered, left = cut(facts, issue, stays.entered, stays.left)
    return issue[row], where[row], entered, left


def counted(facts: Dataset, held: Held) -> Mask:
    """The spans that the chart shows, by the project, type and level that each issue had then."""
    owner, _, entered, _ = held
    out: Mask = chosen_at(facts, owner, entered + 1) & (recorded(facts, owner, entered + 1).reason == 0)
    return out


def present(facts: Dataset) -> tuple[Positions, Sieve]:
    """Issues that the chart may show (positions), and who is left out."""
    issue = np.flatnonzero(facts.chosen)
    sieve = recorded(facts, issue)
    return issue, sieve


def _days(query: ChartQuery) -> tuple[Buckets, Instants]:
    """The local days of the period that have begun, and the instant at which each is looked at: its end, or now."""
    over = buckets(query, unit="day")
    return over, np.minimum(over.starts[1:], query.facts.now + 1) - 1


@chart(
    family="flow",
    order=5,
    wide=True,
    title="Cumulative flow",
    switches=("cfd", "statuses_by", "workflow.started", *ISSUE_METRICS["flow_velocity"].switches),
    beside=("cfd", "statuses_by"),
)
def cumulative_flow(query: ChartQuery) -> Drawing:
    """Each band is how many items were in that status at the end of each day, from history.

    The height between two lines is the work that waits or is worked on there; a band that widens is where work piles
    up. The steeper the edge of "Done", the faster items are finished. Discarded items lie on top, so that they lift no
    other band. Items that were done, discarded or not started during the whole period are left out: they would only
    lift the bands. What happens to items that move back is a definition: shown as it was, never falling (high-water
    mark), or dated to the last time that they came that far (backfill).
    Statuses of the same name and category are one band; a definition tells them apart by their projects.

    "Done" holds every item in a finished status. Flow velocity counts completions: not those with a resolution such as
    Won't Do, and those that were reopened and finished again; a note says how many that are.
    """
    facts = query.facts
    titles, _ = stages(facts)
    over, instants = _days(query)
    _, sieve = present(facts)
    owner, band, entered, left = held = spans(facts, facts.definitions.cfd)
    use = counted(facts, held)
    if not len(over):
        return nothing("This period has not begun yet.", todo="Choose other days.")
    last = int(instants[-1])
    still = _still(query, last, use, held, len(titles))
    ends = [_bands_at(instant, use, held, len(facts.tables)) for instant in (query.start - 1, last)]
    keep = use & ~still[owner] & (left > entered) & (entered <= instants[-1]) & (left > query.start)
    if not keep.any():
        return nothing("Nothing moved in this period.", todo="Choose other days, or clear a filter.")
    owner, band, entered, left = owner[keep], band[keep], entered[keep], left[keep]
    counts = _counts(band, entered, left, instants, len(titles))
    seen = [n for n in range(len(titles)) if counts[:, n].any()]
    shown = [titles[n] for n in seen]
    picks = _picks(over, instants, titles, (owner, band, entered, left))
    resting = int(np.count_nonzero(still))

    def table() -> Iterator[tuple[Any, ...]]:
        for day, numbers in zip(over.tokens, counts[:, seen].tolist(), strict=True):
            yield (day, *numbers)

    notes = (
        f"{resting:,} items stayed done, discarded or not started the whole period." if resting else "",
        *_told(sieve),
        _beside_velocity(query, *(each == len(titles) - 2 for each in ends)),
    )
    return Drawing(
        _reading(ends, len(titles)),
        tuple(_area(n, titles[n], over.tokens, counts[:, n].tolist()) for n in _stacked(seen, len(titles))),
        x_title="End of the day",
        y_title="Items",
        x_kind="time",
        columns=("Day", *shown),
        table=table,
        table_picks=lambda: over.tokens,
        row_count=len(over),
        drilldown=picks,
        notes=tuple(filter(None, notes)),
    )


def _area(n: int, title: str, days: Sequence[str], counts: Sequence[int]) -> Series:
    """The band of position `n`: how many items were in it at the end of each day."""
    picks = [f"{day}|{title}" if count else "" for day, count in zip(days, counts, strict=True)]
    return Series(title, "area", days, counts, picks=picks, role=ROLES.get(title, f"band-{n}"))


def _stacked(seen: list[int], size: int) -> list[int]:
    """The bands from the lowest to the highest: done first, not started, and discarded on top of all.

    >>> _stacked([0, 1, 2, 3], 4)
    [2, 1, 0, 3]
    """
    return [*(n for n in reversed(seen) if n != size - 1), *(n for n in seen if n == size - 1)]


def _told(sieve: Sieve) -> list[str]:
    counts = np.bincount(sieve.reason, minlength=len(sieve.reasons))
    found = [f"{why} {int(n):,}" for why, n in zip(sieve.reasons, counts, strict=True) if why and n]
    return [f"{int(counts[1:].sum()):,} left out: {', '.join(found)}."] if found else []


def _still(query: ChartQuery, last: int, use: Mask, held: Held, size: int) -> Mask:
    """Issues that were not started, done or discarded from before the period until the instant `last`.

    `use`: the spans that count; an issue of which one does not was somewhere else for a time.
    """
    owner, band, entered, left = held
    count = len(query.facts.tables)
    during = (left > query.start) & (entered <= last) & (left > entered)
    low, high = np.full(count, size), np.full(count, -1)
    np.minimum.at(low, owner[during], band[during])
    np.maximum.at(high, owner[during], band[during])
    before = query.facts.tables.issues["created"].to_numpy() < query.start
    before[owner[during & ~use]] = False
    out: Mask = before & (low == high) & ((low == 0) | (low >= size - 2))
    return out


def _counts(band: Codes, entered: Instants, left: Instants, instants: Instants, size: int) -> Counts:
    """Items in each band at each instant: (instants, bands)."""
    out = np.zeros((len(instants) + 1, size), dtype=np.int64)
    first = np.searchsorted(instants, entered, side="left")
    last = np.where(left == FOREVER, len(instants), np.searchsorted(instants, left, side="left"))
    np.add.at(out, (first, band), 1)
    np.add.at(out, (last, band), -1)
    return np.cumsum(out, axis=0)[:-1]


def _picks(over: Buckets, instants: Instants, titles: list[str], held: Held) -> Drilldown:
    """ "2026-10-05|In review" is who was there at the end of that day; "2026-10-05" everybody in the chart on it."""
    owner, band, entered, left = held
    sieve = Sieve(len(owner))
    titled = np.array(titles, dtype=object)[band]
    rows = Rows(
        entered,
        Subjects.all(Subject.ISSUE, owner),
        sieve.reason,
        ("",),
        {"started": entered, "completed": np.where(left == FOREVER, NEVER, left), "titled": titled},
    )

    def find(token: str) -> Positions:
        day, _, name = token.partition("|")
        if day not in over.tokens or (name and name not in titles):
            raise NoSuchPoint(token)
        instant = instants[over.tokens.index(day)]
        there = (entered <= instant) & (instant < left)
        return np.flatnonzero(there & (band == titles.index(name)) if name else there)

    def label(token: str) -> str:
        day, _, name = token.partition("|")
        return f"{name or 'All items'}, end of {over.label(day)}"

    return Drilldown(rows, find, label, outcome_title="Band", outcome=lambda some: some.columns["titled"].tolist())


def _bands_at(instant: int, use: Mask, held: Held, count: int) -> Codes:
    """The band of each issue at an instant, by the spans that count; -1 for the others and before they were there."""
    owner, band, entered, left = held
    there = use & (entered <= instant) & (instant < left)
    out = np.full(count, -1, dtype=np.int64)
    out[owner[there]] = band[there]
    return out


def _reading(ends: list[Codes], size: int) -> str:
    wip = [int(np.count_nonzero((each > 0) & (each < size - 2))) for each in ends]
    done, given_up = ([int(np.count_nonzero(each == band)) for each in ends] for band in (size - 2, size - 1))
    more, dropped = max(done[1] - done[0], 0), max(given_up[1] - given_up[0], 0)
    also = f", that of discarded items by {dropped:,}" if dropped else ""
    grew = f"the number of done items grew by {more:,}{also}"
    return f"Work in progress went from {wip[0]:,} to {wip[1]:,} items, and {grew}."


def _beside_velocity(query: ChartQuery, was_done: Mask, is_done: Mask) -> str:
    """Why "Done" did not grow by just the items that flow velocity counts; empty where it did.

    `was_done`, `is_done`: issues in "Done" just before the period, and at its end.
    """
    rows, facts = rows_for(ISSUE_METRICS["flow_velocity"], query), query.facts
    counted = np.zeros(len(was_done), dtype=bool)
    counted[rows.issue[rows.reason == 0]] = True
    came = is_done & ~was_done
    if (came == counted).all():
        return ""
    known = {int(issue): rows.reasons[why] for issue, why in zip(rows.issue, rows.reason, strict=True)}
    why = Counter(known.get(int(issue)) or "completed on other days" for issue in np.flatnonzero(came & ~counted))
    before, unseen = (int(np.count_nonzero(counted & ~came & each)) for each in (was_done, ~was_done))
    again = "in “Done” before, reopened and finished again"
    if facts.field("work_completed_date") is not None:
        again += " or dated by the mapped field"
    here = {again: before, "whose history does not show them reaching “Done”": unseen}
    missing = (
        ("Not counted there", why.most_common()),
        ("Not counted here", [each for each in here.items() if each[1]]),
    )
    said = (f"{what}: {', '.join(f'{each} {n:,}' for each, n in some)}." for what, some in missing if some)
    size = int(np.count_nonzero(came))
    return f"{size:,} item{'s' * (size != 1)} reached “Done”; flow velocity counts {rows.used:,}. {' '.join(said)}"
