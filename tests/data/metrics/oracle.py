"""A second opinion: the ten metrics in plain Python, written from the definitions in words and not from the code."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from data.settings.fields import DATES, FIELDS
from data.settings.model import Definitions, Workflow
from tests.builders import STATUSES, Item, Version, at

DAY = 86_400_000_000
HOUR = 3_600_000_000
SUGGESTED = {
    "Feature": ("story", "new feature", "improvement", "feature", "task"),
    "Defect": ("bug", "defect", "incident"),
    "Risk": ("risk", "security", "vulnerability"),
    "Technical_Debt": ("technical debt", "tech debt", "refactoring", "technical_debt"),
}


@dataclass(frozen=True)
class Verdict:
    """What the oracle says: state, value, how many were looked at, and why some were left out."""

    state: str
    value: float | None
    total: int = 0
    exclusions: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Question:
    """A site in plain values, the rules in force, and the period as instants [start, end) in µs."""

    items: Sequence[Item]
    first: date
    last: date
    now: int
    zone: str = "UTC"
    versions: Sequence[Version] = ()
    mapped: frozenset[str] = frozenset()
    rules: Definitions = field(default_factory=Definitions)
    flow: Workflow = field(default_factory=Workflow)
    statuses: Sequence[tuple[str, str, str]] = STATUSES
    since: int | None = None  # what the query vouches for begins here
    synced: int | None = None  # and ends here; None: at now
    vouches: bool = True  # the query looks at projects, types and dates only
    projects: tuple[str, ...] = ()  # the filters
    types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.where = ZoneInfo(self.zone)
        self.start, self.end = at(self.first.isoformat(), self.zone), at(str(self.last + timedelta(days=1)), self.zone)
        self.snapshot = min(self.end, self.now)
        # Completions are those that are known just before this instant, with the attributes that items had then.
        self.limit = self.now + 1 if self.rules.completed_as_of == "now" else min(self.end, self.now + 1)
        self.everything = [known(each, self.now + 1, self.zone) for each in self.items]
        self.items = [each for each in self.everything if self.passes(each)]
        self.edge = min(self.end, self.now + 1)  # what happens at it is not in a snapshot
        self.mapped = frozenset({*self.mapped, *(name for each in self.everything for name in each.fields)})
        category = {status: kind for status, _, kind in self.statuses}
        self.names = {status: name for status, name, _ in self.statuses}
        chosen = {*self.flow.started, *self.flow.active, *self.flow.waiting, *self.flow.done}
        by_name = {s for s, name in self.names.items() if name == "Cancelled"} - chosen
        self.discarded = by_name if self.flow.discarded is None else set(self.flow.discarded)
        done = (set(self.flow.done) or {s for s in category if category[s] == "done"}) - self.discarded
        self.done = done
        self.progress = set(self.flow.started) or {s for s in category if category[s] == "indeterminate"}
        if self.flow.done and not self.flow.started:
            self.progress |= {s for s in category if category[s] == "done"}
        self.progress -= done | self.discarded
        self.ended = self.done | self.discarded
        self.plain = {
            name
            for name in self.mapped
            if FIELDS[name].kinds == DATES
            and any(isinstance(each.fields.get(name), str) and len(each.fields[name]) == 10 for each in self.everything)
        }

    def passes(self, item: Item) -> bool:
        """Whether an item passes the filters, as it is."""
        pairs = ((self.projects, item.project), (self.types, item.type))
        return all(not names or name in names for names, name in pairs)

    def seen(self, edge: int) -> list[Item]:
        """The items that pass the filters just before an instant, as they were then."""
        return [item for each in self.everything if self.passes(item := known(each, edge, self.zone))]

    def when(self, instant: object) -> int | None:
        return None if instant is None else at(instant, self.zone)

    def mapped_instant(self, item: Item, name: str) -> int | None:
        return self.when(item.fields.get(name)) if name in self.mapped else None

    def day(self, instant: int) -> date:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)).astimezone(self.where).date()

    def inside(self, instant: int | None) -> bool:
        return instant is not None and self.start <= instant < self.end

    def span(self, start: int, end: int, plain: bool) -> float:
        """Days from start to end by the definition in force."""
        days = (self.day(end) - self.day(start)).days
        if self.rules.durations == "exclusive_days":
            return days
        if self.rules.durations == "inclusive_days":
            return days + 1 if days >= 0 else days
        if self.rules.durations == "working_days":
            return self._working(start, end, plain)
        if self.rules.durations == "inclusive_working_days":
            work, days = self.rules.working_time, self._working(start, end, True)
            last = self.day(end)
            counts = last.weekday() in work.weekdays and not _is_off(last, work.holidays)
            return days + 1 if last >= self.day(start) and counts else days
        return days if plain else (end - start) / DAY

    def until(self, plain: bool) -> int:
        """The instant up to which ages count: whole days end with the last day of the period."""
        whole = plain or self.rules.durations in ("inclusive_days", "exclusive_days", "inclusive_working_days")
        return self.edge - 1 if whole else self.snapshot

    def taken_out(self, start: int, end: int, plain: bool) -> float:
        """Days between two instants in the middle of a span: both ends of the whole count once already."""
        days = (self.day(end) - self.day(start)).days
        if self.rules.durations == "inclusive_days":
            return days
        return (
            self._working(start, end, True)
            if self.rules.durations == "inclusive_working_days"
            else self.span(start, end, plain)
        )

    def _working(self, start: int, end: int, plain: bool) -> float:
        """Working days between two instants: shares of working days worked, or whole dates for plain dates."""
        work = self.rules.working_time
        if end < start:
            return -self._working(end, start, plain)
        opens, closes = (
            sum(int(n) * unit for n, unit in zip(text.split(":"), (HOUR, HOUR // 60), strict=True))
            for text in (work.start, work.end)
        )
        total, day, last = 0.0, self.day(start), self.day(end)
        while day <= last:
            midnight, following = at(str(day), self.zone), at(str(day + timedelta(days=1)), self.zone)
            if day.weekday() in work.weekdays and not _is_off(day, work.holidays) and following > midnight:
                if plain:
                    total += day < last
                else:
                    from_, to = max(start, midnight + opens), min(end, midnight + closes, following)
                    total += max(to - from_, 0) / (closes - opens)
            day += timedelta(days=1)
        return total

    def percentile(self, values: Iterable[float], share: float) -> float | None:
        ordered = sorted(values)
        if not ordered:
            return None
        if self.rules.percentile == "nearest_rank":
            return ordered[max(math.ceil(share / 100 * len(ordered)), 1) - 1]
        place = (len(ordered) - 1) * share / 100
        low = math.floor(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def known(item: Item, edge: int, zone: str) -> Item:
    """An item with the attributes that it had just before an instant; what was edited later has not happened."""
    if all(at(when, zone) < edge for when, _, _ in item.edits):
        return item
    names = ("type", "project", "resolution", "hierarchy")
    fields = {**item.fields, "story_points": item.before("story_points", edge, zone)}
    return replace(
        item,
        **{name: item.before(name, edge, zone) for name in names},
        fields={name: value for name, value in fields.items() if value is not None},
        edits=[each for each in item.edits if at(each[0], zone) < edge],
    )


# ---- history -----------------------------------------------------------------------------------------------------


def stays(item: Item, ask: Question) -> list[tuple[str, int, float]]:
    """(status, entered, left) of an item; the first status since its creation, the last one for ever."""
    known = item.__dict__.setdefault("stays", {})  # each metric of each week asks for them again
    if ask.zone not in known:
        status, entered, out = item.status, at(item.created, ask.zone), []
        for instant, target in item.moves:
            out.append((status, entered, at(instant, ask.zone)))
            status, entered = target, at(instant, ask.zone)
        known[ask.zone] = [*out, (status, entered, math.inf)]
    return known[ask.zone]


def moves_back(item: Item, ask: Question) -> list[int]:
    """Places of the stays in a status before the start of an item that had been in progress."""
    history = stays(item, ask)
    return [
        n
        for n, (status, _, _) in enumerate(history)
        if status not in ask.progress | ask.ended and any(s in ask.progress for s, _, _ in history[:n])
    ]


def work_began(item: Item, ask: Question, place: int) -> int | None:
    """When the work began that the stay at `place` belongs to: at its first start, or after the last move back."""
    history = stays(item, ask)
    first, last = 0, len(history)
    if ask.rules.backward_moves == "restart":
        back = moves_back(item, ask)
        first = max((n for n in back if n <= place), default=0)
        last = min((n for n in back if n > place), default=last)
    return min((entered for status, entered, _ in history[first:last] if status in ask.progress), default=None)


def outside(item: Item, ask: Question) -> list[tuple[int, float]]:
    """(entered, left) of the stays that are no part of flow time."""
    back = moves_back(item, ask) if ask.rules.backward_moves == "pause" else []
    return [
        (entered, left)
        for n, (status, entered, left) in enumerate(stays(item, ask))
        if n in back or (ask.rules.subtract_reopened and status in ask.ended)
    ]


def status_before(item: Item, edge: int, ask: Question) -> str | None:
    """The status just before an instant; None before the creation."""
    found = None
    for status, entered, _ in stays(item, ask):
        if entered < edge:
            found = status
    return found


def is_ticket(item: Item, ask: Question) -> bool:
    """Whether an issue is of a type that is a deployment: no item of work."""
    return item.type.casefold() in {name.casefold() for name in ask.rules.deployment_types}


def is_standard(item: Item) -> bool:
    return item.hierarchy == 0


@dataclass
class Done:
    """An ending: when, started when (None: never or unknown), and the reason that leaves it out everywhere."""

    item: Item
    at: int
    started: int | None
    plain: bool
    no_history: bool = False
    by_field: bool = False
    discarded: str = ""  # the name of the status in which it was given up
    why: str = ""


def completion(item: Item, ask: Question, limit: int) -> Done | None:
    """How an item was completed or discarded, knowing only what happened before `limit` (µs, exclusive)."""
    history = [stay for stay in stays(item, ask) if stay[1] < limit]
    gone = ask.names[history[-1][0]] if history and history[-1][0] in ask.discarded else ""
    role = ask.discarded if gone else ask.done
    places = [n for n, (one, two) in enumerate(pairwise(history), 1) if two[0] in role and one[0] not in role]
    crossed = [history[n][1] for n in places]
    place = None
    mapped = ask.mapped_instant(item, "work_completed_date")
    is_done = bool(history) and history[-1][0] in role
    no_history = False
    if mapped is not None:
        when: int | None = mapped
        no_history = is_done and not crossed
    elif not is_done:
        return None
    elif crossed:
        when = crossed[0] if ask.rules.completion == "first" else crossed[-1]
        place = places[0] if ask.rules.completion == "first" else places[-1]
    else:
        no_history = True
        when = ask.mapped_instant(item, "status_entry_timestamp")
        when = ask.when(item.resolved) if when is None else when
    if when is None or when >= limit:
        return None
    return _started(Done(item, when, None, False, no_history, discarded=gone), ask, mapped is not None, place)


def _started(done: Done, ask: Question, mapped_end: bool, place: int | None) -> Done:
    mapped = ask.mapped_instant(done.item, "work_started_date")
    if place is None:
        place = max((n for n, stay in enumerate(stays(done.item, ask)) if stay[1] <= done.at), default=0)
    entry = None if done.no_history else work_began(done.item, ask, place)
    done.started = mapped if mapped is not None else entry
    done.by_field = mapped is not None or mapped_end
    done.plain = (mapped is not None and "work_started_date" in ask.plain) or (
        mapped_end and "work_completed_date" in ask.plain
    )
    return done


def completions(ask: Question) -> list[Done]:
    """The one set that velocity, time, efficiency and distribution share, those left out included."""
    found = [done for item in ask.seen(ask.limit) if (done := completion(item, ask, ask.limit)) and ask.inside(done.at)]
    refused = {name.casefold() for name in ask.rules.not_completed_resolutions}
    for done in found:
        if not is_standard(done.item) and not ask.rules.all_levels:
            done.why = "sub-task" if done.item.hierarchy < 0 else "epic or higher level"
        elif is_ticket(done.item, ask):
            done.why = "deployment ticket"
        elif done.discarded:
            done.why = f"discarded in status {done.discarded}"
        elif (done.item.resolution or "").casefold() in refused:
            done.why = f"resolution {done.item.resolution}"
        elif not done.item.history_complete:
            done.why = "incomplete history"
    return found


# ---- flow --------------------------------------------------------------------------------------------------------


def _tally(rows: Iterable[str]) -> tuple[int, dict[str, int]]:
    """Number of rows, and how many have each reason."""
    counts = Counter(rows)
    return sum(counts.values()), {why: n for why, n in counts.items() if why}


def quiet(ask: Question) -> bool:
    """Whether nothing is known of the period, so that nothing found in it does not mean zero: no day of it is one
    that the query vouches for. A query that vouches for nothing knows only of the times of what it returned.
    """
    if not ask.items:
        return True
    if ask.vouches:
        early = ask.since is not None and ask.snapshot <= ask.since
        return early or ask.start > min(ask.now, ask.now if ask.synced is None else ask.synced)
    known = (
        ask.when(instant)
        for item in ask.items
        for instant in (item.created, item.resolved, *(instant for instant, _ in item.moves))
    )
    return not any(instant is not None and ask.start <= instant < ask.snapshot for instant in known)


def flow_velocity(ask: Question) -> Verdict:
    total, left_out = _tally(done.why for done in completions(ask))
    if not total and quiet(ask):
        return Verdict("no_data", None)
    return Verdict("success", total - sum(left_out.values()), total, left_out)


def _timed(ask: Question) -> list[Done]:
    found = completions(ask)
    for done in found:
        if not done.why and done.started is None:
            done.why = "no history" if done.no_history else "never in progress"
        elif not done.why and _backwards(done, ask):
            done.why = "completed before it was started" if done.by_field else "never in progress"
    return found


def _backwards(done: Done, ask: Question) -> bool:
    """Plain dates run backwards only if the dates do."""
    if done.plain:
        return ask.day(done.started) > ask.day(done.at)
    return done.started > done.at


def _flow_days(done: Done, ask: Question) -> float:
    span = ask.span(done.started, done.at, done.plain)
    away = 0.0
    for entered, left in outside(done.item, ask):
        start, end = max(entered, done.started), min(left, done.at)
        if end > start:
            away += ask.taken_out(start, end, done.plain)
    return max(span - away, 0) if away else span


def flow_time(ask: Question) -> Verdict:
    found = _timed(ask)
    total, left_out = _tally(done.why for done in found)
    value = ask.percentile([_flow_days(done, ask) for done in found if not done.why], 50)
    return Verdict("no_data" if value is None else "success", value, total, left_out)


def _union(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    out: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        elif end > start:
            out.append((start, end))
    return out


def _length(spans: Iterable[tuple[float, float]]) -> float:
    return sum(end - start for start, end in _union(spans))


def _active(done: Done, ask: Question) -> float:
    """µs in active statuses between started and completed, without those blocked."""

    def clip(start: float, end: float) -> tuple[float, float]:
        return max(start, done.started), min(end, done.at)

    blocked = [clip(a, b) for status, a, b in stays(done.item, ask) if status in ask.rules.blocked_statuses]
    if ask.rules.blocked_flag:
        blocked += [clip(ask.when(a), math.inf if b is None else ask.when(b)) for a, b in done.item.flags]
    away = outside(done.item, ask)
    busy = [
        clip(a, b)
        for status, a, b in stays(done.item, ask)
        if status in set(ask.flow.active) - ask.ended and (a, b) not in away
    ]
    blocked, busy = [x for x in blocked if x[1] > x[0]], [x for x in busy if x[1] > x[0]]
    return _length(busy + blocked) - _length(blocked)


def flow_efficiency(ask: Question) -> Verdict:
    if not ask.flow.active and "active_work_hours" not in ask.mapped:
        return Verdict("missing_mapping", None)
    found, busy, whole = _timed(ask), 0.0, 0.0
    for done in found:
        if done.why:
            continue
        span = max(done.at - done.started, 0) / HOUR
        span -= _length((max(a, done.started), min(b, done.at)) for a, b in outside(done.item, ask)) / HOUR
        if ask.flow.active:
            active = _active(done, ask) / HOUR
        else:
            active = done.item.fields.get("active_work_hours")
            if active is None:
                done.why = "active work hours is empty"
                continue
            if active > span:
                done.why = "more hours logged than the flow time has"
                continue
        busy, whole = busy + active, whole + span
    total, left_out = _tally(done.why for done in found)
    if whole <= 0:
        return Verdict("no_data", None, total, left_out)
    return Verdict("success", 100 * busy / whole, total, left_out)


def flow_load(ask: Question) -> Verdict:
    reasons = []
    for item in ask.seen(ask.edge):
        status = status_before(item, ask.edge, ask)
        there = status in ask.progress
        if ask.rules.load == "started":
            place = max((n for n, stay in enumerate(stays(item, ask)) if stay[1] < ask.edge), default=0)
            began = work_began(item, ask, place)
            there = status is not None and began is not None and began < ask.edge and status not in ask.ended
        finished = ask.mapped_instant(item, "work_completed_date")
        there = there and (finished is None or finished >= ask.edge)
        if there and ask.start <= ask.now:
            why = "" if ask.rules.all_levels else {0: "", -1: "sub-task"}.get(item.hierarchy, "epic or higher level")
            why = why or ("deployment ticket" if is_ticket(item, ask) else "")
            reasons.append(why or ("" if item.history_complete else "incomplete history"))
    total, left_out = _tally(reasons)
    if not total and quiet(ask):
        return Verdict("no_data", None)
    return Verdict("success", total - sum(left_out.values()), total, left_out)


def flow_item(item: Item, ask: Question) -> tuple[str | None, str]:
    """Feature, Defect, Risk, Technical_Debt, or None and why nothing says."""
    chosen = {name.casefold(): kind for name, kind in ask.rules.flow_types.items()}
    guess = {name: kind for kind, names in SUGGESTED.items() for name in names}
    if "flow_item_type" not in ask.mapped:
        kind = (chosen or guess).get(item.type.casefold())
        return kind, "" if kind else f"type {item.type} is not mapped"
    value = item.fields.get("flow_item_type")
    if value is None:
        return None, "flow item type is empty"
    word = value if isinstance(value, str) else value[0]
    kind = {**guess, **chosen}.get(word.casefold())
    return kind, "" if kind else f"value {word} is not mapped"


def shares(counts: Sequence[int]) -> list[float]:
    """Percent to one decimal by largest remainder; ties in order; the sum is exactly 100."""
    whole = sum(counts)
    tenths = [1000 * n // whole for n in counts]
    rest = sorted(range(len(counts)), key=lambda n: (-(1000 * counts[n] % whole), n))
    for n in rest[: 1000 - sum(tenths)]:
        tenths[n] += 1
    return [n / 10 for n in tenths]


def distribution(ask: Question) -> tuple[Verdict, dict[str, float]]:
    found, counts = completions(ask), Counter()
    for done in found:
        if not done.why:
            kind, done.why = flow_item(done.item, ask)
            counts[kind] += bool(kind)
    total, left_out = _tally(done.why for done in found)
    if not sum(counts.values()):
        return Verdict("no_data", None, total, left_out), {}
    each = dict(zip(SUGGESTED, shares([counts[kind] for kind in SUGGESTED]), strict=True))
    return Verdict("success", each["Feature"], total, left_out), each


def flow_distribution(ask: Question) -> Verdict:
    return distribution(ask)[0]


FLOW: dict[str, Callable[[Question], Verdict]] = {
    each.__name__: each for each in (flow_velocity, flow_time, flow_efficiency, flow_load, flow_distribution)
}


def _is_off(day: date, listed: list[str]) -> bool:
    """Whether one of the days, or of the runs of days FROM..TO, is this one; ISO dates sort like days."""
    runs = [each.split("..") for each in listed]
    return any(run[0] <= day.isoformat() <= run[-1] for run in runs)
