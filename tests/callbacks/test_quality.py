"""The tab "Data quality" is asked for when it is opened; the badge never keeps the page from opening."""

from __future__ import annotations

from dash import no_update

from callbacks.overview import show_findings
from callbacks.page import layout
from callbacks.quality import known_quality, show_quality
from data.values.quality import Quality
from tests.callbacks.acting import acting, words
from tests.fake_services import FakeServices
from tests.sample_services import synced_services
from ui.tabs.quality import NOTHING

VIEW = {"revision": "r1", "synced": "2026-11-16T12:18:00.000Z"}


def unreadable() -> FakeServices:
    def quality(_snapshot: object) -> Quality:
        raise RuntimeError("secret inner words")

    services = FakeServices()
    services.status.quality = quality  # type: ignore[method-assign]
    return services


def test_an_unopened_tab_costs_nothing(app, fake):
    with app.server.app_context():
        assert show_quality(None) is no_update
    assert fake.calls == []


def test_an_opened_tab_shows_what_was_found(app, use, fake):
    with app.server.app_context():
        assert NOTHING in words(show_quality(VIEW))
        use(FakeServices("doubtful"))
        assert "Some issues have an incomplete history" in words(show_quality(VIEW))


def test_what_cannot_be_looked_at_says_so(app, use):
    use(unreadable())
    with app.server.app_context():
        shown = words(show_quality(VIEW))
    assert "That did not work." in shown
    assert "secret" not in shown


def test_the_page_opens_without_the_badge(app, use):
    services = use(unreadable())
    with app.server.app_context():
        assert known_quality(services.snapshot()) is None
        page = words(layout())
    assert "badge-quality" not in page


def test_the_page_opens_with_the_badge(app, use):
    use(FakeServices("doubtful"))
    with app.server.app_context():
        page = words(layout())
    assert "badge-quality level-danger" in page
    assert "Some issues have an incomplete history" not in page, "the findings come when the tab is opened"


def test_it_agrees_with_the_overview_about_numbers_and_calculates_none(tmp_path):
    made = synced_services(tmp_path)
    view = {**VIEW, "query": "?tab=quality&period=90d"}
    with acting(made):
        assert "They are not calculated yet" in words(show_quality(view))
        found = made.overview.answer(made.view("90d")).caveats
        shown = words(show_quality(view))
        overview = words(show_findings({**VIEW, "query": "?period=90d"}))
    careful = [each for each in found if each.metric and each.level != "info"]
    assert careful, "the sample leaves out much somewhere"
    for each in careful:
        assert each.title in shown and each.sentence in shown and each.title in overview
    assert shown.count("finding-why") == len(careful)
    assert "?period=90d" in shown and "?tab=quality&period=90d" in overview
