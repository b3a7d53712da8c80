"""Saved views of teams: the list, and two to six of them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from data.settings.filter_fields import filter_words
from data.values.change import change, why_no_verdict
from data.values.metric_value import MetricValue
from data.values.problem import Problem
from data.values.teams import Compared, ComparedRow, Comparison, TeamList, TeamView
from ui import ids
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.metric_card import tier
from ui.components.notice import notice
from ui.components.still import still
from ui.url import PageView, query
from ui.words import confidence, headline, span

FEWEST, MOST = 2, 6
SEPARATOR = "|"  # between names in the address


def skeleton() -> list[Any]:
    """Places of the final size, before anything is asked."""
    return [
        html.Div([html.Div(className=f"sk {each}") for each in ("sk-title", "sk-line", "sk-line")], className="block")
    ]


def chosen_names(view: PageView) -> tuple[str, ...]:
    """The views that the address puts side by side."""
    return tuple(dict.fromkeys(each for each in (view.asks("team") or "").split(SEPARATOR) if each))


def teams_page(teams: TeamList, view: PageView, comparison: Comparison | Problem | None) -> list[Any]:
    """The whole tab."""
    if not teams.views:
        return [notice(teams.problem) if teams.problem else None, _empty()]
    chosen = [each for each in chosen_names(view) if each in {one.name for one in teams.views}]
    return [
        notice(teams.problem) if teams.problem else None,
        _list(teams.views, chosen),
        _side_by_side(comparison, len(chosen)),
    ]


def _empty() -> html.Div:
    return html.Div(
        [
            html.H3("No view is saved yet", className="block-title"),
            html.P(
                "A saved view keeps the days, the filters and the definitions under a name, such as the name of "
                "a team. "
                "Two or more of them can be put side by side."
            ),
            html.Ol(
                [
                    html.Li("Choose the project, label or component of a team in the row above."),
                    html.Li("Press “Save this view” in the same row and give it the team’s name."),
                    html.Li("Do the same for another team, then come back here."),
                ],
                className="steps",
            ),
            html.Div(
                [
                    html.Button(
                        [icon("plus"), "Save this view"],
                        type="button",
                        className="btn-primary-quiet",
                        **attributes({"data-press": ids.Teams.KEEP}),
                    ),
                    _import(),
                ],
                className="line-ways",
            ),
        ],
        className="block teams-empty",
    )


def _import() -> html.Button:
    return html.Button("Import a file", type="button", className="btn-quiet", **attributes({"data-import-teams": "1"}))


def _list(views: Sequence[TeamView], chosen: Sequence[str]) -> html.Section:
    return html.Section(
        [
            html.H3(
                [
                    "Saved views",
                    html.Span(
                        [
                            html.A(
                                [icon("download"), "Export"],
                                href="/export/teams.json",
                                className="btn-quiet",
                                download="",
                            ),
                            _import(),
                        ],
                        className="teams-files",
                    ),
                ],
                className="block-title",
            ),
            html.Ul([_row(each, each.name in chosen, len(chosen)) for each in views], className="teams-list"),
        ],
        className="block",
    )


def _row(view: TeamView, chosen: bool, count: int) -> html.Li:
    full = count >= MOST and not chosen
    said = filters_of(view)
    open_it = PageView(period=view.period, first=view.first, last=view.last, filters=view.filters)
    if view.tab:
        open_it = PageView(tab=view.tab, period=view.period, first=view.first, last=view.last, filters=view.filters)
    return html.Li(
        [
            html.Button(
                [
                    html.Span(className="box", **attributes({"aria-hidden": "true"})),
                    html.Span(view.name, className="team-name"),
                ],
                type="button",
                className="option team-choice",
                role="checkbox",
                disabled=full,
                title=f"At most {MOST} views side by side" if full else "Put it side by side",
                **attributes({"data-team": view.name, "aria-checked": str(chosen).lower()}),
            ),
            html.Span(" · ".join([days_of(view), *(said or ["all issues"])]), className="team-words"),
            html.Span(
                [f"Measured otherwise than saved ({len(view.filters.definitions)})"]
                if view.filters.definitions and not view.problem
                else "",
                className="team-measured",
                title="; ".join(f"{name}: {value}" for name, value in view.filters.definitions),
            ),
            html.Span(
                [
                    html.A(
                        "Open",
                        href=query(open_it) or "?",
                        className="btn-quiet",
                        **attributes({"data-nav": "link", "aria-label": f"Open {view.name}"}),
                    ),
                    html.Button(
                        icon("trash"),
                        type="button",
                        className="btn-icon team-delete",
                        title=f"Delete {view.name}",
                        **attributes(
                            {
                                "data-delete-team": view.name,
                                "data-revision": str(view.revision),
                                "aria-label": f"Delete {view.name}",
                            }
                        ),
                    ),
                ],
                className="team-ends",
            ),
            notice(view.problem) if view.problem else None,
        ],
        className="team",
    )


def filters_of(view: TeamView) -> list[str]:
    """The filters of a view in words."""
    return [f"{title} {words}" for title, words in filter_words(view.filters)]


def days_of(view: TeamView) -> str:
    """Its days in words: they move with today, or stay."""
    if view.period:
        return f"last {view.period[:-1]} days"
    return span(view.first, view.last) if view.first and view.last else ""


def _side_by_side(comparison: Comparison | Problem | None, chosen: int) -> html.Section:
    title = html.H3("Side by side", className="block-title")
    if isinstance(comparison, Problem):
        return html.Section([title, notice(comparison)], className="block")
    if comparison is None:
        words = f"Choose {FEWEST} to {MOST} views above." if not chosen else "Choose one more view above."
        return html.Section([title, html.P(words, className="muted")], className="block")
    about = (
        "The dot is the number, the line where it lies with 95 % confidence, on one scale for each row, from 0. "
        "“Differ beyond chance” names those whose lines do not meet. Teams differ in size and work: this is no ranking."
    )
    legend = html.P(about, className="muted teams-legend")
    return html.Section([title, _warning(comparison), legend, _table(comparison)], className="block")


def _warning(comparison: Comparison) -> Any:
    """What makes the numbers not comparable, once for all metrics."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for row in comparison.rows:
        for each in row.differences:
            found.setdefault((each.title, each.words), []).append(row.title)
    lines = [
        html.Li(
            [
                html.B(f"{title}: "),
                "; ".join(f"{view.name}: {said}" for view, said in zip(comparison.views, words, strict=True)),
                html.Span(f" ({', '.join(metrics)})", className="muted"),
            ]
        )
        for (title, words), metrics in found.items()
    ]
    lengths = {(_length(first, last)) for first, last in comparison.days}
    if len(set(comparison.days)) > 1:
        same = "of the same length" if len(lengths) == 1 else "of different lengths, so counts say little"
        lines.append(html.Li([html.B("Days: "), f"the views look at different days {same}."]))
    if not lines:
        return None
    head = "Not all of these numbers can be compared" if found else "The days differ"
    return html.Div(
        [icon("exclamation-triangle"), html.Div([html.Strong(head), html.Ul(lines, className="teams-differences")])],
        className="notice notice-warning",
        role="status",
    )


