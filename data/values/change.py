"""How a change against the period before reads, the same on the page, in the terminal and in files."""

from __future__ import annotations

from typing import NamedTuple

from data.values.metric_value import MetricValue

BETTER, WORSE, WITHIN_NOISE, CANNOT_TELL = "better", "worse", "within_noise", "cannot_tell"
CLEAR = (BETTER, WORSE)  # only these have a colour
MOST_PERCENT = 200  # more than three times the value before: no percentage of that is given
_DOUBTS = {WITHIN_NOISE: ", within noise", CANNOT_TELL: ", chance not known"}
_ARROWS = {"up": "↑", "down": "↓", "flat": "→"}
_HIGHER = {"up": "higher", "down": "lower"}


class Change(NamedTuple):
    """Arrow, words and mood: better | worse | neutral | unchanged; all empty when there is nothing to compare with."""

    arrow: str
    words: str
    mood: str


def change(value: MetricValue) -> Change:
    """("↓", "18 % better", "better"); of a share or a score ("↑", "3 points better", "better"); of a change that may be
    chance ("↑", "18 % higher, within noise", "neutral"); where that cannot be judged
    ("↑", "18 % higher, chance not known", "neutral").
    """
    details = value.details
    if not value.ok:
        return Change("", "", "")
    return change_of(
        details.get("trend_direction"),
        details.get("trend_percentage"),
        details.get("trend_points"),
        details.get("trend_verdict"),
    )


def change_of(direction: str | None, percent: float | None, points: float | None, verdict: str | None) -> Change:
    """The same from its parts: up, down or flat (None: nothing to compare with), its size, and the verdict.

    The size is said once: in points where there are any, else in percent of the value before.

    >>> change_of("down", -20.0, None, "better"), change_of(None, None, None, None)
    (Change(arrow='↓', words='20 % better', mood='better'), Change(arrow='', words='', mood=''))
    >>> change_of("up", 471.0, 24.0, "better").words, change_of("up", 2252.0, None, "worse").words
    ('24 points better', 'much worse')
    """
    if direction is None:
        return Change("", "", "")
    if direction == "flat":
        return Change("→", "unchanged", "unchanged")
    size = _in_percent(percent) if points is None else in_points(points)
    if verdict in CLEAR:
        return Change(_ARROWS[direction], f"{size} {verdict}".strip(), str(verdict))
    words = f"{size} {_HIGHER[direction]}".strip()
    return Change(_ARROWS[direction], f"{words}{_DOUBTS.get(verdict or '', '')}", "neutral")


def why_no_verdict(value: MetricValue) -> str:
    """A sentence, for a change of which better or worse is not said; empty otherwise."""
    details = value.details
    if not value.ok or details.get("trend_direction") in (None, "flat"):
        return ""
    return why_not_of(details.get("trend_verdict"), details.get("trend_reason"))


def why_not_of(verdict: str | None, reason: str | None) -> str:
    """The same from its parts."""
    match verdict:
        case "within_noise":
            return (
                "Two periods without any real change may differ as much: the 95 % interval of the change includes zero."
            )
        case "cannot_tell":
            return str(reason or "Whether this is more than chance cannot be told.")
    return ""


def tier_words(value: MetricValue) -> str:
    """ "High", or "High, or Medium" where the interval meets the tier beside it, too; empty without a tier.

    The value's own tier comes first.
    """
    own = value.performance_tier
    others = [each for each in value.details.get("tier_range") or () if each != own]
    return ", or ".join((own, *others)) if own else ""


def interval_words(value: MetricValue) -> str:
    """ "1.8 to 40.4 percent (Wilson)", the 95 % interval of the number; empty where none is known."""
    low, high = (*(value.details.get("interval") or ()), None, None)[:2]
    if not value.ok or (low is None and high is None):
        return ""
    method = value.details.get("interval_method")
    unit = {"percent": "%", "score": ""}.get(value.unit, value.unit)
    if low is not None and high is not None:
        words = f"{low:.3g} to {high:.3g}"
    else:
        words = f"at least {low:.3g}" if high is None else f"at most {high:.3g}"
    return f"{words} {unit}".rstrip() + (f" ({method})" if method else "")


def _in_percent(percent: float | None) -> str:
    """The size of a change; "much" where the value before was so small that a percentage of it would mislead."""
    if percent is None:
        return ""
    if percent > MOST_PERCENT:
        return "much"
    return "< 1 %" if 0 < abs(percent) < 0.5 else f"{abs(percent):,.0f} %"


def in_points(points: float) -> str:
    """A difference of two percentages or scores, without its sign.

    >>> in_points(3.04), in_points(-1.0), in_points(0.25), in_points(0.01)
    ('3 points', '1 point', '0.2 points', '< 0.1 points')
    """
    size = round(abs(points), 0 if abs(points) >= 10 else 1)
    return "< 0.1 points" if not size else f"{size:,g} point{'s' * (size != 1)}"
