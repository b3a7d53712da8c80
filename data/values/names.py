"""How names are compared: the one rule by which two spellings of a status, type, label or link phrase are the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Sequence
from functools import lru_cache

_APOSTROPHES = "\u2018\u2019\u201a\u201b\u02bc\u02b9\u2032\u00b4\uff07`"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u2060\ufeff"
_FOLDED = str.maketrans(
    {**dict.fromkeys(_APOSTROPHES, "'"), **dict.fromkeys(_DASHES, "-"), **dict.fromkeys(_INVISIBLE)}
)


@lru_cache(maxsize=20_000)
def name_key(name: str) -> str:
    """What is equal for two names that are the same: case, composed letters, apostrophes, dashes and spaces folded.

    >>> name_key("  Won\u2019t\u00a0 Do ") == name_key("WON'T DO")
    True
    >>> name_key("Schließlich"), name_key("Ru\u0308ckgängig") == name_key("RÜCKGÄNGIG"), name_key("Roll\u2011back")
    ('schliesslich', True, 'roll-back')
    """
    plain = name.translate(_FOLDED)
    if not plain.isascii():  # Unicode, section 3.13, D145: canonical caseless matching
        plain = unicodedata.normalize("NFD", plain)
    return unicodedata.normalize("NFC", " ".join(plain.casefold().split()))


def name_keys(names: Iterable[str]) -> frozenset[str]:
    """The keys of names, without those that are empty."""
    return frozenset(key for name in names if (key := name_key(str(name))))


def same_name(left: str, right: str) -> bool:
    """Whether two names are the same.

    >>> same_name("In Progress", "in  progress"), same_name("Done", "Ready")
    (True, False)
    """
    return name_key(left) == name_key(right)


def told_apart(name: str, taken: Iterable[str], what: str) -> str:
    """The name, followed by what it is where something else is called so.

    >>> told_apart("Done", ["Done", "Not started"], "in progress"), told_apart("In Review", ["Done"], "in progress")
    ('Done (in progress)', 'In Review')
    """
    keys = name_keys(taken)
    while name_key(name) in keys:
        name = f"{name} ({what})"
    return name


def places_of(names: Iterable[str], known: Iterable[str]) -> list[int]:
    """The places in `known` of the names that are asked for; for the categories of a column.

    >>> places_of(["bug", "Épic"], ["Bug", "Story", "BUG", "épic"])
    [0, 2, 3]
    """
    wanted = name_keys(names)
    return [n for n, name in enumerate(known) if name_key(str(name)) in wanted]


def is_named(name: str, keys: Container[str]) -> bool:
    """Whether a name is among those whose keys are given."""
    return name_key(name) in keys


def words_of(name: str) -> Sequence[str]:
    """A name as its words, folded, without punctuation; for comparing names by their words.

    >>> words_of("Incident: resolved-at")
    ['incident', 'resolved', 'at']
    """
    return re.findall(r"\w+", name_key(name))


def one_spelling(known: Sequence[str], counts: Sequence[int]) -> list[int]:
    """For each place in `known` the place of the most used spelling of the same name; of equals the first.

    >>> one_spelling(["UI", "api", "ui", "API"], [1, 5, 3, 5])
    [2, 1, 2, 1]
    """
    best: dict[str, int] = {}
    for n, name in enumerate(known):
        key = name_key(str(name))
        if key not in best or counts[n] > counts[best[key]]:
            best[key] = n
    return [best[name_key(str(name))] for name in known]
