"""Which kind of value a Jira field holds, and which fields fit ours: by schema, name and coverage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Protocol

from data.jira.answers import JiraField
from data.values.names import name_key

_BY_TYPE = {
    "datetime": "datetime", "date": "date", "number": "number", "string": "text", "option": "select", "user": "user",
    "priority": "select", "status": "select", "resolution": "select", "issuetype": "select", "project": "select",
    "option-with-child": "select", "version": "select", "component": "select", "securitylevel": "select",
    "option2": "select", "team": "select", "group": "other", "doc": "text", "issuelink": "other",
}  # a table: kept in its rows  # fmt: skip
_ARRAY_OF = {
    "option": "multiselect",
    "string": "multiselect",
    "version": "multiselect",
    "component": "multiselect",
    "user": "user",
}
# Sites that replay old exports list fields without schema: Jira's own fields are known anyway.
_BY_ID = {
    "created": "datetime", "updated": "datetime", "resolutiondate": "datetime", "statuscategorychangedate": "datetime",
    "lastViewed": "datetime", "duedate": "date", "issuetype": "select", "status": "select", "priority": "select",
    "resolution": "select", "project": "select", "labels": "multiselect", "components": "multiselect",
    "fixVersions": "multiselect", "versions": "multiselect", "environment": "text", "summary": "text",
    "description": "text", "timespent": "number", "timeoriginalestimate": "number", "timeestimate": "number",
    "aggregatetimespent": "number", "aggregatetimeestimate": "number", "aggregatetimeoriginalestimate": "number",
    "workratio": "number", "assignee": "user", "reporter": "user", "creator": "user",
}  # a table: kept in its rows  # fmt: skip


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


def kind_of(schema: Mapping[str, Any] | None, samples: Sequence[Any] = (), field_id: str = "") -> str:
    """datetime date number text select multiselect checkbox user sla assets other: from the schema, else from
    observed values.

    >>> kind_of({"type": "array", "items": "option", "custom": "com.atlassian.jira:multicheckboxes"})
    'checkbox'
    >>> kind_of(None, ["2025-01-15T10:00:00.000+0000"])
    'datetime'
    """
    schema = schema or {}
    what, custom = str(schema.get("type", "")), str(schema.get("custom", ""))
    if "checkbox" in custom:
        return "checkbox"
    if what == "sd-servicelevelagreement" or custom.endswith("sd-sla-field"):
        return "sla"
    if "cmdb-object" in custom or schema.get("items") == "cmdb-object-field":
        return "assets"
    if "gh-sprint" in custom or "gh-lexo-rank" in custom:
        return "other"
    if what == "array":
        return _ARRAY_OF.get(str(schema.get("items", "")), "other")
    if what in _BY_TYPE:
        return _BY_TYPE[what]
    if what and what != "any":
        return "other"
    return _BY_ID.get(field_id) or _kind_of_values(samples)


def _kind_of_values(samples: Iterable[Any]) -> str:
    kinds = {_kind_of_value(each) for each in samples if each not in (None, "", [])}
    if len(kinds) == 1:
        return next(iter(sorted(kinds)))
    if kinds <= {"date", "datetime"} and kinds:
        return "datetime"
    return "text" if kinds and kinds <= {"text", "date", "datetime", "number"} else "other"


def _kind_of_value(value: Any) -> str:
    if isinstance(value, bool):
        return "checkbox"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        if not value[:1].isdigit():
            return "text"
        if _DATE.fullmatch(value):
            return "date"
        return "datetime" if _DATETIME.match(value) else "text"
    if isinstance(value, dict):
        if value.get("type") == "doc":
            return "text"
        if "completedCycles" in value or "ongoingCycle" in value:
            return "sla"
        if "displayName" in value or "accountId" in value:
            return "user"
        return "select" if not value.keys().isdisjoint(("value", "name", "label", "title")) else "other"
    if isinstance(value, list):
        inside = {_kind_of_value(each) for each in value}
        return "multiselect" if inside and inside <= {"text", "select"} else "other"
    return "other"


@dataclass(frozen=True)
class Coverage:
    """How much a field is used: set on `set` of the newest `of` issues, with up to 3 example values as text."""

    field_id: str
    set: int
    of: int
    examples: tuple[str, ...] = ()
    kind: str = "other"  # as its values show; for fields without a schema
    values: tuple[
        tuple[str, int], ...
    ] = ()  # (value, number of issues), most frequent first; of options and short texts
    types: tuple[tuple[str, int], ...] = ()  # (issue type, number of its issues that fill the field), most first

    @property
    def share(self) -> float:
        return self.set / self.of if self.of else 0.0


class OurField(Protocol):
    """What we need to know of our own field (data.settings.fields.MappedField has it)."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def kinds(self) -> tuple[str, ...]: ...
    @property
    def words(self) -> tuple[str, ...]: ...


