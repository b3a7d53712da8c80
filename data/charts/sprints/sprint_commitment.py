"""What was planned for each sprint beside what it completed."""

from __future__ import annotations

from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing
from data.charts.sprints.sprint_points import board_asked, issues_behind, links
from data.facts.sprint_issues import SWITCHES
from data.values.charts import Series

LISTS = {"Completed outside, issues": "outside", "Discarded, issues": "discarded"}
FLAGS = ("committed", "added", "removed", "completed")


@chart(family="sprints", order=2, title="Committed and completed", switches=SWITCHES, fields=("story_points",))
def sprint_commitment(query: ChartQuery) -> Drawing:
    """Two bars a sprint: what was committed at its start, and what was completed at its close.

    Committed was in the sprint at its start and not done before. Completed became done while in the sprint and is still
    in it and done just before its close, whether committed or added later: it can be more than what was committed. The
    table has what was added and removed too, and how many issues were completed outside of the sprint or discarded.
    """
    board = board_asked(query)
    if isinstance(board, Drawing):
        return board
    sums = {name: board.sums(name) for name in FLAGS}
    tokens = {name: links(board, name, FLAGS) for name in FLAGS}
    drawn = slice(board.first, None)

    def bars(name: str, role: str) -> Series:
        words = [f"{each}: {value:g} {board.unit} {name}" for each, value in zip(board.names, sums[name], strict=True)]
        labels, values = board.labels[drawn], sums[name][drawn]
        return Series(
            name.capitalize(), "bars", labels, values, text=words[drawn], picks=tokens[name][drawn], role=role
        )

    planned, done = sum(sums["committed"]), sum(sums["completed"])
    share = f": {100 * done / planned:,.0f} % of it" if planned else ""
    return Drawing(
        f"In {len(board.places)} closed sprint{'s' * (len(board.places) != 1)} {planned:,.6g} {board.unit} were "
        "committed and "
        f"{done:,.6g} completed{share}.",
        (bars("committed", "faint"), bars("completed", "main")),
        x_title=board.axis,
        y_title=board.unit.capitalize(),
        x_kind="category",
        unit=board.unit,
        columns=("Sprint", *(f"{name.capitalize()}, {board.unit}" for name in FLAGS), *LISTS),
        table=lambda: zip(board.names, *sums.values(), *(board.issues(name) for name in LISTS.values()), strict=True),
        table_picks=lambda: tokens["completed"],
        row_count=len(board.names),
        drilldown=issues_behind(board, *FLAGS),
        thinned=board.thinned,
    )
