"""A small picture of recent values."""

from __future__ import annotations

from urllib.parse import unquote
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from ui.components.sparkline import HEIGHT, WIDTH, data_uri, sparkline, svg

POINTS = st.lists(st.none() | st.floats(0, 1e9), min_size=2, max_size=30).filter(
    lambda p: sum(x is not None for x in p) > 1
)


@given(POINTS, st.floats(0, 1))
def test_stays_inside_its_box(points, shaded):
    drawing = ET.fromstring(svg(points, shaded))  # noqa: S314 - our own text
    for line in drawing.iter("{http://www.w3.org/2000/svg}polyline"):
        for pair in line.attrib["points"].split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT


def test_gaps_are_not_drawn_as_values():
    drawing = svg([1, 2, None, 3, 4])
    assert drawing.count("<polyline") == 2
    assert drawing.count("stroke-dasharray") == 1


def test_period_is_shaded_from_the_right():
    assert "<rect" in svg([1, 2, 3], 0.5)
    assert "<rect" not in svg([1, 2, 3], 0)
    assert "<rect" not in svg([1, 2, 3], 1)


def test_all_zero_is_a_flat_line():
    assert "nan" not in svg([0, 0, 0])


def test_without_points_keeps_its_place():
    assert sparkline(None).className == sparkline([1]).className == sparkline([None, None]).className


def test_picture_is_a_data_address():
    assert unquote(data_uri([1, 2])).startswith("data:image/svg+xml,<svg")
    assert sparkline([1, 2], words="up").children.alt == "up"
