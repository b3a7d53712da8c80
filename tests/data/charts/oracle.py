"""A second opinion on the charts of flow: plain Python over plain items, written from what each chart says of
itself.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.builders import Item, at
from tests.data.metrics.oracle import (
    DAY,
    Done,
    Question,
    _flow_days,
    _timed,
    _union,
    completion,
    completions,
    flow_item,
    is_ticket,
    known,
    moves_back,
    stays,
    work_began,
)

SHARES = (50, 70, 85, 95)


def minute(instant: int, ask: Question) -> str:
    """Local time to the minute."""
    whole = instant // 60_000_000
    return (
        (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=whole)).astimezone(ask.where).strftime("%Y-%m-%dT%H:%M")
    )


def wanted(item: Item, ask: Question) -> bool:
    """Not left out for its level or its history, nor as a deployment ticket."""
    return (item.hierarchy == 0 or ask.rules.all_levels) and item.history_complete and not is_ticket(item, ask)


def used(ask: Question) -> list[Done]:
    return [done for done in completions(ask) if not done.why]


def timed(ask: Question) -> list[Done]:
    return [done for done in _timed(ask) if not done.why]


def buckets(ask: Question, unit: str = "") -> list[tuple[date, date]]:
    """First and last day of each day or week of the period that has begun."""
    days = [ask.first + timedelta(days=n) for n in range((ask.last - ask.first).days + 1)]
    days = [day for day in days if at(day.isoformat(), ask.zone) <= ask.now]
    if (unit or ("day" if (ask.last - ask.first).days < 45 else "week")) == "day":
        return [(day, day) for day in days]
    weeks: dict[date, date] = {}
    for day in days:
        monday = max(day - timedelta(days=day.weekday()), ask.first)
        weeks[monday] = min(monday + timedelta(days=6 - monday.weekday()), ask.last)
    return list(weeks.items())


def counts(instants: Sequence[int], ask: Question) -> list[int]:
    """How many of the instants lie in each bucket."""
    days = [ask.day(each) for each in instants if ask.inside(each)]
    return [sum(first <= day <= last for day in days) for first, last in buckets(ask)]


# ---- charts: each gives the rows of its table -----------------------------------------------------------------------


def cycle_time_scatter(ask: Question, key: Callable[[Item], str]) -> list[tuple]:
    rows = [
        (key(each.item), each.item.type, minute(each.started, ask), minute(each.at, ask), _flow_days(each, ask))
        for each in timed(ask)
    ]
    return sorted(rows)


def cycle_days(ask: Question) -> list[float]:
    return [_flow_days(each, ask) for each in timed(ask)]


def lead_days(ask: Question) -> list[float]:
    out = []
    for done in used(ask):
        plain = "work_completed_date" in ask.plain and ask.mapped_instant(done.item, "work_completed_date") is not None
        created = at(done.item.created, ask.zone)
        late = ask.day(created) > ask.day(done.at) if plain else created > done.at
        out += [] if late else [ask.span(created, done.at, plain)]
    return out


def throughput(ask: Question, _key: Any) -> list[tuple]:
    found = counts([done.at for done in used(ask)], ask)
    rows = []
    for (first, last), n in zip(buckets(ask), found, strict=True):
        over = at(str(last + timedelta(days=1)), ask.zone) <= ask.now
        week = (ask.last - ask.first).days >= 45
        whole = over and (not week or (first.weekday() == 0 and last.weekday() == 6))
        rows.append((first.isoformat(), last.isoformat(), n, "yes" if whole else "no"))
    return rows


def crossings(ask: Question) -> tuple[list[int], list[int]]:
    """Instants at which items arrive and depart, whenever."""
    arrive, depart = [], []
    refused = {name.casefold() for name in ask.rules.not_completed_resolutions}
    for item in ask.items:
        if not wanted(item, ask):
            continue
        done = completion(item, ask, ask.now + 1)
        if done is not None and (done.discarded or (item.resolution or "").casefold() in refused):
            continue
        begun = done.started if done else began(item, ask)
        if begun is not None and begun > ask.now:
            begun = None
        if done is not None:
            depart.append(done.at)
            begun = done.at if begun is None else min(begun, done.at)
        if begun is not None:
            arrive.append(begun)
    return arrive, depart


def began(item: Item, ask: Question) -> int | None:
    """When an item that is not completed was started."""
    mapped = ask.mapped_instant(item, "work_started_date")
    if mapped is not None:
        return mapped
    history = stays(item, ask)
    known = [n for n, stay in enumerate(history) if stay[1] <= ask.now]
    place = max(known, default=0)
    role = ask.discarded if known and history[place][0] in ask.discarded else ask.done
    recorded = any(history[n][0] in role and history[n - 1][0] not in role for n in known if n)
    if known and history[place][0] in role and not recorded:
        return None  # ended, and nothing says since when
    return work_began(item, ask, place)


def net_flow(ask: Question, _key: Any) -> list[tuple]:
    arrive, depart = (counts(each, ask) for each in crossings(ask))
    rows, so_far = [], 0
    for (first, last), a, b in zip(buckets(ask), arrive, depart, strict=True):
        so_far += a - b
        rows.append((first.isoformat(), last.isoformat(), a, b, a - b, so_far))
    return rows


def order(ask: Question) -> list[str]:
    """In-progress statuses in the order in which items visit them first, on average; ties as Jira lists them."""
    ranks = defaultdict(list)
    for item in ask.items:
        seen: list[str] = []
        for status, entered, left in stays(item, ask):
            if status in ask.progress and status not in seen and left > entered:
                ranks[status].append(len(seen))
                seen.append(status)
    codes = [status for status, _, _ in ask.statuses]
    return sorted(ranks, key=lambda each: (round(sum(ranks[each]) / len(ranks[each]), 9), codes.index(each)))


def in_progress(ask: Question) -> list[tuple[Item, str, float]]:
    """Items in progress at the end of the period (or now) that count: item, status, age in days."""
    out: list[tuple[Item, str, float]] = []
    if ask.start > ask.now:
        return out
    for item in ask.seen(ask.edge):
        history = stays(item, ask)
        place = next((n for n, (_, a, b) in enumerate(history) if a < ask.edge <= b), None)
        finished = ask.mapped_instant(item, "work_completed_date")
        if place is None or not wanted(item, ask) or (finished is not None and finished < ask.edge):
            continue
        status = history[place][0]
        begun = work_began(item, ask, place)
        if ask.rules.load == "started":
            there = status not in ask.ended and begun is not None and history[place][1] >= begun
        else:
            there = status in ask.progress
        if there:
            out.append((item, status, _age(item, ask, place, begun)))
    return out


def _age(item: Item, ask: Question, place: int, begun: int | None) -> float:
    mapped = ask.mapped_instant(item, "work_started_date")
    if mapped is not None and mapped <= ask.now:
        begun = mapped
    plain = begun == mapped and "work_started_date" in ask.plain
    return _days(item, ask, begun, ask.until(plain), plain)


def _days(item: Item, ask: Question, begun: int, until: int, plain: bool) -> float:
    """Days since the start of work, without those in which it was moved back where these do not count."""
    history, days = stays(item, ask), ask.span(begun, until, plain)
    if ask.rules.backward_moves != "pause":
        return days
    waits = [(max(history[n][1], begun), min(history[n][2], until)) for n in moves_back(item, ask)]
    waited = sum(ask.taken_out(a, b, plain) for a, b in waits if b > a)
    return max(days - waited, 0) if waited > 0 else days


def pace(ask: Question) -> dict[str, list[float]]:
    """By status: age (days since start) at which each item completed in the period left it for the last time."""
    out = defaultdict(list)
    for done in timed(ask):
        last: dict[str, float] = {}
        for status, entered, left in stays(done.item, ask):
            if entered < done.at and left > done.started:
                last[status] = _days(done.item, ask, done.started, min(left, done.at), done.plain)
        for status, age in last.items():
            out[status].append(age)
    return out


def ageing_work(ask: Question, key: Callable[[Item], str]) -> list[tuple]:
    left, names = pace(ask), {status: name for status, name, _ in ask.statuses}
    rows = []
    for item, status, age in in_progress(ask):
        edges = [ask.percentile(left[status], share) if len(left[status]) >= 5 else None for share in SHARES]
        beyond = [share for share, edge in zip(SHARES, edges, strict=True) if edge is not None and age > edge]
        told = "too few to compare" if edges[0] is None else f"{beyond[-1]} %" if beyond else "no"
        rows.append((key(item), item.type, names[status], age, told, *edges))
    return sorted(rows, key=lambda row: row[0])


def load_by_status(ask: Question, _key: Any) -> list[tuple]:
    found = in_progress(ask)
    names = {status: name for status, name, _ in ask.statuses}
    codes = [status for status, _, _ in ask.statuses]
    shown = order(ask)
    shown += sorted({status for _, status, _ in found} - set(shown), key=codes.index)
    rows = []
    for status in shown:
        ages = [age for _, each, age in found if each == status]
        rows.append((names[status], len(ages), ask.percentile(ages, 50), max(ages, default=None)))
    return rows if found else []


def load_by_person(ask: Question, _key: Any) -> list[tuple]:
    people: dict[str, list[float]] = defaultdict(list)
    for item, _, age in in_progress(ask):
        people[item.assignee or "nobody"].append(age)
    rows = [(name, len(ages), ask.percentile(ages, 50), max(ages)) for name, ages in people.items()]
    return sorted(rows, key=lambda row: (-row[1], row[0].casefold()))


def cumulative_flow(ask: Question, _key: Any) -> dict[str, Counter]:
    """By day: how many items are in each band at its end (now, if that is earlier)."""
    names = {status: name for status, name, _ in ask.statuses}
    ranked = order(ask)
    fixed = {"Not started", "Done", "Discarded"}
    between = [names[each] + (" (in progress)" if names[each] in fixed else "") for each in ranked]
    bands = ["Not started", *between, "Done", "Discarded"]

    def band(status: str) -> int:
        if status in ask.ended:
            return len(bands) - (1 if status in ask.discarded else 2)
        return 1 + ranked.index(status) if status in ranked else 0

    ends = {first: min(at(str(first + timedelta(days=1)), ask.zone) - 1, ask.now) for first, _ in buckets(ask, "day")}
    out: dict[str, Counter] = {day.isoformat(): Counter() for day in ends}
    for item in ask.everything:
        history = [(band(s), a, b) for s, a, b in stays(item, ask) if a <= ask.now]
        if not history or not ends:
            continue
        places = [each[0] for each in history]
        if ask.rules.cfd == "high_water":
            places = [max(places[: n + 1]) for n in range(len(places))]
        elif ask.rules.cfd == "backfill":
            places = [min(places[n:]) for n in range(len(places))]
        last = max(ends.values())
        during = {p for p, (_, a, b) in zip(places, history, strict=True) if b > ask.start and a <= last and b > a}
        times = [ask.start, *(when for each, _, _ in item.edits if ask.start < (when := ask.when(each)) <= last)]
        stayed = all(_counts(item, ask, when + 1) for when in times)
        rests = during in ({0}, {len(bands) - 2}, {len(bands) - 1}) and stayed
        if at(item.created, ask.zone) < ask.start and rests:
            continue
        for day, instant in ends.items():
            for p, (_, a, b) in zip(places, history, strict=True):
                if a <= instant < b and _counts(item, ask, instant + 1):
                    out[day.isoformat()][bands[p]] += 1
    return out


def _counts(item: Item, ask: Question, edge: int) -> bool:
    """Whether an item passes the filters just before an instant and is on a level that counts."""
    then = known(item, edge, ask.zone)
    return ask.passes(then) and wanted(then, ask)


def time_in_status(ask: Question, _key: Any) -> dict[str, tuple[int, float, float | None, float | None]]:
    """By status: items that were there, mean days over all, median and 85 % of those that were there."""
    found, there = timed(ask), defaultdict(list)
    for done in found:
        own: dict[str, float] = defaultdict(float)
        for status, entered, left in stays(done.item, ask):
            start, end = max(entered, done.started), min(left, done.at)
            if end > start:
                own[status] += (end - start) / DAY
        for status, days in own.items():
            there[status].append(days)
    names = {status: name for status, name, _ in ask.statuses}
    return {
        names[status]: (len(days), sum(days) / len(found), ask.percentile(days, 50), ask.percentile(days, 85))
        for status, days in there.items()
    }


def flow_distribution_over_time(ask: Question, _key: Any) -> list[tuple]:
    kinds = ("Feature", "Defect", "Risk", "Technical_Debt")
    found = [(done.at, kind) for done in used(ask) if (kind := flow_item(done.item, ask)[0])]
    columns = [counts([when for when, each in found if each == kind], ask) for kind in kinds]
    return [
        (first.isoformat(), last.isoformat(), *numbers, sum(numbers))
        for (first, last), *numbers in zip(buckets(ask), *columns, strict=True)
    ]


def blocked_time(ask: Question, _key: Any) -> list[float]:
    """Days blocked in each bucket, all items together: blocked and in progress, overlaps once."""
    spans = []
    for item in ask.items:
        if not wanted(item, ask):
            continue
        blocked = [(a, b) for s, a, b in stays(item, ask) if s in ask.rules.blocked_statuses]
        if ask.rules.blocked_flag:
            blocked += [(ask.when(a), math.inf if b is None else ask.when(b)) for a, b in item.flags]
        busy = [(a, b) for s, a, b in stays(item, ask) if s in ask.progress]
        for a, b in _union(blocked):
            for c, d in _union(busy):
                spans.append((max(a, c, ask.start), min(b, d, ask.snapshot, ask.now)))
    out = []
    for first, last in buckets(ask):
        start, end = at(str(first), ask.zone), at(str(last + timedelta(days=1)), ask.zone)
        out.append(sum(max(min(b, end) - max(a, start), 0) for a, b in spans if b > a) / DAY)
    return out


def weekly(ask: Question) -> list[tuple[date, int]]:
    """Whole weeks up to the end of the period, 26 back at least, none before the data; items completed in each."""
    instants = [at(item.created, ask.zone) for item in ask.items]
    begin = ask.day(min(instants))
    first = max(min(ask.first, ask.last - timedelta(weeks=26)), begin)
    monday = first - timedelta(days=first.weekday())
    if begin > monday:
        monday += timedelta(days=7)
    limit = ask.now + 1
    refused = {name.casefold() for name in ask.rules.not_completed_resolutions}
    done = [
        completion(item, ask, limit)
        for item in ask.items
        if wanted(item, ask) and (item.resolution or "").casefold() not in refused
    ]
    days = [ask.day(each.at) for each in done if each]
    out = []
    while monday + timedelta(days=6) <= ask.last and at(str(monday + timedelta(days=7)), ask.zone) <= ask.now:
        out.append((monday, sum(monday <= day < monday + timedelta(days=7) for day in days)))
        monday += timedelta(days=7)
    return out


def signals(values: Sequence[float]) -> tuple[float, float, float, list[set[str]]]:
    """Mean, limits (the lower one cut at 0), and for each value the rules that it breaks with others."""
    mean = sum(values) / len(values)
    moving = sum(abs(b - a) for a, b in pairwise(values)) / (len(values) - 1)
    upper, lower = mean + 2.66 * moving, max(mean - 2.66 * moving, 0.0)
    out: list[set[str]] = [set() for _ in values]
    for n, value in enumerate(values):
        if value > upper or value < lower:
            out[n].add("outside")
    for sign in (1, -1):
        away = [sign * (value - mean) for value in values]
        n = 0
        while n < len(values):
            end = n
            while end < len(values) and away[end] > 0:
                end += 1
            if end - n >= 8:
                for each in range(n, end):
                    out[each].add("run")
            n = max(end, n + 1)
        for n in range(len(values) - 3):
            if moving > 0 and sum(each > 1.33 * moving for each in away[n : n + 4]) >= 3:
                for each in range(n, n + 4):
                    out[each].add("near")
    return mean, lower, upper, out
