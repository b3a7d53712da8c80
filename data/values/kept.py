"""Results that are worked out once for an object that never changes, and forgotten with it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

Whole = TypeVar("Whole")
Result = TypeVar("Result")
More = ParamSpec("More")


def kept_with_object(work: Callable[Concatenate[Whole, More], Result]) -> Callable[Concatenate[Whole, More], Result]:
    """The last result for each first argument, while that object lives and the other arguments are equal to the last ones.

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
