"""A server that has just started answers whole from its first answer on, however many ask at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import requests

from tests.cold import SERVERS, cold

AT_ONCE = 20
CALLBACKS = "/_dash-dependencies"
ADDRESSES = (
    CALLBACKS,
    "/",
    "/_dash-layout",
    CALLBACKS,
    "/readyz",
)  # asked in turn, so the list of callbacks by 8 of 20


def ask_at_once(site: str, n: int = AT_ONCE) -> list[requests.Response]:
    """Send `n` requests in the same moment; the answers in the order of `ADDRESSES`, repeated."""
    together = Barrier(n)

    def ask(number: int) -> requests.Response:
        together.wait()
        return requests.get(site + ADDRESSES[number % len(ADDRESSES)], timeout=120)

    with ThreadPoolExecutor(n) as threads:
        return list(threads.map(ask, range(n)))


def check(server: str, folder: Path) -> None:
    with cold(server, folder, workers=2) as site:
        first = ask_at_once(site)
        later = requests.get(site + CALLBACKS, timeout=60)
    assert [each.status_code for each in first] == [200] * AT_ONCE, (folder / "log").read_text()
    assert len(json.loads(later.text)) > 30
    lists = [each.text for each in first if each.url.endswith(CALLBACKS)]
    assert len(lists) == 8
    assert set(lists) == {later.text}
    layouts = [each.json() for each in first if each.url.endswith("/_dash-layout")]
    assert all(layouts)
    assert "Traceback" not in (folder / "log").read_text()


@pytest.mark.parametrize("server", SERVERS)
def test_requests_that_come_together_with_the_first_one_get_all_callbacks(server, tmp_path):
    check(server, tmp_path)


@pytest.mark.torture
@pytest.mark.parametrize("server", SERVERS)
def test_ten_cold_starts_get_all_callbacks(server, tmp_path):
    for n in range(10):
        check(server, tmp_path / str(n))
