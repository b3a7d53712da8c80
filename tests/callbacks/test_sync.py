"""Syncing: start, follow, cancel; the page learns that the data has changed."""

from __future__ import annotations

from data.values.status import SyncState
from tests.fake_services import FakeServices

OUTPUTS = (
    "sync-progress.children",
    "sync-bar.hidden",
    "sync-clock.disabled",
    "header-freshness.children",
    "header-quality.children",
    "header-site.children",
    "banner-sample.hidden",
    "banner-problems.children",
    "store-followed.data",
    "store-last-sync.data",
)
OUTPUT = f"..{'...'.join(OUTPUTS)}.."
INPUTS = {
    "header-sync.n_clicks": 1,
    "sync-cancel.n_clicks": None,
    "sync-clock.n_intervals": 0,
    "sync-watch.n_intervals": None,
    "store-saved.data": 0,
    "store-connected.data": 0,
}
KNOWN = {"store-revision.data": "r1"}


def test_a_click_starts_and_shows_the_bar(act, fake):
    answer = act(OUTPUT, "header-sync.n_clicks", INPUTS, KNOWN)["response"]
    assert ("start_sync", False) in fake.calls
    assert answer["sync-bar"]["hidden"] is False
    assert answer["sync-clock"]["disabled"] is False
    assert "store-followed" not in answer


def test_the_clock_follows_to_the_end(act, fake):
    act(OUTPUT, "header-sync.n_clicks", INPUTS, KNOWN)
    for _ in range(3):
        answer = act(OUTPUT, "sync-clock.n_intervals", INPUTS, KNOWN)["response"]
    assert answer["sync-bar"]["hidden"] is True
    assert answer["sync-clock"]["disabled"] is True
    assert answer["store-followed"]["data"] == "r2"
    assert sum(call[0] == "start_sync" for call in fake.calls) == 1


def test_cancel(act, fake):
    fake.sync_state = SyncState("running", "issues", 5, 10)
    answer = act(OUTPUT, "sync-cancel.n_clicks", INPUTS, KNOWN)["response"]
    assert ("cancel_sync",) in fake.calls
    assert answer["sync-bar"]["hidden"] is True


def test_saved_settings_change_the_revision(act, fake):
    fake.revision = "r7"
    answer = act(OUTPUT, "store-saved.data", INPUTS, KNOWN)["response"]
    assert answer["store-followed"]["data"] == "r7"
    assert not [call for call in fake.calls if call[0] == "start_sync"]


def test_a_page_left_open_asks_for_what_opening_it_would_renew(act, fake):
    answer = act(OUTPUT, "sync-watch.n_intervals", INPUTS, KNOWN)["response"]
    assert ("ensure_fresh",) in fake.calls
    assert answer["sync-clock"]["disabled"] is True
    assert answer["header-freshness"]["children"]


def test_a_sync_that_the_watch_starts_is_followed(act, fake):
    fake.sync.ensure_fresh = fake.sync.start
    answer = act(OUTPUT, "sync-watch.n_intervals", INPUTS, KNOWN)["response"]
    assert answer["sync-clock"]["disabled"] is False
    assert "header-quality" not in answer, "what is known stays until the sync has ended"


def test_the_badge_and_the_mark_follow_the_end_of_a_sync(act, use):
    use(FakeServices("doubtful"))
    answer = act(OUTPUT, "sync-clock.n_intervals", INPUTS, KNOWN)["response"]
    assert "badge-quality" in str(answer["header-quality"]["children"])
    assert answer["store-last-sync"]["data"] == "2026-11-16T12:18:00.000Z"
