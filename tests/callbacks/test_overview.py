"""The overview: ten cards of two families, and three lists whose every entry leads somewhere."""

from __future__ import annotations

import json
from datetime import date

import pytest
from dash import no_update

from callbacks.cards import renew, show_overview
from callbacks.overview import show_findings
from data.values.filters import only
from tests.callbacks.acting import words as text
from tests.fake_overview import HOSTILE
from tests.fake_services import FakeServices
from ui import ids
from ui.tabs.overview import AGEING, PLACE


def view(query: str = "?tab=overview") -> dict[str, str]:
    return {"query": query, "revision": "r1"}


def test_shows_the_ten_cards(app, fake):
    with app.server.app_context():
        cards, shown = show_overview(view(), None)
    assert text(cards).count('"data-metric"') == 10
    assert "cards-small" in text(cards)
    assert "DORA report 2023" in text(cards)
    assert shown == view()["query"]
    assert [call[1] for call in fake.calls if call[0] == "answer"] == ["dora", "flow"]


def test_a_card_opens_its_detail_on_the_overview(app, fake):
    with app.server.app_context():
        cards, _ = show_overview(view("?tab=overview&period=90d"), None)
    assert '"href": "?period=90d&metric=flow_time"' in text(cards)


def test_old_numbers_of_either_family_are_dimmed_and_replaced(app, use):
    use(FakeServices("stale"))
    with app.server.app_context():
        old, _ = show_overview(view(), None)
        new = renew(view())
    assert "cards-old" in text(old)
    assert text(old).count('"9.9"') == text(new).count('"data-metric"') == 10
    assert "9.9" not in text(new)


def test_buttons_of_two_places_have_two_ids(app, use):
    use(FakeServices("mixed"))
    with app.server.app_context():
        found = text([show_overview(view(), None), show_findings(view())])
    assert json.dumps(ids.configure("lead_time_for_changes", "overview")) in found
    assert json.dumps(ids.configure("change_failure_rate", PLACE)) in found


def test_changes_say_rule_and_limits_and_open_the_detail(app, fake):
    with app.server.app_context():
        found = text(show_findings(view("?tab=overview&period=90d&project=SHOP")))
    assert "above the upper natural limit of 16 days" in found
    assert "Rule: a week outside the natural limits." in found
    assert "natural limits 3.5 days to 16 days" in found
    assert '"href": "?period=90d&project=SHOP&metric=flow_time"' in found
    assert "unusually high" in found
    assert "change-worse" not in found and "change-better" not in found
    asked = next(each for each in fake.calls if each[0] == "overview")
    assert asked[3] == only(project=("SHOP",))


def test_doubts_lead_to_where_they_can_be_mended(app, fake):
    with app.server.app_context():
        found = text(show_findings(view("?tab=overview&period=7d")))
    assert json.dumps(ids.configure("change_failure_rate", PLACE)) in found
    assert '"href": "?period=7d&metric=mean_time_to_recovery"' in found
    assert '"href": "?tab=quality&period=7d"' in found


def test_ageing_items_link_to_jira_as_text(app, fake):
    with app.server.app_context():
        found = text(show_findings(view()))
    assert '"href": "http://127.0.0.1:4020/browse/SHOP-3"' in found
    assert '"rel": "noopener noreferrer"' in found
    assert json.dumps(HOSTILE, ensure_ascii=False) in found


def test_nothing_to_say_is_said(app, use):
    use(FakeServices("empty"))
    with app.server.app_context():
        found = text(show_findings(view()))
    assert "No number moved outside its usual weekly variation" in found
    assert "Nothing is in progress at the end of this period." in found
    assert "Nothing was found that makes these numbers doubtful." in found


@pytest.mark.parametrize(("scenario", "said"), [("first", "sk-line"), ("refused", "appear here after the first sync")])
def test_before_the_first_sync_places_or_words_stand_there(app, use, scenario, said):
    fake = use(FakeServices(scenario))
    with app.server.app_context():
        assert said in text(show_findings(view()))
        assert "appear" in text(show_overview(view(), None)) or scenario == "refused"
    assert not [call for call in fake.calls if call[0] == "overview"]


def test_a_failure_has_words_and_a_request(app, use):
    use(FakeServices("failing"))
    with app.server.test_request_context():
        found = text(show_findings(view()))
    assert "That did not work." in found
    assert "secret inner words" not in found


def test_a_period_that_is_none_says_when_there_will_be_lists(app, fake):
    with app.server.app_context():
        for dates in ("from=2026-02-01&to=2026-01-01", "from=2026-02-01"):
            found = text(show_findings(view(f"?tab=overview&{dates}")))
            assert "when the view can be shown" in found
            assert '"sk' not in found


def test_an_unopened_tab_costs_nothing(app, fake):
    with app.server.app_context():
        assert show_findings(None) == (no_update, no_update)
        assert show_overview(None, None) == (no_update, no_update)
    assert not fake.calls


# ── the report


def test_the_report_is_the_view_of_its_query(client, fake):
    answer = client.get("/report.html?period=90d&project=SHOP&metric=flow_time")
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert next(each for each in fake.calls if each[0] == "overview")[:3] == (
        "overview",
        date(2026, 8, 19),
        date(2026, 11, 16),
    )
    assert next(each for each in fake.calls if each[0] == "overview")[3] == only(project=("SHOP",))
    assert "http://localhost/?period=90d&amp;project=SHOP" in answer.text
    assert "<script" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text


def test_the_report_keeps_the_promises_of_every_answer(client, fake):
    headers = client.get("/report.html").headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Disposition"] == 'inline; filename="throughline_report_2026-10-18_2026-11-16.html"'
    saved = client.get("/report.html?save=1").headers["Content-Disposition"]
    assert saved.startswith("attachment; ")


@pytest.mark.parametrize("query", ["from=2026-02-01&to=2026-01-01", "from=x&to=y", "from=2026-01-01"])
def test_a_report_of_no_period_says_why(client, fake, query):
    answer = client.get(f"/report.html?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert len(answer.text.splitlines()) == 1


def test_a_report_that_fails_says_so_without_its_inner_words(client, use):
    use(FakeServices("failing"))
    answer = client.get("/report.html")
    assert answer.status_code == 500
    assert "secret inner words" not in answer.text
    assert "Request" in answer.text


def test_a_report_before_the_first_sync_is_refused_in_words(client, use):
    use(FakeServices("first"))
    answer = client.get("/report.html")
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert "There are no issues yet." in answer.text


def test_three_sentences_come_first_each_with_a_way_to_its_evidence(app, fake):
    with app.server.app_context():
        above, below = show_findings(view("?tab=overview&period=90d"))
    words = text(above)
    assert [each in words for each in ("What changed", "At risk", "Next step")] == [True] * 3
    assert f'"href": "#{AGEING}"' in words
    assert f'"id": "{AGEING}"' in text(below)
    assert '"data-nav": "link"' in words
