"""Run by test_canary.py as a program: does all that Throughline does, with a canary for a token, logging at DEBUG.

`python -m tests.emit_everything <token> <email> <folder> <where the token is: environment, stored or form>`; what a
browser would get goes into files below <folder>/browser, the rest is what a program leaves: stdout, stderr, files.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import sys
import threading
import time
import traceback
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.workbook import parts

if TYPE_CHECKING:
    from data.services.services import Services

logging.basicConfig(level=logging.DEBUG)  # before anything of ours could protect a handler


class Indiscreet(BaseHTTPRequestHandler):
    """Fails, and repeats the credentials that it got, as misconfigured proxies do."""

    statuses = (401, 403, 302, 404, 400, 200)  # those that are not asked again: a test has no time
    asked = 0

    def do_GET(self) -> None:
        sent = self.headers.get("Authorization", "")
        Indiscreet.asked += 1
        status = self.statuses[Indiscreet.asked % len(self.statuses)]
        known = sys.argv[1] if sys.argv[1] in _decoded(sent) else "nobody"
        body = json.dumps({"errorMessages": [f"Authorization: {sent} for {known}"], "serverTitle": sent}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Echo", sent)
        if status == 302:
            self.send_header("Location", f"/login?token={quote(sys.argv[1], safe='')}&os_destination={sent}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """The test's own server is no part of the product."""


def _decoded(header: str) -> str:
    kind, _, rest = header.partition(" ")
    return base64.b64decode(rest).decode() if kind == "Basic" else rest


