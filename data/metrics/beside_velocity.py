"""Why another count of a period differs from flow velocity: one sentence, for whoever sees both."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from data.facts.query import MetricQuery
    from data.facts.rows import Rows


def beside_velocity(rows: Rows, query: MetricQuery) -> list[str]:
    """How many of the used issues flow velocity counts too, and why it does not count the others; and how many it
    counts besides. No sentence where both count the same issues.
    """
    from data.metrics.flow.flow_velocity import flow_velocity
    from data.metrics.measure import rows_for

    velocity = rows_for(flow_velocity, query)
    mine = np.unique(rows.issue[rows.reason == 0])
    theirs = velocity.issue[velocity.reason == 0]
    both = int(np.isin(mine, theirs).sum())
    if both == len(mine) == len(theirs):
        return []
    known = {int(issue): velocity.reasons[why] for issue, why in zip(velocity.issue, velocity.reason, strict=True)}
    others = mine[~np.isin(mine, theirs)].tolist()
    why = Counter(known.get(issue) or "open again, or completed on other days" for issue in others)
    said = f"Flow velocity counts {both} of them"
    if why:
        said += f", not the others ({', '.join(f'{reason} {n}' for reason, n in why.most_common())})"
    if len(theirs) > both:
        said += f", and {len(theirs) - both} more: {len(theirs)}"
    return [f"{said}."]
