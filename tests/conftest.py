"""The dashboard for tests: one app for the run, with services that each test chooses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.fake_services import FakeServices


@pytest.fixture(scope="session")
def app() -> Any:
    """One app for the run: Dash hands module-level callbacks to the first app that is made."""
    from api.application import Programs
    from callbacks.app import create_app

    return create_app(FakeServices(), programs=Programs(requests_a_minute=0))


@pytest.fixture
def use(app: Any) -> Callable[[Any], Any]:
    """Put services behind the app: `use(FakeServices("mixed"))`."""

    def put(services: Any) -> Any:
        app.server.extensions["services"] = services
        return services

    return put


@pytest.fixture
def fake(use: Callable[[Any], Any]) -> FakeServices:
    """The services of the full scenario, behind the app."""
    return use(FakeServices())


@pytest.fixture
def client(app: Any, fake: FakeServices) -> Any:
    """Talks to the server as a browser does, without one."""
    return app.server.test_client()


@pytest.fixture
def act(app: Any, client: Any) -> Callable[..., Any]:
    """Send what the browser sends: `act(output, changed, {"id.property": value, …}, states)`; gives the answer's
    JSON.
    """

    def send(output: str, changed: str, inputs: dict[str, Any], states: dict[str, Any] | None = None) -> Any:
        def parts(values: dict[str, Any]) -> list[dict[str, Any]]:
            return [
                {"id": _id(name.rpartition(".")[0]), "property": name.rpartition(".")[2], "value": value}
                for name, value in values.items()
            ]

        names = [name for name in output.strip(".").split("...") if name]
        outputs = [{"id": _id(name.rpartition(".")[0]), "property": name.rpartition(".")[2]} for name in names]
        body = {
            "output": output,
            "outputs": outputs if output.startswith("..") else outputs[0],
            "changedPropIds": [changed],
            "inputs": parts(inputs),
            "state": parts(states or {}),
        }
        answer = client.post("/_dash-update-component", json=body)
        assert answer.status_code in (200, 204), answer.text
        return answer.json if answer.status_code == 200 else None

    return send


def _id(text: str) -> Any:
    return json.loads(text) if text.startswith("{") else text
