"""`tokens`: made, listed, revoked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.values.callers import Caller, Scope
from tests.cases.site import CaseSite, without_site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CaseSite]:
    with without_site(tmp_path) as found:
        yield found


def test_a_token_is_printed_alone_and_works(site: CaseSite) -> None:
    made = site.run("tokens", "new", "nightly report", "--scope", "read", "--scope", "export", "--days", "7")
    assert made.code == 0, made.err
    text = made.out.strip()
    assert "\n" not in text
    caller = site.services.tokens.caller(text)
    assert isinstance(caller, Caller)
    assert (caller.name, caller.scopes) == ("nightly report", {Scope.READ, Scope.EXPORT})
    assert text not in made.err
    assert "valid until 2026-12-05" in made.err


def test_the_list_has_everything_but_the_token(site: CaseSite) -> None:
    text = site.run("tokens", "new", "one").out.strip()
    listed = site.run("tokens", "list", "--format", "json")
    [row] = listed.json
    assert (row["name"], row["scopes"], row["state"], row["used_at"]) == ("one", ["read"], "active", None)
    assert text not in listed.out
    table = site.run("tokens", "list")
    assert "one" in table.out
    assert text not in table.out


def test_a_revoked_token_counts_for_nothing(site: CaseSite) -> None:
    text = site.run("tokens", "new", "one", "--never").out.strip()
    [row] = site.run("tokens", "list", "--format", "json").json
    assert row["expires_at"] is None
    assert site.run("tokens", "revoke", row["id"]).code == 0
    assert site.services.tokens.caller(text) == "This token was revoked."
    assert site.run("tokens", "list", "--format", "json").json[0]["state"] == "revoked"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("new", "x", "--scope", "everything"), 2),
        (("new", "x", "--days", "0"), 2),
        (("new", ""), 2),
        (("revoke", "0" * 12), 1),
    ],
)
def test_what_cannot_be_is_told(site: CaseSite, words: tuple[str, ...], code: int) -> None:
    told = site.run("tokens", *words)
    assert told.code == code, told.err
    assert told.err.strip()
    assert not told.out
