"""The answer to a question of the query engine, as plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class QueryMetric:
    """One number of each row. `engine`: sql | formula | records; `why_not_sql`: why it is not SQL. `lacking`: why it
    has no values here at all. `exclusions`: reason → rows left out in all of the days.
    """

    name: str
    title: str
    unit: str
    shows: str
    definition: str
    better: str  # lower | higher | neither
    engine: str
    why_not_sql: str = ""
    lacking: str = ""
    exclusions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class QueryCell:
    """One number: its value, the rows used and left out, and why there is no value. `before`: of the days that it is
    compared with.
    """

    value: float | None
    used: int
    left_out: int
    why: str = ""
    before: float | None = None
    shown: str = "–"
    before_shown: str = ""


@dataclass(frozen=True)
class QueryRow:
    """One row: `keys` in the order of the spec's `group_by`, None for issues without a value; for a grain the first
    day. `first`, `last`: the local days of its step. `so_far`: the step is still going on.
    """

    keys: tuple[str | None, ...]
    first: str
    last: str
    label: str
    cells: tuple[QueryCell, ...]
    so_far: bool = False


@dataclass(frozen=True)
class QueryAnswer:
    """`columns`: (name, title) of what the rows are grouped by. `rows_found`: how many there are without the limit,
    at least. `sql`: the text, empty where nothing is SQL; `parameters`: the values of $1, $2 and so on.
    """

    first: str
    last: str
    zone: str
    period: str
    columns: tuple[tuple[str, str], ...]
    metrics: tuple[QueryMetric, ...]
    rows: tuple[QueryRow, ...]
    compared: str
    notes: tuple[str, ...]
    sql: str
    parameters: tuple[str | float | bool | None, ...]
    revision: str
    engine_seconds: float
    limited: bool
