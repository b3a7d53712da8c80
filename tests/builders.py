"""Sites made by hand: a list of plain items becomes `Tables`, and `ask` puts one question to one metric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd

from data.facts.dataset import Dataset
from data.metrics.measure import measure
from data.metrics.registry import CATALOG
from data.settings.fields import DATES, FIELDS, NUMBERS
from data.settings.filter_fields import FILTER_FIELDS
from data.settings.model import Definitions, Workflow
from data.tables.deliveries import NO_DELIVERIES, Deliveries
from data.tables.edits import ATTRIBUTES
from data.tables.frames import FOREVER, NEVER
from data.tables.tidy import Tables, microseconds
from data.values.filters import Choices, FieldChoices, Filters
from data.values.metric_value import MetricValue
from data.values.periods import Period, first_instant, zone_named

TODO, DOING, REVIEW, DONE, CLOSED, WAITING, CANCELLED = "1", "2", "3", "4", "5", "6", "7"
STATUSES = (
    (TODO, "To Do", "new"),
    (DOING, "In Progress", "indeterminate"),
    (REVIEW, "In Review", "indeterminate"),
    (DONE, "Done", "done"),
    (CLOSED, "Closed", "done"),
    (WAITING, "Waiting", "indeterminate"),
    (CANCELLED, "Cancelled", "done"),
)
Instant = int | str | datetime
LATER = "2030-01-01"


@dataclass
class Item:
    """One issue. Instants are µs, aware datetimes, or local text of the site ("2025-01-31 12:00", "2025-01-31").

    status: the one it was created in. moves: (instant, status id), in order. flags: (start, end or None).
    links: (phrase, position of the other issue or -1). fix_versions: positions in the site's versions.
    fields: our field name → value; words as text or tuple; a plain date as "2025-01-31".
    """

    created: Instant
    moves: Sequence[tuple[Instant, str]] = ()
    status: str = TODO
    type: str = "Story"
    project: str = "P"
    resolution: str | None = None
    resolved: Instant | None = None
    hierarchy: int = 0
    assignee: str | None = None
    priority: str | None = None
    labels: Sequence[str] = ()
    components: Sequence[str] = ()
    fix_versions: Sequence[int] = ()
    flags: Sequence[tuple[Instant, Instant | None]] = ()
    links: Sequence[tuple[str, int]] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    history_complete: bool = True
    comments: Sequence[tuple[Instant, str | None]] = ()  # (instant, account id or None)
    comments_complete: bool = True
    key: str = ""  # for tests that tell items apart; sites number theirs themselves
    # (instant, attribute or "story_points", what it was before), in order of time
    edits: Sequence[tuple[Instant, str, Any]] = ()

    def before(self, name: str, edge: int, zone: str = "UTC") -> Any:
        """A value just before an instant: `edits` tell what it was, the attribute what it is."""
        earlier = (old for when, each, old in self.edits if each == name and at(when, zone) >= edge)
        return next(earlier, self.fields.get(name) if name == "story_points" else getattr(self, name))

    @property
    def status_now(self) -> str:
        return self.moves[-1][1] if self.moves else self.status


@dataclass(frozen=True)
class Version:
    """A fix version; `release_date` as YYYY-MM-DD or None."""

    name: str = "1.0"
    release_date: str | None = None
    released: bool = True
    project: str = "P"


def at(text: Instant, zone: str = "UTC") -> int:
    """µs of an instant; text is local time of the zone, a bare date its first instant.

    >>> at("1970-01-02"), at("1970-01-01 01:00:00.5")
    (86400000000, 3600500000)
    """
    if type(text) is int:  # nearly all, and oracles ask millions of times
        return text
    if isinstance(text, str):
        where = zone_named(zone)
        if len(text) == 10:
            return microseconds(first_instant(date.fromisoformat(text), where))
        stamp = datetime.fromisoformat(text)
        text = stamp if stamp.tzinfo else stamp.replace(tzinfo=where)
    return microseconds(text.astimezone(UTC)) if isinstance(text, datetime) else int(text)


def _frame(rows: Iterable[tuple], **kinds: Any) -> pd.DataFrame:
    rows = list(rows)
    parts = list(zip(*rows, strict=True)) or [()] * len(kinds)
    return pd.DataFrame(
        {
            name: pd.Categorical(part) if kind == "category" else np.array(part, dtype=kind)
            for part, (name, kind) in zip(parts, kinds.items(), strict=True)
        }
    )


def _issues(items: Sequence[Item], zone: str, codes: Mapping[str, int]) -> pd.DataFrame:
    rows = [
        (
            1000 + n,
            f"{each.project}-{n + 1}",
            each.project,
            each.type,
            each.resolution,
            each.priority,
            each.assignee,
            codes[each.status_now],
            each.hierarchy,
            at(each.created, zone),
            at(each.moves[-1][0] if each.moves else each.created, zone),
            NEVER if each.resolved is None else at(each.resolved, zone),
            each.history_complete,
            each.comments_complete,
        )
        for n, each in enumerate(items)
    ]
    return _frame(
        rows,
        issue_id=np.int64,
        key=object,
        project="category",
        type="category",
        resolution="category",
        priority="category",
        assignee="category",
        status=np.int16,
        hierarchy=np.int8,
        created=np.int64,
        updated=np.int64,
        resolved=np.int64,
        history_complete=bool,
        comments_complete=bool,
    )


def _changes(items: Sequence[Item], zone: str, codes: Mapping[str, int]) -> pd.DataFrame:
    rows = []
    for n, each in enumerate(items):
        source = each.status
        for instant, target in each.moves:
            rows.append((n, at(instant, zone), codes[source], codes[target]))
            source = target
    return _frame(rows, issue=np.int32, at=np.int64, source=np.int16, target=np.int16)


def _edited(items: Sequence[Item], issues: pd.DataFrame, zone: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """edits, estimates, and the issues with all names among their categories."""
    wider = {}
    for name in ("project", "type", "resolution"):
        old = {was for each in items for _, changed, was in each.edits if changed == name and was is not None}
        wider[name] = issues[name].cat.add_categories(sorted(old - set(issues[name].cat.categories)))
    issues, edits, estimates = issues.assign(**wider), [], []
    for n, each in enumerate(items):
        for place, (when, name, was) in enumerate(each.edits):
            later = (old for _, changed, old in each.edits[place + 1 :] if changed == name)
            is_now = each.fields.get(name) if name == "story_points" else getattr(each, name)
            change = (n, at(when, zone), was, next(later, is_now))
            if name == "story_points":
                estimates.append((*change[:2], *(np.nan if value is None else value for value in change[2:])))
                continue
            if name != "hierarchy":
                codes = {category: code for code, category in enumerate(issues[name].cat.categories)}
                change = (*change[:2], *(codes.get(value, -1) for value in change[2:]))
            edits.append((*change[:2], ATTRIBUTES.index(name), *change[2:]))
    kinds = {"issue": np.int32, "at": np.int64}
    return (
        _frame(edits, **kinds, attribute=np.int8, source=np.int32, target=np.int32),
        _frame(estimates, **kinds, source=float, target=float),
        issues,
    )


def _comments(items: Sequence[Item], zone: str) -> pd.DataFrame:
    """Comments in order of issue and instant."""
    rows = [(n, at(instant, zone), author) for n, each in enumerate(items) for instant, author in each.comments]
    return _frame(sorted(rows, key=lambda row: row[:2]), issue=np.int32, at=np.int64, author="category")


def _field(name: str, items: Sequence[Item], zone: str) -> tuple[np.ndarray, bool]:
    """One mapped field's values, and whether one of them is a plain date."""
    values = [each.fields.get(name) for each in items]
    if FIELDS[name].kinds == DATES:
        plain = any(isinstance(value, str) and len(value) == 10 for value in values)
        return np.array([NEVER if value is None else at(value, zone) for value in values], dtype=np.int64), plain
    if FIELDS[name].kinds == NUMBERS or any(isinstance(value, float) for value in values):
        return np.array([np.nan if value is None else value for value in values], dtype=float), False
    words = np.full(len(items), None, dtype=object)
    for n, value in enumerate(values):
        words[n] = (value,) if isinstance(value, str) else None if value is None else tuple(value)
    return words, False


