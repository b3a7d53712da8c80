"""A token that lies across the place where a text is cut: no piece of it is left, wherever the token begins."""

from __future__ import annotations

import base64
import io
import json
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import pytest

from cli import main, sites
from data.forecast.request import _number
from data.jira.connection import LONGEST_SHOWN, _shown
from data.jira.errors import LONGEST_REASON, RateLimited
from data.jira.host_limiter import HostLimiter
from data.jira.http_errors import LONGEST_SAID, refusal
from data.jira.protocol import _rough_name, nameless
from data.jtbd.import_records import _value
from data.platform.log_limit import LONGEST_MESSAGE, LONGEST_TRACEBACK, LogLimit
from data.platform.logs import SECRETS
from data.platform.telemetry_records import LONGEST, allowed
from data.services.services import open_services
from data.settings.model import Settings
from data.store import issue_store, record_problems
from data.sync.stage import Tally
from data.teams.content import BadView, _check_format, _text
from data.values.forecast import ForecastRefused
from data.values.periods import PeriodError, parse_day
from data.values.records import RecordError
from tests.data.jira.fake import FakeJira, Reply
from tests.sample_services import environment

TOKEN = "c4nary+t0ken-of.the~k1nd_Th4t=moves"
EMAIL = "canary@example.org"
BASIC = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
PIECE = 6  # characters in a row that are taken for a piece of the token
NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture(autouse=True)
def known() -> None:
    SECRETS.hide(TOKEN, EMAIL)


def pieces_in(text: str) -> set[str]:
    """The pieces of the token, or of its Basic header, that a text holds."""
    return {
        word[n : n + PIECE]
        for word in (TOKEN, BASIC)
        for n in range(len(word) - PIECE + 1)
        if word[n : n + PIECE] in text
    }


def raised(kind: type[Exception], act: Callable[[], object]) -> str:
    with pytest.raises(kind) as caught:
        act()
    return f"{caught.value}"


def jira_said(status: int, **headers: str) -> Callable[[str], str]:
    def said(text: str) -> str:
        body = json.dumps({"errorMessages": [text]}).encode()
        error = refusal(status, {"Content-Type": "application/json", **headers}, body, now=NOW, query=status == 400)
        return f"{error}{error!r}{error.to_dict()}"

    return said


