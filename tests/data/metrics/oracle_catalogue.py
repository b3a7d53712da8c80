"""A second opinion on the metrics of the catalogue: plain Python, written from the definitions in words."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterator

from tests.builders import Item, at
from tests.data.metrics import oracle
from tests.data.metrics.oracle import HOUR, Done, Question, Verdict, is_ticket, quiet, stays

LEAST_STAYS = 2  # as the test sets it: small sites do not have ten stays in a status


def level(item: Item, ask: Question) -> str:
    """Why an item does not count at its level, or as a deployment ticket."""
    if item.hierarchy != 0 and not ask.rules.all_levels:
        return "sub-task" if item.hierarchy < 0 else "epic or higher level"
    return "deployment ticket" if is_ticket(item, ask) else ""


def reason(item: Item, ask: Question) -> str:
    return level(item, ask) or ("" if item.history_complete else "incomplete history")


def counted(reasons: list[str], ask: Question) -> Verdict:
    """A count: zero only where something else happened in the period."""
    if not reasons and quiet(ask):
        return Verdict("no_data", None)
    left_out = Counter(each for each in reasons if each)
    return Verdict("success", len(reasons) - sum(left_out.values()), len(reasons), left_out)


def verdict(value: float | None, reasons: list[str]) -> Verdict:
    left_out = Counter(each for each in reasons if each)
    return Verdict("no_data" if value is None else "success", value, len(reasons), left_out)


# ---- throughput


def _created(ask: Question, edge: int | None = None) -> list[Item]:
    items = ask.items if edge is None else ask.seen(edge)
    return [each for each in items if ask.inside(when := ask.when(each.created)) and when <= ask.now]


def created(ask: Question) -> Verdict:
    return counted([level(each, ask) for each in _created(ask)], ask)


def _closed(ask: Question) -> list[Done]:
    return [
        done
        for each in ask.seen(ask.limit)
        if (done := oracle.completion(each, ask, ask.limit)) and ask.inside(done.at)
    ]


def closed(ask: Question) -> Verdict:
    return counted([reason(each.item, ask) for each in _closed(ask)], ask)


def velocity(ask: Question) -> Verdict:
    if "story_points" not in ask.mapped:
        return Verdict("missing_mapping", None)
    total, reasons = 0.0, []
    for done in oracle.completions(ask):
        points = done.item.fields.get("story_points")
        why = done.why or ("no story points" if points is None else "negative story points" if points < 0 else "")
        total += 0 if why else points
        reasons.append(why)
    return verdict(total if "" in reasons else None, reasons)


def throughput_ratio(ask: Question) -> Verdict:
    came, went = (
        [level(each, ask) for each in _created(ask, ask.limit)],
        [reason(each.item, ask) for each in _closed(ask)],
    )
    return verdict(went.count("") / came.count("") if "" in came else None, [*came, *went])


# ---- lead time


def _lead(ask: Question) -> tuple[list[float], list[str]]:
    days, reasons = [], []
    for done in oracle.completions(ask):
        begin = ask.when(done.item.created)
        plain = ask.mapped_instant(done.item, "work_completed_date") is not None and "work_completed_date" in ask.plain
        late = ask.day(begin) > ask.day(done.at) if plain else begin > done.at
        why = done.why or ("completed before it was created" if late else "")
        reasons.append(why)
        if not why:
            days.append(ask.span(begin, done.at, plain))
    return days, reasons


def lead_time_p50(ask: Question) -> Verdict:
    days, reasons = _lead(ask)
    return verdict(ask.percentile(days, 50), reasons)


def lead_time_p90(ask: Question) -> Verdict:
    days, reasons = _lead(ask)
    return verdict(ask.percentile(days, 90), reasons)


def lead_time_avg(ask: Question) -> Verdict:
    days, reasons = _lead(ask)
    return verdict(sum(days) / len(days) if days else None, reasons)


# ---- quality


def _moves(item: Item, ask: Question) -> Iterator[tuple[int, bool, bool, bool]]:
    """(instant, was done before, is done after, has work to do after) of each change until now."""
    history = stays(item, ask)
    for (before, _, _), (after, when, _) in itertools.pairwise(history):
        if when <= ask.now:
            yield when, before in ask.done, after in ask.done, after not in ask.ended


def reopened_count(ask: Question) -> Verdict:
    back = [
        each
        for each in ask.items
        if any(was and open_ and ask.inside(when) for when, was, _, open_ in _moves(each, ask))
    ]
    return counted([reason(each, ask) for each in back], ask)


def reopen_rate(ask: Question) -> Verdict:
    returned, reasons = 0, []
    for item in ask.items:
        moves = list(_moves(item, ask))
        finished = [n for n, (when, was, is_now, _) in enumerate(moves) if is_now and not was and ask.inside(when)]
        if not finished:
            continue
        reasons.append(reason(item, ask))
        if not reasons[-1]:
            returned += any(was and open_ for _, was, _, open_ in moves[finished[0] + 1 :])
    used = reasons.count("")
    return verdict(100 * returned / used if used else None, reasons)


def _defect(item: Item, ask: Question) -> bool:
    return oracle.flow_item(item, ask)[0] == "Defect"


def bug_count(ask: Question) -> Verdict:
    if ask.items and "flow_item_type" not in ask.mapped and not any(_defect(each, ask) for each in ask.items):
        return Verdict("missing_mapping", None)
    return counted([level(each, ask) for each in _created(ask) if _defect(each, ask)], ask)


def _lower(names) -> set[str]:
    return {each.casefold() for each in names}


def _incident(item: Item, ask: Question) -> bool:
    rule = ask.rules
    return at(item.created, ask.zone) <= ask.now and (
        item.type.casefold() in _lower(rule.incident_types)
        or bool(_lower(item.labels) & _lower(rule.incident_labels))
        or bool(_lower(item.components) & _lower(rule.incident_components))
        or item.fields.get("incident_detected_at") is not None
    )


def _said(item: Item, field: str) -> set[str]:
    words = item.fields.get(field)
    return _lower((words,) if isinstance(words, str) else words or ())


def escaped_defects(ask: Question) -> Verdict:
    marks = _lower(ask.rules.escaped_labels)
    known = (
        {"target_environment", "production_impact"} & ask.mapped
        or any(_incident(each, ask) for each in ask.items)
        or any(marks & _lower(each.labels) for each in ask.items)
    )
    if ask.items and not known:
        return Verdict("missing_mapping", None)
    found = []
    for item in _created(ask):
        sign = (
            bool(marks & _lower(item.labels))
            or bool(_said(item, "target_environment") & _lower(ask.rules.production_environments))
            or bool(_said(item, "production_impact") & _lower(ask.rules.impact_words))
        )
        ticket = item.fields.get("deployment_date") is not None
        if _incident(item, ask) or (_defect(item, ask) and sign and not ticket):
            found.append(level(item, ask))
        elif _defect(item, ask) and not ticket:
            impact = item.fields.get("production_impact")
            words = _said(item, "production_impact")
            if words and not words & _lower(ask.rules.no_impact_words):
                shown = impact if isinstance(impact, str) else ", ".join(impact)
                found.append(level(item, ask) or f"production impact “{shown}” is in no list of words")
    return counted(found, ask)


# ---- capacity


def blocked_hours(ask: Question) -> Verdict:
    flags = ask.rules.blocked_flag and any(each.flags for each in ask.items)
    statuses = set(ask.rules.blocked_statuses) & {status for status, _, _ in ask.statuses}
    if ask.items and not flags and not statuses:
        return Verdict("missing_mapping", None)
    total, reasons = 0.0, []
    for item in ask.items:
        spans = [(a, b) for status, a, b in stays(item, ask) if status in statuses]
        if ask.rules.blocked_flag:
            spans += [(ask.when(a), math.inf if b is None else ask.when(b)) for a, b in item.flags]
        hours = 0.0
        for status, entered, left in stays(item, ask):
            if status in ask.progress:
                low, high = max(entered, ask.start), min(left, ask.snapshot)
                inside = [(max(a, low), min(b, high)) for a, b in spans if min(b, high) > max(a, low)]
                hours += oracle._length(inside) / HOUR
        if hours > 0:
            reasons.append(reason(item, ask))
            total += 0 if reasons[-1] else hours
    if not reasons and quiet(ask):
        return Verdict("no_data", None)
    return verdict(total, reasons)


def _finished(item: Item, ask: Question) -> float:
    """When the mapped date says that the item was finished; never, if it says nothing yet."""
    when = ask.mapped_instant(item, "work_completed_date")
    return math.inf if when is None or when > ask.now else when


def _worked(item: Item, ask: Question) -> list[tuple[str, int, float]]:
    """Stays in which the item counts as being in progress, some length each."""
    out = []
    for place, (status, entered, left) in enumerate(stays(item, ask)):
        if ask.rules.load == "started":
            began = oracle.work_began(item, ask, place)
            there = status not in ask.ended and began is not None and began <= entered
        else:
            there = status in ask.progress
        left = min(left, max(_finished(item, ask), entered))
        if there and left > entered:
            out.append((status, entered, left))
    return out


def _open(ask: Question) -> list[tuple[Item, str, int]]:
    """(item, status, entered) of the items in progress at the snapshot."""
    if ask.start > ask.now:
        return []
    return [
        (item, status, entered)
        for item in ask.seen(ask.edge)
        for status, entered, left in _worked(item, ask)
        if entered < ask.edge <= left
    ]


def wip_no_assignee(ask: Question) -> Verdict:
    return counted([reason(item, ask) for item, _, _ in _open(ask) if item.assignee is None], ask)


def stuck_count(ask: Question) -> Verdict:
    usual: dict[str, list[float]] = {}
    for item in ask.everything:
        for status, entered, left in _worked(item, ask):
            if left < ask.edge and not reason(oracle.known(item, int(left), ask.zone), ask):
                usual.setdefault(status, []).append(ask.span(entered, left, False))
    limits = {status: ask.percentile(days, 85) for status, days in usual.items() if len(days) >= LEAST_STAYS}
    reasons = []
    for item, status, entered in _open(ask):
        limit = limits.get(status) if ask.rules.stuck_days is None else ask.rules.stuck_days
        if limit is None:
            reasons.append(reason(item, ask) or f"fewer than {LEAST_STAYS} earlier stays in its status")
        elif ask.span(entered, ask.until(False), False) > limit:
            reasons.append(reason(item, ask))
    if reasons and "" not in reasons and ask.rules.stuck_days is None and not limits:
        return verdict(None, reasons)
    return counted(reasons, ask) if not reasons else verdict(reasons.count(""), reasons)


# ---- collaboration

INCOMPLETE = "not all of its comments are known"


def _comments(ask: Question) -> list[tuple[Item, int, str | None]]:
    return [
        (item, when, who)
        for item in ask.items
        for instant, who in item.comments
        if ask.inside(when := ask.when(instant)) and when <= ask.now
    ]


def _dark(ask: Question) -> bool:
    return bool(ask.items) and not any(each.comments or each.comments_complete for each in ask.items)


def comment_count(ask: Question) -> Verdict:
    if _dark(ask):
        return Verdict("no_data", None)
    found = _comments(ask)
    issues = {id(item): item for item, _, _ in found}
    out = counted(["" if each.comments_complete else INCOMPLETE for each in issues.values()], ask)
    if out.value is None:
        return out
    written = sum(item.comments_complete for item, _, _ in found)
    return Verdict(out.state, written, out.total, out.exclusions)


def unique_commenters(ask: Question) -> Verdict:
    if _dark(ask):
        return Verdict("no_data", None)
    pairs = {(id(item), who): item for item, _, who in _comments(ask)}
    reasons = [
        INCOMPLETE if not item.comments_complete else "author unknown" if who is None else ""
        for (_, who), item in pairs.items()
    ]
    out = counted(reasons, ask)
    if out.value is None:
        return out
    people = {who for (_, who), item in pairs.items() if item.comments_complete and who is not None}
    return Verdict(out.state, len(people), out.total, out.exclusions)


def hours_to_first_comment(ask: Question) -> Verdict:
    if _dark(ask):
        return Verdict("no_data", None)
    hours, reasons = [], []
    for item in ask.items:
        first = min((ask.when(instant) for instant, _ in item.comments), default=None)
        if first is None or first > ask.now or not ask.inside(first):
            continue
        early = first < ask.when(item.created)
        reasons.append(INCOMPLETE if not item.comments_complete else "commented before it was created" if early else "")
        if not reasons[-1]:
            hours.append((first - ask.when(item.created)) / HOUR)
    return verdict(ask.percentile(hours, 50), reasons)


CATALOGUE: dict[str, Callable[[Question], Verdict]] = {
    each.__name__: each
    for each in (
        created,
        closed,
        velocity,
        throughput_ratio,
        lead_time_p50,
        lead_time_p90,
        lead_time_avg,
        reopened_count,
        bug_count,
        escaped_defects,
        reopen_rate,
        blocked_hours,
        stuck_count,
        wip_no_assignee,
        comment_count,
        unique_commenters,
        hours_to_first_comment,
    )
} | {"cycle_time": oracle.flow_time, "wip": oracle.flow_load}