def _length(first: str, last: str) -> int:
    from datetime import date

    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _table(comparison: Comparison) -> html.Div:
    heads = [
        html.Th([html.Div(view.name, className="team-head"), html.Div(span(*days), className="team-days")], scope="col")
        for view, days in zip(comparison.views, comparison.days, strict=True)
    ]
    return html.Div(
        still(
            html.Table(
                [
                    html.Thead(html.Tr([html.Th("Metric", scope="col"), *heads])),
                    html.Tbody([_metric(row, [each.name for each in comparison.views]) for row in comparison.rows]),
                ],
                className="plain-table teams-table",
            )
        ),
        className="teams-scroll",
        tabIndex="0",
        role="region",
        **attributes({"aria-label": "Metrics side by side"}),
    )


def _interval(value: MetricValue) -> tuple[float, float] | None:
    """Where the value lies with 95 % confidence, in its unit."""
    low, high = (value.details.get("interval") or (None, None))[:2]
    return (low, high) if value.ok and low is not None and high is not None else None


def apart(row: ComparedRow, names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of views whose numbers differ by more than chance explains: their intervals of 95 % do not meet. None where
    they are measured differently.
    """
    if row.differences:
        return []
    known = [(name, found) for name, cell in zip(names, row.cells, strict=True) if (found := _interval(cell.value))]
    return [
        (one, other)
        for n, (one, first) in enumerate(known)
        for other, second in known[n + 1 :]
        if first[1] < second[0] or second[1] < first[0]
    ]


def _differ_words(pairs: Sequence[tuple[str, str]]) -> str:
    if not pairs:
        return ""
    return f"Differ beyond chance: {'; '.join(f'{one} and {other}' for one, other in pairs)}"


def _scale(row: ComparedRow) -> float:
    """The right end of the line on which all cells of a row are drawn; it begins at 0."""
    ends = [found[1] for cell in row.cells if (found := _interval(cell.value))]
    return max([*ends, *(float(cell.value.value or 0) for cell in row.cells if cell.value.ok)], default=0.0)


def _drawn(value: MetricValue, scale: float) -> html.Div | None:
    """The number as a dot and its interval as a line, on the scale of its row."""
    if not value.ok or value.value is None or scale <= 0 or value.value < 0:
        return None
    parts = []
    if (found := _interval(value)) is not None:
        left, right = (100 * min(max(each, 0.0), scale) / scale for each in found)
        parts.append(html.Span(className="team-range", style={"left": f"{left:.1f}%", "width": f"{right - left:.1f}%"}))
    parts.append(html.Span(className="team-dot", style={"left": f"{100 * value.value / scale:.1f}%"}))
    return html.Div(parts, className="team-scale", **attributes({"aria-hidden": "true"}))


def _metric(row: ComparedRow, names: Sequence[str]) -> html.Tr:
    differ, scale = _differ_words(apart(row, names)), _scale(row)
    words = "; ".join(f"{each.title} differs" for each in row.differences)
    mark = html.Div([icon("exclamation-triangle"), "measured differently"], className="team-differs", title=words)
    return html.Tr(
        [
            html.Th(
                [
                    row.title,
                    mark if row.differences else None,
                    html.Div(differ, className="team-apart") if differ else None,
                ],
                scope="row",
            ),
            *(_cell(cell, scale) for cell in row.cells),
        ],
        className="is-different" if row.differences else "",
    )


def _cell(cell: Compared, scale: float) -> html.Td:
    value = cell.value
    if not value.ok:
        return html.Td([html.Div("–", className="team-value"), html.Div(value.error_message, className="team-words")])
    shown, unit = headline(value)
    arrow, words, mood = change(value)
    return html.Td(
        [
            html.Div(
                [
                    html.Span(
                        [html.Span(shown, className="num"), html.Span(f" {unit}", className="unit")],
                        className="team-value",
                    ),
                    tier(value),
                ],
                className="team-top",
            ),
            _drawn(value, scale),
            html.Div(f"{arrow} {words}".strip(), className=f"change change-{mood}", title=why_no_verdict(value))
            if arrow
            else None,
            html.Div(
                f"{cell.used:,} used" + (" · low confidence" if value.details.get("low_confidence") else ""),
                className="team-words",
                title=confidence(value),
            ),
        ]
    )
