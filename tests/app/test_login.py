"""Who may use a dashboard that other machines can reach."""

from __future__ import annotations

import base64
import io
import sys

import pytest

from callbacks.app import create_app
from callbacks.login import Brake
from cli import main
from data.access import Access, AccessError, Passwords, access_of, check, hashed
from tests.fake_workspace import FakeWorkspace

EVERYWHERE = "0.0.0.0"  # noqa: S104 - it is refused
PASSWORD = "correct horse battery"
HASH = hashed(PASSWORD)


def basic(name, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def served(app, env, monkeypatch):
    """A second app beside that of the run, guarded as `env` says."""
    monkeypatch.setattr(Brake, "slow", lambda *_: None)
    return create_app(FakeWorkspace(), access=access_of(env)).server.test_client()


@pytest.fixture
def guarded(app, monkeypatch):
    return served(app, {"THROUGHLINE_PASSWORD_HASH": f"ada:{HASH}"}, monkeypatch)


@pytest.fixture
def behind_proxy(app, monkeypatch):
    env = {"THROUGHLINE_TRUSTED_PROXY_HEADER": "X-Forwarded-User", "THROUGHLINE_TRUSTED_PROXY": "10.0.0.0/24"}
    return served(app, env, monkeypatch)


def test_every_address_asks_for_a_password(guarded, app):
    rules = [rule for rule in app.server.url_map.iter_rules() if rule.rule not in ("/healthz", "/readyz")]
    assert len(rules) > 8
    for rule in rules:
        path = rule.rule.replace("<", "").replace(">", "")
        for method in rule.methods - {"OPTIONS"}:
            answer = guarded.open(path, method=method)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_the_password_opens(guarded):
    assert guarded.get("/", headers=basic("ada", PASSWORD)).status_code == 200
    assert guarded.get("/export/numbers.csv", headers=basic("ada", PASSWORD)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [basic("ada", "wrong"), basic("ada", ""), basic("", ""), basic("bob", PASSWORD), basic("ada", HASH),
     {"Authorization": "Basic !!!"}, {"Authorization": "Bearer " + PASSWORD}, {"Authorization": "Basic"}, {"X-Forwarded-User": "ada"}],
)  # fmt: skip
def test_nothing_else_opens(guarded, headers):
    assert guarded.get("/", headers=headers).status_code == 401


def test_failures_are_logged_without_the_password(guarded, caplog):
    guarded.get("/", headers=basic("ada", "wrong-password-1"))
    assert "login failed for 'ada'" in caplog.text
    assert "wrong-password-1" not in caplog.text


def test_health_is_open_and_says_nothing(guarded):
    assert guarded.get("/healthz").status_code == 200
    assert guarded.get("/readyz").json == {"ready": True}
    assert set(guarded.get("/readyz", headers=basic("ada", PASSWORD)).json) > {"ready"}


def test_the_proxy_says_who_it_is(behind_proxy):
    proxy, stranger = {"REMOTE_ADDR": "10.0.0.7"}, {"REMOTE_ADDR": "10.0.1.7"}
    named = {"X-Forwarded-User": "ada"}
    assert behind_proxy.get("/", headers=named, environ_base=proxy).status_code == 200
    assert behind_proxy.get("/", headers=named, environ_base=stranger).status_code == 403
    assert behind_proxy.get("/", environ_base=proxy).status_code == 403
    assert behind_proxy.get("/", headers={"X-Forwarded-User": " "}, environ_base=proxy).status_code == 403
    assert behind_proxy.get("/", environ_base=stranger).status_code == 403


def test_without_authentication_only_this_machine_is_served(client):
    assert client.get("/", environ_base={"REMOTE_ADDR": "10.0.0.7"}).status_code == 403
    assert client.get("/", environ_base={"REMOTE_ADDR": "::ffff:127.0.0.1"}).status_code == 200


def test_wrong_passwords_take_longer_and_hold_few_threads():
    waited = []
    brake = Brake(waited.append)
    for _ in range(6):
        brake.slow("10.0.0.7")
    assert waited == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0]
    assert [brake.free() for _ in range(3)] == [True, True, False]
    brake.done()
    assert brake.free()


def test_a_good_login_is_remembered_and_a_bad_one_is_not():
    passwords = Passwords({"ada": HASH})
    assert not passwords.right("ada", "wrong")
    assert not passwords.remembered("ada", "wrong")
    assert passwords.right("ada", PASSWORD)
    assert passwords.remembered("ada", PASSWORD)
    assert not passwords.remembered("ad", "a" + PASSWORD)


