"""Which sprints a generated issue was in, and when it joined and left each of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from random import Random
from typing import Any

from sample.calendar_of_work import DAY, HOUR
from sample.company import ID
from sample.history_items import Event, changed_field
from sample.lifecycles import Draft
from sample.releases import Sprint

# Shares of work that make sprints like those of real teams: 10 to 25 % is added, 10 to 33 % is carried over.
TOO_EARLY = 0.25  # planned one sprint before it is started
TAKEN_OUT = 0.6  # of that: taken out again before the sprint ends
AHEAD = 4 * DAY  # begun so shortly before a sprint ends, and not done then: it belongs to the next one
TAKEN_IN = 0.32  # of what comes up and is begun while a sprint runs


class SprintHistory:
    """Puts issues into the sprints of their project. Nothing happens after `now`; hours of joining are drawn from
    `random`, what goes into which sprint from `planning`.
    """

    def __init__(self, now: int, sprints: dict[str, list[Sprint]], random: Random, planning: Random) -> None:
        self.now = now
        self.sprints = sprints
        self.random = random
        self.planning = planning

    def fill(self, draft: Draft, done: int | None, fields: dict[str, Any], events: list[Event]) -> None:
        """Planned into the sprint in which it starts, or too early into the one before; what comes up while a sprint
        runs is seldom taken into it. Carried over at each close until it is done.
        """
        sprints = self.sprints.get(draft.plan.key)
        if not sprints or draft.kind in ("Epic", "Sub-task") or draft.started is None:
            return
        current = max(0, bisect_right([sprint.start for sprint in sprints], draft.started) - 1)
        begin = sprints[current].start
        joined = begin - self.random.randrange(HOUR, 20 * HOUR)
        unplanned = 0
        if joined <= draft.created:
            unplanned = max(draft.created + 1, draft.started - self.random.randrange(60, 900))
        early, chance, when = self.planning.random(), self.planning.random(), self.planning.random()
        inside: list[dict[str, Any]] = []
        after = sprints[current].end
        lasts = (done is None or done > after) and current + 1 < len(sprints)
        if lasts and (draft.created >= begin or after - draft.started < AHEAD) and chance >= TAKEN_IN:
            current, at = current + 1, max(draft.created + 1, after - int(20 * HOUR * when))
        elif draft.created < begin:
            at = joined if joined > draft.created else (draft.created + begin) // 2
            before = sprints[current - 1] if current else None
            if before is not None and early < TOO_EARLY and draft.created < before.start:
                taken_out = before.start + int((2 + 9 * when) * DAY)
                inside = self._joins(before.start - int((1 + 19 * when) * HOUR), draft.created, [], before, events)
                if chance < TAKEN_OUT and taken_out < at and inside and taken_out <= self.now:
                    events.append(
                        (taken_out, [changed_field("Sprint", _names(inside), _names([]), custom=ID["Sprint"])])
                    )
                    inside = []
                else:
                    at = before.end
        elif chance < TAKEN_IN:
            at = unplanned
        else:
            return
        while at <= self.now and current < len(sprints):
            inside = self._joins(at, draft.created, inside, sprints[current], events)
            at = sprints[current].end
            if done is not None and done <= at:
                break
            current += 1
        if inside:
            fields[ID["Sprint"]] = inside

    def _joins(
        self, at: int, created: int, inside: list[dict[str, Any]], sprint: Sprint, events: list[Event]
    ) -> list[dict[str, Any]]:
        """One more sprint beside those it was in; Jira keeps them all. Nothing happens after now."""
        at = max(at, created + 1)
        if at > self.now:
            return inside
        after = [*inside, sprint.row]
        events.append((at, [changed_field("Sprint", _names(inside), _names(after), custom=ID["Sprint"])]))
        return after


def _names(sprints: Iterable[dict[str, Any]]) -> tuple[str, str]:
    """Ids and names of sprints, as a change of the sprint field gives them."""
    rows = list(sprints)
    return ", ".join(str(row["id"]) for row in rows), ", ".join(row["name"] for row in rows)
