"""The tab "Data quality" and its badge: what is found comes worst first, with what it does and what to do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from data.values.quality import Finding, Quality
from tests.callbacks.acting import words
from tests.fake_services import FakeServices
from tests.fake_values import FINDINGS
from ui.components.quality_badge import last_sync, quality_badge
from ui.tabs.quality import NOTHING, quality_page, took


def quality_of(fake: FakeServices) -> Quality:
    return fake.status.quality(fake.snapshot())


def page(scenario: str, quality: Quality | None = None) -> str:
    fake = FakeServices(scenario)
    return words(quality_page(quality or quality_of(fake), fake.status.of(fake.snapshot())))


def test_findings_come_worst_first_with_what_they_do_and_what_to_do():
    shown = page("doubtful")
    order = sorted(range(len(FINDINGS)), key=lambda n: shown.index(FINDINGS[n].title))
    assert [FINDINGS[n].level for n in order] == ["danger", "warning", "warning", "info"]
    for each in FINDINGS:
        assert each.effect in shown and each.todo in shown
    assert "14 issues" in shown


def test_a_level_is_said_in_words_too():
    shown = page("doubtful")
    for level in ("Serious", "Warning", "Good to know"):
        assert f'"aria-label": "{level}"' in shown


def test_a_finding_about_no_single_issue_gives_no_number():
    shown = page("full", Quality(None, (Finding("The data is 3 days old", None, "", "Sync now."),)))
    assert "finding-count" not in shown
    assert "Effect" not in shown


def test_nothing_found_is_said():
    assert NOTHING in page("full")
    assert NOTHING not in page("doubtful")


def test_what_is_good_to_know_makes_nothing_doubtful():
    shown = page("full", Quality(None, FINDINGS[:1]))
    assert NOTHING in shown
    assert shown.index(NOTHING) < shown.index("Good to know") < shown.index(FINDINGS[0].title)
    assert "findings-more" not in page("full")


def test_without_data_nothing_is_promised():
    shown = page("first")
    assert NOTHING not in shown
    assert "No sync has ended yet." in shown
    assert "after the first sync" in shown


def test_the_last_sync_in_figures():
    shown = page("doubtful")
    for said in (
        "815 issues",
        "812 issues",
        "31 issues",
        "1 issue",
        "4.2 seconds",
        "Not complete",
        "Messages (2)",
    ):
        assert said in shown
    assert "Jira counted" not in page("full"), "it asked only for what had changed"
    assert "Complete: what had changed was read." in page("full")


def test_what_rarely_happens_has_a_line_only_when_it_did():
    sync = quality_of(FakeServices()).sync
    shown = page("full", Quality({**sync, "resumed": 300, "restarts": 2}, ()))
    assert "Taken over from a try before" in shown and "300 issues" in shown
    assert "Queries begun anew" in shown
    assert "Queries begun anew" not in page("full", Quality({**sync, "resumed": 0, "restarts": 0}, ()))


def test_a_failed_sync_says_why_and_shows_nothing_it_did_not_keep():
    shown = page("broken")
    assert "It did not work: the data is as it was before." in shown
    assert "Jira did not answer within 30 seconds." in shown
    assert "Try again later." in shown
    assert "New or changed" not in shown


def test_a_cancelled_sync_is_no_failure():
    sync = {
        **quality_of(FakeServices()).sync,
        "complete": False,
        "error": {"code": "cancelled", "message": "Cancelled."},
    }
    shown = page("full", Quality(sync, ()))
    assert "Cancelled: the data is as it was before." in shown
    assert "notice-danger" not in shown


def test_a_result_of_another_version_is_still_shown():
    assert "Last sync" in page("full", Quality({"mode": "new-mode", "complete": True}, ()))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0.0 seconds"), (0.84, "0.8 seconds"), (42.4, "42 seconds"), (200, "3 min 20 s"), (7_500, "2 h 5 min")],
)
def test_how_long(seconds, words):
    assert took(seconds) == words


def test_the_badge_counts_and_wears_the_worst_colour():
    shown = words(quality_badge(Quality(None, FINDINGS)))
    assert "level-danger" in shown
    assert '"aria-label": "Data quality: 3 findings"' in shown
    assert 'Data quality: 1 finding"' in words(quality_badge(Quality(None, FINDINGS[1:2])))


def test_no_badge_when_nothing_is_found_or_nothing_is_known():
    assert quality_badge(Quality(None, ())) is None
    assert quality_badge(Quality(None, FINDINGS[:1])) is None, "good to know needs nobody"
    assert quality_badge(None) is None


def test_the_mark_of_the_last_sync():
    assert last_sync(None) == last_sync(Quality(None, ())) == ""
    assert datetime.fromisoformat(last_sync(quality_of(FakeServices()))).tzinfo == UTC
