"""Records from files: CSV with a header, JSON, or one JSON object a line; what cannot be read is reported with its
line.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.jira.instants import instant
from data.jtbd.delimited import day_first, plain_number, rows_of_table
from data.jtbd.otlp_json import is_otlp, rows_of
from data.platform.files import opened
from data.platform.logs import SECRETS
from data.values.errors import AppError
from data.values.names import name_key
from data.values.records import FIRST_INSTANT, INSTANTS, KINDS, LAST_INSTANT, Record, RecordError, complete, event_id
from data.values.scales import ScaleError

MOST_BYTES = 50_000_000
_TABLES = {"job_completions": "job", "outcome_achievements": "outcome", "painpoint_resolutions": "painpoint",
           "time_to_outcome": "time", "user_satisfaction": "satisfaction"}  # a table: kept in its rows  # fmt: skip
_PLURALS = {"jobs": "job", "outcomes": "outcome", "painpoints": "painpoint", "times": "time", **_TABLES}
_FLOATS = {"duration_seconds", "expected_value", "actual_value", "achievement_rate", "severity_before",
           "severity_after", "resolution_effectiveness"}  # a table: kept in its rows  # fmt: skip
NUMBERS = frozenset({*_FLOATS, "effort_score", "satisfaction_level"})  # columns in which decimal commas are understood
_YES = {"yes": True, "true": True, "1": True, "y": True, "no": False, "false": False, "0": False, "n": False}
_NEEDED = {
    "job": {"persona", "status", "started_at"},
    "outcome": {"expected_value", "actual_value", "measured_at"},
    "painpoint": {"severity_before", "severity_after", "resolved_at"},
    "time": {"start_time"},
    "satisfaction": {"satisfaction_level", "recorded_at"},
}
_VALUES = {"expected_value", "actual_value"}  # which an outcome that was noted as achieved need not have
_DEFAULTS: dict[str, Any] = {
    "persona": "", "feature": "", "feature_used": "", "status": "unknown", "metric": "", "category": "",
    "description": "", "expected_value": None, "actual_value": None, "achievement_rate": None,
    "met_expectations": None, "would_recommend": None,
}  # a table: kept in its rows  # fmt: skip


class ImportFailed(AppError, ValueError):
    """The file holds something that is no record; `problems` say where, and nothing was stored."""

    code = "import"

    def __init__(self, file: str, problems: list[str]) -> None:
        more = f" And {len(problems) - 5} more." if len(problems) > 5 else ""
        super().__init__(f"{file}: nothing was imported. {' '.join(problems[:5])}{more}")
        self.problems = problems


@dataclass(frozen=True)
class Line:
    """One row of a file: where it stands, and what it says. `comma`: its numbers have decimal commas; None: no CSV."""

    where: str
    values: dict[str, Any]
    comma: bool | None = None
    left_out: Counter[str] = field(default_factory=Counter)  # events that are no records, instead of a row


@dataclass(frozen=True)
class Found:
    """A record of a file, and where it stands there."""

    where: str
    record: Record


Check = Callable[[Record], None]  # raises RecordError


def read_file(path: Path, source: str = "import") -> list[Record]:
    """Every record of a file. Raises ImportFailed, OSError."""
    return [each.record for each in find_in_file(path, source)]


def read_text(text: str, name: str, source: str = "import") -> list[Record]:
    """Every record of a text, as `find_in_text`. Raises ImportFailed.

    >>> [found] = read_text("job_id,persona,feature_used,status,started_at\\nbuy,ann,cart,started,2026-01-31", "a.csv")
    >>> found.job_id, found.started_at
    ('buy', 1769817600000000)
    """
    return [each.record for each in find_in_text(text, name, source)]


def find_in_file(
    path: Path,
    source: str = "import",
    check: Check | None = None,
    scale: str | None = None,
    left_out: Counter[str] | None = None,
) -> list[Found]:
    """Every record of a file with its place, as `find_in_text`. Raises ImportFailed, OSError."""
    with opened(path) as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ImportFailed(path.name, [f"The file has more than {MOST_BYTES:,} bytes; split it."])
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))  # "Unicode text" of spreadsheets
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise ImportFailed(path.name, ["It is not UTF-8 text. Save it as UTF-8 (CSV UTF-8 in Excel)."]) from None
    return find_in_text(text, path.name, source, check, scale, left_out)


def find_in_text(
    text: str,
    name: str,
    source: str = "import",
    check: Check | None = None,
    scale: str | None = None,
    left_out: Counter[str] | None = None,
) -> list[Found]:
    """Every record of a text; `name` ends in .csv, .tsv, .json or .jsonl; `check` may refuse one; `scale` is that of
    the answers that name none; `left_out` counts events of telemetry that are about no job, by name. Raises
    ImportFailed.

    A record without an event id gets one of all its fields and of how many equal records stand before it.
    """
    reader = _READERS.get(name.rsplit(".", 1)[-1].lower())
    if reader is None:
        raise ImportFailed(name, ["Its name must end in .csv, .tsv, .json or .jsonl."])
    found: list[Found] = []
    problems: list[str] = []
    equal: Counter[str] = Counter()
    try:
        for line in reader(text.removeprefix("\ufeff")):
            if line.left_out:
                if left_out is not None:
                    left_out.update(line.left_out)
                continue
            try:
                record = _numbered(_record(line, source, scale), line, equal)
                if check is not None:
                    check(record)
                found.append(Found(line.where, record))
            except (RecordError, ScaleError) as error:
                problems.append(f"{line.where}: {error}")
    except RecursionError:
        problems.append("It cannot be read: its lists and objects are nested too deeply.")
    except (ValueError, csv.Error) as error:
        problems.append(f"It cannot be read: {error}")
    if problems:
        raise ImportFailed(name, problems)
    return found


def _numbered(record: Record, line: Line, equal: Counter[str]) -> Record:
    """One that has no event id of its own gets that of its place among equal ones."""
    if line.values.get("event_id") not in (None, ""):
        return record
    before = equal[record.event_id]
    equal[record.event_id] += 1
    return record._replace(event_id=event_id(record, before)) if before else record


def _csv(text: str) -> Iterator[Line]:
    for number, values, comma in rows_of_table(text, NUMBERS):
        yield Line(f"Line {number}", values, comma)


def _json(text: str) -> Iterator[Line]:
    try:
        told = json.loads(text)
    except ValueError:
        if '"resource' not in text.lstrip()[:40]:
            raise
        yield from _json_lines(text)  # a collector writes one object a line and calls the file .json
        return
    if is_otlp(told):
        yield from _told(told, "Event")
        return
    if isinstance(told, dict) and isinstance(told.get("records"), list | dict):
        told = told["records"]
    if isinstance(told, dict):
        rows = [
            (each, _PLURALS.get(name, name)) for name, part in told.items() if isinstance(part, list) for each in part
        ]
    elif isinstance(told, list):
        rows = [(each, None) for each in told]
    else:
        raise ValueError("expected a list of records, or lists by kind.")
    for n, (row, kind) in enumerate(rows, 1):
        yield _line(f"Record {n}", row, kind)


def _json_lines(text: str) -> Iterator[Line]:
    for n, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                told = json.loads(line)
            except ValueError as error:
                raise ValueError(f"line {n}: {error}") from error
            if is_otlp(told):
                yield from _told(told, f"Line {n}, event")
                continue
            yield _line(f"Line {n}", told, None)


def _told(told: dict[str, Any], where: str) -> Iterator[Line]:
    left_out: Counter[str] = Counter()
    for n, row in enumerate(rows_of(told, left_out), 1):
        yield Line(f"{where} {n}", row)
    if left_out:
        yield Line(where, {}, left_out=left_out)


def _line(where: str, row: Any, kind: str | None) -> Line:
    if not isinstance(row, dict):
        raise ValueError(f"{where} is no object.")
    return Line(where, ({"kind": kind} if kind else {}) | {str(name): value for name, value in row.items()})


_READERS: dict[str, Callable[[str], Iterator[Line]]] = {
    "csv": _csv, "tsv": _csv, "txt": _csv, "json": _json, "jsonl": _json_lines, "ndjson": _json_lines,
}  # a table: kept in its rows  # fmt: skip


def _record(line: Line, source: str, scale: str | None) -> Record:
    values = dict(line.values)
    kind = _kind(values)
    made, about, when = KINDS[kind]
    if "at" in values and when not in values:
        values[when] = values.pop("at")
    needed = _NEEDED[kind] - _VALUES if _only_noted(kind, values) else _NEEDED[kind]
    missing = sorted(({about} | needed) - {name for name, value in values.items() if value not in (None, "")})
    if missing:
        raise RecordError(f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.")
    if line.comma is not None:
        values = {
            name: plain_number(name, each, line.comma) if name in NUMBERS else each for name, each in values.items()
        }
    if scale and kind == "satisfaction" and values.get("scale") in (None, ""):
        values["scale"] = scale
    known = {name: _value(name, values.pop(name)) for name in made._fields if name in values}
    rest = {name: value for name, value in values.items() if value not in (None, "")}
    if rest and not known.get("context"):
        known["context"] = json.dumps(rest, ensure_ascii=False, sort_keys=True, default=str)
    known["source"] = source
    filled = {name: _DEFAULTS[name] for name in made._fields if name in _DEFAULTS}
    filled |= {
        name: None for name in ("effort_score", "feedback_text", "resolution_effectiveness") if name in made._fields
    }
    told = {name: value for name, value in known.items() if value is not None or name not in filled}
    return complete(made(**{**filled, **told}))


def _only_noted(kind: str, values: dict[str, Any]) -> bool:
    """Whether somebody noted that an outcome was achieved, and measured nothing."""
    return kind == "outcome" and values.get("status") == "achieved" and values.get("actual_value") in (None, "")


def _kind(values: dict[str, Any]) -> str:
    told = values.pop("kind", None)
    if told is not None:
        kind = _PLURALS.get(str(told), str(told))
        if kind not in KINDS:
            raise RecordError(f"kind is {told!r}. Use one of: {', '.join(KINDS)}.")
        return kind
    names = set(values)
    if "at" in names:
        names |= {when for _, _, when in KINDS.values()}
    for kind, needed in _NEEDED.items():
        if needed <= names and KINDS[kind][1] in names:
            return kind
    raise RecordError(f"Add a column kind with one of: {', '.join(KINDS)}.")


def _value(name: str, value: Any) -> Any:
    """What a cell says, as the column's type. Raises RecordError."""
    if value is None or value == "":
        return None
    if name in INSTANTS:
        found = value if isinstance(value, int) and abs(value) > 1e14 else instant(day_first(value))
        if found is None or not FIRST_INSTANT <= found <= LAST_INSTANT:
            raise RecordError(f"{name} is {SECRETS.shorten(str(value), 40)!r}. Write it as 2026-01-31T09:30:00Z.")
        return found
    if name in _FLOATS or name == "effort_score":
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if number != number or abs(number) > 1e15:
            raise RecordError(f"{name} is {value!r}, which is no number.")
        return int(number) if name == "effort_score" else number
    if name in ("met_expectations", "would_recommend"):
        found = _YES.get(name_key(str(value)))
        if found is None:
            raise RecordError(f"{name} is {value!r}. Write yes or no.")
        return found
    if name in ("context", "steps") and not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value).strip()


def as_rows(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Records as files hold them: kind, then the columns, instants in ISO 8601."""
    from data.values.records import kind_of

    return [
        {"kind": kind_of(each)} | {name: _shown(name, value) for name, value in each._asdict().items()}
        for each in records
    ]


def _shown(name: str, value: Any) -> Any:
    if name in INSTANTS and value is not None:
        return iso_of(value)
    return value


def iso_of(us: int) -> str:
    """
    >>> iso_of(1769817600000000)
    '2026-01-31T00:00:00.000Z'
    """
    return datetime.fromtimestamp(us / 1e6, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
