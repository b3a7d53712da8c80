"""A second opinion on sprints in plain Python, written from the definition in words: no pandas, no NumPy."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from data.settings.model import Definitions
from tests.builders import STATUSES, at
from tests.data.metrics.oracle import SUGGESTED
from tests.data.sprints.stories import HOUR, Company, Sprint, Story

CATEGORY = {status: kind for status, _, kind in STATUSES}
PARTS = ("spillover", "churn", "reopened", "blocked", "bugs", "accuracy")


@dataclass
class Told:
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
    """(state, start, close, why there are no numbers)."""
    started = None if sprint.started is None else at(sprint.started)
    completed = None if sprint.completed is None else at(sprint.completed)
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


def reason(story: Story) -> str:
    if story.item.hierarchy < 0:
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
        left = CATEGORY[before] == "done" and CATEGORY[status] != "done"
        count += left and start <= at(when) < end and inside(story, sprint, at(when))
        before = status
    return count


def tell(company: Company, now: int, rules: Definitions, complete_from: int | None = None) -> list[Told]:
    """Every sprint of a company."""
    told = [_one(company, each, now, rules, complete_from) for each in company.sprints]
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
            parts = [(weights[name], each.z.get(name)) for name in PARTS if weights[name]]
            if all(z is not None for _, z in parts):
                each.score = sum(weight * z for weight, z in parts)
    return told


def _one(company: Company, sprint: Sprint, now: int, rules: Definitions, complete_from: int | None) -> Told:
    state, start, close, problem = window(sprint, now, complete_from)
    told = Told(state, problem)
    if start is None or close is None:
        return told
    refused = {each.casefold() for each in rules.not_completed_resolutions}
    names = ("committed", "added", "removed", "completed", "spilled")
    sums, keys = dict.fromkeys(names, 0.0), {name: set() for name in names}
    reopened, blocked, bugs = 0, 0.0, 0
    for n, story in enumerate(company.stories):
        stays = times_in(story, sprint.id)
        joins, leaves = [low for low, _ in stays], [high for _, high in stays if high is not None]
        touched = any(low < close and (high is None or high > start) for low, high in stays)
        lost = sprint.id in {*list(story.changes())[-1][2], *story.also} and not stays
        why = reason(story) or ("its history does not say when it joined the sprint" if lost else "")
        if why:
            if touched or lost:
                told.left_out[why] = told.left_out.get(why, 0) + 1
            continue
        at_start, at_close = inside(story, sprint.id, start), inside(story, sprint.id, close - 1)
        earlier, later = status_before(story, start), status_before(story, close)
        done_before = earlier is not None and CATEGORY[earlier] == "done"
        done = later is not None and CATEGORY[later] == "done"
        what = {
            "committed": at_start and not done_before,
            "added": not at_start and at_close,
            "removed": at_start and not done_before and not at_close,
            "completed": at_close and done and (story.item.resolution or "").casefold() not in refused,
            "spilled": at_start and not done_before and at_close and not done,
        }
        when = {
            "added": max((each for each in joins if start < each < close), default=start),
            "removed": max((each for each in leaves if start < each < close), default=start),
            "completed": close - 1,
        }
        for name in names:
            if what[name]:
                sums[name] += estimate(story, when.get(name, start), company.points)
                keys[name].add(n)
        reopened += reopenings(story, sprint.id, start, close)
        blocked += blocked_hours(story, sprint.id, start, close, now)
        bugs += story.item.type.casefold() in SUGGESTED["Defect"] and (what["committed"] or what["added"])
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
    return told


def velocity(told: Sequence[Told]) -> list[float]:
    """What each closed sprint with numbers completed."""
    return [each.sums["completed"] for each in told if each.state == "closed" and not each.problem]
