"""A second opinion on sprints in plain Python, written from the definition in words: no pandas, no NumPy."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from data.settings.model import Definitions
from tests.builders import STATUSES, at
from tests.data.metrics.oracle import SUGGESTED
from tests.data.sprints.stories import HOUR, Company, Sprint, Story

CATEGORY = {status: "discarded" if name == "Cancelled" else kind for status, name, kind in STATUSES}
PARTS = ("spillover", "churn", "reopened", "blocked", "bugs", "accuracy")


@dataclass
class ExpectedSprint:
    """What the oracle says of one sprint; None where there is no number."""

    state: str
    problem: str = ""
    sums: dict[str, float] = field(default_factory=dict)
    measures: dict[str, float | None] = field(default_factory=dict)
    z: dict[str, float | None] = field(default_factory=dict)
    score: float | None = None
    left_out: dict[str, int] = field(default_factory=dict)
    keys: dict[str, set[int]] = field(default_factory=dict)  # flag → positions of the issues


def status_before(story: Story, instant: int) -> str | None:
    """The status just before an instant."""
    if at(story.item.created) >= instant:
        return None
    found = story.item.status
    for when, status in story.item.moves:
        if at(when) < instant:
            found = status
    return found


def inside(story: Story, sprint: int, instant: int) -> bool:
    """Whether the issue was in the sprint at an instant: what happens at it counts."""
    state: set[int] = set()
    for when, _, after in story.changes():
        if when <= instant:
            state = after
    return sprint in state


def times_in(story: Story, sprint: int) -> list[tuple[int, int | None]]:
    """(came, went) as far as it can be read; None: still in it."""
    found: list[tuple[int, int | None]] = []
    for when, before, after in story.changes():
        if story.unreadable is not None and when >= at(story.unreadable):
            break
        if sprint in after - before:
            found.append((when, None))
        elif sprint in before - after:
            found[-1] = (found[-1][0], when)
    return found


def estimate(story: Story, instant: int, points: bool) -> float:
    """Its points at an instant; 1 where issues are counted."""
    if not points:
        return 1.0
    found = story.points
    for when, value in story.estimates:
        if at(when) <= instant:
            found = value
    return found or 0.0


def window(sprint: Sprint, now: int, complete_from: int | None) -> tuple[str, int | None, int | None, str]:
    """(state, start, close, why there are no numbers). A sprint that Jira does not call closed is not closed."""
    started = None if sprint.started is None else at(sprint.started)
    completed = None if sprint.completed is None or sprint.state != "closed" else at(sprint.completed)
    if completed is not None and completed <= now:
        state, close = "closed", completed
    elif sprint.state == "closed" and completed is None:
        return "closed", None, None, "no start" if started is None else "no close"
    elif sprint.state != "future" and started is not None and started <= now:
        state, close = "active", now + 1
    elif sprint.state == "active" and started is None:
        return "active", None, None, "no start"
    else:
        state, started, close = "future", now, now + 1
    if started is None:
        return state, None, None, "no start"
    if close <= started:
        return state, None, None, "backwards"
    early = complete_from is not None and started < complete_from
    return state, started, close, "before data" if early else ""


def reason(story: Story, close: int) -> str:
    if story.item.before("hierarchy", close) < 0:
        return "sub-task"
    if not story.item.history_complete:
        return "incomplete history"
    return "its sprint history cannot be read" if story.unreadable is not None else ""


def blocked_hours(story: Story, sprint: int, start: int, end: int, now: int) -> float:
    """Flagged, in progress and in the sprint between two instants: cut at every event, then summed up."""
    flags = [(at(a), now if b is None else at(b)) for a, b in story.item.flags]
    cuts = {
        start,
        min(end, now),
        *(when for when, _, _ in story.changes()),
        *(at(when) for when, _ in story.item.moves),
    }
    cuts |= {each for span in flags for each in span}
    points = sorted(each for each in cuts if start <= each <= min(end, now))
    total = 0
    for low, high in pairwise(points):
        status = status_before(story, low + 1)
        works = status is not None and CATEGORY[status] == "indeterminate"
        if works and inside(story, sprint, low) and any(a <= low < b for a, b in flags):
            total += high - low
    return total / HOUR


def reopenings(story: Story, sprint: int, start: int, end: int) -> int:
    before, count = story.item.status, 0
    for when, status in story.item.moves:
        left = is_done(before) and not has_ended(status)
        count += left and start <= at(when) < end and inside(story, sprint, at(when))
        before = status
    return count


def is_done(status: str | None) -> bool:
    return status is not None and CATEGORY[status] == "done"


def has_ended(status: str | None) -> bool:
    """Done or discarded."""
    return status is not None and CATEGORY[status] in ("done", "discarded")


def became_done(story: Story, close: int) -> int | None:
    """When it last became done before the close."""
    before, found = story.item.status, None
    for when, status in story.item.moves:
        if is_done(status) and not is_done(before) and at(when) < close:
            found = at(when)
        before = status
    return found


def was_open(story: Story, low: int, high: int) -> bool:
    """Whether there was a moment from `low` until `high` at which it was neither done nor discarded."""
    before = story.item.status
    for when, status in story.item.moves:
        if low <= at(when) < high and not (has_ended(before) and has_ended(status)):
            return True
        before = status
    later = status_before(story, low + 1)
    return later is not None and not has_ended(later)


def last_reopened(story: Story, low: int, high: int) -> int | None:
    before, found = story.item.status, None
    for when, status in story.item.moves:
        if has_ended(before) and not has_ended(status) and low <= at(when) < high:
            found = at(when)
        before = status
    return found


@dataclass
class Part:
    """What an issue was in a sprint: flags, the instants at which its estimates are read, and its completion."""

    flags: set[str]
    when: dict[str, int]
    finished: int | None = None
    came: int = 0


def part_of(story: Story, sprint: Sprint, start: int, close: int, rules: Definitions) -> Part:
    stays = times_in(story, sprint.id)
    clipped = [(max(low, start), close if high is None else min(high, close)) for low, high in stays]
    clipped = [(low, high) for low, high in clipped if low < high]
    at_start, at_close = inside(story, sprint.id, start), inside(story, sprint.id, close - 1)
    done_before, status = has_ended(status_before(story, start)), status_before(story, close)
    done, ended = is_done(status), has_ended(status)
    refused = {each.casefold() for each in rules.not_completed_resolutions}
    discarded = (ended and not done) or (done and (story.item.before("resolution", close) or "").casefold() in refused)
    committed = at_start and not done_before
    finished = became_done(story, close)
    mine = finished is not None and finished >= start and inside(story, sprint.id, finished)
    old_rule = rules.sprint_completion == "done_at_close"
    outside = at_close and done and not discarded and not mine and not old_rule
    opened = any(was_open(story, low, high) for low, high in clipped)
    added = not at_start if old_rule else not committed and opened and not outside
    flags = {
        "committed": committed,
        "added": at_close and added,
        "removed": committed and not at_close,
        "completed": at_close and done and not discarded and not outside,
        "outside": outside,
        "discarded": at_close and discarded,
        "spilled": committed and at_close and not ended,
    }
    joins = [low for low, _ in stays if start < low < close]
    again = [each for low, high in clipped if (each := last_reopened(story, low, high)) is not None]
    leaves = [high for _, high in stays if high is not None and start < high < close]
    when = {
        "added": max(joins or again, default=start),
        "removed": max(leaves, default=start),
        "completed": close - 1,
    }
    came = max((low for low, _ in stays if finished is not None and low <= finished), default=0)
    return Part({name for name, so in flags.items() if so}, when, finished, came)


def tell(company: Company, now: int, rules: Definitions, complete_from: int | None = None) -> list[ExpectedSprint]:
    """Every sprint of a company."""
    told, parts = [], []
    for sprint in company.sprints:
        state, start, close, problem = window(sprint, now, complete_from)
        told.append(ExpectedSprint(state, problem))
        parts.append({})
        if start is not None and close is not None:
            parts[-1] = _parts(company, sprint, start, close, rules, told[-1])
    if rules.sprint_completion == "in_sprint":
        _count_once(parts, company, now)
    for each, mine, sprint in zip(told, parts, company.sprints, strict=True):
        _, start, close, _ = window(sprint, now, complete_from)
        if start is not None and close is not None:
            _sum_up(company, sprint, each, mine, start, close, now)
    for board in {each.board for each in company.sprints} - {None}:
        mine = [
            each
            for each, sprint in zip(told, company.sprints, strict=True)
            if sprint.board == board and each.state == "closed" and not each.problem
        ]
        for name in PARTS:
            values = [each.measures[name] for each in mine if each.measures[name] is not None]
            for each in mine:
                value = each.measures[name]
                if value is None or len(values) < 3:
                    continue
                spread = 0.0 if len(set(values)) == 1 else statistics.stdev(values)
                each.z[name] = (value - statistics.mean(values)) / spread if spread else 0.0
        weights = rules.sprint_weights.model_dump()
        for each in mine:
            weighed = [(weights[name], each.z.get(name)) for name in PARTS if weights[name]]
            if all(z is not None for _, z in weighed):
                each.score = sum(weight * z for weight, z in weighed)
    return told


def _parts(
    company: Company, sprint: Sprint, start: int, close: int, rules: Definitions, told: ExpectedSprint
) -> dict[int, Part]:
    """The issues that count in a sprint, by position; those left out are counted by their reason."""
    found = {}
    for n, story in enumerate(company.stories):
        stays = times_in(story, sprint.id)
        touched = any(low < close and (high is None or high > start) for low, high in stays)
        lost = sprint.id in {*list(story.changes())[-1][2], *story.also} and not stays
        why = reason(story, close) or ("its history does not say when it joined the sprint" if lost else "")
        if why and (touched or lost):
            told.left_out[why] = told.left_out.get(why, 0) + 1
        elif not why:
            found[n] = part_of(story, sprint, start, close, rules)
    return found


def _count_once(parts: list[dict[int, Part]], company: Company, now: int) -> None:
    """A completion counts in the sprint that the issue had come into last."""
    completions = defaultdict(list)
    for place, found in enumerate(parts):
        for n, part in found.items():
            if "completed" in part.flags:
                start = window(company.sprints[place], now, None)[1]
                completions[n, part.finished].append((part.came, start, place, part))
    for several in completions.values():
        for *_, part in sorted(several, key=lambda each: each[:3])[:-1]:
            part.flags -= {"completed", "added"}
            part.flags.add("outside")


def _sum_up(
    company: Company, sprint: Sprint, told: ExpectedSprint, parts: dict[int, Part], start: int, close: int, now: int
) -> None:
    names = ("committed", "added", "removed", "completed", "spilled")
    sums, keys = dict.fromkeys(names, 0.0), {name: set() for name in (*names, "outside", "discarded")}
    reopened, blocked, bugs = 0, 0.0, 0
    for n, part in parts.items():
        story = company.stories[n]
        for name in part.flags:
            keys[name].add(n)
            if name in sums:
                sums[name] += estimate(story, part.when.get(name, start), company.points)
        reopened += reopenings(story, sprint.id, start, close)
        blocked += blocked_hours(story, sprint.id, start, close, now)
        bug = story.item.before("type", close).casefold() in SUGGESTED["Defect"]
        bugs += bug and bool({"committed", "added"} & part.flags)
    committed = sums["committed"]
    told.sums, told.keys = sums, keys
    told.measures = {
        "spillover": sums["spilled"] / committed if committed else None,
        "churn": (sums["added"] + sums["removed"]) / committed if committed else None,
        "accuracy": abs(sums["completed"] - committed) / committed if committed else None,
        "reopened": float(reopened),
        "blocked": blocked,
        "bugs": float(bugs),
    }


def velocity(told: Sequence[ExpectedSprint]) -> list[float]:
    """What each closed sprint with numbers completed."""
    return [each.sums["completed"] for each in told if each.state == "closed" and not each.problem]
