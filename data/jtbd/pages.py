"""Records as rows of a page, and every table of the tab as CSV."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from data.exports.csv import csv_text
from data.jtbd.import_records import as_rows, iso_of
from data.jtbd.inputs import RecordSelection
from data.jtbd.operations import as_plain
from data.jtbd.specs import Specs
from data.values.errors import NotThere
from data.values.jobs import BAND_TITLES, Overview, RecordPage, RecordRow
from data.values.records import KINDS, OutcomeAchieved, Record, Records, at

TABLES = ("jobs", "outcomes", "painpoints", "times", "satisfaction", "landscape", "investment", "register", "quality")
_OF = {"time": "outcome", "satisfaction": "outcome"}


def page(
    records: Records,
    specs: Specs,
    wanted: RecordSelection,
    kind: str,
    about: str | None,
    first: int,
    count: int,
    site_url: str,
) -> RecordPage:
    """Some records of a kind, newest first. Raises LookupError for an unknown kind."""
    if kind not in KINDS:
        raise NotThere(f"There is no kind of record {kind!r}. Choose one of: {', '.join(KINDS)}.")
    rows = [each for each in within(records, specs, wanted) if type(each) is KINDS[kind][0]]
    of = _OF.get(kind, kind)
    if about is not None:
        name = specs.resolve(of, about)
        rows = [each for each in rows if specs.resolve(of, each[0]) == name]
    rows.sort(key=lambda each: (-at(each), str(each)))
    shown = rows[first : first + count]
    return RecordPage(tuple(_row(each, specs, kind, site_url) for each in shown), len(rows))


def within(records: Records, specs: Specs, wanted: RecordSelection) -> list[Record]:
    """The records of all kinds in a span, of a persona, of a job."""
    persona = None if wanted.persona is None else specs.resolve("persona", wanted.persona)
    job = None if wanted.job is None else specs.resolve("job", wanted.job)
    found: list[Record] = []
    for kind, part in zip(KINDS, records.parts(), strict=True):
        of = _OF.get(kind, kind)
        for each in part:
            when = at(each)
            if (wanted.start is not None and when < wanted.start) or (wanted.end is not None and when >= wanted.end):
                continue
            if persona is not None and specs.resolve("persona", each.persona or "") != persona:
                continue
            if job is not None and _job_of(specs, of, each[0]) != job:
                continue
            found.append(each)
    return found


def _job_of(specs: Specs, of: str, name: str) -> str:
    name = specs.resolve(of, name)
    if of == "job":
        return name
    item = specs.of(of).get(name)
    return item.job if item else ""


def _row(record: Record, specs: Specs, kind: str, site_url: str) -> RecordRow:
    of = _OF.get(kind, kind)
    about = specs.resolve(of, record[0])
    item = specs.of(of).get(about)
    persona = specs.resolve("persona", record.persona or "")
    person = specs.personas.get(persona)
    key = record.event_id if record.source == "jira" else ""
    value, unit, status, ended = _told(record, kind, specs)
    return RecordRow(
        kind=kind,
        about=about,
        title=item.name if item else about,
        persona=person.name if person else persona,
        # the kind says which of the two it has
        feature=record.feature_used if kind == "job" else record.feature,  # type: ignore[union-attr]
        status=status,
        at=iso_of(at(record)),
        ended=None if ended is None else iso_of(ended),
        value=value,
        unit=unit,
        note=_note(record),
        source=record.source,
        key=key,
        url=f"{site_url}/browse/{key}" if key and site_url else "",
    )


def _told(record: Any, kind: str, specs: Specs) -> tuple[float | None, str, str, int | None]:
    """(value, unit, status, end)."""
    if kind == "job":
        return record.duration_seconds, "seconds", record.status.replace("_", " "), record.completed_at
    if kind == "outcome":
        spec = specs.outcomes.get(specs.resolve("outcome", record.outcome_id))
        return (
            record.actual_value,
            (spec.unit if spec else "") or record.metric or "",
            _wanted(record),
            None,
        )
    if kind == "painpoint":
        return record.severity_after, "severity", f"{record.severity_before:g} → {record.severity_after:g}", None
    if kind == "time":
        return record.duration_seconds, "seconds", "open" if record.end_time is None else "reached", record.end_time
    return None, "", record.satisfaction_level.replace("_", " "), None


def _wanted(record: OutcomeAchieved) -> str:
    """What is said beside a measurement: the value that was wanted, or that nothing was measured."""
    if record.actual_value is None:
        return f"{record.status.replace('_', ' ')}, not measured"
    return "" if record.expected_value is None else f"wanted {record.expected_value:g}"


def _note(record: Any) -> str:
    text = getattr(record, "feedback_text", None)
    if text:
        return str(text)
    try:
        told = json.loads(record.context or "{}")
    except ValueError:
        return str(record.context)
    if isinstance(told, dict):
        return "; ".join(str(value) if name == "note" else f"{name}: {value}" for name, value in told.items())
    return str(told)


# ---- CSV


def csv_table(overview: Overview, table: str) -> str:
    """One table of the tab. Raises LookupError."""
    if table not in TABLES:
        raise NotThere(f"There is no table {table!r}. Choose one of: {', '.join((*TABLES, 'records'))}.")
    rows = [flat(each) for each in getattr(overview, table)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return csv_text(names, [[row.get(name) for name in names] for row in rows])


def flat(row: Any, above: str = "") -> dict[str, Any]:
    """A row of a view as columns: what is within gets its name before its own; lists become text."""
    out: dict[str, Any] = {}
    for each in fields(row):
        value = getattr(row, each.name)
        if is_dataclass(value):
            out |= flat(value, f"{above}{each.name}_")
        elif isinstance(value, tuple):
            out[f"{above}{each.name}"] = "; ".join(_words(part) for part in value)
        else:
            out[f"{above}{each.name}"] = value
    return out


def _words(value: Any) -> str:
    text = getattr(value, "text", None)
    return str(value) if text is None else f"[{'x' if value.done else ' '}] {text}"


def csv_records(records: Sequence[Record]) -> str:
    """Records as `jtbd import` reads them."""
    rows = as_rows(records)
    names = list(dict.fromkeys(["kind", *(name for row in rows for name in row)]))
    return csv_text(names, [[row.get(name) for name in names] for row in rows])


def csv_metrics(data: dict[str, Any]) -> str:
    """The dashboard as long rows: section, id, title, metric, value."""
    out: list[list[Any]] = [["summary", "", "", name, value] for name, value in data["summary"].items()]
    titles = {"job_id", "outcome_id", "painpoint_id", "id", "title", "name"}
    for section in ("jobs", "outcomes", "painpoints", "time_to_outcome", "satisfaction", "quality"):
        for row in data[section]:
            key = (
                row.get("job_id")
                if section == "jobs"
                else row.get("outcome_id") or row.get("painpoint_id") or row.get("id", "")
            )
            title = row.get("title") or row.get("name", "")
            for name, value in _scalars(row):
                if name not in titles:
                    out.append([section, key, title, name, value])
    return csv_text(["section", "id", "title", "metric", "value"], out)


def _scalars(row: dict[str, Any], above: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in row.items():
        if isinstance(value, dict):
            found += _scalars(value, f"{above}{name}.")
        elif not isinstance(value, list):
            found.append((above + name, value))
    return found


def export_data(data: dict[str, Any], records: Sequence[Record]) -> dict[str, Any]:
    """The dashboard with its records, which `jtbd import` reads back."""
    out: dict[str, Any] = as_plain({**data, "bands": BAND_TITLES}) | {"records": as_rows(records)}
    return out
