"""What belongs to a site and its projects besides issues: fields, statuses, types, versions, boards and sprints."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import delete, select

from data.jira.answers import Board, IssueType, JiraField, Sprint, Status, Version
from data.jira.client import Jira
from data.jira.crew import Crew
from data.jira.errors import BadAnswer, CaptchaRequired, JiraError, NotAuthorized
from data.store import schema
from data.store.writer import Writer
from data.sync import parse
from data.sync.stage import Tally

MOST_BOARDS = 200
_NAMED = 5  # projects or boards in a warning
_CLOSED = frozenset({400, 401, 403, 404, 405, 410})  # closed to this account or token, or not there at all
Say = Callable[[str, int, int, str], None]
T = TypeVar("T")


@dataclass
class Lists:
    """The lists as read. Of projects that have no entry in `versions` the old ones stay."""

    fields: list[JiraField]
    statuses: list[Status]
    types: list[IssueType]  # empty where they could not be read: issues show the types that they have
    versions: dict[str, list[Version]] = field(default_factory=dict)
    boards: dict[int, Board] = field(default_factory=dict)
    sprints: dict[int, Sprint] = field(default_factory=dict)
    whole: bool = False  # all boards and sprints could be read


def read_lists(jira: Jira, tally: Tally, cancelled: Callable[[], bool]) -> Lists:
    """Fields, statuses and types, side by side. Numbers need the first two; without the list of types there is a
    warning.
    """
    asked: dict[str, Callable[[], object]] = {
        "fields": jira.fields,
        "statuses": jira.statuses,
        "types": partial(_or_error, jira.issue_types),
    }
    with Crew(cancelled) as crew:
        for name, ask in asked.items():
            crew.start(name, ask)
        found = {name: done.result() for name, done in crew.results()}
    if isinstance(error := found["types"], JiraError):
        tally.miss("types", (), error)
        tally.warn(f"The list of issue types could not be read, so only types that issues have are known: {error}")
        found["types"] = []
    return Lists(**found)


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
    """Versions, boards and sprints of these projects. What of them cannot be read is a warning, and noted as
    missing.
    """
    lists.whole = sprints
    refused: dict[str, dict[str, JiraError]] = {}
    with Crew(cancelled) as crew:
        for key in sorted(projects):
            crew.start(("versions", key), _versions_or_error, jira, key)
            if sprints:
                crew.start(("boards", key), _or_error, jira.boards, key)
        count, cut = 0, set()
        for (what, key), done in crew.results():
            found = done.result()
            if what == "versions":
                count += 1
                say("versions", count, len(projects), f"Reading versions: {count} of {len(projects)} projects")
            if isinstance(found, JiraError):
                refused.setdefault(what, {})[str(key)] = found
            elif what == "versions":
                lists.versions[key] = found
            elif what == "boards":
                for each in found:
                    if each.id in lists.boards or each.id in cut:
                        continue
                    if len(lists.boards) >= MOST_BOARDS:
                        cut.add(each.id)
                        continue
                    lists.boards[each.id] = each
                    if each.kind != "kanban":
                        crew.start(("sprints", each.id), _or_error, jira.sprints, each.id)
            else:
                for each in found:
                    lists.sprints.setdefault(each.id, each)
    _tell_refused(refused, tally)
    lists.whole = lists.whole and refused.keys() <= {"versions"}
    if cut:
        lists.whole = False
        tally.warn(f"There are {len(lists.boards) + len(cut)} boards; the first {MOST_BOARDS} were read.")


def _tell_refused(refused: dict[str, dict[str, JiraError]], tally: Tally) -> None:
    """One warning for each kind of list and each reason, however many projects or boards it concerns."""
    owner = {"versions": "project", "boards": "project", "sprints": "board"}
    for what, errors in sorted(refused.items()):
        reasons: dict[str, list[str]] = {}
        for name, error in errors.items():
            reasons.setdefault(error.code, []).append(name)
        for names in reasons.values():
            error = errors[names[0]]
            tally.miss(what, names, error)
            tally.warn(f"The {what} of {_named(owner[what], names)} could not be read: {error}")


def _named(owner: str, names: Collection[str]) -> str:
    """
    >>> _named("project", ["A"]), _named("board", ["1", "2"]), _named("project", "ABCDEFG")
    ('project A', 'boards 1 and 2', '7 projects (A, B, C, D, E, …)')
    """
    if len(names) == 1:
        return f"{owner} {next(iter(names))}"
    if len(names) <= _NAMED:
        *most, last = names
        return f"{owner}s {', '.join(most)} and {last}"
    return f"{len(names)} {owner}s ({', '.join(list(names)[:_NAMED])}, …)"


def _or_error(ask: Callable[..., T], *args: Any) -> T | JiraError:
    """What `ask` gives, or why Jira keeps it from this account, or why its answer cannot be read. Raises JiraError that
    concerns more than this list.
    """
    try:
        return ask(*args)
    except JiraError as error:
        if isinstance(error, CaptchaRequired) or not (error.status in _CLOSED or isinstance(error, BadAnswer)):
            raise
        return error


def _versions_or_error(jira: Jira, key: str) -> list[Version] | JiraError:
    """The same; a refused token ends the sync."""
    found = _or_error(jira.versions, key)
    if isinstance(found, NotAuthorized):
        raise found
    return found


def write(lists: Lists, writer: Writer, seen: parse.Seen, *, sprints: bool) -> None:
    """Puts the lists in the place of those held; after the issues."""
    writer.clear(schema.field)
    writer.add(schema.field, [(each.id, each.name, each.custom, json.dumps(each.schema)) for each in lists.fields])
    # Statuses and types of team-managed projects may be missing in the lists: issues show them.
    found = seen.statuses | {each.id: each for each in lists.statuses}
    writer.add(schema.status, [(each.id, each.name, each.category) for each in found.values()])
    kinds = seen.types | {each.id: each for each in lists.types}
    writer.add(schema.issue_type, [(each.id, each.name, each.subtask, each.hierarchy) for each in kinds.values()])
    writer.add_names((kind, named, name, True) for (kind, named), (name, _) in seen.names.items())
    writer.add_names((kind, named, plain, False) for (kind, named), (_, plain) in seen.names.items() if plain)
    used = set(writer.projects())
    writer.add(schema.project, [(each.key, each.id, each.name) for each in seen.projects.values() if each.key in used])
    _keep_only(writer, schema.project, schema.project.c.project_key, used)
    writer.clear_versions(but_of=sorted(used - lists.versions.keys()))
    rows = [
        (each.id, key, each.name, each.released, each.archived, each.release_date, each.start_date)
        for key in sorted(used & lists.versions.keys())
        for each in lists.versions[key]
    ]
    writer.add(schema.version, rows)
    if sprints:
        _write_sprints(lists, writer, seen)


def _write_sprints(lists: Lists, writer: Writer, seen: parse.Seen) -> None:
    writer.add(schema.board, [(each.id, each.name, each.kind, each.project) for each in lists.boards.values()])
    found = seen.sprints | lists.sprints
    writer.add(
        schema.sprint,
        [
            (each.id, each.board, each.name, each.state, each.started, each.ends, each.completed)
            for each in found.values()
        ],
    )
    if not lists.whole:
        return
    _keep_only(writer, schema.board, schema.board.c.board_id, lists.boards.keys())
    table = schema.sprint_issue
    used = writer.connection.scalars(select(table.c.sprint_id).where(table.c.scope == writer.scope).distinct())
    _keep_only(writer, schema.sprint, schema.sprint.c.sprint_id, {*used, *lists.sprints})


def _keep_only(writer: Writer, table: Any, column: Any, kept: Collection[Any]) -> None:
    held = set(writer.connection.scalars(select(column).where(table.c.scope == writer.scope)))
    for each in sorted(held - set(kept)):
        writer.connection.execute(delete(table).where(table.c.scope == writer.scope, column == each))
