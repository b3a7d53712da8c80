"""Gives drafts their Jira shape: fields, histories and links as the REST API shows them, as far as `now` allows."""

from __future__ import annotations

from bisect import bisect_left
from random import Random
from typing import Any

from sample.calendar_of_work import DAY, HOUR, Calendar
from sample.comments import discuss
from sample.company import (
    FAVOURED,
    FLOW_ITEMS,
    ID,
    JOBS,
    LABELS,
    LINKS,
    PEOPLE,
    PRIORITIES,
    RESOLUTIONS,
    STATUSES,
    TYPES,
    VERBS,
    Plan,
)
from sample.history_items import Event, changed_field
from sample.lifecycles import Draft
from sample.releases import Release, Sprint, project_reference
from sample.site import DONE, PROGRESS, Issue
from sample.sprint_history import SprintHistory

WORKING = {"In Progress", "In Development", "Testing", "Investigating"}
POINTS = (1.0, 2.0, 3.0, 5.0, 8.0, 13.0)


class Options:
    """The values of select fields, each with a stable id, shared by all issues."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], dict[str, str]] = {}

    def __call__(self, field: str, value: str) -> dict[str, str]:
        key = (field, value)
        if key not in self._made:
            self._made[key] = {"id": str(10_200 + len(self._made)), "value": value}
        return self._made[key]


class Finisher:
    """Turns drafts into issues as of `now`. Comments come from `talk`, sprints from `planning`, else from `random`."""

    def __init__(
        self,
        calendar: Calendar,
        now: int,
        sprints: dict[str, list[Sprint]],
        releases: dict[str, list[Release]],
        random: Random,
        plans: tuple[Plan, ...],
        talk: Random,
        planning: Random,
    ) -> None:
        self.calendar = calendar
        self.now = now
        self.releases = releases
        self.random = random
        self.talk = talk
        self.sprints = SprintHistory(now, sprints, random, planning)
        self.options = Options()
        self.projects = {plan.key: project_reference(plan, n) for n, plan in enumerate(plans, 10_000)}
        self.components = {
            plan.key: [{"id": str(10_000 + row * 100 + n), "name": name} for n, name in enumerate(plan.components)]
            for row, plan in enumerate(plans)
        }
        self.history_id = 100_000
        self.link_id = 10_000
        self.minis: dict[int, dict[str, Any]] = {}
        self.fields: dict[int, dict[str, Any]] = {}

    def issues(self, drafts: list[Draft]) -> list[Issue]:
        """All issues, in the order of the drafts, with their links."""
        made = []
        for draft in drafts:
            events: list[Event] = []
            fields = self._fields(draft, events)
            issue = Issue(draft.id, draft.key, fields)
            self._record(issue, events, fields["reporter"])
            discuss(issue, draft.created, max((at for at, _ in events), default=draft.created), self.talk)
            self.fields[draft.id] = fields
            made.append(issue)
        for draft, issue in zip(drafts, made, strict=True):
            self._relations(draft, issue)
        return made

    # --- one issue -------------------------------------------------------------------------------------------------

    def _fields(self, draft: Draft, events: list[Event]) -> dict[str, Any]:
        random, plan = self.random, draft.plan
        path = [step for step in draft.path if step[0] <= self.now]
        created = self.calendar.text(draft.created)
        fields: dict[str, Any] = {
            "summary": self._summary(draft),
            "issuetype": TYPES[draft.kind],
            "project": self.projects[plan.key],
            "status": STATUSES[path[-1][1]],
            "priority": PRIORITIES[_priority(draft.kind, random)],
            "created": created,
            "reporter": random.choice(PEOPLE),
            "labels": list(draft.labels),
            "components": [random.choice(self.components[plan.key])] if random.random() < 0.85 else [],
            "fixVersions": [],
        }
        fields["creator"] = fields["reporter"]
        self._assignee(draft, fields, events)
        self._statuses(path, draft, fields, events)
        self._flags(draft, fields, events)
        if draft.kind == "Deployment" and draft.live is not None:
            self._deployment(draft, draft.live, fields)
        elif draft.kind == "Incident":
            self._incident(draft, fields)
        else:
            self._change(draft, path, fields, events)
        if random.random() < 0.04:
            fields[ID["Deployment Date (old)"]] = self.calendar.day(draft.created)
        return fields

    def _summary(self, draft: Draft) -> str:
        random, plan = self.random, draft.plan
        if draft.kind == "Deployment":
            return f"Release {random.choice(plan.components)} to {draft.notes['environment'].lower()}"
        if draft.kind == "Incident":
            return (
                f"{random.choice(plan.components)} {random.choice(('down', 'slow', 'returns errors', 'unreachable'))}"
            )
        if draft.kind == "Epic":
            return plan.themes[draft.id % len(plan.themes)].capitalize()
        return (
            f"{random.choice(VERBS[draft.kind])} {random.choice(plan.themes)}: {random.choice(plan.components).lower()}"
        )

    def _assignee(self, draft: Draft, fields: dict[str, Any], events: list[Event]) -> None:
        begin = draft.started if draft.started is not None else draft.path[-1][0]
        if begin > self.now or self.random.random() < 0.03:
            fields["assignee"] = None
            return
        team = hash_of(draft.plan.key) % 4
        person = PEOPLE[(team * 6 + self.random.randrange(6)) % len(PEOPLE)]
        fields["assignee"] = person
        item = changed_field("assignee", (None, None), (person["accountId"], person["displayName"]))
        events.append((max(draft.created + 1, begin - self.random.randrange(30)), [item]))

    def _statuses(self, path: list[tuple[int, str]], draft: Draft, fields: dict[str, Any], events: list[Event]) -> None:
        resolved: str | None = None
        before = path[0][1]
        for instant, name in path[1:]:
            old, new = STATUSES[before], STATUSES[name]
            items = [changed_field("status", (old["id"], before), (new["id"], name))]
            done = new["statusCategory"]["key"] == DONE
            if done and resolved is None:
                resolution = RESOLUTIONS[draft.resolution]
                items.append(changed_field("resolution", (None, None), (resolution["id"], resolution["name"])))
                resolved = self.calendar.text(instant)
            elif not done and resolved is not None:
                resolution = RESOLUTIONS[draft.resolution]
                items.append(changed_field("resolution", (resolution["id"], resolution["name"]), (None, None)))
                resolved = None
            events.append((instant, items))
            before = name
        fields["resolution"] = RESOLUTIONS[draft.resolution] if resolved else None
        fields["resolutiondate"] = resolved
        if len(path) > 1 and self.random.random() < 0.9:
            fields[ID["In status since"]] = self.calendar.text(path[-1][0])
        fields["statuscategorychangedate"] = self.calendar.text(path[-1][0])

    def _flags(self, draft: Draft, fields: dict[str, Any], events: list[Event]) -> None:
        field = ID["Flagged"]
        option = self.options("Flagged", "Impediment")
        for begin, end in draft.flags:
            if begin <= self.now:
                events.append(
                    (begin, [changed_field("Flagged", (None, None), (f"[{option['id']}]", "Impediment"), custom=field)])
                )
            if end <= self.now:
                events.append(
                    (end, [changed_field("Flagged", (f"[{option['id']}]", "Impediment"), (None, ""), custom=field)])
                )
            elif begin <= self.now:
                fields[field] = [option]
        stuck = self.random.random() < 0.2  # some of what is in progress now waits for somebody
        last = events[-1][0] if events else draft.created
        if (
            stuck
            and not draft.flags
            and fields["status"]["statusCategory"]["key"] == PROGRESS
            and last + HOUR < self.now
        ):
            fields[field] = [option]
            at = last + HOUR // 2
            events.append(
                (at, [changed_field("Flagged", (None, None), (f"[{option['id']}]", "Impediment"), custom=field)])
            )

    def _deployment(self, draft: Draft, live: int, fields: dict[str, Any]) -> None:
        random, notes = self.random, draft.notes
        fields[ID["Deployment Date"]] = self.calendar.text(live)
        if random.random() < 0.98:
            fields[ID["Target Environment"]] = self.options("Target Environment", notes["environment"])
        if random.random() < 0.4:
            fields[ID["Release planned for"]] = self.calendar.day(live)
        failed = notes.get("failed")
        if failed and (random.random() < 0.6 or not notes.get("incident")):
            fields[ID["Deployment successful?"]] = self.options("Deployment successful?", "No")
        elif not failed and random.random() < 0.92:
            fields[ID["Deployment successful?"]] = self.options("Deployment successful?", "Yes")
        impact = random.choice(("Minor", "Minor", "Major", "Critical")) if failed else "None"
        if random.random() < (0.8 if failed else 0.6):
            fields[ID["Production impact"]] = self.options("Production impact", impact)

    def _incident(self, draft: Draft, fields: dict[str, Any]) -> None:
        begin, restored = draft.notes["outage"]
        fields[ID["Outage start"]] = self.calendar.text(begin)
        if restored <= self.now and self.random.random() < 0.95:
            fields[ID["Service restored"]] = self.calendar.text(restored)
        if fields["resolutiondate"] and self.random.random() < 0.7:
            fields[ID["Root cause"]] = "A change in configuration that no test covered."
        fields[ID["Flow item type"]] = self.options("Flow item type", "Defect")

    # --- stories, bugs, tasks, epics, sub-tasks --------------------------------------------------------------------

    def _change(self, draft: Draft, path: list[tuple[int, str]], fields: dict[str, Any], events: list[Event]) -> None:
        random = self.random
        done = _done(path)
        flow = FLOW_ITEMS.get(draft.kind)
        if flow and random.random() < 0.9:
            fields[ID["Flow item type"]] = self.options("Flow item type", flow)
        if random.random() < 0.35:
            fields["labels"].append(random.choice(LABELS))
        if random.random() < 0.12:
            fields["duedate"] = (
                self.calendar.day(draft.created + random.randrange(10, 40) * DAY)
                if draft.created + 45 * DAY < self.now
                else None
            )
        self._estimate(draft, fields, events)
        self._delivery(draft, path, done, fields)
        self.sprints.fill(draft, done, fields, events)
        self._version(draft, done, fields, events)
        if draft.kind in ("Story", "Improvement", "Bug") and draft.plan.deploys and random.random() < 0.4:
            self._job(fields, done, random, random.choice(JOBS))
        elif draft.plan.key in FAVOURED and draft.kind not in ("Epic", "Sub-task"):
            own = Random(f"job {draft.id}")  # of its own, so that the rest of the site does not depend on it
            if own.random() < 0.6:
                self._job(fields, done, own, JOBS[own.choice(FAVOURED[draft.plan.key])])
        if random.random() < 0.2:
            teams = ("Blue", "Green", "Orange")
            fields[ID["Teams involved"]] = [self.options("Teams involved", random.choice(teams))]

    def _estimate(self, draft: Draft, fields: dict[str, Any], events: list[Event]) -> None:
        random = self.random
        if draft.kind in ("Sub-task", "Epic") or draft.plan.board == "kanban" or random.random() > 0.85:
            return
        points = random.choices(POINTS, (2, 4, 5, 4, 2, 0.5))[0]
        at = min(
            draft.created + random.randrange(600, 2 * DAY), draft.path[1][0] - 30 if len(draft.path) > 1 else self.now
        )
        if not draft.created < at <= self.now:
            return
        fields[ID["Story Points"]] = points
        events.append(
            (at, [changed_field("Story Points", (None, None), (None, f"{points:g}"), custom=ID["Story Points"])])
        )
        if random.random() < 0.08:
            fields[ID["Original story points"]] = random.choice(POINTS)

    def _delivery(self, draft: Draft, path: list[tuple[int, str]], done: int | None, fields: dict[str, Any]) -> None:
        """Dates and hours that people or their tools filled in, not always."""
        random, text = self.random, self.calendar.text
        if draft.commit is not None and draft.commit <= self.now and random.random() < 0.93:
            fields[ID["Commit date"]] = text(draft.commit)
            if random.random() < 0.5:
                fields[ID["Commit hash"]] = f"{random.getrandbits(40):010x}"
        if draft.live is not None and draft.live <= self.now and random.random() < 0.9:
            fields[ID["Live in production since"]] = text(draft.live)
        elif draft.live is not None and draft.live <= self.now:
            other = draft.notes["shipped by"]
            draft.links.append(("Deployment", True, other))
            other.links.append(("Deployment", False, draft))
        if draft.started is None or draft.started > self.now:
            return
        if random.random() < 0.6:
            fields[ID["Work started"]] = text(draft.started)
        if done is None:
            return
        if random.random() < 0.5:
            fields[ID["Work completed"]] = text(done)
        if random.random() < 0.5:
            fields[ID["Cycle time (days)"]] = round((done - draft.started) / DAY, 1)
        if random.random() < 0.7:
            ends = [*(instant for instant, _ in path[1:]), self.now]
            worked = sum(end - at for (at, name), end in zip(path, ends, strict=True) if name in WORKING)
            fields[ID["Active hours"]] = round(max(0.2, worked / HOUR * random.uniform(0.2, 0.4)), 1)

    def _version(self, draft: Draft, done: int | None, fields: dict[str, Any], events: list[Event]) -> None:
        releases = self.releases[draft.plan.key]
        if not releases or draft.commit is None or draft.commit > self.now or draft.kind in ("Epic", "Sub-task"):
            return
        if self.random.random() > 0.75:
            return
        # Work that went live has the exact instant in its own field; a version would only add a plain date.
        if done is not None and ID["Live in production since"] not in fields:
            return
        position = bisect_left([release.at for release in releases], done or self.now)
        if position == len(releases):
            return
        row = releases[position].row
        fields["fixVersions"] = [row]
        at = max(draft.created + 1, draft.commit - self.random.randrange(HOUR))
        item = changed_field("Fix Version", (None, None), (row["id"], row["name"]))
        events.append((at, [item | {"fieldId": "fixVersions"}]))
        if draft.kind == "Bug" and position > 1:
            fields["versions"] = [releases[position - 2].row]

    def _job(self, fields: dict[str, Any], done: int | None, random: Random, served: tuple[str, str, str, str]) -> None:
        job, label, persona, pain = served
        fields["labels"].append(label)
        fields[ID["JTBD job"]] = job
        fields[ID["Persona"]] = self.options("Persona", persona)
        if random.random() < 0.7:
            fields[ID["Painpoint"]] = pain
            fields[ID["Painpoint severity"]] = float(random.randint(1, 10))
        if done is not None and random.random() < 0.8:
            fields[ID["Satisfaction score"]] = float(min(10, max(1, round(random.gauss(7, 1.8)))))

    # --- histories and links ---------------------------------------------------------------------------------------

    def _record(self, issue: Issue, events: list[Event], reporter: dict[str, Any]) -> None:
        fields, text = issue.fields, self.calendar.text
        author = fields["assignee"] or reporter
        author = {name: author[name] for name in ("accountId", "displayName", "active", "timeZone")}
        events.sort(key=lambda event: event[0])
        last = fields["created"]
        for instant, items in events:
            self.history_id += 1
            last = text(instant)
            issue.add_history({"id": str(self.history_id), "author": author, "created": last, "items": items})
        fields["updated"] = last

    def _mini(self, draft: Draft) -> dict[str, Any]:
        """The short form in which links and parents show an issue."""
        if draft.id not in self.minis:
            fields = self.fields[draft.id]
            names = ("summary", "status", "priority", "issuetype")
            short = {name: fields[name] for name in names}
            self.minis[draft.id] = {"id": str(draft.id), "key": draft.key, "fields": short}
        return self.minis[draft.id]

    def _relations(self, draft: Draft, issue: Issue) -> None:
        parent = draft.parent or draft.epic
        if parent is not None and parent.created <= draft.created:
            issue.fields["parent"] = self._mini(parent)
        if draft.parent is not None:
            self.fields[draft.parent.id].setdefault("subtasks", []).append(self._mini(draft))
        for kind, inward, other in draft.links:
            if draft.id > other.id:
                continue
            self.link_id += 1
            self._link(draft, other, kind, inward)

    def _link(self, draft: Draft, other: Draft, kind: str, inward: bool) -> None:
        """The same link as both issues show it."""
        for mine, theirs, name in ((draft, other, inward), (other, draft, not inward)):
            row = {
                "id": str(self.link_id),
                "type": LINKS[kind],
                ("inwardIssue" if name else "outwardIssue"): self._mini(theirs),
            }
            self.fields[mine.id].setdefault("issuelinks", []).append(row)


def _done(path: list[tuple[int, str]]) -> int | None:
    """When it last became done, if it still is; Resolved → Closed is not a new completion."""
    found = None
    for instant, name in path:
        if STATUSES[name]["statusCategory"]["key"] != DONE:
            found = None
        elif found is None:
            found = instant
    return found


def _priority(kind: str, random: Random) -> str:
    weights = (5, 4, 2, 0.3, 0.1) if kind == "Incident" else (0.5, 2, 6, 2, 0.5)
    return random.choices(tuple(PRIORITIES), weights)[0]


def hash_of(text: str) -> int:
    """A number from a word, the same in every run."""
    return sum(ord(letter) * place for place, letter in enumerate(text, 1))