def _version_rows(versions: Sequence[Version]) -> pd.DataFrame:
    return _frame(
        (
            (n, each.project, each.name, each.released, each.release_date and date.fromisoformat(each.release_date))
            for n, each in enumerate(versions)
        ),
        version_id=np.int64,
        project=object,
        name=object,
        released=bool,
        release_date=object,
    )


def site(
    *items: Item,
    zone: str = "UTC",
    versions: Sequence[Version] = (),
    mapped: Iterable[str] = (),
    statuses: Sequence[tuple[str, str, str]] = STATUSES,
) -> Tables:
    """Tables of these items. A field is mapped when an item has it, or when `mapped` names it."""
    codes = {status_id: n for n, (status_id, _, _) in enumerate(statuses)}
    names = sorted({*mapped, *(name for each in items for name in each.fields)})
    parsed = {name: _field(name, items, zone) for name in names}
    edits, estimates, issues = _edited(items, _issues(items, zone, codes), zone)
    return Tables(
        revision="1.1",
        zone=zone,
        as_of=None,
        statuses=pd.DataFrame(list(statuses), columns=["status_id", "name", "category"]),
        issues=issues,
        edits=edits,
        estimates=estimates,
        changes=_changes(items, zone, codes),
        flags=_frame(
            (
                (n, at(start, zone), FOREVER if end is None else at(end, zone))
                for n, each in enumerate(items)
                for start, end in each.flags
            ),
            issue=np.int32,
            start=np.int64,
            end=np.int64,
        ),
        labels=_frame(
            ((n, name) for n, each in enumerate(items) for name in each.labels), issue=np.int32, name="category"
        ),
        components=_frame(
            ((n, name) for n, each in enumerate(items) for name in each.components), issue=np.int32, name="category"
        ),
        versions=_version_rows(versions),
        fix_versions=_frame(
            ((n, each) for n, item in enumerate(items) for each in item.fix_versions), issue=np.int32, version=np.int32
        ),
        links=_frame(
            ((n, phrase, other) for n, each in enumerate(items) for phrase, other in each.links),
            issue=np.int32,
            phrase="category",
            other=np.int32,
        ),
        fields={name: values for name, (values, _) in parsed.items()},
        comments=_comments(items, zone),
        date_only={name: plain for name, (values, plain) in parsed.items() if FIELDS[name].kinds == DATES},
    )


