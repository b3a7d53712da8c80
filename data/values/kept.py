"""Results that are worked out once and kept while what they are made of stays the same."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

Whole = TypeVar("Whole")
Result = TypeVar("Result")
More = ParamSpec("More")


def kept_with_object(work: Callable[Concatenate[Whole, More], Result]) -> Callable[Concatenate[Whole, More], Result]:
    """The last result for each first argument, while that object lives and the other arguments are equal to the last
    ones.

    For pure functions of something large that nobody changes, such as the tables of a revision. It goes by which object
    it is, not by what it holds. Two threads may work out the same at once; both get a right answer.

    >>> class Large: pass
    >>> @kept_with_object
    ... def told(large, word):
    ...     print("worked out")
    ...     return word * 2
    >>> one = Large()
    >>> told(one, "a"), told(one, "a")
    worked out
    ('aa', 'aa')
    >>> told(one, "b")
    worked out
    'bb'
    """
    kept: dict[int, tuple[weakref.ref[Any], tuple[Any, ...], dict[str, Any], Result]] = {}

    @wraps(work)
    def remembered(whole: Whole, /, *more: More.args, **named: More.kwargs) -> Result:
        name = id(whole)
        known = kept.get(name)
        if known is not None and known[0]() is whole and known[1] == more and known[2] == named:
            return known[3]
        result = work(whole, *more, **named)

        def forget(gone: weakref.ref[Any]) -> None:
            if name in kept and kept[name][0] is gone:
                del kept[name]

        kept[name] = (weakref.ref(whole, forget), more, dict(named), result)
        return result

    return remembered


class Kept(Generic[Result]):
    """Results by name, the least used go first. Safe in several threads.

    >>> kept = Kept(most=2)
    >>> kept.get("sum", [1, 2], lambda: 3)
    3
    >>> kept.get("sum", [1, 2], lambda: "not asked")
    3
    >>> kept.get("sum", [2], lambda: 2)
    2
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._results: OrderedDict[str, tuple[object, Result]] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, name: str, source: object, make: Callable[[], Result]) -> Result:
        """The result of that name, made anew where `source` is not equal to what it was made of.

        `source` has to be all that `make` goes by, besides the program itself. Do not change what is returned.
        """
        with self._guard:
            known = self._results.get(name)
            if known is not None:
                self._results.move_to_end(name)
        if known is not None and known[0] == source:
            return known[1]
        result = make()
        with self._guard:
            self._results[name] = (source, result)
            self._results.move_to_end(name)
            while len(self._results) > self._most:
                self._results.popitem(last=False)
        return result
