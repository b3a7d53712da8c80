"""What the data cannot be trusted for: each thing in a sentence with its next step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from data.metrics.answers import ErrorState, MetricValue
from data.overview.views import Doubt
from data.views import Finding

MUCH = 30  # percent left out
_ORDER = {"danger": 0, "warning": 1, "info": 2}


def doubts(values: Iterable[MetricValue], findings: Iterable[Finding]) -> tuple[Doubt, ...]:
    """The worst first: what is wrong with the data, then numbers that cannot be given, then those to be careful with."""
    found = [*_of_data(findings), *(each for value in values for each in _of_number(value))]
    return tuple(sorted(found, key=lambda each: _ORDER[each.level]))


def _of_data(findings: Iterable[Finding]) -> Iterator[Doubt]:
    for each in findings:
        if each.level in ("danger", "warning"):
            many = f" ({each.issues:,} issue{'s' if each.issues != 1 else ''})" if each.issues is not None else ""
            yield Doubt(f"{each.title}{many}", each.effect, each.todo, each.level, "quality")


def _of_number(value: MetricValue) -> Iterator[Doubt]:
    details = value.details
    title = str(details.get("title") or value.metric_name)
    if value.error_state == ErrorState.MISSING_MAPPING:
        said = value.error_message or "A field is not mapped yet."
        needs = ", ".join(str(each) for each in details.get("needs_titles") or ())
        yield Doubt(
            f"{title} cannot be measured", f"{said}{f' Needed: {needs}.' if needs and needs not in said else ''}",
            "Map it, if your Jira has it.", "warning", "mapping", value.metric_name,
        )  # fmt: skip
    elif value.error_state == ErrorState.CALCULATION_ERROR:
        yield Doubt(
            f"{title} could not be calculated", value.error_message or "", "Sync again; if it stays, report it.",
            "danger", "metric", value.metric_name,
        )  # fmt: skip
    elif value.ok:
        yield from _of_value(value, title)


def _of_value(value: MetricValue, title: str) -> Iterator[Doubt]:
    out, total = value.excluded_issue_count, value.total_issue_count
    if total and 100 * out > MUCH * total:
        reasons = value.details.get("exclusions") or {}
        first = next(iter(reasons), "")
        most = f", most for this reason: {first} ({reasons[first]:,})" if first else ""
        yield Doubt(
            f"{title} leaves out {100 * out / total:.0f} %",
            f"{out:,} of {total:,} are not in the number{most}.",
            "Open it, look at those left out, and mend them or the mapping.",
            "warning", "metric", value.metric_name,
        )  # fmt: skip
    if value.details.get("low_confidence"):
        used = value.details.get("used", total - out)
        yield Doubt(
            f"{title} rests on few",
            f"Only {used:,} {'is' if used == 1 else 'are'} used, so one more or less changes it much.",
            "Choose a longer period before you draw conclusions.",
            "info", "metric", value.metric_name,
        )  # fmt: skip
