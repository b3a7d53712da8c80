"""A canary token is looked for in everything that people or programs could read (reliability: Security)."""

from __future__ import annotations

import base64
import html
import io
import json
import logging
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from cli.failures import CommandFailed, guarded
from cli.printing import notice
from data.cache.metric_cache import Key, MetricCache
from data.exports.csv import csv_text
from data.jira import protocol
from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.errors import JiraError
from data.platform.logs import HIDDEN, SECRETS, JsonLines, SecretFilter, protect
from data.settings.connection import Home, resolve, token_for
from data.settings.store import Invalid, SettingsStore

TOKEN = "c4nary/t0ken+of=tests%Zq7"
EMAIL = "canary@example.org"
BASIC = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
SHAPES = (TOKEN, BASIC, quote(TOKEN, safe=""))


def assert_clean(text):
    for shape in SHAPES:
        assert shape not in text
    assert "c4nary" not in text


@pytest.fixture
def logged():
    """Everything that the root logger gets at DEBUG, as a protected handler writes it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    root = logging.getLogger()
    level, root.level = root.level, logging.DEBUG
    make, hooks = logging.getLogRecordFactory(), (sys.excepthook, threading.excepthook)
    adds = logging.Logger.makeRecord
    protect()
    root.addHandler(handler)  # whenever it was added
    yield out
    logging.setLogRecordFactory(make)
    logging.Logger.makeRecord = adds
    sys.excepthook, threading.excepthook = hooks
    root.removeHandler(handler)
    root.setLevel(level)


class Indiscreet(BaseHTTPRequestHandler):
    """A server that repeats the credentials it got in each answer, as misconfigured proxies do."""

    status = 200

    def do_GET(self):
        sent = self.headers.get("Authorization", "")
        body = json.dumps({"errorMessages": [f"Authorization: {sent} for {TOKEN}"], "serverTitle": sent}).encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def indiscreet():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Indiscreet)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def everything_in(folder: Path, *but: str) -> str:
    files = [each for each in folder.rglob("*") if each.is_file() and each.name not in but]
    return "".join(each.read_bytes().decode("utf-8", "replace") for each in files)


def test_the_token_is_in_its_own_file_and_nowhere_else(tmp_path, logged):
    home = Home(tmp_path / "home", tmp_path / "app_settings.json")
    url = "https://canary.example"
    home.tokens.set(url, TOKEN)
    store = SettingsStore(home.settings_path)
    store.save({"jira": {"url": url, "email": EMAIL}}, revision=0)
    for patch in (
        {"jira": {"token": TOKEN}},
        {"jira": {"url": f"https://{EMAIL}:{TOKEN.replace('/', '')}@canary.example"}},
    ):
        with pytest.raises(Invalid) as caught:
            store.save(patch, revision=1)
        assert_clean(f"{caught.value}{caught.value!r}{caught.value.problem}{caught.value.errors}")
    site = resolve({}, store.load().settings, home.tokens)
    assert site.token_present
    assert token_for(url, {}, store.load().settings, home.tokens) == TOKEN
    cache = MetricCache(home.site_folder(url) / "metrics_cache.json")
    cache.put(Key("dora", "2026-01-01", "2026-01-31", {"site": site.url, "jql": site.jql}), [])
    logging.getLogger("any").debug("%r %r %r %r", home.tokens, site, store.load(), cache.stats())
    assert_clean(everything_in(tmp_path, "token.json"))
    assert TOKEN in (home.path / "token.json").read_text()
    assert_clean(f"{home.tokens!r}{site!r}{vars(site)}{vars(home.tokens)}{csv_text(['site'], [[str(site)]])}")
    assert_clean(logged.getvalue())


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 410])
@pytest.mark.parametrize("email", [EMAIL, ""])
def test_the_client_tells_nobody_even_when_the_server_repeats_it(indiscreet, logged, monkeypatch, status, email):
    monkeypatch.setattr(Indiscreet, "status", status)
    connection = Connection(indiscreet, email, TOKEN)
    with Jira(connection, pause=lambda _: None) as jira:
        for call in (jira.server_info, jira.fields, lambda: list(jira.search("project = A", ["status"]))):
            try:
                call()
            except JiraError as error:
                logging.getLogger("any").exception("failed with %s", error)
                assert_clean(f"{error} {error!r} {error.to_dict()}")
                assert_clean("".join(traceback.format_exception(error)))
        assert_clean(f"{connection!r}{connection}{jira!r}")
    assert logged.getvalue(), "the HTTP library logs at DEBUG"
    assert_clean(logged.getvalue())


def test_an_unreachable_site_gives_an_error_without_it(logged):
    with Jira(Connection("http://127.0.0.1:9", EMAIL, TOKEN), timeout=(0.2, 0.2), pause=lambda _: None) as jira:
        with pytest.raises(JiraError) as caught:
            jira.myself()
        logging.getLogger("any").error("no", exc_info=caught.value)
    assert_clean("".join(traceback.format_exception(caught.value)))
    assert_clean(logged.getvalue())


# -- the filter


def logs(filter_, *args, **kwargs):
    out = io.StringIO()
    logger = logging.Logger("one", logging.DEBUG)
    handler = logging.StreamHandler(out)
    handler.addFilter(filter_)
    logger.addHandler(handler)
    logger.debug(*args, **kwargs)
    return out.getvalue()


@pytest.mark.parametrize(
    ("message", "args"),
    [
        ("token " + TOKEN, ()),
        ("token %s", (TOKEN,)),
        ("token %(token)s", ({"token": TOKEN},)),
        ("%s", ({"headers": {"Authorization": f"Bearer {TOKEN}"}},)),
        ("GET /x?token=%s", (quote(TOKEN, safe=""),)),
        ("Basic %s", (BASIC,)),
        ("too few arguments %s %s " + TOKEN, (1,)),
        ("100 % " + TOKEN, (1,)),
    ],
)
def test_no_way_of_logging_a_known_token_shows_it(message, args):
    secrets = SecretFilter()
    secrets.hide(TOKEN, EMAIL)
    text = logs(secrets, message, *args)
    assert_clean(text)
    assert HIDDEN in text


class Named:
    def __repr__(self):
        return f"<Named {TOKEN}>"


@pytest.mark.parametrize(
    "extra",
    [
        {"sent": TOKEN},
        {"sent": {"headers": [{"Authorization": f"Basic {BASIC}"}, ("x", TOKEN)]}},
        {"sent": TOKEN.encode()},
        {"sent": Named()},
        {"sent": {TOKEN: 1}},
        {"facts": {"url": f"/x?token={quote(TOKEN, safe='')}", "object": Named(), "deep": [[[[[[TOKEN]]]]]]}},
        {TOKEN: "a field named so"},
    ],
)
def test_fields_that_code_adds_are_cleaned_for_every_handler(logged, extra):
    SECRETS.hide(TOKEN, EMAIL)
    seen = []
    handler = logging.Handler()
    handler.emit = seen.append
    library = logging.getLogger("another.library")
    library.addHandler(handler)
    try:
        library.warning("said", extra=extra)
    finally:
        library.removeHandler(handler)
    [record] = seen
    assert_clean(f"{vars(record)} {record.__dict__.get('sent')} {JsonLines().format(record)}")
    assert HIDDEN in f"{vars(record)}"


@pytest.mark.parametrize("token", ["a\"b\\c<d>&e'f token", "tökén-of-\u20ac-signs", TOKEN])
def test_a_token_is_known_as_json_html_and_base64_write_it(token):
    secrets = SecretFilter(token)
    for shape in (
        json.dumps({"said": token}),
        html.escape(token),
        html.escape(token, quote=False),
        base64.b64encode(token.encode()).decode(),
        quote(token),
        repr([token]),
    ):
        assert HIDDEN in secrets.clean(f"x {shape} y")
        assert token not in secrets.clean(f"x {shape} y")


@pytest.mark.parametrize("email", [EMAIL, "", "tökén@example.org"])
def test_the_pair_of_email_and_token_is_hidden_also_where_nothing_says_what_it_is(email):
    secrets = SecretFilter()
    secrets.hide(TOKEN, email)
    pair = base64.b64encode(f"{email}:{TOKEN}".encode()).decode()
    for text in (pair, f"sent {pair}.", json.dumps({"x": pair}), f"{pair}\n"):
        assert secrets.clean(text) == text.replace(pair, HIDDEN)


def _raises(error):
    raise error


@pytest.mark.parametrize(
    "error",
    [
        CommandFailed(f"not with {TOKEN}"),
        ValueError(f"not with {TOKEN}"),
        RuntimeError(f"not with {TOKEN}"),
        OSError(6, f"not with {TOKEN}"),
        OSError(5, "Input/output error", f"/nowhere/{TOKEN}"),
        KeyError(BASIC),
    ],
)
def test_the_error_line_of_the_terminal_has_no_secret(error, capsys):
    SECRETS.hide(TOKEN, EMAIL)
    assert guarded(lambda: _raises(error)) == 1
    said = capsys.readouterr().err
    assert HIDDEN in said
    assert_clean(said)


def test_what_the_app_says_in_place_of_the_systems_words_has_no_secret(capsys):
    assert guarded(lambda: _raises(OSError(5, f"not with {TOKEN}"))) == 1
    said = capsys.readouterr().err
    assert "The disk could not be read or written." in said
    assert_clean(said)


def test_what_jira_repeats_of_the_token_is_hidden_wherever_its_words_are_kept(capsys):
    SECRETS.hide(TOKEN, EMAIL)
    error = JiraError(f"no {TOKEN}", hint=f"not {BASIC}")
    info = protocol.read_server_info(
        json.dumps({"version": "9", "serverTitle": f"title {TOKEN}", "baseUrl": f"https://x/{TOKEN}"}).encode()
    )
    account = protocol.read_myself(json.dumps({"displayName": f"me {TOKEN}", "timeZone": f"zone {TOKEN}"}).encode(), {})
    notice(f"told {TOKEN}")
    for text in (
        error.message,
        error.hint,
        str(error),
        info.title,
        info.base_url,
        account.zone,
        account.name,
        capsys.readouterr().err,
    ):
        assert HIDDEN in text
        assert_clean(text)


def test_fields_without_secrets_stay_what_they_are(logged):
    seen = []
    handler = logging.Handler()
    handler.emit = seen.append
    library = logging.getLogger("another.library")
    library.addHandler(handler)
    thing = object()
    try:
        library.warning("said", extra={"thing": thing, "n": 7, "parts": [1, "two"], "none": Silent()})
    finally:
        library.removeHandler(handler)
    assert (seen[0].thing, seen[0].n, seen[0].parts) == (thing, 7, [1, "two"])


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Basic dW5rbm93bjp0b2tlbg==",
        "authorization: bearer dW5rbm93bjp0b2tlbg",
        "{'Authorization': 'Basic dW5rbm93bjp0b2tlbg=='}",
        '{"Authorization": "dW5rbm93bjp0b2tlbg=="}',
        "sent Bearer dW5rbm93bjp0b2tlbg",
        "https://me:dW5rbm93bjp0b2tlbg@jira.example/x",
        "ATATT3xFfGF0dW5rbm93bjp0b2tlbg_-=A1B2",
    ],
)
def test_credentials_that_nobody_told_us_of_go_too(text):
    assert "dW5rbm93" not in logs(SecretFilter(), text)


@pytest.mark.parametrize(
    "text", ["plain words", "basic idea", "100 % done", "https://jira.example/x?a=b", "a@b.example", "%s"]
)
def test_ordinary_words_stay(text):
    assert logs(SecretFilter("tok"), text) == text + "\n"


def test_tracebacks_and_stacks_are_cleaned():
    try:
        raise ValueError(TOKEN)
    except ValueError:
        text = logs(SecretFilter(TOKEN), "failed", exc_info=True, stack_info=True)
    assert "ValueError: " + HIDDEN in text
    assert_clean(text)


class Silent:
    """Has no words of its own."""

    def __str__(self):
        raise ZeroDivisionError

    __repr__ = __str__


def test_a_record_that_cannot_be_put_into_words_fails_nobody(logged):
    logging.getLogger("any").error("%s %s", Silent(), TOKEN)
    assert "Tuple" in logged.getvalue().title()


def test_a_hook_that_somebody_put_back_is_protected_again(logged):
    sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
    protect()
    assert sys.excepthook is not sys.__excepthook__ and threading.excepthook is not threading.__excepthook__


def test_every_handler_is_protected_also_those_added_later_and_an_uncaught_error(logged, capsys):
    SECRETS.hide(TOKEN, EMAIL)
    out = io.StringIO()
    library = logging.getLogger("a.library")
    library.addHandler(handler := logging.StreamHandler(out))
    try:
        raise ValueError(f"Authorization: Basic {BASIC}")
    except ValueError as error:
        library.exception("sent %s", TOKEN)
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        library.removeHandler(handler)
    thread = threading.Thread(target=lambda: {}[TOKEN])
    thread.start()
    thread.join()
    said = capsys.readouterr().err
    assert "KeyError" in said and "ValueError" in said and "ValueError" in out.getvalue()
    assert_clean(out.getvalue() + said)
