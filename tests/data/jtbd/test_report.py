"""The report of jobs in Markdown: a section for what there is, none for what there is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.jtbd.report import markdown
from data.values.jobs import TimeRow
from tests.fake_jobs import OVERVIEW

TIME = TimeRow("pay", "Time to pay", 3, 1, 20.0, 30.0, 40.0, 25.0, 10.0, 50.0)
FULL = replace(OVERVIEW, times=(TIME,))
SECTIONS = {
    "jobs": "## Jobs\n",
    "outcomes": "## Outcomes, the most underserved first\n",
    "painpoints": "## Painpoints\n",
    "times": "## Time to outcome\n",
    "register": "## Register\n",
}


def said(**changes) -> str:
    return markdown(replace(FULL, **changes), [], "2026-11-16T12:00:00.000Z")


def test_all_sections_are_there():
    assert [title for title in SECTIONS.values() if title not in said()] == []
    assert said().startswith("# Jobs to be done") and "2026-11-16 12:00 UTC" in said()
    assert [row for row in said().splitlines() if row.startswith("| Time to pay | 3 |")]


@pytest.mark.parametrize("part", SECTIONS)
def test_a_section_without_rows_is_left_out(part: str):
    text = said(**{part: ()})
    assert SECTIONS[part] not in text
    assert [title for name, title in SECTIONS.items() if name != part and title not in text] == []


def test_examples_are_said_to_be_examples():
    assert "example jobs of the sample site" in said(is_example=True)
    assert "example jobs" not in said(is_example=False)
