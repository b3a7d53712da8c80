"""Makes a believable Jira site from a seed: the same arguments always give the same site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sample.calendar_of_work import DAY, Calendar
from sample.company import (
    CUSTOM_FIELDS,
    LINKS,
    PLANS,
    PRIORITIES,
    RESOLUTIONS,
    STATUSES,
    SYSTEM_FIELDS,
    TITLE,
    TYPES,
    ZONE,
    Plan,
)
from sample.issue_fields import Finisher
from sample.lifecycles import Draft, Story
from sample.releases import Sprint, boards, make_releases, make_sprints, project_rows
from sample.site import SampleError, Site, last_instant
from sample.unfinished_work import unfinished

FEWEST, MOST = 50, 500_000
HISTORY_DAYS = 400


def generate(
    issues: int = 800,
    seed: int = 1,
    until: date | None = None,
    *,
    now: datetime | None = None,
    plans: tuple[Plan, ...] = PLANS,
) -> Site:
    """A site of exactly `issues` issues (50 to 500,000) whose 400-day history ends with the local day `until`.

    Nothing in it happens after `now` (default: the present if `until` is today or missing, else the end of `until`).
    With `until` before today the site stands still at that evening. Raises SampleError for impossible arguments.
    """
    if not FEWEST <= issues <= MOST:
        raise SampleError(f"A sample site has {FEWEST} to {MOST} issues, not {issues}.")
    zone = ZoneInfo(ZONE)
    present = now or datetime.now(UTC)
    last_day = until or present.astimezone(zone).date()
    evening = last_instant(last_day, zone)
    frozen = now is not None or evening < present
    made = _Site(issues, seed, last_day, min(evening, present), plans, zone)
    return made.site(frozen)


@dataclass
class _Site:
    count: int
    seed: int
    until: date
    now: datetime
    plans: tuple[Plan, ...]
    zone: ZoneInfo

    def __post_init__(self) -> None:
        self.last = int(last_instant(self.until, self.zone).timestamp())
        self.first = self.last - HISTORY_DAYS * DAY
        self.calendar = Calendar(self.until, HISTORY_DAYS, self.zone)

    def site(self, frozen: bool) -> Site:
        """Play every project, number the issues by creation, give them their Jira shape."""
        now = int(self.now.timestamp())
        sprints = make_sprints(self.plans, self.calendar, self.first, self.last, now)
        releases = make_releases(self.plans, self.calendar, self.first, self.last, self.until)
        drafts = self._drafts(now)
        draws, talk, planning = (Random(f"{what} {self.seed}") for what in ("finish", "comments", "sprints"))
        finisher = Finisher(self.calendar, now, sprints, releases, draws, self.plans, talk, planning)
        made = finisher.issues(drafts)
        return Site(
            title=TITLE,
            zone=str(self.zone),
            now=self.now if frozen else None,
            issues=made,
            fields=[*SYSTEM_FIELDS.values(), *CUSTOM_FIELDS.values()],
            statuses=list(STATUSES.values()),
            projects=project_rows(self.plans, releases),
            sprints=_rows(sprints),
            boards=boards(self.plans),
            link_types=list(LINKS.values()),
            issue_types=list(TYPES.values()),
            priorities=list(PRIORITIES.values()),
            resolutions=list(RESOLUTIONS.values()),
            generated=True,
        )

    def _drafts(self, now: int) -> list[Draft]:
        drafts: list[Draft] = []
        sizes = _sizes(self.count, self.plans)
        for plan, size in zip(self.plans, sizes, strict=True):
            story = Story(plan, self.calendar, Random(f"{plan.key} {self.seed}"), self.first, self.last)
            drafts += _project(story, size, self.count, now)
        unfinished(drafts, self.count, self.last, self.calendar, Random(f"lateness {self.seed}"))
        drafts.sort(key=lambda draft: (draft.created, draft.plan.key))
        numbers = dict.fromkeys((plan.key for plan in self.plans), 0)
        for position, draft in enumerate(drafts):
            numbers[draft.plan.key] += 1
            draft.number = numbers[draft.plan.key]
            draft.id = 10_000 + position
        return drafts


def _sizes(count: int, plans: tuple[Plan, ...]) -> list[int]:
    sizes = [int(count * plan.share / sum(each.share for each in plans)) for plan in plans]
    sizes[0] += count - sum(sizes)
    return sizes


def _project(story: Story, size: int, count: int, now: int) -> list[Draft]:
    """Exactly `size` issues of one project: deployments and what they break, epics, changes, sub-tasks."""
    plan, random = story.plan, story.random
    drafts: list[Draft] = []
    if plan.deploys:
        share = plan.deploys * min(1.0, (800 / count) ** 0.25)
        drafts += _deployments(story, max(2, int(size * share)), now)
    drafts += [story.epic() for _ in range(max(1, min(int(size * 0.02), 40 + size // 500)))]
    # issues begin before `now`: play on until enough of them do
    drafts = [draft for draft in drafts if draft.created <= now]
    epics = [draft for draft in drafts if draft.kind == "Epic"]
    kinds, weights = zip(*plan.types, strict=True)
    subtasks = int(size * 0.07)
    changes: list[Draft] = []
    while len(drafts) + len(changes) < size - subtasks:
        draft = story.change(random.choices(kinds, weights)[0])
        if draft.created > now:
            continue
        if random.random() < 0.6:
            draft.epic = random.choice(epics)
        changes.append(draft)
    _tie(changes, random)
    drafts += changes
    while len(drafts) < size:
        draft = story.subtask(random.choice(changes))
        if draft.created <= now:
            drafts.append(draft)
    return drafts[:size]


def _tie(changes: list[Draft], random: Random) -> None:
    """Some issues block others or belong together."""
    for draft in changes:
        chance = random.random()
        other = random.choice(changes)
        if chance < 0.07 and other is not draft and not other.links:
            kind = "Blocks" if chance < 0.03 else "Relates"
            draft.links.append((kind, True, other))
            other.links.append((kind, False, draft))


def _deployments(story: Story, size: int, now: int) -> list[Draft]:
    """About `size` deployments with the incidents and hotfixes that follow from the failed ones."""
    plan, random = story.plan, story.random
    planned = int(size * 0.86)
    places = [(n + random.random()) / planned for n in range(planned)]
    made = [story.deployment(story.instant(0.65, place)) for place in places]
    extra: list[Draft] = []
    owed = random.random()  # failures come evenly, so that small sites have some in every month
    for draft in made:
        live_at = draft.live
        if live_at is None or draft.notes["environment"] != "Production" or live_at > now:
            continue
        owed += plan.failing * (0.5 + story.slowness(live_at) / 2)
        if owed < 1:
            continue
        owed -= 1
        draft.notes["failed"] = True
        if random.random() < 0.88:
            incident = story.incident(draft)
            draft.notes["incident"] = True
            extra.append(incident)
            if random.random() < 0.55:
                extra.append(story.deployment(incident.notes["outage"][1], hotfix=True))
    extra += [story.incident(None) for _ in range(int(size * 0.03))]
    made = [draft for draft in made + extra if draft.created <= now]
    live = [draft for draft in made if draft.notes.get("environment") == "Production" and draft.live is not None]
    story.deployments = sorted(live, key=lambda draft: draft.live or 0)
    story.releases = [draft.live or 0 for draft in story.deployments]
    return made


def _rows(sprints: dict[str, list[Sprint]]) -> list[dict[str, Any]]:
    return [sprint.row for each in sprints.values() for sprint in each]
