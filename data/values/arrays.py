"""What an array holds, as names for the type checker. All arrays have one dimension unless their place says
otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Instants = NDArray[np.int64]
"""Microseconds since 1970 UTC; NEVER and FOREVER of data.tables.frames stand for none and for no end."""

Microseconds = NDArray[np.int64]
"""Lengths of time in microseconds."""

Positions = NDArray[np.integer[Any]]
"""Row numbers in another table or array, of any width; -1 stands for none."""

Codes = NDArray[np.integer[Any]]
"""Small whole numbers that stand for a status, a state, a group or a reason; the place says which."""

Counts = NDArray[np.integer[Any]]
"""How many there are of something."""

Mask = NDArray[np.bool_]
"""True or False for each row."""

Numbers = NDArray[np.float64]
"""Amounts in the unit that the place names; NaN stands for none."""

Objects = NDArray[np.object_]
"""Texts, or tuples of texts, or None."""

Column = NDArray[Any]
"""One column of a set of columns of several kinds; its name says which of the above it is."""

Spans = tuple[Positions, Instants, Instants]
"""Issue, start and end of spans of time [start, end)."""
