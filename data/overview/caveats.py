"""What the data cannot be trusted for: each thing in a sentence with its next step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from data.facts.dataset import Dataset
from data.tables.tidy import microseconds
from data.values.exclusion import Exclusion
from data.values.metric_value import ErrorState, MetricValue
from data.values.overview import FEW, Caveat
from data.values.periods import Period, local_date, zone_named
from data.values.quality import Finding

MUCH = 30  # percent left out
_ORDER = {"danger": 0, "warning": 1, "info": 2}


def caveats(
    values: Iterable[MetricValue], findings: Iterable[Finding], facts: Dataset, period: Period
) -> tuple[Caveat, ...]:
    """The worst first: what is wrong with the data, then numbers that cannot be given, then those to be careful
    with.
    """
    found = [
        *_of_data(findings),
        *_of_reach(facts, period),
        *(each for value in values for each in _of_number(value)),
    ]
    return tuple(sorted(found, key=lambda each: _ORDER[each.level]))


def of_numbers(values: Iterable[MetricValue]) -> tuple[Caveat, ...]:
    """What of `doubts` is about numbers and needs somebody: those that leave out much, or cannot be given."""
    found = [each for value in values for each in _of_number(value) if each.level != "info"]
    return tuple(sorted(found, key=lambda each: _ORDER[each.level]))


def _of_data(findings: Iterable[Finding]) -> Iterator[Caveat]:
    for each in findings:
        # How far the query reaches is said of the period looked at, not of today.
        if each.level in ("danger", "warning") and not each.title.startswith("The query holds only"):
            many = f" ({each.issues:,} issue{'s' if each.issues != 1 else ''})" if each.issues is not None else ""
            yield Caveat(f"{each.title}{many}", each.effect, each.todo, each.level, "quality")


def _of_reach(facts: Dataset, period: Period) -> Iterator[Caveat]:
    """The query begins inside of what is looked at, or the period is not over."""
    zone = zone_named(period.zone)
    if facts.complete_from is not None:
        day = local_date(datetime.fromtimestamp(facts.complete_from / 1e6, UTC), zone)
        begins = f"The query holds only issues {facts.begins} since {day:%-d %b %Y}"
        if microseconds(period.start) < facts.complete_from:
            yield Caveat(
                begins,
                "This period begins earlier, so its numbers are incomplete.",
                "Choose a later period, or widen the query in the connection form.",
                "warning",
                "quality",
            )
        elif microseconds(period.previous().start) < facts.complete_from:
            yield Caveat(
                begins,
                "The period before begins earlier, so nothing is compared with it.",
                "Choose a shorter period, or widen the query in the connection form.",
                "info",
                "quality",
            )
    if microseconds(period.start) <= facts.now < microseconds(period.end):
        left = (period.last - local_date(datetime.fromtimestamp(facts.now / 1e6, UTC), zone)).days
        if left:
            yield Caveat(
                "The period is not over",
                f"{left} day{'s' if left != 1 else ''} are still to come, so counts are not final.",
                "Compare it when it is over, or choose days that are past.",
                "info",
                "",
            )


def _of_number(value: MetricValue) -> Iterator[Caveat]:
    details = value.details
    title = str(details.get("title") or value.metric_name)
    if value.error_state == ErrorState.MISSING_MAPPING:
        said = value.error_message or "A field is not mapped yet."
        if "not fetched yet" in said:
            yield Caveat(
                f"{title} waits for a sync", said, "Start one with the round arrow at the top.", "warning", "quality"
            )
            return
        needs = ", ".join(str(each) for each in details.get("needs_titles") or ())
        yield Caveat(
            f"{title} cannot be measured",
            f"{said}{f' Needed: {needs}.' if needs and needs not in said else ''}",
            "Map it, if your Jira has it.",
            "warning",
            "mapping",
            value.metric_name,
        )
    elif value.error_state == ErrorState.CALCULATION_ERROR:
        yield Caveat(
            f"{title} could not be calculated",
            value.error_message or "",
            "Sync again; if it stays, report it.",
            "danger",
            "metric",
            value.metric_name,
        )
    elif value.ok:
        yield from _of_value(value, title)


def _of_value(value: MetricValue, title: str) -> Iterator[Caveat]:
    used = int(value.details.get("used", value.total_issue_count - value.excluded_issue_count))
    wrong = unexpected(value)
    out = sum(wrong.values())
    if used + out >= FEW and 100 * out > MUCH * (used + out):
        first = max(wrong, key=lambda each: wrong[each])
        yield Caveat(
            f"{title} leaves out {100 * out / (used + out):.0f} %",
            f"{out:,} of {used + out:,} are not in the number, most for this reason: {first} ({wrong[first]:,})."
            + _by_definition(value, out),
            "Look at the issues left out, and correct them or the mapping.",
            "warning",
            "metric",
            value.metric_name,
        )
    if value.details.get("low_confidence") and value.unit != "items":  # a count is what it is, however small
        used = int(value.details.get("count", used))
        yield Caveat(
            f"{title} is based on few",
            f"Only {used:,} {'is' if used == 1 else 'are'} used, so a single one more or less changes it a lot.",
            "Choose a longer period before you draw conclusions.",
            "info",
            "metric",
            value.metric_name,
        )
    for note in value.details.get("notes") or ():
        if "proxy" in str(note).lower():
            yield Caveat(
                f"{title} is measured by a proxy",
                str(note),
                "Map the exact fields, if your Jira has them.",
                "info",
                "metric",
                value.metric_name,
            )


def _by_definition(value: MetricValue, unexpected_ones: int) -> str:
    """The rest of those that the card calls left out."""
    more = sum((value.details.get("exclusions") or {}).values()) - unexpected_ones
    return f" {more:,} more {'are' if more != 1 else 'is'} left out by definition." if more > 0 else ""


def unexpected(value: MetricValue) -> dict[str, int]:
    """What is left out because something is missing or wrong, not because the definition says so: reason → how many."""
    found = value.details.get("exclusions") or {}
    return {why: n for why, n in found.items() if not ((known := Exclusion.of(why)) and known.by_definition)}
