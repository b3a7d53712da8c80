"""The report as a file: everything is in it, nothing outside of it is needed, and no name in it is markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from tests.fake_overview import HOSTILE
from tests.fake_services import FakeServices

VOID = {"meta", "link", "br", "hr", "img", "input", "path", "rect", "circle", "polyline"}


class Read(HTMLParser):
    """Tags, attributes and text of a page; every tag must be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        assert self._open and self._open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.words)


def report(scenario: str = "full", link: str = "") -> str:
    fake = FakeServices(scenario)
    return fake.overview.html(fake.view("30d"), link)


def test_it_needs_nothing_from_elsewhere():
    made = report()
    page = Read(made)
    assert not {"script", "link", "iframe", "object", "embed", "img", "form", "base"} & set(page.tags)
    assert not [each for each in page.attributes if each[1].startswith("on") or each[1] in ("src", "style", "srcset")]
    assert {value for _, name, value in page.attributes if name == "href"} == {
        "http://127.0.0.1:4020/browse/SHOP-3",
        "http://127.0.0.1:4020/browse/SHOP-9",
    }
    assert "url(" not in made
    assert "@import" not in made
    policy = next(
        value for tag, name, value in page.attributes if (tag, name) == ("meta", "content") and "src" in value
    )
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")


def test_everything_is_in_it():
    page = Read(report(link="http://127.0.0.1:8050/?period=90d"))
    for words in (
        "Sample site",
        "updated >= -365d",
        "Europe/Berlin",
        "16 Nov 2026, 13:30",
        "18 Oct – 16 Nov 2026",
        "The numbers",
        "Lead time for changes",
        "High",
        "18 % better",
        "no commit date 3",
        "What changed",
        "a week outside the natural limits",
        "natural limits 3.5 days to 16 days",
        "Ageing dangerously",
        "SHOP-3",
        "85 % left In Review within 6.4 days",
        "nobody",
        "Before you trust these numbers",
        "Change failure rate cannot be measured",
        "Definitions in force",
        "Durations",
        "(chosen for this view)",
        "http://127.0.0.1:8050/?period=90d",
        "Sample data",
    ):
        assert words in page.text, words
    assert page.tags.count("svg") == 9 + 2  # a course of each number that has one, and of each change
    assert page.tags.count("h1") == 1


def test_names_from_jira_and_settings_are_text():
    made = report()
    page = Read(made)
    assert HOSTILE in page.text
    assert page.text.count(HOSTILE) == 3  # a summary, a filter, a definition
    assert "<b>Byron</b>" in page.text
    assert "<script" not in made
    assert "b" not in page.tags


def test_half_characters_can_be_written(monkeypatch):
    from dataclasses import replace

    from tests import fake_overview

    odd = replace(fake_overview.AGEING[0], summary="half \ud83d of a smile \x00")
    monkeypatch.setattr(fake_overview, "FULL", replace(fake_overview.FULL, ageing=(odd,)))
    assert report().encode("utf-8")


def test_numbers_that_are_not_there_say_why():
    page = Read(report("mixed"))
    assert "Map these fields to see this number." in page.text
    assert "No deployment in this period." in page.text
    assert "–" in page.words


def test_an_empty_report_is_a_report():
    page = Read(report("empty"))
    assert "No number moved outside its usual weekly variation" in page.text
    assert "Nothing is in progress at the end of this period." in page.text
    assert "Nothing was found that makes these numbers doubtful." in page.text


def test_it_is_light_dark_and_on_paper():
    made = report()
    assert "@media screen and (prefers-color-scheme: dark)" in made
    assert "@page { size: A4;" in made
    assert "@media print" in made


@pytest.mark.parametrize(("values", "drawn"), [([], 0), ([3.0], 0), ([None, 3.0, None], 0), ([0.0, 0.0], 1)])
def test_a_course_is_drawn_from_two_values_on(monkeypatch, values, drawn):
    from dataclasses import replace

    from data.exports.html.page import page

    fake = FakeServices("full")
    whole = fake.overview.report(fake.view("30d"), "")
    value = whole.values[0]
    value = replace(value, details={**value.details, "sparkline": values})
    made = page(replace(whole, values=(value,), overview=replace(whole.overview, changes=())))
    assert made.count("<svg") == drawn
    assert "nan" not in made


def test_the_drawing_of_a_change_marks_the_weeks_of_its_signal():
    changes = FakeServices("full").overview.answer(FakeServices("full").view("30d")).changes
    assert report().count('class="signal"') == sum(len(change.marked) for change in changes) > 0
