"""Every fact there is: importing this module imports every module of facts, each of which declares its own."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import MappingProxyType

import data.facts
from data.facts.columns import FACTS as _declared
from data.facts.columns import Fact

for _module in pkgutil.iter_modules(data.facts.__path__, "data.facts."):
    if _module.name != __name__:
        import_module(_module.name)

FACTS = MappingProxyType(dict(sorted(_declared.items())))

__all__ = ["FACTS", "Fact"]
