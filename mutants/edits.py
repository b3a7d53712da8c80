"""Small faults for a file of Python: found in its syntax tree, made in its text, so that all else stays as it is."""

from __future__ import annotations

import ast
import bisect
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
OPERATORS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
}
# Words that come in pairs: names that are called, and plain strings.
PAIRS = (
    ("min", "max"),
    ("any", "all"),
    ("minimum", "maximum"),
    ("argmin", "argmax"),
    ("floor", "ceil"),
    ("first", "last"),
    ("left", "right"),
    ("better", "worse"),
    ("lower", "higher"),
    ("up", "down"),
    ("above", "below"),
    ("asc", "desc"),
    ("start", "end"),
    ("started", "completed"),
)
SWAPS = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}
UNTESTED_CALLS = {"debug", "info", "warning", "error", "exception", "critical"}  # what is logged is nobody's contract


@dataclass(frozen=True)
class Mutant:
    """One fault: the bytes `start` to `end` of a file give way to `new`."""

    path: str  # from the top of the tree, with /
    line: int
    last_line: int
    start: int
    end: int
    old: str
    new: str
    kind: str

    @property
    def id(self) -> str:
        """Names the mutant in reports: the same as long as its file does not change before it."""
        return hashlib.blake2s(f"{self.path} {self.start} {self.new}".encode(), digest_size=4).hexdigest()

    def applied(self, source: bytes) -> bytes:
        """The file with the fault in it."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def compiles(self, source: bytes) -> bool:
        """Whether the file with the fault in it is Python."""
        try:
            compile(self.applied(source), self.path, "exec", dont_inherit=True)
        except SyntaxError:
            return False
        return True


def mutants(path: str, source: bytes) -> list[Mutant]:
    """All faults that can be put into this file, in the order of the text; a few leave no Python (`compiles`).

    >>> [(each.kind, each.new) for each in mutants("a.py", b"def f(x):\\n    return x < 3\\n")]
    [('comparison', '<='), ('number', '4')]
    """
    return sorted(_Finder(path, source).found(), key=lambda each: (each.start, each.new))


class _Finder:
    def __init__(self, path: str, source: bytes) -> None:
        self.path, self.source = path, source
        self.tree = ast.parse(source)
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def found(self) -> Iterator[Mutant]:
        for node in _product_nodes(self.tree):
            for kind, start, end, new in self.of(node):
                first, last = self.line(start), self.line(max(end - 1, start))
                old = self.source[start:end].decode()
                yield Mutant(self.path, first, last, start, end, old, new, kind)

    def of(self, node: ast.AST) -> Iterator[tuple[str, int, int, str]]:
        """(kind, start, end, new text) of each fault at this node."""
        match node:
            case ast.Compare():
                for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
                    yield from self.between("comparison", left, right, *COMPARISONS[type(op)])
            case ast.BinOp() if type(node.op) in OPERATORS and not _is_text(node) and not _is_union(node):
                yield from self.between("arithmetic", node.left, node.right, *OPERATORS[type(node.op)])
            case ast.BoolOp():
                old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
                for left, right in zip(node.values, node.values[1:], strict=False):
                    yield from self.between("and, or", left, right, old, new)
            case ast.UnaryOp(op=ast.Not()):
                yield "not", *self.span(node), f"({self.text(node.operand)})"
            case ast.Constant():
                yield from self.constant(node)
            case ast.IfExp():
                body, test, other = (self.text(each) for each in (node.body, node.test, node.orelse))
                yield "branches swapped", *self.span(node), f"({other}) if ({test}) else ({body})"
            case ast.If() | ast.While():
                yield "condition", *self.span(node.test), f"not ({self.text(node.test)})"
                if isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], ast.Raise | ast.Return):
                    yield "guard left out", *self.span(node.test), "False"
            case ast.Expr(value=ast.Call()) if not _is_logging(node.value):
                yield "statement left out", *self.span(node), "pass"
            case ast.AugAssign():
                yield "statement left out", *self.span(node), "pass"
            case ast.Attribute(attr=name) if name in SWAPS and name in ("minimum", "maximum", "argmin", "argmax"):
                end = self.span(node)[1]
                yield "pair of words", end - len(name), end, SWAPS[name]
            case ast.Call(func=ast.Name(id=name)) if name in SWAPS:
                yield "pair of words", *self.span(node.func), SWAPS[name]
            case ast.Set() | ast.List(ctx=ast.Load()) | ast.Tuple(ctx=ast.Load()):
                yield from self.entries(node.elts)
            case ast.Dict() if len(node.values) > 1 and all(node.keys):
                yield from self.items(node)
            case ast.Subscript(slice=ast.Constant(value=0)):
                yield "first, last", *self.span(node.slice), "-1"

    def constant(self, node: ast.Constant) -> Iterator[tuple[str, int, int, str]]:
        value = node.value
        if isinstance(value, bool):
            yield "true, false", *self.span(node), str(not value)
        elif isinstance(value, int):
            yield "number", *self.span(node), str(value + 1)
        elif isinstance(value, float):
            yield "number", *self.span(node), repr(value * 2 if value else 1.0)
        elif isinstance(value, str) and value in SWAPS:
            yield "pair of words", *self.span(node), repr(SWAPS[value])

    def entries(self, nodes: list[ast.expr]) -> Iterator[tuple[str, int, int, str]]:
        """A constant entry of a collection left out."""
        for n, each in enumerate(nodes):
            if isinstance(each, ast.Constant) and len(nodes) > 2:
                yield "entry left out", *self.cut([self.span(node) for node in nodes], n), ""

    def items(self, node: ast.Dict) -> Iterator[tuple[str, int, int, str]]:
        spans = [
            (self.span(key)[0], self.span(value)[1]) for key, value in zip(node.keys, node.values, strict=True) if key
        ]
        for n in range(len(spans)):
            yield "entry left out", *self.cut(spans, n), ""

    @staticmethod
    def cut(spans: list[tuple[int, int]], n: int) -> tuple[int, int]:
        """From where to where a part of a list goes, with one of its commas."""
        return (spans[n][0], spans[n + 1][0]) if n + 1 < len(spans) else (spans[n - 1][1], spans[n][1])

    def between(
        self, kind: str, left: ast.expr, right: ast.expr, old: str, new: str
    ) -> Iterator[tuple[str, int, int, str]]:
        """The operator between two operands."""
        start, end = self.span(left)[1], self.span(right)[0]
        pattern = r"\s+".join(map(re.escape, old.split()))
        found = re.search(rf"(?<![\w<>=!*/]){pattern}(?![\w<>=*/])".encode(), self.source[start:end])
        if found:
            yield kind, start + found.start(), start + found.end(), new

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        last_line, last_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[last_line - 1] + last_column

    def text(self, node: ast.expr) -> str:
        start, end = self.span(node)
        return self.source[start:end].decode()

    def line(self, offset: int) -> int:
        return bisect.bisect_right(self.starts, offset)


def _product_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but annotations, imports, docstrings, and what only type checkers see."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr) or _is_for_types(node):
            continue
        yield node
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "type_params", "decorator_list"):
                continue
            todo += [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, ast.AST)]


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _is_text(node: ast.BinOp) -> bool:
    parts = (node.left, node.right)
    return any(
        isinstance(each, ast.JoinedStr) or (isinstance(each, ast.Constant) and isinstance(each.value, str))
        for each in parts
    )


def _is_union(node: ast.BinOp) -> bool:
    """Whether it is a type such as `int | None`, outside an annotation."""
    words = {each.strip() for each in ast.unparse(node).split("|")}
    return isinstance(node.op, ast.BitOr) and bool(
        words & {"None", "int", "float", "str", "bool", "list", "dict", "tuple"}
    )


def _is_logging(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in UNTESTED_CALLS
