"""Which catalogue metric tells the actual value of an outcome: "lead_time_p50 of label checkout < 5 days"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.values.errors import AppError

DIMENSIONS = ("project", "type", "label", "component")
_WHOLE = re.compile(
    r"^\s*(?P<metric>[a-z][a-z0-9_]*)"
    r"(?:\s+(?:of|for|in)\s+(?P<filters>.+?))?"
    r"(?:\s*(?P<operator><=|>=|≤|≥|<|>)\s*(?P<target>-?\d+(?:\.\d+)?)\s*(?P<unit>[^\d\s].*?)?)?\s*$"
)
_FILTER = re.compile(r'^\s*(?P<dimension>project|type|label|component)\s+(?P<name>"[^"]+"|.+?)\s*$')


class BindingError(AppError, ValueError):
    """A text that names no measurement; the message says how to write one."""

    code = "binding"


@dataclass(frozen=True)
class Binding:
    """A metric of the catalogue, and the issues that count. `direction`, `target` and `unit` where the text has
    them.
    """

    metric: str
    projects: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    direction: str | None = None
    target: float | None = None
    unit: str = ""

    @property
    def words(self) -> str:
        """The binding as a person would write it.

        >>> read("lead_time_p50 of label checkout and project SHOP < 5 days").words
        'lead_time_p50 of project SHOP and label checkout'
        """
        parts = [
            f'{dimension} "{name}"' if " " in name else f"{dimension} {name}"
            for dimension, names in zip(DIMENSIONS, self.filters, strict=True)
            for name in names
        ]
        return self.metric + (f" of {' and '.join(parts)}" if parts else "")

    @property
    def filters(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Projects, types, labels, components."""
        return (self.projects, self.types, self.labels, self.components)


def read(text: str) -> Binding:
    """A binding from words. Raises BindingError.

    >>> read("lead_time_p50 of label checkout < 5 days")  # doctest: +NORMALIZE_WHITESPACE
    Binding(metric='lead_time_p50', projects=(), types=(), labels=('checkout',), components=(), direction='minimise',
    target=5.0, unit='days')
    >>> read('flow_velocity of component "Mobile web" and project SHOP >= 10').components
    ('Mobile web',)
    """
    found = _WHOLE.match(text)
    if not found:
        raise BindingError(
            f"{text.strip()!r} names no measurement. Write: <metric> of label <name> < <target> <unit>, for example "
            "lead_time_p50 of label checkout < 5 days."
        )
    named: dict[str, list[str]] = {each: [] for each in DIMENSIONS}
    for part in re.split(r"\s+and\s+", found["filters"]) if found["filters"] else ():
        one = _FILTER.match(part)
        if not one:
            raise BindingError(
                f"{part.strip()!r} is no filter. Write one of: project, type, label, component and a name."
            )
        named[one["dimension"]].append(one["name"].strip('"'))
    operator = found["operator"] or ""
    projects, types, labels, components = (tuple(named[each]) for each in DIMENSIONS)
    return Binding(
        found["metric"],
        projects,
        types,
        labels,
        components,
        direction={"<": "minimise", "≤": "minimise", ">": "maximise", "≥": "maximise"}.get(operator[:1]),
        target=float(found["target"]) if found["target"] else None,
        unit=(found["unit"] or "").strip(),
    )
