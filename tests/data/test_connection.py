"""Which site and who: the environment wins, and the token stays where it is."""

from __future__ import annotations

import json
import os
import stat
import sys
import traceback
import types
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.jira.connection import site_key
from data.settings import connection
from data.settings.connection import DEFAULT_JQL, Home, HomeError, TokenError, TokenStore, resolve, token_for
from data.settings.model import Settings

TOKEN = "c4nary-t0ken-of-the-test"
SITE = "https://example.atlassian.net"


@pytest.fixture
def tokens(tmp_path):
    return TokenStore(tmp_path / "token.json")


def settings(**jira):
    return Settings.model_validate({"jira": jira})


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


# -- the folder


def test_the_environment_names_folder_and_settings(tmp_path):
    home = Home.of({"THROUGHLINE_HOME": str(tmp_path / "h"), "THROUGHLINE_SETTINGS": str(tmp_path / "s.json")})
    assert (home.path, home.settings_path) == (tmp_path / "h", tmp_path / "s.json")
    assert not home.path.exists(), "naming it touches nothing"


@pytest.mark.parametrize("env", [{}, {"THROUGHLINE_HOME": "", "THROUGHLINE_SETTINGS": " "}])
def test_without_names_it_is_the_state_folder_and_the_file_here(env, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    home = Home.of(env)
    assert home.path.name == "throughline"
    assert home.settings_path == tmp_path / "app_settings.json"


def test_folders_are_made_for_the_owner_only(tmp_path):
    home = Home(tmp_path / "a" / "home", tmp_path / "s.json")
    made = [home.ensure().path, home.sample, home.site_folder(SITE)]
    assert [mode(each) for each in [*made, home.path / "sites"]] == [0o700] * 4
    assert home.site(SITE).parent == home.path / "sites"
    assert home.site(SITE).name.startswith("example-atlassian-net-")


def test_one_site_has_one_folder_however_it_is_written(tmp_path):
    home = Home(tmp_path, tmp_path / "s.json")
    same = [
        "https://jira.example.org/x",
        " HTTPS://Jira.Example.org:443/x/ ",
        "https://me@jira.example.org/x",
        "jira.example.org/x/browse/ABC-1",
    ]
    assert len({home.site_folder(url) for url in same}) == 1
    other = [
        "http://jira.example.org/x",
        "https://jira.example.org/y",
        "https://jira.example.org:8443/x",
        "https://jira-example.org/x",
    ]
    assert len({home.site_folder(url) for url in [same[0], *other]}) == 5


@given(st.text(max_size=60))
def test_any_address_has_a_spelling_that_is_stable_and_a_safe_folder_name(tmp_path_factory, url):
    assert site_key(site_key(url)) == site_key(url)
    root = Path(os.devnull).parent / "never" / "made"
    home = Home(root, root)
    home._made = lambda folder: folder
    folder = home.site_folder(url)
    assert folder.parent == root / "sites"
    assert folder.name.isascii()


def test_a_folder_that_cannot_be_made_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    home = Home(tmp_path / "file" / "home", tmp_path / "s.json")
    for use in (home.ensure, lambda: home.sample, lambda: home.site_folder(SITE)):
        with pytest.raises(HomeError, match="THROUGHLINE_HOME"):
            use()


def test_a_folder_that_cannot_be_written_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(connection.os, "access", lambda *_: False)
    with pytest.raises(HomeError, match="Permission denied"):
        Home(tmp_path, tmp_path / "s.json").ensure()


# -- the token


def test_a_token_is_kept_per_site_in_a_private_file(tokens):
    tokens.set(SITE, f" {TOKEN}\n")
    tokens.set("https://other.example", "another-token")
    assert tokens.get(SITE.upper() + "/") == TOKEN
    assert tokens.get("https://third.example") is None
    assert mode(tokens.path) == 0o600
    tokens.delete(SITE)
    assert tokens.get(SITE) is None
    assert tokens.get("https://other.example") == "another-token"
    assert TOKEN not in tokens.path.read_text()


def test_an_empty_token_deletes(tokens):
    tokens.set(SITE, TOKEN)
    tokens.set(SITE, " ")
    assert tokens.get(SITE) is None


def test_a_file_that_others_can_read_is_closed_and_pointed_out(tokens):
    tokens.set(SITE, TOKEN)
    tokens.path.chmod(0o644)
    assert tokens.get(SITE) == TOKEN
    assert mode(tokens.path) == 0o600
    assert "644" in tokens.problem.why
    tokens.get(SITE)
    assert tokens.problem is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"tokens": []}',
        '{"tokens": 3}',
        '"' + TOKEN,
        "[" * 99999,
        "\x00\xff",
        '{"tokens": {"https://example.atlassian.net": "\\ud800"}}',
    ],
)
def test_a_broken_file_is_a_problem_without_details_and_can_be_replaced(tokens, text):
    tokens.path.write_text(text)
    tokens.path.chmod(0o600)
    assert tokens.get(SITE) is None
    assert tokens.problem.todo
    assert TOKEN not in str(tokens.problem)
    tokens.set(SITE, TOKEN)
    assert (tokens.get(SITE), tokens.problem) == (TOKEN, None)
    [aside] = tokens.path.parent.glob("*.broken-*")
    assert (aside.read_text(), mode(aside)) == (text, 0o600)


