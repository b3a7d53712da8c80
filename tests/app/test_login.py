"""Who may use a dashboard that other machines can reach."""

from __future__ import annotations

import base64
import io
import os
import re
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.security import generate_password_hash

from callbacks.app import create_app
from callbacks.login_brake import Brake, Turns
from cli import main
from data.platform.access import Access, AccessError, Passwords, access_of, check, hashed
from tests.fake_services import FakeServices

EVERYWHERE = "0.0.0.0"  # noqa: S104 - it is refused
PASSWORD = "correct horse battery"
HASH = hashed(PASSWORD)
QUICK = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")  # for a crowd on a busy machine
OPEN = re.compile(r"/(healthz|readyz|sign-in(/.*)?)$")
SMALL = "/assets/mark.svg"  # a small answer that asks who is there like any other


def basic(name, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def served(app, env):
    """A second app beside that of the run, guarded as `env` says."""
    return create_app(FakeServices(), access=access_of(env)).server.test_client()


@pytest.fixture
def guarded(app):
    return served(app, {"THROUGHLINE_PASSWORD_HASH": f"ada:{HASH}"})


@pytest.fixture
def behind_proxy(app):
    env = {"THROUGHLINE_TRUSTED_PROXY_HEADER": "X-Forwarded-User", "THROUGHLINE_TRUSTED_PROXY": "10.0.0.0/24"}
    return served(app, env)


def test_every_address_asks_for_a_password(guarded, app):
    rules = [rule for rule in app.server.url_map.iter_rules() if not OPEN.match(rule.rule)]
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
    [
        basic("ada", "wrong"),
        basic("ada", ""),
        basic("", ""),
        basic("bob", PASSWORD),
        basic("ada", HASH),
        {"Authorization": "Basic !!!"},
        {"Authorization": "Bearer " + PASSWORD},
        {"Authorization": "Basic"},
        {"X-Forwarded-User": "ada"},
    ],
)
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


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_the_pause_grows_for_one_name_from_one_address():
    clock = Clock()
    brake, pauses = Brake(clock), []
    for _ in range(12):
        brake.failed("10.0.0.7", "ada")
        pauses.append(brake.pause("10.0.0.7", "ada"))
        clock.now += pauses[-1]
        assert brake.pause("10.0.0.7", "ada") == 0
    assert pauses == [0.25, 0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    brake.failed("10.0.0.7", "ada")
    for address, name in (("10.0.0.8", "ada"), ("10.0.0.7", "bob"), ("10.0.0.7", ""), ("", "ada")):
        assert brake.pause(address, name) == 0, (address, name)


def test_wrong_passwords_are_forgotten_after_the_right_one_and_after_a_while():
    clock = Clock()
    brake = Brake(clock)
    brake.failed("10.0.0.7", "ada")
    brake.failed("10.0.0.7", "ada")
    brake.forgive("10.0.0.7", "ada")
    assert brake.pause("10.0.0.7", "ada") == 0
    assert brake.failures("10.0.0.7") == 2  # a right password of one's own does not make up for guessing at others
    brake.failed("10.0.0.7", "ada")
    assert brake.pause("10.0.0.7", "ada") == 0.25
    clock.now += 901
    assert brake.failures("10.0.0.7") == 0


def test_addresses_of_one_ipv6_network_count_as_one():
    brake = Brake(Clock())
    brake.failed("2001:db8:1:2::7", "ada")
    assert brake.pause("2001:db8:1:2:ffff::1", "ada") > 0
    assert brake.pause("2001:db8:1:3::7", "ada") == 0


def test_what_strangers_send_fills_no_memory(monkeypatch):
    monkeypatch.setattr("callbacks.login_brake.MOST_REMEMBERED", 50)
    brake = Brake(Clock())
    for n in range(500):
        brake.failed(f"10.0.{n // 250}.{n % 250}", f"{n}" * 1000)
    assert len(brake._pairs) == len(brake._addresses) == 50
    assert {len(each) for each in (*brake._pairs, *brake._addresses)} == {16}


def test_a_second_wrong_password_at_once_is_told_when_to_try_again(guarded):
    assert guarded.get("/", headers=basic("ada", "wrong 1")).status_code == 401
    refused = guarded.get("/", headers=basic("ada", "wrong 2"))
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1"
    assert "Try again in 1 s." in refused.text


def test_a_page_that_repeats_an_old_password_does_not_grow_its_pause(guarded, caplog):
    assert [guarded.get("/", headers=basic("ada", "the old one")).status_code for _ in range(20)] == [401] * 20
    assert caplog.text.count("login failed") == 1


def test_right_passwords_of_others_open_while_somebody_guesses(app):
    """Three connections guess without end, each at a name of its own; 32 others sign in from the same address."""
    users = {f"user{n}": QUICK for n in range(32)}
    made = create_app(FakeServices(), access=Access(users)).server
    stop, codes = threading.Event(), Counter()

    def guess(me):
        client, n = made.test_client(), 0
        while not stop.is_set():
            n += 1
            time.sleep(0.005)
            codes[client.get(SMALL, headers=basic(f"user{me}", f"wrong {n}"), buffered=True).status_code] += 1

    guessing = [threading.Thread(target=guess, args=(100 + me,)) for me in range(3)]
    for each in guessing:
        each.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            answers = list(
                pool.map(
                    lambda name: (
                        made.test_client().get(SMALL, headers=basic(name, PASSWORD), buffered=True).status_code
                    ),
                    users,
                )
            )
    finally:
        stop.set()
        for each in guessing:
            each.join(60)
    assert answers == [200] * 32
    assert set(codes) == {401, 429}, codes


def test_few_passwords_are_hashed_at_once_and_none_is_refused(app, monkeypatch):
    running, most, lock = [0], [0], threading.Lock()

    def slow(*_):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.01)
        with lock:
            running[0] -= 1
        return True

    monkeypatch.setattr("werkzeug.security.check_password_hash", slow)
    users = {f"user{n}": QUICK for n in range(40)}
    made = create_app(FakeServices(), access=Access(users)).server
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(
                lambda name: made.test_client().get(SMALL, headers=basic(name, PASSWORD), buffered=True).status_code,
                users,
            )
        )
    assert answers == [200] * 40
    assert most[0] <= max(1, (os.cpu_count() or 1) // 2)


def test_who_guessed_most_has_the_last_turn():
    turns, order, started = Turns(1), [], threading.Barrier(2)

    def take(failures):
        with turns.turn(failures):
            order.append(failures)

    def hold():
        with turns.turn(0):
            started.wait(10)
            while len(turns._waiting) < 4:
                time.sleep(0.001)

    waiting = [threading.Thread(target=take, args=(n,)) for n in (9, 0, 4, 1)]
    holding = threading.Thread(target=hold)
    holding.start()
    started.wait(10)
    for each in waiting:
        each.start()
    for each in (holding, *waiting):
        each.join(10)
    assert order == [0, 1, 4, 9]


def test_behind_a_trusted_proxy_the_address_is_that_of_the_person(app):
    env = {"THROUGHLINE_PASSWORD_HASH": f"ada:{HASH}", "THROUGHLINE_TRUSTED_PROXY": "10.0.0.7"}
    client = served(app, env)

    def ask(password, forwarded, peer="10.0.0.7"):
        headers = basic("ada", password) | {"X-Forwarded-For": forwarded}
        return client.get("/", headers=headers, environ_base={"REMOTE_ADDR": peer}).status_code

    assert ask("wrong 1", "203.0.113.5") == 401
    assert ask("wrong 2", "198.51.100.1, 203.0.113.5") == 429  # what the stranger adds on the left changes nothing
    assert ask("wrong 3", "10.0.0.9", peer="203.0.113.5") == 429  # nor does the header without the proxy
    assert ask(PASSWORD, "203.0.113.6") == 200


def test_a_good_login_is_remembered_and_a_bad_one_is_not():
    passwords = Passwords({"ada": HASH})
    assert not passwords.right("ada", "wrong")
    assert not passwords.remembered("ada", "wrong")
    assert passwords.was_wrong("ada", "wrong")
    assert not passwords.was_wrong("ada", PASSWORD)
    assert passwords.right("ada", PASSWORD)
    assert passwords.remembered("ada", PASSWORD)
    assert not passwords.remembered("ad", "a" + PASSWORD)


@pytest.mark.parametrize(
    "env",
    [
        {"THROUGHLINE_PASSWORD_HASH": "ada:secret"},
        {"THROUGHLINE_PASSWORD_HASH": HASH},
        {"THROUGHLINE_USERS": "/no/such/file"},
        {"THROUGHLINE_TRUSTED_PROXY_HEADER": "X-Forwarded-User"},
        {"THROUGHLINE_TRUSTED_PROXY": "10.0.0.7"},
        {"THROUGHLINE_TRUSTED_PROXY_HEADER": "X-Forwarded-User", "THROUGHLINE_TRUSTED_PROXY": "0.0.0.0/0"},
        {"THROUGHLINE_TRUSTED_PROXY_HEADER": "X-Forwarded-User", "THROUGHLINE_TRUSTED_PROXY": "everywhere"},
        {"THROUGHLINE_TRUSTED_PROXY_HEADER": "X: y", "THROUGHLINE_TRUSTED_PROXY": "10.0.0.7"},
    ],
)
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


@pytest.mark.parametrize("bound", [EVERYWHERE, "::", "127.0.0.1", "::1", "10.0.0.7"])
def test_the_address_that_serve_prints_is_served(app, bound):
    from cli.serving import _address

    made = create_app(FakeServices(), bound=bound, hosts=(), access=Access({"ada": HASH})).server
    host = _address(bound, 8050).removeprefix("http://")
    assert made.test_client().get("/", headers={"Host": host} | basic("ada", PASSWORD)).status_code == 200
    assert made.test_client().get("/", headers={"Host": f"{bound}.example"}).status_code in (400, 401)


def test_serve_on_every_address_names_the_setting_for_other_machines(monkeypatch):
    from cli.serving import _for_others

    assert "THROUGHLINE_HOSTS=metrics.example.org" in _for_others(EVERYWHERE, " , ")
    assert (
        _for_others("::", "a.example, b.example")
        == "Other machines reach it as a.example, b.example (THROUGHLINE_HOSTS)."
    )
    assert _for_others("127.0.0.1", "a.example") == ""


def test_the_name_of_the_machine_in_host_is_no_address(monkeypatch):
    from cli.serving import _host_of_environment

    monkeypatch.setenv("HOST", "x86_64-conda-linux-gnu")
    assert _host_of_environment() == "127.0.0.1"


def test_app_server_refuses_to_start_in_public(monkeypatch, capsys):
    import app as front

    monkeypatch.setenv("THROUGHLINE_HOSTS", "metrics.example.org")
    monkeypatch.setattr("assembly.services", FakeServices)
    monkeypatch.setattr("data.platform.logs.write_logs", lambda _env: None)
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
