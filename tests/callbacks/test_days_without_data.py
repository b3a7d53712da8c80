"""Days that the data does not reach: one message that says why and offers days that have data, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from callbacks.cards import show_dora, show_flow, show_overview
from callbacks.overview import show_findings
from data.services.services import Services
from tests.callbacks.acting import acting, words
from tests.sample_services import synced_services


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return synced_services(tmp_path_factory.mktemp("no-days"))


def cards(services: Services, tab: str, days: str) -> str:
    show = {"overview": show_overview, "dora": show_dora, "flow": show_flow}[tab]
    with acting(services):
        return words(show({"query": f"?tab={tab}&{days}", "revision": "1"}, None)[0])


@pytest.mark.parametrize("tab", ["overview", "dora", "flow"])
def test_future_days_say_that_they_are_and_nothing_else(services: Services, tab: str) -> None:
    year = datetime.now(UTC).year + 1
    days = f"from={year}-03-01&to={year}-03-31"
    text = cards(services, tab, days)
    assert text.count("These days are in the future.") == 1
    assert "data-metric" not in text and "Nothing is known" not in text and "Show " in text
    with acting(services):
        assert show_findings({"query": f"?{days}", "revision": "1"}) == ([], [])


def test_days_before_the_query_say_the_reason_once(services: Services) -> None:
    text = cards(services, "flow", "from=2001-03-01&to=2001-03-31")
    assert text.count("The data does not reach these days.") == 1 and text.count("Nothing is known about") == 1
    assert "data-metric" not in text and "Show " in text


def test_days_with_data_have_their_cards_and_no_message(services: Services) -> None:
    for tab in ("overview", "dora", "flow"):
        text = cards(services, tab, "period=90d")
        assert "data-metric" in text and "days-unknown" not in text and "Nothing happened" not in text
