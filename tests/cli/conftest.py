"""A terminal whose services are fakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from cli import main, sites
from tests.cli.fakes import FakeServices


@dataclass(frozen=True)
class CommandOutput:
    code: int
    out: str
    err: str


Terminal = Callable[..., CommandOutput]


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    fake = FakeServices()
    monkeypatch.setattr(sites, "_services", lambda: fake)
    return fake


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], services: FakeServices) -> Terminal:
    """Types a command and gives exit code, stdout and stderr."""

    def typed(*words: str) -> CommandOutput:
        code = main(list(words))
        out, err = capsys.readouterr()
        return CommandOutput(code, out, err)

    return typed