@pytest.mark.parametrize(
    "env",
    [{"THROUGHLINE_PASSWORD_HASH": "ada:secret"}, {"THROUGHLINE_PASSWORD_HASH": HASH}, {"THROUGHLINE_USERS": "/no/such/file"},
     {"THROUGHLINE_TRUSTED_PROXY_HEADER": "X-Forwarded-User"}, {"THROUGHLINE_TRUSTED_PROXY": "10.0.0.7"},
     {"THROUGHLINE_TRUSTED_PROXY_HEADER": "X-Forwarded-User", "THROUGHLINE_TRUSTED_PROXY": "0.0.0.0/0"},
     {"THROUGHLINE_TRUSTED_PROXY_HEADER": "X-Forwarded-User", "THROUGHLINE_TRUSTED_PROXY": "everywhere"},
     {"THROUGHLINE_TRUSTED_PROXY_HEADER": "X: y", "THROUGHLINE_TRUSTED_PROXY": "10.0.0.7"}],
)  # fmt: skip
def test_half_a_configuration_is_refused(env):
    with pytest.raises(AccessError) as caught:
        access_of(env)
    assert "secret" not in str(caught.value)


def test_a_file_of_users(tmp_path):
    path = tmp_path / "users"
    path.write_text(f"# the team\nada:{HASH}\n\nbob:{HASH}\n")
    assert set(access_of({"THROUGHLINE_USERS": str(path)}).users) == {"ada", "bob"}
    path.write_text("# nobody\n")
    with pytest.raises(AccessError, match="names nobody"):
        access_of({"THROUGHLINE_USERS": str(path)})


def test_public_without_authentication_or_with_a_weak_secret_is_refused():
    known = Access({"ada": HASH})
    check(Access(), {}, bound="127.0.0.1", hosts=["", "localhost"])
    check(known, {}, bound=EVERYWHERE)
    check(known, {"THROUGHLINE_SECRET": "k3J9-vmQ2x_Lr8TzPw"}, bound=EVERYWHERE)
    for access, env, more in [
        (Access(), {}, {"bound": EVERYWHERE}),
        (Access(), {}, {"bound": "::"}),
        (Access(), {}, {"bound": "127.0.0.1", "hosts": ["metrics.example.org"]}),
        (known, {"THROUGHLINE_SECRET": ""}, {"bound": EVERYWHERE}),
        (known, {"THROUGHLINE_SECRET": "changeme"}, {"bound": EVERYWHERE}),
        (known, {"THROUGHLINE_SECRET": "x" * 40}, {"hosts": ["metrics.example.org"]}),
    ]:
        with pytest.raises(AccessError):
            check(access, env, **more)


@pytest.mark.parametrize("variables", [{"THROUGHLINE_HOST": EVERYWHERE}, {"HOST": EVERYWHERE}, {"HOST": "::"}])
def test_serve_refuses_a_public_address(monkeypatch, capsys, variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("cli.serving._listen", lambda *_: pytest.fail("it listened"))
    assert main(["serve"]) == 2
    assert "no authentication is configured" in capsys.readouterr().err


def test_the_name_of_the_machine_in_host_is_no_address(monkeypatch):
    from cli.serving import _host_of_environment

    monkeypatch.setenv("HOST", "x86_64-conda-linux-gnu")
    assert _host_of_environment() == "127.0.0.1"


def test_app_server_refuses_to_start_in_public(monkeypatch, capsys):
    import app as front

    monkeypatch.setenv("THROUGHLINE_HOSTS", "metrics.example.org")
    monkeypatch.setattr("assembly.workspace", FakeWorkspace)
    monkeypatch.setattr("data.logs.write_logs", lambda _env: None)
    with pytest.raises(SystemExit) as caught:
        _ = front.server
    assert caught.value.code == 3  # gunicorn gives up at once
    assert "THROUGHLINE_HOSTS makes this dashboard public" in capsys.readouterr().err


def test_password_prints_a_line_that_opens(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
    assert main(["password", "--user", "ada"]) == 0
    out = capsys.readouterr().out
    assert PASSWORD not in out
    assert Passwords(access_of({"THROUGHLINE_PASSWORD_HASH": out}).users).right("ada", PASSWORD)


def test_a_short_password_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    assert main(["password"]) == 1
    assert "characters or more" in capsys.readouterr().err
