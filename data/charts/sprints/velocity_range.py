"""How much a board completes in a sprint, and the range that it usually stays in."""

from __future__ import annotations

import numpy as np

from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing
from data.charts.sprints.sprint_points import Board, board_asked, issues_behind, links
from data.facts.days import percentile
from data.facts.sprint_issues import SWITCHES
from data.facts.sprint_statistics import FEWEST
from data.sprints.values import PERCENTILES
from data.values.charts import Line, Series


@chart(family="sprints", order=1, title="Velocity", switches=(*SWITCHES, "percentile"), fields=("story_points",))
def velocity_range(query: ChartQuery) -> Drawing:
    """Each bar is what a closed sprint completed; between the dashed lines lie seven sprints in ten.

    Completed is what became done while in the sprint and is still in it and done just before its close, added work
    included, in story points where they are mapped, else in issues. The lines are the 15th, 50th and 85th percentile
    of all closed sprints of the board.
    """
    board = board_asked(query)
    if isinstance(board, Drawing):
        return board
    values, tokens = board.sums("completed"), links(board, "completed", ("completed",))
    drawn = slice(board.first, None)
    lines, reading = _range(board, values)
    return Drawing(
        reading,
        (
            Series(
                "",
                "bars",
                board.labels[drawn],
                values[drawn],
                text=[
                    f"{name}: {value:g} {board.unit} completed" for name, value in zip(board.names, values, strict=True)
                ][drawn],
                picks=tokens[drawn],
            ),
        ),
        lines,
        x_title=board.axis,
        y_title=f"{board.unit.capitalize()} completed",
        x_kind="category",
        unit=board.unit,
        columns=("Sprint", f"Completed, {board.unit}"),
        table=lambda: zip(board.names, values, strict=True),
        table_picks=lambda: tokens,
        row_count=len(values),
        drilldown=issues_behind(board, "completed"),
        thinned=board.thinned,
    )


def _range(board: Board, values: list[float]) -> tuple[tuple[Line, ...], str]:
    """The three percentiles, where there are enough sprints, and what they say."""
    if len(values) < FEWEST:
        count = f"{len(values)} closed sprint{'s' * (len(values) != 1)}"
        return (), f"{board.choice.name} has {count} so far: a range needs {FEWEST} at least."
    method = board.facts.definitions.percentile
    low, middle, high = (percentile(np.array(values), share, method) or 0.0 for share in PERCENTILES)
    reading = (
        f"Half of the {len(values)} closed sprints of {board.choice.name} completed {middle:,.4g} {board.unit} "
        "or more; "
        f"seven in ten completed {low:,.4g} to {high:,.4g}."
    )
    return (
        Line("y", high, f"85 % {high:,.4g}"),
        Line("y", middle, f"half {middle:,.4g}", "main"),
        Line("y", low, f"15 % {low:,.4g}"),
    ), reading
