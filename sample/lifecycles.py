"""What happens to each made-up issue, as instants and statuses, before it gets its Jira shape."""

from __future__ import annotations

from bisect import bisect_right
from random import Random
from typing import Any

from sample.calendar_of_work import DAY, HOUR, Calendar
from sample.company import CANCELLED, Plan

MINUTE = 60


class Draft:
    """One issue in the making. `path` is [(instant, status name)], its first entry the creation; instants in
    seconds.
    """

    __slots__ = (
        "commit",
        "created",
        "epic",
        "flags",
        "id",
        "kind",
        "labels",
        "links",
        "live",
        "notes",
        "number",
        "parent",
        "path",
        "plan",
        "resolution",
        "started",
    )

    def __init__(self, plan: Plan, kind: str, created: int, status: str) -> None:
        self.plan = plan
        self.kind = kind
        self.created = created
        self.path: list[tuple[int, str]] = [(created, status)]
        self.flags: list[tuple[int, int]] = []
        self.started: int | None = None
        self.commit: int | None = None
        self.live: int | None = None
        self.resolution = "Done"
        self.labels: tuple[str, ...] = ()
        self.links: list[tuple[str, bool, Draft]] = []  # link type, True if the other is its inward issue, other
        self.notes: dict[str, Any] = {}
        self.parent: Draft | None = None
        self.epic: Draft | None = None
        self.id = 0
        self.number = 0

    @property
    def key(self) -> str:
        """SHOP-12."""
        return f"{self.plan.key}-{self.number}"

    def enter(self, instant: int, status: str) -> int:
        """Move to a status, never earlier than the last move. Gives the instant."""
        instant = max(instant, self.path[-1][0] + 1)
        self.path.append((instant, status))
        return instant