def period(first: str, last: str, zone: str = "UTC") -> Period:
    """The local days first to last, both included."""
    return Period(date.fromisoformat(first), date.fromisoformat(last), zone)


def facts(
    tables: Tables,
    *,
    now: Instant = LATER,
    filters: Filters | None = None,
    workflow: Mapping[str, list[str]] | None = None,
    deliveries: Deliveries = NO_DELIVERIES,
    **definitions: Any,
) -> Dataset:
    """The facts of a question about a site."""
    zone = definitions.get("zone") or tables.zone
    return Dataset(
        tables,
        Definitions(**definitions),
        Workflow(**(workflow or {})),
        at(now, zone),
        filters or Filters(),
        deliveries=deliveries,
    )


def ask(
    metric: str,
    tables: Tables,
    first: str,
    last: str,
    *,
    now: Instant = LATER,
    filters: Filters | None = None,
    workflow: Mapping[str, list[str]] | None = None,
    deliveries: Deliveries = NO_DELIVERIES,
    **definitions: Any,
) -> MetricValue:
    """What a metric answers about a site, for the local days `first` to `last`."""
    about = facts(tables, now=now, filters=filters, workflow=workflow, deliveries=deliveries, **definitions)
    return measure(CATALOG[metric], about, period(first, last, about.zone))


def choices_of(**names: Sequence[tuple[str, int]]) -> Choices:
    """What can be filtered by: (name, number of issues) by field, in the order of the fields."""
    return Choices(
        tuple(FieldChoices(field, tuple(names[name])) for name, field in FILTER_FIELDS.items() if name in names)
    )
