"""A campaign on a tree of two files: what tests notice is caught, what they do not is told with the place."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mutants.__main__ import main
from mutants.campaign import CAUGHT, SURVIVED, UNREACHED, Outcome, choose, found_in, sample, share
from mutants.coverage_map import CoverageMap, by_name, read_map
from mutants.edits import Mutant

PRODUCT = """def price(count):
    if count < 10:
        return count * 3
    return count * 2


def unheard(text):
    return text == "never"
"""
TESTS = """from data.prices import price


def test_few_cost_more():
    assert price(9) == 27


def test_many_cost_less():
    assert price(11) == 22


def test_that_fails_is_not_in_the_map():
    assert price(1) == 0
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small product, with the map of its tests."""
    top = tmp_path_factory.mktemp("tree") / "checkout"
    (top / "data").mkdir(parents=True)
    (top / "tests").mkdir()
    (top / "data" / "__init__.py").touch()
    (top / "data" / "prices.py").write_text(PRODUCT)
    (top / "tests" / "test_prices.py").write_text(TESTS)
    (top / "conftest.py").touch()
    (top / "pyproject.toml").write_text(
        "[tool.pytest.ini_options]\npythonpath = ['.']\nmarkers = ['torture', 'browser']\n"
        "filterwarnings = ['error', 'ignore::pytest.PytestRemovedIn10Warning']\n"
    )
    subprocess.run(["git", "init", "-q"], cwd=top, check=True)
    return top


def test_a_campaign_tells_which_mutants_no_test_notices(tree: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.chdir(tree)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    words = ["--only", "data", "--count", "20", "--jobs", "1", "--seed", "3", "--map", str(tree / ".mutants")]
    assert main([*words, "--fail-under", "100"]) == 1
    said = capsys.readouterr().out
    known = read_map(tree / ".mutants")
    assert sorted(known.seconds) == [
        f"tests/test_prices.py::test_{name}" for name in ("few_cost_more", "many_cost_less")
    ]
    assert known.tests("data/prices.py", 3, 3) == ["tests/test_prices.py::test_few_cost_more"]
    found = [row.split() for row in said.splitlines() if "data/prices.py:" in row and not row.startswith(" ")]
    results = {place.rpartition(":")[2]: (result, name) for result, place, name, *_ in found}
    assert sorted(results) == ["2", "3", "4", "8"]
    assert results["3"][0] == results["4"][0] == CAUGHT
    assert results["8"][0] == SURVIVED
    assert "of 4 mutants are caught" in said
    assert (tree / "data" / "prices.py").read_text() == PRODUCT, "the tree itself is not touched"
    assert main(["--show", results["8"][1]]) == 0
    assert "-    return text == " in capsys.readouterr().out
    assert main(["--show", "00000000"]) == 2


def test_a_sample_is_the_same_for_the_same_seed_and_has_one_mutant_a_line(tree: Path):
    candidates = found_in(tree, ["data/prices.py"])
    some = sample(candidates, 3, 1, tree)
    assert some == sample(candidates, 3, 1, tree)
    assert len({each.line for each in sample(candidates, 99, 1, tree)}) == 4
    assert {tuple(sample(candidates, 2, seed, tree)) for seed in range(20)} != {tuple(some)}


def a_map() -> CoverageMap:
    tests = {
        "tests/data/test_a.py::test_slow": 50.0,
        "tests/data/test_a.py::test_quick": 1.0,
        "tests/cli/test_b.py::test_c": 20.0,
    }
    return CoverageMap(tests, {"data/a.py": {1: set(), 5: set(tests), 6: {"tests/cli/test_b.py::test_c"}}})


def mutant(path: str, line: int) -> Mutant:
    return Mutant(path, line, line, 0, 1, "a", "b", "number")


def test_tests_of_the_same_name_come_first_and_quick_ones_before_slow_ones():
    assert choose(a_map(), mutant("data/a.py", 5), 1_000) == (
        ["tests/data/test_a.py::test_quick", "tests/data/test_a.py::test_slow", "tests/cli/test_b.py::test_c"],
        3,
    )
    assert choose(a_map(), mutant("data/a.py", 5), 10) == (["tests/data/test_a.py::test_quick"], 3)
    assert choose(a_map(), mutant("data/a.py", 6), 1) == (["tests/cli/test_b.py::test_c"], 1)


def test_what_runs_while_importing_meets_all_tests_of_the_file():
    assert choose(a_map(), mutant("data/a.py", 1), 1_000)[1] == 3


def test_what_no_test_runs_meets_the_tests_of_the_same_folder():
    assert choose(a_map(), mutant("cli/z.py", 9), 1_000) == (["tests/cli/test_b.py::test_c"], 1)
    assert choose(a_map(), mutant("callbacks/z.py", 9), 1_000) == ([], 0)


def test_without_a_map_a_mutant_meets_the_tests_named_like_its_file_or_importing_it(tree: Path):
    (tree / "tests" / "test_other.py").write_text("from data import prices\n")
    (tree / "tests" / "test_third.py").write_text("import json\n")
    known = by_name(tree)
    assert set(choose(known, mutant("data/prices.py", 3), 1_000)[0]) == {
        "data/prices.py",
        "tests/test_prices.py",
        "tests/test_other.py",
    }
    (tree / "tests" / "test_other.py").unlink()
    (tree / "tests" / "test_third.py").unlink()


def test_the_share_counts_all_that_were_not_caught():
    outcomes = [Outcome(mutant("a.py", n), result) for n, result in enumerate([CAUGHT, CAUGHT, SURVIVED, UNREACHED])]
    assert share(outcomes) == 50
    assert share([]) == 100
