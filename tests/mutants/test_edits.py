"""Which faults can be put into a file, and that each leaves all else as it is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from mutants.edits import Mutant, mutants

ROOT = Path(__file__).parents[2]


def changed(text: str) -> set[tuple[str, str]]:
    """(kind, the whole text with the fault in it) for each mutant."""
    source = text.encode()
    return {(each.kind, each.applied(source).decode()) for each in mutants("a.py", source)}


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("comparison", "x = a < b", "x = a <= b"),
        ("comparison", "x = a >= b", "x = a > b"),
        ("comparison", "x = a not in b", "x = a in b"),
        ("comparison", "x = (a) is  not (b)", "x = (a) is (b)"),
        ("comparison", "x = 1 < é <= b", "x = 1 < é < b"),
        ("arithmetic", "x = (a + b)  -  c", "x = (a + b)  +  c"),
        ("arithmetic", "x = a // b", "x = a / b"),
        ("arithmetic", "x = a & b", "x = a | b"),
        ("and, or", "x = a and b and c", "x = a and b or c"),
        ("not", "x = not a", "x = (a)"),
        ("number", "x = 3", "x = 4"),
        ("number", "x = 0.5", "x = 1.0"),
        ("true, false", "f(reverse=True)", "f(reverse=False)"),
        ("pair of words", "x = max(a, key=b)", "x = min(a, key=b)"),
        ("pair of words", "x = np.argmin(a)", "x = np.argmax(a)"),
        ("pair of words", "x = f(side='left')", "x = f(side='right')"),
        ("branches swapped", "x = a if c else b", "x = (b) if (c) else (a)"),
        ("condition", "if a:\n    b = 1", "if not (a):\n    b = 1"),
        ("guard left out", "def f():\n    if a:\n        return b", "def f():\n    if False:\n        return b"),
        ("statement left out", "a.append(b)", "pass"),
        ("statement left out", "a += b", "pass"),
        ("entry left out", "x = {'a', 'b', 'c'}", "x = {'a', 'c'}"),
        ("entry left out", "x = {'a', 'b', 'c'}", "x = {'a', 'b'}"),
        ("entry left out", "x = {'a': 1, 'b': f(2)}", "x = {'b': f(2)}"),
        ("first, last", "x = a[0]", "x = a[-1]"),
    ],
)
def test_a_fault_of_each_kind_can_be_made(kind: str, before: str, after: str):
    assert (kind, after) in changed(before)


@pytest.mark.parametrize(
    "text",
    [
        "import a\nfrom b import c",
        "def f(a: int | None) -> list[int] | None: ...",
        '"""A docstring: 3 < 4."""',
        "if TYPE_CHECKING:\n    x = 3 < 4",
        "log.warning('said', 3)",
        "x = 'text' + y",
        "x = 'any text'",
        "When = int | str | datetime | None",
        "x = isinstance(a, list | tuple)",
    ],
)
def test_what_no_user_could_notice_is_left_alone(text: str):
    assert [kind for kind, _ in changed(text) if kind not in ("number",)] == []


def test_a_mutant_knows_its_lines_and_keeps_its_name():
    source = b"x = 1\n\ndef f(a):\n    return (a\n        < 3)\n"
    [less] = [each for each in mutants("d/a.py", source) if each.kind == "comparison"]
    assert (less.path, less.line, less.last_line, less.old, less.new) == ("d/a.py", 5, 5, "<", "<=")
    assert less.id == next(each.id for each in mutants("d/a.py", source) if each.kind == "comparison")
    assert len({each.id for each in mutants("d/a.py", source)}) == len(mutants("d/a.py", source)) == 3


def test_a_mutant_that_is_no_python_is_known_as_such():
    source = b"x = 1"
    assert Mutant("a.py", 1, 1, 4, 5, "1", "2", "number").compiles(source)
    assert not Mutant("a.py", 1, 1, 4, 5, "1", "(", "number").compiles(source)


def test_nearly_every_mutant_of_a_real_file_is_another_program():
    path = ROOT / "data" / "facts" / "rows.py"
    source = path.read_bytes()
    found = mutants("data/facts/rows.py", source)
    assert len(found) > 15
    same = ast.dump(ast.parse(source))
    good = [each for each in found if each.compiles(source)]
    assert len(good) > 0.9 * len(found)
    assert all(ast.dump(ast.parse(each.applied(source))) != same for each in good)
