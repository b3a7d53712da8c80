"""The fields that issues can be filtered by: those of every Jira, and mapped fields that hold words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from data.settings.fields import FIELDS, WORDS
from data.values.filters import OWN_FIELDS, BadFilter, FilterField, Filters, checked, mapped_field

FILTER_FIELDS: Mapping[str, FilterField] = MappingProxyType(
    {
        **OWN_FIELDS,
        **{each.name: mapped_field(each.name, each.title) for each in FIELDS.values() if set(WORDS) <= set(each.kinds)},
    }
)


def filters_for(filters: Filters, mapping: Mapping[str, str]) -> Filters:
    """The filters, if each can be applied with this mapping. Raises BadFilter."""
    checked(filters, FILTER_FIELDS)
    for each in filters.where:
        field = FILTER_FIELDS[each.field]
        if field.mapped and field.name not in mapping:
            raise BadFilter(f"{field.title} is not mapped, so nothing can be filtered by it.", "Map it, then sync.")
    return filters


def filter_words(filters: Filters) -> list[tuple[str, str]]:
    """Each filter as (title of the field, operator and values), for files and reports.

    >>> from data.values.filters import Filter
    >>> filter_words(Filters((Filter("project", "in", ("SHOP", "PAY")),)))
    [('Project', 'is PAY, SHOP')]
    """
    return [(title_of(each.field), each.words) for each in filters.where]


def title_of(field: str) -> str:
    """The title of a field, or its name where there is no such field."""
    return FILTER_FIELDS[field].title if field in FILTER_FIELDS else field
