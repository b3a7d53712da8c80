"""Filters that no issue matches: most often a typing error, which an answer of zero would hide."""

from __future__ import annotations

from collections.abc import Sequence

from data.values.filters import Choices, Filters
from data.values.names import name_key


def unknown_names(filters: Filters, choices: Choices) -> list[str]:
    """A sentence for each name of the filters that is not in the data."""
    return [
        unknown_words(each.field.replace("_", " "), name, [known for known, _ in choices.of(each.field)])
        for each, name in choices.unknown(filters)
    ]


def unknown_words(what: str, name: str, names: Sequence[str]) -> str:
    """That there is no such thing, and what it could have been.

    >>> unknown_words("project", "shp", ["SHOP", "PAY"])
    "There is no project 'shp' in the data. Did you mean 'SHOP'? There are: SHOP, PAY."
    >>> unknown_words("label", "x", [])
    "There is no label 'x' in the data, and no other."
    """
    from difflib import get_close_matches

    if not names:
        return f"There is no {what} {name!r} in the data, and no other."
    spelled = {name_key(each): each for each in reversed(names)}
    near = [spelled[each] for each in get_close_matches(name_key(name), spelled, n=3, cutoff=0.6)]
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"There is no {what} {name!r} in the data.{hint} There are: {', '.join(names[:8])}{more}."
