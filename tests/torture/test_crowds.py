"""Many at once: programs that save, and people who ask for the same number."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

import data.services.numbers as module
from data.services.services import open_services
from sample.source import SampleSite
from tests.sample_services import environment
from tests.torture.conftest import ROOT

SAVER = """
import sys
from pathlib import Path
from data.settings.store import SettingsStore
store, me, count = SettingsStore(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
for n in range(count):
    store.save({"savers": {me: n + 1}}, revision=store.load().revision)
"""


# The short run is in tests/data/settings/test_store.py: 8 programs, 25 saves each.
@pytest.mark.torture
def test_eight_programs_save_five_hundred_times_each(tmp_path):
    path = tmp_path / "app_settings.json"
    savers = [
        subprocess.Popen([sys.executable, "-c", SAVER, str(path), f"w{n}", "500"], cwd=ROOT, stderr=subprocess.PIPE)
        for n in range(8)
    ]
    told = [each.communicate()[1] for each in savers]
    assert [each.returncode for each in savers] == [0] * 8, told
    whole = json.loads(path.read_text())
    assert whole["revision"] == 4_000
    assert whole["savers"] == {f"w{n}": 500 for n in range(8)}


class Clock:
    def __init__(self):
        self.now = datetime.now(UTC)

    def __call__(self):
        return self.now


@pytest.mark.parametrize("callers", [100, pytest.param(500, marks=pytest.mark.torture)])
def test_a_hundred_people_ask_for_one_expired_number(tmp_path, monkeypatch, callers):
    clock = Clock()
    env = environment(tmp_path)
    services = open_services(env, sample=SampleSite(issues=100), clock=clock)
    assert services.sync.run(services.snapshot()).error is None
    view = services.view("30d")
    services.numbers.answer("dora", view)
    clock.now += timedelta(hours=2)
    assert services.numbers.answer("dora", view, stale_ok=True).state == "expired"
    calculated, measure = [], module.measure_family

    def counted(*told):
        calculated.append(told[0])
        return measure(*told)

    monkeypatch.setattr(module, "measure_family", counted)
    barrier = threading.Barrier(callers)

    def ask(_):
        barrier.wait()
        return services.numbers.answer("dora", view)

    with ThreadPoolExecutor(callers) as pool:
        answers = list(pool.map(ask, range(callers)))
    assert calculated == ["dora"]
    assert {answer.calculated_at for answer in answers} == {answers[0].calculated_at}
    assert len({tuple(value.value for value in answer.values) for answer in answers}) == 1
