"""Signing in with OpenID Connect, against a provider with real keys on this machine."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from callbacks.app import create_app
from callbacks.session_cookie import PLAIN
from data.platform.access import Access
from data.platform.openid import OpenId
from data.services.openid_provider import _EVENT as EVENT
from data.values.callers import Role
from data.values.people import SignIn
from tests.fake_services import FakeServices
from tests.openid_provider import CLIENT, SECRET, TestProvider

pytest.importorskip("joserfc")
HTML = {"Accept": "text/html"}
OURS = {"Origin": "http://localhost"}
LONG = "a-password-that-is-long"


@pytest.fixture(scope="module")
def running() -> Iterator[TestProvider]:
    made = TestProvider()
    yield made
    made.close()


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def provider(running: TestProvider, services: FakeServices) -> TestProvider:
    fresh = {"sub": "s-1", "preferred_username": "ada", "sid": "p-1"}
    running.claims, running.bend, running.algorithm = fresh, lambda claims: claims, "RS256"
    running.published = list(running.keys)
    running.now = lambda: services.now.timestamp()
    running.asked.clear()
    return running


@pytest.fixture
def settings(provider: TestProvider) -> OpenId:
    return OpenId(provider.issuer, CLIENT, "http://localhost", SECRET)


@pytest.fixture
def serve(app: object, services: FakeServices, settings: OpenId) -> Callable[..., FlaskClient]:
    def made(openid: OpenId = settings, newcomers: Role | None = Role.VIEWER) -> FlaskClient:
        access = Access(openid=openid, openid_newcomers=newcomers)
        return create_app(services, access=access, hosts=()).server.test_client()

    return made


@pytest.fixture
def client(serve: Callable[..., FlaskClient]) -> FlaskClient:
    return serve()


def come_back(client: FlaskClient, provider: TestProvider, onward: str = "/", **bent: str) -> TestResponse:
    """Leave for the provider, sign in there, and come back."""
    left = client.get(f"/sign-in/openid?onward={onward}")
    assert left.status_code == 303, left.text
    return client.get("/sign-in/openid/back", query_string=provider.visit(left.headers["Location"]) | bent)


def is_in(client: FlaskClient) -> bool:
    return client.get("/", headers=HTML).status_code == 200


def test_somebody_signs_in_and_goes_on_to_where_they_wanted(client: FlaskClient, provider: TestProvider) -> None:
    assert not is_in(client)
    back = come_back(client, provider, "/%3Ftab=flow")
    assert back.status_code == 200
    assert 'content="0; url=/?tab=flow"' in back.text
    assert is_in(client)


def test_a_newcomer_is_a_viewer_and_on_the_list(
    client: FlaskClient, provider: TestProvider, services: FakeServices
) -> None:
    come_back(client, provider)
    [ada] = services.people.list()
    assert (ada.name, ada.role, ada.sign_in, ada.created_by) == ("ada", Role.VIEWER, SignIn.OPENID, "OpenID Connect")
    provider.claims["preferred_username"] = "renamed"  # the same person by another name
    come_back(client, provider)
    assert [each.name for each in services.people.list()] == ["ada"]


BENT: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "wrong nonce": lambda claims: claims | {"nonce": "another"},
    "no nonce": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "wrong audience": lambda claims: claims | {"aud": "another-application"},
    "several audiences without azp": lambda claims: claims | {"aud": [CLIENT, "another"]},
    "for another application": lambda claims: claims | {"azp": "another"},
    "another issuer": lambda claims: claims | {"iss": "https://other.example"},
    "expired": lambda claims: claims | {"exp": claims["iat"] - 61},
    "without an end": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "from the future": lambda claims: claims | {"iat": claims["iat"] + 120},
    "nobody": lambda claims: claims | {"sub": ""},
}


@pytest.mark.parametrize("how", BENT)
def test_an_id_token_that_is_not_for_this_sign_in_opens_nothing(
    client: FlaskClient, provider: TestProvider, services: FakeServices, how: str
) -> None:
    provider.bend = BENT[how]
    assert come_back(client, provider).status_code == 403
    assert not is_in(client)
    assert services.people.list() == []
    assert [each.result for each in services.audit.lines() if each.action == "sign-in refused"] == ["refused"]


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_the_key_of_the_provider_did_not_sign_opens_nothing(
    client: FlaskClient, provider: TestProvider, algorithm: str
) -> None:
    provider.algorithm = algorithm
    assert come_back(client, provider).status_code == 403
    assert not is_in(client)


def test_a_new_key_is_fetched_and_an_old_one_counts_no_more(
    serve: Callable[..., FlaskClient], provider: TestProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.services.openid_provider._BETWEEN_KEYS", 0.0)
    client = serve()
    assert come_back(client, provider).status_code == 200
    old, new = provider.keys[0], provider.new_key()
    try:
        provider.keys[0] = new  # signs already, and is not published yet
        assert come_back(client, provider).status_code == 403
        provider.published = [new]
        assert come_back(client, provider).status_code == 200
        provider.keys[0] = old  # expired: not published any more
        assert come_back(client, provider).status_code == 403
    finally:
        provider.keys[0] = old


def test_unknown_keys_do_not_make_us_ask_again_and_again(client: FlaskClient, provider: TestProvider) -> None:
    come_back(client, provider)
    old = provider.keys[0]
    provider.keys[0] = provider.new_key()
    try:
        for _ in range(5):
            assert come_back(client, provider).status_code == 403
    finally:
        provider.keys[0] = old
    assert [path for path, _ in provider.asked].count("/keys") == 1


def test_an_answer_is_good_once(client: FlaskClient, provider: TestProvider) -> None:
    left = client.get("/sign-in/openid")
    state = client.get_cookie("throughline_sign_in", path="/sign-in/openid")
    answer = provider.visit(left.headers["Location"])
    assert client.get("/sign-in/openid/back", query_string=answer).status_code == 200
    assert state is not None
    client.set_cookie("throughline_sign_in", state.value, path="/sign-in/openid")
    replayed = client.get("/sign-in/openid/back", query_string=answer)
    assert (replayed.status_code, "finished before" in replayed.text) == (403, True)


def test_a_code_that_the_provider_took_already_opens_nothing(client: FlaskClient, provider: TestProvider) -> None:
    left = client.get("/sign-in/openid")
    answer = provider.visit(left.headers["Location"])
    provider.codes.clear()
    assert client.get("/sign-in/openid/back", query_string=answer).status_code == 403


def test_an_answer_to_a_sign_in_of_another_browser_opens_nothing(client: FlaskClient, provider: TestProvider) -> None:
    other = client.application.test_client()
    answer = provider.visit(client.get("/sign-in/openid").headers["Location"])
    assert other.get("/sign-in/openid/back", query_string=answer).status_code == 403
    other.get("/sign-in/openid")
    assert other.get("/sign-in/openid/back", query_string=answer).status_code == 403
    assert not is_in(other)


@pytest.mark.parametrize("bent", [{"iss": "https://other.example"}, {"state": "another"}, {"error": "access_denied"}])
def test_a_bent_answer_opens_nothing(client: FlaskClient, provider: TestProvider, bent: dict[str, str]) -> None:
    assert come_back(client, provider, **bent).status_code == 403
    assert not is_in(client)


def test_a_name_alone_makes_nobody_an_admin(
    serve: Callable[..., FlaskClient], provider: TestProvider, services: FakeServices
) -> None:
    services.people.add("Ada", Role.ADMIN, password=LONG)
    client = serve()
    refused = come_back(client, provider)
    assert (refused.status_code, "somebody else called" in refused.text) == (403, True)
    assert not is_in(client)


def test_whom_an_admin_put_on_the_list_has_the_role_from_there(
    client: FlaskClient, provider: TestProvider, services: FakeServices
) -> None:
    services.people.add("ada", Role.EDITOR, SignIn.OPENID)
    assert come_back(client, provider).status_code == 200
    assert [(each.name, each.role) for each in services.people.list()] == [("ada", Role.EDITOR)]
    provider.claims["sub"] = "s-2"  # another person, who calls himself the same
    assert come_back(client.application.test_client(), provider).status_code == 403


def test_an_address_that_the_provider_did_not_verify_is_no_name(
    serve: Callable[..., FlaskClient], settings: OpenId, provider: TestProvider
) -> None:
    client = serve(replace(settings, name_claim="email"))
    provider.claims["email"] = "ann@example.org"
    assert come_back(client, provider).status_code == 403
    provider.claims["email_verified"] = True
    assert come_back(client, provider).status_code == 200


def test_where_newcomers_are_not_wanted_only_listed_people_come_in(
    serve: Callable[..., FlaskClient], provider: TestProvider, services: FakeServices
) -> None:
    client = serve(newcomers=None)
    assert come_back(client, provider).status_code == 403
    services.people.add("ada", Role.VIEWER, SignIn.OPENID)
    assert come_back(client, provider).status_code == 200
    services.people.add("bea", Role.ADMIN, password=LONG)
    services.people.disable("ada")
    assert not is_in(client)
    assert come_back(client, provider).status_code == 403


def test_groups_of_the_provider_decide_the_role_at_each_sign_in(
    serve: Callable[..., FlaskClient], settings: OpenId, provider: TestProvider, services: FakeServices
) -> None:
    client = serve(replace(settings, role_claim="groups", roles={"leads": Role.ADMIN, "staff": Role.EDITOR}))
    for groups, role in ((["staff", "leads"], Role.ADMIN), (["staff"], Role.EDITOR), ([], Role.VIEWER)):
        provider.claims["groups"] = groups
        assert come_back(client, provider).status_code == 200
        assert services.people.role_of("ada") == role


def test_signing_out_ends_the_session_and_leads_to_the_provider(client: FlaskClient, provider: TestProvider) -> None:
    come_back(client, provider)
    page = client.post("/sign-in/out", headers=OURS)
    assert f"{provider.issuer}/end_session?client_id={CLIENT}" in page.text
    assert "id_token_hint=" in page.text
    assert not is_in(client)


def test_the_provider_signs_somebody_out(client: FlaskClient, provider: TestProvider) -> None:
    come_back(client, provider)
    now = int(provider.now())
    token = {"iss": provider.issuer, "aud": CLIENT, "iat": now, "jti": secrets.token_hex(8), "sid": "p-1"}
    right = token | {"events": {EVENT: {}}}
    wrong = [token, right | {"nonce": "x"}, right | {"aud": "other"}, right | {"iat": now - 900}, right | {"jti": None}]
    for each in wrong:
        said = client.post("/sign-in/openid/back-channel", data={"logout_token": provider.signed(each)})
        assert said.status_code == 400
        assert is_in(client)
    sent = {"logout_token": provider.signed(right)}
    assert client.post("/sign-in/openid/back-channel", data=sent).status_code == 200
    assert not is_in(client)
    assert client.post("/sign-in/openid/back-channel", data=sent).status_code == 400  # sent before


def test_a_provider_that_does_not_answer_is_named_as_the_reason(
    serve: Callable[..., FlaskClient], settings: OpenId
) -> None:
    client = serve(replace(settings, issuer="http://127.0.0.1:9"))
    said = client.get("/sign-in/openid")
    assert (said.status_code, "cannot be asked" in said.text) == (403, True)


def test_no_secret_is_written_into_a_log(
    client: FlaskClient, provider: TestProvider, services: FakeServices, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    come_back(client, provider)
    session = client.get_cookie(PLAIN)
    provider.bend = BENT["wrong nonce"]
    come_back(client, provider)
    said = f"{caplog.text} {services.audit.lines()}"
    forms = [form for path, form in provider.asked if path == "/token"]
    assert len(forms) == 2
    for secret in [
        SECRET,
        session.value if session else "",
        *(form[name] for form in forms for name in ("code", "code_verifier")),
    ]:
        assert secret
        assert secret not in said
    assert not re.search(r"eyJ[\w-]+\.eyJ", said)
