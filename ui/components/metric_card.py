"""The card of one metric, with a value or with the reason why there is none."""

from __future__ import annotations

from typing import Any

from dash import html

from data.values.change import change, interval_words, tier_words, why_no_verdict
from data.values.metric_value import ErrorState, MetricValue
from ui import ids
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.sparkline import sparkline
from ui.words import (
    FLOW_ITEMS,
    TIER_CLASS,
    confidence,
    headline,
    notes,
    number,
    parse_instant,
    span,
    unit_words,
)


def metric_card(
    value: MetricValue,
    *,
    href: str,
    covered: str = "",
    action: Any = None,
    measured: str = "",
    place: str = "",
    mark: Any = None,
    middle: Any = None,
    line: bool = True,
    extra_class: str = "",
) -> html.Article:
    """The card of `value`; `href` opens its detail. A card that has no data says which days are `covered` and offers
    `action`, a way there. `measured`: the definitions that it obeys, for those who point at the title. `place` tells
    apart the tabs that show the same card; `mark` stands in the place of a tier, `middle` in that of a line; without
    `line` there is no line of recent values; `extra_class` is one more class of the card.
    """
    return html.Article(
        [_title(value, href, measured), *_body(value, covered, action, place, (mark, middle, line))],
        className=f"card-metric card-{value.error_state.replace('_', '-')} {extra_class}".strip(),
        **attributes({"data-metric": value.metric_name}),
    )


def card_skeleton() -> html.Div:
    """The same size as a card, before anything is known."""
    bars = ("sk-title", "sk-value", "sk-spark", "sk-line")
    return html.Div([html.Div(className=f"sk {each}") for each in bars], className="card-metric card-loading")


def skeletons(n: int = 5, *, style: str = "") -> html.Div:
    """A grid of them; `style`: more classes of the grid."""
    return html.Div(
        [card_skeleton() for _ in range(n)],
        className=f"cards {style}".strip(),
        **attributes({"aria-busy": "true", "aria-label": "Loading"}),
    )


def _title(value: MetricValue, href: str, measured: str) -> html.H3:
    title = value.details.get("title") or value.metric_name.replace("_", " ").capitalize()
    hint = "\n".join(filter(None, (value.details.get("definition"), measured and f"Measured with {measured}")))
    return html.H3(
        html.A(title, href=href, title=hint, className="card-open", **attributes({"data-nav": "link"})),
        className="card-heading",
    )


def _body(value: MetricValue, covered: str, action: Any, place: str, own: tuple[Any, Any, bool]) -> list[Any]:
    match value.error_state:
        case ErrorState.SUCCESS:
            return _number(value, *own)
        case ErrorState.MISSING_MAPPING:
            return _missing(value, place)
        case ErrorState.NO_DATA:
            return _empty(value, covered, action)
        case _:
            return _failed(value)


def _number(value: MetricValue, mark: Any, middle: Any, line: bool) -> list[Any]:
    shown, unit = headline(value)
    shares = value.details.get("distribution")
    middle = middle or (_shares(shares) if shares else _trend(value) if line else None)
    tail = html.Div([_change(value), _counts(value)], className="card-foot")
    top = html.Div(
        [
            html.Span(
                [html.Span(shown, className="num"), html.Span(unit, className="unit")],
                className="value",
                title=_likely(value),
            ),
            mark or tier(value),
        ],
        className="card-top",
    )
    return [top, middle, tail, _note(value)]


def _likely(value: MetricValue) -> str | None:
    words = interval_words(value)
    return f"95 % interval: {words}" if words else None


def tier(value: MetricValue) -> html.Span | None:
    """Dot and word of the performance tier; nothing where there is none."""
    name = value.performance_tier
    if not name:
        return None
    words = tier_words(value)
    hint = "" if words == name else " The 80 % interval of the number meets both."
    return html.Span(
        [html.Span(className="dot"), words],
        className=f"tier tier-{TIER_CLASS.get(name, 'none')}",
        title=f"DORA tier: {words}.{hint}",
    )


