"""What the server promises to the browser, and which requests it refuses."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import re

import pytest

from callbacks.body_types import shape_of


def test_scripts_come_from_here_only(client):
    answer = client.get("/")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" not in policy["script-src"]
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
POLICY = {
    "default-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


@pytest.mark.parametrize(
    "address", ["/", "/healthz", "/nope", "/_dash-layout", "/assets/none.css", "/export/numbers.csv"]
)
def test_every_answer_has_every_header(client, address):
    headers = client.get(address, buffered=True).headers
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert {name: sources for name, sources in policy.items() if name != "script-src"} == POLICY
    assert policy["script-src"].split()[0] == "'self'"


def test_every_inline_script_is_allowed_by_its_hash(client):
    answer = client.get("/")
    inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>(.+?)</script>", answer.text, re.DOTALL)
    assert inline
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8050", "192.168.0.7"])
def test_other_hosts_are_not_served(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8050", "localhost", "LOCALHOST:9", "[::1]:8050"])
def test_loopback_is_served(client, host):
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


BODY = {"output": "x.y", "outputs": {"id": "x", "property": "y"}, "inputs": [], "changedPropIds": []}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": "http://[::1"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_sites_cannot_act(client, headers, method):
    for path in ("/_dash-update-component", "/export/numbers.csv", "/"):
        answer = client.open(path, method=method, json=BODY, headers=headers)
        assert (answer.status_code, answer.text) == (403, "This request came from another site.\n")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_our_own_page_and_programs_come_past_the_origin(client, headers):
    assert client.post("/_dash-update-component", json=BODY, headers=headers).status_code == 400
    assert client.get("/", headers=headers | {"Origin": "https://evil.example"}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"output": 3}',
        b'{"output": "a.b", "inputs": "x"}',
        b'{"output": "a.b", "inputs": [1], "outputs": {}}',
        b'{"output": "no.such", "inputs": [], "outputs": {"id": "no", "property": "such"}}',
    ],
)
def test_malformed_bodies_are_refused(client, body):
    answer = client.post("/_dash-update-component", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("size", [1_000_001, 60_000_000])
def test_large_bodies_are_too_large_on_every_address(client, size):
    for path in ("/_dash-update-component", "/export/numbers.csv", "/", "/nope"):
        answer = client.post(path, data=b"x" * size, content_type="application/json")
        assert (answer.status_code, answer.text) == (413, "The body is too large: 1,000,000 bytes are the most.\n"), (
            path
        )


def test_a_large_body_that_does_not_say_its_size_is_too_large(client):
    body, kind = io.BytesIO(b"x" * 3_000_000), "application/json"
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = client.post("/_dash-update-component", input_stream=body, content_type=kind, environ_overrides=chunked)
    assert answer.status_code == 413


def test_every_input_of_every_callback_has_a_declared_type(client):
    declared = [each for each in client.get("/_dash-dependencies").json if not each.get("clientside_function")]
    assert declared
    for callback in declared:
        for part in callback["inputs"] + callback["state"]:
            shape_of(part["id"], part["property"])  # raises LookupError


def test_answers_travel_compressed(client):
    answer = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert b"Throughline" in gzip.decompress(answer.data)
    assert "Content-Encoding" not in client.get("/").headers


def test_what_never_changes_is_kept_by_the_browser(client):
    page = client.get("/").text
    lasting = [
        each
        for each in re.findall(r'(?:src|href)="([^"]+)"', page)
        if "_dash-component-suites" in each or "/bundle/" in each
    ]
    assert len(lasting) > 5
    for address in lasting:
        assert "immutable" in client.get(address).headers["Cache-Control"], address


def test_process_is_alive(client):
    assert client.get("/healthz").status_code == 200


def test_secret_key_is_its_own(app):
    assert len(app.server.secret_key) >= 32


def test_no_second_door_for_machines(client):
    assert client.post("/_mcp", json={}).status_code in (404, 405)


@pytest.mark.parametrize("path", ["/nope", "/nope/", "/export", "/index.php", "/%00", "/<script>", "/_nope"])
def test_an_address_without_a_page_says_so_and_leads_back(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "There is no page at this address." in answer.text
    assert '<a href="/">' in answer.text
    assert "<script" not in answer.text
    assert answer.headers["Content-Security-Policy"]
    assert client.get("/").status_code == 200


def test_one_file_under_many_addresses_is_kept_once(app, client):
    page = client.get("/").text
    path = re.search(r'src="(/bundle/[^"]+)', page)[1]
    kept = app.server.extensions["compressed"]
    before = len(kept)
    bodies = {client.get(f"{path}?m={n}", headers={"Accept-Encoding": "gzip"}, buffered=True).data for n in range(100)}
    assert len(bodies) == 1
    assert len(kept) - before <= 1
    assert client.get(path, buffered=True).headers["Cross-Origin-Resource-Policy"] == "same-origin"
