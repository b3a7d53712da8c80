"""Natural limits (XmR) as charts draw and say them: of all steps, locked to a baseline, or divided at dated marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from data.charts.moments import words
from data.facts.dataset import Dataset
from data.metrics.xmr import Judgement, Signal, divided, judged
from data.values.charts import Line, Series
from data.values.day_spans import DaySpan, day_span

COLUMNS = ("Signals", "Mean", "Lower limit", "Upper limit", "Limits made of")
DEFINITIONS = ("limits",)  # names of the definitions that natural limits obey


@dataclass(frozen=True)
class Step:
    """A whole day, week or month that has a number. `place`: its position among all steps that are drawn."""

    first: date
    last: date
    name: str
    value: float
    place: int = 0


@dataclass(frozen=True)
class LimitsChoice:
    """What limits are made of: the steps in `baseline`, else all, anew from each of `marks` on."""

    baseline: DaySpan | None = None
    marks: tuple[date, ...] = ()


def limits_choice(facts: Dataset) -> LimitsChoice:
    """What the definitions in force choose."""
    chosen = facts.definitions.limits
    return LimitsChoice(
        day_span(chosen.baseline) if chosen.baseline else None,
        tuple(date.fromisoformat(each) for each in chosen.divided),
    )


@dataclass(frozen=True)
class NaturalLimits:
    """What is drawn and said. `signals`, `rows`: of each step that is drawn: the words of its signals ("" for none),
    and the cells of the columns `COLUMNS`.
    """

    reading: str
    lines: tuple[Line, ...]
    series: tuple[Series, ...]
    notes: tuple[str, ...]
    signals: tuple[str, ...]
    rows: tuple[tuple[str | float | None, ...], ...]
    told: bool  # whether any limits are drawn


def natural_limits(
    steps: Sequence[Step],
    count: int,
    choice: LimitsChoice,
    *,
    unit: str,
    say: Callable[[float], str],
    baseline: Sequence[Step] = (),
    floor: float | None = 0.0,
) -> NaturalLimits:
    """Limits over the whole steps that have a number, of `count` that are drawn.

    `baseline`: the whole steps within the baseline, where one is chosen. A step in which a mark lies belongs to the
    part before it. `unit`: day, week or month; `say`: a value as it is shown; `floor`: what values cannot be below.
    """
    values = [each.value for each in steps]
    if choice.baseline is not None:
        parts: tuple[Judgement, ...] = (
            judged(values, basis=[each.value for each in baseline], floor=floor, step=unit),
        )
    else:
        starts = [sum(each.first < mark for each in steps) for mark in choice.marks]
        parts = divided(values, starts, floor=floor, step=unit)
    said = [""] * count
    rows: list[tuple[str | float | None, ...]] = [("", None, None, None, "")] * count
    for part in parts:
        _tell(part, steps, said, rows, _made_of(part, steps, choice, baseline, unit))
    split = len(parts) > 1
    lying = [mark for mark in choice.marks if choice.baseline is None and _beside(mark, steps)]
    readings = [_reading(part, say) for part in parts]
    return NaturalLimits(
        _chosen(replace(choice, marks=tuple(each for each in choice.marks if each not in lying)), baseline, unit)
        + _last(parts, steps, readings, split),
        () if split else _lines(parts, say),
        _segments(parts, steps, say) if split else (),
        (
            *(f"{_span(steps, part)}: {words}" for part, words in zip(parts[:-1], readings, strict=False)),
            *(f"{words(mark, mark)} divides nothing: every whole {unit} shown is on one side of it." for mark in lying),
            *(_in_words(each, steps) for part in parts for each in part.signals),
        ),
        tuple(said),
        tuple(rows),
        any(part.limits for part in parts),
    )


def _tell(
    part: Judgement,
    steps: Sequence[Step],
    said: list[str],
    rows: list[tuple[str | float | None, ...]],
    made_of: str,
) -> None:
    """Write down what is known of each step of one part."""
    for signal in part.signals:
        for step in steps[signal.first : signal.last + 1]:
            said[step.place] = "; ".join(filter(None, (said[step.place], signal.words)))
    rule = part.limits
    for step in steps[part.first : part.last + 1]:
        numbers = (rule.mean, rule.lower, rule.upper) if rule else (None, None, None)
        rows[step.place] = (said[step.place], *numbers, made_of if rule else f"cannot tell: {part.why}")


def _made_of(part: Judgement, steps: Sequence[Step], choice: LimitsChoice, baseline: Sequence[Step], unit: str) -> str:
    """The days of the steps that the limits of a part are made of."""
    of = baseline if choice.baseline is not None else steps[part.first : part.last + 1]
    return f"{_count(len(of), unit)} {words(of[0].first, of[-1].last)}" if of else ""


def _reading(part: Judgement, say: Callable[[float], str]) -> str:
    rule = part.limits
    if rule is None:
        return f"whether anything changed cannot be told: {part.why}."
    found = len(part.signals)
    signals = f"{found} signal{'s' * (found != 1)}" if found else "no signal of a change"
    return f"mean {say(rule.mean)}, {say(rule.lower)} to {say(rule.upper)} is noise: {signals}."


def _chosen(choice: LimitsChoice, baseline: Sequence[Step], unit: str) -> str:
    """What the limits are made of, where that is not all that is shown."""
    if choice.baseline is not None:
        days = words(choice.baseline.first, choice.baseline.last)
        return f"Limits are locked to the {_count(len(baseline), f'whole {unit}')} in {days}. "
    if choice.marks:
        return f"Limits are divided at {' and '.join(words(each, each) for each in choice.marks)}. "
    return ""


def _last(parts: Sequence[Judgement], steps: Sequence[Step], readings: Sequence[str], split: bool) -> str:
    """The reading of the newest part, with its days where there are several."""
    text = readings[-1] if readings else "whether anything changed cannot be told: no whole step has a number."
    return f"{_span(steps, parts[-1])}: {text}" if split else text[:1].upper() + text[1:]


def _lines(parts: Sequence[Judgement], say: Callable[[float], str]) -> tuple[Line, ...]:
    rule = parts[0].limits if parts else None
    if rule is None:
        return ()
    return (
        Line("y", rule.mean, f"mean {say(rule.mean)}", "main"),
        Line("y", rule.upper, f"upper {say(rule.upper)}", "limit"),
        Line("y", rule.lower, f"lower {say(rule.lower)}", "limit"),
    )


def _segments(parts: Sequence[Judgement], steps: Sequence[Step], say: Callable[[float], str]) -> tuple[Series, ...]:
    """Mean and limits of each part, drawn over its own steps."""
    out = []
    for part in parts:
        if part.limits is None:
            continue
        days = [each.first.isoformat() for each in (steps[part.first], steps[part.last])]
        where = _span(steps, part)
        for name, value, role in (
            ("mean", part.limits.mean, "mean"),
            ("upper limit", part.limits.upper, "limit"),
            ("lower limit", part.limits.lower, "limit"),
        ):
            text = [f"{where}: {name} {say(value)}"] * 2
            out.append(Series("", "across", days, [value, value], text=text, role=role))
    return tuple(out)


def signal_points(limits: NaturalLimits, steps: Sequence[Step], texts: Sequence[str], picks: Sequence[str]) -> Series:
    """The steps with a signal, to be drawn over the line. `texts`, `picks`: of each step that is drawn."""
    marked = [each for each in steps if limits.signals[each.place]]
    return Series(
        "Signal" if marked else "",
        "points",
        [each.first.isoformat() for each in marked],
        [each.value for each in marked],
        text=[f"{texts[each.place]}. {limits.signals[each.place]}" for each in marked],
        picks=[picks[each.place] for each in marked],
        role="signal",
    )


def _beside(mark: date, steps: Sequence[Step]) -> bool:
    """Whether all steps are before the mark, or all from it on."""
    return not 0 < sum(each.first < mark for each in steps) < len(steps)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _span(steps: Sequence[Step], part: Judgement) -> str:
    return words(steps[part.first].first, steps[part.last].last)


def _in_words(signal: Signal, steps: Sequence[Step]) -> str:
    first, last = steps[signal.first], steps[signal.last]
    if signal.first == signal.last:
        return f"{first.name}: {signal.words}."
    return f"{first.name.partition(' – ')[0]} to {last.name.rpartition(' – ')[2]}: {signal.words}."