def _trend(value: MetricValue) -> html.Div:
    points = value.details.get("sparkline")
    each = value.details.get("sparkline_days") or 0
    covered = len(points or ()) * each
    days = period_days(value)
    shaded = min(days / covered, 1.0) if covered else 0.0
    known = [point for point in points or () if point is not None]
    words = f"Recent values, from {number(known[0], 2)} to {number(known[-1], 2)}" if known else ""
    return sparkline(points, shaded=shaded, words=words)


def period_days(value: MetricValue) -> int:
    """Days between the two instants of the value, to the nearest day (clock changes make it uneven)."""
    seconds = (parse_instant(value.time_period_end) - parse_instant(value.time_period_start)).total_seconds()
    return round(seconds / 86_400)


def _shares(shares: dict[str, float]) -> html.Div:
    """Shares of the whole as one bar with its labels; all as exact as the number above."""
    parts = [(FLOW_ITEMS.get(name, name), float(share), n) for n, (name, share) in enumerate(shares.items())]
    bar = [
        html.Span(className=f"share share-{n}", style={"flexGrow": share}, title=f"{name} {share:.1f} %")
        for name, share, n in parts
        if share > 0
    ]
    legend = [
        html.Span([html.Span(className=f"swatch share-{n}"), name, html.B(f"{share:.1f} %")], className="share-label")
        for name, share, n in parts
    ]
    return html.Div(
        [html.Div(bar, className="share-bar"), html.Div(legend, className="share-legend")], className="shares"
    )


def _change(value: MetricValue) -> html.Div:
    arrow, words, mood = change(value)
    if not arrow:
        words = value.details.get("trend_reason") or "No earlier number to compare with"
        return html.Div(words, className="change change-none")
    before = value.details.get("previous_value")
    hint = f"Before: {number(before, 3)} {unit_words(value.unit)}" if before is not None else ""
    return html.Div(
        [html.Span(arrow, className="arrow", **attributes({"aria-hidden": "true"})), words],
        className=f"change change-{mood}",
        title="\n".join(filter(None, (hint, why_no_verdict(value)))),
    )


def _counts(value: MetricValue) -> html.Div:
    used = value.details.get("used", value.total_issue_count - value.excluded_issue_count)
    return html.Div(
        [html.Span(f"{used:,} used"), html.Span(f"{value.excluded_issue_count:,} left out")], className="counts"
    )


def _note(value: MetricValue) -> html.Div:
    words = " · ".join(notes(value))
    return html.Div(words, className="note", title="\n".join(filter(None, (words, confidence(value)))))


def _missing(value: MetricValue, place: str) -> list[Any]:
    needs = value.details.get("needs_titles") or value.details.get("needs") or []
    return [
        html.Div(html.Span("–", className="num"), className="card-top"),
        html.P(value.error_message or "A field is not mapped yet.", className="card-words"),
        html.Div([html.Span(str(each), className="field-name") for each in needs], className="field-names")
        if needs
        else None,
        html.Div(
            html.Button(
                [icon("sliders2"), "Configure mappings"],
                id=ids.configure(value.metric_name, place),
                className="btn-quiet btn-raised",
                type="button",
            ),
            className="card-foot",
        ),
    ]


def _empty(value: MetricValue, covered: str, action: Any) -> list[Any]:
    return [
        html.Div(html.Span("–", className="num"), className="card-top"),
        html.P(value.error_message or "Nothing happened in this period.", className="card-words"),
        html.P(covered, className="card-words muted") if covered else None,
        html.Div([action, _counts(value) if value.total_issue_count else None], className="card-foot"),
    ]


def _failed(value: MetricValue) -> list[Any]:
    request = value.details.get("request_id")
    return [
        html.Div(html.Span("–", className="num"), className="card-top"),
        html.P(value.error_message or "This number could not be calculated.", className="card-words"),
        html.P("The other numbers are not affected. Sync again; if it stays, report it.", className="card-words muted"),
        html.Div(html.Span(["Request ", html.Code(request)], className="note"), className="card-foot")
        if request
        else None,
    ]


def data_days(covered: tuple[str, str] | None) -> str:
    """Which days have data, in words."""
    return f"The data covers {span(*covered)}." if covered else "There is no data yet."
