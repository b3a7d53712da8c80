"""XLSX whose text is text, whose numbers are numbers, whose dates are dates of the zone."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.exports import xlsx as workbooks
from data.exports.xlsx import LONGEST, Sheet, date_columns, xlsx
from tests.workbook import parts, sheets

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "{=1}",
    '=HYPERLINK("http://evil.example")',
    "http://evil.example",
    "mailto:a@b.example",
    "internal:Sheet1!A1",
    "external:c:\\x",
    "ftp://evil.example",
    "1",
    "1.5",
    "1e5",
    "TRUE",
    "2026-01-31",
    "<r>x</r>",
    "<r><t>x</t></r>",
    "<r></si><si>y</r>",
    "<b>&amp;</b>",
    "_x0041_",
    "_x005F_",
    "]]>",
    "<!--",
    "&#0;",
    "\x00",
    "\x01\x08\x0b\x1f",
    "\ud800",
    "\ufffe\uffff",
    "\u202eabc",
    "a\nb\r\nc",
    "  blanks  ",
    "'quoted",
    "#REF!",
    "💥",
]


def one(value, name="h", instants=frozenset()):
    rows = sheets(xlsx([Sheet("S", [name], [[value]], instants)], BERLIN, NOW))["S"]
    assert rows[0] == [name]
    return rows[1][0] if len(rows) > 1 and rows[1] else None


def clean(text):
    return text.encode("utf-8", "replace").decode()


def same(back, text):
    """XML readers make one line end of CR and CRLF, and the one kind that the library takes for markup gets a blank."""
    ends = [each.replace("\r\n", "\n").replace("\r", "\n").removesuffix(" ") for each in (back, clean(text))]
    return ends[0] == ends[1]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_is_a_string_and_nothing_else(text):
    back = one(text)
    assert isinstance(back, str)
    assert same(back, text)


def test_column_names_are_text_too():
    for text in HOSTILE:
        page = sheets(xlsx([Sheet("S", [text, "b"], [])], BERLIN, NOW))["S"]
        assert same(page[0][0], text)


TEXT = st.text(st.one_of(st.sampled_from("=+-@<>&\"'_x0041\t\r\n/r"), st.characters()), min_size=1, max_size=30)


@given(TEXT)
@example("<r><x></r>")
@example("_x000D_")
def test_any_text_comes_back(text):
    back = one(text)
    assert isinstance(back, str)
    assert same(back, text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-5, -5.0),
        (-1.5, -1.5),
        (0, 0.0),
        (0.1 + 0.2, 0.3),
        (1e22, 1e22),
        (Decimal("-0.10"), -0.1),
        (2**53, float(2**53)),
        (True, True),
        (False, False),
        (None, None),
        (math.nan, None),
        (Decimal("snan"), None),
        (10**30, "1" + "0" * 30),
        (math.inf, "inf"),
        (1.7e308, "1.7e+308"),
        (date(2026, 1, 31), datetime(2026, 1, 31)),  # noqa: DTZ001
        (datetime(2026, 1, 31, 10, tzinfo=UTC), datetime(2026, 1, 31, 11)),  # noqa: DTZ001
        (datetime(2026, 7, 31, 23, tzinfo=UTC), datetime(2026, 8, 1, 1)),  # noqa: DTZ001
        (datetime(2026, 1, 31, 10, tzinfo=timezone(timedelta(hours=-3))), datetime(2026, 1, 31, 14)),  # noqa: DTZ001
        (date(1850, 1, 1), "1850-01-01"),
        (["=x"], "['=x']"),
        ("", None),
    ],
)
def test_numbers_are_numbers_and_dates_are_dates(value, expected):
    back = one(value)
    assert back == expected
    assert type(back) is type(expected)


@given(st.floats(min_value=-9e307, max_value=9e307))
@example(5e-324)
def test_any_number_comes_back(number):
    assert one(number) == pytest.approx(number, rel=1e-15)


def test_numpy_and_pandas_values_are_plain():
    import numpy
    import pandas

    values = [
        numpy.float64(-1.5),
        numpy.int64(3),
        numpy.bool_(True),
        pandas.NaT,
        pandas.NA,
        numpy.str_("=x"),
        pandas.Timestamp("2026-01-31T10:00Z"),
    ]
    assert [one(each) for each in values] == [-1.5, 3.0, True, None, None, "=x", datetime(2026, 1, 31, 11)]  # noqa: DTZ001


def test_only_columns_of_instants_turn_text_into_dates():
    at = "2026-01-31T10:00:00.000Z"
    assert one(at) == at
    assert one(at, "at", frozenset({"at"})) == datetime(2026, 1, 31, 11)  # noqa: DTZ001
    for odd in ("=1", "soon", "2026-01-31", "9999-99-99T00:00Z"):
        assert one(odd, "at", frozenset({"at"})) == odd


def test_extremes_of_time_are_shown_somehow():
    for odd in (
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        datetime.max.replace(tzinfo=UTC),
        date.max,
        datetime.min.replace(tzinfo=UTC),
    ):
        assert one(odd, "at", frozenset({"at"})) is not None


def test_long_text_is_cut_and_says_so():
    back = one("ä" * 100_000)
    assert len(back) == LONGEST
    assert back.endswith("ä…")
    back = one("💥" * 20_000)
    assert back == "💥" * (LONGEST // 2) + "…"


def test_more_rows_than_a_worksheet_holds_are_told(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_ROWS", 10)
    rows = sheets(xlsx([Sheet("S", ["n"], [[n] for n in range(15)])], BERLIN, NOW))["S"]
    assert [each[0] for each in rows[1:10]] == list(range(9))
    assert rows[10] == ["6 more rows do not fit into a worksheet; the CSV has them."]
    whole = sheets(xlsx([Sheet("S", ["n"], [[n] for n in range(10)])], BERLIN, NOW))["S"]
    assert len(whole) == 11


def test_the_same_table_gives_the_same_file():
    sheet = Sheet("S", ["a"], [["x"], [1]])
    first, second = (parts(xlsx([sheet], BERLIN, NOW)) for _ in range(2))
    assert first == second


def test_columns_of_days_become_dates_and_columns_that_merely_hold_one_stay_text():
    rows = [["2026-01-31", "2026-01-31", "2026-01-31T10:20", None], ["2026-02-01", "2.4", "", "2026-02-30"]]
    names = ("From", "Version", "At", "No day")
    assert date_columns(names, rows) == {"From", "At"}
    made = xlsx([Sheet("Weeks", names, rows, dates=date_columns(names, rows))], BERLIN, NOW)
    _, first, second = sheets(made)["Weeks"]
    assert first[:3] == [datetime(2026, 1, 31), "2026-01-31", datetime(2026, 1, 31, 10, 20)]  # noqa: DTZ001 - local
    assert (second[0], second[1], second[3]) == (datetime(2026, 2, 1), "2.4", "2026-02-30")  # noqa: DTZ001 - local