_DECOY = re.compile(
    r"\b(original|old|deprecated|obsolete|legacy|do not use|unused|test|copy|archived?|previous|planned|target|"
    r"expected|estimated|forecast)\b"
)
_ALIKE = 0.8  # letters in common from which words count as alike
_LEAST = 0.55  # below this a suggestion would be a guess


def suggestions(
    our_fields: Iterable[OurField], jira_fields: Sequence[JiraField], coverage: Mapping[str, Coverage] | None = None
) -> dict[str, list[tuple[str, float, str]]]:
    """Our field name → up to 5 (Jira field id, score 0..1, why), best first; empty where nothing fits well.

    A field of an unfitting kind is never suggested; one that no issue sets comes last.
    """
    known = coverage or {}
    names = [(field, plain_name(field.name)) for field in jira_fields]
    found = {}
    for ours in our_fields:
        phrases = [_Phrase(word) for word in ours.words or (ours.title,)]
        ranked = []
        for field, name in names:
            scored = _score(ours, phrases, field, name, known.get(field.id))
            if scored and scored[0] >= _LEAST:
                ranked.append((field.id, round(min(scored[0], 1.0), 3), scored[1]))
        found[ours.name] = sorted(ranked, key=lambda row: (-row[1], row[0]))[:5]
    return found


class _Phrase:
    """What a field of ours may be called, prepared for comparing it with many names."""

    def __init__(self, word: str) -> None:
        self.word, self.plain = word, plain_name(word)
        self.words = set(self.plain.split())
        self._letters: SequenceMatcher[str] | None = None

    def likeness(self, name: str, words: set[str]) -> float:
        """1 for the same words, less for some of them, by letters where words differ a little."""
        if name == self.plain:
            return 1.0
        if not words or not self.words:
            return 0.0
        share = 2 * len(words & self.words) / (len(words) + len(self.words))
        if self.words <= words and len(self.words) > 1:
            share = max(share, 0.8)
        letters = self._by_letters(name)
        return max(share * 0.95, (letters - 0.1) if letters > _ALIKE else 0.0)

    def _by_letters(self, name: str) -> float:
        """How alike the letters are, 0 to 1; 0 where cheap upper bounds show that they are not alike enough."""
        if 2 * min(len(name), len(self.plain)) <= _ALIKE * (len(name) + len(self.plain)):
            return 0.0
        if self._letters is None:
            self._letters = SequenceMatcher(None, "", self.plain)
        self._letters.set_seq1(name)
        return self._letters.ratio() if self._letters.quick_ratio() > _ALIKE else 0.0


def _score(
    ours: OurField, phrases: Sequence[_Phrase], field: JiraField, name: str, coverage: Coverage | None
) -> tuple[float, str] | None:
    kind = field.kind if field.kind != "other" or coverage is None else coverage.kind
    unknown = kind == "other" and not field.schema and not (coverage and coverage.set)
    if kind not in ours.kinds and not unknown:
        return None
    words = set(name.split())
    score, best = max((phrase.likeness(name, words), phrase.word) for phrase in phrases)
    why = f"its name is “{field.name}”" if score >= 0.99 else f"its name resembles “{best}”"
    if ours.name == "story_points" and "jsw-story-points" in str(field.schema.get("custom", "")):
        score, why = max(score, 0.97), "it is Jira’s own story point field"
    if not field.custom:
        if score < 0.95:
            return None  # Jira's own fields mean something else, unless they are called the same
        score -= 0.1  # and a field that somebody made for it fits better
    decoys = {each for each in _DECOY.findall(name) if not any(each in phrase.plain.split() for phrase in phrases)}
    if decoys or re.search(r"\((old|copy|migrated|deprecated)\b", name_key(field.name)):
        score -= 0.35
    if coverage is not None:
        score += -0.3 if coverage.set == 0 else 0.1 * (coverage.share - 0.5)
        why += f"; set on {coverage.set} of {coverage.of} issues"
    return score, why


def plain_name(name: str) -> str:
    """Lower-case words: "codeCommit_Date" → "code commit date"."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[\W_]+", " ", name_key(parted)).strip()


def is_epic_link(name: str, schema: str, *, custom: bool) -> bool:
    """Whether a field holds the key of an issue's epic, as in Data Center. `schema`: Jira's type of a custom field.

    >>> is_epic_link("Epos-Verknüpfung", "com.pyxis.greenhopper.jira:gh-epic-link", custom=True)
    True
    """
    return "gh-epic-link" in schema or (custom and name_key(name) == "epic link")
