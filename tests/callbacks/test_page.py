"""The page and what follows from its URL."""

from __future__ import annotations

import json

import pytest
from dash import no_update
from plotly.utils import PlotlyJSONEncoder

from callbacks.page import layout, show_choices, show_period
from tests.builders import choices_of
from tests.fake_services import FakeServices
from ui import ids


def text(component) -> str:
    return json.dumps(component, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_opening_the_page_looks_for_old_data(app, fake):
    with app.server.app_context():
        page = text(layout())
    assert ("ensure_fresh",) in fake.calls
    assert "Sample data." in page
    assert "Connect your Jira" in page


def test_period_in_words(app, fake):
    with app.server.app_context():
        label, dates, compared, problem = show_period({"query": "?period=30d"})
    assert (label, compared, problem) == ("Last 30 days", "vs 18 Sep – 17 Oct", "")
    assert dates.children == "18 Oct – 16 Nov 2026"


def test_a_period_that_there_is_not_is_told_with_what_is_shown_instead(app, fake):
    with app.server.app_context():
        label, *_, problem = show_period({"query": "?period=5d"})
        *_, long = show_period({"query": f"?period={'x' * 500}"})
    assert (label, problem) == ("Last 30 days", "There is no period “5d”: the last 30 days are shown.")
    assert len(long) < 80


def test_unusable_period_says_why(app, fake):
    with app.server.app_context():
        *rest, problem = show_period({"query": "?from=2026-02-01&to=2026-01-01"})
        *_, long = show_period({"query": "?from=2024-02-01&to=2026-01-01"})
        *_, half = show_period({"query": "?from=2024-02-01"})
        *_, garbage = show_period({"query": "?from=2024-02-01&to=soon"})
    assert all(each is no_update for each in rest)
    assert "Swap the two dates" in problem
    assert "at most 366" in long
    assert "two dates" in half
    assert "YYYY-MM-DD" in garbage


def test_choices_are_names_with_counts(app, fake):
    with app.server.app_context():
        fields = {each["name"]: each for each in json.loads(show_choices("r2"))}
    assert fields["project"]["names"][0] == ["SHOP", 420]
    assert ["<b>odd & label</b>", 12] in fields["label"]["names"]
    assert list(fields) == ["project", "type", "assignee", "label", "component"]
    assert fields["assignee"]["title"] == "Assignee"


def test_own_site_has_no_sample_banner(app, use):
    use(FakeServices("mixed"))
    with app.server.app_context():
        page = json.loads(text(layout()))
    assert find(page, "banner-sample")["hidden"] is True


def test_problems_are_shown_worst_first(app, use):
    use(FakeServices("broken"))
    with app.server.app_context():
        page = json.loads(text(layout()))
    shown = text(find(page, "banner-problems")["children"])
    assert shown.index("notice-danger") < shown.index("notice-warning")


def find(node, wanted):
    """Properties of the component with that id."""
    if isinstance(node, dict):
        props = node.get("props") or {}
        if props.get("id") == wanted:
            return props
        node = list(props.values())
    if isinstance(node, list):
        for each in node:
            found = find(each, wanted)
            if found is not None:
                return found
    return None


def test_many_labels_are_still_small(app, fake):
    fake.numbers.choices = lambda _snapshot: choices_of(label=tuple((f"label-{n:05}", n) for n in range(20_000)))
    with app.server.app_context():
        assert len(text(show_choices("r2"))) < 50_000


def test_names_that_no_issue_has_are_told(app, fake):
    with app.server.app_context():
        *_, known = show_period({"query": "?project=SHOP&type=Bug&label=checkout"})
        *_, case = show_period({"query": "?project=Shop"})
        *_, none = show_period({"query": f"?component={'x' * 500}"})
        *_, many = show_period({"query": "?" + "&".join(f"type=Epik{n}" for n in range(50))})
    assert known == ""
    assert case == ""  # another spelling of the same name is that name
    assert none.startswith("No issue here has the component “xxx") and none.endswith(
        "Take it out of the filter of component."
    )
    assert len(none) < 150
    assert many.count("No issue here") == 3


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ("?from=2026-01-01", "2026-01-01 to no last day"),
        ("?to=9999-99-99", "no first day to 9999-99-99"),
        ("?from=2026-01-01&to=2026-01-31", "1 Jan – 31 Jan 2026"),
    ],
)
def test_the_dialog_of_a_saved_view_opens_whatever_the_dates_are(act, search, words):
    T = ids.Teams
    answer = act(
        f"..{T.MODAL}.is_open...{T.WHAT}.children...{T.NAME}.value..",
        f"{T.KEEP}.n_clicks",
        {f"{T.KEEP}.n_clicks": 1, f"{T.CANCEL}.n_clicks": None, f"{T.KEPT}.data": None},
        {f"{ids.Page.LOCATION}.search": search},
    )
    assert answer["response"][T.MODAL]["is_open"] is True
    assert words in json.dumps(answer["response"], ensure_ascii=False)
