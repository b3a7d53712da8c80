"""The shared cases: small sites with right values, each served and synced once for all tests that ask it.

`case("window")` gives the site of a folder, `case.folder(name)` the folder, `case.document(name)` a case that is one
JSON file. Where the folder of cases is not beside the checkout, these tests are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.cases.site import CaseSite, site_of, synced, without_site


def _cases() -> Path:
    """The folder of cases: beside the checkout, or beside the folder of worktrees that it is in."""
    checkout = Path(__file__).resolve().parents[2]
    beside = [parent / "shared" / "cases" for parent in checkout.parents[:2]]
    return next((each for each in beside if each.is_dir()), beside[0])


class Cases:
    """Gives the sites of the cases; each is synced when it is first asked for."""

    def __init__(self, homes: pytest.TempPathFactory, stack: ExitStack) -> None:
        self._homes = homes
        self._stack = stack
        self._known: dict[tuple[str, str, str], CaseSite] = {}

    def __call__(
        self, name: str, *, flavour: Literal["cloud", "dc"] = "cloud", settings: dict[str, Any] | None = None
    ) -> CaseSite:
        """The site of a case. `settings` are laid over its settings.json, key by key; such a site is one of its own.
        A test that saves settings or imports records asks with settings that no other test uses, or `fresh`.
        """
        key = (name, flavour, json.dumps(settings, sort_keys=True))
        if key not in self._known:
            self._known[key] = self.fresh(name, flavour=flavour, settings=settings)
        return self._known[key]

    def fresh(
        self, name: str, *, flavour: Literal["cloud", "dc"] = "cloud", settings: dict[str, Any] | None = None
    ) -> CaseSite:
        """The same in a home that no other test sees."""
        folder, home = self.folder(name), self._homes.mktemp(name)
        if not (folder / "issues.jsonl.gz").exists():
            jobs = folder / "jtbd"
            return self._stack.enter_context(without_site(home, jobs if jobs.is_dir() else None))
        given = folder / "settings.json"
        found = json.loads(given.read_text("utf-8")) if given.exists() else {}
        written = home / "settings.json"
        written.write_text(json.dumps(_merged(found, settings or {})), "utf-8")
        return self._stack.enter_context(synced(home, site_of(folder), settings=written, flavour=flavour))

    def folder(self, name: str) -> Path:
        """The folder of a case. Skips the test where there is none."""
        return self._there(_cases() / name)

    def document(self, name: str) -> dict[str, Any]:
        """A case that is one JSON file: a server or an environment."""
        found: dict[str, Any] = json.loads(self._there(_cases() / f"{name}.json").read_text("utf-8"))
        return found

    @staticmethod
    def _there(path: Path) -> Path:
        if not path.exists():
            pytest.skip(f"{path.parent.name}/{path.name} is not beside the checkout")
        return path


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    out = dict(below)
    for name, value in above.items():
        out[name] = _merged(out.get(name) or {}, value) if isinstance(value, dict) else value
    return out


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cases]:
    """The shared cases by name."""
    with ExitStack() as stack:
        yield Cases(tmp_path_factory, stack)
