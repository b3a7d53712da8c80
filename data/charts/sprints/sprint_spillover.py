"""How much of what was committed was not done at the close, sprint by sprint."""

from __future__ import annotations

import numpy as np

from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing
from data.charts.sprints.sprint_points import board_asked, issues_behind, links
from data.facts.sprint_issues import SWITCHES
from data.values.charts import Line, Series


@chart(family="sprints", order=3, title="Spilled over", switches=SWITCHES, fields=("story_points",))
def sprint_spillover(query: ChartQuery) -> Drawing:
    """Each bar is the share of what was committed that was still in the sprint and neither done nor
    discarded at its close.

    The line is the same of all closed sprints together: all that spilled over ÷ all that was committed, not a mean of
    shares. A sprint in which nothing was committed has no bar.
    """
    board = board_asked(query)
    if isinstance(board, Drawing):
        return board
    spilled, committed = board.sums("spilled"), board.sums("committed")
    shares = [
        None if np.isnan(each) else 100 * float(each)
        for each in board.stats.measures["spillover"][board.places].tolist()
    ]
    tokens = links(board, "spilled", ("spilled",))
    words = [
        f"{name}: {'nothing was committed' if share is None else f'{share:,.1f} %'}, {over:g} of {planned:g} "
        f"{board.unit}"
        for name, share, over, planned in zip(board.names, shares, spilled, committed, strict=True)
    ]
    drawn = slice(board.first, None)
    whole = 100 * sum(spilled) / sum(committed) if sum(committed) else None
    return Drawing(
        (
            "Nothing was committed in any of these sprints."
            if whole is None
            else (
                f"{whole:,.0f} % of what was committed in all {len(shares)} closed "
                f"sprint{'s' * (len(shares) != 1)} of {board.choice.name} spilled over."
            )
        ),
        (Series("", "bars", board.labels[drawn], shares[drawn], text=words[drawn], picks=tokens[drawn]),),
        () if whole is None else (Line("y", whole, f"all {whole:,.0f} %"),),
        x_title=board.axis,
        y_title="% of what was committed",
        x_kind="category",
        unit="percent",
        columns=("Sprint", f"Committed, {board.unit}", f"Spilled over, {board.unit}", "Spilled over, %"),
        table=lambda: zip(board.names, committed, spilled, shares, strict=True),
        table_picks=lambda: tokens,
        row_count=len(shares),
        drilldown=issues_behind(board, "spilled"),
        thinned=board.thinned,
    )
