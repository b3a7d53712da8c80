"""What the server needs for a view whose numbers are known: the callback that fills the cards, 5,000 issues."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.filling import FIELD_IDS, fill
from benchmarks.rows import Report, Row, median
from sample.tables import tidy

ISSUES, SEED = 5_000, 7
BUDGET = 0.030  # seconds
LARGEST_KB = 50.0
SITE = "https://example.atlassian.net"
CALLBACKS = "/_dash-update-component"


def run(report: Report) -> None:
    """First and cached answers for both tabs, and how many bytes they carry."""
    with _client() as (client, app, services):
        floor = median(lambda: client.get("/healthz"), 25)
        sizes = []
        for family in ("dora", "flow"):
            body = _question(app, services, family)
            first = median(lambda body=body: _ask(client, body), 1)
            report.add(Row("view", f"{family} cards, calculated", first, "s", floor, "an empty answer"))
            warm = median(lambda body=body: _ask(client, body), 25)
            report.add(Row("view", f"{family} cards, cached", warm, "s", floor, "an empty answer", BUDGET, 25))
            sizes.append((len(_ask(client, body)) + len(json.dumps(body))) / 1000)
        note = "request and answer, not compressed"
        report.add(Row("view", "largest cards callback", max(sizes), "kB", None, "", LARGEST_KB, note=note))


@contextmanager
def _client() -> Iterator[tuple[Any, Any, Any]]:
    """A test client of the real app on a store with 5,000 issues."""
    from callbacks.app import create_app

    with filled() as services:
        app = create_app(services)
        client = app.server.test_client()
        client.get("/")  # Dash sets itself up with the first request
        yield client, app, services


@contextmanager
def filled() -> Iterator[Any]:
    """Services on a store with 5,000 issues."""

    from data.services.services import Services
    from data.services.sites import Sites
    from data.settings.connection import Home
    from data.settings.fields import FIELDS

    made = tidy(ISSUES, SEED)
    now = datetime.fromtimestamp((made.as_of or 0) / 1e6, UTC) + timedelta(minutes=5)
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "app_settings.json"
        families: dict[str, dict[str, str]] = {"dora": {}, "flow": {}}
        for name in made.fields:
            families[FIELDS[name].family][name] = FIELD_IDS[name]
        settings.write_text(json.dumps({"dora_flow_config": {"field_mappings": families}}))
        env = {"JIRA_URL": SITE, "JIRA_TOKEN": "unused", "JIRA_EMAIL": "bench@example.org"}
        sites = Sites(Home(Path(folder) / "home", settings), env, clock=lambda: now)
        services = Services(sites)
        data = sites.data(services.snapshot())
        fill(data.store, made, data.known_as, data.jql)
        yield services
        data.store.close()


def _question(app: Any, services: Any, family: str) -> dict[str, Any]:
    """What the browser posts to fill the cards of a tab."""
    from ui import ids

    cards = {"dora": ids.Cards.DORA, "flow": ids.Cards.FLOW}[family].value
    store = ids.tab_view(family)
    output = next(name for name in app.callback_map if f"..{cards}.children" in name)
    view = {"query": f"?tab={family}&period=30d", "revision": services.status.of(services.snapshot()).revision}
    return {
        "output": output,
        "outputs": [{"id": cards, "property": "children"}, {"id": cards, "property": "data-shown"}],
        "inputs": [{"id": store, "property": "data", "value": view}],
        "changedPropIds": [f"{store}.data"],
        "state": [{"id": cards, "property": "data-shown", "value": None}],
    }


def _ask(client: Any, body: dict[str, Any]) -> bytes:
    answer = client.post(CALLBACKS, json=body)
    if answer.status_code != 200 or b"children" not in answer.data:
        raise RuntimeError(f"the cards callback answered {answer.status_code}: {answer.data[:200]!r}")
    return answer.data
