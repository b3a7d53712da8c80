"""A small picture of recent values."""

from __future__ import annotations

from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.values.sparkline import svg
from ui.components.sparkline import CARD, CHANGE, data_uri, sparkline

POINTS = st.lists(st.none() | st.floats(-1e9, 1e9), min_size=2, max_size=30).filter(
    lambda p: sum(x is not None for x in p) > 1
)


@given(POINTS, st.none() | st.floats(-1, 30))
def test_stays_inside_its_box(points, shaded_from):
    drawing = ET.fromstring(svg(points, CARD, shaded_from=shaded_from))  # noqa: S314 - our own text
    for line in drawing.iter("{http://www.w3.org/2000/svg}polyline"):
        for pair in line.attrib["points"].split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= CARD.width
            assert 0 <= y <= CARD.height


def test_of_negative_values_the_least_is_at_the_floor():
    drawing = ET.fromstring(svg([-2.0, 0.0, -1.0], CARD))  # noqa: S314 - our own text
    [line] = drawing.iter("{http://www.w3.org/2000/svg}polyline")
    heights = [float(pair.split(",")[1]) for pair in line.attrib["points"].split()]
    assert heights == [CARD.height - CARD.margin, CARD.margin, CARD.height / 2]


def test_gaps_are_not_drawn_as_values():
    drawing = svg([1, 2, None, 3, 4], CARD)
    assert drawing.count("<polyline") == 2
    assert drawing.count("stroke-dasharray") == 1


def picture(points, shaded):
    return unquote(sparkline(points, shaded=shaded).children.src).removeprefix("data:image/svg+xml,")


def test_period_is_shaded_from_the_right():
    assert "<rect" in picture([1, 2, 3], 0.5)
    assert "<rect" not in picture([1, 2, 3], 0)
    assert "<rect" not in picture([1, 2, 3], 1)


@pytest.mark.parametrize("share", [0.05, 0.25, 0.5, 0.9])
def test_the_shading_ends_where_the_line_ends_and_is_as_wide_as_the_share(share):
    drawing = ET.fromstring(picture([1, 2, 3], share))  # noqa: S314 - our own text
    [shade] = drawing.iter("{http://www.w3.org/2000/svg}rect")
    [line] = drawing.iter("{http://www.w3.org/2000/svg}polyline")
    xs = [float(pair.split(",")[0]) for pair in line.attrib["points"].split()]
    left, width = float(shade.attrib["x"]), float(shade.attrib["width"])
    assert left + width == pytest.approx(max(xs), abs=0.1)
    assert width == pytest.approx((max(xs) - min(xs)) * share, abs=0.1)


def test_higher_values_are_drawn_higher_and_the_greatest_touches_the_top():
    drawing = ET.fromstring(svg([0, 5, 10, None, 4], CARD))  # noqa: S314 - our own text
    line = next(drawing.iter("{http://www.w3.org/2000/svg}polyline"))
    heights = [float(pair.split(",")[1]) for pair in line.attrib["points"].split()]
    assert heights == [37.0, 20.0, 3.0]


def test_all_zero_is_a_flat_line():
    assert "nan" not in svg([0, 0, 0], CARD)


def test_without_points_keeps_its_place():
    assert sparkline(None).className == sparkline([1]).className == sparkline([None, None]).className


def test_picture_is_a_data_address():
    assert unquote(data_uri(svg([1, 2], CARD))).startswith("data:image/svg+xml,<svg")
    assert sparkline([1, 2], words="up").children.alt == "up"


def test_the_chart_of_a_change_marks_the_signal_and_shades_the_period():
    drawing = svg([1.0, None, 3.0, 9.0], CHANGE, limits=(0.0, 2.0, 4.0), shaded_from=2.5, marked=(3,))
    assert drawing.count(CHANGE.marked) == 1
    assert drawing.count(CHANGE.point) == 2
    assert drawing.count("stroke-dasharray") == 2
    assert '<rect x="196.7"' in drawing
    assert "nan" not in svg([None, None], CHANGE, limits=(0.0, 0.0, 0.0), shaded_from=0)


def test_words_cannot_leave_their_attribute():
    assert ET.fromstring(svg([1, 2], CARD, words='a "b" <c>')).attrib["aria-label"] == 'a "b" <c>'  # noqa: S314
