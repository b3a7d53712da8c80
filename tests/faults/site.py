"""A Jira site for tests, in memory: what it holds is the truth that a sync must arrive at. Shares no code with data."""

from __future__ import annotations

import copy
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
LAG = 10 * MINUTE
DAY = 86_400 * SECOND
START = round(datetime(2026, 3, 2, 10, tzinfo=UTC).timestamp()) * SECOND

POINTS, SPRINT, FLAGGED = "customfield_10016", "customfield_10020", "customfield_10021"
DEPLOYED, SEVERITY, NOTE, SIZE = "customfield_10030", "customfield_10031", "customfield_10032", "customfield_10033"
_GH = "com.pyxis.greenhopper.jira:gh-sprint"
_FIELDS = (
    ("summary", "Summary", {"type": "string", "system": "summary"}),
    ("status", "Status", {"type": "status", "system": "status"}),
    ("created", "Created", {"type": "datetime", "system": "created"}),
    ("updated", "Updated", {"type": "datetime", "system": "updated"}),
    ("labels", "Labels", {"type": "array", "items": "string", "system": "labels"}),
    ("fixVersions", "Fix versions", {"type": "array", "items": "version", "system": "fixVersions"}),
    (POINTS, "Story Points", {"type": "number", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:float"}),
    (SPRINT, "Sprint", {"type": "array", "items": "json", "custom": _GH}),
    (FLAGGED, "Flagged", {"type": "array", "items": "option", "custom": "x:multicheckboxes"}),
    (DEPLOYED, "Deployed at", {"type": "datetime", "custom": "x:datetime"}),
    (SEVERITY, "Severity", {"type": "option", "custom": "x:select"}),
    (NOTE, "Note", {"type": "string", "custom": "x:textfield"}),
    (SIZE, "Size", {"type": "number", "custom": "x:float"}),
)
_NAMES = {each[0]: each[1] for each in _FIELDS} | {
    "assignee": "assignee",
    "resolution": "resolution",
    "fixVersions": "Fix Version",
    "labels": "labels",
    "issuetype": "issuetype",
}


@dataclass
class Entry:
    """One entry of a history: at one instant, one or more changed fields."""

    id: int
    at: int  # microseconds since 1970 UTC, whole milliseconds
    items: list[dict[str, Any]]
    author: str | None = "ann"


@dataclass
class Ticket:
    """One issue."""

    id: int
    key: str
    project: str
    type: int
    status: int
    summary: str
    created: int
    updated: int
    resolution: str | None = None
    priority: str | None = "Medium"
    assignee: str | None = None
    resolved: int | None = None
    due: str | None = None
    parent: int | None = None
    labels: list[str] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)
    links: list[tuple[int, int, bool]] = field(default_factory=list)  # link id, other's id, inward
    histories: list[Entry] = field(default_factory=list)
    comments: list[tuple[int, int, str | None]] = field(default_factory=list)  # id, instant, author
    hidden: bool = False


def change(
    name: str, field_id: str | None, old: tuple[Any, Any] = (None, None), new: tuple[Any, Any] = (None, None)
) -> dict[str, Any]:
    """One item of a history entry; `old` and `new`: (id, text). Without `field_id` the item has none, as often in
    Jira.
    """
    item = {"field": name, "fieldtype": "custom" if (field_id or "").startswith("custom") else "jira"}
    if field_id:
        item["fieldId"] = field_id
    return item | {"from": old[0], "fromString": old[1], "to": new[0], "toString": new[1]}


class Site:
    """All that the site knows; change it under `lock` (the methods do) while a server answers from it."""

    def __init__(self, issues: int = 40, *, seed: int = 1, zone: str = "Europe/Berlin") -> None:
        self.lock = threading.RLock()
        self.dice = random.Random(seed)  # noqa: S311 - reproducible
        self.talk = random.Random(f"talk {seed}")  # noqa: S311 - reproducible
        self.zone, self.now, self.step = zone, START, SECOND
        self.projects = {"ALPHA": 101, "BETA": 102, "GAMMA": 103}
        self.statuses = {
            1: ("To Do", "new"),
            2: ("In Progress", "indeterminate"),
            3: ("Review", "indeterminate"),
            4: ("Done", "done"),
        }
        self.types = {11: ("Story", False, 0), 12: ("Bug", False, 0), 13: ("Sub-task", True, -1)}
        self.people = {"ann": "Ann", "bo": "Bo", "cy": "Cy"}
        self.versions = {900 + n: [self._project_of(n), f"v{n}", n % 2 == 0, f"2026-01-{n + 10}"] for n in range(6)}
        self.sprints = {500 + n: (f"Sprint {n}, [odd]", ("closed", "closed", "active", "future")[n]) for n in range(4)}
        self.fields = [
            {"id": i, "key": i, "name": n, "custom": i.startswith("custom"), "schema": s} for i, n, s in _FIELDS
        ]
        self.tickets: dict[int, Ticket] = {}
        self._old: dict[int, Ticket | None] = {}  # what the search index still shows
        self._late, self._late_since = False, START
        self._numbers = dict.fromkeys(self.projects, 0)
        self._entry, self._link, self._next, self._comment = 70_000, 8_000, 10_000, 300_000
        for _ in range(issues):
            self._history_of(self.add(created=START - self.dice.randrange(1, 300 * 86_400) * SECOND))
        self.settle()

    @staticmethod
    def _project_of(number: int) -> str:
        return ("ALPHA", "BETA", "GAMMA")[number % 3]

    # ---- time and the index

    def clock(self) -> datetime:
        """Its time now, for `sync(now=…)`."""
        return datetime.fromtimestamp(self.now // SECOND, UTC)

    def pass_time(self, **duration: float) -> None:
        """`pass_time(hours=1)`. The index never lags for more than ten minutes."""
        self.now += round(timedelta(**duration).total_seconds()) * SECOND
        if self.now - self._late_since > LAG:
            self.settle()

    @contextmanager
    def late(self) -> Iterator[None]:
        """What changes inside reaches the search index only at `settle()`."""
        self._late = True
        if not self._old:
            self._late_since = self.now
        try:
            yield
        finally:
            self._late = False

    def settle(self) -> None:
        """The search index catches up."""
        with self.lock:
            self._old.clear()

    def indexed(self) -> list[Ticket]:
        """What a search may find: visible tickets as the index has them."""
        numbers = self.tickets.keys() | self._old.keys()
        found = [self._old.get(number, self.tickets.get(number)) for number in numbers]
        return [each for each in found if each is not None and not each.hidden]

    def visible(self, name: str | int) -> Ticket | None:
        """A ticket by id or key, unless it is hidden or gone."""
        text = str(name)
        found = self.tickets.get(int(text)) if text.isdigit() else None
        if found is None:
            found = next((each for each in self.tickets.values() if each.key == text), None)
        return found if found and not found.hidden else None

    # ---- changes

    def _touch(self, number: int) -> None:
        """Before a change: the clock goes on, and the index keeps what it had, if it is late."""
        self.now += self.step
        if not self._late:
            self._old.pop(number, None)
        elif number not in self._old:
            self._old[number] = copy.deepcopy(self.tickets.get(number))

    def _note(self, ticket: Ticket, *items: dict[str, Any], at: int | None = None) -> None:
        self._entry += 1
        ticket.histories.append(
            Entry(self._entry, self.now if at is None else at, list(items), self.dice.choice(["ann", "bo", None]))
        )
        ticket.updated = max(ticket.updated, self.now if at is None else at)

    def add(self, project: str = "", *, created: int | None = None) -> int:
        """A new issue; its id."""
        with self.lock:
            self._next += self.dice.randrange(1, 4)
            number = self._next
            self._touch(number)
            name = project or self.dice.choice(["ALPHA", "BETA"])
            self._numbers[name] += 1
            at = self.now if created is None else created
            ticket = Ticket(
                number,
                f"{name}-{self._numbers[name]}",
                name,
                self.dice.choice([11, 12]),
                1,
                f"Issue {number} – “ä”",
                at,
                at,
            )
            ticket.labels = self.dice.sample(["x", "y", "z"], self.dice.randrange(3))
            ticket.components = self.dice.sample(["API", "Web"], self.dice.randrange(2))
            ticket.custom = {
                POINTS: self.dice.choice([None, 1.0, 3.0, 5.0]),
                SPRINT: self.dice.sample(list(self.sprints), self.dice.randrange(3)),
                DEPLOYED: at + DAY if self.dice.random() < 0.5 else None,
                SEVERITY: self.dice.choice([None, "High", "Low"]),
                NOTE: self.dice.choice([None, "", "=1+1", "a\u2028b"]),
                SIZE: self.dice.choice([None, 0.5]),
                FLAGGED: [],
            }
            self.tickets[number] = ticket
            return number

    def _history_of(self, number: int) -> None:
        """Some past, with several entries in one second now and then."""
        ticket, at = self.tickets[number], self.tickets[number].created
        for _ in range(self.dice.randrange(7)):
            at = min(at + self.dice.choice([0, 5, 400_000, 4 * 3_600_000, 90 * 3_600_000]) * 1000, START - MINUTE)
            self._random_change(ticket, at)
        for _ in range(self.talk.choice([0, 0, 1, 2, 3, 7])):
            self.say(number, at=ticket.created + self.talk.randrange(1, 10) * MINUTE)
        if self.dice.random() < 0.3 and len(self.tickets) > 3:
            self.link(number, self.dice.choice([each for each in self.tickets if each != number]), at=at)

    def _random_change(self, ticket: Ticket, at: int) -> None:
        pick = self.dice.randrange(6)
        if pick < 3:
            self.transition(ticket.id, self.dice.choice([s for s in self.statuses if s != ticket.status]), at=at)
        else:
            self.edit(
                ticket.id,
                self.dice.choice(["assignee", POINTS, SIZE, FLAGGED, SPRINT, "labels", "fixVersions", "summary"]),
                at=at,
            )

    def transition(self, number: int, status: int, *, at: int | None = None) -> None:
        """Another status, with the resolution in the same entry."""
        with self.lock:
            self._touch(number)
            ticket = self.tickets[number]
            items = [
                change(
                    "status",
                    "status",
                    (str(ticket.status), self.statuses[ticket.status][0]),
                    (str(status), self.statuses[status][0]),
                )
            ]
            done = self.statuses[status][1] == "done"
            if done != (ticket.resolution is not None):
                new = ("10000", "Fixed") if done else (None, None)
                items.insert(
                    self.dice.randrange(2),
                    change("resolution", "resolution", ("10000", "Fixed") if not done else (None, None), new),
                )
            ticket.status, ticket.resolution = status, "Fixed" if done else None
            ticket.resolved = (self.now if at is None else at) if done else None
            self._note(ticket, *items, at=at)

    def edit(self, number: int, name: str, *, at: int | None = None) -> None:
        """A new value of a field: summary, assignee, labels, fixVersions or a custom field."""
        with self.lock:
            self._touch(number)
            ticket = self.tickets[number]
            old = self._shown(ticket, name)
            self._set(ticket, name)
            # A field's id is often missing in histories; then only its name tells.
            named = self.dice.random() < 0.25 and name not in (SIZE, SPRINT)
            self._note(ticket, change(_NAMES[name], None if named else name, old, self._shown(ticket, name)), at=at)

    def _set(self, ticket: Ticket, name: str) -> None:
        dice = self.dice
        if name == "summary":
            ticket.summary = f"Issue {ticket.id} again {dice.randrange(1000)}"
        elif name == "assignee":
            ticket.assignee = dice.choice([None, *self.people])
        elif name == "labels":
            ticket.labels = dice.sample(["x", "y", "z"], dice.randrange(4))
        elif name == "fixVersions":
            ours = [number for number, row in self.versions.items() if row[0] == ticket.project]
            ticket.versions = dice.sample(ours, dice.randrange(len(ours) + 1))
        elif name in (POINTS, SIZE):
            ticket.custom[name] = dice.choice([None, 0.0, 2.0, 8.0, 13.5])
        elif name == FLAGGED:
            ticket.custom[name] = [] if ticket.custom[name] else ["Impediment"]
        elif name == SPRINT:
            ticket.custom[name] = dice.sample(list(self.sprints), dice.randrange(3))
        elif name == SEVERITY:
            ticket.custom[name] = dice.choice([None, "High", "Low"])
        elif name == NOTE:
            ticket.custom[name] = dice.choice([None, "new", "-", "a\nb"])
        else:
            ticket.custom[name] = self.now

    def _shown(self, ticket: Ticket, name: str) -> tuple[Any, Any]:
        if name == "assignee":
            return ticket.assignee, self.people.get(ticket.assignee or "")
        if name == "summary":
            return None, ticket.summary
        if name == "labels":
            return None, " ".join(ticket.labels)
        if name == "fixVersions":
            last = ticket.versions[-1:]
            return (str(last[0]), self.versions[last[0]][1]) if last else (None, None)
        value = ticket.custom[name]
        if name == SPRINT:
            return ", ".join(map(str, value)), ", ".join(self.sprints[each][0] for each in value)
        if name == FLAGGED:
            return ("[1]", "Impediment") if value else ("", "")
        return None, None if value is None else str(value)

    def say(self, number: int, *, at: int | None = None) -> None:
        """A comment: no entry in the history, but a new `updated`."""
        with self.lock:
            self._touch(number)
            self._comment += 1
            ticket, when = self.tickets[number], self.now if at is None else at
            ticket.comments.append((self._comment, when, self.talk.choice([None, *self.people])))
            ticket.updated = max(ticket.updated, when)

    def unsay(self, number: int) -> None:
        """One of its comments is deleted, if there are any."""
        with self.lock:
            self._touch(number)
            ticket = self.tickets[number]
            if ticket.comments:
                ticket.comments.remove(self.talk.choice(ticket.comments))
                ticket.updated = max(ticket.updated, self.now)

    def link(self, one: int, other: int, *, at: int | None = None) -> None:
        """`one` blocks `other`."""
        with self.lock:
            self._link += 1
            for number, partner, inward in ((one, other, False), (other, one, True)):
                self._touch(number)
                self.tickets[number].links.append((self._link, partner, inward))
                to = self.tickets[partner].key
                self._note(self.tickets[number], change("Link", None, new=(to, f"This issue blocks {to}")), at=at)

    def move(self, number: int, project: str) -> None:
        """To another project: key, project and versions change, the id stays."""
        with self.lock:
            self._touch(number)
            ticket = self.tickets[number]
            self._numbers[project] += 1
            key = f"{project}-{self._numbers[project]}"
            old, new = (str(self.projects[each]) for each in (ticket.project, project))
            self._note(
                ticket,
                change("project", "project", (old, ticket.project), (new, project)),
                change("Key", None, (None, ticket.key), (None, key)),
            )
            ticket.project, ticket.key, ticket.versions = project, key, []

    def delete(self, number: int) -> None:
        """Gone for ever; issues linked to it lose the link, unnoticed."""
        with self.lock:
            self._touch(number)
            del self.tickets[number]
            for each in self.tickets.values():
                each.links = [row for row in each.links if row[1] != number]

    def hide(self, number: int, hidden: bool = True) -> None:
        """This account may not (or may again) see it; its `updated` stays."""
        with self.lock:
            self._touch(number)
            self.tickets[number].hidden = hidden

    def rename_project(self, old: str, new: str) -> None:
        """All keys of a project change, without any entry in a history and with `updated` as before."""
        with self.lock:
            self.projects[new] = self.projects.pop(old)
            self._numbers[new] = self._numbers.pop(old)
            for row in self.versions.values():
                row[0] = new if row[0] == old else row[0]
            for each in self.tickets.values():
                if each.project == old:
                    self._touch(each.id)
                    each.project, each.key = new, f"{new}-{each.key.rpartition('-')[2]}"

    def rename_status(self, status: int, name: str) -> None:
        """Histories keep the old name."""
        with self.lock:
            self.statuses[status] = (name, self.statuses[status][1])

    # ---- as Jira writes it

    def iso(self, instant: int | None) -> str | None:
        """In the user's zone."""
        if instant is None:
            return None
        moment = datetime.fromtimestamp(instant // SECOND, ZoneInfo(self.zone))
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{instant % SECOND // 1000:03d}{moment:%z}"

    def custom_value(self, ticket: Ticket, name: str, cloud: bool = True) -> Any:
        """A custom field as JSON."""
        value = ticket.custom.get(name)
        if name == SPRINT:
            return [self._sprint(each, cloud) for each in value] if value else None
        if name == FLAGGED:
            return [{"id": "1", "value": "Impediment"}] if value else None
        if name == SEVERITY:
            return {"id": value.lower(), "value": value} if value else None
        return self.iso(value) if name == DEPLOYED else value

    def _sprint(self, number: int, cloud: bool) -> Any:
        name, state = self.sprints[number]
        if cloud:
            return {"id": number, "name": name, "state": state, "boardId": 1}
        fields = f"id={number},rapidViewId=1,state={state.upper()},name={name}"
        return f"com.atlassian.greenhopper.service.sprint.Sprint@1fdd[{fields}]"
