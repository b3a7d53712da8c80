"""CSV as plain links: all numbers, one number, its issues."""

from __future__ import annotations

import pytest


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


@pytest.mark.parametrize(
    "address",
    ["/export/metric.csv", "/export/metric.csv?metric=../../etc", "/export/metric.csv?metric=nothing",
     "/export/numbers.csv?from=2026-02-01&to=2026-01-01", "/export/numbers.csv?from=x&to=y", "/export/numbers.csv?from=2026-01-01"],
)  # fmt: skip
def test_wrong_links_are_answered_with_a_sentence(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer.text.strip().endswith(".")
    assert "Error" not in answer.text
