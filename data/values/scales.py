"""The scales of answers: what is satisfied on each of them, and how a number on one compares with one on another."""

from __future__ import annotations

from collections.abc import Iterable

from data.values.errors import AppError
from data.values.names import name_key

LEVELS = ("very_dissatisfied", "dissatisfied", "neutral", "satisfied", "very_satisfied")
WORDS = "words"
SCALES: dict[str, tuple[int, int]] = {"1-5": (1, 5), "1-7": (1, 7), "1-10": (1, 10), "0-10": (0, 10)}
CHOICES = ", ".join(SCALES)
_SHORT = {"5": "1-5", "7": "1-7", "10": "1-10"}
_SUSPECT_FROM = 10  # answers, from which a scale whose upper half nobody used is doubted


class ScaleError(AppError, ValueError):
    """A text that names no scale."""

    code = "scale"


def scale_named(text: str) -> str:
    """The name of a scale: one of SCALES, or WORDS. Raises ScaleError.

    >>> scale_named("5"), scale_named("1 – 7"), scale_named("0-10"), scale_named("Words")
    ('1-5', '1-7', '0-10', 'words')
    """
    plain = name_key(text).replace(" ", "").replace("–", "-").replace("to", "-").removesuffix(".0")
    found = _SHORT.get(plain, plain)
    if found != WORDS and found not in SCALES:
        raise ScaleError(f"scale is {text!r}. Use one of: {CHOICES}, {WORDS}.")
    return found


def is_top_two(level: str, scale: str | None) -> bool | None:
    """Whether an answer is one of the two highest of its scale; None where a number's scale is not known.

    >>> is_top_two("4", "1-5"), is_top_two("4", "1-10"), is_top_two("satisfied", None), is_top_two("4", None)
    (True, False, True, None)
    """
    if level in LEVELS:
        return level in LEVELS[-2:]
    return None if scale not in SCALES else float(level) >= SCALES[scale][1] - 1


def rating(level: str, scale: str | None) -> float | None:
    """A number on its scale, mapped linearly from [lowest, highest] to [1, 10]; None for words and unknown scales.

    >>> rating("3", "1-5"), rating("8", "1-10"), rating("0", "0-10"), rating("8", None)
    (5.5, 8.0, 1.0, None)
    """
    if level in LEVELS or scale not in SCALES:
        return None
    low, high = SCALES[scale]
    return 1 + 9 * (float(level) - low) / (high - low)


def doubted(levels: Iterable[str], scale: str | None) -> bool:
    """Whether answers of a scale up to 10 look like answers of one up to 5: ten or more, and none above 5.

    >>> doubted(["4", "5"] * 5, "1-10"), doubted(["4", "5"] * 5, "1-5"), doubted(["4", "6"] * 5, "1-10")
    (True, False, False)
    """
    if scale not in ("1-10", "0-10"):
        return False
    numbers = [float(each) for each in levels if each not in LEVELS]
    return len(numbers) >= _SUSPECT_FROM and max(numbers) <= 5
