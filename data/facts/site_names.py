"""Which resolutions and links a setting means: it may hold their ids, their names, or names that they had before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from data.tables.site_names import LINK, RESOLUTION
from data.tables.tidy import Tables
from data.values.arrays import Mask
from data.values.names import is_named, name_key, name_keys, places_of


def resolutions_meant(tables: Tables, entries: Iterable[str]) -> list[int]:
    """The codes, in the issue table, of the resolutions that ids and names stand for."""
    return _places(tables, RESOLUTION, entries, tables.issues["resolution"].cat.categories)


def links_meant(tables: Tables, entries: Iterable[str]) -> Mask:
    """By link, whether ids ("10003:inward"; "10003": both ends) or phrases stand for it. Boolean."""
    phrases = tables.links["phrase"].cat
    return np.isin(phrases.codes.to_numpy(), _places(tables, LINK, entries, phrases.categories))


def titles(tables: Tables) -> dict[str, str]:
    """What the ids in settings are called now: of statuses, and of resolutions and links behind what they are
    ("resolutions:7", "links:10003:inward").
    """
    found = dict(zip(tables.statuses["status_id"].astype(str), tables.statuses["name"].astype(str), strict=True))
    rows = zip(*(tables.names[each].tolist() for each in ("kind", "named", "name", "current")), strict=True)
    for kind, named, name, current in rows:
        if current:
            found[f"{kind}s:{named}"] = name
        else:
            found.setdefault(f"{kind}s:{named}", name)
    return found


def ids_of(tables: Tables, kind: str, entries: Iterable[str]) -> list[str]:
    """Names as ids, each once, where just one id has the name, or just one had it; what is not known stays a name."""
    rows = tables.names[tables.names["kind"] == kind]
    known: dict[str, set[str]] = {}
    now: dict[str, set[str]] = {}
    for named, name, current in zip(rows["named"], rows["name"], rows["current"], strict=True):
        known.setdefault(name_key(str(name)), set()).add(str(named))
        if current:
            now.setdefault(name_key(str(name)), set()).add(str(named))
    out: list[str] = []
    for each in entries:
        ids = now.get(name_key(each)) or known.get(name_key(each)) or set()
        of_one = len({named.partition(":")[0] for named in ids}) == 1  # both ends of a link may say the same
        out += sorted(ids) if of_one else [each]
    return list(dict.fromkeys(out))


def _places(tables: Tables, kind: str, entries: Iterable[str], categories: Sequence[str] | pd.Index) -> list[int]:
    wanted = set(map(str, entries))
    columns = (tables.names[each].tolist() for each in ("kind", "named", "name", "place")) if len(tables.names) else ()
    rows = [row[1:] for row in zip(*columns, strict=True) if row[0] == kind]
    ids = {named for named, _, _ in rows if named in wanted or named.partition(":")[0] in wanted}
    by_name = wanted - ids - {named.partition(":")[0] for named in ids}
    keys = name_keys(by_name)
    ids |= {named for named, name, _ in rows if is_named(name, keys)}
    return sorted(
        {*places_of(by_name, categories), *(place for named, _, place in rows if named in ids and place >= 0)}
    )
