"""Sized points: names beside them cover nothing, hostile names are text, hollow points have no colour of a band."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from data.values.charts import ChartAnswer, Region, Series
from ui.components.chart_figure import figure
from ui.components.chart_points import _HIGH, _WIDE, _box, _covers, _px, name_places

HOSTILE = "<img src=x onerror=alert(1)>"
PLANE = {"x_range": (0, 10), "y_range": (0, 10)}
numbers = st.floats(0, 10, allow_nan=False)


def answer(points, **more):
    series = Series(
        "Strong",
        "sized",
        [x for x, _ in points],
        [y for _, y in points],
        text=[HOSTILE] * len(points),
        picks=["outcome:a"] * len(points),
        role="served-strong",
        size=[20] * len(points),
        labels=["a name"] * len(points),
    )
    return ChartAnswer("n", "t", "r", series=(series,), **PLANE | more)


@given(st.lists(st.tuples(numbers, numbers), max_size=30))
def test_names_cover_neither_points_nor_names_and_stay_inside(points):
    made = answer(points)
    boxes = []
    for (x, y), side in zip(points, name_places(made).get(0, []), strict=True):
        if side:
            boxes.append(_box(side, *_px(made, x, y), 10, 6.2 * len("a name")))
    dots = [(px - 10, py - 10, px + 10, py + 10) for px, py in (_px(made, *each) for each in points)]
    assert not any(_covers(a, [b]) for a, b in combinations(boxes, 2))
    assert not any(_covers(box, dots) for box in boxes)
    assert all(box[0] >= 0 and box[1] >= 0 and box[2] <= _WIDE and box[3] <= _HIGH for box in boxes)


def test_a_point_alone_has_its_name():
    trace = figure(answer([(5, 5)]))["data"][0]
    assert trace["text"] == ["a name"] and trace["mode"] == "markers+text"


def test_texts_are_escaped():
    trace = figure(answer([(5, 5)]))["data"][0]
    assert trace["hovertext"] == [f"<b>{HOSTILE.replace('<', '&lt;').replace('>', '&gt;')}</b>"]


def test_regions_are_drawn_and_named():
    region = Region("Strong", ((6, 0), (10, 8), (10, 5)), (10, 6.5), "beside", "served-region-strong")
    made = figure(answer([(5, 5)], regions=(region,)))["layout"]
    assert made["shapes"][0]["path"] == "M6,0L10,8L10,5Z"
    assert made["annotations"][0]["text"] == "Strong"
    assert made["xaxis"]["range"] == [0, 10] and made["yaxis"]["range"] == [0, 10]


def test_names_on_an_axis_keep_their_order_and_lines_have_no_hover():
    line = Series("", "spans", [1, 2, None], ["b", "b", None], role="served-between")
    dots = Series("Half", "sized", [2, 3], ["b", "a"], text=["x", "y"], role="served-unknown")
    made = figure(ChartAnswer("n", "t", "r", series=(line, dots)))
    assert made["layout"]["yaxis"]["categoryarray"] == ["a", "b"]
    assert made["data"][0]["hoverinfo"] == "skip"
    assert made["data"][1]["marker"]["color"] == "var(--tl-card)", "without enough answers there is no colour"