def test_a_token_that_cannot_be_stored_is_an_error_without_it(tokens, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(connection, "write_atomic", full)
    with pytest.raises(TokenError, match="No space left") as caught:
        tokens.set(SITE, TOKEN)
    assert TOKEN not in f"{caught.value!r}{caught.value.problem}"
    assert not tokens.path.exists()


def test_no_repr_shows_the_token(tokens):
    tokens.set(SITE, TOKEN)
    site = resolve({"JIRA_TOKEN": TOKEN}, settings(url=SITE), tokens)
    assert TOKEN not in f"{tokens!r}{tokens}{site!r}{vars(tokens)}"


# -- which site


def test_without_anything_nothing_is_configured(tokens):
    site = resolve({}, Settings(), tokens)
    assert (site.url, site.email, site.jql, site.configured, site.token_present) == ("", "", DEFAULT_JQL, False, False)
    assert site.sources == {"url": "none", "email": "default", "jql": "default", "token": "none"}


def test_the_settings_are_used_with_the_stored_token(tokens):
    tokens.set(SITE, TOKEN)
    site = resolve({}, settings(url=SITE + "/", email="me@example.org", jql="project = A"), tokens)
    assert (site.url, site.email, site.jql) == (SITE, "me@example.org", "project = A")
    assert site.configured and site.token_present
    assert site.sources == {"url": "settings", "email": "settings", "jql": "settings", "token": "stored"}


def test_the_environment_wins_over_the_settings_and_is_not_written_back(tokens):
    chosen = settings(url=SITE, email="me@example.org", jql="project = A")
    before = chosen.model_dump()
    env = {"JIRA_URL": SITE, "JIRA_EMAIL": "you@example.org", "JIRA_TOKEN": TOKEN, "JIRA_JQL": "project = B"}
    site = resolve(env, chosen, tokens)
    assert (site.email, site.jql, site.token_present) == ("you@example.org", "project = B", True)
    assert set(site.sources.values()) == {"environment"}
    assert chosen.model_dump() == before
    assert not tokens.path.exists()


def test_each_variable_wins_on_its_own(tokens):
    chosen = settings(url=SITE, email="me@example.org", jql="project = A")
    site = resolve({"JIRA_JQL": "project = B"}, chosen, tokens)
    assert (site.url, site.email, site.jql) == (SITE, "me@example.org", "project = B")
    assert site.sources["jql"] == "environment"


def test_an_empty_variable_counts_for_email_and_query_but_not_for_the_address(tokens):
    chosen = settings(url=SITE, email="me@example.org", jql="project = A")
    site = resolve({"JIRA_URL": "", "JIRA_EMAIL": "", "JIRA_JQL": " ", "JIRA_TOKEN": ""}, chosen, tokens)
    assert (site.url, site.email, site.jql, site.token_present) == (SITE, "", DEFAULT_JQL, False)
    assert site.sources["jql"] == "default"


def test_email_and_query_of_another_site_are_not_used(tokens):
    chosen = settings(url=SITE, email="me@example.org", jql="project = A")
    site = resolve({"JIRA_URL": "https://other.example"}, chosen, tokens)
    assert (site.url, site.email, site.jql) == ("https://other.example", "", DEFAULT_JQL)
    same = resolve({"JIRA_URL": SITE.upper() + "/"}, chosen, tokens)
    assert (same.email, same.jql) == ("me@example.org", "project = A")


def test_settings_without_address_complete_the_environment(tokens):
    site = resolve({"JIRA_URL": SITE}, settings(email="me@example.org", jql="project = A"), tokens)
    assert (site.email, site.jql) == ("me@example.org", "project = A")


def test_the_token_of_the_environment_goes_to_the_site_in_force_only(tokens):
    tokens.set("https://third.example", "third-token")
    env, chosen = {"JIRA_TOKEN": TOKEN}, settings(url=SITE)
    assert token_for(SITE, env, chosen, tokens) == TOKEN
    assert token_for("https://other.example", env, chosen, tokens) == ""
    assert token_for("https://third.example", env, chosen, tokens) == "third-token"
    assert token_for(SITE, {}, chosen, tokens) == ""


def test_a_token_in_the_settings_is_not_used(tokens):
    site = resolve({}, settings(url=SITE, token=TOKEN), tokens)
    assert not site.token_present


def test_the_file_is_readable_json(tokens):
    tokens.set(SITE, TOKEN)
    assert json.loads(tokens.path.read_text()) == {"format": 1, "tokens": {SITE: TOKEN}}


# -- the keyring


class Keyring(types.ModuleType):
    """Stands for the package `keyring`."""

    def __init__(self):
        super().__init__("keyring")
        self.held, self.error = {}, None

    def _fail(self):
        if self.error:
            raise self.error

    def get_password(self, service, name):
        self._fail()
        return self.held.get((service, name))

    def set_password(self, service, name, password):
        self._fail()
        self.held[service, name] = password

    def delete_password(self, service, name):
        self._fail()
        del self.held[service, name]


@pytest.fixture
def keyring(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", made := Keyring())
    return made


@pytest.fixture
def asked(tmp_path):
    """A state folder of somebody who asks for the keyring."""
    return Home.of({"THROUGHLINE_HOME": str(tmp_path / "home"), "THROUGHLINE_KEYRING": "1"}).ensure()


def test_a_token_is_kept_in_the_keyring_of_those_who_ask_for_it(keyring, asked):
    asked.tokens.set(SITE, TOKEN)
    assert keyring.held == {("throughline", SITE): TOKEN}
    assert asked.tokens.get(f" {SITE}/browse/A-1") == TOKEN
    assert resolve({}, settings(url=SITE), asked.tokens).token_present
    assert list(asked.path.rglob("token.json*")) == []
    asked.tokens.set(SITE, "")
    assert (keyring.held, asked.tokens.get(SITE), asked.tokens.problem) == ({}, None, None)


def test_without_asking_the_keyring_is_not_touched(keyring, tmp_path):
    home = Home.of({"THROUGHLINE_HOME": str(tmp_path / "home"), "THROUGHLINE_KEYRING": "0"}).ensure()
    home.tokens.set(SITE, TOKEN)
    assert keyring.held == {}
    assert (home.path / "token.json").exists()


def test_a_token_of_the_file_is_found_and_moves_when_it_is_stored_anew(keyring, asked):
    asked.tokens.file.set(SITE, "older-token")
    assert asked.tokens.get(SITE) == "older-token"
    asked.tokens.set(SITE, TOKEN)
    assert asked.tokens.file.get(SITE) is None
    assert asked.tokens.get(SITE) == TOKEN


def test_a_locked_keyring_is_a_problem_without_what_it_said(keyring, asked):
    keyring.error = RuntimeError(f"cannot store {TOKEN}")
    assert asked.tokens.get(SITE) is None
    assert "Unlock" in asked.tokens.problem.todo
    for use in (lambda: asked.tokens.set(SITE, TOKEN), lambda: asked.tokens.delete(SITE)):
        with pytest.raises(TokenError, match="RuntimeError") as caught:
            use()
        assert TOKEN not in "".join(traceback.format_exception(caught.value)) + repr(asked.tokens)
    assert not (asked.path / "token.json").exists(), "it is not put into a file behind the back"


def test_a_keyring_that_is_not_installed_says_so(asked, monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(TokenError, match="not installed"):
        asked.tokens.set(SITE, TOKEN)


def test_a_token_file_that_cannot_be_read_now_is_not_replaced(tokens, monkeypatch):
    tokens.set(SITE, TOKEN)
    with monkeypatch.context() as broken:
        broken.setattr(connection, "opened", lambda *_: (_ for _ in ()).throw(OSError(5, "Input/output error")))
        with pytest.raises(TokenError, match="Input/output"):
            tokens.set("https://other.example", "another-token")
    assert tokens.get(SITE) == TOKEN


def test_a_token_file_of_a_newer_version_is_not_changed(tmp_path):
    path = tmp_path / "token.json"
    content = json.dumps({"format": 2, "tokens": {"x": "y"}, "more": 1})
    path.write_text(content)
    store = TokenStore(path)
    assert store.get("https://example.atlassian.net") is None
    assert "written by a newer version" in store.problem.why
    with pytest.raises(TokenError, match="newer version"):
        store.set("https://example.atlassian.net", "a-new-token-of-tests")
    assert path.read_text() == content
