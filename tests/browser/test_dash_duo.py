"""The same page through Dash's own testing browser."""

from __future__ import annotations

import pytest

pytestmark = [
    pytest.mark.browser,
    # its runner ends the server's threads with an exception
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]


def test_a_card_opens_its_detail(dash_duo, app, fake):
    dash_duo.start_server(app)
    dash_duo.wait_for_page(f"{dash_duo.server_url}/?tab=dora")
    dash_duo.wait_for_text_to_equal('article[data-metric="lead_time_for_changes"] .num', "2.4", timeout=20)
    dash_duo.find_element('article[data-metric="lead_time_for_changes"] .card-open').click()
    dash_duo.wait_for_text_to_equal(".detail-title", "Lead time for changes", timeout=20)
    assert dash_duo.get_logs() == []
