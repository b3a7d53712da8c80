"""Charts are plain dicts that Plotly accepts."""

from __future__ import annotations

from plotly import graph_objects as go

from ui.figures import bars, escape, histogram

SHAPE = {
    "edges": [0, 1, 2, 4],
    "counts": [3, 0, 5],
    "unit": "days",
    "marks": [("median", 1.5), ("85 %", 1.6), ("95 %", 3.9)],
}


def test_plotly_accepts_them():
    for figure in (
        histogram(SHAPE),
        bars([("Feature", 57.8), ("Risk", 4.7)], "%"),
        bars([(f"w{n}", n) for n in range(20)]),
    ):
        assert isinstance(figure, dict)
        go.Figure(figure)


def test_counts_start_at_zero_and_step_in_whole_numbers():
    axis = histogram(SHAPE)["layout"]["yaxis"]
    assert axis["rangemode"] == "tozero"
    assert axis["dtick"] == 1
    assert histogram({**SHAPE, "counts": [3, 0, 1200]})["layout"]["yaxis"]["dtick"] == 500


def test_labels_of_neighbours_do_not_overlap():
    heights = [each["yshift"] for each in histogram(SHAPE)["layout"]["annotations"]]
    assert heights[0] != heights[1]


def test_words_are_not_markup():
    assert escape("<b>&") == "&lt;b&gt;&amp;"
    figure = histogram({**SHAPE, "marks": [("<b>x</b>", 1)]})
    assert "<b>" not in str(figure["layout"]["annotations"])


def test_labels_of_marks_at_the_edge_stay_inside():
    """One value: its median and its percentile stand at the right edge of the last bar."""
    figure = histogram(
        {
            "edges": [0.0, 1.2, 2.4, 3.6, 4.9],
            "counts": [0, 0, 0, 1],
            "unit": "hours",
            "marks": [("median", 4.9), ("85 %", 4.9)],
        }
    )
    assert [each["xanchor"] for each in figure["layout"]["annotations"]] == ["right", "right"]
    first, second = figure["layout"]["annotations"]
    assert first["yshift"] != second["yshift"]
    figure = histogram({"edges": [0.0, 10.0], "counts": [1], "marks": [("median", 0.0)]})
    assert figure["layout"]["annotations"][0]["xanchor"] == "left"
