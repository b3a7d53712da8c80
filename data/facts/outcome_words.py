"""What two mapped fields say about each deployment: it worked, it failed, or words that are in no list of the
settings.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from data.facts.dataset import Dataset
from data.facts.site_names import resolutions_meant
from data.settings.fields import FIELDS
from data.values.arrays import Codes, Mask, Objects, Positions
from data.values.exclusion import Exclusion
from data.values.names import name_key, name_keys

BAD, GOOD, EMPTY, UNKNOWN_WORD, UNREADABLE = 1, 0, -1, -2, -3  # what one value says


@dataclass(frozen=True)
class Meanings:
    """The words of a field that say something, folded: `bad` is a failure, `good` is none."""

    field: str
    good: frozenset[str]
    bad: frozenset[str]

    def of(self, words: tuple[str, ...] | None) -> int:
        """BAD where a word is bad; else GOOD where one is good, EMPTY where there is none, UNKNOWN_WORD otherwise.

        >>> known = Meanings("deployment_successful", frozenset({"yes"}), frozenset({"no"}))
        >>> [known.of(each) for each in (("Yes",), ("Yes", "NO"), None, ("perhaps",))]
        [0, 1, -1, -2]
        """
        keys = name_keys(words or ())
        if not keys:
            return EMPTY
        if keys & self.bad:
            return BAD
        return GOOD if keys & self.good else UNKNOWN_WORD


def meanings(facts: Dataset, field: str) -> Meanings:
    """The lists of words in force for one of the two fields."""
    rule = facts.definitions
    good, bad = {
        "deployment_successful": (rule.success_words, rule.failure_words),
        "production_impact": (rule.no_impact_words, rule.impact_words),
    }[field]
    return Meanings(field, name_keys(good), name_keys(bad))


def says(facts: Dataset, field: str) -> Codes | None:
    """By issue what a field says: BAD, GOOD, EMPTY, UNKNOWN_WORD or UNREADABLE; None where it is not mapped."""
    values = facts.field(field)
    if values is None:
        return None
    known = meanings(facts, field)
    kept: dict[tuple[str, ...] | None, int] = {}
    for each in values:
        if each not in kept:
            kept[each] = known.of(each)
    said = np.array([kept[each] for each in values], dtype=np.int64)
    said[facts.unreadable(field)] = UNREADABLE
    return said


def unknown_words(facts: Dataset, field: str, issues: Mask | Positions | None = None) -> dict[str, int]:
    """Words of a field that are in no list → how many issues have them, most first; of some issues or of all."""
    said, values = facts.once(says, field), facts.field(field)
    if said is None or values is None:
        return {}
    unknown = said == UNKNOWN_WORD
    if issues is not None:
        only = np.zeros(len(unknown), dtype=bool)
        only[issues] = True
        unknown &= only
    return counted(values[unknown])


def unknown_resolutions(facts: Dataset) -> dict[str, int]:
    """Resolutions that are in neither list → how many issues have each, most first."""
    rule = facts.definitions
    known = resolutions_meant(facts.tables, (*rule.not_completed_resolutions, *rule.completed_resolutions))
    column = facts.tables.issues["resolution"].cat
    counts = np.bincount(column.codes.to_numpy() + 1, minlength=len(column.categories) + 1)[1:]
    found = [
        (str(name), int(n))
        for code, (name, n) in enumerate(zip(column.categories, counts, strict=True))
        if n and code not in known
    ]
    return dict(sorted(found, key=lambda each: (-each[1], each[0])))


def counted(values: Objects) -> dict[str, int]:
    """Value → how often it occurs, most first; spellings of one name count together under the most frequent."""
    spelled = Counter(joined(each) for each in values if each)
    total: dict[str, int] = {}
    title: dict[str, str] = {}
    for text, n in sorted(spelled.items(), key=lambda pair: (-pair[1], pair[0])):
        key = title.setdefault(name_key(text), text)
        total[key] = total.get(key, 0) + n
    return dict(sorted(total.items(), key=lambda pair: -pair[1]))


def joined(words: tuple[str, ...]) -> str:
    """A value as one text."""
    return ", ".join(words)


def reason(field: str, words: tuple[str, ...] | None) -> str:
    """Why a value says nothing: it is in no list of words, or (None) cannot be read.

    >>> reason("deployment_successful", ("Perhaps",)), reason("production_impact", None)
    ('deployment successful “Perhaps” is in no list of words', 'Production impact cannot be read')
    """
    title = FIELDS[field].title
    if words is None:
        return Exclusion.UNREADABLE.text(title)
    return Exclusion.UNKNOWN_WORD.text(f"{title[:1].lower()}{title[1:]} “{joined(words)}”")


@dataclass(frozen=True)
class Evidence:
    """By deployment: what the field says, and where it says nothing the reason in words (empty text: none)."""

    failed: Mask
    worked: Mask
    empty: Mask  # a ticket of it says nothing
    unknown: tuple[str, ...]


def evidence(facts: Dataset, field: str, issue: Positions, group: Codes, count: int) -> Evidence | None:
    """What a field says about `count` deployments, whose tickets are (issue, group) pairs; None where it is not mapped.

    One bad word makes a deployment fail. A ticket with an unknown word leaves a deployment unknown.
    """
    said, values = facts.once(says, field), facts.field(field)
    if said is None or values is None:
        return None
    failed, worked, empty = (np.zeros(count, dtype=bool) for _ in range(3))
    for mask, what in ((failed, BAD), (worked, GOOD), (empty, EMPTY)):
        mask[group[said[issue] == what]] = True
    unknown = [""] * count
    for place in np.flatnonzero(said[issue] <= UNKNOWN_WORD)[::-1].tolist():
        readable = said[issue[place]] == UNKNOWN_WORD
        unknown[int(group[place])] = reason(field, values[issue[place]] if readable else None)
    return Evidence(failed, worked, empty, tuple(unknown))
