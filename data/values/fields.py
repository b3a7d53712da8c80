"""Jira fields, statuses and types as the mapping form shows them."""

from __future__ import annotations

from dataclasses import dataclass

SURE = 0.8  # suggestions with at least this score are accepted together


@dataclass(frozen=True)
class Coverage:
    """On how many of the issues looked at a field is set, with example values."""

    set: int
    of: int
    examples: tuple[str, ...] = ()
    values: tuple[tuple[str, int], ...] = ()  # (value, number of issues), most frequent first
    types: tuple[tuple[str, int], ...] = ()  # (issue type, number of its issues that fill the field), most first


@dataclass(frozen=True)
class FieldInfo:
    """A field of the Jira site that could be mapped."""

    id: str
    name: str
    kind: str  # datetime date number text select multiselect checkbox user other
    custom: bool
    coverage: Coverage | None = None
    schema: str = ""  # Jira's type of a custom field, such as …:jsw-story-points
    untranslated: str = ""  # its name before Jira translated it for this account; empty: Jira does not say


@dataclass(frozen=True)
class ValueInfo:
    """A value of a field, and how many issues have it."""

    text: str
    issues: int


@dataclass(frozen=True)
class Suggestion:
    """A Jira field that probably is ours, and why we think so."""

    field_id: str
    score: float
    why: str


@dataclass(frozen=True)
class StatusInfo:
    """A status as the workflow form shows it. `usual`: what it means where nobody has chosen (new, indeterminate, done,
    discarded); `why`: what says so, where it is not Jira's category. `is_gone`: Jira no longer lists it; `entries`: how
    often issues came into it then; `fit`: the share of those entries (0 to 1) that fit what it is taken for, None where
    none is known; `like`: id of the status of the same name, which it follows while nobody chooses otherwise.
    """

    id: str
    name: str
    category: str
    issues: int
    usual: str = ""
    why: str = ""
    is_gone: bool = False
    entries: int = 0
    fit: float | None = None
    like: str = ""

    def __post_init__(self) -> None:
        if not self.usual:
            object.__setattr__(self, "usual", self.category)


@dataclass(frozen=True)
class TypeInfo:
    name: str
    issues: int
    flow_item: str | None  # in force: chosen or suggested
    suggested: bool
