"""The sprints, boards, versions and project pages of the made-up company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sample.calendar_of_work import DAY, HOUR, Calendar
from sample.company import PEOPLE, TYPES, Plan

SPRINT_DAYS = 14
VERSION_DAYS = 21


@dataclass(frozen=True)
class Sprint:
    """A sprint: its instants in seconds, and the object that Jira shows."""

    start: int
    end: int
    row: dict[str, Any]


@dataclass(frozen=True)
class Release:
    """A version: the instant of its release day, and the object that Jira shows."""

    at: int
    row: dict[str, Any]


def _iso(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def make_sprints(
    plans: tuple[Plan, ...], calendar: Calendar, first: int, last: int, now: int
) -> dict[str, list[Sprint]]:
    """Two-week sprints of each project with a sprint board: closed ones, the active one and the next."""
    made: dict[str, list[Sprint]] = {}
    number = 1
    for position, plan in enumerate(plans, 1):
        if plan.board == "kanban":
            continue
        start = calendar.at_work(first - first % DAY + (position + 7) * HOUR)
        rows: list[Sprint] = []
        while start < last + SPRINT_DAYS * DAY and not (rows and rows[-1].row["state"] == "future"):
            end = start + SPRINT_DAYS * DAY
            row: dict[str, Any] = {"id": number, "name": f"{plan.key} Sprint {len(rows) + 1}"}
            row["state"] = "closed" if end <= now else "active" if start <= now else "future"
            row |= {"boardId": position, "goal": f"{plan.themes[len(rows) % len(plan.themes)].capitalize()}"}
            if row["state"] != "future":
                row |= {"startDate": _iso(start), "endDate": _iso(end - 16 * HOUR)}
            if row["state"] == "closed":
                row["completeDate"] = _iso(end - 1200)
            rows.append(Sprint(start, end - 1200, row))
            start, number = end, number + 1
        made[plan.key] = rows
    return made


def boards(plans: tuple[Plan, ...]) -> list[dict[str, Any]]:
    """One board for each project."""
    return [
        {
            "id": n,
            "name": f"{plan.name} board",
            "type": plan.board,
            "project": plan.key,
            "estimate": plan.board != "kanban",
        }
        for n, plan in enumerate(plans, 1)
    ]


def make_releases(
    plans: tuple[Plan, ...], calendar: Calendar, first: int, last: int, until: date
) -> dict[str, list[Release]]:
    """A version every three weeks for the projects that deploy; later ones are not released yet, one was dropped."""
    made: dict[str, list[Release]] = {}
    number = 10_000
    for position, plan in enumerate(plans):
        rows: list[Release] = []
        at = first + position * 4 * DAY if plan.deploys else last + 10 * DAY
        while at < last + 2 * VERSION_DAYS * DAY and plan.deploys:
            at = calendar.at_work(at)
            day = calendar.day(at)
            released = day <= until.isoformat()
            row: dict[str, Any] = {"id": str(number), "name": f"{plan.key.lower()}-{plan.version}.{len(rows)}.0"}
            row |= {"description": plan.themes[len(rows) % len(plan.themes)].capitalize()}
            row |= {"archived": len(rows) < 2, "released": released, "releaseDate": day}
            rows.append(Release(at, row))
            number += 1
            at += VERSION_DAYS * DAY
        made[plan.key] = rows
    return made


def project_rows(plans: tuple[Plan, ...], releases: dict[str, list[Release]]) -> list[dict[str, Any]]:
    """The projects with their components, issue types and versions, as `/project/{key}` shows them."""
    rows = []
    for number, plan in enumerate(plans, 10_000):
        shared = {name for name, _ in plan.types} | {"Epic", "Sub-task"}
        shared |= {"Deployment", "Incident"} if plan.deploys else set()
        versions = [release.row for release in releases[plan.key]]
        if plan.deploys:
            dropped = {"id": str(19_000 + number - 10_000), "name": f"{plan.key.lower()}-next", "archived": False}
            versions = [*versions, dropped | {"released": False, "description": "Ideas without a date"}]
        rows.append(
            {
                **project_reference(plan, number),
                "description": f"{plan.name} of a made-up company.",
                "lead": PEOPLE[number % len(PEOPLE)],
                "components": [
                    {"id": str(10_000 + (number - 10_000) * 100 + n), "name": name}
                    for n, name in enumerate(plan.components)
                ],
                "issueTypes": [TYPES[name] for name in TYPES if name in shared],
                "versions": versions,
            }
        )
    return rows


def project_reference(plan: Plan, number: int) -> dict[str, Any]:
    """The project as it appears inside an issue."""
    style = (
        {"simplified": True, "style": "next-gen"}
        if plan.board == "simple"
        else {"simplified": False, "style": "classic"}
    )
    return {"id": str(number), "key": plan.key, "name": plan.name, "projectTypeKey": "software", **style}
