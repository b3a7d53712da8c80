"""What became of the records of a file, in words: how many are new, which were known, and whose scale is in doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.jtbd.import_records import Found
from data.values.records import UserSatisfaction
from data.values.scales import CHOICES, LEVELS, WORDS, doubted

_NAMED = 5  # places that are named


@dataclass(frozen=True)
class Imported:
    """How many records a file holds, and what became of them. `known`: where those stand that were stored already."""

    records: int
    new: int
    further: int = 0  # tries that were known as started and are now finished
    filled: int = 0  # answers that were known and have their scale now
    known: tuple[str, ...] = ()
    read: tuple[str, ...] = ()  # how many answers were read on which scale
    notes: tuple[str, ...] = ()  # what is in doubt

    @property
    def sentences(self) -> list[str]:
        """What there is to say beside the number of new records."""
        told = [*self.read]
        if self.further:
            told.append(f"{_counted(self.further, 'record')} finished a try that was known as started.")
        if self.filled:
            told.append(f"What was missing in {_counted(self.filled, 'known answer')} is filled in.")
        if self.known:
            more = f" and {len(self.known) - _NAMED} more" if len(self.known) > _NAMED else ""
            places = ", ".join(self.known[:_NAMED]).replace("Line", "line").replace("Record", "record")
            told.append(f"{_counted(len(self.known), 'record')} {_were(len(self.known))} here already: {places}{more}.")
        return [*told, *self.notes]


def imported(found: Sequence[Found], became: Sequence[str], left_out: Mapping[str, int] | None = None) -> Imported:
    """Puts together what the store did with each record of a file.

    `left_out`: events that are about no job, by name.
    """
    answers = [each.record for each in found if isinstance(each.record, UserSatisfaction)]
    return Imported(
        len(found),
        sum(each == "new" for each in became),
        sum(each == "further" for each in became),
        sum(each == "filled" for each in became),
        tuple(row.where for row, each in zip(found, became, strict=True) if each == "known"),
        _read(answers),
        (*_dropped(left_out or {}), *_notes(answers)),
    )


@dataclass(frozen=True)
class Unscaled:
    """Answers of a file that are numbers on a scale that nobody named."""

    count: int
    low: float
    high: float

    @property
    def sentence(self) -> str:
        """What is asked about them.

        >>> Unscaled(40, 1, 5).sentence
        '40 answers from 1 to 5 name no scale.'
        """
        span = f"from {self.low:g} to {self.high:g}" if self.low < self.high else f"of {self.low:g}"
        return f"{_counted(self.count, 'answer')} {span} {_name(self.count)} no scale."


def unscaled(found: Sequence[Found]) -> Unscaled | None:
    """The answers whose scale has to be asked for; None where each has one or is in words."""
    answers = [each.record for each in found if isinstance(each.record, UserSatisfaction)]
    numbers = [float(level) for level in _by_scale(answers).get("", ())]
    return Unscaled(len(numbers), min(numbers), max(numbers)) if numbers else None


def _dropped(left_out: Mapping[str, int]) -> list[str]:
    """Which events of telemetry were no records, the most frequent first."""
    if not left_out:
        return []
    named = sorted(left_out.items(), key=lambda each: (-each[1], each[0]))
    told = ", ".join(f"{name} {count:,}" for name, count in named[:_NAMED])
    more = f" and {len(named) - _NAMED} more names" if len(named) > _NAMED else ""
    count = sum(left_out.values())
    return [f"{_counted(count, 'event')} about no job {_were(count)} left out: {told}{more}."]


def _by_scale(answers: Sequence[UserSatisfaction]) -> dict[str, list[str]]:
    """The answers by the name of their scale; "" where nobody named it."""
    found: dict[str, list[str]] = {}
    for each in answers:
        scale = WORDS if each.satisfaction_level in LEVELS else each.scale or ""
        found.setdefault(scale, []).append(each.satisfaction_level)
    return found


def _read(answers: Sequence[UserSatisfaction]) -> tuple[str, ...]:
    """On which scale how many answers were read, in one sentence; none where no answer has a scale."""
    told = [
        f"{_counted(len(part), 'answer')} {'in words' if scale == WORDS else f'on the scale {scale}'}"
        for scale, part in sorted(_by_scale(answers).items())
        if scale
    ]
    return (f"Read: {', '.join(told)}.",) if told else ()


def _notes(answers: Sequence[UserSatisfaction]) -> list[str]:
    by_scale = _by_scale(answers)
    notes = []
    if unknown := by_scale.pop("", None):
        numbers = [float(each) for each in unknown]
        span = f"from {min(numbers):g} to {max(numbers):g} {_are(len(unknown))}"
        notes.append(
            f"{_counted(len(unknown), 'answer')} {span} on a scale that nobody named: stored, and not counted until "
            f"you import the file again and name their scale ({CHOICES}; in the terminal: --scale) or add a column "
            "scale."
        )
    if len(by_scale) > 1:
        notes.append(f"The answers are on {len(by_scale)} scales; each is read on its own.")
    notes += [doubt(scale, part) for scale, part in by_scale.items() if doubted(part, scale)]
    return notes


def doubt(scale: str, levels: Sequence[str]) -> str:
    """Asks whether answers on a scale up to 10 are answers on one up to 5."""
    return (
        f"None of {len(levels)} answers on the scale {scale} is above 5. If people answered from 1 to 5, "
        "the satisfaction shown is far too low: import them with the scale 1-5."
    )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _name(count: int) -> str:
    return "names" if count == 1 else "name"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
