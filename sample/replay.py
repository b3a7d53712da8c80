"""Replays issues that a real Jira exported, one JSON object a line, as a site; what is not given is derived from them.

The issues come back as they are in the file. With `until` the site stands as at the end of that day: issues created
later are absent, later changes of status and resolution are undone. An issue without history that was resolved later
gets the first status of the site that means "to do", because nobody knows where it was.
"""

from __future__ import annotations

import gc
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from sample.comments import given
from sample.derived import derive_boards, derive_fields, derive_projects, derive_statuses, named_things, zone_of
from sample.query import microseconds
from sample.site import NEW, Issue, SampleError, Site, last_instant


def load(
    data: list[Path],
    fields: Path | None = None,
    statuses: Path | None = None,
    projects: list[Path] | None = None,
    sprints: Path | None = None,
    until: date | None = None,
) -> Site:
    """The site that the files hold (plain or .gz). Raises SampleError that names file and line."""
    with _without_collector():
        issues = _newest(issue for path in data for issue in _issues(path))
    if not issues:
        raise SampleError(f"There are no issues in {', '.join(str(path) for path in data)}.")
    project_rows = derive_projects(issues, [_object(path) for path in projects or ()])
    sprint_rows, boards = derive_boards(issues, _rows(sprints) if sprints else None, project_rows)
    site = Site(
        title=", ".join(str(row.get("name") or row["key"]) for row in project_rows),
        zone=zone_of(issues),
        now=None,
        issues=issues,
        fields=derive_fields(issues, _rows(fields) if fields else []),
        statuses=derive_statuses(issues, _rows(statuses) if statuses else []),
        projects=project_rows,
        sprints=sprint_rows,
        boards=boards,
        link_types=named_things(link.get("type") for issue in issues for link in issue.fields.get("issuelinks") or ()),
        issue_types=_types(issues, project_rows),
        priorities=named_things(issue.fields.get("priority") for issue in issues),
        resolutions=named_things(issue.fields.get("resolution") for issue in issues),
    )
    return site if until is None else _as_of(site, until)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of new objects that all stay: looking for garbage among them takes half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# --- files ---------------------------------------------------------------------------------------------------------


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            yield from ((number, line) for number, line in enumerate(file, 1) if line.strip())
    except FileNotFoundError as error:
        raise SampleError(f"{path} does not exist. Check the path.") from error
    except (OSError, EOFError) as error:
        raise SampleError(f"{path} cannot be read: {error}.") from error


def _issues(path: Path) -> Iterator[Issue]:
    for number, line in _lines(path):
        where = f"{path}, line {number}"
        try:
            row = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise SampleError(f"{where}: not a JSON object ({error}). Each line must be one issue.") from error
        yield _issue(row, where)


def _issue(row: Any, where: str) -> Issue:
    if not isinstance(row, dict) or not isinstance(row.get("fields"), dict):
        raise SampleError(f"{where}: not an issue; it needs id, key and fields.")
    fields = row["fields"]
    try:
        issue = Issue(int(row["id"]), str(row["key"]), fields)
        for name in ("created", "updated"):
            microseconds(fields[name])
        for name in ("project", "issuetype", "status"):
            fields[name]["id"]
        histories = (row.get("changelog") or {}).get("histories") or []
        histories.sort(key=lambda each: (microseconds(each["created"]), int(each.get("id") or 0)))
    except KeyError as error:
        raise SampleError(f"{where}: the issue has no {error}.") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise SampleError(f"{where}: a value has the wrong form ({error}).") from error
    for history in histories:
        issue.add_history(history)
    return issue


def _newest(issues: Iterator[Issue]) -> list[Issue]:
    """Each issue once, as it was updated last; in the order of the files."""
    kept: dict[int, Issue] = {}
    for issue in issues:
        other = kept.get(issue.id)
        if other is None or microseconds(other.fields["updated"]) < microseconds(issue.fields["updated"]):
            kept[issue.id] = issue
    return list(kept.values())


