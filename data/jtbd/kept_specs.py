"""Specs as the record store keeps them: a state to fall back on while a file is broken."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

from data.jtbd.specs import Item, Specs, from_dict, gathered, linked, to_dict
from data.store.record_store import RecordStore, SpecRow

log = logging.getLogger(__name__)


def keep(store: RecordStore, items: Sequence[tuple[str, Item]], at: int) -> None:
    """The specs as they are now, in place of those before; `at` in µs since 1970 UTC. Raises RecordsError."""
    rows = (
        SpecRow(kind, item.id, json.dumps(to_dict(item), ensure_ascii=False, sort_keys=True), item.source)
        for kind, item in items
    )
    store.keep_specs(rows, at)


def kept_items(store: RecordStore) -> list[tuple[str, Item]]:
    """(kind, item) of all specs kept; rows that cannot be read are left out. Raises RecordsError."""
    items: list[tuple[str, Item]] = []
    for row in store.kept_specs():
        try:
            items.append((row.kind, from_dict(row.kind, json.loads(row.text))))
        except (ValueError, TypeError, KeyError):
            log.warning("a kept spec cannot be read: %s", row.id)
    return items


def kept_specs(store: RecordStore) -> Specs:
    """The specs as they were kept. Raises RecordsError."""
    return gathered(linked(kept_items(store)), synced_at=store.specs_kept_at())