class Story:
    """Plays the life of issues of one project. `first` and `last` bound the history; all draws come from `random`."""

    def __init__(self, plan: Plan, calendar: Calendar, random: Random, first: int, last: int) -> None:
        self.plan = plan
        self.calendar = calendar
        self.random = random
        self.first = first
        self.last = last
        self.releases: list[int] = []  # instants of production deployments, in order
        self.deployments: list[Draft] = []  # the same deployments
        self.final = "Resolved" if plan.board == "kanban" else "Done"

    def slowness(self, instant: int) -> float:
        """1.6 at the start of the history, 0.65 at its end: the company gets better."""
        return 1.6 - 0.95 * (instant - self.first) / (self.last - self.first)

    def instant(self, power: float, place: float | None = None) -> int:
        """An instant before the last day, at work if it can be; a power below 1 means more of them towards the end.

        `place` from 0 to 1 says where in the history; without it chance does.
        """
        share = self.random.random() if place is None else place
        raw = self.first + int((self.last - DAY - self.first) * share**power)
        working = self.calendar.at_work(raw)
        return working if working <= self.last - DAY else raw

    def _span(self, median: float, instant: int, spread: float = 0.8) -> float:
        return median * self.slowness(instant) * self.random.lognormvariate(0, spread)

    def change(self, kind: str) -> Draft:
        """A story, bug, task … of this project, from creation as far as it gets."""
        plan, random = self.plan, self.random
        draft = Draft(plan, kind, self.instant(0.8), plan.steps[0])
        now = draft.created
        chance = random.random()
        if chance < 0.04:
            return draft  # stays in the backlog
        if chance < 0.085:
            draft.resolution = random.choice(("Won't Do", "Won't Do", "Duplicate", "Cannot Reproduce"))
            given_up = chance < 0.065
            draft.enter(self.calendar.after(now, self._span(12, now), random), CANCELLED if given_up else self.final)
            return draft
        urgent = 0.35 if kind == "Bug" else 1.0
        now = self.calendar.after(now, self._span(plan.queue * urgent, now, 0.9), random)
        if plan.key == "PAY":
            now = draft.enter(now, "Selected for Development")
            now = self.calendar.after(now, self._span(0.8, now), random)
        if plan.board == "kanban":
            self._support(draft, now)
        else:
            self._develop(draft, now)
        if chance < 0.1:
            self._give_up(draft)
        return draft

    def _give_up(self, draft: Draft) -> None:
        """Work that was begun ends at its last step but one, and nothing of it is shipped."""
        *kept, (instant, _), _ = draft.path
        if draft.started is None or draft.started >= instant:
            return
        draft.path = [*kept, (instant, CANCELLED)]
        draft.resolution, draft.live = "Won't Do", None
        draft.notes.pop("shipped by", None)
        if draft.commit is not None and draft.commit > instant:
            draft.commit = None

    def _develop(self, draft: Draft, now: int) -> None:
        plan, random, calendar = self.plan, self.random, self.calendar
        working, review = plan.steps[1], plan.steps[2]
        now = draft.started = draft.enter(now, working)
        now = self._interrupted(draft, now, working)
        now = calendar.after(now, self._span(plan.work, now, 0.7), random)
        draft.commit = max(draft.started + 1, now - int(random.random() ** 2 * 0.6 * (now - draft.started)))
        now = draft.enter(now, review)
        for _ in range(3):
            now = calendar.after(now, self._span(plan.review, now), random)
            if random.random() >= plan.rework:
                break
            now = draft.enter(now, working)
            now = calendar.after(now, self._span(plan.work * 0.4, now), random)
            now = draft.enter(now, review)
        for extra in plan.steps[3:]:
            now = draft.enter(now, extra)
            now = calendar.after(now, self._span(plan.review, now), random)
        if random.random() < (0.45 if draft.kind == "Task" else 0.95) and self.releases:
            if plan.done_live:
                now = self._ship(draft, draft.enter(now, "Ready to Deploy"))
            else:
                self._ship(draft, now)
        now = draft.enter(now, self.final)
        if random.random() < 0.04:
            now = draft.enter(calendar.after(now, 1 + random.random() * 5, random), working)
            now = draft.enter(calendar.after(now, self._span(plan.work * 0.5, now), random), review)
            draft.enter(calendar.after(now, self._span(plan.review, now), random), self.final)

    def _interrupted(self, draft: Draft, now: int, working: str) -> int:
        """Sometimes the work is blocked: as a status, or flagged as an impediment."""
        if self.random.random() >= self.plan.blocked:
            return now
        now = self.calendar.after(now, self._span(0.4, now), self.random)
        end = self.calendar.after(now, self._span(1.2, now), self.random)
        if self.random.random() < 0.5:
            draft.enter(now, "Blocked")
            return draft.enter(end, working)
        draft.flags.append((now, end))
        return end

    def _ship(self, draft: Draft, now: int) -> int:
        """Wait for the next production deployment; without one to come the issue stays ready."""
        position = bisect_right(self.releases, now)
        if position == len(self.releases):
            return self.last + DAY
        draft.live = self.releases[position]
        draft.notes["shipped by"] = self.deployments[position]
        return draft.live + int(self.random.random() * 40 * MINUTE)

    def _support(self, draft: Draft, now: int) -> None:
        plan, random, calendar = self.plan, self.random, self.calendar
        _, working, waiting = plan.steps
        now = draft.started = draft.enter(now, working)
        now = self._interrupted(draft, now, working)
        while True:
            now = calendar.after(now, self._span(plan.work, now), random)
            if random.random() < 0.6:
                break
            now = draft.enter(now, waiting)
            now = draft.enter(calendar.after(now, self._span(plan.review, now), random), working)
        now = draft.enter(now, "Resolved")
        if random.random() < 0.05:
            now = draft.enter(calendar.after(now, 0.5 + random.random() * 3, random), working)
            now = draft.enter(calendar.after(now, self._span(plan.work, now), random), "Resolved")
        if random.random() < 0.8:
            draft.enter(now + 5 * DAY, "Closed")

    def deployment(self, instant: int, *, hotfix: bool = False) -> Draft:
        """A deployment ticket whose deployment happens at the instant."""
        random = self.random
        lead = random.randrange(10, 40) * MINUTE if hotfix else int(random.uniform(0.1, 2.0) * DAY)
        draft = Draft(self.plan, "Deployment", instant - lead, "Scheduled")
        draft.live = instant
        chance = 0.0 if hotfix else random.random()
        draft.notes["environment"] = "Production" if chance < 0.86 else "Staging" if chance < 0.97 else "Test"
        draft.labels = ("hotfix",) if hotfix else ()
        draft.enter(instant + random.randrange(2, 30) * MINUTE, "Done")
        return draft

    def incident(self, cause: Draft | None) -> Draft:
        """An outage, some time after the deployment that caused it, or out of the blue."""
        random = self.random
        if cause is not None and cause.live is not None:
            begin = cause.live + int(random.lognormvariate(0, 0.9) * 45 * MINUTE)
        else:
            begin = self.first + int((self.last - self.first) * random.random())
        hours = self.plan.restore_hours * self.slowness(begin) * random.lognormvariate(0, 0.55)
        draft = Draft(self.plan, "Incident", begin + random.randrange(2, 15) * MINUTE, "To Do")
        restored = begin + max(10 * MINUTE, int(hours * HOUR))
        draft.notes["outage"] = (begin, restored)
        draft.started = draft.enter(draft.created + random.randrange(1, 20) * MINUTE, "Investigating")
        if random.random() < 0.6:
            draft.enter(restored, "Monitoring")
        draft.enter(restored + int(random.random() * 8 * HOUR), "Done")
        if cause is not None:
            draft.links.append(("Problem/Incident", True, cause))
            cause.links.append(("Problem/Incident", False, draft))
        return draft

    def epic(self) -> Draft:
        """A theme that many issues belong to."""
        draft = Draft(self.plan, "Epic", self.instant(1.3), self.plan.steps[0])
        draft.started = draft.enter(
            self.calendar.after(draft.created, self._span(8, draft.created), self.random), self.plan.steps[1]
        )
        if self.random.random() < 0.7:
            draft.enter(self.calendar.after(draft.started, self._span(70, draft.started, 0.5), self.random), self.final)
        return draft

    def subtask(self, parent: Draft) -> Draft:
        """A part of another issue."""
        begin = self.calendar.after(parent.created, self.random.random() * 2, self.random)
        draft = Draft(self.plan, "Sub-task", begin, self.plan.steps[0])
        draft.parent = parent
        draft.started = draft.enter(self.calendar.after(begin, self._span(2, begin), self.random), self.plan.steps[1])
        draft.enter(self.calendar.after(draft.started, self._span(0.8, begin), self.random), self.final)
        return draft
