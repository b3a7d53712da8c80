"""A definition as a switch: its value in force, the saved one, and what else it could be."""

from __future__ import annotations

from collections.abc import Mapping

from data.settings.definitions import DAYS, table, value_of
from data.settings.model import Settings
from data.values.spans import names_of
from data.values.switches import Switch


def switch(name: str, settings: Settings, saved: Settings, names: Mapping[str, str] | None = None) -> Switch:
    """A definition in force and what else it could be. `names`: ids → names, as for `Definition.in_words`."""
    known = table()[name]
    value, before = (known.readable(value_of(each, name), names) for each in (settings, saved))
    choices = tuple((known.text(each), known.in_words(each)) for each in known.choices)
    if known.names_of == "statuses":
        choices = tuple(each for each in (names or {}).items() if ":" not in each[0])
    elif name == "timed_span":
        choices = names_of(settings.definitions.spans, known.empty)
    elif known.names_of == "weekdays":
        choices = tuple((str(n), day) for n, day in enumerate(DAYS))
    return Switch(
        name=name,
        title=known.title,
        help=known.help,
        value=known.text(value),
        words=known.in_words(value, names),
        saved=known.text(before),
        saved_words=known.in_words(before, names),
        choices=choices,
        names_of=known.names_of,
        unit=known.unit,
        nothing=known.text([]) if known.names_of else "",
    )
