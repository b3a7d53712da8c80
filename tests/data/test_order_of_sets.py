"""The order of a set, which differs from process to process, reaches no number: no code of `data/` walks through
one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Calls whose answer does not depend on the order in which they are given things.
ORDERLESS = ("sorted", "set", "frozenset", "len", "any", "all", "min", "max", "sum", "update", "union", "isdisjoint")
SET_METHODS = ("union", "intersection", "difference", "symmetric_difference")


def test_no_code_walks_through_a_set_in_its_order():
    found = [
        f"{path.relative_to(ROOT)}:{line}: {code}"
        for path in sorted((ROOT / "data").rglob("*.py"))
        for line, code in _walks(ast.parse(path.read_text()))
    ]
    assert found == [], "sort the set first (sorted), or use dict.fromkeys, which keeps an order"


@pytest.mark.parametrize(
    "code",
    [
        "for each in {*a, *b}: codes[each] = n",
        "def f():\n    found = set(a)\n    return [each for each in found]",
        "def f(x: frozenset[str]):\n    for each in x: print(each)",
        "out = list({each for each in a} - b)",
        "out = tuple(set(a))",
        "d = {each: 1 for each in set(a)}",
        "', '.join(set(a))",
        "def f():\n    found = a.intersection(b)\n    return next(iter(found))",
        "x = set(a).pop()",
    ],
)
def test_the_search_finds_a_walk_through_a_set(code):
    assert list(_walks(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "for each in sorted({*a}): pass",
        "n = len({each for each in a})",
        "def f():\n    found = set(a)\n    return {each for each in found}",
        "def f():\n    found = set(a)\n    return any(each > 1 for each in found)",
        "for each in dict.fromkeys(a): pass",
    ],
)
def test_the_search_leaves_what_does_not_depend_on_the_order(code):
    assert not list(_walks(ast.parse(code)))


def _walks(tree: ast.AST) -> Iterator[tuple[int, str]]:
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    scopes = [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))]
    seen: set[ast.AST] = set()
    for scope in reversed(scopes):  # inner functions first
        names = _set_names(scope)
        for node in ast.walk(scope):
            if node not in seen and _walked(node, names, above):
                yield getattr(node, "lineno", 0) or getattr(node.iter, "lineno", 0), ast.unparse(node)[:90]
            seen.add(node)


def _walked(node: ast.AST, names: set[str], above: dict[ast.AST, ast.AST]) -> bool:
    if isinstance(node, ast.For):
        return _is_set(node.iter, names)
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp):
        return any(_is_set(each.iter, names) for each in node.generators) and not _orderless(above.get(node))
    if isinstance(node, ast.Starred):
        return _is_set(node.value, names) and isinstance(above.get(node), ast.List | ast.Tuple)
    if isinstance(node, ast.Call):
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr == "pop" and not node.args:
            return _is_set(called.value, names)
        order = (
            isinstance(called, ast.Name) and called.id in ("list", "tuple", "iter", "enumerate", "zip", "map")
        ) or (isinstance(called, ast.Attribute) and called.attr in ("join", "extend", "fromkeys", "array"))
        return order and any(_is_set(each, names) for each in node.args) and not _orderless(above.get(node))
    return False


def _orderless(node: ast.AST | None) -> bool:
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        return name in ORDERLESS
    return isinstance(node, ast.Set | ast.SetComp)


def _set_names(scope: ast.AST) -> set[str]:
    """Names that the scope gives to sets: by assignment, or as parameters declared as such."""
    names: set[str] = set()
    if isinstance(scope, ast.FunctionDef):
        for argument in (*scope.args.args, *scope.args.kwonlyargs):
            if argument.annotation is not None and _set_type(argument.annotation):
                names.add(argument.arg)
    for node in ast.walk(scope):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _set_type(node.annotation):
            names.add(node.target.id)
        elif isinstance(node, ast.Assign) and _is_set(node.value, names):
            names |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return names


def _set_type(annotation: ast.AST) -> bool:
    base = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(base, ast.Name) and base.id in ("set", "frozenset")


def _is_set(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr | ast.Sub | ast.BitXor):
        return _is_set(node.left, names) or (isinstance(node.op, ast.BitOr) and _is_set(node.right, names))
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            return node.func.id in ("set", "frozenset", "name_keys")
        return isinstance(node.func, ast.Attribute) and node.func.attr in SET_METHODS
    return False
