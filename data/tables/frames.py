"""How tidy tables are made of rows, and the two instants that stand for none and for ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

NEVER = int(np.iinfo(np.int64).min)  # no such instant
FOREVER = int(np.iinfo(np.int64).max)  # still so


def frame(rows: Sequence[tuple[Any, ...]], **columns: Any) -> pd.DataFrame:
    """Rows as a frame with the given column types, also when there is none."""
    parts = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pd.DataFrame(
        {name: np.array(part, dtype=kind) for part, (name, kind) in zip(parts, columns.items(), strict=True)}
    )
