"""The tests' own ground: examples can be drawn again, children get default signals, a hanging test ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import seeding
from tests.slow import PLACES

ROOT = Path(__file__).parents[1]
DRAWS = """
from hypothesis import given, strategies as st
from tests import seeding
import pytest

@given(st.integers())
def test_draws(number):
    print("drew", number)

@pytest.mark.parametrize("seed", seeding.seeds(2))
def test_site(seed):
    print("site", seed, seeding.dice("one").random())
"""
SIGNALS = """
import signal, subprocess, sys
from conftest import give_children_default_signals
signal.signal(signal.SIGINT, signal.SIG_IGN)
if sys.argv[1] == "mended":
    give_children_default_signals()
asks = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
print(subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True).stdout.strip())
signal.raise_signal(signal.SIGINT)
print("alive")
"""


def said(folder: Path, *, seed: str = "", text: str = DRAWS) -> str:
    """What pytest says of a file with this text, run with our conftest."""
    path = folder / "test_it.py"
    path.write_text(text)
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-s",
        "-p",
        "no:cacheprovider",
        "-m",
        "seeded",
        "-c",
        str(ROOT / "pyproject.toml"),
        "--rootdir",
        str(ROOT),
        "-p",
        "conftest",
        "-p",
        "_hypothesis_pytestplugin",
        "-p",
        "pytest_timeout",
        str(path),
    ]
    env = {"PATH": "", "TEST_SEED": seed, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True).stdout


def drew(text: str) -> list[str]:
    return [line.lstrip(".") for line in text.splitlines() if line.lstrip(".").startswith(("drew", "site"))]


def test_examples_are_fixed_without_a_seed_and_those_of_the_seed_with_one(tmp_path: Path):
    plain, again, fresh, same = (said(tmp_path, seed=seed) for seed in ("", "", "1764336000", "1764336000"))
    assert drew(plain) == drew(again) != []
    assert drew(fresh) == drew(same)
    assert set(drew(fresh)) - set(drew(plain))
    assert len(drew(fresh)) > 5 * len(drew(plain))
    assert "Examples were drawn with TEST_SEED=1764336000." in fresh
    assert "TEST_SEED" not in plain


@pytest.mark.parametrize(("what", "ignored"), [("as it is", "True"), ("mended", "False")])
def test_children_get_default_signals_where_the_tests_ignore_them(what: str, ignored: str):
    done = subprocess.run([sys.executable, "-c", SIGNALS, what], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == [ignored, "alive"], done.stderr


def test_this_run_does_not_hand_ignored_signals_on():
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


def test_every_place_of_slow_tests_is_there():
    assert [place for place in PLACES if not (ROOT / place).exists()] == []


def test_every_test_has_a_limit_of_time(request: pytest.FixtureRequest):
    assert 0 < float(request.config.getini("timeout")) <= 600


def test_half_of_the_examples_are_drawn_and_of_few_a_tenth(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(seeding.FEW, raising=False)
    assert (seeding.examples(60).max_examples, len(seeding.numbers(5))) == (30, 3)
    monkeypatch.setenv(seeding.FEW, "1")
    assert (seeding.examples(60).max_examples, len(seeding.numbers(5))) == (6, 1)


def test_neighbouring_seeds_draw_other_sites(monkeypatch: pytest.MonkeyPatch):
    assert list(seeding.numbers(3, 5)) == [5, 6]
    monkeypatch.setenv(seeding.VARIABLE, "7")
    seven = set(seeding.numbers(200, 300))
    monkeypatch.setenv(seeding.VARIABLE, "8")
    assert seven.isdisjoint(seeding.numbers(200, 300))
