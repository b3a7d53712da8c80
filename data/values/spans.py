"""Named spans: from which statuses to which an item is timed, for example "development: In Progress -> Review"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from data.values.filters import did_you_mean
from data.values.names import name_key, name_keys, same_name

_WRITTEN = re.compile(r"\s*([^:]*?)\s*:\s*(.+?)\s*(?:->|→)\s*(.+?)\s*", re.DOTALL)
HOW = "Write name: from -> to, for example development: In Progress -> Review; several statuses are separated by ;."


@dataclass(frozen=True)
class NamedSpan:
    """A span of the work. It begins with the first entry into one of the statuses `start`, and ends with the last
    entry into one of `end`.
    """

    name: str
    start: tuple[str, ...]
    end: tuple[str, ...]

    @property
    def way(self) -> str:
        """From where to where.

        >>> read("development: In Progress -> Review; Test").way
        'In Progress to Review or Test'
        """
        return f"{' or '.join(self.start)} to {' or '.join(self.end)}"


def read(text: str) -> NamedSpan:
    """A span as people write it. Raises ValueError.

    >>> read("development: In Progress → Review")
    NamedSpan(name='development', start=('In Progress',), end=('Review',))
    """
    found = _WRITTEN.fullmatch(text)
    start, end = (_statuses(found[n]) if found else () for n in (2, 3))
    if found is None or not found[1] or not start or not end:
        name, some, others = parts(text)
        lacking = [what for what, there in (("name", name), ("start", some), ("end", others)) if not there]
        if lacking and "->" in text:
            called = f"The span “{name}”" if name else "A span"
            raise ValueError(f"{called} has no {' and no '.join(lacking)}.")
        raise ValueError(f"“{text}” is not a span. {HOW}")
    if both := name_keys(start) & name_keys(end):
        raise ValueError(f"The span “{found[1]}” begins and ends in “{sorted(both)[0]}”. {HOW}")
    return NamedSpan(found[1], start, end)


EMPTY = ":  -> "  # a span of which nothing is said yet
_PARTS = re.compile(r"(?:([^:]*):)?(.*?)(?:(?:->|→)(.*))?", re.DOTALL)
_NO_STATUS = re.compile(r"[;:]|->|→")


def parts(text: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Name, statuses from which and statuses to which, also of a span that is not whole.

    >>> parts("development: In Progress -> Review; Test"), parts(EMPTY), parts("review")
    (('development', ('In Progress',), ('Review', 'Test')), ('', (), ()), ('', ('review',), ()))
    """
    found = _PARTS.fullmatch(text)
    name, start, end = found.groups() if found else ("", "", "")
    return (name or "").strip(), _statuses(start or ""), _statuses(end or "")


def written(name: str, start: Iterable[str], end: Iterable[str]) -> str:
    """The span as a line of the settings; a colon in its name would end it, so it becomes a blank.

    >>> written("dev", ["In Progress"], ["Review", "Test"]), parts(written("a: b", [], ["Done"]))
    ('dev: In Progress -> Review; Test', ('a b', (), ('Done',)))
    """
    plain = " ".join(name.replace(":", " ").split())
    return f"{plain}: {'; '.join(start)} -> {'; '.join(end)}"


def status_as_written(name: str, status_id: str) -> str:
    """What a line calls a status: its name, or its id where the name holds a sign that parts the line.

    >>> status_as_written("In Review", "7"), status_as_written("Ready; waiting", "8")
    ('In Review', '8')
    """
    return status_id if _NO_STATUS.search(name) else name


def _statuses(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(";") if each.strip())


def chosen(text: str, spans: Iterable[str]) -> NamedSpan | None:
    """The span that a text means: the name of one of the spans, or a span written out; None for an empty text. Raises
    ValueError.

    >>> chosen("Review", ["development: Open -> Review", "review: Review -> Done"]).way
    'Review to Done'
    >>> chosen("developmnt", ["development: Open -> Review"])
    Traceback (most recent call last):
    ValueError: There is no span “developmnt”. Did you mean “development”? There are: development.
    """
    if not text.strip():
        return None
    known = [read(each) for each in spans]
    found = next((each for each in known if same_name(each.name, text)), None)
    if found is not None:
        return found
    if ":" in text:
        return read(text)
    names = [each.name for each in known]
    there = f"There are: {', '.join(names)}." if names else f"None is defined. {HOW}"
    raise ValueError(f"There is no span “{text}”. {did_you_mean(text, names)}{there}")


def twice(spans: Iterable[NamedSpan]) -> str | None:
    """A name that two spans share."""
    seen: set[str] = set()
    for each in spans:
        key = name_key(each.name)
        if key in seen:
            return each.name
        seen.add(key)
    return None


def names_of(spans: Iterable[str], none: str) -> tuple[tuple[str, str], ...]:
    """What can be timed, as (value, words), where spans are defined; `none`: the words for no span.

    >>> names_of(["development: Open -> Review"], "the whole way"), names_of([], "the whole way")
    ((('', 'the whole way'), ('development', 'development')), ())
    """
    named = tuple((read(each).name,) * 2 for each in spans)
    return (("", none), *named) if named else ()
