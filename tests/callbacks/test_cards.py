"""Cards: known numbers at once, new ones behind them (D-13)."""

from __future__ import annotations

import json

import pytest
from dash import no_update
from plotly.utils import PlotlyJSONEncoder

from callbacks.cards import question_id, renew, show_dora, show_flow
from data.values.filters import only
from tests.fake_services import FakeServices
from ui import ids


def view(query: str = "?tab=dora&period=30d") -> dict[str, str]:
    return {"query": query, "revision": "r1"}


def text(component) -> str:
    return json.dumps(component, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_shows_the_five_of_its_family(app, fake):
    with app.server.app_context():
        dora, shown = show_dora(view(), None)
        flow, _ = show_flow(view("?tab=flow"), None)
    assert text(dora).count('"data-metric"') == text(flow).count('"data-metric"') == 5
    assert "Lead time for changes" in text(dora)
    assert "Flow time" in text(flow)
    assert shown == view()["query"]


def test_unopened_tab_costs_nothing(app, fake):
    with app.server.app_context():
        assert show_flow(None, None) == (no_update, no_update)
    assert not [call for call in fake.calls if call[0] == "answer"]


def test_old_numbers_are_shown_with_their_age_and_replaced(app, use):
    fake = use(FakeServices("stale"))
    with app.server.app_context():
        old, _ = show_dora(view(), None)
        new = renew(view())
    assert "cards-old" in text(old)
    assert "calculating again" in text(old)
    assert text(old).count("9.9") == 5
    assert '"area": "cards-again"' in text(old)
    assert "cards-old" not in text(new)
    assert "9.9" not in text(new)
    assert [call[-1] for call in fake.calls if call[0] == "answer"] == [True, False]


def test_old_numbers_stay_when_new_ones_fail(app, use):
    fake = use(FakeServices("stale"))
    answer = fake.numbers.answer

    def failing(*asked, stale_ok):
        if not stale_ok:
            raise RuntimeError("secret inner words")
        return answer(*asked, stale_ok=True)

    fake.numbers.answer = failing
    with app.server.app_context():
        shown = text(renew(view()))
    assert shown.count("9.9") == 5
    assert "That did not work" in shown
    assert "calculating again" not in shown
    assert "secret" not in shown


def test_fresh_numbers_are_asked_for_once(app, fake):
    with app.server.app_context():
        shown, _ = show_dora(view(), None)
    assert "cards-again" not in text(shown)


@pytest.mark.parametrize("dates", ["from=2026-10-01&to=2026-09-01", "from=2020-01-01&to=2026-01-01", "from=2026-01-01"])
def test_unusable_period_keeps_the_numbers(app, fake, dates):
    with app.server.app_context():
        assert show_dora(view(f"?tab=dora&{dates}"), "?tab=dora") == (no_update, no_update)
        first, _ = show_dora(view(f"?tab=dora&{dates}"), None)
    assert "Show the last 30 days" in text(first)


def test_empty_period_offers_one_with_data(app, use):
    use(FakeServices("empty"))
    with app.server.app_context():
        shown, _ = show_dora(view("?tab=dora&project=SHOP"), None)
    assert "The data covers 3 Feb – 16 Nov 2026." in text(shown)
    assert "from=2026-10-18&to=2026-11-16&project=SHOP" in text(shown)


def test_before_the_first_sync_places_are_kept(app, use):
    use(FakeServices("first"))
    with app.server.app_context():
        shown, _ = show_dora(view(), None)
    assert text(shown).count("card-loading") == 5
    assert "for the first time" in text(shown)


def test_failure_says_so_without_inner_words(app, use):
    use(FakeServices("failing"))
    with app.server.app_context():
        shown, _ = show_dora(view(), None)
        with pytest.raises(RuntimeError):
            show_dora(view(), "?tab=dora")  # with numbers on the page the boundary speaks, and they stay
    assert "That did not work" in text(shown)
    assert "secret inner words" not in text(shown)


def test_filters_reach_the_service(app, fake):
    with app.server.app_context():
        show_dora(view("?tab=dora&project=SHOP&label=a&label=b"), None)
    filters = fake.calls[-1][4]
    assert filters == only(project=("SHOP",), label=("a", "b"))


def test_another_question_is_another_grid():
    assert question_id(view()) != question_id(view("?tab=flow"))
    assert question_id(view()) != question_id({**view(), "revision": "r2"})
    assert ids.cards_grid("dora", "a") != ids.cards_grid("dora", "b")


def test_cards_are_small(app, fake):
    """No callback moves more than 50 kB unless it draws a chart or a page of a table."""
    with app.server.app_context():
        for shown, _ in (show_dora(view(), None), show_flow(view("?tab=flow"), None)):
            assert len(text(shown)) < 50_000
