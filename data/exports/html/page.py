"""Writes the report: the words of each part, which the template `report.html` puts into one file. The template escapes
every text, also those that come from Jira and from settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from data.values.change import CLEAR, change, tier_words
from data.values.metric_value import MetricValue
from data.values.overview import Change, Report
from data.values.periods import zone_named
from data.values.sparkline import Look, svg

_HERE = Path(__file__).parent
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
# Colours are classes of the style sheet, so that the pictures fit the light theme, the dark one and paper.
_LOOK = Look(
    width=160,
    height=40,
    margin=4,
    line='class="course"',
    point='class="point"',
    marked='class="signal"',
    limit='class="limit"',
    dashed=' stroke-dasharray="3 3"',
    shade='class="shade"',
    picture='width="160" height="40"',
)


def page(report: Report) -> str:
    """One HTML file: no script, no picture, font or style from elsewhere."""
    text = _template().render(
        report=report,
        policy=_POLICY,
        style=Markup(_style()),  # noqa: S704 - a file of this folder
        facts=facts_of(report),
        numbers=[number_of(value) for value in report.values],
        changes=[(change, _change_picture(change)) for change in report.overview.changes],
        not_listed=report.overview.over - len(report.overview.ageing),
    )
    return text.encode("utf-8", "replace").decode("utf-8")  # half characters cannot be written to a file


@cache
def _template() -> Template:
    loader = FileSystemLoader(_HERE)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html")


@cache
def _style() -> str:
    return (_HERE / "report.css").read_text("utf-8")


def moment(instant: str | None, zone: str) -> str:
    """16 Nov 2026, 14:05; "never" for none.

    >>> moment("2026-11-16T13:05:00.000Z", "Europe/Berlin"), moment(None, "UTC")
    ('16 Nov 2026, 14:05', 'never')
    """
    if not instant:
        return "never"
    local = datetime.fromisoformat(instant).astimezone(zone_named(zone))
    return f"{local.day} {local:%b %Y, %H:%M}"


def facts_of(report: Report) -> list[tuple[str, str]]:
    """What the report is about, as names and words."""
    filters = "; ".join(f"{what}: {names}" for what, names in report.filters)
    return [
        ("Site", report.site),
        ("Query", report.jql or "all issues"),
        ("Period", f"{report.period}, compared with {report.compared}"),
        ("Time zone", report.zone),
        ("Filters", filters or "none: all issues of the query"),
        ("Data as of", f"{moment(report.synced_at, report.zone)}, {report.issues:,} issues"),
        ("Written", moment(report.made_at, report.zone)),
    ]


@dataclass(frozen=True)
class Number:
    """The texts of one row of the table of numbers."""

    title: str
    value: str
    unit: str
    shares: str
    tier: str
    tier_words: str
    tier_source: str
    change: str
    verdict: str
    before: str
    picture: Markup
    used: str
    left_out: str
    notes: str


def number_of(value: MetricValue) -> Number:
    """The texts of a number."""
    details = value.details
    title = str(details.get("title") or value.metric_name)
    changed, verdict, before = _change(value)
    year = (details.get("benchmarks") or {}).get("year")
    points = details.get("sparkline") or () if value.ok else ()
    used = details.get("used", value.total_issue_count - value.excluded_issue_count)
    return Number(
        title=title,
        value=str(details.get("display_value")) if value.ok else "",
        unit=_unit(value),
        shares=_shares(value),
        tier=value.performance_tier or "",
        tier_words=tier_words(value),
        tier_source=f"DORA {year}" if year else "",
        change=changed,
        verdict=verdict,
        before=before,
        picture=_picture(svg(points, _LOOK, words=f"{title}, its course up to now")) if _drawable(points) else Markup(),
        used=f"{used:,}",
        left_out=f"{value.excluded_issue_count:,}",
        notes=_notes(value),
    )


def _notes(value: MetricValue) -> str:
    details = value.details
    reasons = ", ".join(f"{why} {count:,}" for why, count in (details.get("exclusions") or {}).items())
    sentences = [str(details.get("definition") or "")]
    if value.ok:
        sentences += [*details.get("notes", ()), *(["Fewer than 5 used."] if details.get("low_confidence") else [])]
    else:
        sentences.append(value.error_message or "")
    if reasons:
        sentences.append(f"Left out: {reasons}.")
    return " ".join(text if text.endswith(".") else f"{text}." for text in sentences if text)


def _unit(value: MetricValue) -> str:
    unit = str(value.details.get("display_unit") or "")
    return f"{unit} Feature" if value.details.get("distribution") else unit


def _shares(value: MetricValue) -> str:
    shares = value.details.get("distribution") or {}
    return ", ".join(f"{str(name).replace('_', ' ').lower()} {share:.1f} %" for name, share in shares.items())


def _change(value: MetricValue) -> tuple[str, str, str]:
    """The change against the period before, its verdict (better, worse or nothing), and the value before."""
    found = change(value)
    if not found.arrow:
        return "", "", ""
    before = value.details.get("previous_value")
    unit = "%" if value.unit == "percent" else value.unit
    return (
        f"{found.arrow} {found.words}",
        found.mood if found.mood in CLEAR else "",
        f"before: {_three_digits(before)} {unit}" if before is not None else "",
    )


def _three_digits(number: float) -> str:
    """Three significant digits, never with an exponent."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def _change_picture(change: Change) -> Markup:
    if not _drawable(change.weeks):
        return Markup()
    return _picture(
        svg(
            change.weeks,
            _LOOK,
            limits=(change.lower, change.mean, change.upper),
            shaded_from=change.before - 0.5 if change.before else None,
            marked=change.marked,
            words=f"{change.title}, weekly, with mean and natural limits",
        )
    )


def _drawable(values: tuple[float | None, ...] | list[float | None] | tuple[()]) -> bool:
    return sum(value is not None for value in values) > 1


def _picture(drawing: str) -> Markup:
    return Markup(drawing)  # noqa: S704 - `svg` escapes the words, all else are numbers
