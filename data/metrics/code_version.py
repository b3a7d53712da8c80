"""Which code a number comes from: a changed formula is never answered from what an older one left in the cache."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parents[1]
_IMPORT = re.compile(r"^\s*from (data(?:\.\w+)*) import (\([^)]*\)|[^\n]*)", re.MULTILINE)
_DIGITS = 16


def code_version(modules: Iterable[str]) -> str:
    """A digest of the source of these modules of `data` and of every module of `data` that they import, directly or
    through others, imports for types and inside functions included. Modules are named like
    `data.metrics.flow.flow_time`.

    >>> code_version(["data.facts.days"]) == code_version(["data.facts.days"])
    True
    >>> code_version(["data.facts.days"]) == code_version(["data.facts.rows"])
    False
    """
    digest = hashlib.sha256()
    for name in sorted(_reached(modules)):
        digest.update(name.encode() + b"\0" + _file(name).read_bytes() + b"\0")
    return digest.hexdigest()[:_DIGITS]


def _reached(modules: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name not in found and _file(name).is_file():
            found.add(name)
            waiting += _imports(name)
    return found


def _file(module: str) -> Path:
    path = _DATA.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _imports(module: str) -> tuple[str, ...]:
    """Modules of `data` that a module names in its imports; a name imported from a package may be a module of it."""
    out: list[str] = []
    for package, names in _IMPORT.findall(_file(module).read_text("utf-8")):
        out.append(package)
        words = re.sub(r"#[^\n]*", "", names).strip("()").replace("\n", " ").split(",")
        out += [f"{package}.{word.split()[0]}" for word in words if word.strip()]
    return tuple(out)