def _document(path: Path) -> Any:
    try:
        return msgspec.json.decode(b"".join(line for _, line in _lines(path)))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SampleError(f"{path} is not JSON: {error}.") from error


def _rows(path: Path) -> list[dict[str, Any]]:
    rows = _document(path)
    rows = rows.get("values") if isinstance(rows, dict) else rows
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row and "name" in row for row in rows):
        raise SampleError(f"{path}: expected a JSON list of objects with id and name.")
    return rows


def _object(path: Path) -> dict[str, Any]:
    row = _document(path)
    if not isinstance(row, dict) or "key" not in row or "id" not in row:
        raise SampleError(f"{path}: expected one project, a JSON object with id and key.")
    return row


def _types(issues: list[Issue], projects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    seen = [issue.fields["issuetype"] for issue in issues]
    return named_things([*seen, *(row for project in projects for row in project.get("issueTypes") or ())])


# --- as it stood ---------------------------------------------------------------------------------------------------


def _as_of(site: Site, until: date) -> Site:
    cutoff = last_instant(until, ZoneInfo(site.zone))
    limit = int(cutoff.timestamp()) * 1_000_000 + 999_999
    by_id = {str(row["id"]): row for row in site.statuses}
    start = next((row for row in site.statuses if row["statusCategory"]["key"] == NEW), site.statuses[0])
    kept = [_undone(issue, limit, by_id, start) for issue in site.issues if _at(issue.fields["created"]) <= limit]
    if not kept:
        raise SampleError(f"No issue was created by {until}; the first one came later. Choose a later --until.")
    for project in site.projects:
        project["versions"] = [_version_then(row, until) for row in project.get("versions") or ()]
    site.issues = kept
    site.now = cutoff
    for name in ("by_id", "by_key"):
        site.__dict__.pop(name, None)
    return site


def _at(text: Any) -> int:
    return microseconds(text) if isinstance(text, str) else 0


def _version_then(row: dict[str, Any], until: date) -> dict[str, Any]:
    later = str(row.get("releaseDate") or "")[:10] > until.isoformat()
    return row | {"released": False} if later and row.get("released") else row


def _undone(issue: Issue, limit: int, by_id: dict[str, dict[str, Any]], start: dict[str, Any]) -> Issue:
    """The issue without what happened after the limit."""
    if _at(issue.fields["updated"]) <= limit and _at(issue.fields.get("resolutiondate")) <= limit:
        return issue
    histories = list(issue.changes())
    earlier = [each for each in histories if microseconds(each["created"]) <= limit]
    fields = dict(issue.fields)
    for history in histories[len(earlier) :][::-1]:
        for item in history.get("items", [])[::-1]:
            _undo(fields, item, by_id)
    if _at(fields.get("resolutiondate")) > limit:
        fields["resolutiondate"] = fields["resolution"] = None
        if not histories:
            fields["status"] = start
    fields["updated"] = earlier[-1]["created"] if earlier else fields["created"]
    if (shown := given(issue)) is not None:
        rows = [each for each in shown[0] if _at(each.get("created")) <= limit]
        fields["comment"] = {"comments": rows, "total": shown[1] - len(shown[0]) + len(rows)}
    fields["fixVersions"] = fields.get("fixVersions") or []
    made = Issue(issue.id, issue.key, fields)
    for history in earlier:
        made.add_history(history)
    return made


def _undo(fields: dict[str, Any], item: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> None:
    name = item.get("fieldId") or item.get("field")
    before = item.get("from")
    if name == "status":
        known = by_id.get(str(before))
        fields["status"] = known or fields["status"] | {"id": str(before), "name": item.get("fromString")}
    elif name == "resolution":
        fields["resolution"] = {"id": str(before), "name": item.get("fromString")} if before else None
        if not before:
            fields["resolutiondate"] = None