def logged(text: str) -> str:
    """The message and the traceback of a record, as the handlers of this program write them."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    for each in (SECRETS, LogLimit()):
        handler.addFilter(each)
    record = logging.makeLogRecord({"msg": text, "exc_text": text + "\n" + "y" * LONGEST_TRACEBACK, "levelno": 40})
    handler.handle(record)
    assert len(out.getvalue()) > 50
    return out.getvalue()


def limit_named(text: str) -> str:
    error = refusal(429, {"RateLimit-Reason": text}, b"", now=NOW)
    assert isinstance(error, RateLimited)
    gate = HostLimiter()
    gate.hold(60, error.reason)
    held = raised(RateLimited, lambda: gate.turn(1, lambda: False, lambda _: None))
    return f"{error}{error.reason}{error.to_dict()}{held}"


CUTS: dict[str, tuple[int, Callable[[str], str]]] = {
    **{
        f"Jira's words, HTTP {status}": (LONGEST_SAID, jira_said(status))
        for status in (400, 401, 403, 404, 405, 410, 418, 500)
    },
    "the name of a limit": (LONGEST_REASON, limit_named),
    "an address": (LONGEST_SHOWN, lambda text: _shown(f"https://{text}")),
    "the issue store's reason": (200, lambda text: issue_store.reason(OSError(text))),
    "the record store's reason": (200, lambda text: str(record_problems.failed("read", OSError(text)))),
    "an attribute of a span": (LONGEST, lambda text: str(allowed({"family": text}))),
    "a forecast's number": (40, lambda text: raised(ForecastRefused, lambda: _number(text, 0, "It"))),
    "a saved view's text": (40, lambda text: raised(BadView, lambda: _text([text], "It"))),
    "a saved view's format": (40, lambda text: raised(BadView, lambda: _check_format(text))),
    "an instant of a record": (40, lambda text: raised(RecordError, lambda: _value("recorded_at", text))),
    "a date": (40, lambda text: raised(PeriodError, lambda: parse_day(text))),
    "the id of an issue": (40, nameless),
    "the id in an issue that cannot be read": (40, lambda text: _rough_name(json.dumps({"id": text.strip()}).encode())),
    "the start of an issue that cannot be read": (
        4000 - 8,
        lambda text: _rough_name(json.dumps({"id": text}).encode()),
    ),
    "a message in the log": (LONGEST_MESSAGE, logged),
    "a traceback in the log, its beginning": (LONGEST_TRACEBACK // 2, logged),
    "a value that settings refuse": (
        50,
        lambda text: raised(ValueError, lambda: Settings.model_validate({"sync": {"max_age_hours": text}})),
    ),
}


@pytest.mark.parametrize("name", CUTS)
def test_no_piece_of_a_token_is_left_wherever_a_text_is_cut(name: str) -> None:
    cut, say = CUTS[name]
    for word in (TOKEN, BASIC):
        for start in range(max(0, cut - len(word) - 40), cut + 2):
            said = say("x" * start + " " + word + " and more words")
            assert not pieces_in(said), (start, said)


def test_the_pieces_are_found_where_a_text_is_cut_before_it_is_cleaned() -> None:
    text = "x" * 280 + TOKEN
    assert pieces_in(SECRETS.clean(text[:300]))
    assert not pieces_in(SECRETS.shorten(text, 300))


def test_warnings_of_a_sync_hold_no_token() -> None:
    tally = Tally()
    tally.leave_out(f"KEY-{TOKEN}", ValueError())
    assert not pieces_in(str(tally.warnings))


@pytest.mark.parametrize(
    "text", ["Basic authentication with passwords is deprecated", "a bearer certificate", "Basic Authentication failed"]
)
def test_what_jira_says_of_basic_authentication_stays(text: str) -> None:
    assert SECRETS.clean(text) == text


# -- a sync whose every error repeats the token: terminal, doctor, database


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("state")
    with FakeJira() as jira:
        env = environment(folder, JIRA_URL=jira.url, JIRA_EMAIL=EMAIL, JIRA_TOKEN=TOKEN)
        yield jira, open_services(env), folder


@pytest.mark.parametrize(
    "start", [*range(LONGEST_SAID - len(TOKEN) - 4, LONGEST_SAID + 1, 3), *range(30, LONGEST_REASON, 7)]
)
@pytest.mark.parametrize("status", [403, 429])
def test_no_piece_reaches_terminal_doctor_or_database(where, start, status, monkeypatch, capsys, caplog):
    jira, services, folder = where
    text = "y" * start + " " + TOKEN + " " + BASIC
    headers = {"RateLimit-Reason": text, "Retry-After": "900"} if status == 429 else {}
    jira.routes = {
        "/rest/api/3/serverInfo": {"deploymentType": "Cloud", "version": "1", "serverTitle": text, "baseUrl": jira.url},
        "/rest/api/3/myself": Reply(status, {"errorMessages": [text]}, headers),
    }
    monkeypatch.setattr("data.jira.sender.limiter_of", lambda _: HostLimiter())
    monkeypatch.setattr(sites, "_services", lambda: services)
    with caplog.at_level("DEBUG"):
        codes = [main([*words, "--format", "json"]) for words in (["sync"], ["doctor"])]
        codes.append(main(["doctor"]))
    out, err = capsys.readouterr()
    assert codes == [1, 1, 1]
    assert "y" * 30 in out, "Jira's words are told"
    assert not pieces_in(out + err)
    assert not pieces_in(caplog.text)
    for path in folder.rglob("*.db*"):
        assert not pieces_in(path.read_bytes().decode("latin-1"))
    with closing(sqlite3.connect(next(folder.rglob("issues.db")))) as database:
        assert database.execute("select count(*) from scope where last_result is not null").fetchone() == (1,)