def keep(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{len(list(folder.iterdir())):03}-{name}").write_bytes(content)


class Browser:
    """Asks the app for everything, and keeps what it answers."""

    def __init__(self, app, token: str, folder: Path) -> None:
        self.app, self.token, self.folder = app, token, folder
        self.client = app.server.test_client()
        self.acted = 0
        self.matched = 0  # of those by callbacks whose ids are patterns

    def get(self, path: str) -> None:
        answer = self.client.get(path)
        keep(self.folder, "get", f"{path}\n{answer.status}\n{answer.headers}".encode() + answer.data)
        if answer.data.startswith(b"PK"):
            for name, part in parts(answer.data).items():
                keep(self.folder, "part", f"{path} {name}\n".encode() + part)

    def act(self, callback: dict, site: str) -> None:
        """One callback, as if each of its inputs had changed in turn."""
        for n, trigger in enumerate(callback["inputs"]):
            body = {
                "output": callback["output"],
                "outputs": _outputs(callback["output"]),
                "inputs": [self._filled(each, site, n == m) for m, each in enumerate(callback["inputs"])],
                "state": [self._filled(each, site, False) for each in callback.get("state", [])],
                "changedPropIds": [f"{_concrete(trigger['id'])}.{trigger['property']}"],
            }
            answer = self.client.post("/_dash-update-component", json=body)
            self.acted += answer.status_code in (200, 204)
            self.matched += answer.status_code in (200, 204) and "{" in callback["output"]
            keep(
                self.folder,
                "callback",
                f"{callback['output']}\n{answer.status}\n{answer.headers}".encode() + answer.data,
            )

    def _filled(self, part: dict, site: str, acted: bool) -> object:
        name, prop = _text(part["id"]), part["property"]
        if name.startswith("{"):
            one = {"id": json.loads(_concrete(name)), "property": prop, "value": self._value(name, prop, site, acted)}
            return [one, one] if '["ALL' in name.replace(" ", "") else one
        return {"id": part["id"], "property": prop, "value": self._value(name, prop, site, acted)}

    def _value(self, name: str, prop: str, site: str, acted: bool) -> object:
        typed = {
            "connection-url": site,
            "connection-email": sys.argv[2],
            "connection-token": self.token,
            "connection-jql": "",
        }
        value = typed.get(name) if prop == "value" else 1 if acted and prop in ("n_clicks", "n_submit") else None
        if prop == "data" and (name.endswith("view") or "again" in name):
            value = {"query": "?tab=dora&period=30d&metric=flow_velocity", "revision": "1"}
        if prop == "getRowsRequest":
            value = {"startRow": 0, "endRow": 50, "sortModel": [], "filterModel": {}}
        return value


def _text(name: object) -> str:
    return name if isinstance(name, str) else json.dumps(name, sort_keys=True, separators=(",", ":"))


def _concrete(name: object) -> str:
    """An id without wildcards, as the renderer writes it: what is asked for is the metric or the tab that there is."""
    text = _text(name)
    if not text.startswith("{"):
        return text
    told = {key: "flow_velocity" if isinstance(value, list) else value for key, value in json.loads(text).items()}
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def _outputs(text: str) -> object:
    """`..a.b...c.d..` as Dash's renderer writes it in the body."""
    single = not text.startswith("..")
    parts = [text] if single else text.strip(".").split("...")
    found: list[dict] = []
    for part in parts:
        name, _, prop = part.rpartition(".")
        each = json.loads(_concrete(name)) if name.startswith("{") else name
        found.append({"id": each, "property": prop.split("@")[0]})
    return found[0] if single else found


def browse(services, token: str, sites: list[str], folder: Path) -> Browser:
    from callbacks.app import create_app

    app = create_app(services)
    browser = Browser(app, token, folder)
    for path in ("/", "/_dash-layout", "/_dash-dependencies", "/healthz", "/readyz", f"/?token={'x' * 20}", "/nowhere"):
        browser.get(path)
    rules = sorted(
        str(rule) for rule in app.server.url_map.iter_rules() if str(rule).startswith(("/export/", "/report"))
    )
    asked = "metric=flow_velocity&chart=cycle_time_scatter&items=20"
    for path in dict.fromkeys(rule.replace("<kind>", kind) for rule in rules for kind in ("csv", "xlsx")):
        browser.get(f"{path}?{asked}")
    browser.get("/export/issues.csv")
    for callback in json.loads(browser.client.get("/_dash-dependencies").data):
        if callback.get("clientside_function") is None:
            typed = any("connection-token" in _text(each["id"]) for each in callback.get("state", []))
            for site in sites if typed else sites[:1]:
                browser.act(callback, site)
    browser.get("/_dash-layout")
    browser.get("/readyz")
    return browser


COMMANDS = (
    ["sync"],
    ["doctor", "--format", "json"],
    ["doctor"],
    ["metrics"],
    ["fields"],
    ["issues", "--metric", "flow_velocity"],
    ["issues", "--metric", "flow_velocity", "--format", "csv"],
    ["catalogue"],
    ["forecast", "--items", "20"],
    ["teams", "list"],
    ["jtbd", "dashboard"],
)


def _use(services: Services, url: str, email: str, token: str) -> None:
    """Sync, look at the connection and test it, as the form and the terminal do; failures are logged and printed."""
    try:
        result = services.sync.run(services.snapshot(), full=True)
        print(result, services, services.snapshot().site, services.connection.form(services.snapshot()))
        services.sync.start(services.snapshot())
        services.sync.wait(60)
        print(
            services.status.of(services.snapshot()),
            services.doctor.examine(services.snapshot()),
            services.connection.test(url, email, token, "", services.snapshot()),
        )
        services.connection.test(f"{url}/{token}", email, token, f"project = {token[:3]}", services.snapshot())
        services.field_mapping.jira_fields(services.snapshot())
    except Exception as error:
        logging.getLogger("the.test").exception("as expected", extra={"sent": {"token": [token]}, "error": error})
        traceback.print_exc(file=sys.stdout)


def _run_commands() -> None:
    """Every command of the terminal, one after the other."""
    from cli import main as command

    for words in COMMANDS:
        try:
            print("exit code", command(words))
        except Exception as error:  # noqa: BLE001 - THROUGHLINE_DEBUG=1 lets them through, to the hook
            sys.excepthook(type(error), error, error.__traceback__)


def main(token: str, email: str, place: str, where: str) -> None:
    folder = Path(place)
    from assembly import services as open_real
    from data.settings.connection import Home
    from sample.generator import generate
    from sample.server import SampleServer

    bad = ThreadingHTTPServer(("127.0.0.1", 0), Indiscreet)
    threading.Thread(target=bad.serve_forever, args=(0.01,), daemon=True).start()
    worse = f"http://127.0.0.1:{bad.server_port}"
    with SampleServer(generate(60, seed=3, until=datetime.now(UTC).date())) as server:
        os.environ["JIRA_EMAIL"] = email
        for url in (worse, server.url):
            os.environ["JIRA_URL"] = url
            if where == "environment":
                os.environ["JIRA_TOKEN"] = token
            elif where == "stored":
                Home.of(os.environ).ensure().tokens.set(url, token)
            services = open_real()
            _use(services, url, email, token)
            _run_commands()
        if where == "form":
            del os.environ["JIRA_URL"], os.environ["JIRA_EMAIL"]
            services = open_real()
        browser = browse(services, token, [worse, server.url, "https://jira example"], folder / "browser")
        services.sync.wait(60)
        print(services.status.of(services.snapshot()), services.background.tasks(services.snapshot(), most=5))
        threading.Thread(target=lambda: {}[token]).start()
        time.sleep(0.1)
        print(
            f"{browser.acted} callbacks answered, {browser.matched} of patterns; {services.sites.home.tokens!r} "
            f"{os.getpid()}"
        )
    bad.shutdown()
    raise RuntimeError(f"The last word of this program is a token: {token}")


if __name__ == "__main__":
    main(*sys.argv[1:])
