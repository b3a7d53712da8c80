"""Signing in and out with a session: its cookie, its end, and what nobody can do with it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from api.application import Programs
from callbacks.app import create_app
from callbacks.session_cookie import PLAIN, SECURE
from data.platform.access import Access, AccessError, access_of, check
from data.platform.openid import OpenId
from data.values.callers import Role
from tests.fake_services import FakeServices

PASSWORD = "correct horse battery"
OURS = {"Origin": "http://localhost"}
HTML = {"Accept": "text/html"}


@pytest.fixture
def services() -> FakeServices:
    found = FakeServices()
    found.people.add("ada", Role.ADMIN, password=PASSWORD)
    found.people.add("ann", Role.VIEWER, password=PASSWORD)
    return found


@pytest.fixture
def client(app: object, services: FakeServices) -> FlaskClient:
    return create_app(services, access=Access(), hosts=(), programs=Programs(0)).server.test_client()


def sign_in(client: FlaskClient, name: str = "ada", password: str = PASSWORD, onward: str = "/") -> int:
    form = {"name": name, "password": password, "onward": onward}
    return client.post("/sign-in", data=form, headers=OURS).status_code


def is_in(client: FlaskClient) -> bool:
    return client.get("/", headers=HTML).status_code == 200


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie(PLAIN)
    return found.value if found else ""


def test_whoever_is_not_signed_in_is_sent_to_the_form_and_back(client: FlaskClient) -> None:
    sent = client.get("/?tab=flow&x=1", headers=HTML)
    assert (sent.status_code, sent.headers["Location"]) == (303, "/sign-in?onward=/%3Ftab%3Dflow%26x%3D1")
    page = client.get(sent.headers["Location"])
    assert 'value="/?tab=flow&amp;x=1"' in page.text
    back = client.post("/sign-in", data={"name": "ada", "password": PASSWORD, "onward": "/?tab=flow&x=1"}, headers=OURS)
    assert (back.status_code, back.headers["Location"]) == (303, "/?tab=flow&x=1")
    assert is_in(client)


@pytest.mark.parametrize("onward", ["https://other.example", "//other.example", "/\\other.example", "/\t/x", ""])
def test_after_signing_in_the_browser_stays_here(client: FlaskClient, onward: str) -> None:
    form = {"name": "ada", "password": PASSWORD, "onward": onward}
    assert client.post("/sign-in", data=form, headers=OURS).headers["Location"] == "/"


def test_a_wrong_password_opens_nothing_and_is_told_to_wait(client: FlaskClient, services: FakeServices) -> None:
    assert sign_in(client, password="wrong wrong 1") == 401
    assert sign_in(client, password="wrong wrong 2") == 429
    assert not is_in(client)
    assert sign_in(client, name="ann") == 303  # nobody else waits
    refused = [each for each in services.audit.lines() if each.action == "sign-in refused"]
    assert [(each.actor, each.subject, each.result) for each in refused] == [("ada", "wrong password", "refused")]


def test_a_password_that_was_typed_as_the_name_is_noted_nowhere(
    client: FlaskClient, services: FakeServices, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(client, name="my-secret-password", password="another-secret-password")
    assert "secret-password" not in caplog.text
    assert "secret-password" not in str(services.audit.lines())


def test_a_form_of_another_site_signs_nobody_in_or_out(client: FlaskClient) -> None:
    form = {"name": "ada", "password": PASSWORD}
    for headers in ({"Origin": "http://other.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        assert client.post("/sign-in", data=form, headers=headers).status_code == 403
    sign_in(client)
    for headers in ({"Origin": "http://other.example"}, {}):
        assert client.post("/sign-in/out", headers=headers).status_code == 403
    assert is_in(client)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient) -> None:
    form = {"name": "ada", "password": PASSWORD}
    said = client.post("/sign-in", data=form, headers=OURS).headers["Set-Cookie"]
    assert re.fullmatch(rf"{PLAIN}=[\w-]{{43}}; HttpOnly; Path=/; SameSite=Lax", said)


def test_over_https_the_cookie_is_sent_by_https_only(app: object, services: FakeServices) -> None:
    openid = OpenId("https://id.example.org", "us", "https://metrics.example.org")
    access = Access(openid=openid)
    client = create_app(services, access=access, hosts=("metrics.example.org",)).server.test_client()
    form = {"name": "ada", "password": PASSWORD}
    to = "https://metrics.example.org"
    said = client.post("/sign-in", data=form, headers={"Origin": to}, base_url=to).headers["Set-Cookie"]
    assert said.startswith(f"{SECURE}=")
    assert "Secure" in said
    assert "Domain" not in said


def test_an_id_that_was_known_before_signs_nobody_in(client: FlaskClient, services: FakeServices) -> None:
    client.set_cookie(PLAIN, "a" * 43)
    sign_in(client)
    first = cookie(client)
    assert first != "a" * 43
    sign_in(client, name="ann")  # somebody else at the same browser: a new id, and the one before is over
    assert cookie(client) != first
    client.set_cookie(PLAIN, first)
    assert not is_in(client)


def test_the_id_is_kept_nowhere(client: FlaskClient, services: FakeServices) -> None:
    sign_in(client)
    assert cookie(client).encode() not in services.tokens.store.path.read_bytes()
    assert PASSWORD.encode() not in services.tokens.store.path.read_bytes()


def test_a_session_ends_after_hours_of_nothing_and_after_a_week(client: FlaskClient, services: FakeServices) -> None:
    sign_in(client)
    services.now += timedelta(hours=11)
    assert is_in(client)
    services.now += timedelta(hours=11)
    assert is_in(client)
    services.now += timedelta(hours=12, minutes=1)
    assert not is_in(client)
    sign_in(client)
    for _ in range(15):
        services.now += timedelta(hours=11)
        is_in(client)
    assert is_in(client)
    services.now += timedelta(hours=4)
    assert not is_in(client)


def test_signing_out_ends_the_session_for_whoever_has_its_id(client: FlaskClient) -> None:
    sign_in(client)
    kept = cookie(client)
    page = client.post("/sign-in/out", headers=OURS)
    assert "You are signed out" in page.text
    client.set_cookie(PLAIN, kept)
    assert not is_in(client)


def test_signing_out_everywhere_ends_the_sessions_of_all_browsers(client: FlaskClient) -> None:
    other, ann = (client.application.test_client() for _ in range(2))
    sign_in(client), sign_in(other), sign_in(ann, "ann")
    client.post("/sign-in/out", data={"everywhere": "1"}, headers=OURS)
    assert (is_in(client), is_in(other), is_in(ann)) == (False, False, True)


@pytest.mark.parametrize("change", ["password", "disable", "remove"])
def test_another_password_or_being_disabled_or_removed_ends_sessions_at_once(
    client: FlaskClient, services: FakeServices, change: str
) -> None:
    sign_in(client, "ann")
    assert is_in(client)
    if change == "password":
        services.people.set_password("ann", "another long password")
    elif change == "disable":
        services.people.disable("ann")
    else:
        services.people.remove("ann")
    assert not is_in(client)
    assert sign_in(client, "ann") == 401


def test_another_role_counts_at_once(client: FlaskClient, services: FakeServices) -> None:
    sign_in(client, "ann")
    start = {"headers": OURS}
    assert client.post("/api/v1/sync", **start).status_code == 403
    services.people.set_role("ann", Role.EDITOR)
    assert client.post("/api/v1/sync", **start).status_code == 202


def test_a_callback_of_a_page_whose_session_is_over_does_not_open_the_password_box(client: FlaskClient) -> None:
    asked = client.post("/_dash-update-component", json={}, headers=OURS | {"Sec-Fetch-Mode": "cors"})
    assert (asked.status_code, "WWW-Authenticate" in asked.headers) == (401, False)


def test_programs_may_send_name_and_password_as_before(client: FlaskClient) -> None:
    assert client.get("/", auth=("ada", PASSWORD)).status_code == 200
    asked = client.get("/")
    assert (asked.status_code, asked.headers["WWW-Authenticate"][:5]) == (401, "Basic")


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"]
)
def test_one_person_at_home_is_asked_nothing_but_no_proxy_may_pass_on_anybody(app: object, header: str) -> None:
    home = create_app(FakeServices(), access=Access(), hosts=(), programs=Programs(0)).server.test_client()
    assert home.get("/").status_code == 200
    refused = home.get("/", headers={header: "for=203.0.113.5"})
    assert refused.status_code == 403
    assert "people add NAME" in refused.text
    assert home.get("/healthz", headers={header: "x"}).status_code == 200
    assert home.get("/api/v1/catalogue", headers={header: "x"}).status_code == 401


def test_who_is_added_while_the_server_runs_has_to_sign_in_from_then_on(app: object) -> None:
    services = FakeServices()
    home = create_app(services, access=Access(), hosts=()).server.test_client()
    assert home.get("/").status_code == 200
    services.people.add("ada", Role.ADMIN, password=PASSWORD)
    assert home.get("/").status_code == 401


OIDC = {
    "THROUGHLINE_OIDC_ISSUER": "https://id.example.org",
    "THROUGHLINE_OIDC_CLIENT_ID": "us",
    "THROUGHLINE_ADDRESS": "https://metrics.example.org/",
}


def test_the_environment_names_the_provider_and_the_roles_of_newcomers() -> None:
    found = access_of(OIDC | {"THROUGHLINE_OIDC_ROLES": "leads=admin", "THROUGHLINE_SESSION_HOURS": "3"})
    assert found.openid is not None
    assert found.openid.redirect == "https://metrics.example.org/sign-in/openid/back"
    assert (found.openid.roles, found.session_hours) == ({"leads": Role.ADMIN}, 3.0)
    assert (found.newcomers, found.openid_newcomers) == (Role.ADMIN, Role.VIEWER)
    nobody = access_of({"THROUGHLINE_NEWCOMERS": "nobody"})
    assert (nobody.newcomers, nobody.openid_newcomers) == (None, None)


@pytest.mark.parametrize(
    "env",
    [
        {name: value for name, value in OIDC.items() if name != "THROUGHLINE_ADDRESS"},
        OIDC | {"THROUGHLINE_OIDC_ISSUER": "http://id.example.org"},
        OIDC | {"THROUGHLINE_ADDRESS": "metrics.example.org"},
        OIDC | {"THROUGHLINE_OIDC_ROLES": "leads=king"},
        {"THROUGHLINE_NEWCOMERS": "king"},
        {"THROUGHLINE_SESSION_HOURS": "0"},
    ],
)
def test_what_is_half_configured_keeps_the_server_from_starting(env: dict[str, str]) -> None:
    with pytest.raises(AccessError, match="THROUGHLINE_"):
        access_of(env | {"THROUGHLINE_OIDC_CLIENT_SECRET": "a-very-secret-text"})


def test_a_person_on_the_list_is_enough_to_serve_others() -> None:
    with pytest.raises(AccessError, match="people add NAME"):
        check(Access(), {}, hosts=("metrics.example.org",))
    check(Access(), {}, hosts=("metrics.example.org",), people=lambda: True)


def test_a_dashboard_that_others_reach_lets_nobody_in_when_the_list_is_empty(services: FakeServices) -> None:
    hosts = ("metrics.example.org",)
    client = create_app(services, access=Access(), hosts=hosts).server.test_client()
    services.people.remove("ann")
    services.people.remove("ada")
    assert client.get("/").status_code == 403
