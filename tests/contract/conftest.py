"""A sample site of each flavour behind the OpenAPI referee, started once for the whole suite."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from sample.generator import generate
from sample.server import SampleServer
from sample.site import Site
from tests.contract.referee import Behind

DOCUMENTS = Path(__file__).parents[2].parent / "shared" / "openapi"
UNTIL = date(2026, 9, 30)
# The Data Center document describes these lists as one object; real servers send lists of such objects.
_LISTS = (
    "/rest/api/2/field",
    "/rest/api/2/status",
    "/rest/api/2/issuetype",
    "/rest/api/2/priority",
    "/rest/api/2/resolution",
    "/rest/api/2/project",
    "/rest/api/2/project/{projectIdOrKey}/versions",
)
_FORM = "/rest/api/2/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}"  # described as one; a page of them


@pytest.fixture(scope="session")
def site() -> Site:
    """Small, yet with every kind of issue."""
    return generate(300, seed=5, until=UNTIL)


@pytest.fixture(scope="session")
def cloud(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """Jira Cloud, judged by its document as published."""
    document = _document("jira-cloud-merged.mock.json")
    with SampleServer(site) as server:
        yield from _judged(server, document, "3", tmp_path_factory.mktemp("cloud"))


@pytest.fixture(scope="session")
def dc(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """Jira Data Center, judged by its document with the known errors of that document corrected."""
    rules = json.loads(_document("jira-dc-10.3.mock.json").read_text())
    for path in _LISTS:
        content = rules["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        content["schema"] = {"type": "array", "items": content["schema"]}
    form = rules["paths"][_FORM]["get"]["responses"]["200"]["content"]["application/json"]
    form["schema"] = {"type": "object", "properties": {"values": {"type": "array", "items": form["schema"]}}}
    rules["components"]["schemas"]["IssueBean"]["properties"]["fields"] = {"type": "object"}
    for name in ("releaseDate", "startDate"):  # plain dates, though the document says date-time
        del rules["components"]["schemas"]["VersionBean"]["properties"][name]["format"]
    for parameter in rules["paths"]["/rest/api/2/search"]["get"]["parameters"]:
        if parameter["name"] in ("fields", "expand"):
            parameter["schema"] = {"type": "array", "items": {"type": "string"}}
    folder = tmp_path_factory.mktemp("dc")
    document = folder / "corrected.json"
    document.write_text(json.dumps(rules))
    with SampleServer(site, flavour="dc") as server:
        yield from _judged(server, document, "2", folder)


def _document(name: str) -> Path:
    path = DOCUMENTS / name
    if not path.exists():
        pytest.skip(f"needs {name} in a folder shared/openapi beside the checkout")
    return path


def _judged(server: SampleServer, document: Path, api: str, folder: Path) -> Iterator[Behind]:
    prism = os.environ.get("PRISM_BINARY")
    if not prism:
        pytest.skip("needs the referee: run `make contract`")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [prism, "proxy", "-h", "127.0.0.1", "-p", str(port), "--errors", str(document), server.url]
    log = folder / "prism.log"
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as process:
        try:
            _wait_for(port, process, log)
            yield Behind(server.site, f"http://127.0.0.1:{port}", api)
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen, log: Path) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    pytest.fail(f"the referee did not start: {log.read_text()[-2000:]}")
