"""Addresses are checked before a token is sent anywhere."""

from __future__ import annotations

import pytest

from data.jira.connection import Connection, site_url
from data.jira.errors import BadSetting, InvalidUrl


@pytest.mark.parametrize(
    ("entered", "address"),
    [
        ("https://example.atlassian.net/", "https://example.atlassian.net"),
        ("example.atlassian.net", "https://example.atlassian.net"),
        ("https://example.atlassian.net/jira/software/projects/A/boards/1", "https://example.atlassian.net"),
        ("https://example.atlassian.net/browse/A-1?x=1#y", "https://example.atlassian.net"),
        ("https://jira.example.org/jira/secure/Dashboard.jspa", "https://jira.example.org/jira"),
        ("https://jira.example.org:8443/context", "https://jira.example.org:8443/context"),
        ("https://api.atlassian.com/ex/jira/11-22", "https://api.atlassian.com/ex/jira/11-22"),
        ("http://localhost:4020", "http://localhost:4020"),
        ("http://127.0.0.1:4020/", "http://127.0.0.1:4020"),
        ("http://[::1]:4020", "http://[::1]:4020"),
    ],
)
def test_the_address_is_taken_as_people_paste_it(entered, address):
    assert site_url(entered) == address


@pytest.mark.parametrize(
    "entered",
    [
        "",
        "http://example.org",
        "http://127.0.0.1.example.org",
        "ftp://example.org",
        "https://",
        "https://user:pass@example.org",
        "https://exa mple.org",
        "https://example.org:port",
        "http://localhost@example.org",
        "https://example.org\\@evil.example",
        "javascript:alert(1)",
    ],
)
def test_other_addresses_are_refused_with_what_to_do(entered, monkeypatch):
    monkeypatch.delenv("JIRA_ALLOW_HTTP", raising=False)
    with pytest.raises(InvalidUrl) as caught:
        site_url(entered)
    assert caught.value.hint
    assert "pass@" not in str(caught.value)


def test_plain_http_elsewhere_needs_a_decision(monkeypatch):
    monkeypatch.setenv("JIRA_ALLOW_HTTP", "1")
    assert site_url("http://jira.internal:8080") == "http://jira.internal:8080"


def test_the_token_never_shows():
    connection = Connection("https://example.org", "me@example.org", "s3cret")
    assert "s3cret" not in f"{connection} {connection!r}"
    assert connection.authorization == "Basic bWVAZXhhbXBsZS5vcmc6czNjcmV0"
    assert Connection("https://example.org", "", "s3cret").authorization == "Bearer s3cret"


def test_a_line_break_cannot_smuggle_a_header():
    with pytest.raises(BadSetting, match="line break"):
        Connection("https://example.org", "me@example.org", "a\r\nX-Evil: 1")
