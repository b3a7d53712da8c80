"""What issues were before they were edited: the changes of their project, type, level and resolution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd
from sqlalchemy import Connection, select

from data.store import schema
from data.tables.frames import frame
from data.tables.site_names import SiteNames
from data.values.names import name_key, same_name

ATTRIBUTES = ("project", "type", "hierarchy", "resolution")  # columns of the issue table that have a history
_EDITS = {"issue": "int32", "at": "int64", "attribute": "int8", "source": "int32", "target": "int32"}
_PLACE = {"project": 0, "issuetype": 1, "resolution": 3}  # field of a change → place in ATTRIBUTES
_TYPE, _LEVEL = 1, 2
Row = tuple[int, int, int, int, int]


def no_edits() -> pd.DataFrame:
    return frame([], **_EDITS)


def level_of(name: str, subtask: bool, level: int | None) -> int:
    """Jira's hierarchyLevel, or what type and name say where Jira (Data Center) has none.

    >>> level_of("Epic", False, None), level_of("Sub-task", True, None), level_of("Story", False, 0)
    (1, -1, 0)
    """
    if level is not None:
        return level
    plain = name_key(name)
    return -1 if subtask or plain in ("sub-task", "subtask") else 1 if plain == "epic" else 0


def types_of(connection: Connection, scope: int) -> dict[str, tuple[str, int]]:
    """Type id → (name, level: 0 standard, below 0 sub-task, above 0 epic and up)."""
    table = schema.issue_type
    rows = connection.execute(select(table).where(table.c.scope == scope))
    return {row.type_id: (row.name, level_of(row.name, row.subtask, row.hierarchy)) for row in rows}


def read(
    connection: Connection,
    scope: int,
    number: Mapping[int, int],
    issues: pd.DataFrame,
    types: Mapping[str, tuple[str, int]],
    resolutions: SiteNames,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The edits (see `Tables.edits`), and the issues with every name that occurs in them among their categories.

    `number`: issue id → position; `types`: type id → (name, level); `resolutions`: what they are called.
    """
    table = schema.change
    query = (
        select(
            table.c.issue_id,
            table.c.at,
            table.c.field,
            table.c.from_id,
            table.c.from_name,
            table.c.to_id,
            table.c.to_name,
        )
        .where(table.c.scope == scope, table.c.field.in_(_PLACE))
        .order_by(table.c.issue_id, table.c.at, table.c.history_id, table.c.item)
    )
    names = _Names.of(connection, scope, issues, types, resolutions)
    rows: list[Row] = []
    for issue_id, at, changed, *sides in connection.execute(query):
        if (issue := number.get(issue_id)) is not None:
            rows.extend(names.rows(issue, at, changed, *sides))
    return frame(rows, **_EDITS), names.widened(issues)


@dataclass
class _Codes:
    """Names of one attribute and their codes (by `name_key`); a name that is new gets the next one."""

    names: list[str]
    known: dict[str, int]

    def of(self, name: str | None) -> int:
        if name is None:
            return -1
        code = self.known.setdefault(name_key(name), len(self.names))
        if code == len(self.names):
            self.names.append(name)
        return code


@dataclass
class _Names:
    """Reads the two sides of a change as codes of the issue table's categories."""

    codes: dict[str, _Codes]
    types: Mapping[str, tuple[str, int]]
    projects: Mapping[str, str]  # id or name → key
    resolutions: SiteNames
    level_of: Mapping[str, int] = field(default_factory=dict)  # name of a type → level

    @classmethod
    def of(
        cls,
        connection: Connection,
        scope: int,
        issues: pd.DataFrame,
        types: Mapping[str, tuple[str, int]],
        resolutions: SiteNames,
    ) -> _Names:
        table = schema.project
        projects = {}
        for row in connection.execute(select(table).where(table.c.scope == scope)):
            projects[row.name] = projects[str(row.project_id)] = row.project_key
        codes = {}
        for name in ("project", "type", "resolution"):
            known = [str(each) for each in issues[name].cat.categories]
            codes[name] = _Codes(known, {name_key(each): n for n, each in reversed(list(enumerate(known)))})
        return cls(codes, types, projects, resolutions, dict(types.values()))

    def rows(
        self,
        issue: int,
        at: int,
        changed: str,
        from_id: str | None,
        from_name: str | None,
        to_id: str | None,
        to_name: str | None,
    ) -> Iterator[Row]:
        """One edit; two of a change of type, which may change the level too."""
        before, after = (from_id, from_name), (to_id, to_name)
        if changed == "issuetype":
            (old, low), (new, high) = self._type(*before), self._type(*after)
            yield issue, at, _TYPE, self.codes["type"].of(old), self.codes["type"].of(new)
            if low != high:
                yield issue, at, _LEVEL, low, high
            return
        one, other = (
            self._project(*each) if changed == "project" else self._resolution(*each) for each in (before, after)
        )
        yield issue, at, _PLACE[changed], self.codes[changed].of(one), self.codes[changed].of(other)

    def _type(self, type_id: str | None, name: str | None) -> tuple[str | None, int]:
        """Name and level; a type that the site no longer has keeps the name that it had, on the level of its name."""
        known = self.types.get(type_id or "")
        if known is not None:
            return known
        same = next((level for each, level in self.level_of.items() if same_name(each, name or "")), None)
        return name or type_id, level_of(name or "", False, None) if same is None else same

    def _project(self, project_id: str | None, name: str | None) -> str | None:
        """The key, or what is left of it: the name, else the id."""
        return self.projects.get(project_id or "") or self.projects.get(name or "") or name or project_id

    def _resolution(self, code: str | None, name: str | None) -> str | None:
        """The name that a resolution has now; None where there was none."""
        return self.resolutions.title(code, name or code) or None

    def widened(self, issues: pd.DataFrame) -> pd.DataFrame:
        """The issues, with the new names after those that their categories have."""
        wider = {}
        for name, codes in self.codes.items():
            column = issues[name].cat
            if len(codes.names) > len(column.categories):
                wider[name] = column.add_categories(codes.names[len(column.categories) :])
        return issues.assign(**wider) if wider else issues
