"""CSV that spreadsheets read as data (reliability: CSV)."""

from __future__ import annotations

import csv
import io
import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.exports.csv import BOM, STYLES, csv_text, neutral
from data.values.csv_style import csv_written, style_in_force, style_named

TRIGGERS = "=+-@＝＋－＠"


def read(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def one(value):
    return read(csv_text(["h"], [[value]]))[1][0]


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("blank", ["", " ", "  ", "\xa0", "\u3000", "\u200b", "\ufeff", "\x0b", "\x00", " \u2003"])
def test_a_formula_gets_an_apostrophe_also_after_blanks(trigger, blank):
    text = f"{blank}{trigger}SUM(A1)"
    assert one(text) == f"'{text}"


@pytest.mark.parametrize("text", ["\tx", "\rx", "\nx", " \tx", "\r\nx", "\t", "\n"])
def test_a_cell_that_begins_with_tab_or_line_end_gets_one_too(text):
    assert one(text).startswith("'")
    assert one(text).removeprefix("'") == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fine\n=1", "fine\n'=1"),
        ("=1\r\n =2\rok\n@3", "'=1\r\n' =2\rok\n'@3"),
        ("a\n\tb", "a\n'\tb"),
        ("\n=1", "'\n'=1"),
    ],
)
def test_each_line_of_a_cell_is_looked_at(text, expected):
    assert neutral(text) == expected


@pytest.mark.parametrize(
    "text", ["", "A-1", "a=b", "1-2", "'=1", "1 + 1", "mail@example.org", "–", "a\nb", '"quoted", too']
)
def test_other_text_stays_as_it_is(text):
    assert one(text) == text


def test_headers_are_text_like_any_other():
    assert read(csv_text(["=cmd", "days"], [])) == [["'=cmd", "days"]]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-5, "-5"),
        (-1.5, "-1.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e22, "1e+22"),
        (Decimal("-0.10"), "-0.10"),
        (10**30, "1" + "0" * 30),
        (True, "true"),
        (False, "false"),
        (None, ""),
        (math.nan, ""),
        (Decimal("nan"), ""),
        (Decimal("snan"), ""),
        ("-5", "'-5"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 10, tzinfo=UTC), "2026-01-31T10:00:00.000Z"),
        (datetime(2026, 1, 31, 10, tzinfo=timezone(timedelta(hours=2))), "2026-01-31T08:00:00.000Z"),
        (datetime(2026, 1, 31, 10), "2026-01-31T10:00:00"),  # noqa: DTZ001 - a local time stays one
        (["=x"], "['=x']"),
        ("\ud800", "?"),
    ],
)
def test_numbers_and_dates_are_untouched(value, expected):
    assert one(value) == expected


def test_values_of_numpy_and_pandas_are_plain():
    import numpy
    import pandas

    values = [
        numpy.float64(-1.5),
        numpy.int64(-3),
        numpy.bool_(True),
        pandas.NaT,
        numpy.float64("nan"),
        pandas.NA,
        pandas.Timestamp("2026-01-31T10:00Z"),
        numpy.str_("=x"),
    ]
    assert [one(value) for value in values] == ["-1.5", "-3", "true", "", "", "", "2026-01-31T10:00:00.000Z", "'=x"]


def test_lines_end_as_the_standard_says_and_the_mark_is_optional():
    assert csv_text(["a", "b"], [["x,y", 'say "x"']]) == 'a,b\r\n"x,y","say ""x"""\r\n'
    assert csv_text(["a"], [], style=STYLES["excel"]) == f"{BOM}a\r\n"


ROW = [
    "A-1; x",
    "2.4",
    1234.5,
    -0.25,
    1e-7,
    3,
    True,
    None,
    "2026-01-31T10:20:30.000Z",
    date(2026, 1, 31),
    Decimal("1.5"),
]


@pytest.mark.parametrize(
    ("style", "separator", "row"),
    [
        (
            "plain",
            ",",
            [
                "A-1; x",
                "2.4",
                "1234.5",
                "-0.25",
                "1e-07",
                "3",
                "true",
                "",
                "2026-01-31T10:20:30.000Z",
                "2026-01-31",
                "1.5",
            ],
        ),
        (
            "excel",
            ",",
            ["A-1; x", "2.4", "1234.5", "-0.25", "1e-07", "3", "true", "", "2026-01-31 10:20:30", "2026-01-31", "1.5"],
        ),
        (
            "excel-semicolon",
            ";",
            ["A-1; x", "2.4", "1234,5", "-0,25", "1e-07", "3", "true", "", "2026-01-31 10:20:30", "2026-01-31", "1,5"],
        ),
    ],
)
def test_each_style_writes_numbers_and_instants_as_its_reader_expects_and_leaves_text_alone(style, separator, row):
    text = csv_text([f"c{n}" for n in range(len(ROW))], [ROW], style=STYLES[style])
    assert text.startswith(BOM) == (style != "plain")
    assert list(csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), delimiter=separator))[1] == row


def test_a_style_holds_inside_of_its_block_only():
    with csv_written(style_named("EXCEL-semicolon")):
        assert csv_text(["a", "b"], [[0.5, 1]]) == f"{BOM}a;b\r\n0,5;1\r\n"
    assert style_in_force().name == "plain"
    assert csv_text(["a"], [[0.5]]) == "a\r\n0.5\r\n"


def test_a_style_that_does_not_exist_names_those_that_do():
    with pytest.raises(ValueError, match="excel-semicolon"):
        style_named("word")


@pytest.mark.parametrize("style", STYLES)
def test_no_style_lets_a_formula_through(style):
    text = csv_text(["a"], [["=1+1"], ["@x"]], style=STYLES[style])
    assert "'=1+1" in text and "'@x" in text


TEXT = st.text(st.one_of(st.sampled_from(TRIGGERS + " \t\r\n',\"\u3000"), st.characters()), max_size=30)


@given(TEXT)
@example("\r\n=1")
def test_any_text_comes_back_without_a_formula_in_any_line(text):
    back = one(text)
    clean = text.encode("utf-8", "replace").decode()
    for line in [back, *back.replace("\r", "\n").split("\n")]:
        shown = line.lstrip(" \xa0\u3000\u200b\ufeff")
        assert not shown or shown[0] not in TRIGGERS + "\t"
    assert back[:1] not in {"\r", "\n"}
    assert back.replace("'", "") == clean.replace("'", "")
    assert len(back) <= len(clean) + 2 + clean.count("\n") + clean.count("\r")
    assert neutral(back) == back


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_comes_back_exactly(number):
    assert float(one(number)) == number


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=5))
def test_a_table_keeps_its_shape(rows):
    table = read(csv_text(["a", "b", "c"], rows))
    assert [len(row) for row in table] == [3] * (len(rows) + 1)
