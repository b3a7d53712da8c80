"""The way to Jira: a proxy only where it is named, certificates as named, and the token with nobody but Jira."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.errors import BadSetting, JiraError
from data.jira.network import Network, Value
from data.jira.sender import RetryPolicy
from data.settings.environment import VARIABLES, check_jira, network_of, problems_of
from data.settings.model import Settings
from tests.data.jira.fake import INFO, MYSELF, FakeJira

TOKEN, EMAIL, PASSWORD = "c4nary-t0ken-of-the-way", "me@example.org", "pr0xy-passw0rd"
SECRETS_OF_JIRA = (TOKEN, base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode())
HOST = "jira.example.test"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """PEM files: an authority, a certificate of HOST, one of a client, its key, and the same protected or without
    use.
    """
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl program to make certificates")
    folder = tmp_path_factory.mktemp("pem")

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test authority", "-days", "2")
    for name, more in (("server", f"subjectAltName=DNS:{HOST},IP:127.0.0.1"), ("client", "subjectAltName=DNS:client")):
        openssl("req", *new, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (folder / "more").write_text(more)
        openssl(
            "x509",
            "-req",
            "-in",
            f"{name}.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-out",
            f"{name}.pem",
            "-days",
            "2",
            "-extfile",
            "more",
        )
    openssl("ec", "-in", "client.key", "-aes256", "-passout", "pass:x", "-out", "protected.key")
    (folder / "both.pem").write_bytes((folder / "client.pem").read_bytes() + (folder / "client.key").read_bytes())
    (folder / "text.pem").write_text("no certificate")
    return {path.name: path for path in folder.iterdir()}


class Secure(FakeJira):
    """A Jira behind TLS; with `wants` it asks for a certificate of that authority."""

    def __init__(self, files: dict[str, Path], *, wants: bool = False) -> None:
        super().__init__()
        self.routes = {"/rest/api/3/serverInfo": INFO, "/rest/api/3/myself": MYSELF}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files["server.pem"], files["server.key"])
        if wants:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(files["ca.pem"])
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_port
        self.url = f"https://{HOST}:{self.port}"


class Proxy:
    """An HTTP proxy that remembers every byte it was sent before a tunnel, and leads every tunnel to `port`."""

    def __init__(self, port: int, answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n") -> None:
        self.port_of_jira, self.answer = port, answer
        self.heard = b""
        self.tunnelled = b""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._tunnel, args=(client,), daemon=True).start()

    def _tunnel(self, client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            if not (part := client.recv(1)):
                return
            head += part
        self.heard += head
        client.sendall(self.answer)
        if b" 200 " not in self.answer:
            client.close()
            return
        jira = socket.create_connection(("127.0.0.1", self.port_of_jira))
        threading.Thread(target=self._copy, args=(jira, client, False), daemon=True).start()
        self._copy(client, jira, True)

    def _copy(self, source: socket.socket, target: socket.socket, kept: bool) -> None:
        try:
            while part := source.recv(65536):
                if kept:
                    self.tunnelled += part
                target.sendall(part)
        except OSError:
            pass
        finally:
            target.close()


@pytest.fixture
def site(files: dict[str, Path]) -> Iterator[Secure]:
    with Secure(files) as site:
        yield site


def ask(url: str, network: Network) -> str:
    with Jira(Connection(url, EMAIL, TOKEN, network), patience=RetryPolicy(timeout=(2, 2), tries=1)) as jira:
        return jira.myself().name


def value(text: object, name: str) -> Value:
    return Value(str(text), name)


def trusting(files: dict[str, Path], **more: Value) -> Network:
    return Network(ca_bundle=value(files["ca.pem"], "JIRA_CA_BUNDLE"), **more)


# -- proxy


def test_a_named_proxy_leads_to_jira_and_never_sees_the_token(site, files):
    with Proxy(site.port) as proxy:
        named = value(f"http://ann:{PASSWORD}@127.0.0.1:{proxy.port}", "JIRA_PROXY")
        assert ask(site.url, trusting(files, proxy=named)) == "Me"
    assert f"CONNECT {HOST}:{site.port}".encode() in proxy.heard
    assert base64.b64encode(f"ann:{PASSWORD}".encode()) in proxy.heard
    for secret in SECRETS_OF_JIRA:
        assert secret.encode() not in proxy.heard + proxy.tunnelled
    asked = [each.headers for each in site.asked]
    assert all("Proxy-Authorization" not in each for each in asked)
    assert any(each.get("Authorization") == f"Basic {SECRETS_OF_JIRA[1]}" for each in asked)


def test_no_variable_of_the_surroundings_brings_in_a_proxy(site, files, monkeypatch):
    with Proxy(site.port) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "")
        with pytest.raises(JiraError) as caught:
            ask(site.url, trusting(files))  # a name that only the proxy knows
    assert caught.value.code == "unreachable"
    assert "JIRA_PROXY" in caught.value.hint
    assert proxy.heard == b""


def test_no_variable_of_the_surroundings_leads_around_the_proxy(site, files, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    with Proxy(site.port) as proxy:
        assert ask(site.url, trusting(files, proxy=value(f"http://127.0.0.1:{proxy.port}", "JIRA_PROXY"))) == "Me"


def test_this_machine_is_asked_directly():
    with FakeJira() as jira, Proxy(1) as proxy:
        jira.routes = {"/rest/api/3/serverInfo": INFO, "/rest/api/3/myself": MYSELF}
        assert ask(jira.url, Network(proxy=value(f"http://127.0.0.1:{proxy.port}", "JIRA_PROXY"))) == "Me"
    assert proxy.heard == b""


def test_a_token_is_not_sent_through_a_proxy_without_encryption(monkeypatch):
    monkeypatch.setenv("JIRA_ALLOW_HTTP", "1")
    with Proxy(1) as proxy, pytest.raises(BadSetting, match="JIRA_PROXY is for https"):
        ask("http://jira.example.test", Network(proxy=value(f"http://127.0.0.1:{proxy.port}", "JIRA_PROXY")))
    assert proxy.heard == b""


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
            "asks for a user name and password",
        ),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "HTTP 403"),
    ],
)
def test_what_a_proxy_refuses_is_told_as_its_own(site, files, answer, words):
    with Proxy(site.port, answer) as proxy, pytest.raises(JiraError) as caught:
        ask(site.url, trusting(files, proxy=value(f"http://ann:{PASSWORD}@127.0.0.1:{proxy.port}", "JIRA_PROXY")))
    assert caught.value.code == "proxy_refused"
    assert words in caught.value.message
    assert f"127.0.0.1:{proxy.port}" in caught.value.message
    assert PASSWORD not in str(caught.value)


def test_a_proxy_that_is_not_there_is_named(files):
    with pytest.raises(JiraError, match=r"The proxy 127\.0\.0\.1:9 could not be reached"):
        ask(f"https://{HOST}", trusting(files, proxy=value("http://127.0.0.1:9", "JIRA_PROXY")))


# -- certificates


def local(site: Secure) -> str:
    return f"https://127.0.0.1:{site.port}"


def test_an_authority_is_trusted_only_where_it_is_named(site, files):
    assert ask(local(site), trusting(files)) == "Me"
    with pytest.raises(JiraError, match="is not trusted") as caught:
        ask(local(site), Network())
    assert "JIRA_CA_BUNDLE" in caught.value.hint


@pytest.mark.parametrize("together", [True, False])
def test_a_client_certificate_is_shown(files, together):
    names = {"client_cert": "both.pem"} if together else {"client_cert": "client.pem", "client_key": "client.key"}
    shown = {name: value(files[each], name) for name, each in names.items()}
    with Secure(files, wants=True) as site:
        assert ask(local(site), trusting(files, **shown)) == "Me"


def test_a_site_that_wants_a_client_certificate_says_so(files):
    with Secure(files, wants=True) as site, pytest.raises(JiraError) as caught:
        ask(local(site), trusting(files))
    assert caught.value.code == "unreachable"


# -- values that cannot be used


def env_of(files: dict[str, Path], **names: str) -> dict[str, str]:
    return {name: str(files[text]) if text in files else text for name, text in names.items()}


WRONG = {
    "no file": (
        {"REQUESTS_CA_BUNDLE": "/nonexistent.pem"},
        "REQUESTS_CA_BUNDLE names a file that is not there: /nonexistent.pem.",
    ),
    "no file of ours": ({"JIRA_CA_BUNDLE": "/nonexistent.pem"}, "JIRA_CA_BUNDLE names a file that is not there"),
    "no certificates": ({"SSL_CERT_FILE": "text.pem"}, "SSL_CERT_FILE names a file that holds no certificates"),
    "key without certificate": ({"JIRA_CLIENT_KEY": "client.key"}, "JIRA_CLIENT_KEY is set without a certificate"),
    "key is missing": (
        {"JIRA_CLIENT_CERT": "client.pem"},
        "JIRA_CLIENT_CERT names a file that does not hold a certificate and its key",
    ),
    "another key": (
        {"JIRA_CLIENT_CERT": "client.pem", "JIRA_CLIENT_KEY": "server.key"},
        "JIRA_CLIENT_CERT and JIRA_CLIENT_KEY name files that are not",
    ),
    "protected key": (
        {"JIRA_CLIENT_CERT": "client.pem", "JIRA_CLIENT_KEY": "protected.key"},
        "The key that JIRA_CLIENT_KEY names is protected by a passphrase",
    ),
    "proxy without port": ({"JIRA_PROXY": "http://proxy.example.org"}, "JIRA_PROXY has no port"),
    "proxy without scheme": ({"JIRA_PROXY": "proxy.example.org:3128"}, "JIRA_PROXY does not start with http"),
    "proxy of another kind": ({"JIRA_PROXY": "socks5://proxy.example.org:1080"}, "JIRA_PROXY does not start with http"),
    "proxy with a path": ({"JIRA_PROXY": "http://proxy.example.org:1/x"}, "JIRA_PROXY has something after the port"),
    "proxy that is none": ({"JIRA_PROXY": "http://[::1"}, "JIRA_PROXY is not an address"),
    "ellipsis": (
        {"JIRA_TOKEN": "…"},
        "JIRA_TOKEN contains a character that no token or e-mail address has (U+2026, HORIZONTAL ELLIPSIS)",
    ),
    "blank of no width": (
        {"JIRA_TOKEN": "abc\u200bdef", "JIRA_EMAIL": "me@example.org"},
        "JIRA_TOKEN contains a character that no token or e-mail address has (U+200B",
    ),
    "not ASCII in Bearer": ({"JIRA_TOKEN": "tök", "JIRA_EMAIL": ""}, "JIRA_TOKEN contains a character"),
    "half a character": ({"JIRA_TOKEN": "ab\udcff"}, "JIRA_TOKEN contains a character"),
    "line break": ({"JIRA_TOKEN": "ab\ncd"}, "JIRA_TOKEN contains a line break"),
    "e-mail": ({"JIRA_EMAIL": "me\u00a0@example.org"}, "JIRA_EMAIL contains a character"),
    "address": ({"JIRA_URL": "ftp://example.org"}, "JIRA_URL cannot be used"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_value_that_cannot_be_used_is_named_before_jira_is_asked(files, name):
    raw, words = WRONG[name]
    env = env_of(files, **raw)
    with pytest.raises(BadSetting) as caught:
        check_jira(env)
        network_of(env, Settings())
    assert caught.value.message.startswith(words.split(" names")[0][:8])
    assert words in caught.value.message
    assert caught.value.hint
    assert "codec" not in str(caught.value)


@pytest.mark.parametrize("name", [each for each in WRONG if each != "not ASCII in Bearer"])
def test_the_doctor_and_the_page_hear_of_it(files, name):
    raw, words = WRONG[name]
    [problem] = problems_of(env_of(files, **raw))
    assert words in problem.what


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("THROUGHLINE_LOG", "xml", "json"),
        ("THROUGHLINE_LOG_LEVEL", "verbose", "Debug"),
        ("THROUGHLINE_KEYRING", "maybe", "1"),
        ("PORT", "http", "8050"),
        ("PORT", "70000", "0"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318", "http://localhost:4318"),
        ("OTEL_BSP_SCHEDULE_DELAY", "5s", "5000"),
        ("JIRA_ALLOW_HTTP", "yes", "1"),
        ("THROUGHLINE_DEBUG", "yes", "1"),
        ("THROUGHLINE_HOME", __file__, str(Path(__file__).parent)),
        ("THROUGHLINE_SETTINGS", str(Path(__file__).parent), __file__),
    ],
)
def test_what_would_be_ignored_is_told_by_name(name, wrong, right):
    [problem] = problems_of({name: wrong})
    assert problem.what.startswith(name) and problem.todo
    assert problems_of({name: right}) == problems_of({name: ""}) == ()


def test_nothing_is_wrong_with_an_empty_environment():
    assert problems_of({}) == ()
    assert network_of({}, Settings()) == Network()
    assert all(each.meaning for each in VARIABLES.values())


def test_settings_name_the_same_and_the_environment_wins(files):
    settings = Settings.model_validate({"jira": {"ca_bundle": "/none.pem", "proxy": "http://proxy.example.org:1"}})
    with pytest.raises(BadSetting, match=r"jira\.ca_bundle in the settings names a file that is not there"):
        network_of({}, settings)
    found = network_of(env_of(files, JIRA_CA_BUNDLE="ca.pem", JIRA_PROXY="http://other.example.org:2"), settings)
    assert (found.ca_bundle.name, found.proxy.text) == ("JIRA_CA_BUNDLE", "http://other.example.org:2")


def test_a_password_of_the_proxy_is_in_no_text():
    network = Network(proxy=value(f"http://ann:{PASSWORD}@proxy.example.org:1", "JIRA_PROXY"))
    from data.platform.logs import SECRETS

    assert PASSWORD not in f"{network!r}{Connection('https://a.example', EMAIL, TOKEN, network)!r}"
    assert PASSWORD not in SECRETS.clean(f"it is {PASSWORD}")
    assert network.proxy_shown() == "proxy.example.org:1"


def test_the_values_of_the_cases_are_named(shared: Path):
    case = json.loads((shared / "cases/bad_ca_path.json").read_text())
    with pytest.raises(BadSetting) as caught:
        check_jira(case["env"])
    assert caught.value.message.startswith(case["right"].strip('"'))
    case = json.loads((shared / "cases/token_not_latin1.json").read_text())
    with pytest.raises(BadSetting, match="contains a character that no token"):
        check_jira({**case["env"], "JIRA_TOKEN": case["env"]["JIRA_TOKEN"][0]})


def test_a_bundle_that_changes_is_looked_at_again(files: dict[str, Path], tmp_path: Path):
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(files["client.pem"].read_bytes())
    env = {"JIRA_CA_BUNDLE": str(bundle)}
    assert network_of(env, Settings()).ca_bundle
    bundle.write_text("no certificate\n")
    with pytest.raises(BadSetting, match="holds no certificates"):
        network_of(env, Settings())
    bundle.write_bytes(files["client.pem"].read_bytes() + b"\n")
    assert network_of(env, Settings()).ca_bundle
