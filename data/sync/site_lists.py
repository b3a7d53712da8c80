"""What belongs to a site and its projects besides issues: fields, statuses, types, versions, boards and sprints."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select

from data.jira import reading
from data.jira.answers import Board, IssueType, JiraField, Sprint, Status, Version
from data.jira.client import Jira
from data.jira.errors import Forbidden, JiraError, NotFound
from data.store import schema
from data.store.writer import Writer
from data.sync import parse
from data.sync.stage import Tally

MOST_BOARDS = 200
_CLOSED = frozenset({400, 401, 403, 404, 405, 410})  # no Jira Software, or a token without its scope
Say = Callable[[str, int, int, str], None]


@dataclass
class Lists:
    """The lists as read; `unread`: projects whose versions could not be read, so that the old ones stay."""

    fields: list[JiraField]
    statuses: list[Status]
    types: list[IssueType]
    versions: dict[str, list[Version]] = field(default_factory=dict)
    boards: dict[int, Board] = field(default_factory=dict)
    sprints: dict[int, Sprint] = field(default_factory=dict)
    whole: bool = False  # all boards and sprints could be read


def read_lists(jira: Jira, cancelled: Callable[[], bool]) -> Lists:
    """Fields, statuses and types, side by side."""
    asked = {"fields": jira.fields, "statuses": jira.statuses, "types": jira.issue_types}
    with reading.Crew(cancelled) as crew:
        for name, ask in asked.items():
            crew.start(name, ask)
        return Lists(**{name: done.result() for name, done in crew.results()})


def read_of_projects(
    lists: Lists,
    jira: Jira,
    projects: Collection[str],
    tally: Tally,
    say: Say,
    cancelled: Callable[[], bool],
    *,
    sprints: bool,
) -> None:
    """Versions, boards and sprints of these projects. Boards and sprints that cannot be read are a warning."""
    lists.whole = sprints
    with reading.Crew(cancelled) as crew:
        for key in sorted(projects):
            crew.start(("versions", key), _versions_of, jira, key)
            if sprints:
                crew.start(("boards", key), _or_none, jira.boards, key)
        count, cut = 0, set()
        for (what, key), done in crew.results():
            found = done.result()
            if what == "versions":
                count += 1
                say("versions", count, len(projects), f"Reading versions: {count} of {len(projects)} projects")
                if found is None:
                    tally.warn(f"The versions of project {key} could not be read.")
                else:
                    lists.versions[key] = found
            elif found is None:
                lists.whole = False
                which = f"The boards of project {key}" if what == "boards" else f"The sprints of board {key}"
                tally.warn(f"{which} could not be read: this account, its token or this site has no access to them.")
            elif what == "boards":
                for each in found:
                    if each.id in lists.boards or each.id in cut:
                        continue
                    if len(lists.boards) >= MOST_BOARDS:
                        cut.add(each.id)
                        continue
                    lists.boards[each.id] = each
                    if each.kind != "kanban":
                        crew.start(("sprints", each.id), _or_none, jira.sprints, each.id)
            else:
                for each in found:
                    lists.sprints.setdefault(each.id, each)
    if cut:
        lists.whole = False
        tally.warn(f"There are {len(lists.boards) + len(cut)} boards; the first {MOST_BOARDS} were read.")


def _or_none(ask: Callable[[Any], Any], what: Any) -> Any:
    try:
        return ask(what)
    except JiraError as error:
        if error.status not in _CLOSED:
            raise
        return None


def _versions_of(jira: Jira, key: str) -> list[Version] | None:
    try:
        return jira.versions(key)
    except (NotFound, Forbidden):
        return None


def write(lists: Lists, writer: Writer, seen: parse.Seen, *, sprints: bool) -> None:
    """Puts the lists in the place of those held; after the issues."""
    writer.clear(schema.field)
    writer.add(schema.field, [(each.id, each.name, each.custom, json.dumps(each.schema)) for each in lists.fields])
    # Statuses and types of team-managed projects may be missing in the lists: issues show them.
    found = seen.statuses | {each.id: each for each in lists.statuses}
    writer.add(schema.status, [(each.id, each.name, each.category) for each in found.values()])
    kinds = seen.types | {each.id: each for each in lists.types}
    writer.add(schema.issue_type, [(each.id, each.name, each.subtask, each.hierarchy) for each in kinds.values()])
    used = set(writer.projects())
    writer.add(schema.project, [(each.key, each.id, each.name) for each in seen.projects.values() if each.key in used])
    _keep_only(writer, schema.project, schema.project.c.project_key, used)
    writer.clear_versions(but_of=sorted(used - lists.versions.keys()))
    rows = [(each.id, key, each.name, each.released, each.archived, each.release_date, each.start_date)
            for key in used & lists.versions.keys() for each in lists.versions[key]]  # fmt: skip
    writer.add(schema.version, rows)
    if sprints:
        _write_sprints(lists, writer, seen)


def _write_sprints(lists: Lists, writer: Writer, seen: parse.Seen) -> None:
    writer.add(schema.board, [(each.id, each.name, each.kind, each.project) for each in lists.boards.values()])
    found = seen.sprints | lists.sprints
    writer.add(
        schema.sprint,
        [(each.id, each.board, each.name, each.state, each.started, each.ends, each.completed) for each in found.values()],
    )  # fmt: skip
    if not lists.whole:
        return
    _keep_only(writer, schema.board, schema.board.c.board_id, lists.boards.keys())
    table = schema.sprint_issue
    used = writer.connection.scalars(select(table.c.sprint_id).where(table.c.scope == writer.scope).distinct())
    _keep_only(writer, schema.sprint, schema.sprint.c.sprint_id, {*used, *lists.sprints})


def _keep_only(writer: Writer, table: Any, column: Any, kept: Collection[Any]) -> None:
    held = set(writer.connection.scalars(select(column).where(table.c.scope == writer.scope)))
    for each in held - set(kept):
        writer.connection.execute(delete(table).where(table.c.scope == writer.scope, column == each))
