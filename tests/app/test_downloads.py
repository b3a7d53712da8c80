"""CSV and XLSX as plain links: all numbers, one number, its issues."""

from __future__ import annotations

from datetime import datetime

import pytest

from data.exports.csv import csv_text
from tests.workbook import sheets


def test_all_numbers(client):
    answer = client.get("/export/numbers.csv?period=90d")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="throughline_2026-08-19_2026-11-16.csv"'
    assert "flow_time,6.84" in answer.text


def test_issues_of_a_metric(client):
    answer = client.get("/export/issues.csv?metric=flow_time&tab=flow")
    assert answer.text.splitlines()[0].endswith("key,summary")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "flow_time_issues_" in answer.headers["Content-Disposition"]


def test_the_address_says_how_csv_is_written_and_the_next_one_says_it_anew(client, fake, monkeypatch):
    monkeypatch.setattr(fake.numbers, "csv_all", lambda *_: csv_text(["a", "b"], [[1.5, 2]]))
    assert client.get("/export/numbers.csv?csv=excel-semicolon").data == b"\xef\xbb\xbfa;b\r\n1,5;2\r\n"
    assert client.get("/export/numbers.csv?csv=excel").data == b"\xef\xbb\xbfa,b\r\n1.5,2\r\n"
    assert client.get("/export/numbers.csv").data == b"a,b\r\n1.5,2\r\n"


@pytest.mark.parametrize(
    "address",
    [
        "/export/metric.csv",
        "/export/metric.csv?metric=../../etc",
        "/export/metric.csv?metric=nothing",
        "/export/numbers.csv?from=2026-02-01&to=2026-01-01",
        "/export/numbers.csv?from=x&to=y",
        "/export/numbers.csv?from=2026-01-01",
        "/export/metric.xlsx",
        "/export/issues.xlsx?metric=nothing",
        "/export/numbers.xlsx?from=x&to=y",
        "/export/numbers.csv?csv=word",
    ],
)
def test_wrong_links_are_answered_with_a_sentence(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer.text.strip().endswith(".")
    assert "Error" not in answer.text


def test_all_numbers_as_a_workbook(client):
    answer = client.get("/export/numbers.xlsx?period=90d&project=Shop")
    assert answer.status_code == 200
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="throughline_2026-08-19_2026-11-16.xlsx"'
    assert answer.headers["Cache-Control"] == "no-store"
    pages = sheets(answer.data)
    names, *rows = pages["Numbers"]
    [found] = [dict(zip(names, row, strict=False)) for row in rows if row[0] == "flow_time"]
    assert (found["value"], found["unit"]) == (6.84, "days")
    assert found["time_period_start"] == datetime(2026, 8, 19)  # noqa: DTZ001 - midnight in the zone
    about = {row[0]: row[1] for row in pages["About"]}
    assert (about["First day"], about["Last day"]) == (datetime(2026, 8, 19), datetime(2026, 11, 16))  # noqa: DTZ001
    assert (about["Time zone of all dates"], about["Project"]) == ("Europe/Berlin", "is Shop")
    assert isinstance(about["Data as of"], datetime)


def test_one_number_and_its_issues_as_workbooks(client):
    pages = sheets(client.get("/export/metric.xlsx?metric=flow_time&tab=flow").data)
    assert [row[0] for row in pages["Numbers"]] == ["metric_name", "flow_time"]
    answer = client.get("/export/issues.xlsx?metric=flow_time&tab=flow")
    assert "flow_time_issues_" in answer.headers["Content-Disposition"]
    names, *rows = sheets(answer.data)["Issues"]
    first = dict(zip(names, rows[0], strict=False))
    assert isinstance(first["key"], str)
    assert isinstance(first["value"], float)
    assert isinstance(first["start"], datetime)
    assert first["used"] is True


def test_a_file_of_another_kind_is_not_made(client):
    for address in ("/export/numbers.xls", "/export/issues.html?metric=flow_time", "/export/metric.CSV"):
        answer = client.get(address)
        assert (answer.status_code, answer.text) == (404, "This download is .csv or .xlsx.\n")
    assert client.get("/export/jobs.xlsx").text == "This download is .json, .csv or .md.\n"
