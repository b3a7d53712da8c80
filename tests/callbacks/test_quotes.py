"""Quotes and apostrophes are typographic wherever the page has words; names and code that come from Jira or files
are not ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from callbacks.catalogue import show_catalogue
from callbacks.charts import show_chart
from callbacks.jobs import show_jobs
from callbacks.overview import show_findings
from callbacks.page import layout
from callbacks.quality import show_quality
from callbacks.sprints import show_sprints
from data.charts.registry import CHARTS
from data.metrics.registry import CATALOG
from data.services.services import Services
from tests.callbacks.acting import acting, words
from tests.sample_services import synced_services

READ = {"children", "title", "aria-label", "placeholder", "label"}
STRAIGHT = re.compile(r"[^\n]*(?:\"|\w'\w|\w' )[^\n]*")
NOT_OURS = re.compile(r"Won't (?:Do|Fix)|tl:\w+ \"")  # Jira's own resolutions; an example in Turtle


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return synced_services(tmp_path_factory.mktemp("quotes"))


def read(part: Any, name: str = "children") -> Iterator[str]:
    """What a person reads of components: their children, tooltips and labels."""
    if isinstance(part, str):
        if name in READ:
            yield part
    elif isinstance(part, list):
        for each in part:
            yield from read(each, name)
    elif isinstance(part, dict):
        for key, each in part.items():
            yield from read(each, "children" if key == "data-tree" else key)  # parts that the browser builds


def straight(texts: Iterator[str] | list[str]) -> list[str]:
    return sorted({found for text in texts for found in STRAIGHT.findall(NOT_OURS.sub("", text))})


def test_help_is_typeset():
    helped = [*CATALOG.values(), *CHARTS.values()]
    texts = [each.help.partition(">>>")[0] for each in helped]
    assert not straight(texts)
    assert any("“" in each for each in texts) and any("’" in each for each in texts)


def test_pages_are_typeset(services):
    tabs: dict[str, Any] = {
        "catalogue": show_catalogue,
        "sprints": show_sprints,
        "overview": show_findings,
        "quality": show_quality,
        "jobs": lambda view: show_jobs(view, None, None),
        "page": lambda _: layout(),
        **{name: lambda view, name=name: show_chart({**view, "chart": name}) for name in CHARTS},
    }
    with acting(services):
        pages = {tab: words(show({"query": "?period=90d", "revision": "1"})) for tab, show in tabs.items()}
    texts = {tab: list(read(json.loads(page))) for tab, page in pages.items()}
    assert all(texts.values())
    found = {tab: straight(each) for tab, each in texts.items()}
    assert {tab: each for tab, each in found.items() if each} == {}
