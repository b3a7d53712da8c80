"""The tab "Data quality" is asked for when it is opened; the badge never keeps the page from opening."""

from __future__ import annotations

from dash import no_update

from callbacks.page import layout
from callbacks.quality import known_quality, show_quality
from tests.callbacks.acting import words
from tests.fake_workspace import FakeWorkspace
from ui.tabs.quality import NOTHING

VIEW = {"revision": "r1", "synced": "2026-11-16T12:18:00.000Z"}


class Unreadable(FakeWorkspace):
    def quality(self):
        raise RuntimeError("secret inner words")


def test_an_unopened_tab_costs_nothing(app, fake):
    with app.server.app_context():
        assert show_quality(None) is no_update
    assert fake.calls == []


def test_an_opened_tab_shows_what_was_found(app, use, fake):
    with app.server.app_context():
        assert NOTHING in words(show_quality(VIEW))
        use(FakeWorkspace("doubtful"))
        assert "Some issues have an incomplete history" in words(show_quality(VIEW))


def test_what_cannot_be_looked_at_says_so(app, use):
    use(Unreadable())
    with app.server.app_context():
        shown = words(show_quality(VIEW))
    assert "That did not work." in shown
    assert "secret" not in shown


def test_the_page_opens_without_the_badge(app, use):
    use(Unreadable())
    with app.server.app_context():
        assert known_quality() is None
        page = words(layout())
    assert "badge-quality" not in page


def test_the_page_opens_with_the_badge(app, use):
    use(FakeWorkspace("doubtful"))
    with app.server.app_context():
        page = words(layout())
    assert "badge-quality level-danger" in page
    assert "Some issues have an incomplete history" not in page, "the findings come when the tab is opened"
