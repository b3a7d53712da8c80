"""Mapped fields of which no value can be read: a number that rests on one says so and is not calculated from the
rest.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from data.facts.dataset import Dataset
from data.facts.query import Missing
from data.settings.fields import FIELDS
from data.tables.frames import NEVER

# What stands beside a number and does not make it.
_BESIDE = frozenset({("flow_time", "flow_time_days"), ("flow_velocity", "story_points")})


def unreadable_field(metric: str, fields: Iterable[str], facts: Dataset) -> Missing | None:
    """What to say where a field that a metric uses has values and none of them can be read."""
    for name in fields:
        count = int(np.count_nonzero(facts.unreadable(name)))
        if count and (metric, name) not in _BESIDE and not _any_readable(facts, name):
            return Missing(
                f"{FIELDS[name].title} cannot be read: its Jira field has a value on {count:,} "
                f"issue{'s' * (count != 1)}, and "
                "Jira gives no text, number or date for it. Map another field.",
                (name,),
                counts=True,
            )
    return None


def _any_readable(facts: Dataset, name: str) -> bool:
    values = facts.field(name)
    if values is None:
        return False
    return bool((values != NEVER).any() if values.dtype == np.int64 else pd.notna(values).any())
